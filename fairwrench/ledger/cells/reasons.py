"""Why a cell is not taken over, and the collection of such reasons for a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl


class Reason(NamedTuple):
    """Why a cell or row is rejected: a stable word for programs, a sentence in Chinese and one in English."""

    code: str
    zh: str
    en: str


#: `_at` is the position of the row in the body; `_field` the column of the source; `value` the cell as uploaded
FAILURES = {
    "_at": pl.UInt32,
    "_field": pl.String,
    "value": pl.String,
    "code": pl.String,
    "reason": pl.String,
    "reason_en": pl.String,
}


@dataclass(slots=True)
class Failures:
    """What is wrong with the rows of a sheet, cell by cell; a row may have several."""

    frames: list[pl.DataFrame] = field(default_factory=list)

    def add(self, column: str, at: pl.Series, values: pl.Series, reason: Reason) -> None:
        """The same reason for the rows at positions `at`, whose cells are `values` (of any type)."""
        if len(at):
            self._append(column, at, values, [reason] * len(at))

    def add_each(self, column: str, at: pl.Series, values: pl.Series, why: Callable[[str], Reason]) -> None:
        """A reason for each text in `values`, worked out once for equal ones."""
        # Looking for the nearest word is slow, and a wrong word mostly stands in a whole column.
        known: dict[str, Reason] = {}
        for text in values.to_list():
            if text not in known:
                known[text] = why(text)
        if len(at):
            self._append(column, at, values, [known[text] for text in values.to_list()])

    def add_rows(self, at: list[int], column: str, values: list[str | None], reasons: list[Reason]) -> None:
        """A reason of its own for each row."""
        if at:
            self._append(column, pl.Series(at, dtype=pl.UInt32), pl.Series(values, dtype=pl.String), reasons)

    def _append(self, column: str, at: pl.Series, values: pl.Series, reasons: list[Reason]) -> None:
        code, zh, en = zip(*reasons, strict=True)
        data = {"_at": at, "value": values, "code": code, "reason": zh, "reason_en": en}
        frame = pl.DataFrame(data, schema_overrides={"code": pl.String}).with_columns(_field=pl.lit(column))
        self.frames.append(frame.select(pl.col(name).cast(kind) for name, kind in FAILURES.items()))

    @property
    def positions(self) -> pl.Series:
        """The positions of rows that have any."""
        return self.all()["_at"].unique()

    def all(self) -> pl.DataFrame:
        """All of them, by row."""
        frames = self.frames or [pl.DataFrame(schema=FAILURES)]
        # Stable: of one row the reasons keep the order in which the checks found them.
        return pl.concat(frames).sort("_at", maintain_order=True)
