"""What of a settled month may be seen by whom."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.closing.out import SEAL, sealed_scheme
from fairwrench.ledger.seal import read_seal
from fairwrench.report.naming import Names
from fairwrench.settlement.scheme import Scheme
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.people.models import User
from fairwrench.web.people.policy import OVERSEERS, require
from fairwrench.web.people.scope import Scope
from fairwrench.web.settlements.models import Cycle, Result, Run
from fairwrench.web.settlements.office import folder_of
from fairwrench.web.ui.words import lang

State = Cycle.State


#: what only pages of the whole show of a run; with many stores it is large, so the others leave it where it is
WHOLE = ("summary", "problems", "indicators")
#: what only a person's own page shows of a result
OWN = ("lines", "events", "lifts")


def months_shown() -> QuerySet[Cycle]:
    """The months there are, the latest first, with the sums of their runs."""
    return Cycle.objects.select_related("run").defer("run__problems", "run__indicators")


def run_shown(*, cycle: Cycle, user: User) -> Run | None:
    """The run whose figures a user may see of a month: the one in force for those who oversee, and for everybody once
    it is published; until then the month so far. What it holds of the whole (`WHOLE`) is read when asked for."""
    if cycle.run and (cycle.state == State.PUBLISHED or Scope.of(user).has(*OVERSEERS)):
        cycle.run.cycle = cycle
        return cycle.run
    return cycle.runs.filter(kind=Run.Kind.LIVE, whole=True).defer(*WHOLE).order_by("-id").first()


def _lean() -> QuerySet[Cycle]:
    return Cycle.objects.select_related("run").defer(*(f"run__{name}" for name in WHOLE))


def cycle_of(*, month: str) -> Cycle:
    """A month with its run, of which what belongs to the whole is read when asked for; Http404 where there is none."""
    return get_object_or_404(_lean(), month=month)


def latest_cycle(*, user: User) -> Cycle | None:
    """The latest month of which the user may see figures."""
    live, published = Q(runs__kind=Run.Kind.LIVE, runs__whole=True), Q(state=State.PUBLISHED)
    seen = published | live | Q(run__isnull=False) if Scope.of(user).has(*OVERSEERS) else published | live
    return _lean().filter(seen).order_by("-month").first()


def results_seen(*, run: Run, user: User) -> QuerySet[Result]:
    """The results of a run that concern a user: one's own, those one leads, those one's role oversees."""
    scope = Scope.of(user)
    found = run.results.all()
    if scope.has(*OVERSEERS):
        stores = scope.stores(*OVERSEERS)
        if stores is None:
            return found
        return found.filter(Q(store__in=stores) | Q(employee_id__in=scope.own | scope.led | scope.led_next))
    return found.filter(employee_id__in=scope.own | scope.led | scope.led_next)


def team_seen(*, run: Run, user: User) -> QuerySet[Result]:
    """The results of those whom a user leads, directly or over one."""
    scope = Scope.of(user)
    return run.results.filter(employee_id__in=scope.led | scope.led_next)


def result_seen(*, run: Run, employee_id: str, user: User) -> Result | None:
    """One person's result; PermissionDenied when it is none of the user's business."""
    require(user, "results.view_person", employee_id)
    return run.results.filter(employee_id=employee_id).first()


def history_of(*, employee_id: str, before: str, user: User, months: int = 12) -> list[Result]:
    """A person's published months up to one, the latest last."""
    require(user, "results.view_person", employee_id)
    published = Result.objects.filter(
        employee_id=employee_id, run__cycle__run=F("run"), run__cycle__state=State.PUBLISHED
    ).filter(run__cycle__month__lte=before)
    found = (
        published.select_related("run__cycle")
        .defer(*(f"run__{name}" for name in WHOLE))
        .order_by("-run__cycle__month")[:months]
    )
    return list(found)[::-1]


def scheme_of(*, run: Run) -> Scheme:
    """The scheme that a run was settled with; read once for each seal."""
    return _scheme(str(folder_of(run=run)), run.seal)


@lru_cache(maxsize=24)
def _scheme(folder: str, _seal: str) -> Scheme:
    return sealed_scheme(read_seal(Path(folder) / SEAL), Path(settings.LEDGER))


def names_of(*, run: Run) -> Names:
    """The words for a run's codes in the language of the page."""
    return Names(scheme_of(run=run), sources(), lang())
