"""What a page offers to do with a record, as the table of its workflow says: a button, or a form that asks why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fairwrench.web.access.models import User
from fairwrench.web.ui.words import Words
from fairwrench.web.work.workflow.workflow import Workflow


@dataclass
class Offer:
    """One act: where it is sent, the words of its button, what it asks for (empty: nothing), whether something hinders
    it now, the record's name and count of steps; and a list to look at before, where the page has one."""

    name: str
    url: str
    button: Words
    asks: Words
    icon: str
    about: str
    version: int
    blocked: bool = False
    quiet: bool = False
    list_url: str = ""
    list_words: Words = ""


def offers_of(
    workflow: Workflow[Any],
    record: Any,
    user: User,
    *,
    url: Callable[[str], str],
    blocked: Iterable[str] = (),
    about: str = "",
) -> list[Offer]:
    """What a user may do with a record as it is, in the order of the table; `blocked` are acts that something hinders
    now, `about` what one is asked about (empty: the record). What is done in the background has forms of its own."""
    offered = [act for act in workflow.offered(record=record, user=user) if not act.in_background]
    count, hindered = getattr(record, workflow.counter, 0), set(blocked)
    return [
        Offer(
            act.name,
            url(act.name),
            act.button or act.words,
            act.asks,
            act.icon,
            about or str(record),
            count,
            act.name in hindered,
            act.quiet,
        )
        for act in offered
    ]
