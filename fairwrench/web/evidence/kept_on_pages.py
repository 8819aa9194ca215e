"""Sources that are kept on pages as well as in files: how apps further on compare, choose and take in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import Target
from fairwrench.web.evidence.models import Upload
from fairwrench.web.ui.declarations import declared


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


#: enters rows of a file on the pages, in somebody's name
TakeIn = Callable[[Upload, pl.DataFrame, User | None], list[Problem]]


def none_barred(_rows: pl.DataFrame) -> list[Problem]:
    """Of most sources any row may be handed in."""
    return []


@dataclass(frozen=True)
class KeptOnPages:
    """A source that an app keeps on its pages, too. Each takes the rows of a file (columns of the source, `_row`):
    `compare` gives those that say otherwise, `settle` does before the file lands what was decided between them,
    `take_in` enters rows under somebody's name and tells of those that it could not; the same rows again change
    nothing. `barred`: why some of the rows may be handed in by nobody."""

    source: str
    compare: Callable[[Upload, pl.DataFrame], list[Contradiction]]
    settle: Callable[[Upload], object]
    take_in: TakeIn
    barred: Callable[[pl.DataFrame], list[Problem]] = none_barred


@dataclass(frozen=True)
class StillToGive:
    """How much of a source that is kept on pages is still to be given in a month: `left` tells it by store."""

    source: str
    left: Callable[[Month], Mapping[str, int]]


@dataclass(frozen=True)
class DecidedWhole:
    """A source of whose rows an app decides several as a whole (the members of a team): `against` gives the rows of a
    file (columns of the source, `_row`) that would change what stands from there, though it has no row of their key."""

    source: str
    against: Callable[[pl.DataFrame], frozenset[int]]


@dataclass(frozen=True)
class AfterLanding:
    """What an app does for each month that a landing concerns, after the evidence landed; may be asked again for the
    same landing."""

    act: Callable[[Month], object]


@dataclass(frozen=True)
class SettledWith:
    """How the app that settles tells whether the figures of a month ('YYYY-MM') hold a batch."""

    holds: Callable[[str, Batch], bool]


def settled_with(month: str, batch: Batch) -> bool:
    """Whether the figures of a month, as they were settled last, hold a batch; never where nothing was settled."""
    return any(told.holds(month, batch) for told in declared(SettledWith))


def still_to_give(month: Month) -> Mapping[tuple[str, str], int]:
    """Source and store → how much of what pages keep is still to be given in a month."""
    told = ((each.source, each.left(month)) for each in declared(StillToGive))
    return {(source, store): count for source, left in told for store, count in left.items() if count}


def against_decided(source: str, rows: pl.DataFrame) -> frozenset[int]:
    """The rows of a file that would change what some app decided as a whole."""
    told = (each.against(rows) for each in declared(DecidedWhole) if each.source == source)
    return frozenset().union(*told)


def kept_on_pages() -> Mapping[str, KeptOnPages]:
    """The sources that some app keeps on its pages, by name."""
    return {kept.source: kept for kept in declared(KeptOnPages)}
