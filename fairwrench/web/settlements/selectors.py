"""What of a settled month may be seen by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.report.naming import Names
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.months.months import is_shown, shown_months
from fairwrench.web.settlements.runs.masking import without_pay
from fairwrench.web.settlements.workspace import scheme_of, sources_of
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import lang

State = Cycle.State
#: the people of a run whom a page is about
People = Callable[[Run], QuerySet[Result]]
#: months among which the one to be shown is looked for
LOOKED_AT = 6


#: what only the console shows of a run; with many stores it is large, so other pages leave it where it is
WHOLE = ("problems",)
#: what only lists of who waits show of a result
OWN = ("waits",)


def months_shown() -> QuerySet[Cycle]:
    """The months there are, the latest first, with their runs."""
    return _lean()


def run_before(*, cycle: Cycle, user: User) -> Run | None:
    """The run of the last month published before one, for a page of a user; None where there is none."""
    return once(f"before {cycle.month} {user.pk}", lambda: _run_before(cycle))


def _run_before(cycle: Cycle) -> Run | None:
    published = _lean().filter(state=Cycle.State.PUBLISHED, month__lt=cycle.month, run__isnull=False)
    found = published.order_by("-month").first()
    if found is None or found.run is None:
        return None
    found.run.cycle = found
    return found.run


def months_paid(*, user: User) -> QuerySet[Cycle]:
    """The months of whose pay a user may see something, the latest first: those published; those settled, too, for who
    oversees stores, as approving goes on."""
    settled = _lean().filter(run__isnull=False).order_by("-month")
    return settled if Scope.of(user).has(*OVERSEERS) else settled.filter(state=State.PUBLISHED)


def run_shown(*, cycle: Cycle, user: User, employee_id: str = "") -> Run | None:
    """The run whose figures a user may see of a month: the one in force for those who oversee the stores or the person
    shown, and for everybody once it is published; until then the month so far. What it holds of the whole (`WHOLE`) is
    read when asked for."""
    if cycle.run and (cycle.state == State.PUBLISHED or _sees_early(cycle.run, user, employee_id)):
        # asked for by most pages, and fetched once more without this
        cycle.run.cycle = cycle
        return cycle.run
    # looked for once a month as it was read: a page that chooses among months asks for it again
    if "_live" not in cycle.__dict__:
        cycle.__dict__["_live"] = (
            cycle.runs.filter(kind=Run.Kind.LIVE, whole=True).defer(*WHOLE).order_by("-id").first()
        )
    live: Run | None = cycle.__dict__["_live"]
    return live


def run_of_month(*, cycle: Cycle) -> Run | None:
    """The run of which the console tells how far a month is: the one in force, else the latest of the month so far,
    which it is again once the month was sent back."""
    returned = cycle.figures_state == State.OPEN
    latest = cycle.runs.filter(whole=True).order_by("-id")
    run = latest.first() if returned or cycle.run is None else cycle.run
    if run:
        run.cycle = cycle
    return run


def _sees_early(run: Run, user: User, employee_id: str) -> bool:
    """Whether a run concerns a user before it is published: as they oversee somebody in it, or the very person."""
    stores = Scope.of(user).stores(*OVERSEERS)
    if stores is None or not employee_id:
        return stores is None or bool(stores)
    return bool(stores) and run.results.filter(employee_id=employee_id, store__in=stores).exists()


def _lean() -> QuerySet[Cycle]:
    return Cycle.objects.select_related("run").defer(*(f"run__{name}" for name in WHOLE))


def cycle_of(*, month: str) -> Cycle:
    """A month with its run, of which what belongs to the whole is read when asked for; Http404 where there is none."""
    return get_object_or_404(_lean(), month=month)


def latest_cycle(*, user: User, people: People | None = None) -> Cycle | None:
    """The month that a page shows first: the latest whose run says something of `people` (those who concern the user
    unless said otherwise), as a month that has only begun would hide the one that is worked on; where none under way
    does, the one that says something of others, else the latest there is. None ahead of the calendar unless HR turned
    to it."""
    return months_to_choose(user=user, months=LOOKED_AT, people=people)[1]


def months_to_choose(*, user: User, months: int, people: People | None = None) -> tuple[list[Cycle], Cycle | None]:
    """The months there are, the latest first, and the one to show of itself (`latest_cycle`)."""
    live = Run.objects.filter(cycle=OuterRef("pk"), kind=Run.Kind.LIVE, whole=True)
    early = Scope.of(user).has(*OVERSEERS)
    found: Iterable[Cycle] = _lean().annotate(so_far=Exists(live)).order_by("-month")[:months]
    # with what was looked up of them (`run_shown`), where a page asks for several people
    cycles = once(f"months {months} {user.pk}", lambda: list(found))
    seen = [
        cycle
        for cycle in cycles
        if is_shown(cycle)
        and (cycle.state == State.PUBLISHED or getattr(cycle, "so_far", False) or (early and cycle.run_id))
    ]
    return cycles, _first_telling(seen, user, people)


def only(employee_id: str) -> People:
    """One person of a run."""
    return lambda run: run.results.filter(employee_id=employee_id)


def _first_telling(cycles: Iterable[Cycle], user: User, people: People | None) -> Cycle | None:
    latest = in_work = None
    for cycle in cycles:
        latest = latest or cycle
        run = run_shown(cycle=cycle, user=user)
        if run is None:
            continue
        # what HR turned to is shown whatever it holds
        if cycle.turned_at or _tells(people(run) if people else results_seen(run=run, user=user), run):
            # of nobody of these anything came in yet: the month that others have figures of goes before a published one
            return in_work or cycle if cycle.state == State.PUBLISHED else cycle
        if in_work is None and run.results.filter(measured_weight__gt=0).exists():
            in_work = cycle
    return in_work or latest


def _tells(people: QuerySet[Result], run: Run) -> bool:
    """Whether a run says something of some people: once it is settled that they are in it, before that that something
    of theirs was measured; that somebody is not assessed says something once anybody was measured."""
    if run.kind != Run.Kind.LIVE:
        return people.exists()
    measured = Q(measured_weight__gt=0)
    if people.filter(measured).exists():
        return True
    states = set(people.order_by().values_list("state", flat=True).distinct())
    return states == {"excluded"} and run.results.filter(measured).exists()


def months_besides(*, employee_id: str, shown: Cycle | None, user: User) -> list[Result]:
    """A person's results of the other months that are under way, and of those published after the month shown, the
    latest first: what `history_of` does not list."""
    require(user, "results.view_person", about=OfPerson(employee_id))
    after = Q(state=State.PUBLISHED, month__gt=shown.month) if shown else Q(state=State.PUBLISHED)
    cycles = _lean().filter(~Q(state=State.PUBLISHED) | after, shown_months()).order_by("-month")[:LOOKED_AT]
    found = []
    for cycle in cycles:
        run = run_shown(cycle=cycle, user=user, employee_id=employee_id) if cycle != shown else None
        result = result_seen(run=run, employee_id=employee_id, user=user) if run else None
        if run and result:
            run.cycle, result.run = cycle, run
            found.append(result)
    return found


def results_seen(*, run: Run, user: User) -> QuerySet[Result]:
    """The results of a run that concern a user: one's own, those one leads, of departments one heads, those one's role
    oversees."""
    return run.results.filter(_concerning(user))


def _concerning(user: User) -> Q:
    """For results: those that concern a user, of any run."""
    scope = Scope.of(user)
    stores = scope.stores(*OVERSEERS)
    near = Q(employee_id__in=scope.own | scope.led | scope.led_next)
    near |= scope.headed(store="store", department="department")
    # None is every store; an empty set is no role at all, and leaves oneself and whom one leads
    return Q() if stores is None else Q(store__in=stores) | near if stores else near


def team_seen(*, run: Run, user: User) -> QuerySet[Result]:
    """The results of those whom a user leads, directly or over one, and of departments that the user heads; of a month
    that is not published yet, of those whose store the user oversees besides, unless it is the month so far."""
    scope = Scope.of(user)
    headed = scope.headed(store="store", department="department")
    team = run.results.filter(Q(employee_id__in=scope.led | scope.led_next) | headed)
    stores = scope.stores(*OVERSEERS)
    early = run.kind == Run.Kind.FINAL and run.cycle.state != State.PUBLISHED
    return team.filter(store__in=stores) if early and stores is not None else team


def result_seen(*, run: Run, employee_id: str, user: User) -> Result | None:
    """One person's result, without what may not be told of the pay (see `masking`); PermissionDenied when the person is
    none of the user's business, None where the month is not: it belongs to the store that the person worked in then."""
    require(user, "results.view_person", about=OfPerson(employee_id))
    result = results_seen(run=run, user=user).filter(employee_id=employee_id).first()
    return result and without_pay(result=result, user=user)


def history_of(*, employee_id: str, before: str, user: User, months: int = 12) -> list[Result]:
    """A person's published months up to one, as far as they concern the user, the latest last."""
    require(user, "results.view_person", about=OfPerson(employee_id))
    # of each month the run in force alone, not every run in which the person stands
    published = Result.objects.filter(
        employee_id=employee_id, run__cycle__run=F("run"), run__cycle__state=State.PUBLISHED
    ).filter(_concerning(user), run__cycle__month__lte=before)
    found = (
        published.select_related("run__cycle")
        .defer(*(f"run__{name}" for name in WHOLE))
        .order_by("-run__cycle__month")[:months]
    )
    return list(found)[::-1]


def names_of(*, run: Run) -> Names:
    """The words for a run's codes in the language of the page, kinds of file as the run was sealed with them."""
    return Names(scheme_of(run=run), sources_of(run=run), lang())
