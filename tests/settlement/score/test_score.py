"""Scorecards filled in: values, targets, thin and missing evidence, decided points, totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.measure.measure import CELL, Cells, Evidence, SealedSource, is_additive, plan
from fairwrench.settlement.measure.values import MeasuredFacts
from fairwrench.settlement.scheme.cycle import Cycle
from fairwrench.settlement.scheme.scheme import Bands, Item, Metric, Pay, Scheme, Standing
from fairwrench.settlement.score.score import LINE, lines, totals
from fairwrench.settlement.source.source import Source
from tests.settlement.casebook import cases, hundredths
from tests.settlement.test_exact import nearest

NAME = {"zh": "一次修复率", "en": "one-time-fix rate"}
JOBS = Source.model_validate(
    {
        "name": NAME,
        "row": NAME,
        "key": ["n"],
        "filed_by": "d",
        "columns": {
            "n": {"type": "int"},
            "d": {"type": "date"},
            "technician": {"type": "person"},
            "seconds": {"type": "int"},
            "amount": {"type": "decimal"},
            "hours": {"type": "decimal"},
        },
    }
)
FIX_RATE = {"better": "higher", "thin_below": 10}
ITEM = {
    "metric": "rate",
    "category": "key",
    "weight": 25,
    "target": "0.97",
    "curve": {"piecewise": [["0.90", 60], ["0.95", 90], ["0.97", 100], ["1.00", 130]]},
}
PLACES = {"E1": "S1|workshop", "E2": "S1|workshop", "E3": "S1|body", "E4": "S2|workshop", "M1": "S1|workshop"}
TEAMS = pl.DataFrame({"employee_id": ["E1", "E2"], "unit": ["M1", "M1"]})
PEOPLE = pl.DataFrame(
    [(person, *place.split("|"), "card") for person, place in PLACES.items()],
    schema=["employee_id", "store", "department", "scorecard"],
    orient="row",
)
MONTH = Month(2026, 10)


def metric_of(told: Mapping[str, Any]) -> Metric:
    """The rate, or another metric of the jobs: `numerator`, `denominator` are values, `hours`, or `none`."""
    told = {**FIX_RATE, **told}
    below = {"hours": "sum(hours)", "none": None}.get(told.get("denominator", "count"), "count")
    base = {"source": "jobs", "credit": "technician", "date": "d"}
    told["numerator"] = {**base, "value": told.get("numerator", "count"), "where": "seconds < 60"}
    told["denominator"] = {**base, "value": below} if below else None
    if below is None:
        told["thin_below"] = 0
    return Metric.model_validate({"name": NAME, **told})


def scheme_of(metrics: Mapping[str, Metric], items: Iterable[Item]) -> Scheme:
    return Scheme.model_validate(
        {"scheme": "s", "version": "1", "name": NAME, "positions": {}, "metrics": metrics}
        | {"scorecards": {"card": {"items": tuple(items)}}, "cycle": Cycle(), "pay": Pay(bases={})}
        | {"bands": Bands(maximum=Decimal(130), grades={}), "standing": Standing(counters={}, rules={})}
    )


def found_of(
    metric: Metric, item: Item, figures: Mapping[str, Any], handed_in: Iterable[str] = ("S1", "S2"), **more: Any
) -> MeasuredFacts:
    """What the evidence says: numerator and denominator of each person, as people write them."""
    scheme = scheme_of({"rate": metric}, [item])
    planned = plan(scheme, {"jobs": JOBS})
    covered = frozenset((store, "2026-10") for store in handed_in)
    sealed = Evidence(MONTH, "Asia/Shanghai", {"jobs": SealedSource(JOBS, (), covered=covered)})
    empty = pl.DataFrame(schema={"subject": pl.String, "metric": pl.String, "value": pl.Int128})
    told = dict.fromkeys(("employee_id", "item", "role", "level", "evidence"), pl.String)
    ratings = pl.DataFrame(schema={**told, "points": pl.Int64})
    decided = pl.DataFrame(schema={"employee_id": pl.String, "item": pl.String, "points": pl.Int64})
    found = MeasuredFacts(scheme, planned, Cells(), sealed, DIALECT, TEAMS, empty, ratings, decided)
    cells = [Cells().found]
    for place, part in enumerate(("numerator", "denominator")):
        asked = planned.of("rate", part)
        if asked is not None and is_additive(asked.measure):
            scale = found.places(asked.measure)
            told = {who: pair[place] for who, pair in figures.items() if pair[place] is not None}
            cells.append(cells_of(asked.key, {who: int(Decimal(v) * 10**scale) for who, v in told.items()}))
    return replace(found, cells=Cells(pl.concat(cells)), **more)


def cells_of(key: str, values: Mapping[str, int]) -> pl.DataFrame:
    """A measure's cells with one value a person, in their own store and department."""
    places = {who: PLACES[who].split("|") for who in values}
    rows = [(key, places[who][0], who, places[who][1], value) for who, value in values.items()]
    return pl.DataFrame(rows, schema=dict(CELL), orient="row")


