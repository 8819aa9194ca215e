"""The way of a month as HR walks it, from the figures handed in to wages and the archive.

Each stage says how much of it is done, by when, who answers for it, and where what is left is listed.

Stages are declared (`MonthStage`) by the apps whose work they are; what a stage counts is counted for the part of the
month that somebody sees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.urls import reverse

from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Deadline, deadlines, late_days
from fairwrench.settlement.calendar.workdays import WorkCalendar
from fairwrench.settlement.scheme.cycle import Lateness
from fairwrench.web.access.policy import opens
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.org.days import now_local
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.calendar import PAYDAY
from fairwrench.web.settlements.months.listed import listed_url
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words, lang, of

State = Cycle.State


@dataclass(frozen=True)
class Part:
    """How much of a stage is done, in people or forms; `lists` is where the rest is listed, `takes` the permission that
    the address takes."""

    done: int
    all: int
    lists: str = ""
    takes: str = ""


@dataclass(frozen=True)
class MonthStage:
    """One stage of every month: its place on the way, its words, the steps of the scheme's calendar by whose last it is
    due (`steps`), and how much of it is done: None where nothing of it can be told yet; a stage with nothing to do at
    all (`Part.all` is 0) is left out."""

    place: int
    words: Words
    steps: Callable[[Deadline], bool]
    part: Callable[[Cycle, Extent, Run | None], Part | None]


@dataclass(frozen=True)
class Stage:
    """A stage as it is shown. `place`: done, left, now or ahead; `late`: how many days have begun since it was due
    (none while it is done); `counted`: done of all, where it is more than one step."""

    words: str
    place: str
    due: datetime | None = None
    moved: str = ""
    responsible: Sequence[str] = field(default=())
    counted: str = ""
    late: int = 0
    lists: str = ""


def way_of(*, cycle: Cycle, extent: Extent, run: Run | None, names: Names | None) -> list[Stage]:
    """The stages of a month in their order. The first that is not done behind the last that is done is `now`; those
    that were passed over before it are `left`, and their counts say how much."""
    names = names or Names(scheme_at(month=cycle.at), sources(), lang())
    plan, _ = deadlines(cycle.at, names.scheme.cycle)
    found: list[Stage] = []
    for stage in sorted(declared(MonthStage), key=lambda each: each.place):
        part = stage.part(cycle, extent, run)
        if part is None or part.all:
            found.append(_shown(stage, part, [step for step in plan if stage.steps(step)], names, extent))
    now = max((at + 1 for at, each in enumerate(found) if each.place == "done"), default=0)
    return [_placed(each, at, now) for at, each in enumerate(found)]


def _placed(stage: Stage, at: int, now: int) -> Stage:
    if stage.place == "done":
        return stage
    return replace(stage, place="left" if at < now else "now" if at == now else "ahead")


def _shown(stage: MonthStage, part: Part | None, steps: Sequence[Deadline], names: Names, extent: Extent) -> Stage:
    """One stage, done or not; `steps` are those of the calendar by whose last it is due."""
    done = part is not None and part.done >= part.all
    last = max(steps, key=lambda step: step.due, default=None)
    opens_list = part is not None and not done and (not part.takes or opens(extent.user, part.takes))
    return Stage(
        words=of(stage.words),
        place="done" if done else "ahead",
        due=last.due if last else None,
        moved=last.reason.of(lang()) if last and last.reason else "",
        responsible=list(dict.fromkeys(names.role(step.responsible) for step in steps)),
        counted=f"{part.done}/{part.all}" if part and part.all > 1 else "",
        late=_late(last, names) if last and not done else 0,
        lists=part.lists if part and opens_list else "",
    )


#: lateness is counted in working days where a scheme has no rule of it
COUNTED = Lateness.model_validate({"amount": "0", "effect": "record"})


def _late(step: Deadline, names: Names) -> int:
    """How many days of lateness have begun since a step was due, counted as the scheme counts them."""
    rules = names.scheme.cycle
    return len(late_days(step.due, now_local(), rules.lateness or COUNTED, WorkCalendar.of(rules)))


def _counted_in(name: str, lists: Callable[[Cycle], str]) -> Callable[[Cycle, Extent, Run | None], Part | None]:
    """The people for whom nothing of a kind is missing; none before the month was worked out."""

    def part(cycle: Cycle, extent: Extent, run: Run | None) -> Part | None:
        if run is None:
            return None
        told = extent.counts(run)
        # a month that is not over is complete for nobody
        over = run.kind != Run.Kind.LIVE or cycle.at.last < now_local().date()
        return Part(told["people"] - told[name], told["people"] + (not over), lists(cycle))

    return part


def _reached(*states: str) -> Callable[[Cycle, Extent, Run | None], Part]:
    """Whether a month is in one of some states, or beyond them."""

    def part(cycle: Cycle, _extent: Extent, _run: Run | None) -> Part:
        return Part(int(cycle.figures_state in states), 1)

    return part


def _named(*steps: str) -> Callable[[Deadline], bool]:
    return lambda step: step.step in steps


def _by(responsible: str) -> Callable[[Deadline], bool]:
    return lambda step: step.responsible == responsible and not step.hands_in


_AFTER_HR = (State.APPROVED_HR, State.APPROVED, State.PUBLISHED)


def _paid(cycle: Cycle, _extent: Extent, _run: Run | None) -> Part:
    return Part(int(cycle.paid_on is not None), 1)


def _closed(cycle: Cycle, _extent: Extent, _run: Run | None) -> Part:
    return Part(int(cycle.closed), 1)


STAGES = (
    MonthStage(
        20,
        ("数据提报", "Evidence"),
        lambda step: step.hands_in,
        _counted_in("evidence", lambda cycle: f"{reverse('evidence:desk')}?month={cycle.month}"),
    ),
    MonthStage(
        30,
        ("评分", "Ratings"),
        lambda step: step.hands_in and step.responsible == "department_manager",
        _counted_in("ratings", lambda cycle: listed_url(cycle.month, cause="unrated")),
    ),
    MonthStage(40, ("核算", "Settled"), lambda step: step.hands_in, _reached(State.SETTLED, *_AFTER_HR)),
    MonthStage(70, ("人力资源审核", "Approved by HR"), _by("hr"), _reached(*_AFTER_HR)),
    MonthStage(80, ("总经理批准", "Approved by the GM"), _by("general_manager"), _reached(*_AFTER_HR[1:])),
    MonthStage(90, ("发布结果", "Published"), _named(PAYDAY), _reached(State.PUBLISHED)),
    MonthStage(
        100, ("发薪", "Paid"), _named(PAYDAY), lambda cycle, _extent, _run: Part(int(cycle.paid_on is not None), 1)
    ),
    MonthStage(110, ("本月归档", "Month closed"), lambda _step: False, _closed),
)
