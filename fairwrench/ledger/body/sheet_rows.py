"""The rows of a sheet on their way from texts to evidence, and how the file was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from fairwrench.ledger.body.tales import Told
from fairwrench.ledger.cells.reasons import Failures
from fairwrench.ledger.people.people import Directory
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source


class Loss(NamedTuple):
    """How many of a store's rows in a sheet were rejected."""

    store: str
    rejected: int
    rows: int


@dataclass(frozen=True, slots=True)
class Handed:
    """How a file was handed in: with which roster, placed in which store, for which month, in which time zone, and
    under which name. `sources` are all that there are, for rows that speak of rows of another one."""

    directory: Directory | None
    placed_store: str | None
    period: Month | None
    time_zone: str
    file: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Rows:
    """The body of a sheet on its way. `frame` has `_at`, a row's position in the body; `numbers` its number in the
    sheet by position; `cells` the texts as uploaded by column and position. A body row may be several in `frame`.
    `refused_stores` are stores most of whose rows were rejected, `unplaced` how many rejected rows name no known store,
    `losses` the stores of which any were.
    """

    source: Source
    handed: Handed
    numbers: pl.Series
    cells: dict[str, pl.Series]
    frame: pl.DataFrame
    ignored: dict[str, int]
    failures: Failures = field(default_factory=Failures)
    told: list[Told] = field(default_factory=list)
    uncredited: list[pl.DataFrame] = field(default_factory=list)
    stores: tuple[str, ...] = ()
    refused_stores: tuple[str, ...] = ()
    unplaced: int = 0
    losses: tuple[Loss, ...] = ()
    #: `_at` and `person`: whom each row is about, where rows are placed by people and these are known
    people: pl.DataFrame | None = None
    #: of columns of numbers, the rows whose cell has a percent sign
    percents: dict[str, tuple[int, ...]] = field(default_factory=dict)
    #: whether a line between the rows says something of others than itself: another header, a unit
    sheetwide: bool = False
    #: rows of the file that stand before those of this part of it
    before: int = 0

    def readings(self, column: str) -> list[str]:
        """The columns of `frame` that hold a column of the source: `advisor`, `advisor#2`, the preferred one first."""
        return [name for name in self.frame.columns if name.partition("#")[0] == column]

    def put(self, column: str, values: pl.Series) -> None:
        """Set a column of `frame`."""
        frame, named = self.frame.clone(), values.alias(column)
        if column in frame.columns:
            frame.replace_column(frame.get_column_index(column), named)
        else:
            frame.insert_column(frame.width, named)
        self.frame = frame

    def stand_behind(self, before: int) -> None:
        """Number the rows as they stand in a file of which others come before them."""
        if before:
            self.before, self.numbers = before, self.numbers + before
            self.put("_row", self.frame["_row"] + before)
            self.percents = {name: tuple(row + before for row in rows) for name, rows in self.percents.items()}

    def sound(self) -> pl.DataFrame:
        """The rows of `frame` that nothing speaks against so far."""
        if not self.failures.frames:
            return self.frame
        wrong = pl.repeat(False, len(self.numbers), dtype=pl.Boolean, eager=True).scatter(self.failures.positions, True)
        return self.frame.filter(~wrong.gather(self.frame["_at"]))