def targets_of(told: Mapping[str, Any]) -> pl.DataFrame:
    rows = [(subject, "rate", int(Decimal(value) * 10**6)) for subject, value in told.items()]
    return pl.DataFrame(rows, schema={"subject": pl.String, "metric": pl.String, "value": pl.Int128}, orient="row")


def decisions_of(who: str, points: Any) -> pl.DataFrame:
    rows = [] if points is None else [(who, "rate", hundredths(points))]
    shape = {"employee_id": pl.String, "item": pl.String, "points": pl.Int64}
    return pl.DataFrame(rows, schema=shape, orient="row")


@cases("scores", "lines")
def test_lines_by_hand(case: dict[str, Any]) -> None:
    """Fails when one item of one person would be valued, targeted or set aside otherwise than written."""
    told = {"who": "E1", "handed_in": ["S1", "S2"], "metric": {}, "item": {}, "targets": {}, **case["given"]}
    metric, item = metric_of(told["metric"]), Item.model_validate({**ITEM, **told["item"]})
    more = {"targets": targets_of(told["targets"]), "decided": decisions_of(told["who"], told.get("decided"))}
    found = found_of(metric, item, told["figures"], told["handed_in"], **more)
    row = lines(PEOPLE, found).row(by_predicate=pl.col("employee_id") == told["who"], named=True)
    expected = {"cause": None, "numerator": None, "denominator": None, "level": "person", "unit": told["who"]}
    expected |= case["expected"]
    assert {name: shown(row, name) for name in expected} == expected | {"points": decimal(expected["points"])}


def decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def shown(row: dict[str, Any], name: str) -> Any:
    """A line's field as people write it."""
    value = row[name]
    if value is None or isinstance(value, str):
        return value
    digits = {"points": 2, "target": 6}.get(name)
    return as_decimal(value, row[f"{name}_digits"] if digits is None else digits)


TOTAL = {"kind": "metric", "state": "counted", "cause": None, "employee_id": "E1"}


