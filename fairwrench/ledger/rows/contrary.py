"""Cells that say two things of one row: nobody was reached, and yet somebody was satisfied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from fairwrench.ledger.body.tales import Tale
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.labels import column_label
from fairwrench.settlement.source.source import Source

#: rows that are named one by one
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Contrary:
    """Rows in which a condition is denied and columns that ask for it are filled: how many in all and of each column,
    and the first."""

    source: Source
    condition: str
    filled: Mapping[str, int]
    rows: int
    first: tuple[int, ...]

    def joined(self, later: _Contrary) -> _Contrary:
        filled = {name: count + later.filled[name] for name, count in self.filled.items()}
        return replace(self, filled=filled, rows=self.rows + later.rows, first=(*self.first, *later.first)[:_SHOWN])

    def problems(self) -> list[Problem]:
        return [_told(self)] if self.rows else []


def contrary_cells(frame: pl.DataFrame, source: Source, handed_in: set[str]) -> list[Tale]:
    """Columns of yes and no that say no in rows where what is asked only after a yes (`filled_when`) is filled in.

    `frame` has the accepted rows with `_row`; `handed_in` are the columns that the file had.
    """
    asked: dict[str, list[str]] = {}
    for name, column in source.columns.items():
        for condition in column.filled_when:
            # A column that the file lacks says nothing, neither a no nor an answer.
            if condition in handed_in and name in handed_in and source.columns[condition].type == "bool":
                asked.setdefault(condition, []).append(name)
    return [_contrary(frame, condition, names, source) for condition, names in asked.items()]


def _contrary(frame: pl.DataFrame, condition: str, names: list[str], source: Source) -> _Contrary:
    denied = frame.filter(~pl.col(condition))
    filled = {name: denied.height - denied[name].null_count() for name in names}
    rows = denied.filter(pl.any_horizontal(pl.col(names).is_not_null()))["_row"].unique().sort()
    return _Contrary(source, condition, filled, len(rows), tuple(rows.head(_SHOWN)))


def _told(found: _Contrary) -> Problem:
    filled = {name: count for name, count in found.filled.items() if count}
    asked = column_label(found.source, found.condition, {})
    given = [column_label(found.source, name, {}) for name in filled]
    count, more = found.rows, "…" if found.rows > _SHOWN else ""
    zh, en = "、".join(map(str, found.first)), ", ".join(map(str, found.first))
    return Problem(
        code="filled_despite_no",
        zh=f"有 {count} 行自相矛盾：“{asked.zh}”为否，却填了{'、'.join(f'“{each.zh}”' for each in given)}"
        f"（第 {zh}{more} 行）；只计“{asked.zh}”为是的指标不计这些行，请核对哪一格填错了",
        en=f"{number_of(count, 'row contradicts itself', 'rows contradict themselves')}: {asked.en!r} is no, "
        f"and yet {', '.join(repr(each.en) for each in given)} "
        f"{agreeing(len(given), 'is', 'are')} filled in ({agreeing(count, 'row', 'rows')} {en}{more}); what "
        "counts only where it is yes leaves them out, so find out which cell is wrong",
        severity="warning",
        details={"rows": str(count), **{name: str(each) for name, each in filled.items()}},
    )
