"""A roster handed in as a file, read and checked; runs in a process of its own.

Nothing here knows of Django or of the database: the process that parses what people hand in holds neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.ledger.files.sheet import Limits
from fairwrench.ledger.roster.roster import given_roster
from fairwrench.ledger.roster.staffing import SHEET
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Text

FRAME = "roster.parquet"
#: a group of a thousand stores has some 60 000 people; a file of more is none
LIMITS = Limits(
    file_bytes=20 << 20, unpacked_bytes=256 << 20, rows=200_000, columns=200, cells=4_000_000,
    workbook_cells=4_000_000, sheets=16,
)  # fmt: skip
#: problems told one by one
MOST = 200
#: letters of a text that the database keeps; what is longer is no name but another file
LENGTHS = {"employee_id": 40, "name": 60, "store": 80, "manager_id": 40, "aliases": 200}


@dataclass(frozen=True)
class Order:
    """Which file to read, the scheme that knows its positions, the roster `known` so far, for managers by name, and
    the day as of which days are judged."""

    path: Path
    scheme: Scheme = field(repr=False)
    known: pl.DataFrame = field(repr=False)
    today: date
    limits: Limits = LIMITS


def read(order: Order, out: Path) -> dict[str, Any]:
    """The problems of the file (`asdict`); its roster (`ledger.roster.roster.GIVEN`) is written to the folder `out`."""
    roster, problems = given_roster(order.path, order.scheme, order.limits, order.known, order.today)
    problems += _unkept(roster)
    roster.write_parquet(out / FRAME)
    return {"problems": [asdict(problem) for problem in first_of(problems)]}


def first_of(problems: Iterable[Problem]) -> list[Problem]:
    """As many problems as a page shows, each once, errors first; the rest is counted."""
    each = sorted(dict.fromkeys(problems), key=lambda problem: problem.severity != "error")
    if len(each) <= MOST:
        return each
    left = len(each) - MOST
    zh, en = f"另有 {left} 处问题没有列出", f"{left} further problems are not listed"
    return [*each[:MOST], Problem("more_problems", zh, en, each[MOST].severity)]


def _unkept(roster: pl.DataFrame) -> list[Problem]:
    """Texts that are too long for a name, or hold a NUL, which no database keeps."""
    found = []
    for column, most in LENGTHS.items():
        text = pl.col(column)
        if column == "aliases":  # those of all rows are kept together
            text = text.drop_nulls().unique().str.join("、").over("employee_id")
        wrong = roster.filter((text.str.len_chars() > most) | text.str.contains("\0", literal=True))
        found += [_odd(column, most, row) for row in wrong["_row"].head(MOST)]
    return found


def _odd(column: str, most: int, row: int | None) -> Problem:
    name = SHEET.columns[column].name or Text(zh=column, en=column)
    zh = f"花名册第 {row} 行“{name.zh}”超过 {most} 个字，或含有无法保存的字符"
    en = f"row {row} of the roster, {name.en}: longer than {most} characters, or with one that cannot be kept"
    return Problem("odd_text", zh, en, line=row or 0)
