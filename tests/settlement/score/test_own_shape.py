"""A curve shape is one class: what scores, says, checks and lifts asks the class and knows no shape by name."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest

from fairwrench.settlement.check.check import check_scheme
from fairwrench.settlement.exact import Points, point_units
from fairwrench.settlement.scheme.curves import shapes
from fairwrench.settlement.scheme.curves.curve import Axis, Corner, Number, NumberCurve
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.curve_words import curve_text
from tests.settlement.month_fixtures import SOURCES, TECHNICIAN, World, scheme


class Halves(NumberCurve):
    """So many points from half of everything on, and half as many below."""

    shape: ClassVar[str] = "halves"

    halves: Points

    def points_at(self, better: str, over: pl.Expr, under: pl.Expr, number: Number) -> pl.Expr:
        most, least = number(point_units(self.halves)), number(point_units(self.halves / 2))
        return pl.when(over * 2 >= under * 10**6).then(most).otherwise(least)

    def named_points(self) -> tuple[Decimal, ...]:
        return self.halves, self.halves / 2

    def bends(self) -> tuple[Decimal, ...]:
        return (Decimal("0.5"),)

    def lowest(self) -> Decimal:
        return self.halves / 2

    def highest(self) -> Decimal:
        return self.halves

    def sentence(self, axis: Axis) -> Text:
        return Text(zh=f"达到 {axis.at(Decimal('0.5')).zh} 得 {self.halves} 分，否则减半", en="halved below half")

    def corners(self, better: str) -> list[Corner]:
        return [(Decimal(0), self.halves / 2), (Decimal("0.5"), self.halves / 2), (Decimal("0.5"), self.halves)]


@pytest.fixture
def with_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shapes.SHAPES, Halves.shape, Halves)


@pytest.mark.usefixtures("with_halves")
@pytest.mark.parametrize(("on_time", "points"), [(6, 110), (5, 110), (4, 55)])
def test_a_shape_of_ones_own_is_scored_said_and_checked(tmp_path: Path, on_time: int, points: int) -> None:
    """Fails when a new shape would need a word in scoring, in the sentences or in the checks as well.

    By hand: of ten orders 6 or 5 on time are half or more and earn 110; 4 are less and earn half of it.
    """
    first = {**TECHNICIAN[0], "curve": {"halves": "110"}}
    under = scheme(scorecards={"technician": {"items": [first, *TECHNICIAN[1:]]}})
    world = World()
    world.person("T1", "丁一", "technician", "workshop", salary="6000", **{"from": "2026-01-01"})
    world.orders("T1", "2026-10-12", 10, on_time)
    lines = world.settled(tmp_path, under).lines.filter(pl.col("item") == "on_time")
    assert lines["points"].to_list() == [points * 100]
    curve = under.scorecards["technician"].items[0].curve
    assert curve is not None
    assert curve_text(curve, under.metrics["on_time"]).zh == "达到 50 % 得 110 分，否则减半"
    card = ("scorecards", "technician", "items", 0)
    assert not [problem for problem in check_scheme(under, SOURCES) if problem.path[:4] == card]
