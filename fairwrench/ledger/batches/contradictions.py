"""Files handed in together that say two things of one row: told row by row, and an error until somebody says which of
them has the last word. What a file is called says nothing of that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from fairwrench.ledger.batches.compare import Comparison
from fairwrench.ledger.batches.lookup import Known
from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.cells.datetimes import as_seen
from fairwrench.ledger.columns import row_types
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.labels import column_label, word_label
from fairwrench.settlement.source.source import Source, Text

#: rows that are named one by one
SHOWN = 5
#: what follows from a contradiction: somebody said the order, has to say it, or has to take a sheet out
_BY_ORDER = ("。按约定的先后，以本文件为准", ". This file counts, by the order that was said")
_WHICH_FILE = (
    "。以哪一份为准只有人知道：删去不对的一份，或在 order.txt 里（或用 --last）写明最后的一份",
    ". Which of them counts only people know: take the wrong one away, or name the last one in order.txt or by --last",
)
_WHICH_SHEET = ("。请从文件中删去不对的那个工作表再交", ". Take the wrong sheet out of the file and hand it in again")
_YES, _NO, _EMPTY = Text(zh="是", en="yes"), Text(zh="否", en="no"), Text(zh="空", en="empty")


@dataclass(frozen=True, slots=True)
class Contradicting:
    """Rows of a file that files beside it say otherwise: how many, the first of them with what is said there, and the
    batches of those files."""

    rows: int = 0
    first: pl.DataFrame = field(default_factory=pl.DataFrame)
    batches: frozenset[int] = frozenset()

    def joined(self, later: Contradicting) -> Contradicting:
        """Those of two parts of a file."""
        if not (self.rows and later.rows):
            return self if self.rows else later
        first = pl.concat([self.first, later.first]).sort("_row", maintain_order=True).head(SHOWN)
        return Contradicting(self.rows + later.rows, first, self.batches | later.batches)


@dataclass
class Beside:
    """The batches of files that were handed in together, by number with their names; `problems` say where one of them
    tells a row otherwise than another, which then counts no more. `ordered`: somebody said that the file about to land
    comes after those."""

    files: dict[int, str] = field(default_factory=dict)
    ordered: bool = False
    problems: list[Problem] = field(default_factory=list)

    def contradicting(
        self, source: Source, found: Comparison, known: Known, batch: Callable[[int], Batch]
    ) -> Contradicting:
        """The rows of a file about to land that change what a file beside it says; `batch` gives a record.

        Of a column that the other file did not have, it says nothing that could be contradicted.
        """
        if not self.files or not found.rows["_supersedes"].count():
            return Contradicting()
        theirs = known.current.filter(pl.col("_batch").is_in(sorted(self.files))).rename({"_batch": "_of"})
        pairs = found.rows.join(theirs, left_on="_supersedes", right_on="_id", suffix="_theirs")
        lacks = {number: batch(number).lacks for number in pairs["_of"].unique()}
        # A batch without a column cannot contradict it: such pairs count only for what both files say.
        blind = [number for number, columns in lacks.items() if columns]
        silent = pl.col("_of").is_in(blind) & ~_otherwise(source, lacks)
        pairs = pairs.filter(~silent)
        return Contradicting(pairs.height, pairs.sort("_row").head(SHOWN), frozenset(pairs["_of"].unique()))

    def tell(
        self, source: Source, found: Contradicting, batch: Callable[[int], Batch], landing: Batch, time_zone: str
    ) -> None:
        """Note what contradicts the files beside the one about to land (`landing`)."""
        if not found.rows:
            return
        numbers = sorted(found.batches)
        # Two sheets of one file cannot be put in order by name: what to do about it is said otherwise.
        sheets = [batch(number).sheet for number in numbers if self.files[number] == landing.file]
        files = sorted({self.files[number] for number in numbers} - {landing.file})
        self.problems.append(self._differ(source, found, files, sheets, sheet=landing.sheet, time_zone=time_zone))

    def tell_gone(self, source: Source, gone: pl.DataFrame, file: str) -> bool:
        """Note rows (as the ledger has them) of files beside `file` that are none there; whether there are any."""
        theirs = gone.filter(pl.col("_batch").is_in(sorted(self.files)))
        if self.ordered or theirs.is_empty():
            return False
        names = sorted({self.files[number] for number in theirs["_batch"]})
        there, count = "、".join(f"“{name}”" for name in names), theirs.height
        zh = f"与{there}有 {count} 行“{source.name.zh}”不一致：那边有，这里是 0 或空"
        en = f"contradicts {', '.join(names)} in {number_of(count, 'row')} of {source.name.en.lower()}: there "
        en += f"{agreeing(count, 'it stands', 'they stand')}, here is 0 or nothing"
        then_zh, then_en = _WHICH_SHEET if names == [file] else _WHICH_FILE
        self.problems.append(Problem("files_differ", zh + then_zh, en + then_en))
        return True

    def _differ(
        self, source: Source, pairs: Contradicting, files: list[str], sheets: list[str], *, sheet: str, time_zone: str
    ) -> Problem:
        """What to tell of rows that other `files`, or other `sheets` of the same file as `sheet`, say otherwise."""
        rows = _rows(source, pairs.first, time_zone)
        there_zh = [*(f"“{name}”" for name in files), *(f"工作表“{name}”" for name in sheets)]
        there_en = [*files, *(f"sheet {name!r}" for name in sheets)]
        here_zh, here_en = (f"工作表“{sheet}”", f"sheet {sheet!r} ") if sheets else ("", "")
        zh = f"{here_zh}与{'、'.join(there_zh)}有 {pairs.rows} 行不一致：{'；'.join(zh for zh, _ in rows)}"
        en = f"{here_en}contradicts {', '.join(there_en)} in {number_of(pairs.rows, 'row')}: "
        en += "; ".join(en for _, en in rows)
        zh, en = (zh + "等", en + " and others") if pairs.rows > len(rows) else (zh, en)
        then_zh, then_en = _BY_ORDER if self.ordered and files else _WHICH_FILE if files else _WHICH_SHEET
        return Problem("files_differ", zh + then_zh, en + then_en, "warning" if self.ordered and files else "error")


def _otherwise(source: Source, lacks: Mapping[int, Collection[str]]) -> pl.Expr:
    """Whether a row differs in a column that the other's file had."""
    differs = [
        pl.col(name).ne_missing(pl.col(f"{name}_theirs"))
        & ~pl.col("_of").is_in([number for number, columns in lacks.items() if name in columns])
        for name in row_types(source)
        if name not in source.key
    ]
    return pl.any_horizontal(pl.lit(False), *differs)


