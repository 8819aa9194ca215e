"""Files handed in together that say two things of one row: which of them counts, and in which rows, is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from fairwrench.ledger.columns import row_types
from fairwrench.ledger.compare import Comparison
from fairwrench.ledger.lookup import Known
from fairwrench.ledger.records import Batch
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source import Source

#: rows that are named one by one
SHOWN = 5


@dataclass
class Beside:
    """The batches of files that were handed in together, by number with their names; `problems` say where one of them
    tells a row otherwise than another, which then counts no more."""

    files: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def compare(self, source: Source, found: Comparison, known: Known, batch: Callable[[int], Batch]) -> None:
        """Note the rows of a file about to land that change what a file beside it says; `batch` gives a record.

        Of a column that the other file did not have, it says nothing that could be contradicted.
        """
        theirs = known.current.filter(pl.col("_batch").is_in(sorted(self.files))).rename({"_batch": "_of"})
        pairs = found.rows.join(theirs, left_on="_supersedes", right_on="_id", suffix="_theirs")
        lacks = {number: batch(number).lacks for number in pairs["_of"].unique()}
        blind = [number for number, columns in lacks.items() if columns]
        silent = pl.col("_of").is_in(blind) & ~_otherwise(source, lacks)
        pairs = pairs.filter(~silent)
        if pairs.height:
            names = sorted({self.files[number] for number in pairs["_of"].unique()})
            self.problems.append(_differ(source, pairs.sort("_row"), names))


def _differ(source: Source, pairs: pl.DataFrame, names: list[str]) -> Problem:
    rows = [_told(source, row) for row in pairs.head(SHOWN).iter_rows(named=True)]
    zh = f"与“{'”、“'.join(names)}”有 {pairs.height} 行不一致：{'；'.join(zh for zh, _ in rows)}"
    en = f"contradicts {', '.join(names)} in {number_of(pairs.height, 'row')}: " + "; ".join(en for _, en in rows)
    zh, en = (zh + "等", en + " and others") if pairs.height > len(rows) else (zh, en)
    zh += "。以本文件为准；不对请删去这一份，或用 --last 写明以哪个文件为准"
    en += ". This file counts; if that is wrong, take it away, or say with --last which of them counts"
    return Problem("files_differ", zh, en, "warning")


def _otherwise(source: Source, lacks: Mapping[int, Collection[str]]) -> pl.Expr:
    """Whether a row differs in a column that the other's file had."""
    differs = [
        pl.col(name).ne_missing(pl.col(f"{name}_theirs"))
        & ~pl.col("_of").is_in([number for number, columns in lacks.items() if name in columns])
        for name in row_types(source)
        if name not in source.key
    ]
    return pl.any_horizontal(pl.lit(False), *differs)


def _told(source: Source, row: dict[str, object]) -> tuple[str, str]:
    """One row: its number in this file and in the other, and the columns that differ, this file's value first."""
    columns = [name for name in row_types(source) if name not in source.key]
    differ = [name for name in columns if row[name] != row[f"{name}_theirs"]]
    shown = [(_name(source, name), row[name], row[f"{name}_theirs"]) for name in differ]
    key = " ".join(str(row[name]) for name in source.key if row[name] is not None)
    zh = "，".join(f"{names[0]} {ours}，那边是 {others}" for names, ours, others in shown)
    en = ", ".join(f"{names[1]} {ours}, {others} there" for names, ours, others in shown)
    at, there = row["_row"], row["_row_theirs"]
    return f"第 {at} 行（那边第 {there} 行）{key} 的{zh}", f"row {at} (row {there} there), {key}: {en}"


def _name(source: Source, column: str) -> tuple[str, str]:
    named = source.columns[column].name if column in source.columns else None
    return (named.zh, named.en) if named else (column, column)
