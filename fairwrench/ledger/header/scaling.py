"""How the numbers of a sheet are read: by the units that its header, or a line above it, names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import polars as pl

from fairwrench.ledger.cells.labels import without_unit
from fairwrench.ledger.cells.notes import NO_NOTES, Notes
from fairwrench.ledger.cells.numbers import Reading
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.cells.units import (
    COUNTS,
    DISTANCE,
    FEN,
    MAGNITUDES,
    MONEY,
    OWN_CURRENCY,
    PERCENT,
    TIME,
    factor_of,
    is_foreign,
    measures,
    name_units,
    no_count,
    title_texts,
    title_units,
    unit_of,
    words_of,
)
from fairwrench.ledger.header.header import Binding, Header
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import ColumnUnit, Source

_NUMBERS = ("int", "decimal")
#: a label before the words that name its unit: 工时费单位为分, 提成以万元计
_ABOUT = "{}.{{0,2}}(?:单位|[以按])"


def number_readings(
    header: Header,
    head: pl.DataFrame,
    source: Source,
    names: tuple[str, ...] = (),
    notes: Notes = NO_NOTES,
) -> tuple[dict[int, Reading], list[Problem]]:
    """How each column of numbers is read, by its place in the grid, and what should be known of units.

    `head` are the rows above and of the header, `names` those of the sheet and the file, `notes` what is said below.
    """
    texts = (*title_texts(head.head(header.first).rows()), *notes.below)
    readings: dict[int, Reading] = {}
    problems: list[Problem] = []
    for binding in header.bindings:
        facts = source.columns.get(binding.column)
        if facts is None or facts.type not in _NUMBERS:
            continue
        own = unit_of(binding.column, facts)
        counts = own is None and facts.type == "int"
        # The label's own unit comes before any title: 工时费（元） stays yuan on a sheet 单位：万元.
        reading, unknown = header_reading(binding.unit, own, counts=counts)
        if reading is None:
            titles = (*title_units(_about(binding, header, texts)), *name_units(*names))
            reading = _by_title(titles, own, amounts=facts.type == "decimal")
            # Whichever unit the title says, one between the rows makes it doubtful which rows are in it.
            reading = _unless_between(reading, title_units(notes.between), own, amounts=facts.type == "decimal")
            problems += [_by_title_problem(binding, titles)] if reading.factor != 1 else []
        # A count, or a column that refuses percentages, takes no share: 97% of a number of cars is no number.
        readings[binding.at] = reading._replace(shares=not counts and facts.percent is None)
        problems += [_unknown(binding, unknown)] if unknown else []
    return readings, problems


def _about(binding: Binding, header: Header, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts beside a table that speak of a column: all of it, or this one by name (工时费单位为分)."""
    labels = {without_unit(other.label)[0] for other in header.bindings}
    own = without_unit(binding.label)[0]
    about = {text: {label for label in labels if re.search(_ABOUT.format(re.escape(label)), text)} for text in texts}
    return tuple(text for text, named in about.items() if not named or own in named)


def _unless_between(reading: Reading, units: Sequence[str], own: ColumnUnit | None, *, amounts: bool) -> Reading:
    """The reading, unless a line between the rows names another unit: which rows it is meant for, nobody knows."""
    if isinstance(reading.factor, Reason) or not units:
        return reading
    other = _by_title(units, own, amounts=amounts)
    return reading if other == reading else Reading(own, _between("、".join(units)))


def header_reading(unit: str, own: ColumnUnit | None, *, counts: bool = False) -> tuple[Reading | None, str]:
    """What a header's own unit says, None where it names none; and its words that are no unit that anybody knows.

    A column that `counts` takes no unit of time, money or distance.
    """
    words = words_of(unit)
    if any(word in PERCENT for word in words):
        percent = factor_of("%", own)
        return Reading(own, percent if isinstance(percent, Reason) else Fraction(1), percent=True), ""
    factors = {word: no_count(word) if counts and measures(word) else factor_of(word, own) for word in words}
    unknown = "，".join(word for word, factor in factors.items() if factor is None)
    known = [factor for factor in factors.values() if factor is not None]
    if not known:
        return None, unknown
    reasons = [factor for factor in known if isinstance(factor, Reason)]
    return Reading(own, reasons[0] if reasons else _one_of(factors)), unknown


