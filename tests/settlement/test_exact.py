"""Exact numbers: nothing is lost on the way in, and there is one way of rounding, for one figure and for a column."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from fairwrench.settlement.exact import (
    Exact,
    as_decimal,
    half_up,
    half_up_expr,
    point_units,
    rounded_mean,
    scaled,
    value_units,
)
from tests.settlement.casebook import cases

EXACT = TypeAdapter(Exact)
LARGE = 10**30


def nearest(value: Fraction) -> int:
    """Half up, away from zero when negative, by the definition: the oracle of this file."""
    whole = abs(value).numerator // abs(value).denominator
    rounded = whole + 1 if abs(value) - whole >= Fraction(1, 2) else whole
    return -rounded if value < 0 else rounded


@cases("curves", "rounding")
def test_rounding_by_hand(case: dict[str, object]) -> None:
    """Fails when a half would go to the even neighbour, or towards zero, as computers like to round."""
    exact = Fraction(str(case["exact"])) * 100
    assert half_up(exact.numerator, exact.denominator) == Fraction(str(case["expected"])) * 100


@given(st.integers(-LARGE, LARGE), st.integers(1, LARGE))
def test_half_up_is_the_nearest_whole(numerator: int, denominator: int) -> None:
    """Fails when a figure would be rounded otherwise than on a pocket calculator."""
    assert half_up(numerator, denominator) == nearest(Fraction(numerator, denominator))


@given(st.lists(st.tuples(st.integers(-LARGE, LARGE), st.integers(1, LARGE)), min_size=1))
def test_a_column_is_rounded_like_a_single_figure(pairs: list[tuple[int, int]]) -> None:
    """Fails when the same figure would come out differently in a table and in an explanation."""
    frame = pl.DataFrame(pairs, schema={"n": pl.Int128, "d": pl.Int128}, orient="row")
    column = frame.select(half_up_expr(pl.col("n"), pl.col("d")))
    assert column.to_series().to_list() == [half_up(n, d) for n, d in pairs]
    assert column.dtypes == [pl.Int128]


@pytest.mark.parametrize("denominator", [0, -1])
def test_nothing_is_divided_by_what_is_not_positive(denominator: int) -> None:
    """Fails when a zero denominator would give a figure instead of none."""
    frame = pl.DataFrame({"n": [7], "d": [denominator]}, schema={"n": pl.Int128, "d": pl.Int128})
    assert frame.select(half_up_expr(pl.col("n"), pl.col("d"))).item() is None
    with pytest.raises(ValueError, match="cannot divide"):
        half_up(7, denominator)


@pytest.mark.parametrize(("number", "units"), [("0.97", 970_000), ("-0.000001", -1), ("1E+3", 10**9), ("0", 0)])
def test_values_have_six_decimals(number: str, units: int) -> None:
    """Fails when a target of 97 % would be anything but 970000 millionths."""
    assert value_units(Decimal(number)) == units


@given(st.integers(-(10**40), 10**40), st.integers(0, 12))
def test_what_is_scaled_comes_back(units: int, digits: int) -> None:
    """Fails when a figure longer than Python's default 28 digits would lose its tail without a word."""
    shown = as_decimal(units, digits)
    assert -int(shown.as_tuple().exponent) == digits
    assert scaled(shown, digits) == units


@pytest.mark.parametrize("number", ["0.0000001", "1234567890123456789012345678901234.0000001", "NaN", "Infinity"])
def test_a_decimal_too_many_is_refused(number: str) -> None:
    """Fails when a figure of the scheme would be cut instead of refused."""
    with pytest.raises(ValueError, match=r"decimals|not a number"):
        value_units(Decimal(number))


def test_points_have_two_decimals() -> None:
    """Fails when a third decimal in points, which no form shows, would be dropped silently."""
    assert point_units(Decimal("12.34")) == 1234
    with pytest.raises(ValueError, match="more than 2 decimals"):
        point_units(Decimal("12.345"))


@pytest.mark.parametrize("value", [0.1, True, False, float("nan")])
def test_a_document_number_is_never_a_binary_fraction(value: object) -> None:
    """Fails when 0.1 could enter a scheme as 0.1000000000000000055."""
    with pytest.raises(ValidationError):
        EXACT.validate_python(value)


@pytest.mark.parametrize("value", ["0.1", Decimal("0.1")])
def test_a_document_number_stays_as_written(value: object) -> None:
    """Fails when a figure of the scheme would change while it is read."""
    assert EXACT.validate_python(value) == Decimal("0.1")


@pytest.mark.parametrize(
    ("values", "mean"),
    [([100, 101], 101), ([-100, -101], -101), ([9050, None, 9051], 9051), ([], None), ([None], None)],
)
def test_a_mean_is_rounded_as_scores_are(values: list[int | None], mean: int | None) -> None:
    """Fails when the mean of the terminal, a sheet and the page would differ by a hundredth."""
    frame = pl.DataFrame({"score": pl.Series(values, dtype=pl.Int64)})
    assert frame.select(rounded_mean(pl.col("score"))).item() == mean
