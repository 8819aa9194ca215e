"""What waits for somebody of the scheme."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.schemes.approval.selectors import tasks_of
from fairwrench.web.schemes.binding.acknowledgements import to_acknowledge
from fairwrench.web.work.inbox.todos import ToDo


def todos_of(user: User) -> Iterator[ToDo]:
    """Versions to acknowledge, to approve, and those sent back to be mended."""
    for version in to_acknowledge(user=user):
        zh, en = version.called
        words = (f"制度“{zh}”待您签收", f"{en} waits for your acknowledgement")
        yield ToDo(words, reverse("schemes:read", args=[version.pk]), "book")
    for task in tasks_of(user=user):
        zh, en = ("被退回，待修改", "was sent back") if task.returned else ("待您批准", "waits for your approval")
        yield ToDo(
            (f"{task.title} {zh}", f"{task.title} {en}"), reverse("schemes:version", args=[task.version.pk]), "book"
        )
