"""DuckDB and Spark on the same evidence: every derived column, measure, level, slice, row, and a whole settlement.

What breaks here: a group that outgrows one machine and moves to the cluster would be paid otherwise than before. Local
days and hours, empty values in order, decimals, overflow, quantiles and texts are where engines differ.
One Spark session serves the whole module, as starting one takes longer than most of its questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fairwrench.catalog.loader import load_sources
from fairwrench.closing.check.verify import verify
from fairwrench.closing.run import SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import (
    Cells,
    Engine,
    Evidence,
    Pass,
    Placed,
    Planned,
    RowsAsked,
    SealedSource,
    plan,
    run,
)
from fairwrench.settlement.scheme.scheme import Measure
from tests.catalog.metric_library import load_metrics
from tests.closing.small import SEPTEMBER, write_folder, write_scheme
from tests.engines.landed import at, day, evidence, landed, source_of, yuan
from tests.engines.orders import ORDERS, order, planned
from tests.oracles.evidence import PEOPLE, SEALED_BATCH, STORES, ZONE, ledger_frames
from tests.oracles.reckoning import PERSONS, metrics_alone, written_files

pytestmark = pytest.mark.spark

SOURCES, METRICS = load_sources(), load_metrics()
OCTOBER = Month(2026, 10)
PLAN = plan(metrics_alone(METRICS), SOURCES)
DERIVED = sorted(name for name, source in SOURCES.items() if source.derived)
LEVELS = ("person", "team", "department", "store", "group")
#: two who moved in the month, one of them on its last day, and one of whose days none is told
MOVERS = pl.DataFrame(
    [
        ("E01", OCTOBER.first, day("2026-10-12"), "service"),
        ("E01", day("2026-10-13"), OCTOBER.last, "parts"),
        ("E02", OCTOBER.first, day("2026-10-30"), "sales"),
        ("E02", OCTOBER.last, OCTOBER.last, "service"),
    ],
    schema={"employee_id": pl.String, "first": pl.Date, "last": pl.Date, "department": pl.String},
    orient="row",
)
#: a leader of others, who is in their own team too, and one of whom all are
TEAMS = pl.DataFrame(
    [*((person, "E01") for person in PEOPLE[:5]), *((person, "E12") for person in PEOPLE)],
    schema={"employee_id": pl.String, "unit": pl.String},
    orient="row",
)


@dataclass(frozen=True)
class Side:
    """An engine, the evidence with the derived columns that it worked out itself, and every measure of the catalog."""

    engine: Engine
    evidence: Evidence
    cells: Cells

    def side_file(self, source: str) -> pl.DataFrame:
        """The derived columns of a source by row."""
        (path,) = self.evidence.sources[source].derived
        return pl.read_parquet(path, glob=False).sort("_id")


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    """One engine on one session; few and short tasks, as its threads share two cores with everything else."""
    from pyspark.sql import SparkSession

    from fairwrench.engines.spark import LOCAL, Spark

    builder = SparkSession.builder.master("local[2]").appName("conformance")
    quick = {
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    for name, value in (LOCAL | quick).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield Spark(session)
    session.stop()


@pytest.fixture(scope="module")
def duckdb() -> Engine:
    return DuckDB(memory="1GB", threads=1)


@pytest.fixture(scope="module")
def sides(duckdb: Engine, spark: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[Side, Side]:
    """The same files on both engines."""
    folder = tmp_path_factory.mktemp("sealed [by] {month} %20")
    frames = ledger_frames(SOURCES, OCTOBER, 1)
    bare = {
        name: SealedSource(SOURCES[name], written_files(name, frame, folder), upto_batch=SEALED_BATCH)
        for name, frame in frames.items()
    }
    return worked_out(duckdb, bare, folder), worked_out(spark, bare, folder)


def worked_out(engine: Engine, bare: Mapping[str, SealedSource], folder: Path) -> Side:
    plain, whole = Evidence(OCTOBER, ZONE, bare), dict(bare)
    for name in DERIVED:
        columns, target = tuple(SOURCES[name].derived), str(folder / f"{name}.{engine.name}.parquet")
        assert engine.derive(name, columns, plain, target) > 0
        whole[name] = replace(bare[name], derived=(target,), kept=columns)
    seen = Evidence(OCTOBER, ZONE, whole)
    return Side(engine, seen, run(PLAN, engine, seen, Placed(PERSONS, MOVERS, TEAMS)))


def same(one: pl.DataFrame, other: pl.DataFrame, *by: str) -> None:
    """Equal in columns, types and values, in the order of the columns `by`."""
    assert_frame_equal(one.sort(by), other.sort(by))


# The catalog


@pytest.mark.parametrize("source", DERIVED)
def test_derived_columns_agree(sides: tuple[Side, Side], source: str) -> None:
    """Fails when a comeback, a day of maturing or a look-up would be another on the cluster."""
    one, other = (side.side_file(source) for side in sides)
    assert one.height > 0
    same(one, other, "_id")


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_cells_of_every_metric_agree(sides: tuple[Side, Side], metric: str) -> None:
    """Fails when a metric would count otherwise: per store, credited person and the department of the row's date."""
    for key in keys_of(metric):
        cells = [side.cells.found.filter(pl.col("key") == key) for side in sides]
        assert key not in {single.key for single in PLAN.singles} or not any(frame.height for frame in cells)
        same(cells[0], cells[1], "store", "person", "department")


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_levels_of_every_metric_agree(sides: tuple[Side, Side], metric: str) -> None:
    """Fails when persons, teams, departments, stores or the group would add up, or be worked out, otherwise."""
    for key in keys_of(metric):
        for level in LEVELS:
            one, other = (side.cells.at(key, level, TEAMS) for side in sides)
            same(one, other, "unit")


