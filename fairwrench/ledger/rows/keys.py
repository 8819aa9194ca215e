"""Rows with the same key in one file: identical ones count once, contradicting ones are all rejected."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from fairwrench.ledger.cells.datetimes import as_seen
from fairwrench.ledger.cells.reasons import Failures, Reason

_SHOWN = 5
_HOW_REVERSED = "; give a reversal a number of its own, or hand in one row with what is left"


def reject_contradictions(
    frame: pl.DataFrame, key: Sequence[str], content: Sequence[str], failures: Failures, time_zone: str
) -> None:
    """Reject every row of `frame` whose key another row has with other content. Rows are named by `_row`; `_reversal`
    says which of them take another one back."""
    rows = frame.filter(_double(frame, key))
    if rows.is_empty():
        return
    groups = rows.group_by(key).agg(
        _different=pl.struct(content).n_unique() > 1,
        _rows=pl.col("_row").unique().sort(),
        _reversed=pl.col("_reversal").any(),
    )
    # All of them, not all but one: which of two contradicting rows is right only people know.
    wrong = rows.join(groups.filter("_different"), on=list(key), nulls_equal=True).sort("_at")
    # Shown under the number: that two rows are of one store is nothing to mend.
    told_by = next((name for name in key if name != "store"), key[0])
    failures.add_rows(
        wrong["_at"].to_list(),
        told_by.removeprefix("_said_"),
        _shown(wrong, key, time_zone),
        [_contradiction(*about) for about in wrong.select("_rows", "_reversed").iter_rows()],
    )


def first_of_identical(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows of `frame` (no contradictions left) with each key once, the first one kept."""
    double = _double(frame, key)
    return frame.filter(~double | pl.struct(key).is_first_distinct()) if double.any() else frame


def _double(frame: pl.DataFrame, key: Sequence[str]) -> pl.Series:
    """Which rows share their key with another; hashes come first, as hardly any file has such rows."""
    # Equal hashes only say that it is worth a closer look; without any there is no double key.
    hashes = frame.select(pl.struct(key).hash()).to_series()
    if hashes.n_unique() == frame.height:
        return pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    return frame.select(list(key)).is_duplicated()


def _shown(frame: pl.DataFrame, key: Sequence[str], time_zone: str) -> list[str | None]:
    seen = [as_seen(frame[name], time_zone).fill_null("") for name in key]
    return pl.select(pl.concat_str(seen, separator=" / ")).to_series().to_list()


def _contradiction(rows: Sequence[int], reversal: bool) -> Reason:
    shown = [str(number) for number in rows[:_SHOWN]]
    how_zh, how_en = ("；红冲请用自己的单号，或只交冲减后的一行", _HOW_REVERSED) if reversal else ("", "")
    return Reason(
        "contradiction",
        f"第 {'、'.join(shown)} 行的主键相同而内容不同，无法判断哪一行为准；请只保留正确的一行{how_zh}",
        f"rows {', '.join(shown)} have the same key but different content; keep the right one only{how_en}",
    )