def _one_of(factors: Mapping[str, Fraction | Reason | None]) -> Fraction | Reason:
    """The one factor that units name; the reason where they name several. Words that count nothing do not matter."""
    scales = {
        word: factor
        for word, factor in factors.items()
        if isinstance(factor, Fraction) and word not in COUNTS and word not in OWN_CURRENCY
    }
    # Two names of one scale (元, 人民币元) agree; two scales stop the column, as a factor is never guessed.
    if len({*scales.values()}) > 1:
        return _several("、".join(scales))
    return next(iter(scales.values()), Fraction(1))


def _by_title(titles: Sequence[str], own: ColumnUnit | None, *, amounts: bool) -> Reading:
    """What a line above the header says of a column that names no unit itself; `amounts` may be money."""
    if own is None and amounts and not PERCENT.isdisjoint(titles):
        return Reading(own, percent=True)
    # A column whose unit nobody declared: a scale of money in the title may be meant for it or not, so it stops.
    if own is None:
        of_money = [word for word in titles if MONEY.get(word, MAGNITUDES.get(word, 1)) != 1 or is_foreign(word)]
        return Reading(own, _unclear_title(of_money[0]) if of_money and amounts else Fraction(1))
    factors = {word: factor_of(word, own) for word in titles if _speaks_of(word, own)}
    reasons = [factor for factor in factors.values() if isinstance(factor, Reason)]
    return Reading(own, reasons[0] if reasons else _one_of(factors))


def _speaks_of(word: str, own: ColumnUnit) -> bool:
    """Whether a unit in a title is one for columns in `own`; a title may name several, for several kinds of column."""
    if own == "money":
        return word in MONEY or word in MAGNITUDES or word == FEN or is_foreign(word)
    return word in (DISTANCE if own == "km" else TIME) and own != "points"


def _several(words: str) -> Reason:
    return Reason(
        "several_units",
        f"列名写了几个不同的单位（{words}），不知道以哪个为准",
        f"the header names several units ({words}); it is unclear which one holds",
    )


def _unclear_title(word: str) -> Reason:
    return Reason(
        "title_unit_unclear",
        f"列名之外写明单位为“{word}”，不能确定本列是否也以此为单位；请把单位写进列名",
        f"a line beside the table, or its name, says the unit {word!r}; whether it holds for this column is unclear: "
        "put it into the column's name",
    )


def _between(words: str) -> Reason:
    return Reason(
        "unit_between",
        f"表中间的一行写明单位为“{words}”，与表头不同，不知道对哪些行有效；请把单位写进列名，不同单位的行分开提交",
        f"a line between the rows names the unit {words!r}, and it is unclear which rows it holds for: put the unit "
        "into the column's name and hand in rows of other units apart",
    )


def _by_title_problem(binding: Binding, titles: Sequence[str]) -> Problem:
    units = "、".join(titles)
    return Problem(
        code="unit_in_title",
        zh=f"“{binding.label}”按标题、表名、文件名或表尾写明的单位（{units}）换算",
        en=f"the numbers of {binding.label!r} were read in the unit that a title, the name of the sheet or file, or a "
        f"note below names ({units})",
        severity="note",
        details={"column": binding.column},
    )


def _unknown(binding: Binding, words: str) -> Problem:
    return Problem(
        code="unknown_unit",
        zh=f"“{binding.label}”中的“{words}”不是已知的单位，数字按原样读入",
        en=f"{words!r} in {binding.label!r} is no known unit; the numbers were read as they stand",
        severity="warning",
        details={"column": binding.column},
    )
