"""Curves: every shape against hand-worked cases and against the same rule written in fractions."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.curves.band import Band
from fairwrench.settlement.scheme.curves.curve import Curve, TargetCurve
from fairwrench.settlement.scheme.curves.deduct import Deduct
from fairwrench.settlement.scheme.curves.gate import Gate
from fairwrench.settlement.scheme.curves.piecewise import Piecewise
from fairwrench.settlement.scheme.curves.proportional import Proportional
from fairwrench.settlement.scheme.curves.shapes import SHAPES, AnyCurve, curve_of
from fairwrench.settlement.scheme.curves.steps import Steps
from fairwrench.settlement.score.points import points_by_curve, points_of
from tests.settlement.casebook import cases, hundredths
from tests.settlement.test_exact import nearest

Value = tuple[int, int, int | None]


def frame_of(values: list[Value]) -> pl.DataFrame:
    """Rows of numerator, denominator and target (millionths)."""
    return pl.DataFrame(values, schema=dict.fromkeys(("n", "d", "target"), pl.Int128), orient="row")


def scored(curve: Curve, better: str, *values: Value) -> list[int | None]:
    """The points of each value, in hundredths."""
    return points_of(curve, better, frame_of(list(values))).to_list()


def micro(number: Decimal | int | None) -> int | None:
    return None if number is None else int(Decimal(number) * 10**6)


@cases("curves", "points")
def test_points_by_hand(case: dict[str, Any]) -> None:
    """Fails when a figure would earn other points than HR works out on paper."""
    told = case["given"]
    value = (told["numerator"], told["denominator"], micro(told.get("target")))
    found = scored(curve_of(told["curve"]), told["better"], value)
    assert found == [hundredths(case["expected"])]


@cases("curves", "refused")
def test_a_curve_that_makes_no_sense_is_refused(case: dict[str, Any]) -> None:
    """Fails when a slip of the pen in a scheme would score people instead of being told."""
    with pytest.raises(ValidationError, match=case["says"]):
        TypeAdapter(AnyCurve).validate_python(case["curve"])


# The oracle: each rule in fractions, written from architecture.md without a look at the expressions.


def between(pairs: list[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    """Linear between the points, flat outside."""
    if x <= pairs[0][0]:
        return pairs[0][1]
    for (x0, y0), (x1, y1) in pairwise(pairs):
        if x0 < x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return pairs[-1][1]


def stepped(pairs: list[tuple[Fraction, Fraction]], beyond: Fraction, better: str, x: Fraction) -> Fraction:
    """The best step whose bound is reached; the pairs come from the best to the worst."""
    for bound, points in pairs:
        if (x <= bound) if better == "lower" else (x >= bound):
            return points
    return beyond


def exact_points(curve: Curve, better: str, value: Value) -> Fraction | None:
    """The points of one value, before rounding; None without an occasion or a target."""
    n, d, millionths = value
    if d <= 0:
        return None
    target = None if millionths is None else Fraction(millionths, 10**6)
    if isinstance(curve, TargetCurve):
        return against_target(curve, better, Fraction(n, d), target)
    x = Fraction(n, d) if curve.of == "value" else attained(better, Fraction(n, d), target)
    return None if x is None else shaped(curve, better, x)


def attained(better: str, actual: Fraction, target: Fraction | None) -> Fraction | None:
    """Actual ÷ target; 0 of 0 allowed is none, and everything else needs a positive target."""
    if target == 0 and better == "lower" and actual <= 0:
        return Fraction(0)
    return actual / target if target is not None and target > 0 else None


def shaped(curve: Curve, better: str, actual: Fraction) -> Fraction:
    """The shapes that read one number."""
    if isinstance(curve, Piecewise):
        return between([(Fraction(x), Fraction(y)) for x, y in curve.piecewise], actual)
    if isinstance(curve, Steps):
        pairs = [(Fraction(x), Fraction(y)) for x, y in curve.steps]
        return stepped(pairs, Fraction(curve.beyond), better, actual)
    if isinstance(curve, Band):
        low, high, inside, per, floor = (Fraction(v) for _, v in curve.band)
        return max(floor, inside - per * max(low - actual, actual - high, Fraction(0)))
    assert isinstance(curve, Deduct)
    start, per, floor = (Fraction(v) for _, v in curve.deduct)
    return max(floor, start - per * max(actual, Fraction(0)))


def against_target(curve: Curve, better: str, actual: Fraction, target: Fraction | None) -> Fraction | None:
    """The two shapes that compare with the target itself."""
    if target is None:
        return None
    if isinstance(curve, Gate):
        met = actual <= target if better == "lower" else actual >= target
        return Fraction(curve.gate.met if met else curve.gate.missed)
    assert isinstance(curve, Proportional)
    floor, cap = Fraction(curve.proportional.floor), Fraction(curve.proportional.cap)
    if better == "lower":
        if target < 0:
            return None
        return cap if actual <= 0 else min(cap, max(floor, 100 * target / actual))
    return None if target <= 0 else min(cap, max(floor, 100 * actual / target))


# Curves as schemes may hold them, monotone towards the better side.

decimals = st.builds(lambda units: Decimal(units) / 100, st.integers(0, 13000))
breakpoints = st.builds(lambda units: Decimal(units) / 10**4, st.integers(-(10**5), 10**7))


@st.composite
def pairs_of(draw: st.DrawFn, better: str) -> list[tuple[Decimal, Decimal]]:
    """Bounds in rising order with points that never get worse towards the better side."""
    bounds = sorted(draw(st.sets(breakpoints, min_size=1, max_size=5)))
    points = sorted(draw(st.lists(decimals, min_size=len(bounds), max_size=len(bounds))), reverse=better == "lower")
    return list(zip(bounds, points, strict=True))


@st.composite
def curves(draw: st.DrawFn, shape: str, better: str) -> Curve:
    """A curve of that shape."""
    of = draw(st.sampled_from(["value", "attainment"]))
    if shape == "piecewise":
        return curve_of({"of": of, "piecewise": draw(pairs_of(better))})
    if shape == "steps":
        rising = draw(pairs_of(better))
        best_first = rising if better == "lower" else rising[::-1]
        return curve_of({"of": of, "steps": best_first, "beyond": 0})
    least, most = sorted(draw(st.tuples(decimals, decimals)))
    low, high = sorted(draw(st.tuples(breakpoints, breakpoints)))
    per = draw(decimals)
    parts = {
        "proportional": {"floor": least, "cap": most},
        "gate": {"met": most, "missed": least},
        "deduct": {"start": most, "per": per, "floor": least},
        "band": {"low": low, "high": high, "inside": most, "per": per, "floor": least},
    }
    return curve_of({"of": of, shape: parts[shape]})


values = st.tuples(
    st.integers(-(10**6), 10**12), st.integers(0, 10**9), st.none() | st.integers(-(10**6), 10**12) | st.just(0)
)
WAYS = [(shape, better) for shape in SHAPES for better in ("higher", "lower") if shape not in ("band", "deduct")]
WAYS += [("band", "band"), ("deduct", "lower")]


@pytest.mark.parametrize(("shape", "better"), WAYS)
@settings(max_examples=40)
@given(data=st.data())
def test_every_curve_agrees_with_fractions(shape: str, better: str, data: st.DataObject) -> None:
    """Fails when integer arithmetic over a column would give another point than the exact fraction does."""
    curve = data.draw(curves(shape, better))
    drawn = data.draw(st.lists(values, min_size=1, max_size=8))
    exact = [exact_points(curve, better, value) for value in drawn]
    expected = [None if points is None else nearest(points * 100) for points in exact]
    assert scored(curve, better, *drawn) == expected


@settings(max_examples=60)
@given(data=st.data())
def test_lines_of_many_curves_are_scored_by_their_own(data: st.DataObject) -> None:
    """Fails when curves that share an expression would take each other's numbers, or lines would change places."""
    ways = data.draw(st.lists(st.sampled_from(WAYS), min_size=1, max_size=12))
    mixed = [(data.draw(curves(shape, better)), better) for shape, better in ways]
    drawn = data.draw(st.lists(st.tuples(st.integers(0, len(mixed) - 1), values), min_size=1, max_size=30))
    exact = [exact_points(*mixed[place], value) for place, value in drawn]
    lines = frame_of([value for _, value in drawn]).with_columns(curve=pl.Series([place for place, _ in drawn]))
    found = points_by_curve(lines, mixed)
    assert found["points"].to_list() == [None if points is None else nearest(points * 100) for points in exact]
    assert found.drop("points").equals(lines)


