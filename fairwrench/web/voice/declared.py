"""What the suggestion box hands on to apps before it: what waits to be answered."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.voice.selectors import suggestions_read
from fairwrench.web.work.inbox.todos import ToDo


def todos_of(user: User) -> Iterator[ToDo]:
    """The suggestions that wait for an answer of the user."""
    if not opens(user, "voice.read"):
        return
    if count := suggestions_read(user=user).filter(state=Suggestion.State.NEW).count():
        words = f"意见箱有 {count} 条待回复", f"{number_of(count, 'suggestion')} to be answered in the box"
        yield ToDo(words, f"{reverse('voice:list')}?state=new", "mailbox", button=("去回复", "Answer"))
