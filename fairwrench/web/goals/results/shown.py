"""How goals came out: the figure of the run where a metric or rated item measures them, what both say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.goals.models import Capacity, Goal, GoalSheet, Outcome
from fairwrench.web.goals.selectors import in_force
from fairwrench.web.goals.sheets.content import lines_of
from fairwrench.web.goals.sheets.measuring import aim_words, category_name, measure_words, names_at
from fairwrench.web.settlements.figures.presenting import Shown, lines_shown
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.ratings.facts import Fact
from fairwrench.web.settlements.runs.person import Line
from fairwrench.web.settlements.selectors import names_of, run_of_month
from fairwrench.web.settlements.workspace import store_of_run
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import joined, pick


@dataclass(frozen=True)
class GoalResult:
    """One goal with how it came out; `actual`: the figure of the run, empty where none measures it."""

    goal: Goal
    category: str
    measure: str
    target: str
    actual: str
    own: Outcome | None
    manager: Outcome | None

    @property
    def told(self) -> list[object]:
        """The same as data, for the digest of a document that shows it."""
        said = [[each.value, each.note] if each else None for each in (self.own, self.manager)]
        return [self.goal.what, self.target, self.actual, *said]

    @property
    def said(self) -> str:
        """What both say, in words."""
        both = ((self.own, pick("本人", "own")), (self.manager, pick("上级", "manager")))
        return joined(f"{who} {each.get_value_display()}" for each, who in both if each)

    @property
    def notes(self) -> str:
        """What both wrote to it."""
        return joined((each.note for each in (self.own, self.manager) if each and each.note), "；")


def results_of(*, month: Month, people: Collection[str], run: Run | None = None) -> Mapping[str, Sequence[GoalResult]]:
    """Employee id → the goals that held in a month with how they came out, by a run: that which is in force, or of the
    month so far, unless another is told. Who has no goals is left out."""
    # a page of one form asks for its content and for what was signed of it
    asked = f"goals {month} {' '.join(sorted(people))}"
    found = once(asked, lambda: in_force(month=month, people=people))
    if not found:
        return {}
    if run is None and (cycle := Cycle.objects.select_related("run").filter(month=str(month)).first()):
        run = run_of_month(cycle=cycle)
    return results_of_sheets(found.values(), month, run)


def results_of_sheets(found: Iterable[GoalSheet], month: Month, run: Run | None) -> Mapping[str, Sequence[GoalResult]]:
    """The same of some sheets of a month."""
    sheets = list(found)
    goals, _ = lines_of(sheets)
    said: dict[tuple[int, str], Outcome] = {
        (each.goal_id, each.capacity): each for each in Outcome.objects.filter(goal__sheet__in=sheets)
    }
    figures = _figures(run, [sheet.employee.employee_id for sheet in sheets]) if run else {}
    names = names_at(month)
    return {
        sheet.employee.employee_id: [
            GoalResult(
                goal,
                category_name(goal.category),
                measure_words(goal, names),
                aim_words(goal, names),
                _actual(goal, figures.get(sheet.employee.employee_id, {})),
                said.get((goal.pk, Capacity.EMPLOYEE)),
                said.get((goal.pk, Capacity.LINE_MANAGER)),
            )
            for goal in goals[sheet.pk]
        ]
        for sheet in sheets
    }


def _actual(goal: Goal, figures: Mapping[str, Shown]) -> str:
    line = figures.get(goal.subject) if goal.kind != Goal.Kind.WORDS else None
    if line is None:
        return ""
    if line.value or line.points is None:
        return line.value
    # a rated item has no figure but its points
    return f"{line.points // 100}.{line.points % 100:02d} {pick('分', 'points')}"


def _figures(run: Run, people: Collection[str]) -> Mapping[str, Mapping[str, Shown]]:
    """Employee id → item → its line in words."""
    results = {each.employee_id: each for each in run.results.filter(employee_id__in=people)}
    lines: dict[str, list[Line]] = defaultdict(list)
    for store in {result.store for result in results.values()}:
        here = [who for who, result in results.items() if result.store == store]
        for line in store_of_run(run=run).part("lines", store, here).iter_rows(named=True):
            lines[line["employee_id"]].append(line)
    names = names_of(run=run)
    return {who: {line.key: line for line in lines_shown(lines[who], result, names)} for who, result in results.items()}


def facts_beside(month: str, people: Collection[str]) -> Mapping[str, Sequence[Fact]]:
    """For who rates: the goals of some people in a month."""
    found = results_of(month=Month.parse(month), people=people)
    return {who: [_fact(each) for each in rows] for who, rows in found.items()}


def _fact(result: GoalResult) -> Fact:
    about = joined((result.measure, result.target and pick("目标 {}", "target {}").format(result.target)), "，")
    came = joined((result.actual and pick("实际 {}", "actual {}").format(result.actual), result.said), "；")
    said = joined((result.goal.what, came), "：")
    return Fact(("目标", "goal"), said, more=joined((about, result.notes), "；"))