@pytest.mark.parametrize(("shape", "better"), [way for way in WAYS if way[0] != "band"])
@settings(max_examples=40)
@given(data=st.data())
def test_a_better_value_never_earns_less(shape: str, better: str, data: st.DataObject) -> None:
    """Fails when somebody could lose points by doing better, between two breakpoints or by rounding."""
    curve = data.draw(curves(shape, better))
    d, target = data.draw(st.integers(1, 10**6)), data.draw(st.integers(1, 10**9))
    amounts = sorted(data.draw(st.lists(st.integers(0, 10**9), min_size=2, max_size=8)), reverse=better == "lower")
    found = scored(curve, better, *((n, d, target) for n in amounts))
    assert found == sorted(found, key=lambda points: points or 0)


@pytest.mark.parametrize(("shape", "better"), WAYS)
@settings(max_examples=40)
@given(data=st.data())
def test_no_value_earns_more_than_the_curve_says(shape: str, better: str, data: st.DataObject) -> None:
    """Fails when the scheme's page would show a highest reachable score that somebody passes."""
    curve = data.draw(curves(shape, better))
    found = scored(curve, better, *data.draw(st.lists(values, min_size=1)))
    assert all(points is None or points <= curve.highest() * 100 for points in found)


def pairs_in(curve: Curve) -> tuple[tuple[Decimal, Decimal], ...]:
    """The pairs of a curve that is written as pairs."""
    return curve.piecewise if isinstance(curve, Piecewise) else curve.steps if isinstance(curve, Steps) else ()


