"""A shape of curves that the program has never seen: written here, named in the table of shapes, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest

from fairwrench.catalog.document import Document
from fairwrench.catalog.refusal import problems_of
from fairwrench.report.charts import curve_picture
from fairwrench.report.naming import Names
from fairwrench.settlement.check.check import check_scheme
from fairwrench.settlement.exact import Points, half_up_expr, plain, point_units
from fairwrench.settlement.explain.explain import explain
from fairwrench.settlement.explain.lift import lifts
from fairwrench.settlement.scheme.curves.curve import ONE, Axis, Corner, Number, NumberCurve
from fairwrench.settlement.scheme.curves.shapes import SHAPES
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Model, Text
from fairwrench.web.schemes.text.comparing import compared
from fairwrench.web.schemes.text.curves import curve_words, picture
from tests.settlement.month_fixtures import SOURCES, TECHNICIAN, World, october_world, scheme


class Full(Model):
    """The points of a value of 1."""

    full: Points


class Share(NumberCurve):
    """`full` points for a value of 1, and the same part of them for any part of it."""

    shape: ClassVar[str] = "share"

    share: Full

    def points_at(self, better: str, over: pl.Expr, under: pl.Expr, number: Number) -> pl.Expr:
        full = point_units(self.share.full)
        return half_up_expr(full * over, ONE * under).clip(0, full)

    def named_points(self) -> tuple[Decimal, ...]:
        return (self.share.full,)

    def bends(self) -> tuple[Decimal, ...]:
        return (Decimal(1),)

    def lowest(self) -> Decimal:
        return Decimal(0)

    def highest(self) -> Decimal:
        return self.share.full

    def against_the_grain(self, better: str) -> str:
        return "share" if better == "lower" else ""

    def sentence(self, axis: Axis) -> Text:
        full, one = plain(self.share.full), axis.at(Decimal(1))
        return Text(zh=f"{one.zh} 得 {full} 分，按比例", en=f"{full} for {one.en}, in proportion")

    def corners(self, better: str) -> list[Corner]:
        return [(Decimal(0), Decimal(0)), (Decimal(1), self.share.full)]


@pytest.fixture
def with_share(monkeypatch: pytest.MonkeyPatch) -> Scheme:
    """The small scheme with technicians' punctuality (weight 40) scored by the new shape."""
    monkeypatch.setitem(SHAPES, "share", Share)
    item = {**TECHNICIAN[0], "curve": {"share": {"full": "130"}}}
    return scheme(scorecards={"technician": {"items": [item, *TECHNICIAN[1:]]}})


@pytest.fixture
def october() -> World:
    """With T5: 33 of 40 orders on time."""
    world = october_world()
    world.person("T5", "钱七", "technician", "workshop", manager="M1", salary=3000)
    world.orders("T5", "2026-10-12", finished=40, on_time=33, labour="500.00")
    world.rating("T5", "teamwork", "M1", level="合格")
    world.payroll("T5", "3000.00")
    world.target("T5", "output", 25000)
    return world


def test_it_is_scored_explained_lifted_and_drawn(with_share: Scheme, october: World, tmp_path: Path) -> None:
    """33 of 40 are 82.50 %, and 0.825 × 130 are 107.25 points; a 34th makes 85 % and 110.50, 3.25 more."""
    settled = october.settled(tmp_path, with_share)
    of_item = (pl.col("employee_id") == "T5") & (pl.col("item") == "on_time")
    line = settled.lines.filter(of_item).row(0, named=True)
    assert line["points"] == 10725
    step = explain(settled, "T5", "on_time", sources=SOURCES)
    assert step.figure == "107.25"
    assert step.how.zh == "82.50 %；100 % 得 130 分，按比例；权重 40"
    assert step.how.en == "82.50 %; 130 for 100 %, in proportion; weight 40"
    gains = lifts(settled, october.people(), "T5")
    gain = next(gain for gain in gains if (gain.item, gain.goal) == ("on_time", "points"))
    assert (gain.change, gain.points) == (1, 325)
    curve = with_share.scorecards["technician"].items[0].curve
    assert curve is not None
    assert "<circle" in curve_picture(curve, "higher", line, "")


def test_it_is_read_compared_and_checked(with_share: Scheme) -> None:
    """Fails when a page, the comparison or the check would have to be told of it."""
    before, after = (Names(one, SOURCES, "zh") for one in (scheme(), with_share))
    item, metric = with_share.scorecards["technician"].items[0], with_share.metrics["on_time"]
    assert item.curve is not None
    assert curve_words(item.curve, metric, after) == "100 % 得 130 分，按比例"
    assert "<polyline" in picture([(item.curve, "")], metric, after, "")
    changes = [change for chapter in compared(before, after) for change in chapter.changes]
    assert [change.new for change in changes] == ["100 % 得 130 分，按比例"]
    assert changes[0].pictures[0].count("<polyline") == 2
    assert "curve_direction" not in {problem.code for problem in check_scheme(with_share, SOURCES)}
    assert Scheme.model_validate(with_share.model_dump(mode="json", by_alias=True)) == with_share


def test_a_slip_in_it_is_told_with_the_word_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a shape's own words are not offered to whoever mistyped one."""
    monkeypatch.setitem(SHAPES, "share", Share)
    document = {"scorecards": {"technician": {"items": [{**TECHNICIAN[0], "curve": {"share": {"ful": "130"}}}]}}}
    with pytest.raises(ValueError, match="ful") as refused:
        scheme(**document)
    told = problems_of(refused.value, Scheme, Document(document))
    assert any("did you mean `full`" in problem.en for problem in told)
