"""What runs of grades lead to: awards, improvement plans, warning letters, separation reviews (S1 ❺ 5.8).

Everything reads the grade of the score's own band, never a forced rank: last place is not incompetence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import and_, itemgetter, or_
from typing import Any, Literal, get_args

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.scheme.scheme import AWARD, PLAN, Grade, Rule, Standing
from fairwrench.settlement.source.source import Text

State = Literal["settled", "excluded", "incomplete"]


@dataclass(frozen=True, slots=True)
class MonthResult:
    """One person's month. `grade` is that of the score's band; a settled month has one.

    `review` is the outcome of a separation review: after a month with `stays` the counters restart. `given` names the
    rules whose award HR has given for this month: such an award stays, whatever becomes of the grades.
    """

    month: Month
    state: State
    grade: Grade | None = None
    review: Literal["stays", "leaves"] | None = None
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A measure or award due, or the end of a plan (`plan_passed`, `plan_ended`), on the result of `month`.

    `run` are the months that led to it, `plan` the months of the plan or period to improve, `letter` the wording,
    `set_aside` the rules due in the same month whose less severe measure is not taken.
    """

    month: Month
    event: str
    rule: str
    by: str
    detail: Text
    reference: str
    run: tuple[Month, ...] = ()
    plan: tuple[Month, ...] = ()
    letter: str | None = None
    set_aside: tuple[str, ...] = ()


@dataclass(slots=True)
class _Plan:
    """An improvement plan that runs, and the months of it assessed so far."""

    name: str
    rule: Rule
    months: tuple[Month, ...] = ()


@dataclass(slots=True)
class _Course:
    """Where one person stands: the months of each run, the plan that runs, the awards of each year."""

    rules: Standing
    runs: dict[str, tuple[Month, ...]] = field(default_factory=dict)
    plan: _Plan | None = None
    awarded: set[tuple[str, int]] = field(default_factory=set)

    def take(self, result: MonthResult, grade: Grade) -> Iterator[Event]:
        """Count a settled month and yield what is due on it: the plan first, then at most one measure, then awards."""
        for counter, grades in self.rules.counters.items():
            self.runs[counter] = (*self.runs.get(counter, ()), result.month) if grade in grades else ()
        # The plan that runs before a new one opens, or it would take its own opening month for the first of the plan.
        yield from self._follow_plan(result.month, grade)
        due = {name: rule for name, rule in self.rules.rules.items() if self._reached(rule)}
        yield from self._measure(result.month, {name: rule for name, rule in due.items() if rule.event != AWARD})
        yield from self._awards(result, {name: rule for name, rule in due.items() if rule.event == AWARD})

    def restart(self, month: Month) -> Iterator[Event]:
        """A review ended in staying: counters at 0, and a plan that runs ends with it."""
        self.runs.clear()
        if self.plan:
            detail = Text(zh="评审决定留任，改进计划随之结束", en="the review ended in staying, and the plan with it")
            yield _plan_event(month, "plan_ended", self.plan, detail)
            self.plan = None

    def _reached(self, rule: Rule) -> bool:
        """Whether the run has just come to the rule's length; a yearly award counts anew after each full length."""
        length = len(self.runs.get(rule.counter, ()))
        # Reached, not passed: at d = 4 the letter is due, not the plan of d = 2 once more.
        return length == rule.at or (rule.once_a_year and length > 0 and length % rule.at == 0)

    def _follow_plan(self, month: Month, grade: Grade) -> Iterator[Event]:
        """A month above the plan's grades passes it; the last of its months below them ends it."""
        plan = self.plan
        if plan is None:
            return
        plan.months += (month,)
        if grade not in self.rules.counters[plan.rule.counter]:
            detail = Text(zh=f"{month}为{grade}级，改进计划通过", en=f"{month} is at {grade}: the plan is passed")
            yield _plan_event(month, "plan_passed", plan, detail)
            self.plan = None
        elif len(plan.months) == plan.rule.months:
            detail = Text(zh="改进期届满，各月均未达到要求", en="the plan is over and no month of it was good enough")
            yield _plan_event(month, "plan_ended", plan, detail)
            self.plan = None

    def _measure(self, month: Month, due: dict[str, Rule]) -> Iterator[Event]:
        """The most severe measure due; of equally severe ones that of the longer run."""
        if not due:
            return
        rank = {event: place for place, event in enumerate(self.rules.severity)}
        # By name at last, so that rules that are equal in all fall due in one order.
        name, *others = sorted(due, key=lambda name: (rank.get(due[name].event, len(rank)), -due[name].at, name))
        if due[name].event == PLAN:
            self.plan = _Plan(name, due[name])
        yield self._event(month, name, due[name], tuple(others))

    def _awards(self, result: MonthResult, due: dict[str, Rule]) -> Iterator[Event]:
        """Awards due, a yearly one only where its year has none."""
        for name, rule in due.items():
            year = (name, result.month.year)
            # A given award is found again by `given`, or working the month out anew would miss it in its own year.
            if not rule.once_a_year or year not in self.awarded or name in result.given:
                self.awarded.add(year)
                yield self._event(result.month, name, rule, ())

    def _event(self, month: Month, name: str, rule: Rule, set_aside: tuple[str, ...]) -> Event:
        run = self.runs[rule.counter][-rule.at :]
        # The plan begins after the month in which the run was complete.
        plan = tuple(month.plus(step) for step in range(1, (rule.months or 0) + 1))
        spared = [self.rules.rules[other].name or Text(zh=other, en=other) for other in set_aside]
        detail = _detail(run, self.rules.counters[rule.counter], plan, spared)
        return Event(month, rule.event, name, rule.by, detail, rule.reference, run, plan, rule.letter, set_aside)


