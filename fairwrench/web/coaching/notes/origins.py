"""Notes as what tasks come from, for who may read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.coaching.models import Note
from fairwrench.web.coaching.notes.selectors import notes_seen
from fairwrench.web.tasks.origins import Origin, TaskOrigin
from fairwrench.web.ui.requests.parameters import whole_number


def _notes(user: User, refs: Collection[str]) -> Mapping[str, Origin]:
    numbers = {number for ref in refs if (number := whole_number(ref))}
    return {str(note.pk): _origin(note) for note in notes_seen(user=user).filter(pk__in=numbers)}


def _origin(note: Note) -> Origin:
    said = f"{note} {note.topic}".strip()
    return Origin((said, said), reverse("coaching:note", args=[note.pk]))


FROM_NOTES = TaskOrigin("note", ("面谈或会议", "A talk or a meeting"), _notes)
