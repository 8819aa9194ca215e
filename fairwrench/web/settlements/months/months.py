"""Months begun, turned to and deleted: by the calendar, and by name where HR of the group says so."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.models import Covered, Exemption, Landing, Upload
from fairwrench.web.org.days import today
from fairwrench.web.settlements.models import MONTH, Correction, Rating, Run, Target
from fairwrench.web.settlements.runs.run_reader import whole_of
from fairwrench.web.ui.requests.once import once
from fairwrench.web.work.models import Job, Step
from fairwrench.web.work.queue.services import ACTIVE

State = Cycle.State


def months_under_way(*, user: User) -> list[Cycle]:
    """The months that are not published, the earliest first, with their runs; asked once where a page shares it."""
    found = Cycle.objects.exclude(state=State.PUBLISHED).order_by("month").select_related("run")
    return once(f"under_way {user.pk}", lambda: list(found))


def calendar_month() -> Month:
    """The month that it is where the stores are."""
    return Month.of(today())


def months_to_open() -> list[Month]:
    """The months that may be begun, the earliest first: that of the calendar and the next, and before them those that
    were forgotten since the last one; where there is none yet, the month before, too, which is still gathered for."""
    now, there = calendar_month(), set(Cycle.objects.values_list("month", flat=True))
    last = max((Month.parse(month) for month in there), default=now.plus(-2))
    return [month for month in Month.range(min(last.plus(1), now), now.plus(1)) if str(month) not in there]


def month_begin(*, month: Month, by: User) -> Cycle:
    """Begin a month for the whole group, or give the one there is. Refused for a month whose time has not come."""
    require(by, "settlements.open", about=GROUP)
    if (found := Cycle.objects.filter(month=str(month)).first()) is not None:
        return found
    if month not in months_to_open():
        raise Refused([_not_its_time(month)])
    # a landing may have begun it since it was looked for
    return Cycle.objects.get_or_create(month=str(month))[0]


def shown_months() -> Q:
    """The months that pages show of themselves: none before the calendar comes to it, unless HR turned to it."""
    return Q(month__lte=str(calendar_month())) | Q(turned_at__isnull=False)


def is_shown(cycle: Cycle) -> bool:
    """Whether a month is one of them."""
    return cycle.month <= str(calendar_month()) or cycle.turned_at is not None


def may_turn(cycle: Cycle) -> bool:
    """Whether a month lies ahead of what pages show."""
    return cycle.turned_at is None and cycle.at > calendar_month()


def cycle_delete(*, cycle: Cycle, by: User) -> None:
    """Delete a month in which nothing was done. Refused with what there is."""
    require(by, "settlements.open", about=GROUP)
    with transaction.atomic():
        # held, so that nobody acts on it between the look and the deletion
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if held := holds(locked):
            raise Refused([_not_empty(locked, held)])
        # steps name their record by number alone and would stay behind
        Step.objects.filter(workflow=MONTH, record=locked.pk).delete()
        locked.delete()


def holds(cycle: Cycle) -> list[tuple[str, str]]:
    """What a month holds that keeps it from being deleted, in words; one query."""
    month, kept = cycle.month, Upload.objects.exclude(state=Upload.State.SET_ASIDE)
    work = Job.objects.filter(key__in=[f"settle:{month}", f"estimate:{month}"], state__in=ACTIVE)
    evidence = (Landing.objects.filter(period=month), Covered.objects.filter(month=month), kept.filter(month=month))
    sought: list[tuple[tuple[QuerySet[Any], ...], tuple[str, str]]] = [
        ((Run.objects.filter(cycle=cycle),), ("核算结果", "what was worked out")),
        (evidence, ("数据", "evidence")),
        ((Rating.objects.filter(month=month),), ("评分", "ratings")),
        ((Target.objects.filter(month=month),), ("目标值", "targets")),
        ((Correction.objects.filter(cycle=cycle),), ("更正", "corrections")),
        ((Exemption.objects.filter(month=month),), ("剔除申请", "requests for exemption")),
        ((work,), ("正在进行的核算", "work under way")),
    ]
    # one query for all: the console asks at each showing whether to offer the button
    asked = {f"sort_{at}": reduce(or_, map(Exists, rows)) for at, (rows, _) in enumerate(sought)}
    there = Cycle.objects.filter(pk=cycle.pk).annotate(**asked).values_list(*asked).get()
    return [words for stands, (_, words) in zip(there, sought, strict=True) if stands]


def is_over(cycle: Cycle) -> bool:
    """Whether the last day of a month has passed."""
    return today() > cycle.at.last


def mostly_incomplete(run: Run | None) -> bool:
    """Whether more than half of those assessed in a run have no result."""
    states = (whole_of(run) or {}).get("states", {}) if run else {}
    incomplete = states.get("incomplete", 0)
    # who is excluded is in neither count
    return bool(incomplete > states.get("settled", 0))


def _not_its_time(month: Month) -> Problem:
    zh = f"{month} 还不能新建：只能新建本月和下个月"
    en = f"{month} cannot be begun: only the month of the calendar and the next can"
    return Problem("not_its_time", zh, en)


def _not_empty(cycle: Cycle, held: list[tuple[str, str]]) -> Problem:
    zh = f"{cycle.month} 已有{'、'.join(words[0] for words in held)}，不能删除"
    en = f"{cycle.month} holds {', '.join(words[1] for words in held)} and cannot be deleted"
    return Problem("not_empty", zh, en)
