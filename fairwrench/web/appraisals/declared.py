"""What forms hand on to apps before them: to-dos, stages and points of a month, what is kept of a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Value
from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Deadline, Month, deadlines
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.appraisals.appeals.selectors import appeals_waiting
from fairwrench.web.appraisals.appeals.services import undecided
from fairwrench.web.appraisals.models import Appeal, Appraisal
from fairwrench.web.appraisals.selectors import TALK, TALK_OPEN, talks_waiting, waiting_counts
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.checklist import Point
from fairwrench.web.settlements.months.way import MonthStage, Part
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import Words, pick
from fairwrench.web.work.inbox.todos import ToDo

State = Appraisal.State
#: state → the step of the scheme's calendar by which it has to be over
STEPS: Mapping[str, str] = {State.INTERVIEW: "interview"}
SIGNATURE = "signature"
#: what is said of how many forms of a month wait for one
SAID: dict[str, tuple[str, str]] = {
    State.INTERVIEW: ("{month} 还有 {n} 人待面谈", "{month}: {count} to be interviewed"),
    State.EMPLOYEE: ("{month} 的绩效评估表请查看并签字", "{month}: read and sign your appraisal"),
    State.MANAGER: ("{month} 有 {n} 份绩效评估表待签字", "{month}: {count} to sign as line manager"),
    State.NEXT_LEVEL: ("{month} 有 {n} 份绩效评估表待隔级签字", "{month}: {count} to sign as next-level manager"),
    State.HR: ("{month} 有 {n} 份绩效评估表待归档", "{month}: {count} to file"),
    TALK: ("{month} 有 {n} 人待隔级面谈", "{month}: {count} with a next-level interview to hold"),
}

#: the same of people who are not named, for a chat
STILL: dict[str, tuple[str, str]] = {
    State.INTERVIEW: ("有绩效面谈未完成", "with interviews to hold"),
    State.EMPLOYEE: ("绩效评估表未签字", "with an appraisal to sign"),
    State.MANAGER: ("绩效评估表未签字", "with appraisals to sign"),
    State.NEXT_LEVEL: ("绩效评估表未签字", "with appraisals to sign"),
    State.HR: ("绩效评估表未归档", "with appraisals to file"),
    TALK: ("有隔级面谈未完成", "with next-level interviews to hold"),
}

#: what one does there
BUTTONS: dict[str, tuple[str, str]] = {
    State.INTERVIEW: ("去面谈", "Talk"),
    State.EMPLOYEE: ("看表签字", "Read and sign"),
    State.MANAGER: ("去签字", "Sign"),
    State.NEXT_LEVEL: ("去签字", "Sign"),
    State.HR: ("去归档", "File"),
    TALK: ("去面谈", "Talk"),
}


def todos_of(user: User) -> Iterator[ToDo]:
    """The forms that wait for a user, by month and step, as the very lists have them."""
    if not opens(user, "appraisals.view"):
        return
    for month, state, n in waiting_counts(user=user):
        yield _todo(state, month, n)
    talks = talks_waiting(user=user).order_by("cycle__month").values_list("cycle__month").annotate(n=Count("pk"))
    for month, n in talks:
        yield _todo(TALK, month, n)
    if appeals := appeals_waiting(user=user):
        words = f"{len(appeals)} 条绩效申诉待处理", f"{number_of(len(appeals), 'appeal')} to answer"
        yield ToDo(words, f"{reverse('appraisals:appeals')}?waits=1", "message")


def _todo(state: str, month: str, n: int) -> ToDo:
    zh, en = SAID[state]
    told = {"month": month, "n": n, "count": number_of(n, "appraisal")}
    url = f"{reverse('appraisals:list')}?waits={state}&month={month}"
    words = zh.format(**told), en.format(**told)
    due = _due(state, Month.parse(month))
    return ToDo(words, url, "clipboard-check", due, BUTTONS[state], open=STILL[state])


def _due(state: str, month: Month) -> datetime | None:
    """By when a step has to be over, as the scheme's calendar of the month has it."""
    wanted = STEPS.get(state, SIGNATURE)
    steps, _ = deadlines(month, scheme_at(month=month).cycle)
    return next((step.due for step in steps if step.step == wanted), None)