def _plan_event(month: Month, event: str, plan: _Plan, detail: Text) -> Event:
    rule = plan.rule
    return Event(month, event, plan.name, rule.by, detail, rule.reference, plan.months, plan.months)


def _detail(run: Sequence[Month], grades: Sequence[Grade], plan: Sequence[Month], spared: Sequence[Text]) -> Text:
    """Why an event is due, in one sentence."""
    zh = f"连续{len(run)}个月为{'/'.join(grades)}级：{_list(run, '、')}"
    en = f"{number_of(len(run), 'month')} running at {'/'.join(grades)}: {_list(run)}"
    if plan:
        zh, en = f"{zh}；改进期：{_list(plan, '、')}", f"{en}; to improve in {_list(plan)}"
    if spared:
        zh += f"；同月较轻的措施不再执行：{'、'.join(name.zh for name in spared)}"
        en += f"; set aside: {', '.join(name.en for name in spared)}"
    return Text(zh=zh, en=en)


def _list(months: Iterable[Month], comma: str = ", ") -> str:
    return comma.join(map(str, months))


def stand(months: Sequence[MonthResult], rules: Standing) -> tuple[Event, ...]:
    """Everything that one person's months lead to, in the order of time (S1 ❺ 5.8).

    Excluded months, and months that are not there, neither count nor break. An incomplete month holds everything
    after it (see `held_from`). ValueError when a month comes twice or a settled one has no grade.
    """
    ordered = sorted(months, key=lambda result: result.month)
    if len({result.month for result in ordered}) < len(ordered):
        raise ValueError("a month comes twice for one person")
    # Awards given in months still to come count from the start: a corrected grade earlier in the year brings no second.
    course = _Course(rules, awarded={(name, result.month.year) for result in ordered for name in result.given})
    events: list[Event] = []
    for result in ordered:
        # What its grade will be decides all that follows, so nothing later is told yet.
        if result.state == "incomplete":
            break
        if result.state == "settled":
            if result.grade is None:
                raise ValueError(f"{result.month} is settled without a grade")
            events.extend(course.take(result, result.grade))
        if result.review == "stays":
            events.extend(course.restart(result.month))
    return tuple(sorted([*events, *_kept(ordered, rules, events)], key=lambda event: event.month))


def _kept(months: Iterable[MonthResult], rules: Standing, events: Iterable[Event]) -> Iterator[Event]:
    """Awards that were given and that the grades, as corrected since, would no longer bring."""
    due = {(event.month, event.rule) for event in events}
    detail = Text(zh="奖励已发放，成绩更正后予以保留", en="given before the grades were corrected; it stays")
    for result in months:
        for name in result.given:
            if (result.month, name) not in due:
                rule = rules.rules.get(name)
                yield Event(result.month, AWARD, name, rule.by if rule else "", detail, rule.reference if rule else "")


def held_from(months: Iterable[MonthResult]) -> Month | None:
    """The incomplete month from which everything waits; None when nothing does."""
    return min((result.month for result in months if result.state == "incomplete"), default=None)


_EVENTS = {
    "month": pl.String,
    "employee_id": pl.String,
    "event": pl.String,
    "rule": pl.String,
    "by": pl.String,
    "letter": pl.String,
    "detail_zh": pl.String,
    "detail_en": pl.String,
    "reference": pl.String,
    "plan_months": pl.String,
}


