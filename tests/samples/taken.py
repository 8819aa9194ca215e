"""A sample as written, and what intake makes of every file of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from openpyxl import load_workbook

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.ledger.intake.discovery import find_files
from fairwrench.ledger.intake.intake import FileIntake, Intake, intake
from fairwrench.ledger.people.people import Directory
from fairwrench.ledger.roster.roster import read_roster
from fairwrench.samples.truth import Truth
from fairwrench.settlement.calendar.deadlines import Month

MONTHS, ORDERS = 6, 160


@dataclass(frozen=True)
class Made:
    """A sample as written: folder, truth, roster as read back, and every file as intake takes it, by its path."""

    folder: Path
    truth: Truth
    roster: pl.DataFrame
    files: dict[str, FileIntake]

    def parts(self, source: str, month: Month | None = None) -> Iterator[Intake]:
        """The recognised sheets of a source, of all months or of one month's folder."""
        for path, file in self.files.items():
            if month is None or path.startswith(f"{month}/"):
                yield from (part for part in file.sheets if part.source == source)

    def rows(self, source: str, month: Month | None = None) -> pl.DataFrame:
        """All accepted rows of a source, later files last."""
        return pl.concat([part.accepted for part in self.parts(source, month)])


def take(folder: Path, truth: Truth) -> Made:
    """Read a sample back: its roster, and every file through intake."""
    roster, _ = read_roster(folder / "roster.xlsx", load_scheme("dealership"))
    directory, sources = Directory.of(roster), load_sources()
    files = {
        str(one.path.relative_to(folder)): intake(
            one.path, sources=sources, roster=directory, placed_store=one.placed_store, period=one.period
        )
        for one in find_files(folder, stores=truth.stores).files
    }
    return Made(folder, truth, roster, files)


def cells_of(path: Path, sheet: str) -> list[list[object]]:
    """All cells of a sheet as they stand in the file, None where empty."""
    return [list(row) for row in load_workbook(path)[sheet].iter_rows(values_only=True)]


def on_roster(made: Made, month: Month) -> list[tuple[str, str, str]]:
    """Person, store and position of everybody on the last day of a month."""
    last = pl.lit(month.last)
    held = (pl.col("from") <= last) & (pl.col("to").fill_null(month.last) >= last)
    served = (pl.col("hired_on") <= last) & (pl.col("left_on").fill_null(month.last) >= last)
    return made.roster.filter(held & served).select("employee_id", "store", "position").rows()


def latest(rows: pl.DataFrame, *key: str) -> pl.DataFrame:
    """Of rows sent again the last."""
    return rows.unique(key, keep="last", maintain_order=True)
