"""What tasks hand on to apps before them: to-dos, figures of homes, what is kept of a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.db.models import QuerySet
from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.org.models import Employee
from fairwrench.web.tasks.models import Task
from fairwrench.web.tasks.selectors import others_of, overdue_of, waiting
from fairwrench.web.ui.words import Words, pick
from fairwrench.web.work.home.figures import Figure
from fairwrench.web.work.inbox.todos import ToDo

#: tasks that are named one by one among the to-dos, the first due; the rest are counted in one line
NAMED = 5
#: the hour of the day on which a task is due: its end
END = time(23, 59)


def todos_of(user: User) -> Iterator[ToDo]:
    """The tasks to do, the first due by name; those asked of the user, and those to confirm, counted."""
    if not opens(user, "tasks.view"):
        return
    mine = list(waiting(user=user, waits="do").order_by("due", "id"))
    for task in mine[:NAMED]:
        words = f"任务：{task.title}", f"task: {task.title}"
        url = reverse("tasks:task", args=[task.pk])
        yield ToDo(
            words, url, "list-details", _end(task), ("去完成", "Do it"), open=("有任务未完成", "with tasks to do")
        )
    if more := len(mine) - NAMED if len(mine) > NAMED else 0:
        words = f"另有 {more} 项任务待完成", f"{number_of(more, 'more task')} to do"
        yield ToDo(words, f"{reverse('tasks:list')}?waits=do", "list-details", _end(mine[NAMED]))
    yield from _counted(user)


def _counted(user: User) -> Iterator[ToDo]:
    if count := waiting(user=user, waits="answer").count():
        words = f"{count} 项同事请您帮忙的任务待答复", f"{number_of(count, 'task')} asked of you by colleagues"
        yield ToDo(words, f"{reverse('tasks:list')}?waits=answer", "list-details", button=("去答复", "Answer"))
    if count := waiting(user=user, waits="confirm").count():
        words = f"{count} 项任务已完成，待您确认", f"{number_of(count, 'task')} done, for you to confirm"
        url = f"{reverse('tasks:list')}?waits=confirm"
        yield ToDo(words, url, "list-details", button=("去确认", "Confirm"), decides=True)


def _end(task: Task) -> datetime:
    return datetime.combine(task.due, END)


def mine_figures(user: User) -> Iterator[Figure]:
    """How many tasks somebody has to do, and how many of them are overdue."""
    if user.employee_id is None:
        return
    tasks = waiting(user=user, waits="do")
    if count := tasks.count():
        yield Figure(pick("我的任务", "My tasks"), str(count), f"{reverse('tasks:list')}?of=mine", _late(tasks))


def team_figures(user: User) -> Iterator[Figure]:
    """Tasks of the people one leads that are overdue."""
    found = others_of(user=user)
    if found.exists():
        late = overdue_of(tasks=found).count()
        url = f"{reverse('tasks:list')}?of=others&state=overdue"
        yield Figure(pick("团队逾期任务", "Overdue tasks of the team"), str(late), url)


def _late(tasks: QuerySet[Task]) -> str:
    late = overdue_of(tasks=tasks).count()
    return pick(f"{late} 项已逾期", f"{late} overdue") if late else ""


def history_of(employee: Employee) -> list[Words]:
    """Whether somebody has, or had, a task."""
    return [("任务", "tasks")] if Task.objects.filter(assignee=employee).exists() else []
