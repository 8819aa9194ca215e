"""The way of a task as a table: accepted or declined, done, confirmed or returned, handed on, withdrawn."""

from __future__ import annotations

from functools import partial

from django.urls import reverse

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.tasks.models import UNSETTLED, Task
from fairwrench.web.tasks.selectors import gives, settles
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Workflow, with_note

State = Task.State


def _theirs() -> Problem:
    return Problem("not_yours", "由负责人或交办人办理", "that is for who does the task, or who gave it")


def _not_mine(task: Task, user: User) -> Problem | None:
    return None if user.employee_id is not None and user.employee_id == task.assignee_id else _theirs()


def _given_by_another(task: Task, user: User) -> Problem | None:
    return _theirs() if task.own else _not_mine(task, user)


def _not_my_own(task: Task, user: User) -> Problem | None:
    return _not_mine(task, user) if task.own else _theirs()


def _not_settled_by(task: Task, user: User) -> Problem | None:
    return None if settles(user=user, task=task) else _theirs()


def _not_handed_on_by(task: Task, user: User) -> Problem | None:
    """The assignee, who gave it, and who may give the assignee tasks."""
    may_hand = (
        _not_mine(task, user) is None or settles(user=user, task=task) or gives(user=user, employee=task.assignee)
    )
    return None if may_hand else _theirs()


def _back_to(task: Task) -> Employee | None:
    """Whom a task goes back to where it is declined: who handed it on while it was under way, None where who gave it
    asks. Handed on further before it was accepted it still goes back to them."""
    step = TASKS.steps(task).filter(act="hand_on", before=State.OPEN).select_related("by__employee").last()
    if step is None or (step.by_id is not None and step.by_id == task.by_id):
        return None
    by = step.by.employee if step.by else None
    return by or Employee.objects.filter(pk=step.about.get("from")).first()


def _not_asked_by_the_giver(task: Task, user: User) -> Problem | None:
    return _not_mine(task, user) or (_theirs() if _back_to(task) else None)


def _not_handed_on(task: Task, user: User) -> Problem | None:
    return _not_mine(task, user) or (None if _back_to(task) else _theirs())


def _hand_back(task: Task, _doing: Doing) -> None:
    task.assignee = _back_to(task) or task.assignee


def _about(task: Task, doing: Doing) -> dict[str, int]:
    return {"from": task.assignee_id} if "to" in doing.given else {}


def _by_itself(_task: Task, _user: User) -> Problem | None:
    return _theirs()


def _finish(task: Task, _doing: Doing) -> None:
    task.progress = 100


def _progress(task: Task, doing: Doing) -> None:
    task.progress = doing.given["percent"]


def _hand_on(task: Task, doing: Doing) -> None:
    task.assignee = doing.given["to"]


def _moved_on(task: Task) -> Problem:
    label = State(task.state).label
    zh, en = (
        f"这项任务刚刚有变动，现在是“{label}”，请刷新",
        f"the task was changed; it is “{label}” now. Reload the page",
    )
    return Problem("moved_on", zh, en)


def _tell(task: Task, to: list[User | None], words: tuple[str, str], note: str = "") -> list[Message]:
    # its title is typed like the note
    typed = " · ".join(filter(None, (task.title, note)))
    told = f"{words[0]}：{typed}", f"{words[1]}: {typed}"
    return [Message(to, told, reverse("tasks:task", args=[task.pk]))]


def _users(employee: Employee) -> list[User | None]:
    return [*User.objects.filter(employee=employee)]


def told_given(task: Task) -> list[Message]:
    """What the assignee is told of a new task; that it waits stands among the to-dos."""
    by = str(task.by) if task.by else ""
    asked = task.state == State.ASKED
    zh = f"{by} 请您帮忙完成一项任务，{task.due} 前" if asked else f"{by} 交给您一项任务，{task.due} 前完成"
    en = (
        f"a task is asked of you by {by}, by {task.due}" if asked else f"a task was given to you by {by}, by {task.due}"
    )
    return _tell(task, _users(task.assignee), (zh, en))


def told_passed_on(task: Task, gone: Employee) -> list[Message]:
    """What the manager of somebody who left is told, and who gave the task."""
    zh, en = (
        f"{gone.name} 已离职，其任务转给 {task.assignee.name}",
        f"a task went to {task.assignee.name}, as {gone.name} has left",
    )
    return _tell(task, [*_users(task.assignee), task.by], (zh, en))


def told_superseded(task: Task) -> list[Message]:
    """What the assignee is told of a task in whose place another was given."""
    words = "任务已撤回：来源有变动，已另行交办", "a task was withdrawn, as what it comes from was changed"
    return _tell(task, _users(task.assignee), words)


def _tell_giver(zh: str, en: str, task: Task, doing: Doing) -> list[Message]:
    return _tell(task, [task.by], (f"任务{zh}", f"a task {en}"), doing.note)


def _tell_assignee(zh: str, en: str, task: Task, doing: Doing) -> list[Message]:
    return _tell(task, _users(task.assignee), (f"任务{zh}", f"a task {en}"), doing.note)


def _tell_handed_back(task: Task, doing: Doing) -> list[Message]:
    words = f"任务被谢绝，退回给 {task.assignee.name}", f"a task was declined and went back to {task.assignee.name}"
    return _tell(task, [*_users(task.assignee), task.by], words, doing.note)


def _tell_handed_on(task: Task, doing: Doing) -> list[Message]:
    words = f"任务转给 {task.assignee.name}", f"a task was handed on to {task.assignee.name}"
    return _tell(task, [*_users(task.assignee), task.by], words, doing.note)