def best(curve: Curve) -> Decimal:
    """The points at the best end, which is the first breakpoint where lower is better."""
    pairs = pairs_in(curve)
    return pairs[0][1] if pairs else curve.highest()


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "band"])
@settings(max_examples=40)
@given(data=st.data())
def test_nothing_at_all_is_best_where_lower_is_better(shape: str, data: st.DataObject) -> None:
    """Fails when a month without any rework would earn less than one with some."""
    curve = data.draw(curves(shape, "lower"))
    pairs = pairs_in(curve)
    if pairs and pairs[0][0] < 0:
        return  # a bound below zero is better still, and no count reaches it
    d, target = data.draw(st.integers(1, 10**9)), data.draw(st.integers(0, 10**9))
    assert scored(curve, "lower", (0, d, target)) == [best(curve) * 100]


@settings(max_examples=40)
@given(data=st.data())
def test_the_order_in_which_steps_are_written_does_not_matter(data: st.DataObject) -> None:
    """Fails when steps written from the worst would give everybody the points of the first line."""
    better = data.draw(st.sampled_from(["higher", "lower"]))
    curve = data.draw(curves("steps", better))
    turned = curve.model_copy(update={"steps": pairs_in(curve)[::-1]})
    drawn = data.draw(st.lists(values, min_size=1))
    assert scored(curve, better, *drawn) == scored(turned, better, *drawn)


@settings(max_examples=20)
@given(st.permutations([(n, 7, 3_000_000) for n in range(12)]))
def test_the_order_of_rows_does_not_matter(rows: list[Value]) -> None:
    """Fails when a person's points would depend on who stands beside them in the table."""
    curve = curve_of({"of": "attainment", "piecewise": [[0, 0], ["0.4", 130]]})
    alone = {row: scored(curve, "higher", row)[0] for row in rows}
    assert scored(curve, "higher", *rows) == [alone[row] for row in rows]


@pytest.mark.parametrize(
    "curve",
    [
        {"piecewise": [[0, 0], [1, 100]]},
        {"of": "attainment", "steps": [[1, 100]], "beyond": 0},
        {"band": {"low": 4, "high": 5, "inside": 100, "per": 100000, "floor": 0}},
        {"deduct": {"start": 100, "per": 5, "floor": 0}},
        {"proportional": {"floor": 0, "cap": 130}},
        {"gate": {"met": 100, "missed": 0}},
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_value_too_large_is_refused_and_not_wrapped(curve: dict[str, Any], sign: int) -> None:
    """Fails when an absurd figure would wrap around inside Int128 and come out as ordinary points."""
    with pytest.raises(Refused, match="too large"):
        scored(curve_of(curve), "higher", (sign * 10**37, 1, 10**6))


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=40)
@given(data=st.data())
def test_large_values_are_right_up_to_the_limit(shape: str, data: st.DataObject) -> None:
    """Fails when the refusal above would come too late, after a product has already wrapped."""
    curve = data.draw(curves(shape, "higher"))
    value = data.draw(st.tuples(*[st.integers(0, 36).flatmap(lambda size: st.integers(10**size // 10, 10**size))] * 3))
    try:
        found = scored(curve, "higher", value)
    except Refused:
        return
    exact = exact_points(curve, "higher", value)
    assert found == [None if exact is None else nearest(exact * 100)]


def test_an_empty_frame_has_no_points() -> None:
    """Fails when a card that nobody holds would stop the settlement."""
    assert scored(curve_of({"gate": {"met": 100, "missed": 0}}), "higher") == []


@pytest.mark.parametrize(
    ("curve", "needs"),
    [
        ({"piecewise": [[0, 0], [1, 100]]}, False),
        ({"of": "attainment", "piecewise": [[0, 0], [1, 100]]}, True),
        ({"gate": {"met": 100, "missed": 0}}, True),
        ({"proportional": {"floor": 0, "cap": 130}}, True),
        ({"deduct": {"start": 100, "per": 5, "floor": 0}}, False),
    ],
)
def test_which_curves_need_a_target(curve: dict[str, Any], needs: bool) -> None:
    """Fails when a person would wait for a target that nothing reads, or be scored without one."""
    assert curve_of(curve).needs_target is needs
    missing = scored(curve_of(curve), "higher", (1, 2, None))
    assert missing == [None] if needs else missing != [None]
