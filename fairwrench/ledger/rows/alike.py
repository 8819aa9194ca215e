"""Rows that are equal in everything but the number they go by: the same order exported anew, `RO-261` for `RO261`.

They may be two things all the same, so both count; but it is told before they do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.labels import column_label
from fairwrench.settlement.source.source import Source

#: filled cells, beside number and store, that rows have to share: fewer are alike by chance
_LEAST = 3
_SHOWN = 3
_PAIRS = {"_row": pl.Int64, "_ours": pl.String, "_theirs": pl.String}


@dataclass(frozen=True, slots=True)
class Alike:
    """Groups of rows that only their number tells apart: how many `rows` in all, and the lines and numbers of the first
    groups, the group of the first row first."""

    rows: int = 0
    first: tuple[tuple[list[int], list[object]], ...] = ()


def alike_rows(rows: pl.DataFrame, source: Source) -> list[Problem]:
    """What to tell of rows of one file (canonical columns, `_row`) that only their number tells apart."""
    if source.numbered_by is None or rows.height < 2:
        return []
    hashes = alike_hashes(rows, source, source.columns).drop_nulls()
    if hashes.n_unique() == len(hashes):
        return []
    return alike_told([alike_groups(rows, source)], source, of=rows["_row"].n_unique())


def alike_hashes(rows: pl.DataFrame, source: Source, had: Collection[str]) -> pl.Series:
    """A hash of what each row says beside its number in columns that may have values (`had`); null where that is too
    little to be alike by."""
    content = _content(source, had)
    return rows.select(pl.when(_filled(content)).then(pl.struct(content).hash()).alias("_")).to_series()


def alike_groups(rows: pl.DataFrame, source: Source) -> Alike:
    """The groups among some rows, to which all that are alike belong."""
    number, content = source.numbered_by or "", _content(source, source.columns)
    full = rows.filter(_filled(content))
    groups = (
        full.filter(pl.struct(content).is_duplicated())
        .group_by(content, maintain_order=True)
        .agg(pl.col(number).unique(maintain_order=True), pl.col("_row").unique(maintain_order=True))
        .filter(pl.col(number).list.len() > 1)
    )
    first = groups.head(_SHOWN + 1).select("_row", number)
    return Alike(int(groups["_row"].list.len().sum()), tuple(first.iter_rows()))


def alike_told(parts: Iterable[Alike], source: Source, *, of: int) -> list[Problem]:
    """What is said of groups that several parts of a file's `of` rows have found."""
    every = list(parts)
    pairs = sorted((pair for part in every for pair in part.first), key=lambda pair: pair[0][0])
    alike = sum(part.rows for part in every)
    # Some kinds have rows that are alike by their nature; the source says what share of them is no reason to ask.
    if alike <= source.alike_most * of:
        return []
    shown = [("、".join(map(str, lines[:_SHOWN])), " / ".join(map(str, numbers[:2]))) for lines, numbers in pairs]
    zh = f"有 {alike} 行除{_called(source)[0]}外与另一行完全相同：" + "；".join(
        f"第 {lines} 行（{numbers}）" for lines, numbers in shown[:_SHOWN]
    )
    en = f"{number_of(alike, 'row')} {agreeing(alike, 'is', 'are')} equal to another in all but {_called(source)[1]}: "
    en += "; ".join(f"rows {lines.replace('、', ', ')} ({numbers})" for lines, numbers in shown[:_SHOWN])
    more = ("…", "…") if len(shown) > _SHOWN else ("", "")
    return [
        Problem(
            code="alike_rows",
            zh=f"{zh}{more[0]}；若是同一笔，会计两次，请只留一行",
            en=f"{en}{more[1]}; if they are one and the same it counts twice: keep one row",
            severity="warning",
            details={"rows": str(alike)},
        )
    ]


def alike_landed(rows: pl.DataFrame, source: Source, there: pl.DataFrame, had: Collection[str]) -> list[Problem]:
    """What to tell of rows of a file that differ from landed ones (`there`, of other numbers) in their number alone.

    `had` are the columns that the file has.
    """
    return pairs_told([alike_pairs(rows, source, there, had)], source, of=rows["_row"].n_unique())


def alike_pairs(rows: pl.DataFrame, source: Source, there: pl.DataFrame, had: Collection[str]) -> pl.DataFrame:
    """Such rows, by `_row`, each with its number and the landed one's (`_theirs`)."""
    number = source.numbered_by
    none = pl.DataFrame(schema=_PAIRS)
    if number is None or rows.is_empty() or there.is_empty():
        return none
    content = _content(source, had)
    ours = rows.filter(_filled(content)).join(there.select(source.key), on=source.key, how="anti", nulls_equal=True)
    if ours.is_empty():  # as whenever a folder is settled again
        return none
    # Only by columns that this file has: what it lacks cannot tell its rows from landed ones.
    theirs = there.select(*content, pl.col(number).alias("_theirs")).unique(content, keep="first")
    pairs = ours.join(theirs, on=content, how="inner", nulls_equal=True).sort("_row").unique("_row", keep="first")
    return pairs.select("_row", pl.col(number).cast(pl.String).alias("_ours"), pl.col("_theirs").cast(pl.String))


def pairs_told(parts: Sequence[pl.DataFrame], source: Source, *, of: int) -> list[Problem]:
    """What is said of the pairs that several parts of a file's `of` rows have found."""
    pairs = pl.concat([pl.DataFrame(schema=_PAIRS), *parts]).sort("_row")
    alike = pairs.height
    if not alike or alike <= source.alike_most * of:
        return []
    shown = [f"{ours} / {theirs}" for ours, theirs in pairs.select("_ours", "_theirs").head(_SHOWN).rows()]
    more = "…" if alike > _SHOWN else ""
    zh, en = _called(source)
    return [
        Problem(
            code="alike_landed",
            zh=f"有 {alike} 行与以前交的数据除{zh}外完全相同（{'；'.join(shown)}{more}）；若是同一笔，会计两次，"
            f"请用原来的{zh}再交",
            en=f"{number_of(alike, 'row')} {agreeing(alike, 'is', 'are')} equal to what was handed in before in all "
            f"but {en} ({'; '.join(shown)}{more}); if it is one and the same it counts "
            "twice: hand it in under its old one",
            severity="warning",
            details={"rows": str(alike)},
        )
    ]


def _content(source: Source, had: Collection[str]) -> list[str]:
    """The columns in which alike rows are equal."""
    return [name for name in source.columns if name in had and name != source.numbered_by]


def _filled(content: list[str]) -> pl.Expr:
    told = [pl.col(name).is_not_null() for name in content if name != "store"]
    return pl.sum_horizontal(pl.lit(0, pl.UInt32), *told) >= _LEAST


def _called(source: Source) -> tuple[str, str]:
    """The number that tells rows apart, in both languages."""
    called = column_label(source, source.numbered_by or "", {})
    return f"“{called.zh}”", repr(called.en)
