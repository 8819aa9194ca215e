"""Measures: the fewest passes, cells that add up at every level, people who move, local time, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.engines.duckdb import DIALECT, DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.calendar.local_time import offsets
from fairwrench.settlement.measure.measure import (
    Cells,
    Evidence,
    Placed,
    Plan,
    check_measure,
    digits,
    measures_of,
    metric_sources,
    plan,
    run,
)
from fairwrench.settlement.scheme.cycle import Cycle
from fairwrench.settlement.scheme.scheme import Bands, Level, Measure, Metric, Pay, Scheme, Standing
from fairwrench.settlement.source.source import Source
from tests.engines.landed import Row, at, evidence, landed, source_of
from tests.settlement.casebook import cases

NAME = {"zh": "指标", "en": "metric"}
LEVELS: tuple[Level, ...] = ("person", "team", "department", "store", "group")
ENGINE = DuckDB(memory="500MB", threads=1)
ORDERS = source_of(
    {
        "ro_no": "text",
        "store": "store",
        "technician": "person",
        "opened_at": "timestamp",
        "kind": "text",
        "amount": "decimal",
        "rework": "bool",
    },
    ["store", "ro_no"],
    "opened_at",
)
PLACES = {"E1": "S1|workshop", "E2": "S1|workshop", "E3": "S1|body", "E4": "S2|workshop", "M1": "S1|workshop"}
TEAMS = pl.DataFrame({"employee_id": ["E1", "E2"], "unit": ["M1", "M1"]})
PEOPLE = pl.DataFrame(
    [(person, *place.split("|")) for person, place in PLACES.items()],
    schema=["employee_id", "store", "department"],
    orient="row",
)
MOVERS = {"employee_id": pl.String, "first": pl.Date, "last": pl.Date, "department": pl.String}


def measure(**told: Any) -> Measure:
    return Measure.model_validate({"source": "orders", "credit": "technician", "date": "opened_at", **told})


def metric(numerator: Measure, denominator: Measure | None = None) -> Metric:
    return Metric.model_validate({"name": NAME, "better": "higher", "numerator": numerator, "denominator": denominator})


def scheme_of(metrics: Mapping[str, Metric], commission: Mapping[str, Measure] | None = None) -> Scheme:
    lines = {name: {"measure": line, "rate": "0.02"} for name, line in (commission or {}).items()}
    pay = {"bases": {}, "commission": {"technician": {"lines": lines}} if lines else {}}
    return Scheme.model_validate(
        {"scheme": "s", "version": "1", "name": NAME, "positions": {}, "metrics": metrics, "scorecards": {}}
        | {"cycle": Cycle(), "pay": Pay.model_validate(pay), "bands": Bands(maximum=Decimal(130), grades={})}
        | {"standing": Standing(counters={}, rules={})}
    )


def order(number: int, row: Mapping[str, Any]) -> Row:
    """One order of a case as the ledger keeps it."""
    told = dict(row)
    opened = at(told.pop("opened", "2026-10-15 12:00"))
    amount = told.pop("amount", None)
    return {"ro_no": str(number), "opened_at": opened, "amount": None if amount is None else Decimal(amount), **told}


def moved(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    whole = [(row["who"], row["first"], row["last"], row["department"]) for row in rows]
    return pl.DataFrame(whole, schema=MOVERS, orient="row")


def worked_out(
    folder: Path, rows: Iterable[Row], asked: Measure, movers: pl.DataFrame | None = None
) -> dict[str, dict[str, int]]:
    """Level → unit → the measure's integer."""
    seen = evidence(orders=landed(folder, "orders", ORDERS, list(rows)))
    planned = plan(scheme_of({"figure": metric(asked)}), {"orders": ORDERS})
    cells = run(planned, ENGINE, seen, Placed(PEOPLE, moved([]) if movers is None else movers, TEAMS))
    key = planned.keys["figure", "numerator"].key
    return {level: dict(cells.at(key, level, TEAMS).select("unit", "value").iter_rows()) for level in LEVELS}


