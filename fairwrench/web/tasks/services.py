"""Tasks given, gone on with, handed on; the acts without more than a word are done by the table (`workflow`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require_page
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee, in_service
from fairwrench.web.tasks.models import STEP, UNDONE, UNSETTLED, Task
from fairwrench.web.tasks.origins import origin_of
from fairwrench.web.tasks.selectors import asks, gives
from fairwrench.web.tasks.workflow import TASKS, told_given, told_passed_on, told_superseded
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.inbox.notices import messages_send

State = Task.State
#: letters of the title and of the words
TITLE, WORDS = 120, 2000
#: how far ahead a task may be due
AHEAD = timedelta(days=730)


@dataclass(frozen=True)
class Draft:
    """What somebody fills in: for whom, what, by when, and where it comes from; `once` is the one-time key of its
    form."""

    assignee: Employee
    title: str
    due: date
    words: str = ""
    origin: str = ""
    origin_ref: str = ""
    once: str = ""


def task_give(*, draft: Draft, by: User) -> Task:
    """Give a task; to whom one does not lead it is a question, which may be declined. Refused with everything that is
    wrong. The same form again gives the task that it wrote."""
    require_page(by, "tasks.give")
    if given := task_of_form(once=draft.once, by=by):
        return given
    if wrong := [*_of_person(draft.assignee, by), *_of_words(draft), *_of_day(draft.due)]:
        raise Refused(wrong)
    origin, ref = origin_of(kind=draft.origin, ref=draft.origin_ref, user=by)
    with transaction.atomic():
        # held until it is written: of two presses one writes
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        if given := task_of_form(once=draft.once, by=by):
            return given
        made = Task.objects.create(
            title=bare_text(draft.title),
            words=bare_text(draft.words),
            assignee=draft.assignee,
            by=by,
            due=draft.due,
            state=State.OPEN if gives(user=by, employee=draft.assignee) else State.ASKED,
            origin=origin,
            origin_ref=ref,
            once=draft.once,
        )
        messages_send(told_given(made), besides=by)
    return made


def task_supersede(*, task: Task, draft: Draft, by: User) -> Task:
    """The task that stands for what its origin says by now: the same where nothing of it changed, else a new one, and
    the one before is withdrawn."""
    same = (task.assignee_id, task.due, task.words) == (draft.assignee.pk, draft.due, bare_text(draft.words))
    if same and task.state not in (State.DECLINED, State.WITHDRAWN):
        return task
    with transaction.atomic():
        made = task_give(draft=draft, by=by)
        held = Task.objects.select_for_update().get(pk=task.pk)
        if held.state in UNSETTLED:
            before, held.state, held.version = held.state, State.WITHDRAWN, held.version + 1
            held.save()
            TASKS.write(record=held, act="supersede", by=by, before=before)
            messages_send(told_superseded(held), besides=by)
    return made


def task_of_form(*, once: str, by: User) -> Task | None:
    """The task that a form with this one-time key wrote for its sender, None while there is none."""
    return Task.objects.filter(by=by, once=once).first() if once else None


def task_progress(*, task: Task, percent: int, note: str, by: User, seen: int) -> Task:
    """Say how far one's task is, in steps of `STEP`."""
    if percent not in range(0, 101, STEP):
        zh, en = f"进度按 {STEP}% 填写", f"progress goes in steps of {STEP} %"
        raise Refused([Problem("progress_steps", zh, en, path=("progress",))])
    said = f"{percent}%" + (f" · {bare_text(note)}" if bare_text(note) else "")
    return TASKS.held(
        TASKS.act(record=task, name="progress", by=by, note=said, seen=seen, percent=percent), progress=percent
    )


def task_hand_on(*, task: Task, to: Employee, reason: str, by: User, seen: int) -> Task:
    """Hand a task on to somebody else; whom one does not lead may decline it. Refused for who has it already."""
    if to.pk == task.assignee_id:
        zh, en = f"这项任务已经在 {to.name} 那里", f"{to.name} has the task already"
        raise Refused([Problem("has_it", zh, en, path=("to",))])
    if wrong := [*_of_person(to, by)]:
        raise Refused(wrong)
    act = "reassign" if gives(user=by, employee=to) else "hand_on"
    return TASKS.held(TASKS.act(record=task, name=act, by=by, note=reason, seen=seen, to=to), assignee=to)


def tasks_pass_on() -> int:
    """Give what people who left had still to do to their managers, so that nothing of it is lost; how many it were."""
    moved = 0
    undone = Task.objects.filter(state__in=UNDONE).exclude(in_service(today(), "assignee__"))
    for task in undone.select_related("assignee", "by"):
        moved += _pass_on(task)
    return moved


def _pass_on(task: Task) -> int:
    heir = _manager_in_service(task.assignee)
    if heir is None:
        return 0  # it stays where HR of the store finds it: overdue, of somebody who left
    with transaction.atomic():
        held = Task.objects.select_for_update().get(pk=task.pk)
        if held.assignee_id != task.assignee_id or held.state not in UNDONE:
            return 0
        before, gone = held.state, task.assignee
        held.assignee, held.state, held.version = heir, State.OPEN, held.version + 1
        held.save()
        note = f"{gone.name} 已离职"
        TASKS.write(record=held, act="inherit", by=None, note=note, before=before)
        messages_send(told_passed_on(held, gone))
    return 1


def _manager_in_service(employee: Employee) -> Employee | None:
    """Who led somebody last and is still here, else who leads that one, and so on."""
    seen = {employee.pk}
    while True:
        held = Assignment.objects.filter(latest(day=today()), employee=employee).select_related("manager").first()
        above = held.manager if held else None
        if above is None or above.pk in seen:
            return None
        if not above.has_left():
            return above
        seen.add(above.pk)
        employee = above


def _of_person(who: Employee, by: User) -> Iterator[Problem]:
    if who.has_left():
        zh, en = f"{who.name} 已离职，请交给别人", f"{who.name} has left; give it to somebody else"
        yield Problem("has_left", zh, en, path=("who",))
    elif not asks(user=by, employee=who):
        zh, en = f"您不能给 {who.name} 交办任务", f"you may not give {who.name} a task"
        yield Problem("not_near", zh, en, path=("who",))


def _of_words(draft: Draft) -> Iterator[Problem]:
    if not bare_text(draft.title):
        yield Problem("no_title", "请写明做什么", "say what is to be done", path=("title",))
    if len(draft.title) > TITLE or len(draft.words) > WORDS:
        zh = f"标题最多 {TITLE} 字，说明最多 {WORDS} 字"
        en = f"the title takes {TITLE} letters, the words {WORDS}"
        yield Problem("too_long", zh, en, path=("words",))


def _of_day(due: date) -> Iterator[Problem]:
    if due < today():
        yield Problem("in_the_past", "期限不能早于今天", "the day lies in the past", path=("due",))
    elif due > today() + AHEAD:
        yield Problem("far_ahead", "期限最多两年，请核对年份", "at most two years ahead; check the year", path=("due",))
