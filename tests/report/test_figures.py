"""Figures as people read them, and numbers that a cell can hold."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.report.figures import cell_number, yuan
from fairwrench.settlement.amounts import units_text, value_text
from fairwrench.settlement.scheme.scheme import Measure, Metric
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.metric_words import duration, target_words, value_words


def metric(unit: str) -> Metric:
    """A metric of that unit."""
    return Metric(name=Text(zh="x", en="x"), better="higher", unit=unit, numerator=Measure(source="s", date="d"))


@pytest.mark.parametrize(
    ("fen", "shown"), [(0, "¥0.00"), (123456, "¥1,234.56"), (-5, "−¥0.05"), (10**12, "¥10,000,000,000.00"), (None, "—")]
)
def test_amounts_have_their_sign_and_thousands(fen: int | None, shown: str) -> None:
    """Fails when a payslip would be misread by a factor of a thousand, or a debt as a credit."""
    assert yuan(fen) == shown


@pytest.mark.parametrize(
    ("n", "d", "unit", "shown"),
    [
        (149, 155, "percent", "96.13 %"),
        (1, 1, "percent", "100.00 %"),
        (1234567, 100, "money", "12,345.67"),
        (9, 2, "ratio", "4.5"),
        (1, 3, "ratio", "0.33"),
        (865119, 30000, "days", "28.8"),
        (-1234, 100, "money", "-12.34"),
        (12345, 1, "count", "12,345"),
        (0, 1, "count", "0"),
        (7, 0, "ratio", "—"),
        (None, None, "ratio", "—"),
    ],
)
def test_a_value_is_shown_as_its_unit_asks(n: int | None, d: int | None, unit: str, shown: str) -> None:
    """Fails when a rate shows as a bare number, or a missing value as 0."""
    assert value_text(n, d, metric(unit)) == shown


def test_a_target_keeps_what_was_written() -> None:
    """Fails when a target of 97 % reads 97.00 %, as though somebody had measured it."""
    assert units_text(970_000, metric("percent")) == "97 %"
    assert units_text(20_100_000_000, metric("money"), "CNY") == "¥20,100.00"


@pytest.mark.parametrize(
    ("n", "d", "other", "unit", "shown"),
    [
        (94_996, 100_000, 950_000, "percent", "94.996 %"),
        (95, 100, 950_000, "percent", "95.00 %"),
        (94, 100, 950_000, "percent", "94.00 %"),
        (1_000_001, 1_000_000_000, 1_000, "percent", "0.1000001 %"),
        (7_203, 2, 3_600_000_000, "seconds", "3,602"),
        (7_200_001, 2_000, 3_600_000_000, "seconds", "3,600.001"),
        (279_999, 10_000, 28_000_000, "days", "27.9999"),
        (280_001, 10_000, 28_000_000, "days", "28.0001"),
        (1_119_999_999, 100_000, 11_200_000_000, "money", "11,199.99999"),
    ],
)
def test_a_value_is_not_written_as_the_target_that_it_missed(n: int, d: int, other: int, unit: str, shown: str) -> None:
    """Fails when 95.00 % is shown as not reaching 95 %, or when digits are shown that tell nothing apart."""
    assert value_text(n, d, metric(unit), beside=(other, None)) == shown


def test_an_amount_to_reach_is_a_whole_fen_unless_that_is_what_was_missed() -> None:
    """Fails when a target worked out to a tenth of a fen is shown so, or is shown as the amount that misses it."""
    told = metric("money")
    assert units_text(4_554_072_000, told, "CNY", beside=(386_280, 100)) == "¥4,554.07"
    assert units_text(4_554_072_000, told, "CNY", beside=(455_407, 100)) == "¥4,554.072"
    assert value_text(455_407, 100, told, "CNY", beside=(4_554_072_000,)) == "¥4,554.070"
    assert units_text(4_554_070_000, told, "CNY", beside=(455_407, 100)) == "¥4,554.07"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        ("0", "0 秒", "0 s"),
        ("45", "45 秒", "45 s"),
        ("2700", "45 分钟", "45 min"),
        ("3600", "1 小时", "1 h"),
        ("5423", "1 小时 30 分 23 秒", "1 h 30 min 23 s"),
        ("3600001.5", "1,000 小时 1.5 秒", "1,000 h 1.5 s"),
        ("-90", "−1 分 30 秒", "−1 min 30 s"),
    ],
)
def test_time_is_said_in_hours_and_minutes(seconds: str, zh: str, en: str) -> None:
    """Fails when somebody has to divide by 3600 to know how long customers waited."""
    assert (duration(Decimal(seconds)).zh, duration(Decimal(seconds)).en) == (zh, en)


def test_a_value_has_its_unit() -> None:
    """Fails when a number of days or hours stands alone, or a missing one gets a unit."""
    assert value_words(865119, 30000, metric("days")).zh == "28.8 天"
    assert target_words(3_600_000_000, metric("seconds")).zh == "1 小时"
    assert target_words(949_996, metric("percent")).en == "94.9996 %"
    assert value_words(None, None, metric("days")).zh == "—"


@given(st.integers(-(10**20), 10**20), st.sampled_from([0, 2, 4, 6]))
def test_a_cell_never_loses_a_digit(units: int, digits: int) -> None:
    """Fails when a spreadsheet would show another figure than the csv."""
    cell = cell_number(units, digits)
    exact = Decimal(units).scaleb(-digits) if abs(units) < 10**15 else None
    if isinstance(cell, str):
        assert Decimal(cell).scaleb(digits) == units
    else:
        assert exact is not None
        assert Decimal(repr(cell)) == exact
