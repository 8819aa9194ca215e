"""Cells that say two things of one row: nobody was reached, and yet somebody was satisfied."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.labels import column_label
from fairwrench.settlement.source.source import Source

#: rows that are named one by one
_SHOWN = 5


def contrary_problems(frame: pl.DataFrame, source: Source, handed_in: set[str]) -> list[Problem]:
    """Columns of yes and no that say no in rows where what is asked only after a yes (`filled_when`) is filled in.

    `frame` has the accepted rows with `_row`; `handed_in` are the columns that the file had.
    """
    asked: dict[str, list[str]] = {}
    for name, column in source.columns.items():
        for condition in column.filled_when:
            # A column that the file lacks says nothing, neither a no nor an answer.
            if condition in handed_in and name in handed_in and source.columns[condition].type == "bool":
                asked.setdefault(condition, []).append(name)
    return [problem for condition, names in asked.items() for problem in _contrary(frame, condition, names, source)]


def _contrary(frame: pl.DataFrame, condition: str, names: list[str], source: Source) -> list[Problem]:
    denied = frame.filter(~pl.col(condition))
    filled = [name for name in names if denied[name].null_count() < denied.height]
    if not filled:
        return []
    rows = denied.filter(pl.any_horizontal(pl.col(filled).is_not_null()))["_row"].unique().sort()
    asked, given = column_label(source, condition, {}), [column_label(source, name, {}) for name in filled]
    shown, more = rows.head(_SHOWN), "…" if len(rows) > _SHOWN else ""
    zh, en = "、".join(map(str, shown)), ", ".join(map(str, shown))
    return [
        Problem(
            code="filled_despite_no",
            zh=f"有 {len(rows)} 行自相矛盾：“{asked.zh}”为否，却填了{'、'.join(f'“{each.zh}”' for each in given)}"
            f"（第 {zh}{more} 行）；只计“{asked.zh}”为是的指标不计这些行，请核对哪一格填错了",
            en=f"{number_of(len(rows), 'row contradicts itself', 'rows contradict themselves')}: {asked.en!r} is no, "
            f"and yet {', '.join(repr(each.en) for each in given)} "
            f"{agreeing(len(given), 'is', 'are')} filled in ({agreeing(len(rows), 'row', 'rows')} {en}{more}); what "
            "counts only where it is yes leaves them out, so find out which cell is wrong",
            severity="warning",
            path=(condition,),
            details={"rows": str(len(rows)), **{name: str(len(denied) - denied[name].null_count()) for name in filled}},
        )
    ]
