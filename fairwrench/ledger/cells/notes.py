"""Lines below a header that are no rows and name a unit: a note under the table, or a title in the middle of it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairwrench.ledger.cells.units import title_texts, title_units

#: a line of a note fills so few cells
_FEW = 3
_MAY_NAME_A_UNIT = r"单位|元|[以按用].{1,8}[计示为写]|币|(?i:unit|thousand|million|rmb|cny|yuan|\bin\b)"


@dataclass(frozen=True, slots=True)
class Notes:
    """What is said of units `below` the last row of a table, and `between` its rows."""

    below: tuple[str, ...] = ()
    between: tuple[str, ...] = ()


NO_NOTES = Notes()


def unit_notes(body: pl.DataFrame, lacking: pl.Series, suspect: pl.Series) -> Notes:
    """The texts of lines that name a unit. `lacking` says which rows do not fill what they must; only rows marked in
    `suspect` are looked at."""
    at = suspect.arg_true()
    cells = [(pl.col(cell).str.strip_chars() != "").fill_null(False) for cell in body.columns]
    doubtful = body[at] if len(at) < body.height else body
    filled = doubtful.select(pl.sum_horizontal(cells).alias("_")).to_series()
    speaks = pl.any_horizontal(pl.col(cell).str.contains(_MAY_NAME_A_UNIT).fill_null(False) for cell in body.columns)
    # Cheap signs of both first, as every row that is looked at closer is taken out of the frame one by one.
    lines = at.filter((filled <= _FEW) & doubtful.select(speaks.alias("_")).to_series())
    last = _last_row(lacking, at.filter(filled > _FEW))
    below: list[str] = []
    between: list[str] = []
    for line in lines.to_list():
        texts = title_texts([body.row(line)])
        if title_units(texts):
            # Below the last row a note holds for the whole table; between rows nobody knows for which of them.
            (between if line < last else below).extend(texts)
    return Notes(tuple(below), tuple(between))


def _last_row(lacking: pl.Series, wide: pl.Series) -> int:
    """The position of the last line that is a row, or may be one."""
    rows = [(~lacking).arg_true().max(), wide.max()]
    return max((int(row) for row in rows if isinstance(row, int)), default=-1)