@cases("measures", "measures")
def test_measures_by_hand(case: dict[str, Any], tmp_path: Path) -> None:
    """Fails when a row would count for another person, department, store or month, or another amount."""
    asked = measure(**case["measure"])
    rows = [order(number, row) for number, row in enumerate(case["rows"])]
    found = worked_out(tmp_path, rows, asked, moved(case.get("movers", [])))
    unit = 10 ** digits(asked, ORDERS, DIALECT)
    expected = {level: {name: int(value * unit) for name, value in case["expected"][level].items()} for level in LEVELS}
    assert found == expected


# Every level adds up

some_rows = st.lists(
    st.tuples(
        st.sampled_from(["E1", "E1", "E2", "E3", "E4", "X9", None]),
        st.sampled_from(["S1", "S1", "S2"]),
        st.integers(0, 30),
        st.integers(-5000, 5000),
        st.booleans(),
    ),
    max_size=20,
)
#: days on which E1 changes department, in order
changes = st.lists(st.integers(2, 31), max_size=3, unique=True).map(sorted)


def slices_of(days: list[int]) -> pl.DataFrame:
    """E1's stretches: body shop, workshop, body shop, … changing on these days."""
    starts = [1, *days]
    ends = [*(day - 1 for day in days), 31]
    rows = [
        ("E1", date(2026, 10, a), date(2026, 10, b), ("body", "workshop")[place % 2])
        for place, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]
    return pl.DataFrame(rows if days else [], schema=MOVERS, orient="row")


def department_on(day: int, days: list[int]) -> str:
    """Where E1 is on a day."""
    return ("body", "workshop")[sum(day >= change for change in days) % 2] if days else "workshop"


def by_hand(drawn: list[tuple[str | None, str, int, int, bool]], days: list[int]) -> dict[str, dict[str, int]]:
    """Sums of the amounts of reworked orders, one row after another."""
    found: dict[str, dict[str, int]] = {level: {} for level in LEVELS}
    for who, store, day, cents, rework in drawn:
        if not rework:
            continue
        home = PLACES.get(who or "", "|").split("|")[1]
        department = department_on(day + 1, days) if who == "E1" else home
        units = {"person": who, "team": "M1" if who in ("E1", "E2") else None, "store": store, "group": "*"}
        units["department"] = f"{store}|{department}" if department else None
        for level, unit in units.items():
            if unit is not None:
                found[level][unit] = found[level].get(unit, 0) + cents
    return found


@settings(max_examples=25)
@given(some_rows, changes)
def test_every_level_is_the_sum_of_its_rows(
    drawn: list[tuple[str | None, str, int, int, bool]], days: list[int]
) -> None:
    """Fails when a row would be lost or doubled on its way up, above all where a person moved."""
    rows = [
        {"ro_no": str(n), "store": store, "technician": who, "amount": Decimal(cents).scaleb(-2), "rework": rework}
        | {"opened_at": at("2026-10-01 12:00") + timedelta(days=day)}
        for n, (who, store, day, cents, rework) in enumerate(drawn)
    ]
    with TemporaryDirectory() as folder:
        found = worked_out(Path(folder), rows, measure(value="sum(amount)", where="rework"), slices_of(days))
    assert found == by_hand(drawn, days)
    uncredited = sum(cents for who, _, _, cents, rework in drawn if rework and who is None)
    assert sum(found["person"].values()) + uncredited == found["group"].get("*", 0)
    assert sum(found["store"].values()) == found["group"].get("*", 0)


def test_somebody_twice_among_the_people_is_told(tmp_path: Path) -> None:
    """Fails when a person who stands in two rows of the roster would count twice for their department."""
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, [order(1, {"store": "S1", "technician": "E1"})]))
    planned = plan(scheme_of({"figure": metric(measure())}), {"orders": ORDERS})
    with pytest.raises(pl.exceptions.ComputeError, match="m:1"):
        run(planned, ENGINE, seen, Placed(pl.concat([PEOPLE, PEOPLE]), moved([]), TEAMS))


