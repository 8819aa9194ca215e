"""Where applications further on tell the desk what it cannot know: which scheme holds, which month is open or closed.

Each list holds callables that an application adds in its `AppConfig.ready`; the last answer that is not None counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.people.targets import Target

if TYPE_CHECKING:
    from fairwrench.web.evidence.models import Upload
    from fairwrench.web.people.models import User


@dataclass(frozen=True)
class Contradiction:
    """One row (`row` of the sheet) against what stands: `about` in words, `before` as the page has it, `after` as the
    file; `choice` is empty until somebody decided, then `decided` says who, when and why. `url`: where one decides, and
    whoever does needs the permission `takes` about `whose`."""

    row: int
    about: str
    before: str
    after: str
    choice: str
    decided: str
    url: str
    takes: str
    whose: Target
    key: str


class Kept(NamedTuple):
    """A source that is kept on the pages, too: `compare` gives the rows of a file (columns of the source, `_row`) that
    say otherwise, `settle` does before the file lands what was decided between them."""

    source: str
    compare: Callable[[Upload, pl.DataFrame], list[Contradiction]]
    settle: Callable[[Upload], object]


#: the sources that are kept on pages of applications further on
CONTRADICTIONS: list[Kept] = []
#: source → what takes rows of a file (columns of the source, `_row`) into the pages that keep it, under somebody's
#: name, and tells of those that it could not take; the same rows again change nothing
TAKEN_IN: dict[str, Callable[[Upload, pl.DataFrame, User | None], list[Problem]]] = {}
#: called with each month that a landing concerns, after the evidence landed; may be called again for the same landing
AFTER_LANDING: list[Callable[[Month], object]] = []
#: gives the month that evidence is gathered for now
OPEN_MONTH: list[Callable[[], Month | None]] = []
#: says whether a month is published, so that evidence for it has to be handed in for a later one
IS_CLOSED: list[Callable[[Month], bool]] = []
#: gives the scheme in force in a month
SCHEME_AT: list[Callable[[Month], Scheme | None]] = []
