"""Pictures drawn from figures: where things stand in them, worked out on paper."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.report.charts import Bar, curve_picture, histogram, knots_of, position, share_bar, trend
from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.curves.shapes import curve_of


def curve(**shape: object) -> Curve:
    """A curve of that shape."""
    return curve_of(shape)


def test_steps_become_stairs() -> None:
    """Fails when a value between two bounds would be drawn at points that it does not get (2 % → 115, 4 % → 80)."""
    shape = curve(steps=[("0.01", "130"), ("0.03", "115"), ("0.05", "80")], beyond="50")
    assert knots_of(shape, "lower") == [(0.01, 130), (0.01, 115), (0.03, 115), (0.03, 80), (0.05, 80), (0.05, 50)]


def test_falling_steps_become_stairs_from_the_other_side() -> None:
    """Fails when steps that begin with the highest bound are drawn backwards (3 → 50, 4.5 → 80, 6 → 130)."""
    shape = curve(steps=[("5", "130"), ("4", "80")], beyond="50")
    assert knots_of(shape, "lower") == [(4, 50), (4, 80), (5, 80), (5, 130)]


def test_a_band_slopes_on_both_sides() -> None:
    """Fails when a band is drawn without its slopes: 100 points are lost at 40 a whole 1, so 2.5 away is the floor."""
    shape = curve(band={"low": "4", "high": "5", "inside": "130", "per": "40", "floor": "30"})
    assert knots_of(shape, "lower") == [(1.5, 30), (4, 130), (5, 130), (7.5, 30)]


@pytest.mark.parametrize(
    ("of", "line", "x"),
    [
        ("value", {"n": 3, "d": 4, "target": 900_000}, 0.75),
        ("attainment", {"n": 500, "d": 1, "target": 1_000_000_000}, 0.5),
        ("attainment", {"n": 500, "d": 1, "target": None}, None),
        ("value", {"n": 3, "d": 0, "target": None}, None),
        ("value", {"n": None, "d": None, "target": None}, None),
    ],
)
def test_a_person_stands_where_the_curve_is_read(of: str, line: dict[str, int | None], x: float | None) -> None:
    """Fails when the dot stands at the value where the curve reads attainment, or stands without evidence."""
    assert position(curve(of=of, piecewise=[("0", "0"), ("1", "100")]), line) == x


def test_the_dot_lies_on_the_line() -> None:
    """Fails when dot and curve are drawn to different scales: half way between two corners lies half way in height."""
    shape = curve(piecewise=[("0", "0"), ("1", "100")])
    svg = curve_picture(shape, "higher", {"n": 1, "d": 2, "target": None, "points": 5000}, "half")
    corners = [tuple(map(float, pair.split(","))) for pair in re.findall(r'points="([^"]*)"', svg)[0].split()]
    (x, y) = (float(re.findall(rf'c{axis}="([\d.]+)"', svg)[0]) for axis in "xy")
    (_, low), (x0, _), (x1, high), _ = corners
    assert x == pytest.approx((x0 + x1) / 2, abs=0.1)
    assert y == pytest.approx((low + high) / 2, abs=0.1)


def test_nothing_is_drawn_where_there_is_no_line() -> None:
    """Fails when a gate, or a person without points, brings the page down."""
    gate = curve(gate={"met": "130", "missed": "70"})
    assert curve_picture(gate, "higher", {"n": 1, "d": 1, "target": 1, "points": 13000}, "gate") == ""
    line = curve(piecewise=[("0", "0"), ("1", "100")])
    assert curve_picture(line, "higher", {"n": None, "d": None, "target": None, "points": None}, "nobody") == ""


def test_bars_are_as_high_as_people_are_many() -> None:
    """Fails when a bar of a few looks like one of many: 1 to 4 is 28 to 112."""
    svg = histogram([Bar(80, 1, "D"), Bar(85, 0, "D"), Bar(90, 4, "C")], "people")
    assert [float(height) for height in re.findall(r'height="(28.0|112.0)"', svg)] == [28, 112]
    assert svg.count("<rect") == 2
    assert histogram([], "nobody") == ""


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_share_never_leaves_its_cell(actual: float, expected: float) -> None:
    """Fails when a bar or its tick would stand outside the table."""
    svg = share_bar(actual, expected, "A", max(actual, expected))
    assert all(float(percent) <= 100 for percent in re.findall(r'"([\d.]+)%"', svg))


def test_a_trend_needs_two_months() -> None:
    """Fails when a first month draws a line from nowhere, or a month of equal scores divides by nothing."""
    assert trend([("2026-10", 9000)], "one") == ""
    assert trend([("2026-09", 9000), ("2026-10", 9000)], "flat").count("30.0") >= 2


def test_words_for_those_who_do_not_see_it_are_escaped() -> None:
    """Fails when a label could end the attribute it stands in."""
    assert "&quot;" in trend([("a", 1), ("b", 2)], 'say "b"')