# Planning


def test_each_measure_is_asked_once_and_by_source() -> None:
    """Fails when ten metrics that share a denominator would read the ledger ten times."""
    repaired = measure(where="rework")
    scheme = scheme_of(
        {
            "a": metric(repaired, measure()),
            "b": metric(measure(value="sum(amount)"), measure()),
            "c": metric(measure(source="visits"), measure()),
            "d": metric(measure(value="count_distinct(kind)"), measure()),
        },
        {"orders": measure()},
    )
    planned = plan(scheme, {"orders": ORDERS, "visits": ORDERS})
    assert [(query.source, len(query.measures)) for query in planned.passes] == [("orders", 3), ("visits", 1)]
    assert [single.measure.value for single in planned.singles] == ["count_distinct(kind)"]
    shared = {planned.keys[name, "denominator"].key for name in "abcd"}
    assert shared == {planned.keys["commission.technician.orders", "numerator"].key}
    assert planned.of("a", "numerator") == planned.keys["a", "numerator"]
    assert planned.of("a", "elsewhere") is None


def test_a_metric_with_exempted_rows_is_asked_by_itself() -> None:
    """Fails when a row exempted from one metric would be left out of another that counts the same."""
    scheme = scheme_of({"a": metric(measure()), "b": metric(measure()), "c": metric(measure())})
    planned = plan(scheme, {"orders": ORDERS}, ["b"])
    keys = {name: planned.keys[name, "numerator"] for name in "abc"}
    assert keys["a"] == keys["c"] != keys["b"]
    assert [keys[name].metric for name in "abc"] == ["", "b", ""]


@pytest.mark.parametrize("value", ["sum(amount)", " SUM (amount)", "count", " Count "])
def test_sums_and_counts_are_asked_as_cells(value: str) -> None:
    """Fails when a measure that adds up would be asked five times, level by level."""
    planned = plan(scheme_of({"a": metric(measure(value=value))}), {"orders": ORDERS})
    assert (len(planned.passes), len(planned.singles)) == (1, 0)


def test_a_source_that_nobody_has_is_not_asked() -> None:
    """Fails when a scheme that names an unknown source would stop the other sources' figures."""
    planned = plan(scheme_of({"a": metric(measure(source="nowhere")), "b": metric(measure())}), {"orders": ORDERS})
    assert [query.source for query in planned.passes] == ["orders"]
    unknown = planned.of("a", "numerator")
    assert unknown is not None
    assert Cells().at(unknown.key, "person", TEAMS).height == 0


def test_a_source_that_is_not_sealed_is_not_asked() -> None:
    """Fails when a month sealed without a source could not be settled."""
    planned = plan(scheme_of({"a": metric(measure(), measure(value="max(amount)"))}), {"orders": ORDERS})
    cells = run(planned, ENGINE, evidence(), Placed(PEOPLE, moved([]), TEAMS))
    assert (cells.found.height, dict(cells.by_level)) == (0, {})


def test_which_sources_a_scheme_reads() -> None:
    """Fails when a source would not be sealed because only a denominator or a commission line reads it."""
    ratio = metric(measure(source="b"), measure(source="a"))
    scheme = scheme_of({"x": ratio, "y": metric(measure(source="a"))}, {"line": measure(source="c")})
    assert {measure.source for _, _, measure in measures_of(scheme)} == {"a", "b", "c"}
    assert metric_sources(ratio) == ("b", "a")
    assert metric_sources(metric(measure(source="a"), measure(source="a"))) == ("a",)
    owners = [(owner, part) for owner, part, _ in measures_of(scheme)]
    assert owners == [
        ("x", "numerator"), ("x", "denominator"), ("y", "numerator"), ("commission.technician.line", "numerator"),
    ]  # fmt: skip


# What is refused before anything runs

