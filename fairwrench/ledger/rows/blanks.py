"""Empty cells: where one says that there was nothing, where it is refused, and where it has to be told as doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

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
    return blank_throughout({name: rows[name].null_count() for name in _doubtful(source)}, rows.height)


def blank_throughout(nulls: Mapping[str, int], height: int) -> set[str]:
    """Those of some columns, given with their empty cells, that are empty in each of so many rows."""
    return {name for name, empty in nulls.items() if _throughout(empty, height)}


def _throughout(empty: int, height: int) -> bool:
    return height >= _ENOUGH and empty == height


def refused_blanks(
    frame: pl.DataFrame, column: Column, name: str, silent: pl.DataFrame, throughout: Collection[str] | None = None
) -> pl.Series:
    """The rows (`_at`) that an empty cell rejects; `silent` are the cells (`_at`, `_field`) already rejected.

    Where all are empty the column is as one that the file does not have; `throughout` names such columns where `frame`
    is a part of the sheet.
    """
    # A column that is empty in every row is told once, as missing, and not by rejecting the whole file.
    whole = _throughout(frame[name].null_count(), frame.height) if throughout is None else name in throughout
    if column.blank != "refused" or whole:
        return frame["_at"].clear()
    known = silent.filter(pl.col("_field") == name)["_at"]
    # A cell that was rejected is null, too, but it has its reason already.
    empty = frame["_at"].filter(frame[name].is_null())
    return empty.filter(~empty.is_in(known.implode()))


@dataclass(frozen=True, slots=True)
class Blanks:
    """The empty cells of accepted rows that should be filled.

    `nulls` are the empty cells of each column, `first` the first rows in which a cell should be filled, with how many
    there are. `together` says how many rows have such cells in just these columns: a row is counted once.
    """

    source: Source
    height: int
    nulls: Mapping[str, int]
    first: Mapping[str, tuple[int, tuple[int, ...]]]
    together: Mapping[tuple[str, ...], int]

    def joined(self, later: Blanks) -> Blanks:
        """Those of two parts of a sheet."""
        first = {
            name: (count + later.first[name][0], (*rows, *later.first[name][1])[:_SHOWN])
            for name, (count, rows) in self.first.items()
        }
        return Blanks(
            self.source,
            self.height + later.height,
            {name: count + later.nulls[name] for name, count in self.nulls.items()},
            first,
            Counter(self.together) + Counter(later.together),
        )

    def problems(self) -> list[Problem]:
        """What is said of them; of a column that is empty throughout nothing."""
        whole = blank_throughout(self.nulls, self.height)
        some = {name: found for name, found in self.first.items() if found[0] and name not in whole}
        rows = sum(count for names, count in self.together.items() if not some.keys().isdisjoint(names))
        return [_told(some, rows, self.source)] if some else []


def blank_cells(frame: pl.DataFrame, source: Source, handed_in: set[str]) -> Blanks:
    """Columns of figures, of yes and no, or of persons, of which some cells are empty: they would count as nothing, as
    no, or for nobody; and dates that should be there by what the row says otherwise.

    `frame` has the accepted rows with `_row`; `handed_in` are the columns that the file had.
    """
    empty = {name: _empty(frame, name, source, handed_in) for name in _doubtful(source) if name in handed_in}
    nulls = {name: frame[name].null_count() for name in _doubtful(source)}
    first = {name: (len(rows), tuple(rows.head(_SHOWN))) for name, rows in empty.items()}
    return Blanks(source, frame.height, nulls, first, _together(empty))


def _together(empty: Mapping[str, pl.Series]) -> dict[tuple[str, ...], int]:
    """How many rows have empty cells in which columns together."""
    cells = [pl.DataFrame({"row": rows}).with_columns(name=pl.lit(name)) for name, rows in empty.items() if len(rows)]
    if not cells:
        return {}
    names = pl.concat(cells).group_by("row").agg(pl.col("name").sort()).group_by("name").len()
    return {tuple(each): count for each, count in names.iter_rows()}


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


def _told(empty: Mapping[str, tuple[int, tuple[int, ...]]], count: int, source: Source) -> Problem:
    """One sentence of all these columns of a sheet."""
    zh, en = zip(*(_cells(source, name, *rows) for name, rows in empty.items()), strict=True)
    return Problem(
        code="cells_blank",
        zh=f"有 {count} 行没有填全，空着的按没有（否、无人）计：{'；'.join(zh)}。若不是，请补全后再交",
        en=f"{number_of(count, 'row has', 'rows have')} empty cells, which count as nothing (as no, for nobody): "
        f"{'; '.join(en)}. If it is not so, fill them in and hand the file in again",
        severity="warning",
        details={name: str(rows) for name, (rows, _) in empty.items()},
    )


def _cells(source: Source, name: str, count: int, first: tuple[int, ...]) -> tuple[str, str]:
    """A column and the first of its rows, in both languages."""
    called = column_label(source, name, {})
    more = "…" if count > _SHOWN else ""
    zh, en = "、".join(map(str, first)), ", ".join(map(str, first))
    return f"“{called.zh}”第 {zh}{more} 行", f"{called.en!r} in {agreeing(count, 'row', 'rows')} {en}{more}"


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
            details={"rows": str(count)},
        )
    ]


def _doubtful(source: Source) -> list[str]:
    """The columns of which an empty cell does not say that there was none."""
    # Keys and filing columns reject their row when empty; an empty share is the whole.
    needed = {*source.key, source.filed_by, *(column.split_into for column in source.columns.values())}
    return [name for name, column in source.columns.items() if name not in needed and column.blank != "none"]
