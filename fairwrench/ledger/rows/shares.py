"""Shares of several people in one thing that are more than the whole: each counts as it stands, and it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source, Text

#: things that are named one by one
_SHOWN = 5


def shared_things(source: Source) -> Iterator[tuple[str, list[str]]]:
    """The columns of persons that share a thing, each with the columns that tell the thing."""
    for name, column in source.columns.items():
        if column.split_into and source.columns[column.split_into].max is not None and name in source.key:
            yield name, [key for key in source.key if key != name]


def share_problems(frame: pl.DataFrame, source: Source) -> list[Problem]:
    """Things of which the shares of several people are more than the whole: each counts as it stands."""
    return [
        problem
        for person, thing in shared_things(source)
        for problem in shares_told([above_whole(frame, thing, person, source)], person, source)
    ]


def above_whole(frame: pl.DataFrame, thing: list[str], person: str, source: Source) -> pl.Series:
    """The first row of each such thing, in order."""
    share = source.columns[person].split_into or ""
    several = frame.group_by(thing, maintain_order=True).agg(
        pl.col("_row").min(), pl.col(share).sum(), _people=pl.len()
    )
    # One person with more than the whole breaks the column's bound and was rejected by that.
    return several.filter(pl.col("_people") > 1, pl.col(share) > source.columns[share].max)["_row"].sort()


def shares_told(parts: Iterable[pl.Series], person: str, source: Source) -> list[Problem]:
    """What is said of such things, of which several parts may have found some."""
    first = pl.concat(parts).sort()
    if first.is_empty():
        return []
    share = source.columns[person].split_into or ""
    whole, count, rows = source.columns[share].max, len(first), first.head(_SHOWN)
    zh, en = "、".join(map(str, rows)), ", ".join(map(str, rows))
    who, part = (source.columns[name].name or Text(zh=name, en=name) for name in (person, share))
    return [
        Problem(
            code="shares_above_whole",
            zh=f"{count} 项有多名{who.zh}，“{part.zh}”合计超过 {whole}（没写的按 {whole} 计），每人照此计入"
            f"（如第 {zh} 行起）；若是合做，请填各人份额",
            en=f"{number_of(count, 'thing has', 'things have')} several people under {who.en!r} whose {part.en!r} is "
            f"more than {whole} in all (where none is said it is {whole}), and each counts (from rows {en}); give the "
            "shares where it was done together",
            severity="warning",
            path=(share,),
            details={"rows": str(count)},
        )
    ]
