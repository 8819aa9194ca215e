"""Rejected rows and uncredited persons as tables for people, and as a workbook to mend and hand in again."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fairwrench.ledger.crediting import UNCREDITED

REJECTED = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "reason_en": pl.String,
    "code": pl.String,
    "field": pl.String,
}
LISTED = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "store": pl.String,
    "elsewhere": pl.String,
    "field": pl.String,
}


def rejected_frame(
    failures: pl.DataFrame, numbers: pl.Series, labels: Mapping[str, str], place: Mapping[str, str]
) -> pl.DataFrame:
    """One row a reason. `numbers` are the rows' numbers by position, `labels` the sheet's labels by column."""
    placed = _placed(failures, numbers, labels, place)
    return placed.select(pl.col(name).cast(kind) for name, kind in REJECTED.items()).unique(maintain_order=True)


def listed_uncredited(
    frames: list[pl.DataFrame],
    accepted: pl.DataFrame,
    numbers: pl.Series,
    labels: Mapping[str, str],
    place: Mapping[str, str],
) -> pl.DataFrame:
    """The cells of accepted rows whose person is on no roster."""
    strangers = pl.concat(frames) if frames else pl.DataFrame(schema=UNCREDITED)
    placed = _placed(strangers, numbers, labels, place).filter(pl.col("row").is_in(accepted["_row"].unique().implode()))
    return placed.select(pl.col(name).cast(kind) for name, kind in LISTED.items()).sort("row", maintain_order=True)


def _placed(
    frame: pl.DataFrame, numbers: pl.Series, labels: Mapping[str, str], place: Mapping[str, str]
) -> pl.DataFrame:
    return frame.with_columns(
        *(pl.lit(text).alias(name) for name, text in place.items()),
        row=numbers.gather(frame["_at"]),
        column=pl.col("_field").replace(dict(labels)),
        field=pl.col("_field"),
    )
