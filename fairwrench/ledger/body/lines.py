"""Rows of a sheet that are no evidence: blank ones, headers and titles printed again, totals. They are counted."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

IGNORED = ("header", "blank", "total")
#: total words stand in one of the first cells of a row
_LEADING = 3
_TOTAL = (
    r"^(?:.{0,20}(?:合计|总计|小计|共计|累计)|(?i:grandtotal|subtotal|totals?|sum))"
    r"(?:\(.{0,12}\)|（.{0,12}）)?[:：]?$"
)
_BLANKS = r"[\s\u200b-\u200f\u2060\ufeff]+"


def ignored_rows(
    body: pl.DataFrame, head: pl.DataFrame, named: Sequence[str], lacking: pl.Series, suspect: pl.Series
) -> pl.DataFrame:
    """The rows of `body` that are no evidence, as `_at` (position) and `kind`, one of IGNORED.

    `head` are the rows above and of the header. `named` are the grid columns that tell rows apart, `lacking` says which
    rows do not fill what they must. Only rows marked in `suspect` are looked at.
    """
    rows = body.with_row_index("_at").filter(suspect)
    lacks = lacking.filter(suspect)
    cells = body.columns
    kind = (
        pl.when(_blank(cells))
        .then(pl.lit("blank"))
        .when(_again(head, cells))
        .then(pl.lit("header"))
        # A total word counts in a needed column, or in front of a
        # row that lacks what rows must have: 合计 may be a remark.
        .when(_total(cells[:_LEADING]) & lacks | _total(named))
        .then(pl.lit("total"))
    )
    return rows.select("_at", kind=kind).filter(pl.col("kind").is_not_null())


def _bare(cell: str) -> pl.Expr:
    return pl.col(cell).str.strip_chars()


def _blank(cells: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal((_bare(cell) == "").fill_null(True) for cell in cells)


def _again(head: pl.DataFrame, cells: Sequence[str]) -> pl.Expr:
    """Rows that repeat one of the rows above the body, cell for cell; a title only in a row that says nothing else."""
    ways: list[pl.Expr] = [pl.lit(False)]
    for row in head.rows():
        said = {cell: text.strip() for cell, text in zip(cells, row, strict=True) if text and text.strip()}
        equal = [(_bare(cell) == text).fill_null(False) for cell, text in said.items()]
        # A title is one cell: its text may well stand in a row that is evidence, so the rest has to be empty.
        if len(said) == 1:
            equal += [(_bare(cell) == "").fill_null(True) for cell in cells if cell not in said]
        if said:
            ways.append(pl.all_horizontal(equal))
    return pl.any_horizontal(ways)


def _total(cells: Sequence[str]) -> pl.Expr:
    # Printed tables spread the word out: 合　　计.
    words = [pl.col(cell).str.replace_all(_BLANKS, "").str.contains(_TOTAL).fill_null(False) for cell in cells]
    return pl.any_horizontal(words) if words else pl.lit(False)