def _rows(source: Source, pairs: pl.DataFrame, time_zone: str) -> list[tuple[str, str]]:
    """Each row: its number in this file and in the other, and the columns that differ, this file's value first."""
    columns = [name for name in row_types(source) if name not in source.key]
    keys = zip(*(as_seen(pairs[name], time_zone) for name in source.key), strict=True)
    said = {name: _values(source, name, pairs[name], time_zone) for name in columns}
    others = {name: _values(source, name, pairs[f"{name}_theirs"], time_zone) for name in columns}
    differ = {name: pairs[name].ne_missing(pairs[f"{name}_theirs"]) for name in columns}
    rows = []
    for at, (number, there, key) in enumerate(zip(pairs["_row"], pairs["_row_theirs"], keys, strict=True)):
        shown = [
            (column_label(source, name, {}), said[name][at], others[name][at]) for name in columns if differ[name][at]
        ]
        named = " ".join(part for part in key if part is not None)
        zh = "，".join(f"{name.zh} {ours.zh}，那边是 {theirs.zh}" for name, ours, theirs in shown)
        en = ", ".join(f"{name.en} {ours.en}, {theirs.en} there" for name, ours, theirs in shown)
        rows.append(
            (f"第 {number} 行（那边第 {there} 行）{named} 的{zh}", f"row {number} (row {there} there), {named}: {en}")
        )
    return rows


def _values(source: Source, name: str, values: pl.Series, time_zone: str) -> list[Text]:
    """Values as somebody who reads the file knows them: local times, yes and no, the words of a list."""
    facts = source.columns.get(name)
    words = {True: _YES, False: _NO, None: _EMPTY}
    if values.dtype == pl.Boolean:
        return [words[value] for value in values]
    seen = as_seen(values, time_zone)
    return [_EMPTY if text is None else word_label(facts, text) for text in seen]