def keys_of(metric: str) -> list[str]:
    parts = [PLAN.of(metric, part) for part in ("numerator", "denominator")]
    return [planned.key for planned in parts if planned]


def test_movers_are_split(sides: tuple[Side, Side]) -> None:
    """Fails when no slice was asked for, so that agreeing on them would say nothing."""
    for side in sides:
        moved = side.cells.found.filter(pl.col("person").is_in(["E01", "E02"]))
        assert set(moved["department"].unique()) == {"service", "parts", "sales"}


@pytest.mark.parametrize("source", sorted({planned.measure.source for planned in PLAN.keys.values()}))
def test_rows_behind_agree(sides: tuple[Side, Side], source: str) -> None:
    """Fails when an explanation on the cluster would show other rows, other cells or another order."""
    asked = longest_condition(source)
    one, other = (side.engine.rows(asked, [*PEOPLE, "O'Neil\\"], STORES[:2], side.evidence) for side in sides)
    assert one.height > 0
    assert_frame_equal(one, other)


def test_the_rows_behind_several_figures_agree(sides: tuple[Side, Side]) -> None:
    """Fails when what is looked up at once on the cluster would be other rows than one machine finds."""
    there = [planned for planned in PLAN.keys.values() if planned.measure.source == "repair_orders"]
    measures = list(dict.fromkeys(there))[:6]
    asked = [RowsAsked(each, (PEOPLE[n],), STORES[:2]) for n, each in enumerate(measures)]
    asked += [RowsAsked(each, None, STORES[:1]) for each in measures]
    one, other = (side.engine.rows_of_each(asked, side.evidence) for side in sides)
    assert sum(frame.height for frame in one) > 0
    for mine, theirs in zip(one, other, strict=True):
        assert_frame_equal(mine, theirs)


def longest_condition(source: str) -> Planned:
    """The measure of a source that says most about which rows it counts."""
    there = [planned for planned in PLAN.keys.values() if planned.measure.source == source]
    return max(there, key=lambda planned: (len(planned.measure.where or ""), planned.key))