DATED = Source.model_validate(
    ORDERS.model_dump()
    | {"derived": {"matures_on": {"shift": "opened_at", "days": 30}}, "derived_types": {"matures_on": "timestamp"}}
)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, []),
        ({"value": "sum(amount)", "where": "rework and kind = 'a'", "months": 12}, []),
        ({"date": "matures_on"}, []),
        ({"value": "sum(amout)"}, ["did you mean `amount`"]),
        ({"where": "rewrk"}, ["did you mean `rework`"]),
        ({"value": "avg(amount)", "where": "amount / 2 > 1"}, ["a mean is a sum over a count", "there is no division"]),
        ({"credit": "kind"}, ["credit `kind` is of type text, a person column is expected"]),
        ({"credit": "nobody"}, ["credit `nobody` is no column of its source"]),
        ({"date": "amount"}, ["date `amount` is of type decimal, a date or month is expected"]),
        ({"date": "matures_on", "months": 3}, ["`matures_on` needs `months: 1`"]),
        ({"where": "matures_on is null", "months": 2}, ["`matures_on` needs `months: 1`"]),
    ],
)
def test_what_is_wrong_with_a_measure_is_told(told: dict[str, Any], says: list[str]) -> None:
    """Fails when a slip in a metric would be found when the month is closed, or never."""
    found = check_measure(measure(**told), DATED, DIALECT)
    assert len(found) == len(says)
    assert all(part in sentence for part, sentence in zip(says, found, strict=True))


@pytest.mark.parametrize(("value", "places"), [("count", 0), ("sum(amount)", 2), ("sum(amount * amount)", 4)])
def test_the_decimals_of_a_measure(value: str, places: int) -> None:
    """Fails when yuan would be read as fen."""
    assert digits(measure(value=value), ORDERS, DIALECT) == places


# Local time


def test_shanghai_keeps_one_offset() -> None:
    """Fails when a month in Shanghai would begin at another hour than eight hours before UTC's midnight."""
    begin = int(at("2026-01-01 00:00").timestamp())
    assert offsets("Asia/Shanghai", Month(2026, 1), Month(2026, 12)) == ((begin, 8 * 3600),)


def test_copenhagen_changes_twice_a_year_at_one_utc() -> None:
    """Fails when the hour of the change would be found a day, or an hour, off."""
    found = offsets("Europe/Copenhagen", Month(2026, 1), Month(2026, 12))
    # Summer time runs from 29 March 2026 to 25 October 2026, both at 01:00 UTC.
    assert found[1:] == (
        (int(at("2026-03-29 01:00", "UTC").timestamp()), 7200),
        (int(at("2026-10-25 01:00", "UTC").timestamp()), 3600),
    )
    assert found[0][1] == 3600


@settings(max_examples=40)
@given(
    st.sampled_from(["Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.integers(0, 364 * 86400),
)
def test_the_offset_at_any_second_is_the_zones_own(zone: str, second: int) -> None:
    """Fails when local time would be off in some season or part of the world."""
    moment = at("2026-01-02 00:00", "UTC") + timedelta(seconds=second)
    stamp = int(moment.timestamp())
    east = [east for since, east in offsets(zone, Month(2026, 1), Month(2027, 1)) if since <= stamp][-1]
    own = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert own is not None
    assert east == own.total_seconds()


def test_an_unknown_zone_is_told() -> None:
    """Fails when a misspelt time zone would be taken for UTC."""
    with pytest.raises(ZoneInfoNotFoundError):
        offsets("Asia/Shangai", Month(2026, 1), Month(2026, 1))


def test_windows_end_with_the_settled_month() -> None:
    """Fails when a yearly window would be shifted."""
    seen = Evidence(Month(2026, 1), "Asia/Shanghai", {})
    assert seen.window(1) == (Month(2026, 1), Month(2026, 1))
    assert seen.window(12) == (Month(2025, 2), Month(2026, 1))
    assert isinstance(plan(scheme_of({}), {}), Plan)