def month_points(cycle: Cycle, extent: Extent) -> Iterator[Point]:
    """How many forms of a month are not filed yet, and how many appeals are open; nothing but closing the month waits
    for them, as unsigned forms never hold wages."""
    counts = _counts(cycle, extent)
    if not counts.forms:
        return
    url, takes = _listed(cycle), "appraisals.view"
    left = {state: n for state, n in counts.forms.items() if state != State.FILED}
    if not left:
        yield Point(True, False, pick("绩效评估表已全部归档", "all appraisals are filed"), takes=takes)
    for state in (each for each in State if each in left):
        zh, en = f"{left[state]} 份绩效评估表{state.label}", f"{number_of(left[state], 'appraisal')}: {state.label}"
        yield Point(False, False, pick(zh, en), lists=f"{url}&state={state}", takes=takes, keeps_open=True)
    if n := counts.talks_open:
        zh, en = f"{n} 份绩效评估表待隔级面谈", f"{number_of(n, 'next-level interview')} to be held"
        yield Point(False, False, pick(zh, en), lists=f"{url}&talk=open", takes=takes, keeps_open=True)
    if n := counts.appeals:
        zh, en = f"{n} 条绩效申诉未办结", f"{number_of(n, 'appeal')} to be decided"
        lists = f"{reverse('appraisals:appeals')}?month={cycle.month}"
        yield Point(False, False, pick(zh, en), lists=lists, takes=takes, keeps_open=True)


@dataclass(frozen=True)
class Counts:
    """Of a month's forms: how many are in each state, how many appeals against them are open, how many interviews by
    the next level are asked for, and open."""

    forms: Mapping[str, int]
    appeals: int = 0
    talks: int = 0
    talks_open: int = 0


def _counts(cycle: Cycle, extent: Extent) -> Counts:
    """What there is in the stores seen; asked once for all that is told of it."""
    # forms come with the run of a settled month
    if cycle.run_id is None:
        return Counts({})
    return once(f"forms {cycle.pk} {extent.user.pk} {extent.whole}", lambda: _counted(cycle, extent))


#: what is counted beside states of forms, as `Counts` has it
_BESIDE = ("+appeals", "+talks", "+open")


def _counted(cycle: Cycle, extent: Extent) -> Counts:
    found = cycle.appraisals.all() if extent.stores is None else cycle.appraisals.filter(store__in=extent.stores)
    appeals = Appeal.objects.filter(form__in=found.order_by().values("pk")).filter(undecided()).order_by()
    states = found.order_by().values_list("state").annotate(n=Count("pk"))
    # in one query, under words that are no state of a form
    others = [appeals, found.order_by().filter(next_due=True), found.order_by().filter(TALK_OPEN)]
    parts = [each.values_list(Value(name)).annotate(n=Count("pk")) for name, each in zip(_BESIDE, others, strict=True)]
    told = dict(states.union(*parts, all=True))
    beside = [told.pop(name, 0) for name in _BESIDE]
    return Counts(told, *beside)


def _listed(cycle: Cycle) -> str:
    return f"{reverse('appraisals:list')}?month={cycle.month}"


def _past(*states: str, lists: str = "") -> Callable[[Cycle, Extent, Run | None], Part | None]:
    """How many forms of a month are in none of some states any more."""

    def part(cycle: Cycle, extent: Extent, _run: Run | None) -> Part | None:
        counts = _counts(cycle, extent).forms
        if not counts:
            return None
        left, forms = sum(counts.get(state, 0) for state in states), sum(counts.values())
        return Part(forms - left, forms, f"{_listed(cycle)}{lists}", "appraisals.view")

    return part


def _talked(cycle: Cycle, extent: Extent, _run: Run | None) -> Part | None:
    """How many interviews by the next level were held, or noted as not held."""
    counts = _counts(cycle, extent)
    if not counts.forms:
        return None
    return Part(counts.talks - counts.talks_open, counts.talks, f"{_listed(cycle)}&talk=open", "appraisals.view")


def _step(name: str) -> Callable[[Deadline], bool]:
    return lambda step: step.step == name


STAGES = (
    MonthStage(
        50,
        ("绩效面谈", "Interviews"),
        _step(STEPS[State.INTERVIEW]),
        _past(State.INTERVIEW, lists=f"&state={State.INTERVIEW}"),
    ),
    MonthStage(55, ("隔级面谈", "Next-level interviews"), _step(SIGNATURE), _talked),
    MonthStage(
        60, ("签字归档", "Signed and filed"), _step(SIGNATURE), _past(*(each for each in State if each != State.FILED))
    ),
)


def history_of(employee: Employee) -> list[Words]:
    """Whether a form of a person was interviewed or signed."""
    kept = Appraisal.objects.filter(employee=employee).exclude(state=State.INTERVIEW, held_on=None)
    return [("绩效评估表", "appraisals")] if kept.exists() else []