# What no catalog asks for today, but a scheme may tomorrow

WORDS = ["plain", "O'Neil", "back\\slash", "100%_", "引擎", '"quoted"', "", None, "end\\", "${x}", "tab\t"]
EVENTS = source_of(
    {
        "store": "store", "no": "int", "who": "person", "begun": "timestamp", "ended": "timestamp", "due": "date",
        "month": "month", "word": "text", "amount": "decimal", "share": {"type": "decimal", "scale": 3}, "many": "int",
        "good": "bool",
    },
    ["store", "no", "word"],
    "begun",
)  # fmt: skip
AMOUNTS = [yuan(text) for text in ("0.01", "-30.07", "0", "12.50", "12.49", "88888888.88", "-0.01")] + [None]
#: the local night in which summer time ends, in which it begins, a leap day, the turn of a year
NIGHTS = ["2026-10-25 00:30", "2026-10-25 03:30", "2026-03-29 01:59:59", "2026-03-29 03:00", "2026-10-31 23:59:59",
          "2026-10-01 00:00", "2026-09-30 23:59:59", "2024-02-29 12:00", "2026-01-01 00:00"]  # fmt: skip
CONDITIONS = [
    "hour_of(begun) >= 2", "weekday_of(begun) = 7", "weekday_of(due) in (1, 6)", "month_of(begun) = settled_month()",
    "month_of(due) <> month", "days_between(begun, ended) > 0", "days_between(due, begun) <= 0",
    "seconds_between(begun, ended) >= 3600", "seconds_between(ended, begun) > -86400",
    "local_date(begun) = due", "begun < ended", "not good", "good is not true", "good is false", "word is null",
    "contains(word, '\\')", "starts_with(word, '100%')", "contains(word, '_')", "word = 'O''Neil'",
    "word in ('back\\slash', '引擎', 'end\\')", "word <> ''", "contains(word, '${x}')",
    "amount * share > 10.005", "many * 1000 - 5 >= amount", "case when good then many else 0 end > 3",
    "amount in (0, 0.01)", "not (good and many > 2 or amount is null)",
]  # fmt: skip
VALUES = ["count", "sum(amount)", "sum(amount * share)", "sum(many)", "sum(amount * share - many)",
          "sum(-amount)", "sum(case when good then amount else share end)", "sum(seconds_between(begun, ended))",
          "sum(hour_of(ended))", "sum(share * share)"]  # fmt: skip
SINGLES = ["count_distinct(word)", "count_distinct(due)", "count_distinct(begun)", "count_distinct(amount * share)",
           "min(amount)", "max(share)", "min(many)", "max(seconds_between(begun, ended))",
           *(f"quantile({column}, {part})" for column in ("amount", "many") for part in
             ("0", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "1"))]  # fmt: skip


def events(zone: str) -> list[dict[str, Any]]:
    """Rows in which every word meets every night, with amounts of both signs and gaps in all columns."""
    rows = []
    for number, (word, night) in enumerate((word, night) for word in WORDS for night in NIGHTS):
        begun = at(night, zone)
        rows.append({
            "store": f"S{number % 3}", "no": number, "who": f"E{number % 4}" if number % 5 else None, "word": word,
            "begun": begun, "ended": begun + timedelta(seconds=(number * 7919) % 200_000 - 40_000),
            "due": day(night[:10]) + timedelta(days=number % 4 - 1) if number % 7 else None, "month": night[:7],
            "amount": AMOUNTS[number % len(AMOUNTS)],
            "share": yuan(f"0.{(number * 13) % 1000:03d}") if number % 8 else None,
            "many": number % 9 - 2 if number % 10 else None, "good": [True, False, None][number % 3],
        })  # fmt: skip
    return rows


