"""Comments on a task: whoever sees the task sees them."""

from __future__ import annotations

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.tasks.selectors import tasks_seen
from fairwrench.web.ui.requests.parameters import whole_number
from fairwrench.web.work.comments.places import Commented, CommentPlace


def commented_task(user: User, ref: str) -> Commented | None:
    """The task that a user may see and comment on."""
    number = whole_number(ref)
    task = tasks_seen(user=user).filter(pk=number).first() if number else None
    if task is None:
        return None
    return Commented((f"任务“{task.title}”", f"task “{task.title}”"), reverse("tasks:task", args=[task.pk]))


TASK_COMMENTS = CommentPlace("task", ("任务", "A task"), commented_task)