def filled(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Lines with the fields that a total reads."""
    whole = [{**TOTAL, **row, "points": hundredths(row["points"]), "weight": hundredths(row["weight"])} for row in rows]
    return pl.DataFrame(whole, schema=LINE)


@cases("scores", "totals")
def test_totals_by_hand(case: dict[str, Any], bands: Bands) -> None:
    """Fails when the total on a form could not be worked out again with a pocket calculator."""
    expected = {"held": [], **case["expected"]}
    found = totals(filled(case["given"]), bands).row(0, named=True)
    numbers = ("score", "counted_weight", "bonus")
    assert found["held"] == expected["held"]
    assert {name: found[name] for name in numbers} == {name: hundredths(expected[name]) for name in numbers}


scores = st.integers(0, 13000)
weights = st.integers(1, 10000)
states = st.sampled_from(["counted", "counted", "dropped"])


@settings(max_examples=60)
@given(st.lists(st.tuples(scores, weights, states), min_size=1, max_size=8), st.lists(st.integers(0, 500), max_size=2))
def test_totals_agree_with_fractions(items: list[tuple[int, int, str]], bonuses: list[int]) -> None:
    """Fails when a total would be rounded twice, weighed by dropped items, or capped before the bonus."""
    bands = Bands.model_validate({"maximum": 130, "grades": {}})
    rows: list[dict[str, Any]] = [
        {**TOTAL, "item": str(n), "points": points if state == "counted" else None, "weight": weight, "state": state}
        for n, (points, weight, state) in enumerate(items)
    ]
    rows += [{**TOTAL, "item": f"b{n}", "kind": "bonus", "points": p, "weight": 0} for n, p in enumerate(bonuses)]
    counted = [(points, weight) for points, weight, state in items if state == "counted"]
    found = totals(pl.DataFrame(rows, schema=LINE), bands)["score"].item()
    if not counted:
        assert found is None
        return
    mean = Fraction(sum(p * w for p, w in counted), sum(w for _, w in counted))
    assert found == min(13000, nearest(mean) + sum(bonuses))
    least, most = min(p for p, _ in counted), max(p for p, _ in counted)
    assert bonuses or least <= found <= most


def test_people_are_summed_apart(bands: Bands) -> None:
    """Fails when one person's held item would keep another from a score."""
    rows = [
        {"item": "a", "weight": 100, "points": 90},
        {"item": "a", "weight": 100, "points": None, "state": "held", "employee_id": "E2"},
    ]
    found = totals(filled(rows), bands)
    assert found.select("employee_id", "score").rows() == [("E1", 9000), ("E2", None)]


def test_everybody_has_each_item_of_their_card_once() -> None:
    """Fails when a person would get another card's items, or an item twice, or change places."""
    metric, item = metric_of({}), Item.model_validate(ITEM)
    rating = Item.model_validate(
        {"rating": "teamwork", "category": "attitude", "weight": 10, "levels": {"good": 100}, "evidence": []}
    )
    found = found_of(metric, item, {"E1": [48, 50]})
    cards = {"card": {"items": (rating, item)}, "other": {"items": (rating,)}}
    scheme = found.scheme.model_copy(update={"scorecards": Scheme.model_validate(
        {**found.scheme.model_dump(by_alias=True), "scorecards": cards}).scorecards})  # fmt: skip
    ratings = pl.DataFrame({"employee_id": ["E4"], "item": ["teamwork"], "role": ["line_manager"], "level": ["good"],
                            "points": pl.Series([None], dtype=pl.Int64), "evidence": [None]})  # fmt: skip
    people = PEOPLE.with_columns(scorecard=pl.Series(["card", "other", "card", "other", "card"]))
    filled_in = lines(people.sort("employee_id", descending=True), replace(found, scheme=scheme, ratings=ratings))
    assert filled_in.schema == pl.Schema(LINE)
    assert filled_in.select("employee_id", "place", "item").rows() == [
        ("E1", 0, "teamwork"), ("E1", 1, "rate"), ("E2", 0, "teamwork"), ("E3", 0, "teamwork"), ("E3", 1, "rate"),
        ("E4", 0, "teamwork"), ("M1", 0, "teamwork"), ("M1", 1, "rate"),
    ]  # fmt: skip
    four = filled_in.row(by_predicate=pl.col("employee_id") == "E4", named=True)
    assert (four["points"], four["state"], four["weight"]) == (10000, "counted", 1000)


def test_nobody_assessed_is_no_error() -> None:
    """Fails when a month in which everybody is excluded could not be settled."""
    found = found_of(metric_of({}), Item.model_validate(ITEM), {})
    empty = lines(PEOPLE.clear(), found)
    assert (empty.height, empty.schema) == (0, pl.Schema(LINE))
    assert totals(empty, found.scheme.bands).height == 0


def test_a_metric_whose_source_is_not_sealed_was_not_handed_in() -> None:
    """Fails when a scheme that names a source nobody has would stop the settlement, or count it as zero."""
    item = Item.model_validate(ITEM)
    found = found_of(metric_of({}), item, {"E1": [48, 50]})
    bare = replace(found, evidence=replace(found.evidence, sources={}), cells=Cells())
    row = lines(PEOPLE, bare).row(0, named=True)
    assert (row["points"], row["state"], row["cause"]) == (None, "held", "not_handed_in")


def test_the_group_is_handed_in_when_every_store_has() -> None:
    """Fails when a group's figure would be shown while a store's evidence is missing from it."""
    item = Item.model_validate({**ITEM, "of": "group"})
    causes = []
    for stores in (["S1", "S2"], ["S1"]):
        found = found_of(metric_of({}), item, {"E1": [48, 50]}, handed_in=stores)
        causes.append(set(lines(PEOPLE, found)["cause"]))
    assert causes == [{None}, {"not_handed_in"}]


@pytest.mark.parametrize("what", ["targets", "decided"])
def test_two_answers_to_one_question_are_told(what: str) -> None:
    """Fails when two targets, or two decisions, would double a person's line and with it its weight."""
    twice = {"targets": pl.concat([targets_of({"E1": "0.9"})] * 2), "decided": pl.concat([decisions_of("E1", 90)] * 2)}
    found = found_of(metric_of({}), Item.model_validate(ITEM), {"E1": [48, 50]}, **{what: twice[what]})
    with pytest.raises(pl.exceptions.ComputeError, match="m:1"):
        lines(PEOPLE, found)


@settings(max_examples=20)
@given(st.permutations(list(PLACES)), st.lists(st.integers(0, 30), min_size=5, max_size=5))
def test_the_order_of_people_does_not_matter(order: list[str], goods: list[int]) -> None:
    """Fails when somebody's points would depend on who stands beside them in the roster."""
    figures = {person: [good, 30] for person, good in zip(PLACES, goods, strict=True)}
    found = found_of(metric_of({}), Item.model_validate(ITEM), figures)
    turned = pl.DataFrame({"employee_id": order}).join(PEOPLE, on="employee_id", maintain_order="left")
    assert lines(turned, found).equals(lines(PEOPLE, found))
