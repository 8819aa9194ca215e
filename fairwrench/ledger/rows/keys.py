"""Rows with the same key in one file: identical ones count once, contradicting ones are all rejected."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from fairwrench.ledger.cells.datetimes import as_seen
from fairwrench.ledger.cells.reasons import Failures, Reason
from fairwrench.ledger.rows.days import midnights
from fairwrench.settlement.source.source import Source

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


def reject_given_way(
    frame: pl.DataFrame, key: Sequence[str], source: Source, failures: Failures, _time_zone: str
) -> pl.Series:
    """Reject rows that give way to another of their key, and return their `_at`: a refused leave asked for anew."""
    gives = [pl.col(name).is_in(list(column.gives_way)) for name, column in source.columns.items() if column.gives_way]
    rows = frame.filter(_double(frame, key)) if gives else frame.clear()
    if rows.is_empty():
        return frame["_at"].clear()
    rows = rows.with_columns(_gives=pl.any_horizontal(gives).fill_null(False))
    stays = rows.filter(~pl.col("_gives")).group_by(key).agg(_by=pl.col("_row").min())
    gone = rows.filter("_gives").join(stays, on=list(key), nulls_equal=True).sort("_at")
    name = next(name for name, column in source.columns.items() if column.gives_way)
    failures.add_rows(gone["_at"].to_list(), name, [None] * gone.height, [_given_way(row) for row in gone["_by"]])
    return gone["_at"]


def reject_vague_doubles(
    frame: pl.DataFrame, key: Sequence[str], source: Source, failures: Failures, time_zone: str
) -> pl.Series:
    """Reject rows of one key whose times are whole days, and return their `_at`: a morning and an afternoon off are two
    rows of one day, and so is a row that was copied; alike or not, only whoever wrote them knows."""
    days = [name for name in key if name in source.columns and source.columns[name].whole_days]
    rows = frame.filter(_double(frame, key)) if days else frame.clear()
    for name in days:
        rows = rows.filter(midnights(rows[name], time_zone))
    rows = rows.filter(pl.col("_row").n_unique().over(list(key)) > 1) if rows.height else rows
    if rows.is_empty():
        return frame["_at"].clear()
    rows = rows.with_columns(_rows=pl.col("_row").unique().sort().implode().over(list(key), mapping_strategy="join"))
    wrong = rows.sort("_at")
    reasons = [_vague(of.explode().to_list()) for of in wrong["_rows"]]
    failures.add_rows(wrong["_at"].to_list(), days[0], _shown(wrong, key, time_zone), reasons)
    return wrong["_at"]


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


def _given_way(row: int) -> Reason:
    return Reason(
        "given_way",
        f"同一项另有第 {row} 行有效，这一行（未批准或已撤回）不计；不用更正",
        f"row {row} says the same and stands, so this one, refused or taken back, does not count; nothing to mend",
    )


def _vague(rows: Sequence[int]) -> Reason:
    shown = [str(number) for number in rows[:_SHOWN]]
    return Reason(
        "same_day",
        f"第 {'、'.join(shown)} 行是同一人同一天的同一项，只写了日期，分不清是两次（如上午、下午各一次）还是重复："
        "两次请写上起止时间，或合成一行；重复请只留一行",
        f"rows {', '.join(shown)} are of one person, day and kind, and give days alone, so that two (a morning and an "
        "afternoon) cannot be told from one that stands twice: give the times or make them one row, or leave one out",
    )


def _contradiction(rows: Sequence[int], reversal: bool) -> Reason:
    shown = [str(number) for number in rows[:_SHOWN]]
    how_zh, how_en = ("；红冲请用自己的单号，或只交冲减后的一行", _HOW_REVERSED) if reversal else ("", "")
    return Reason(
        "contradiction",
        f"第 {'、'.join(shown)} 行是同一条记录而内容不同，无法判断哪一行为准；请只保留正确的一行{how_zh}",
        f"rows {', '.join(shown)} have the same key but different content; keep the right one only{how_en}",
    )
