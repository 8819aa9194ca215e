"""What lifts everybody, worked out at once: the same as one by one, by the month's own rules, and in few questions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.settlement.explain import lift, lift_trials
from fairwrench.settlement.explain.lift import everybodys_lifts, lifts
from fairwrench.settlement.explain.lift_trials import Trials, growing
from fairwrench.settlement.explain.liftable import liftable
from fairwrench.settlement.grade.grade import grade_expr
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.curves.shapes import curve_of
from fairwrench.settlement.score.card_items import curves, scored_by
from fairwrench.settlement.score.points import points_by_curve, points_of
from fairwrench.settlement.score.score import LINE, pointed, totals
from fairwrench.settlement.settle import Settlement
from tests.settlement.month_fixtures import october_world

Month = tuple[Settlement, pl.DataFrame]


@pytest.fixture(scope="module")
def october(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """With T5: 40 orders of 500.00, 33 of them on time, 4 valid complaints. Its score is 64.67, an E."""
    world = october_world()
    world.person("T5", "钱七", "technician", "workshop", manager="M1", salary=3000)
    world.orders("T5", "2026-10-12", finished=40, on_time=33, labour="500.00")
    for day in (13, 14, 15, 16):
        world.complaint("T5", f"2026-10-{day}", valid=True)
    world.rating("T5", "teamwork", "M1", level="合格")
    world.rating("T3", "teamwork", "M1", level="良好")
    world.payroll("T5", "3000.00")
    world.target("T5", "output", 25000)
    return world.settled(Path(tmp_path_factory.mktemp("october"))), world.people()


def many(month: Month, copies: int) -> Month:
    """The month with everybody in it several times over."""
    settled, roster = month

    def again(frame: pl.DataFrame) -> pl.DataFrame:
        names = (pl.col("employee_id") + f"-{number}" for number in range(copies))
        return pl.concat([frame.with_columns(name) for name in names])

    totals, lines, pay, steps = map(again, (settled.totals, settled.lines, settled.pay, settled.steps))
    return replace(settled, totals=totals, lines=lines, pay=pay, steps=steps), again(roster)


def under_curve(settled: Settlement, item: str, curve: dict[str, Any]) -> Settlement:
    """The settlement as if an item of the technicians' card had another curve."""
    card = settled.scheme.scorecards["technician"]
    changed = tuple(
        each.model_copy(update={"curve": curve_of(curve)}) if each.key == item else each for each in card.items
    )
    cards = {**settled.scheme.scorecards, "technician": card.model_copy(update={"items": changed})}
    return replace(settled, scheme=settled.scheme.model_copy(update={"scorecards": cards}))


def with_line(settled: Settlement, item: str, **figures: Any) -> Settlement:
    """The settlement with other figures in one line of T5."""
    here = (pl.col("employee_id") == "T5") & (pl.col("item") == item)
    told = [
        pl.when(here).then(pl.lit(value, LINE[name])).otherwise(name).alias(name) for name, value in figures.items()
    ]
    return replace(settled, lines=settled.lines.with_columns(told))


def test_everybody_at_once_is_each_alone(october: Month) -> None:
    """Fails when somebody's changes depend on who else is asked about."""
    settled, roster = october
    whole = everybodys_lifts(settled, roster)
    alone = {person: lifts(settled, roster, person) for person in settled.totals["employee_id"]}
    told = [(row.pop("employee_id"), row) for row in whole.to_dicts()]
    assert told == [(person, vars(each)) for person, found in sorted(alone.items()) for each in found]
    assert {person for person, _ in told} == {"T1", "T2", "T3", "T5"}
    assert everybodys_lifts(settled, roster, ["T5", "X9"]).equals(whole.filter(pl.col("employee_id") == "T5"))


def test_what_lifts_is_worked_out_by_hand(october: Month) -> None:
    """Fails when a change, or what it brings, is another than a pocket calculator says."""
    settled, roster = october
    found = everybodys_lifts(settled, roster, ["T5"]).drop("employee_id").rows()
    # on time 34/40 = 0.85: 60 + 40 × 0.05 ÷ 0.15 = 73.33, 6.66 more × 40 % = 2.66; 3000.00 × 2.66 % = 79.80
    assert ("on_time", "points", 1, 666, 266, "E", 7980) in found
    # D is above 70: 35/40 gives 80.00 and (80 × 40 + 50 × 30 + 50 × 10 + 90 × 20) ÷ 100 = 70.00; 36/40: 86.67, 72.67
    assert ("on_time", "grade", 3, 2000, 800, "D", 24000) in found
    # 20001 ÷ 25000 = 0.80004: 50.01, and 30 % of 0.01 rounds to no score; 0.80012: 50.03, a score of 64.68
    assert ("output", "points", 1, 1, 0, "E", 0) in found
    assert ("output", "pay", 3, 3, 1, "E", 30) in found
    # 21779 ÷ 25000 = 0.87116: 67.79, a score of 70.005, which rounds up; one yuan less gives 70.002
    assert ("output", "grade", 1779, 1779, 534, "D", 16020) in found


