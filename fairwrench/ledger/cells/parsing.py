"""Columns of texts → columns of their types: the whole column the fast way, then only the cells that failed it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairwrench.ledger.cells import datetimes, numbers
from fairwrench.ledger.cells.labels import name_key
from fairwrench.ledger.cells.numbers import PLAINLY, Figure, Reading
from fairwrench.ledger.cells.reasons import Failures, Reason
from fairwrench.ledger.cells.words import (
    BOOLS,
    DIGITS_LOST,
    FAULT,
    LINE_BREAK,
    NOT_YES_NO,
    POWERS,
    fault_reason,
    half_width,
    not_listed,
    shortened,
    spellings,
    stripped,
)
from fairwrench.ledger.columns import polars_type
from fairwrench.settlement.source.source import Column, DateOrder

_MONTH = r"^(?:19[5-9][0-9]|20[0-9][0-9])-(?:0[1-9]|1[0-2])$"


@dataclass(frozen=True, slots=True)
class Field:
    """One column to be read: its name and type, how its numbers and dates are written, the time zone of local times.

    `matching` says that rows are told apart or found by the column, so that equal values have to be equal texts.
    `commas` says that the file may write a comma for the decimal sign, as one does whose cells a semicolon parts,
    `comma_decimals` that a cell of the column is known to do so.
    """

    name: str
    column: Column
    numbers: Reading = PLAINLY
    time_zone: str = "UTC"
    matching: bool = False
    dates: DateOrder = "year-month-day"
    commas: bool = False
    comma_decimals: bool = False

    @property
    def kind(self) -> pl.DataType:
        """The type of its values."""
        return polars_type(self.column)

    @property
    def scale(self) -> int:
        """Decimals of a number."""
        return self.column.scale if self.column.type == "decimal" else 0

    @property
    def telling(self) -> bool:
        """Whether not every text is a value, so that a header or a total in the column gives none."""
        return self.column.type not in ("text", "person", "store") or bool(self.column.one_of)

    @property
    def plain(self) -> bool:
        """Whether numbers count as they are written, nothing naming a unit that changes them."""
        return self.numbers.plain


#: whether any text of a column begins as a cell in error does, breaks a line, may be a shortened number, is not ASCII
_SIGNS = (
    pl.col("text").str.starts_with("#").any().alias("fault"),
    pl.col("text").str.contains_any(["\r", "\n"]).any().alias("broken"),
    pl.col("text").str.contains_any(list(POWERS)).any().alias("power"),
    (pl.col("text").str.len_bytes() != pl.col("text").str.len_chars()).any().alias("wide"),
)


def fast_way(field: Field, text: pl.Expr) -> pl.Expr:
    """The values that can be told without a closer look, null for the others: bulk work on all columns at once."""
    match field.column.type:
        case "text" if field.column.one_of:
            known = {word: value for value, words in field.column.one_of.items() for word in (value, *words)}
            return text.replace_strict(known, default=None, return_dtype=pl.String)
        case "bool":
            return text.replace_strict(_bools(field.column), default=None, return_dtype=pl.Boolean)
        case "int" | "decimal":
            return _fast_number(field, text)
        case "date" | "timestamp" | "month":
            return _fast_moment(field, text)
        case _:
            return stripped(text)


def _fast_moment(field: Field, text: pl.Expr) -> pl.Expr:
    if field.column.type == "month":
        return pl.when(text.str.contains(_MONTH)).then(text)
    if field.column.type == "date":
        return datetimes.plain_date(text)
    return datetimes.plain_instant(text, field.time_zone)


def _fast_number(field: Field, text: pl.Expr) -> pl.Expr:
    # A column whose unit converts has no fast way: every number goes through the exact fractions.
    if not field.plain:
        return pl.repeat(None, pl.len(), dtype=field.kind)
    return text.cast(pl.Int64, strict=False) if field.column.type == "int" else numbers.plain_decimal(text, field.scale)


def slow_way(field: Field, text: pl.Series, values: pl.Series, failures: Failures) -> tuple[pl.Series, int]:
    """The values with every cell mended that can be; for the others the reason goes to `failures`.

    Returns how many numbers were rounded beside. `values` are what the fast way gave for `text`.
    """
    if field.column.type in ("text", "person", "store") and not field.column.one_of:
        return _texts(field, text, values, failures), 0
    if values.null_count() == text.null_count():  # the fast way gives nothing for an empty cell
        return values, 0
    at = (text.is_not_null() & values.is_null()).arg_true()
    bare = pl.select(stripped(pl.lit(text.gather(at)))).to_series()
    at, bare = at.filter(bare.is_not_null()), bare.drop_nulls()
    # 2. cells in error say so themselves; read as text they would only be "no number"
    faulty = bare.str.contains(FAULT)
    if faulty.any():
        failures.add_each(field.name, at.filter(faulty), bare.filter(faulty), fault_reason)
        at, bare = at.filter(~faulty), bare.filter(~faulty)
    if field.column.type in ("int", "decimal") and (unclear := _unclear_commas(field, bare)).any():
        failures.add(field.name, at.filter(unclear), bare.filter(unclear), numbers.UNCLEAR_COMMA)
        at, bare = at.filter(~unclear), bare.filter(~unclear)
    # 3. the usual other ways of writing, a column at a time; 4. what is then left, a cell at a time
    mended, rounded = _mended(field, bare)
    values = values.scatter(at, mended)
    left = mended.is_null()
    more, more_rounded = _one_by_one(field, at.filter(left), bare.filter(left), failures)
    return values.scatter(at.filter(left), more), rounded + more_rounded


def _unclear_commas(field: Field, text: pl.Series) -> pl.Series:
    """Which numbers have a comma that may be a decimal sign."""
    return numbers.comma_groups(text) if field.commas else numbers.comma_decimals(text, told=field.comma_decimals)


def _texts(field: Field, text: pl.Series, values: pl.Series, failures: Failures) -> pl.Series:
    """Texts are taken as they are, formulas too: nothing ever computes them. Rejected are cells in error, long
    numbers whose digits are lost, and line breaks in what tells rows, stores or vehicles apart."""
    signs = values.to_frame("text").select(_SIGNS).row(0, named=True)
    if signs["fault"]:
        at = values.str.starts_with("#").arg_true()
        at = at.filter(values.gather(at).str.contains(FAULT))
        failures.add_each(field.name, at, text.gather(at), fault_reason)
        values = values.scatter(at, None) if len(at) else values
    if signs["broken"] and (field.matching or field.column.type == "store" or field.column.check == "vin"):
        broken = values.str.contains("[\r\n]").fill_null(False)
        if broken.any():
            at = broken.arg_true()
            failures.add(field.name, at, text.gather(at), LINE_BREAK)
            values = values.scatter(at, None)
    if signs["power"] and (lost := shortened(values)).any():
        at = lost.arg_true()
        failures.add(field.name, at, text.gather(at), DIGITS_LOST)
        values = values.scatter(at, None)
    if signs["wide"] and (field.matching or field.column.check == "vin"):
        values = half_width(values)
    return values.str.to_uppercase() if field.column.check == "vin" else values


def _mended(field: Field, text: pl.Series) -> tuple[pl.Series, int]:
    """What the usual ways of writing give, column by column; null where none fits. And how many were rounded."""
    match field.column.type:
        case "int" | "decimal" if field.plain:
            values, rounded = numbers.cleaned(text, field.scale)
            return values.cast(field.kind, strict=False), rounded
        case "timestamp":
            return datetimes.as_utc(datetimes.cleaned(text), field.time_zone), 0
        case "date":
            return datetimes.cleaned(text).dt.date(), 0
        case _:
            return pl.repeat(None, len(text), dtype=field.kind, eager=True), 0


def _one_by_one(field: Field, at: pl.Series, text: pl.Series, failures: Failures) -> tuple[pl.Series, int]:
    """What is left is read cell by cell, equal texts once. And how many numbers were rounded."""
    # Equal texts once: a column of a million rows may hold a few thousand different ones.
    read = {word: _read_one(field, word) for word in text.unique().to_list()}
    reasons = {word: answer for word, answer in read.items() if isinstance(answer, Reason)}
    wrong = text.is_in(list(reasons))
    failures.add_each(field.name, at.filter(wrong), text.filter(wrong), reasons.__getitem__)
    answers = [read[word] for word in text.to_list()]
    rounded = sum(isinstance(answer, Figure) and answer.rounded for answer in answers)
    return pl.Series([_value(field, answer) for answer in answers], dtype=field.kind), rounded


def _read_one(field: Field, text: str) -> object:
    """The value of one cell, None where it says nothing, or the Reason why it has none."""
    column = field.column
    if column.type == "bool":
        return _bools(column, folded=True).get(name_key(text), NOT_YES_NO)
    if column.one_of:
        return spellings(column.one_of).get(name_key(text)) or not_listed(text, column.one_of)
    match column.type:
        case "int" | "decimal":
            return numbers.read_number(text, field.scale, field.numbers)
        case "date":
            return datetimes.read_date(text, field.time_zone, field.dates)
        case "timestamp":
            return datetimes.read_instant(text, field.time_zone, field.dates)
        case _:
            return datetimes.read_month(text, field.time_zone, field.dates)


def _value(field: Field, answer: object) -> object:
    """An answer as a value of the column."""
    if isinstance(answer, Reason):
        return None
    if isinstance(answer, Figure):
        return int(answer.value) if field.column.type == "int" else answer.value
    return answer


def _bools(column: Column, folded: bool = False) -> dict[str, bool]:
    """Spellings of yes and no, those that the column declares first."""
    known = {**BOOLS, **{word.upper(): value for word, value in BOOLS.items()}}
    for word in ("true", "false"):
        known.update(dict.fromkeys((column.one_of or {}).get(word, ()), word == "true"))
    return {name_key(word): value for word, value in known.items()} if folded else known
