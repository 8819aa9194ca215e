"""What an auditor looks at first: whether the last month was worked out again, what was decided, what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.inputs.fines import FINES
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.declared.job_access import check_shown
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.worth_knowing import worth_knowing
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.selectors import months_shown
from fairwrench.web.ui.words import joined, pick
from fairwrench.web.work.home.figures import Figure


def audit_figures(user: User) -> Iterator[Figure]:
    """For auditors: of the last month that was settled."""
    if not Scope.of(user).has(Grant.Role.AUDITOR):
        return
    cycle = months_shown().filter(run__isnull=False).order_by("-month").first()
    if cycle is None or cycle.run is None:
        return
    cycle.run.cycle = cycle
    url, extent = reverse("settlements:month", args=[cycle.month]), Extent.of(user)
    yield _check(cycle.run, url, user)
    decided = extent.corrections(cycle).exclude(kind__in=FINES).count()
    lists = reverse("settlements:corrections", args=[cycle.month])
    yield Figure(pick("更正", "Corrections"), str(decided), lists, cycle.month)
    told = worth_knowing(extent.problems(cycle.run), published=cycle.state == Cycle.State.PUBLISHED)
    doubtful = len(told.problems) + len(told.many)
    yield Figure(pick("提醒事项", "Worth knowing"), str(doubtful), url, cycle.month)


def _check(run: Run, url: str, user: User) -> Figure:
    title, check = pick("最近核对", "Last check"), check_shown(run=run, user=user)
    if check is None or check.job.finished_at is None:
        return Figure(title, pick("未核对", "not checked"), url, run.cycle.month)
    value = pick("一致", "equal") if check.equal else pick("不一致", "differs")
    at = f"{timezone.localtime(check.job.finished_at):%m-%d %H:%M}"
    return Figure(title, value, url, joined((run.cycle.month, at), "，"))