@pytest.fixture(scope="module", params=["Europe/Berlin", "Asia/Shanghai", "America/St_Johns"])
def eventful(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The same local nights in zones with and without summer time, one of them half an hour off."""
    zone = str(request.param)
    folder = tmp_path_factory.mktemp("events")
    exempted = {
        ("events", "kind"): (
            ("S1", "S1|1|plain"),
            ("*", "S2|11|O'Neil"),
            ("S0", "S0|24|back\\slash"),
            ("S2", "S0|27|plain"),
        )
    }
    return evidence(zone=zone, exempted=exempted, events=landed(folder, "events", EVENTS, events(zone), zone=zone))


def measure(value: str, where: str | None, number: int = 0, months: int = 1, date: str = "begun") -> Planned:
    told = {"source": "events", "value": value, "where": where, "credit": "who", "date": date, "months": months}
    return Planned(f"m{number}", Measure.model_validate(told), "kind")


def test_everything_that_the_language_can_say_agrees(duckdb: Engine, spark: Engine, eventful: Evidence) -> None:
    """Fails when a function, a sign, a word or a zone would be read otherwise on the cluster."""
    pairs = [("count", where) for where in CONDITIONS] + [(value, None) for value in VALUES]
    pairs += [(value, "good is not null") for value in VALUES]
    asked = Pass("events", tuple(measure(value, where, n, 24) for n, (value, where) in enumerate(pairs)))
    one, other = duckdb.cells(asked, eventful), spark.cells(asked, eventful)
    told = one.select(f"m{n}" for n in range(len(CONDITIONS))).sum().row(0)
    assert [where for where, rows in zip(CONDITIONS, told, strict=True) if not rows] == []
    same(one, other, "store", "who")


def test_slices_by_every_kind_of_date_agree(duckdb: Engine, spark: Engine, eventful: Evidence) -> None:
    """Fails when a row of the night of the move would be cut into another department."""
    movers = pl.DataFrame(
        [("E1", day("2026-03-01"), day("2026-10-24"), "a"), ("E1", day("2026-10-25"), day("2026-10-31"), "b")],
        schema=MOVERS.schema, orient="row",
    )  # fmt: skip
    for date in ("begun", "due", "month"):
        chosen = (measure("count", None, 0, 24, date), measure("sum(amount)", None, 1, 24, date))
        asked = Pass("events", chosen)
        one, other = (engine.slices(asked, "who", date, movers, eventful) for engine in (duckdb, spark))
        assert one.height > 0
        same(one, other, "store", "department")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The events where nothing is exempted."""
    return evidence(zone=ZONE, events=landed(tmp_path_factory.mktemp("seen"), "events", EVENTS, events(ZONE)))


@pytest.mark.parametrize("value", SINGLES)
def test_what_does_not_add_up_agrees(duckdb: Engine, spark: Engine, value: str, seen: Evidence) -> None:
    """Fails when a median or a count of different things would be another, or come back as a float."""
    members = pl.DataFrame({"employee_id": ["E1", "E2", "E3", "E3", "E9"], "unit": ["E1", "t", "t", "u", "nobody"]})
    for asked in (measure(value, None, months=24), measure(value, "many > 5 and good")):
        for group in (None, members):
            one, other = duckdb.level(asked, group, seen), spark.level(asked, group, seen)
            same(one, other, "unit")
        assert one.height > 0 or asked.measure.where


def test_the_middle_of_four_is_the_second(spark: Engine, tmp_path: Path) -> None:
    """Fails when a quantile would lie between two values, where nobody was: by hand, of 1, 2, 3 and 10."""
    rows = [order(str(n), amount=yuan(n)) for n in (10, 3, 2, 1)]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    asked = {part: spark.level(planned(f"quantile(amount, {part})"), None, seen) for part in ("0.5", "0.51", "0", "1")}
    found = {part: set(frame["value"]) for part, frame in asked.items()}
    assert found == {"0.5": {200}, "0.51": {300}, "0": {100}, "1": {1000}}


# Nothing there, not all there, too much


def test_nothing_handed_in_and_nothing_left_agree(duckdb: Engine, spark: Engine, tmp_path: Path) -> None:
    """Fails when a source without a file, or with nothing but taken-back rows, would stop the cluster or count."""
    gone = landed(
        tmp_path, "orders", ORDERS, [order("1")], [{"_void": True, "_supersedes": (1 << 32) + 1, "_month": "2026-10"}]
    )
    for sealed in (SealedSource(ORDERS, ()), gone, replace(landed(tmp_path, "o", ORDERS, [order("1")]), upto_batch=0)):
        seen = evidence(orders=sealed)
        asked = Pass("orders", (planned("count"), planned("sum(amount)", key="n")))
        same(duckdb.cells(asked, seen), spark.cells(asked, seen), "store")
        single = planned("count_distinct(ro_no)")
        same(duckdb.level(single, None, seen), spark.level(single, None, seen), "unit")
        assert_frame_equal(*(engine.rows(planned(), ["E1"], ["S1"], seen) for engine in (duckdb, spark)))


def test_a_column_added_later_is_empty_in_older_files(duckdb: Engine, spark: Engine, tmp_path: Path) -> None:
    """Fails when evidence of last year could not be read once the source has learnt a new column."""
    landed_then = landed(tmp_path, "orders", ORDERS, [order("1", amount=yuan(5))])
    told = ORDERS.model_dump()
    told["columns"]["colour"] = {"type": "text"}
    told["columns"]["discount"] = {"type": "decimal"}
    seen = evidence(orders=replace(landed_then, source=type(ORDERS).model_validate(told)))
    asked = Pass("orders", (planned("sum(discount)"), planned("count", "colour is null", key="n")))
    one, other = duckdb.cells(asked, seen), spark.cells(asked, seen)
    assert one.select("m", "n").rows() == [(None, 1)]
    same(one, other, "store")


def test_too_large_a_number_is_refused_by_both(duckdb: Engine, spark: Engine, tmp_path: Path) -> None:
    """Fails when a product beyond 64 bits would wrap around into a small or a negative one."""
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, [order("1", lines=2**62)]))
    for engine in (duckdb, spark):
        with pytest.raises(Exception, match=r"(?i)overflow"):
            engine.cells(Pass("orders", (planned("sum(lines * 4)"),)), seen)


