"""Empty cells: where one says that there was nothing, where it is refused, and where it has to be told as doubtful."""

from __future__ import annotations

import polars as pl

from fairwrench.ledger.cells.reasons import Reason
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.labels import column_label
from fairwrench.settlement.source.source import Column, Source, Text

#: rows that are named one by one
_SHOWN = 5
#: so many rows are no chance: a file of fewer may hold orders that are all unfinished, or nobody's
_ENOUGH = 10
#: what an empty cell of these would count as: nothing, no, or nobody's
_COUNTING = ("int", "decimal", "bool", "person")

BLANK = Reason(
    "blank",
    "为空；没有发生请填 0，不知道就请查清后再交：空着不按 0 计",
    "this is empty; write 0 where there was none, and find out what is not known: empty is not 0",
)


def wholly_blank(rows: pl.DataFrame, source: Source) -> set[str]:
    """The columns without a value in any of the accepted rows, but for those where empty says that there was none.

    Such a column tells no more than one that the file does not have. A file of a few rows says nothing of the kind.
    """
    return {name for name in _doubtful(source) if _empty_throughout(rows, name)}


def _empty_throughout(rows: pl.DataFrame, name: str) -> bool:
    return rows.height >= _ENOUGH and rows[name].null_count() == rows.height


def refused_blanks(frame: pl.DataFrame, column: Column, name: str, silent: pl.DataFrame) -> pl.Series:
    """The rows (`_at`) that an empty cell rejects; `silent` are the cells (`_at`, `_field`) already rejected.

    Where all are empty the column is as one that the file does not have.
    """
    # A column that is empty in every row is told once, as missing, and not by rejecting the whole file.
    if column.blank != "refused" or _empty_throughout(frame, name):
        return frame["_at"].clear()
    known = silent.filter(pl.col("_field") == name)["_at"]
    # A cell that was rejected is null, too, but it has its reason already.
    empty = frame["_at"].filter(frame[name].is_null())
    return empty.filter(~empty.is_in(known.implode()))


def blank_problems(frame: pl.DataFrame, source: Source, handed_in: set[str]) -> list[Problem]:
    """Columns of figures, of yes and no, or of persons, of which some cells are empty: they would count as nothing, as
    no, or for nobody; and dates that should be there by what the row says otherwise.

    `frame` has the accepted rows with `_row`; `handed_in` are the columns that the file had.
    """
    empty = {name: _empty(frame, name, source, handed_in) for name in _doubtful(source) if name in handed_in}
    some = {name: rows for name, rows in empty.items() if len(rows) and not _empty_throughout(frame, name)}
    return [_told(some, source)] if some else []


def _empty(frame: pl.DataFrame, name: str, source: Source, handed_in: set[str]) -> pl.Series:
    """The rows with an empty cell that should be filled."""
    column, wanted = source.columns[name], pl.lit(True)
    told = [condition for condition in column.filled_when if condition in handed_in]
    if column.type not in _COUNTING and not told:
        return frame["_row"].clear()
    for condition in told:
        there = pl.col(condition) if source.columns[condition].type == "bool" else pl.col(condition).is_not_null()
        wanted &= there
    # a name that is on no roster is no empty cell
    cell = f"_said_{name}" if f"_said_{name}" in frame.columns else name
    if not frame[cell].has_nulls():
        return frame["_row"].clear()
    return frame.select(pl.col("_row").filter(pl.col(cell).is_null() & wanted)).to_series().unique().sort()


def _told(empty: dict[str, pl.Series], source: Source) -> Problem:
    """One sentence of all these columns of a sheet."""
    zh, en = zip(*(_cells(source, name, rows) for name, rows in empty.items()), strict=True)
    count = pl.concat(list(empty.values())).n_unique()
    return Problem(
        code="cells_blank",
        zh=f"有 {count} 行没有填全，空着的按没有（否、无人）计：{'；'.join(zh)}。若不是，请补全后再交",
        en=f"{number_of(count, 'row has', 'rows have')} empty cells, which count as nothing (as no, for nobody): "
        f"{'; '.join(en)}. If it is not so, fill them in and hand the file in again",
        severity="warning",
        path=(next(iter(empty)),),
        details={name: str(len(rows)) for name, rows in empty.items()},
    )


def _cells(source: Source, name: str, rows: pl.Series) -> tuple[str, str]:
    """A column and the first of its rows, in both languages."""
    called = column_label(source, name, {})
    more = "…" if len(rows) > _SHOWN else ""
    zh, en = ("、".join(map(str, rows.head(_SHOWN))), ", ".join(map(str, rows.head(_SHOWN))))
    return f"“{called.zh}”第 {zh}{more} 行", f"{called.en!r} in {agreeing(len(rows), 'row', 'rows')} {en}{more}"


def share_problems(frame: pl.DataFrame, source: Source) -> list[Problem]:
    """Things of which the shares of several people are more than the whole: each counts as it stands."""
    return [
        problem
        for name, column in source.columns.items()
        if column.split_into and source.columns[column.split_into].max is not None and name in source.key
        for problem in _shared(frame, [key for key in source.key if key != name], name, source)
    ]


def _shared(frame: pl.DataFrame, thing: list[str], person: str, source: Source) -> list[Problem]:
    share = source.columns[person].split_into or ""
    whole = source.columns[share].max
    several = frame.group_by(thing, maintain_order=True).agg(
        pl.col("_row").min(), pl.col(share).sum(), _people=pl.len()
    )
    # One person with more than the whole breaks the column's bound and was rejected by that.
    several = several.filter(pl.col("_people") > 1, pl.col(share) > whole)
    if several.is_empty():
        return []
    rows = several["_row"].sort().head(_SHOWN)
    zh, en = "、".join(map(str, rows)), ", ".join(map(str, rows))
    who, part = (source.columns[name].name or Text(zh=name, en=name) for name in (person, share))
    count = several.height
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


def _doubtful(source: Source) -> list[str]:
    """The columns of which an empty cell does not say that there was none."""
    # Keys and filing columns reject their row when empty; an empty share is the whole.
    needed = {*source.key, source.filed_by, *(column.split_into for column in source.columns.values())}
    return [name for name, column in source.columns.items() if name not in needed and column.blank != "none"]
