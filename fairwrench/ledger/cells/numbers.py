"""Numbers as people write them → exact decimals and integers. No binary float takes part.

`1,234.50`, `￥1234.5`, `１２３`, `97%`, `(12.00)`, `1.2万` are numbers; `1,5`, `2/3`, `12 apples` are not.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import polars as pl

from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.cells.units import PERCENT, TIME, counts_things, factor_of
from fairwrench.settlement.exact import half_up
from fairwrench.settlement.source.source import ColumnUnit

#: decimals kept while a number is cleaned; what lies beyond is the noise of binary fractions
_DIGITS = 12
#: what differs by less was a whole number before a spreadsheet kept it as a binary fraction
_NOISE = Fraction(1, 10**9)
_EXACT = pl.Decimal(38, _DIGITS)
_TINY = Decimal(_NOISE.numerator) / _NOISE.denominator
_NONE = pl.Series([None], dtype=pl.String)
_BLANKS = r"[\s\u200b-\u200f\u2060\ufeff]+"
_PLAIN = r"^[+-]?¥?[+-]?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?元?$"
_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[+-]|负)?(?:(?:¥|rmb|cny|人民币)(?P<sign2>[+-])?)?"
    r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]*)(?P<part>\.[0-9]*)?(?P<power>e[+-]?[0-9]{1,2})?"
    r"(?P<unit>[^0-9.,()+-]*)(?P<close>\))?"
)

_CLOCK = re.compile(r"(?P<hour>[0-9]{1,5}):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9])(?:\.0+)?)?")
_COMMA_DECIMAL = r"^[+-]?(?:0,[0-9]+|[0-9]+,[0-9]{1,2}|[0-9]+,[0-9]{4,})$"
_ONE_GROUP = r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"

NOT_A_NUMBER = Reason("not_a_number", "不是数字", "this is no number")
NOT_WHOLE = Reason("not_whole", "必须是整数", "this must be a whole number")
TOO_LARGE = Reason("too_large", "数字太大，超出可保存的范围", "the number is too large to be kept")
FORMULA = Reason(
    "formula_as_text",
    "这是写成文字的公式，不是数字；请在 Excel 中改为数值",
    "this is a formula written as text, not a number; turn it into its value",
)
DATE_NOT_NUMBER = Reason("date_not_number", "这是日期或时间，不是数字", "this is a date or a time, not a number")
UNCLEAR_COMMA = Reason(
    "unclear_comma",
    "逗号可能是小数点，也可能是千位分隔（本列有 0,5 这样的数）；请用小数点，不用千位逗号",
    "the comma may be a decimal sign or separate thousands (the column has numbers like 0,5); write a point, no comma",
)
PERCENT_OF_AMOUNT = Reason(
    "percent_of_amount",
    "这里要填金额、时间、得分或数量，不能填百分比；请填实际的数（95 分写 95）",
    "this is an amount, a time, points or a count and takes no percentage; write the figure itself (95 for 95 points)",
)
UNCLEAR_PERCENT = Reason(
    "unclear_percent",
    "列名写明是百分比，但此格没有百分号，无法判断是 97% 还是 0.97；请写成 97%",
    "the header says percent, but the cell has no percent sign; write 97%",
)


def plain_decimal(text: pl.Expr, scale: int) -> pl.Expr:
    """The fast way: plain digits with at most `scale` decimals; null for whatever needs a closer look."""
    longer = text.str.contains(rf"\.[0-9]{{{scale + 1}}}|[eE]")
    # Polars would make longer decimals fit without a word; they are left for the way that rounds half up and tells.
    return pl.when(~longer).then(text.cast(pl.Decimal(18, scale), strict=False))


def cleaned(text: pl.Series, scale: int) -> tuple[pl.Series, int]:
    """The common ways of writing a number, column by column: `1,234.50`, `￥12`, `１２元`, too many decimals.

    Returns decimals of `scale`, null where a closer look is needed, and how many were rounded (half up). With `scale` 0
    nothing is rounded: what is not whole needs a closer look.
    """
    plain = text.str.normalize("NFKC").str.replace_all(_BLANKS, "").str.to_lowercase()
    bare = plain.str.replace_all("[,¥元]", "").zip_with(plain.str.contains(_PLAIN), _NONE)
    # Decimals throughout: 38 digits hold any sum of money to the twelfth place, and no float is made on the way.
    exact = bare.cast(_EXACT, strict=False)
    # Half up as people round, minus amounts alike: a reversal has to be the mirror of what it takes back.
    values = exact.round(scale, mode="half_away_from_zero")
    rounded = (exact - values).abs() > _TINY
    # Three and a half cars are a mistake in the file and not four cars.
    if scale == 0:
        values = values.zip_with(~rounded, pl.Series([None], dtype=_EXACT))
    return values.cast(pl.Decimal(18, scale), strict=False), int(rounded.sum()) if scale else 0


class Figure(NamedTuple):
    """A number with its places, and whether it was rounded to them."""

    value: Decimal
    rounded: bool


class Reading(NamedTuple):
    """How the numbers of a column are read: its own unit, and the factor that its header or title asks for.

    `percent` says that the header promises percentages, `shares` that a cell may be one; `factor` may be the Reason why
    no number can be read.
    """

    unit: ColumnUnit | None = None
    factor: Fraction | Reason = Fraction(1)
    percent: bool = False
    shares: bool = True

    @property
    def plain(self) -> bool:
        """Whether numbers count as they are written."""
        return self.factor == 1 and not self.percent


#: as it stands
PLAINLY = Reading()


def read_number(text: str, scale: int, reading: Reading) -> Figure | Reason:
    """One number with `scale` places, or the reason why it is none; a unit in the cell comes before the header's."""
    word = re.sub(_BLANKS, "", unicodedata.normalize("NFKC", text)).lower()
    if clock := _CLOCK.fullmatch(word):
        return _hours(clock, scale, reading)
    found = _NUMBER.fullmatch(word)
    if not found or not re.search("[0-9]", (found["whole"] or "") + (found["part"] or "")):
        return _why_no_number(word)
    # A unit in the cell counts before the header's: who wrote 1.2万 meant it, whatever stands above.
    factor = _factor(found["unit"], reading)
    if isinstance(factor, Reason):
        return factor
    signs = [found[name] for name in ("open", "sign", "sign2") if found[name]]
    # Brackets are the bookkeeper's minus: half a pair, or a minus inside, may mean either.
    if bool(found["open"]) != bool(found["close"]) or len(signs) > 1:
        return NOT_A_NUMBER
    sign = 1 if signs in ([], ["+"]) else -1
    digits = (found["whole"].replace(",", "") or "0") + (found["part"] or "") + (found["power"] or "")
    # As a fraction, so that a unit of a third (minutes in hours) is rounded once, at the very end.
    return _scaled(sign * Fraction(digits) * factor, scale)