def test_many_people_take_no_more_questions_than_few(october: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when curves are asked once a person, or once a change."""
    asked: list[int] = []

    def counted(*args: Any) -> pl.DataFrame:
        asked.append(1)
        return points_by_curve(*args)

    monkeypatch.setattr(lift_trials, "points_by_curve", counted)
    few = everybodys_lifts(*october)
    once = len(asked)
    found = everybodys_lifts(*many(october, 40))
    assert len(asked) == 2 * once
    assert found.height == 40 * few.height


def test_a_group_is_worked_out_in_blocks(october: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when what lifts somebody hangs on which others are tried at the same time."""
    whole = everybodys_lifts(*october)
    monkeypatch.setattr(lift, "AT_ONCE", 1)
    assert everybodys_lifts(*october).equals(whole)


def test_no_change_at_all_leaves_the_recorded_score(october: Month) -> None:
    """Fails when a score is put together otherwise than the month does it."""
    settled, roster = october
    lanes = liftable(settled, roster, None)
    now = Trials(lanes, settled).settled(growing(lanes)).filter(pl.col("size") == 0).join(lanes, on="lane")
    recorded = settled.totals.join(settled.pay, on="employee_id").select(
        "employee_id", "score", "grade", "performance_pay"
    )
    found = now.select("employee_id", "score", "grade", performance_pay="pay").unique()
    assert found.height == 4
    assert found.join(recorded, on=found.columns, how="anti").is_empty()


def test_a_curve_that_turns_is_followed_as_it_is(october: Month) -> None:
    """Fails when more of the good is taken to help, whatever the curve says."""
    settled, roster = october
    turning = {"of": "value", "piecewise": [["0.80", "60"], ["0.85", "50"], ["0.90", "80"], ["1.00", "80"]]}
    found = everybodys_lifts(under_curve(settled, "on_time", turning), roster, ["T5"])
    # 33/40 = 0.825: 55; 34/40 = 0.85: 50, less; 35/40 = 0.875: 65
    here = found.filter((pl.col("item") == "on_time") & (pl.col("goal") == "points"))
    assert here.select("change", "points").rows() == [(2, 1000)]


def test_a_value_too_large_to_score_lifts_nobody_and_hides_nothing(october: Month) -> None:
    """Fails when one person's impossible figure keeps everybody from being told."""
    settled, roster = october
    whole = everybodys_lifts(settled, roster)
    curve = next(item.curve for item in settled.scheme.scorecards["technician"].items if item.key == "output")
    assert curve is not None

    def fits(n: int) -> bool:
        row = pl.DataFrame(
            {"n": [n], "d": [100], "target": [10**6]}, schema={name: LINE[name] for name in ("n", "d", "target")}
        )
        try:
            points_of(curve, "higher", row)
        except Refused:
            return False
        return True

    low, high = 0, 2**100
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    large = with_line(settled, "output", n=low, d=100, target=10**6, numerator=low)
    found = everybodys_lifts(large, roster)
    others = (pl.col("employee_id") != "T5") | (pl.col("item") != "output")
    assert set(found.filter(others)["item"]) == set(whole.filter(others)["item"])
    assert found.filter(~others).is_empty()


@st.composite
def rising_curves(draw: st.DrawFn) -> dict[str, Any]:
    """A piecewise curve by which more is never worse."""
    count = draw(st.integers(2, 5))
    xs = sorted(draw(st.sets(st.integers(0, 120), min_size=count, max_size=count)))
    ys = sorted(draw(st.lists(st.integers(0, 13000), min_size=count, max_size=count)))
    pairs = [[str(Decimal(x) / 100), str(Decimal(y) / 100)] for x, y in zip(xs, ys, strict=True)]
    return {"of": "value", "piecewise": pairs}


@settings(max_examples=30, deadline=None)
@given(curve=rising_curves(), below=st.integers(1, 150), data=st.data())
def test_no_smaller_change_would_do(october: Month, curve: dict[str, Any], below: int, data: st.DataObject) -> None:
    """Fails when a smaller change gains the same, or one that gains is not found: every size is scored by itself."""
    settled, roster = october
    above = data.draw(st.integers(0, below))
    settled = with_line(under_curve(settled, "on_time", curve), "on_time", n=above, d=below, target=None)
    settled = with_line(settled, "on_time", numerator=above, denominator=below)
    every = scored_by_size(settled, below - above)
    found = everybodys_lifts(settled, roster, ["T5"]).filter(pl.col("item") == "on_time")
    told = {goal: change for goal, change in found.select("goal", "change").iter_rows()}
    points, score, grade = every[0]
    place = settled.scheme.bands.best_first.index
    helps = {
        "points": [size for size, then in enumerate(every) if then[0] > points],
        "grade": [size for size, then in enumerate(every) if place(then[2]) < place(grade)],
        "pay": [size for size, then in enumerate(every) if then[1] > score],
    }
    expected = {goal: sizes[0] for goal, sizes in helps.items() if sizes}
    assert told == expected


def scored_by_size(settled: Settlement, room: int) -> list[tuple[int, int, str]]:
    """Points of the item, score and grade of T5 for each size from none to all, by the rules of the month alone."""
    item = next(item for item in settled.scheme.scorecards["technician"].items if item.key == "on_time")
    mine = settled.lines.filter(pl.col("employee_id") == "T5")
    sizes = pl.DataFrame({"size": range(room + 1)}, schema={"size": pl.Int64})
    lines = mine.join(sizes, how="cross").with_columns(employee_id=pl.col("size").cast(pl.String))
    changed = pl.col("item") == "on_time"
    number = curves(settled.scheme).index(scored_by(item, settled.scheme))
    tried = lines.filter(changed).with_columns(n=pl.col("n") + pl.col("size"), curve=pl.lit(number, pl.Int64))
    again = pointed(tried, settled.scheme)
    whole = pl.concat([again.select(list(LINE)), lines.filter(~changed).select(list(LINE))])
    summed = totals(whole, settled.scheme.bands).select("employee_id", "score")
    summed = summed.with_columns(grade=grade_expr(pl.col("score"), settled.scheme.bands))
    wide = again.select("employee_id", "points", "size").join(summed, on="employee_id").sort("size")
    return list(wide.select("points", "score", "grade").iter_rows())
