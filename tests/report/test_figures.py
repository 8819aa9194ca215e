"""Figures as people read them, and numbers that a cell can hold."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.report.figures import cell_number, units_text, value_text, yuan
from fairwrench.settlement.scheme import Measure, Metric
from fairwrench.settlement.source import Text


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
        (1, 3, "ratio", "0.3333"),
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
