"""Months, the deadlines of an assessment cycle, and what missing one may cost (S1 ❺ 5.1, 5.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fairwrench.settlement.calendar.workdays import DAY, Override, Postpone, WorkCalendar
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.cycle import Cycle, FineEffect, Lateness, Step
from fairwrench.settlement.source.source import Text

# ASCII: full-width digits are digits to Python as well, but would not come back as they were written.
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month. Months are ordered in time; `str` gives `YYYY-MM`, which `parse` reads back."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            raise ValueError(f"{self.month} is not a month from 1 to 12")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `YYYY-MM`; ValueError for anything else."""
        found = _MONTH.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is not a month like 2026-10")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @staticmethod
    def range(first: Month, last: Month) -> Iterator[Month]:
        """Every month from `first` to `last`, both included; nothing when `last` is earlier."""
        return (first.plus(step) for step in range(first.until(last) + 1))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def plus(self, months: int) -> Month:
        """The month that many months later, earlier when negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def until(self, other: Month) -> int:
        """How many months later `other` is; negative when it is earlier."""
        return (other.year - self.year) * 12 + other.month - self.month

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self.plus(1).first - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days the month has."""
        return self.last.day

    def bounds_utc(self, time_zone: str) -> tuple[datetime, datetime]:
        """The UTC instants at which the month begins and ends in `time_zone`; the end is no longer part of it."""
        zone = ZoneInfo(time_zone)
        # Each end by its own offset: clocks may change within the month.
        begin, end = (datetime(m.year, m.month, 1, tzinfo=zone) for m in (self, self.plus(1)))
        return begin.astimezone(UTC), end.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when a step is due. `nominal` and `due` are naive datetimes in the store's local time.

    `responsible` is a position; `reason` says why `due` is not `nominal`, None where nothing moved. `hands_in`: figures
    are handed in by it, which of planning, interview and payday are none.
    """

    step: str
    name: Text
    responsible: str
    nominal: datetime
    due: datetime
    reason: Text | None = None
    hands_in: bool = False


def deadlines(
    month: Month, cycle: Cycle, *, postpone: Postpone | None = None, override: Override | None = None
) -> tuple[tuple[Deadline, ...], tuple[Problem, ...]]:
    """The deadlines of assessing `month`, in their order, and what is to be known of the calendar (S1 ❺ 5.1, 5.7).

    Each deadline moves by itself over days off and, unless it moves to an earlier day, is never before the one ahead of
    it. Steps of the assessed month
    (planning) come first, the others lie in the month after it.
    """
    calendar = WorkCalendar.of(cycle, postpone, override)
    plan: list[Deadline] = []
    # Stable, so steps of one month stay in the scheme's order, in which they must not overtake each other.
    for key, step in sorted(cycle.steps.items(), key=lambda pair: pair[1].month):
        nominal = datetime.combine(month.plus(step.month).first, time.fromisoformat(cycle.due_time))
        plan.append(_deadline(key, step, nominal.replace(day=step.day), calendar, plan[-1] if plan else None))
    years = {moment.year for deadline in plan for moment in (deadline.nominal, deadline.due)}
    return tuple(plan), calendar.gaps(years)


def _deadline(key: str, step: Step, nominal: datetime, calendar: WorkCalendar, ahead: Deadline | None) -> Deadline:
    """One deadline: over days off, then not before the step ahead."""
    earlier = step.moves == "earlier"
    day = calendar.last_working(nominal.date()) if earlier else calendar.next_working(nominal.date())
    due = datetime.combine(day, nominal.time())
    off = calendar.why_off(nominal.date())
    reason = off and Text(
        zh=f"{nominal:%Y-%m-%d}{off.zh}，{'提前' if earlier else '顺延'}至{due:%Y-%m-%d}",
        en=f"{nominal:%Y-%m-%d} {off.en}; moved to {due:%Y-%m-%d}",
    )
    # The step ahead may have been moved over a weekend beyond this one; what moves ahead waits for no other.
    if ahead and due < ahead.due and not earlier:
        due = ahead.due
        zh, en = f"不得早于前一步骤「{ahead.name.zh}」", f"not before the step ahead of it, “{ahead.name.en}”"
        reason = Text(zh=zh, en=en)
    return Deadline(key, step.name, step.responsible, nominal, due, reason, hands_in=bool(step.categories))


def summary_due(month: Month, cycle: Cycle) -> datetime | None:
    """By when summaries of a month are handed in (local time), moved over days off; None where none are asked for."""
    if cycle.summary is None:
        return None
    nominal = month.plus(cycle.summary.month).first.replace(day=cycle.summary.day)
    day = WorkCalendar.of(cycle).next_working(nominal)
    return datetime.combine(day, time.fromisoformat(cycle.due_time))


def summary_late_days(month: Month, cycle: Cycle, done: datetime) -> int:
    """How many started working days after its deadline the summary of a month was handed in; 0 in time, and where none
    are asked for."""
    due = summary_due(month, cycle)
    return len(_started_days(due, done, WorkCalendar.of(cycle), working=True)) if due else 0


def late_days(due: datetime, done: datetime, lateness: Lateness, calendar: WorkCalendar) -> tuple[date, ...]:
    """The started days of lateness, each named by the date on which it begins at the hour of the deadline.

    One minute late is one day; the next begins at the same hour of the next day counted (working or calendar day).
    """
    return _started_days(due, done, calendar, working=lateness.counted_in == "working_days")


def _started_days(due: datetime, done: datetime, calendar: WorkCalendar, *, working: bool) -> tuple[date, ...]:
    if done <= due:
        return ()
    # A started day is a day: one minute late is the first of them (S1 ❺ 5.7).
    days, day = [due.date()], due.date() + DAY
    while datetime.combine(day, due.time()) < done:
        if not working or calendar.works(day):
            days.append(day)
        day += DAY
    return tuple(days)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A person finished one thing of a step; for what is still missing, `done` is the moment of reckoning.

    `person` is an employee id, `done` a naive datetime in the store's local time.
    """

    person: str
    step: str
    done: datetime


