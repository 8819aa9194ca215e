"""What the suggestion box declares: its pages, who reads it, and that it is opened at night."""

from __future__ import annotations

from fairwrench.web.access.policy import Permission, only_page
from fairwrench.web.access.predicates import in_some_store, in_store, is_employee
from fairwrench.web.access.targets import OfStore
from fairwrench.web.access.users.impersonation import NotViewedAs
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.voice.declared import todos_of
from fairwrench.web.voice.selectors import READERS
from fairwrench.web.voice.services import suggestions_open
from fairwrench.web.voice.workflow import SUGGESTIONS
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import EACH_NIGHT, Chore

_ROLES = tuple(READERS.values())

DECLARED = (
    ToDos(todos_of),
    SUGGESTIONS,
    Addresses("voice/", "fairwrench.web.voice.urls"),
    Place("voice:box", "意见箱", "Suggestions", "mailbox", "voice.open", 36),
    only_page("voice.open", is_employee | in_some_store(*_ROLES)),
    only_page("voice.write", is_employee),
    # of one's own role alone: `selectors.reads`
    Permission("voice.read", OfStore, in_some_store(*_ROLES), in_store(*_ROLES)),
    NotViewedAs("/voice/"),
    Chore(suggestions_open, EACH_NIGHT),
)
