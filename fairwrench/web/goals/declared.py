"""What goals hand on to apps before them: to-dos, a figure, points of the checklist, what is kept of a person."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.cycles.selectors import is_settled
from fairwrench.web.goals.models import AGREED, GoalSheet
from fairwrench.web.goals.pages.shown import people_without
from fairwrench.web.goals.selectors import waiting_counts
from fairwrench.web.goals.timing import month_to_plan, planned_by
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.checklist import Point
from fairwrench.web.settlements.months.way import MonthStage, Part
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import Words, pick
from fairwrench.web.work.home.figures import Figure
from fairwrench.web.work.inbox.todos import ToDo

State = GoalSheet.State
#: what is said of how many sheets of a month wait for one, the same of people who are not named, what one does there
SAID: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    State.EMPLOYEE: (
        ("{month} 的目标请查看并确认", "{month}: read and agree to your goals"),
        ("目标未确认", "with goals to agree to"),
        ("看目标，签字", "Read and sign"),
    ),
    State.MANAGER: (
        ("{month} 有 {n} 人的目标待您确认", "{month}: goals of {count} to agree to"),
        ("有目标待确认", "with goals to agree to"),
        ("去确认", "Agree"),
    ),
    State.NEXT_LEVEL: (
        ("{month} 有 {n} 人的目标待隔级审阅", "{month}: goals of {count} to review"),
        ("有目标待审阅", "with goals to review"),
        ("去审阅", "Review"),
    ),
    State.HR: (
        ("{month} 有 {n} 人的目标待归档", "{month}: goals of {count} to file"),
        ("有目标待归档", "with goals to file"),
        ("去归档", "File"),
    ),
}


def todos_of(user: User) -> Iterator[ToDo]:
    """The sheets that wait for a user, by month and step, and the people of a team who have no goals yet."""
    if not opens(user, "goals.view"):
        return
    for at, state, n in waiting_counts(user=user):
        (zh, en), still, button = SAID[state]
        told = {"month": at, "n": n, "count": number_of(n, "person", "people")}
        words = zh.format(**told), en.format(**told)
        url = f"{reverse('goals:list')}?waits={state}&month={at}"
        yield ToDo(words, url, "target", planned_by(Month.parse(at)), button, open=still)
    month = month_to_plan()
    if n := team_without(user, month):
        words = f"{month} 还有 {n} 人没有目标", f"{month}: no goals yet of {number_of(n, 'person', 'people')}"
        url = f"{reverse('goals:team')}?month={month}"
        yield ToDo(
            words,
            url,
            "target-arrow",
            planned_by(month),
            ("去商定", "Set them"),
            open=("有人没有目标", "with people without goals"),
        )


def team_without(user: User, month: Month) -> int:
    """How many of those whom a user leads have no goals of a month yet; none once it is settled."""
    led = Scope.of(user).led - Scope.of(user).own
    return 0 if not led or is_settled(month) else len(people_without(month=month, people=led))


def goals_figures(user: User) -> Iterator[Figure]:
    """On the home of who leads people: how many of them have goals that both agreed on."""
    led = Scope.of(user).led - Scope.of(user).own
    if not led:
        return
    month = month_to_plan()
    agreed = GoalSheet.objects.filter(month=str(month), employee__employee_id__in=led, state__in=AGREED)
    count = agreed.values("employee").distinct().count()
    title, note = (
        pick("目标已商定的人", "People with goals agreed"),
        pick(f"{month}，共 {len(led)} 人", f"{month}, of {len(led)}"),
    )
    yield Figure(title, str(count), f"{reverse('goals:team')}?month={month}", note)


def month_points(cycle: Cycle, extent: Extent) -> Iterator[Point]:
    """How far the goals of a month are; nothing but closing the month waits for them, as no pay stands on them: HR
    files what both agreed on. What they had not agreed on when it was settled keeps nothing open."""
    counts = _counts(cycle, extent)
    if not counts:
        return
    url, takes = f"{reverse('goals:list')}?month={cycle.month}", "goals.view"
    left = {state: n for state, n in counts.items() if state != State.FILED}
    if not left:
        yield Point(True, False, pick("已写的目标全部归档", "all goals that were written are filed"), takes=takes)
    for state in (each for each in State if each in left):
        zh, en = (
            f"{left[state]} 人的目标{state.label}",
            f"goals of {number_of(left[state], 'person', 'people')}: {state.label}",
        )
        yield Point(False, False, pick(zh, en), lists=f"{url}&state={state}", takes=takes, keeps_open=state in AGREED)


def _counts(cycle: Cycle, extent: Extent) -> dict[str, int]:
    """State → sheets of a month in it, in the stores seen; asked once for all that is told of them."""
    found = GoalSheet.objects.filter(month=cycle.month).exclude(state=State.WITHDRAWN)
    if extent.stores is not None:
        found = found.filter(store__in=extent.stores)
    counted = found.order_by().values_list("state").annotate(n=Count("pk"))
    return once(f"goals {cycle.pk} {extent.user.pk} {extent.whole}", lambda: dict(counted))


def _planned(cycle: Cycle, extent: Extent, _run: Run | None) -> Part:
    """How many of those whose goals were written have them filed; a month in which nobody wrote any has no such
    stage."""
    counts = _counts(cycle, extent)
    return Part(
        counts.get(State.FILED, 0), sum(counts.values()), f"{reverse('goals:list')}?month={cycle.month}", "goals.view"
    )


STAGE = MonthStage(10, ("目标设定", "Goals set"), lambda step: step.step == "planning", _planned)


def history_of(employee: Employee) -> list[Words]:
    """Whether goals of a person were written."""
    return [("目标", "goals")] if GoalSheet.objects.filter(employee=employee).exists() else []