@dataclass(frozen=True, slots=True)
class Fine:
    """What a person's lateness would bring. A proposal: it takes effect only when HR confirms it.

    `days` are the days on which anything of the person's was late, each counted once. `amount` is in fen for `money`,
    in hundredths of a point for `points`, and 0 for `record`.
    """

    person: str
    steps: tuple[str, ...]
    days: tuple[date, ...]
    amount: int
    effect: FineEffect
    reference: str
    warning: Text | None = None


def fines(
    plan: Iterable[Deadline],
    handed_in: Iterable[HandedIn],
    cycle: Cycle,
    *,
    stores: Mapping[str, str] | None = None,
    postpone: Postpone | None = None,
    override: Override | None = None,
) -> tuple[tuple[Fine, ...], tuple[Problem, ...]]:
    """Proposed fines by person, not by form (S1 ❺ 5.7): twelve forms late on one day are one day.

    `stores`: employee id → store, for stores where fines take another effect.

    A hand-in for a step without a deadline is a problem (`unknown_step`) and counts for nothing.
    """
    rule, handed = cycle.lateness, list(handed_in)
    due = {deadline.step: deadline.due for deadline in plan}
    calendar = WorkCalendar.of(cycle, postpone, override)
    problems = tuple(_unknown_step(one) for one in handed if one.step not in due)
    if rule is None:
        return (), problems
    # Sets of days: lateness is a person's, so several forms late on one day cost one.
    late: dict[str, dict[str, set[date]]] = {}
    for one in handed:
        if one.step in due and (days := late_days(due[one.step], one.done, rule, calendar)):
            late.setdefault(one.person, {}).setdefault(one.step, set()).update(days)
    homes = stores or {}
    found = tuple(_fine(person, late[person], rule, homes.get(person)) for person in sorted(late))
    return found, (*problems, *calendar.gaps(day.year for fine in found for day in fine.days))


def _fine(person: str, late: Mapping[str, set[date]], rule: Lateness, store: str | None) -> Fine:
    """One person's fine from the late days of each step."""
    days, effect = tuple(sorted(set().union(*late.values()))), rule.effect_in(store)
    amount = point_units(rule.a_day(effect)) * len(days)
    return Fine(person, tuple(sorted(late)), days, amount, effect, rule.reference, rule.warning)


def _unknown_step(one: HandedIn) -> Problem:
    return Problem(
        "unknown_step",
        zh=f"制度中没有步骤「{one.step}」,该提交未计算是否延误",
        en=f"the scheme has no step {one.step!r}; whether this was late is not counted",
        subject=one.person,
    )
