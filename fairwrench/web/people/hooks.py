"""What people asks of applications further on: schemes, published months, and what they keep of a person.

Each list holds callables that an application adds in its `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.people.models import Employee
from fairwrench.web.ui.words import Words


@dataclass(frozen=True)
class SchemePeriod:
    """A scheme, and the months between which it holds or would hold (both inclusive, None is open).

    `read` gives the document, Refused where it cannot be read any more. What is only `proposed` holds nowhere yet.
    """

    read: Callable[[], Scheme]
    first: Month | None = None
    last: Month | None = None
    proposed: bool = False

    def overlaps(self, first: Month | None, last: Month | None) -> bool:
        """Whether it holds in a month between two (None is open)."""
        begins_in_time = last is None or self.first is None or self.first <= last
        ends_in_time = first is None or self.last is None or self.last >= first
        return begins_in_time and ends_in_time


#: gives every scheme that held, holds, will hold or is proposed; the last callable counts
SCHEMES: list[Callable[[], Sequence[SchemePeriod]]] = []
#: gives the months that are published, in order
PUBLISHED: list[Callable[[], Sequence[Month]]] = []
#: gives what an application keeps of a person, in words, so that the record cannot be taken back
HISTORY: list[Callable[[Employee], Sequence[Words]]] = []

#: says a record of a model (by its name in small letters) in words, where its own would hold ids
WORDED: dict[str, Callable[[Any], str]] = {}
#: gives what kinds of file and items are called, by their ids
CALLED: list[Callable[[], Mapping[str, Words]]] = []


def published() -> list[Month]:
    """The published months, in order; none without an application that knows."""
    return sorted({month for hook in PUBLISHED for month in hook()})


def history_of(employee: Employee) -> list[Words]:
    """What other applications keep of a person."""
    return [words for hook in HISTORY for words in hook(employee)]
