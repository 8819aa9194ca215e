"""What is kept of a person, so that their record cannot be taken back: each app declares how to ask it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairwrench.web.org.models import Employee
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words


@dataclass(frozen=True)
class RecordsKept:
    """Gives what an app keeps of a person, in words."""

    of: Callable[[Employee], Sequence[Words]]


def records_kept_of(employee: Employee) -> list[Words]:
    """What all apps keep of a person, in words; none where the record may be taken back."""
    return [words for kept in declared(RecordsKept) for words in kept.of(employee)]