WHY = with_note(Problem("no_reason", "请写明原因", "say why"))
ASKS_WHY: Words = ("请写明原因", "Say why")
NOT_ASSIGNEE: Words = ("除负责人以外的人", "anybody but who does it")
NOT_GIVER: Words = (
    "除交办人以外的人；交办人已离职的，由可以给负责人交办任务的人",
    "anybody but who gave it; where they have left, who may give the assignee tasks",
)
#: what the assignee does, and what who gave it does
_mine = partial(Act[Task], denied=_not_mine, denied_says=NOT_ASSIGNEE)
_given = partial(Act[Task], denied=_not_settled_by, denied_says=NOT_GIVER)
_handed = partial(
    Act[Task],
    froms=(State.ASKED, State.OPEN),
    denied=_not_handed_on_by,
    denied_says=(
        "负责人、交办人、负责人的上级、本店人力资源和总经理以外的人",
        "anybody but who does it, who gave it, their managers, HR and general manager of the store",
    ),
    guards=(WHY,),
    effect=_hand_on,
    tells=_tell_handed_on,
    asks=ASKS_WHY,
    icon="switch-horizontal",
    quiet=True,
)
TASKS: Workflow[Task] = Workflow(
    name="task",
    words=("任务", "A task"),
    model=Task,
    states=State,
    acts=(
        _mine(
            name="accept",
            words=("接受", "accept"),
            froms=(State.ASKED,),
            to=State.OPEN,
            tells=partial(_tell_giver, "已接受", "was accepted"),
            button=("我来做", "I will do it"),
        ),
        _mine(
            name="decline",
            words=("谢绝", "decline"),
            froms=(State.ASKED,),
            to=State.DECLINED,
            denied=_not_asked_by_the_giver,
            denied_says=("除交办人请的负责人以外的人", "anybody but whom the giver asked"),
            guards=(WHY,),
            tells=partial(_tell_giver, "被谢绝", "was declined"),
            button=("做不了，谢绝", "I cannot do it"),
            asks=ASKS_WHY,
            icon="x",
        ),
        _mine(
            name="hand_back",
            words=("谢绝，退回转交人", "decline; it goes back to who handed it on"),
            froms=(State.ASKED,),
            to=State.OPEN,
            denied=_not_handed_on,
            denied_says=("除转交人请的负责人以外的人", "anybody but whom it was handed on to"),
            guards=(WHY,),
            effect=_hand_back,
            tells=_tell_handed_back,
            button=("做不了，退回转交人", "I cannot do it; back to who handed it on"),
            asks=ASKS_WHY,
            icon="x",
        ),
        _mine(name="progress", words=("更新进度", "progress"), froms=(State.OPEN,), to="", effect=_progress),
        _mine(
            name="finish",
            words=("完成", "done"),
            froms=(State.OPEN,),
            to=State.DONE,
            denied=_given_by_another,
            effect=_finish,
            tells=partial(_tell_giver, "已完成，请确认", "is done, for you to confirm"),
            button=("已完成，请确认", "It is done"),
        ),
        Act(
            name="close",
            words=("完成", "done"),
            froms=(State.OPEN,),
            to=State.CONFIRMED,
            denied=_not_my_own,
            denied_says=("别人交办的任务", "a task that another gave"),
            effect=_finish,
            button=("已完成", "It is done"),
        ),
        _given(
            name="confirm",
            words=("确认", "confirm"),
            froms=(State.DONE,),
            to=State.CONFIRMED,
            tells=partial(_tell_assignee, "已确认完成", "was confirmed"),
            button=("确认完成", "Confirm it"),
        ),
        _given(
            name="return",
            words=("退回", "return"),
            froms=(State.DONE,),
            to=State.OPEN,
            guards=(WHY,),
            tells=partial(_tell_assignee, "被退回", "was returned"),
            button=("还没做好，退回", "Return it"),
            asks=ASKS_WHY,
            icon="rotate",
        ),
        _given(
            name="withdraw",
            words=("撤回", "withdraw"),
            froms=(State.ASKED, State.OPEN, State.DONE),
            to=State.WITHDRAWN,
            guards=(WHY,),
            tells=partial(_tell_assignee, "已撤回", "was withdrawn"),
            button=("不用做了，撤回", "Withdraw it"),
            asks=ASKS_WHY,
            icon="x",
            quiet=True,
        ),
        _handed(name="hand_on", words=("转交，待接受", "hand on, to be accepted"), to=State.ASKED),
        _handed(name="reassign", words=("转交", "hand on"), to=State.OPEN),
        Act(
            name="inherit",
            words=("负责人离职，转给上级", "passed on to the manager of who left"),
            froms=(State.ASKED, State.OPEN),
            to=State.OPEN,
            denied=_by_itself,
            denied_says=("系统在离职次日办理", "anybody: it is done by itself on the day after the last"),
            in_background=True,
        ),
        Act(
            name="supersede",
            words=("来源变动，另行交办", "given anew, as what it comes from was changed"),
            froms=UNSETTLED,
            to=State.WITHDRAWN,
            denied=_by_itself,
            denied_says=("随来源的变动一起办理", "anybody: it is done with the change of what it comes from"),
            in_background=True,
        ),
    ),
    way=(State.OPEN, State.DONE, State.CONFIRMED),
    not_now=_moved_on,
    moved_on=_moved_on,
    about=_about,
)