def _hours(clock: re.Match[str], scale: int, reading: Reading) -> Figure | Reason:
    """`176:00` is a duration where the column is one of time worked; `8:30` could be minutes where seconds count."""
    # A header that converts (工时（分钟）) and a cell that is a clock contradict each other.
    if reading.unit not in ("hours", "minutes", "seconds") or not reading.plain:
        return DATE_NOT_NUMBER
    if clock["second"] is None and reading.unit != "hours":
        return DATE_NOT_NUMBER
    seconds = int(clock["hour"]) * 3600 + int(clock["minute"]) * 60 + int(clock["second"] or 0)
    return _scaled(Fraction(seconds, TIME[reading.unit]), scale)


def _factor(unit: str, reading: Reading) -> Fraction | Reason:
    if unit in PERCENT:
        return Fraction(1, 100) if reading.shares and reading.unit is None else PERCENT_OF_AMOUNT
    # A header that promises percent leaves a bare number unclear: 97 or 0.97 of the whole.
    if not unit:
        # Where no percentage is taken at all, the header itself is what is wrong.
        unclear = reading.percent and not isinstance(reading.factor, Reason)
        return UNCLEAR_PERCENT if unclear else reading.factor
    if reason := counts_things(unit, reading.unit):
        return reason
    factor = factor_of(unit, reading.unit)
    return NOT_A_NUMBER if factor is None else factor


def comma_decimals(texts: pl.Series, *, told: bool = False) -> pl.Series:
    """Which cells of a column may be meant with a comma for the decimal sign, once one of them can mean nothing else;
    `told` says that there is such a cell elsewhere in the column.

    No group of thousands begins with 0, has two signs or more than three: beside `0,500` the cell `1,500` may be 1.5.
    Cells that also have a point, or several groups, can be told.
    """
    bare = texts.str.normalize("NFKC").str.replace_all(_BLANKS, "")
    # Without a cell that can only be a decimal comma, 1,500 is one thousand five hundred, as everywhere here.
    if not told and not bare.str.contains(_COMMA_DECIMAL).any():
        return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    return bare.str.contains(_COMMA_DECIMAL) | bare.str.contains(_ONE_GROUP)


def comma_groups(texts: pl.Series) -> pl.Series:
    """Which cells have a comma that may be a decimal sign, in a file that parts its cells by semicolons."""
    bare = texts.str.normalize("NFKC").str.replace_all(_BLANKS, "")
    return bare.str.contains(_COMMA_DECIMAL) | bare.str.contains(_ONE_GROUP)


def _scaled(value: Fraction, scale: int) -> Figure | Reason:
    units = value * 10**scale
    whole = half_up(units.numerator, units.denominator)
    if scale == 0 and abs(units - whole) > _NOISE:
        return NOT_WHOLE
    # The column keeps eighteen digits in all.
    if abs(whole) >= 10**18:
        return TOO_LARGE
    return Figure(Decimal(whole).scaleb(-scale), abs(units - whole) > _NOISE * 10**scale)


def _why_no_number(word: str) -> Reason:
    if word.startswith("="):
        return FORMULA
    if re.search(r"\d{4}[-/年]\d{1,2}|\d:\d\d", word):
        return DATE_NOT_NUMBER
    return NOT_A_NUMBER
