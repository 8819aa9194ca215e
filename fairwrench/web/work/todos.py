"""What waits for somebody of background work."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.work.inbox.todos import ToDo
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.selectors import jobs_failed


def todos_of(user: User) -> Iterator[ToDo]:
    """Work that failed and may be begun anew."""
    if count := jobs_failed(user=user).count():
        words = (f"{count} 项后台任务未完成", f"{number_of(count, 'piece')} of background work failed")
        yield ToDo(
            words, f"{reverse('jobs:list')}?state={Job.State.FAILED}", "alert-triangle", button=("去查看", "Look")
        )
