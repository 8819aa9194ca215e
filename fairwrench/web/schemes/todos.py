"""What waits for somebody of the scheme."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.schemes.approval.selectors import tasks_of
from fairwrench.web.schemes.binding.acknowledgements import to_acknowledge
from fairwrench.web.work.inbox.todos import ToDo


def todos_of(user: User) -> Iterator[ToDo]:
    """Versions to acknowledge, to approve, and those sent back to be mended."""
    for version in to_acknowledge(user=user):
        zh, en = version.called
        words = (f"制度“{zh}”待您签收", f"{en} waits for your acknowledgement")
        yield ToDo(words, reverse("schemes:read", args=[version.pk]), "book", button=("去签收", "Acknowledge"))
    for task in tasks_of(user=user):
        zh, en = ("被退回，待修改", "was sent back") if task.returned else ("待您批准", "waits for your approval")
        words = (f"{task.title} {zh}", f"{task.title} {en}")
        # what is not approved before its first month cannot hold in it
        begins = datetime.combine(Month.parse(task.version.begins).first, time.min) if task.version.begins else None
        button = ("去修改", "Mend") if task.returned else ("去批准", "Approve")
        url = reverse("schemes:version", args=[task.version.pk])
        yield ToDo(words, url, "book", begins, button, decides=not task.returned)
