"""What a sheet says: goals, plan and what the scheme assesses, as data, as a digest, as the bytes that one signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from fairwrench.report.naming import Names
from fairwrench.web.goals.models import Goal, GoalSheet, PlanLine
from fairwrench.web.goals.sheets.measuring import Kpi, aim_words, category_name, kpis_of, measure_words, names_at
from fairwrench.web.work.signing.documents import told_digest

#: what of a goal is agreed
OF_GOAL = ("category", "what", "kind", "subject", "measure", "target", "due", "weight", "department_goal_id", "duty_id")
OF_PLAN = ("what", "how", "due")


@dataclass(frozen=True)
class ShownGoal:
    """A goal in words."""

    goal: Goal
    category: str
    measure: str
    target: str


@dataclass(frozen=True)
class Content:
    """One sheet with its lines, in the order in which they were written, and the items of the card beside them."""

    sheet: GoalSheet
    goals: Sequence[Goal]
    plan: Sequence[PlanLine]
    kpis: Sequence[Kpi]
    names: Names = field(repr=False)

    @property
    def shown(self) -> list[ShownGoal]:
        """The goals in words."""
        return [
            ShownGoal(each, category_name(each.category), measure_words(each, self.names), aim_words(each, self.names))
            for each in self.goals
        ]

    @property
    def document(self) -> bytes:
        """The sheet as it is read, printed and signed, in the language of the page; with what the scheme assesses as it
        stands now, so that a target that moved meanwhile is shown before it is signed for."""
        context = {
            "sheet": self.sheet,
            "goals": self.shown,
            "plan": self.plan,
            "kpis": self.kpis,
            "position": self.names.position(self.sheet.position),
            "department": self.names.department(self.sheet.department),
            "scheme": self.names.say(self.names.scheme.name),
            "scheme_version": self.names.scheme.version,
        }
        return render_to_string("goals/document.html", context).encode()

    @property
    def facts(self) -> str:
        """Digest of what was agreed, whatever the language: the goals, the plan, the reason of a change; not what the
        scheme says beside them, which nobody agrees on here."""
        goals = [[getattr(each, name) for name in OF_GOAL] for each in self.goals]
        plan = [[getattr(each, name) for name in OF_PLAN] for each in self.plan]
        sheet = self.sheet
        return told_digest([sheet.employee.employee_id, sheet.month, sheet.edition, sheet.reason, goals, plan])


def contents_of(found: Iterable[GoalSheet]) -> list[Content]:
    """What some sheets say, asked a month at a time."""
    sheets = list(found)
    goals, plan = lines_of(sheets)
    kpis: dict[tuple[str, int, str], list[Kpi]] = {}
    names: dict[str, Names] = {}
    for month in {sheet.month for sheet in sheets}:
        of_month = [sheet for sheet in sheets if sheet.month == month]
        names[month] = names_at(of_month[0].at)
        # of two editions of one person each by its own position
        for edition in {sheet.edition for sheet in of_month}:
            told = kpis_of((each for each in of_month if each.edition == edition), of_month[0].at, names[month])
            kpis |= {(month, edition, who): rows for who, rows in told.items()}
    return [
        Content(
            sheet,
            goals[sheet.pk],
            plan[sheet.pk],
            kpis[sheet.month, sheet.edition, sheet.employee.employee_id],
            names[sheet.month],
        )
        for sheet in sheets
    ]


def content_of(*, sheet: GoalSheet) -> Content:
    """What one sheet says."""
    return contents_of([sheet])[0]


def facts_of(*, sheet: GoalSheet) -> str:
    """The digest of what a sheet says, without the scheme beside it."""
    goals, plan = lines_of([sheet])
    return Content(sheet, goals[sheet.pk], plan[sheet.pk], (), names_at(sheet.at)).facts


def lines_of(sheets: Sequence[GoalSheet]) -> tuple[dict[int, list[Goal]], dict[int, list[PlanLine]]]:
    """Goals and lines of the plan by the sheet's key, two queries for all."""
    goals: dict[int, list[Goal]] = {sheet.pk: [] for sheet in sheets}
    plan: dict[int, list[PlanLine]] = {sheet.pk: [] for sheet in sheets}
    for goal in Goal.objects.filter(sheet__in=sheets).select_related("department_goal__unit", "duty"):
        goals[goal.sheet_id].append(goal)
    for line in PlanLine.objects.filter(sheet__in=sheets):
        plan[line.sheet_id].append(line)
    return goals, plan
