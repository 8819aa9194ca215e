"""Curves in words and drawn: the figures are those of the document, the corners lie where the rules put them."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.report.charts import knots_of
from fairwrench.report.naming import Names
from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.curves.shapes import curve_of
from fairwrench.settlement.score.points import points_of
from fairwrench.web.schemes.text.curves import curve_words, picture

SCHEME = load_scheme("dealership")
ZH, EN = (Names(SCHEME, load_sources(), lang) for lang in ("zh", "en"))
HIGHER, LOWER = SCHEME.metrics["one_time_fix_rate"], SCHEME.metrics["rework_rate"]
SHAPES = {
    "piecewise": {"piecewise": [["0.9", 60], ["0.97", 100], ["1", 130]]},
    "attained": {"of": "attainment", "piecewise": [["0.6", 0], ["1", 100], ["1.3", 130]]},
    "steps": {"steps": [["0.01", 130], ["0.03", 100]], "beyond": 50},
    "falling": {"steps": [["0.98", 130], ["0.95", 100]], "beyond": 40},
    "proportional": {"proportional": {"floor": 20, "cap": 130}},
    "gate": {"gate": {"met": 130, "missed": 70}},
    "band": {"band": {"low": "0.4", "high": "0.5", "inside": 130, "per": 400, "floor": 30}},
    "deduct": {"deduct": {"start": 130, "per": 1000, "floor": 0}},
}
#: each shape with each direction, but for bounds that run against the metric, which the check refuses
SENSIBLE = [
    (name, metric)
    for name in SHAPES
    for metric in (HIGHER, LOWER)
    if (name, metric.better) not in (("steps", "higher"), ("falling", "lower"))
]


def curve(name: str) -> Curve:
    return curve_of(SHAPES[name])


@pytest.mark.parametrize(
    ("name", "metric", "zh", "en"),
    [
        ("piecewise", HIGHER, "90 % → 60，97 % → 100，100 % → 130 分；", "90 % → 60, 97 % → 100, 100 % → 130;"),
        ("attained", HIGHER, "按目标达成率：60 % → 0，", "by attainment of the target: 60 % → 0,"),
        (
            "steps",
            LOWER,
            "不超过 1 % 得 130 分；不超过 3 % 得 100 分；其余 50 分",
            "up to 1 %: 130; up to 3 %: 100",
        ),
        ("falling", HIGHER, "达到 98 % 得 130 分；达到 95 % 得 100 分；其余 40 分", "from 98 %: 130; from 95 %: 100;"),
        ("proportional", HIGHER, "实际 ÷ 目标 × 100，最低 20 分，最高 130 分", "actual ÷ target × 100"),
        ("proportional", LOWER, "目标 ÷ 实际 × 100", "target ÷ actual × 100"),
        ("gate", HIGHER, "达到目标得 130 分，未达到得 70 分", "target reached: 130; missed: 70"),
        (
            "band",
            HIGHER,
            "40 % 至 50 % 得 130 分，区间外每偏离 1 个百分点减 4 分，最低 30 分",
            "4 less for each percentage point",
        ),
        ("deduct", LOWER, "从 130 分起，每 1 个百分点减 10 分，最低 0 分", "130 less 10 for each percentage point"),
    ],
)
def test_curves_in_words(name, metric, zh, en):
    """Fails when the sentence people are paid by would say other figures than the document."""
    assert zh in curve_words(curve(name), metric, ZH)
    assert en in curve_words(curve(name), metric, EN)


@pytest.mark.parametrize(("name", "metric"), SENSIBLE, ids=[f"{name}-{metric.better}" for name, metric in SENSIBLE])
def test_the_line_goes_where_points_are_given(name, metric):
    """Fails when a picture would promise other points than the settlement gives between its corners."""
    knots = knots_of(curve(name), metric.better)
    assert knots == sorted(knots, key=lambda knot: knot[0])
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x0 == x1:
            continue
        middle = Decimal(str(round((x0 + x1) / 2, 6)))
        n = int(middle * 1_000_000)
        frame = pl.DataFrame(
            {"n": [n], "d": [1_000_000], "target": [1_000_000]},
            schema={"n": pl.Int128, "d": pl.Int128, "target": pl.Int64},
        )
        given = points_of(curve(name), metric.better, frame)[0] / 100
        assert given == pytest.approx((y0 + y1) / 2, abs=1.0 if name == "proportional" else 0.02)


@pytest.mark.parametrize("name", list(SHAPES))
def test_every_shape_is_drawn_inside_its_frame(name):
    """Fails when a line or a label would leave the picture."""
    drawn = picture([(curve(name), "")], HIGHER, ZH, "一次修复率 <b>")
    assert "&lt;b&gt;" in drawn
    points = re.search(r'points="([^"]+)"', drawn)[1].split()
    for point in points:
        x, y = map(float, point.split(","))
        assert 30 <= x <= 234
        assert 0 <= y <= 92
    assert "%" in drawn


def test_two_curves_share_an_axis():
    """Fails when the old curve would be drawn to another scale than the new one."""
    drawn = picture([(curve("piecewise"), "was"), (curve("falling"), "")], HIGHER, ZH, "")
    assert drawn.count("<polyline") == 2
    lines = re.findall(r'points="([^"]+)"', drawn)
    assert {line.split()[0].split(",")[0] for line in lines} == {"30"}
    assert {line.split()[-1].split(",")[0] for line in lines} == {"234"}
    assert curve("gate").needs_target
    assert not curve("piecewise").needs_target