# A whole settlement


class Silent:
    """Nobody waits for news of the work."""

    def expect(self, kind: str, total: int) -> None:
        """So much is to come."""

    def step(self, kind: str, what: str) -> None:
        """A piece of work begins."""


@pytest.fixture(scope="module")
def outs(duckdb: Engine, spark: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two months of the small group, with movers, comebacks and all levels, settled from the same files by each."""
    folder = tmp_path_factory.mktemp("settled")
    data, scheme = write_folder(folder / "data", [SEPTEMBER, OCTOBER]), write_scheme(folder / "scheme.yaml")
    found = {}
    for engine in (duckdb, spark):
        found[engine.name] = folder / engine.name
        settle_folder(SettleOptions(OCTOBER, data, found[engine.name], scheme=str(scheme)), engine, Silent())
    return found


def test_a_settlement_is_the_same_to_the_byte(outs: dict[str, Path]) -> None:
    """Fails when anybody's points, grade or pay would depend on where they were worked out."""
    names = {path.name for path in outs["duckdb"].glob("*.csv")}
    assert names >= {"totals.csv", "items.csv", "pay.csv", "standing.csv", "rejected.csv"}
    assert names == {path.name for path in outs["spark"].glob("*.csv")}
    assert "settled" in (outs["duckdb"] / "totals.csv").read_text("utf-8")
    for name in names:
        assert (outs["duckdb"] / name).read_bytes() == (outs["spark"] / name).read_bytes(), name


def test_what_spark_settled_verifies_on_duckdb(outs: dict[str, Path], duckdb: Engine) -> None:
    """Fails when a month settled on the cluster could not be checked on a laptop."""
    assert verify(outs["spark"], duckdb).equal