def stand_all(frame: pl.DataFrame, rules: Standing, since: str = "") -> pl.DataFrame:
    """The events of everybody, by employee and month; with `since` (`YYYY-MM`) only those of that month and later.

    Takes employee_id, month (`YYYY-MM`), state, grade (of the score's band), and where there are any review (`stays`)
    and given (list of rule names, null for any award), as in `MonthResult`. Gives month, employee_id, event, rule,
    by, letter, detail_zh, detail_en, reference, plan_months (`2026-11,2026-12`, empty without plan). ValueError as
    for `stand`.
    """
    # Histories handed in as a file have neither column.
    for column, kind in (("review", pl.String()), ("given", pl.List(pl.String))):
        if column not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(column))
    columns = ("employee_id", "month", "state", "grade", "review", "given")
    ordered = frame.select(columns).sort("employee_id", "month")
    _refuse_doubtful(ordered)
    # Few people have a run: looking for them in columns spares going through everybody month by month.
    matter = _whose_run_matters(ordered, rules, since)
    concerned = ordered.join(matter, on="employee_id", how="semi", maintain_order="left")
    parsed = {text: Month.parse(text) for text in frame["month"].unique().to_list()}
    rows: list[tuple[str | None, ...]] = []
    for person, theirs in groupby(concerned.iter_rows(), key=itemgetter(0)):
        months = [_result(row, parsed, rules) for row in theirs]
        rows.extend(_row(person, event) for event in stand(months, rules) if str(event.month) >= since)
    return pl.DataFrame(rows, schema=_EVENTS, orient="row")


def _result(row: tuple[Any, ...], parsed: Mapping[str, Month], rules: Standing) -> MonthResult:
    _, month, state, grade, review, given = row
    return MonthResult(parsed[month], state, grade, review, _named(given or (), rules))


def _named(given: Iterable[str | None], rules: Standing) -> tuple[str, ...]:
    """The rules whose award was given; a decision that names none means whichever award the scheme has."""
    awards = [name for name, rule in rules.rules.items() if rule.event == AWARD]
    return tuple(dict.fromkeys(word for name in given for word in ([name] if name else awards)))


def _refuse_doubtful(frame: pl.DataFrame) -> None:
    """ValueError for a month twice, a settled month without grade, an unknown state: no run could be told from them."""
    twice = frame.select("employee_id", "month").is_duplicated()
    no_grade = (pl.col("state") == "settled") & pl.col("grade").is_null()
    known = pl.col("state").is_in(get_args(State)).fill_null(False)
    doubtful = frame.filter(twice | no_grade | ~known)
    if not doubtful.is_empty():
        person, month, *_ = doubtful.row(0)
        raise ValueError(f"{person}, {month}: a month comes once, and a settled one has a grade")


def _row(person: str, event: Event) -> tuple[str | None, ...]:
    about = (str(event.month), person, event.event, event.rule, event.by, event.letter)
    return *about, event.detail.zh, event.detail.en, event.reference, _list(event.plan, ",")


def _whose_run_matters(ordered: pl.DataFrame, rules: Standing, since: str) -> pl.DataFrame:
    """The people (employee_id) with a run long enough for any rule, or about whom something was decided.

    What falls due falls on a month that ends such a run, or (the end of a plan) on the month after one.
    """
    shortest: dict[str, int] = {}
    for rule in rules.rules.values():
        shortest[rule.counter] = min(rule.at, shortest.get(rule.counter, rule.at))
    # Excluded months neither count nor break, so the months on either side are neighbours here.
    counted = ordered.filter(pl.col("state") != "excluded")
    hits = [_run(grades, shortest[counter]) for counter, grades in rules.counters.items() if counter in shortest]
    hit = reduce(or_, hits, pl.lit(False))
    # The next row may be another person's: one person more is looked at, and none is missed.
    runs = counted.filter(hit | hit.shift(1, fill_value=False), pl.col("month") >= since).select("employee_id")
    decided = ordered.filter((pl.col("given").list.len() > 0) | pl.col("review").is_not_null()).select("employee_id")
    return pl.concat([runs, decided]).unique()


def _run(grades: Sequence[Grade], least: int) -> pl.Expr:
    """Rows that end a run of `least` rows of one person with one of the grades; rows are in the order of time."""
    member, person = pl.col("grade").is_in(grades), pl.col("employee_id")
    earlier = ((person == person.shift(back)) & member.shift(back) for back in range(1, least))
    return reduce(and_, earlier, member).fill_null(False)
