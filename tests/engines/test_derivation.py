"""Derived columns: which rows have them, lookups, shifts, existences, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from fairwrench.engines.derivation import closure, derive
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure.measure import Evidence, SealedSource
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.source.source import Source
from tests.engines.jobs import ALL, COMEBACK, ENGINE, FIRST, LINES, ORDERS, derived, job, visit
from tests.engines.landed import Row, at, day, evidence, landed, row_id, source_of, yuan


def test_a_car_not_yet_delivered_is_no_earlier_visit(tmp_path: Path) -> None:
    """Fails when a car that is still in the workshop could already have come back."""
    still_here = visit("A", "2026-09-20 08:00", None)
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    found = derived(tmp_path, [still_here, again], [job(still_here), job(again)])
    assert found["B", 1]["repeat"] is False


@pytest.mark.parametrize(
    ("name", "dated", "there"),
    [
        ("opened in the month", {"opened_at": at("2026-10-31 23:59:59"), "finished_at": None}, True),
        ("opened at its first midnight", {"opened_at": at("2026-10-01 00:00"), "finished_at": None}, True),
        ("opened a second before", {"opened_at": at("2026-09-30 23:59:59"), "finished_at": None}, False),
        ("finished in it", {"opened_at": at("2026-09-01 08:00"), "finished_at": at("2026-10-02 08:00")}, True),
    ],
)
def test_which_rows_matter_to_a_month(tmp_path: Path, name: str, dated: dict[str, Any], there: bool) -> None:
    """Fails when a row that a measure may count has no derived columns, which would read as "no" for it."""
    order = visit("A", "2026-06-10 08:00", None)
    found = derived(tmp_path, [order], [{**job(order), **dated}], ["repeat"])
    assert (("A", 1) in found) is there, name


def test_rows_delivered_in_the_month_matter_too(tmp_path: Path) -> None:
    """Fails when a measure dated by a looked-up column would miss rows that have no own date in the month."""
    order = visit("A", "2026-09-28 08:00", "2026-10-02 17:00")
    found = derived(tmp_path, [order], [job(order, finished_at=at("2026-09-30 10:00"))], ["delivered_at"])
    assert found["A", 1]["delivered_at"] == at("2026-10-02 17:00")


def test_a_lookup_reads_the_row_in_force(tmp_path: Path) -> None:
    """Fails when a corrected vehicle number would double a row, or the old one would still be read."""
    wrong = {**FIRST, "vin": "WRONG"}
    orders = landed(tmp_path, "orders", ORDERS, [wrong], [{**FIRST, "_supersedes": (1 << 32) + 1}])
    lines = landed(tmp_path, "lines", LINES, [job(FIRST)])
    target = str(tmp_path / "side.parquet")
    written = ENGINE.derive("lines", ["vin"], evidence("2026-09", lines=lines, orders=orders), target)
    assert written == 1
    assert pl.read_parquet(target)["vin"].to_list() == ["V1"]


def test_a_lookup_that_finds_nothing_is_empty(tmp_path: Path) -> None:
    """Fails when a line without its order would fall out, and with it its hours."""
    found = derived(tmp_path, [], [job(FIRST)], ["vin", "repeat"], "2026-09")
    assert (found["A", 1]["vin"], found["A", 1]["repeat"]) == (None, False)


def test_superseded_and_void_rows_have_no_derived_columns(tmp_path: Path) -> None:
    """Fails when a corrected line would come back beside its correction."""
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    first = [job(FIRST), job(again, fault="brakes")]
    corrected = {**job(again, fault="engine"), "_supersedes": (1 << 32) + 2}
    sealed = landed(tmp_path, "lines", LINES, first, [corrected])
    target = str(tmp_path / "side.parquet")
    seen = evidence(lines=sealed, orders=landed(tmp_path, "orders", ORDERS, [FIRST, again]))
    ENGINE.derive("lines", ALL, seen, target)
    side = pl.read_parquet(target)
    assert side["_id"].sort().to_list() == [(1 << 32) + 1, (2 << 32) + 1]
    assert side["repeat"].to_list() == [False, False]


def test_nothing_landed_gives_no_rows_but_the_columns(tmp_path: Path) -> None:
    """Fails when a first month without evidence would stop the settlement."""
    assert derived(tmp_path, [FIRST], []) == {}
    kinds = pl.read_parquet_schema(tmp_path / "side.parquet")
    assert list(kinds) == ["_id", *ALL]
    assert kinds["matures_on"] == pl.Datetime("us", "UTC")
    assert kinds["repeat"] == pl.Boolean


def test_only_the_columns_asked_for_are_written(tmp_path: Path) -> None:
    """Fails when the side file would carry columns that no measure reads."""
    derived(tmp_path, [FIRST], [job(FIRST)], ["original"], "2026-09")
    assert list(pl.read_parquet_schema(tmp_path / "side.parquet")) == ["_id", "original"]


def test_an_unfinished_file_of_an_interrupted_run_is_replaced(tmp_path: Path) -> None:
    """Fails when a run that was killed while writing would forbid every run after it."""
    (tmp_path / "side.parquet").write_bytes(b"half")
    assert ("A", 1) in derived(tmp_path, [FIRST], [job(FIRST)], ["vin"], "2026-09")


def test_what_a_column_is_worked_out_from_comes_first() -> None:
    """Fails when a column would be asked for before those that it reads."""
    assert closure(LINES, ["original"]) == ["vin", "delivered_at", "original"]
    assert closure(LINES, ["matures_on"]) == ["delivered_at", "matures_on"]
    assert closure(LINES, ["store"]) == []


# Shifts and existences

DUE = source_of(
    {"vin": "text", "store": "store", "month": "month", "due_on": "date"},
    ["vin", "month"],
    "month",
    derived={
        "late_on": {"shift": "due_on", "days": 7},
        "came": {"exists": "orders", "by": {"vin": "vin"}, "date": "opened_at", "months": 12},
    },
    derived_types={"late_on": "date", "came": "bool"},
)


def due(folder: Path, orders: Sequence[Row], rows: Sequence[Row], month: str = "2026-10") -> list[dict[str, Any]]:
    seen = evidence(month, due=landed(folder, "due", DUE, rows), orders=landed(folder, "orders", ORDERS, orders))
    ENGINE.derive("due", ["late_on", "came"], seen, str(folder / "due.parquet"))
    return pl.read_parquet(folder / "due.parquet").sort("_id").drop("_id").to_dicts()


def vehicle(vin: str | None, due_on: str | None = "2026-10-28") -> Row:
    return {"vin": vin, "store": "S1", "month": "2026-10", "due_on": day(due_on) if due_on else None}


def test_a_date_moves_by_whole_days(tmp_path: Path) -> None:
    """Fails when a shift would not carry over the end of the month, or an empty date would become one."""
    found = due(tmp_path, [], [vehicle("V1"), vehicle("V2", None)])
    assert [row["late_on"] for row in found] == [day("2026-11-04"), None]


@pytest.mark.parametrize(
    ("opened", "came"),
    [
        ("2026-10-31 23:59:59", True),
        ("2025-11-01 00:00:00", True),  # twelve months: November to October
        ("2025-10-31 23:59:59", False),
        ("2026-11-01 00:00:00", False),  # not yet
    ],
)
def test_came_in_the_last_twelve_months(tmp_path: Path, opened: str, came: bool) -> None:
    """Fails when a customer would be kept or lost by a second at the edge of the window."""
    assert due(tmp_path, [visit("A", opened, None)], [vehicle("V1")])[0]["came"] is came


def test_several_visits_are_one_yes_and_an_unknown_vehicle_is_a_no(tmp_path: Path) -> None:
    """Fails when a vehicle that came twice would stand twice in the customer base."""
    orders = [visit("A", "2026-10-01 08:00", None), visit("B", "2026-10-09 08:00", None)]
    found = due(tmp_path, orders, [vehicle("V1"), vehicle("V2"), vehicle(None)])
    assert [row["came"] for row in found] == [True, False, False]


def test_two_spans_and_two_lookups_stand_side_by_side(tmp_path: Path) -> None:
    """Fails when a second kind of comeback, or a second lookup, would be worked out from the first one's pairs."""
    by = {"store": "store", "ro_no": "ro_no"}
    both = changed(
        vin={"type": "text", "lookup": "orders", "by": by, "take": "vin"},
        delivered_at={"type": "timestamp", "lookup": "orders", "by": by, "take": "delivered_at"},
        soon={"type": "bool", **COMEBACK, "flag": "later"},
        ever={"type": "bool", **COMEBACK, "days": 90, "flag": "later"},
        before={"type": "person", **COMEBACK, "days": 90, "take": "technician"},
    )
    again = visit("B", "2026-10-20 08:00", "2026-10-21 17:00")
    sealed = landed(tmp_path, "lines", both, [job(FIRST), job(again, technician="E2")])
    seen = evidence(lines=sealed, orders=landed(tmp_path, "orders", ORDERS, [FIRST, again]))
    ENGINE.derive("lines", ["soon", "before", "ever", "vin"], seen, str(tmp_path / "side.parquet"))
    # 38 days lie between the first delivery and the second visit.
    found = pl.read_parquet(tmp_path / "side.parquet").filter(pl.col("_id") == row_id(1, 2)).row(0, named=True)
    assert {name: found[name] for name in ("soon", "ever", "before", "vin")} == {
        "soon": False, "ever": True, "before": "E1", "vin": "V1",
    }  # fmt: skip


# Totals

AWAY = source_of(
    {"who": "person", "month": "month", "kind": "text", "day": "date", "hours": "decimal"}, ["who", "day"], "day"
)
SHEET = source_of(
    {"who": "person", "month": "month", "due": "decimal", "there": "decimal"},
    ["who", "month"],
    "month",
    derived={
        "away": {"total": "away", "take": "hours", "by": {"who": "who", "month": "month"}},
        "ill": {"total": "away", "take": "hours", "by": {"who": "who", "month": "month"}, "where": "kind = 'ill'"}
        | {"at_most": "due", "less": "there"},
    },
    derived_types={"away": "decimal", "ill": "decimal"},
)


def off(who: str | None, hours: str, kind: str = "ill", on: str = "2026-10-05", month: str = "2026-10") -> Row:
    return {"who": who, "month": month, "kind": kind, "day": day(on), "hours": yuan(hours)}


def sheet(who: str | None, due: str | None = "8", there: str | None = "0") -> Row:
    hours = {name: yuan(told) if told else None for name, told in (("due", due), ("there", there))}
    return {"who": who, "month": "2026-10", **hours}


def totals(folder: Path, rows: Sequence[Row], *batches: Sequence[Row]) -> list[tuple[Any, ...]]:
    seen = evidence(sheet=landed(folder, "sheet", SHEET, rows), away=landed(folder, "away", AWAY, *batches))
    ENGINE.derive("sheet", ["away", "ill"], seen, str(folder / "sheet.parquet"))
    return pl.read_parquet(folder / "sheet.parquet").sort("_id").select("away", "ill").rows()


def test_rows_of_another_source_are_added_up(tmp_path: Path) -> None:
    """Fails when several rows of somebody make several rows here, or another month, kind or person counts."""
    rows = [
        off("E1", "2"),
        off("E1", "3.25", on="2026-10-06"),
        off("E1", "4", "late", "2026-10-07"),
        off("E1", "8", on="2026-09-07", month="2026-09"),
        off("E2", "1", "late"),
        off(None, "5"),
    ]
    found = totals(tmp_path, [sheet("E1"), sheet("E2"), sheet("E3"), sheet(None)], rows)
    assert found == [(yuan("9.25"), yuan("5.25")), (yuan(1), 0), (0, 0), (0, 0)]


@pytest.mark.parametrize(
    ("due", "there", "left"), [("8", "6", "2"), ("8", "8", "0"), ("8", "9", "0"), (None, "6", "0"), ("8", None, "8")]
)
def test_a_total_is_no_more_than_is_left(tmp_path: Path, due: str | None, there: str | None, left: str) -> None:
    """Fails when more is added up than can have been, or a figure below 0."""
    assert totals(tmp_path, [sheet("E1", due, there)], [off("E1", "16")]) == [(yuan(16), yuan(left))]


def test_a_corrected_row_is_added_up_once(tmp_path: Path) -> None:
    """Fails when what was handed in again counts beside what it replaced."""
    again = {**off("E1", "3"), "_supersedes": row_id(1, 1)}
    assert totals(tmp_path, [sheet("E1")], [off("E1", "7")], [again]) == [(yuan(3), yuan(3))]


# What is refused


def changed(**derived_columns: Any) -> Source:
    """The lines with other derived columns."""
    types = {name: told.pop("type") for name, told in derived_columns.items()}
    whole = LINES.model_dump() | {"derived": derived_columns, "derived_types": types}
    return Source.model_validate(whole)


def refusal(folder: Path, source: Source, column: str, **others: Any) -> str:
    seen: Evidence = evidence("2026-09", lines=landed(folder, "lines", source, [job(FIRST)]), **others)
    with pytest.raises(Refused) as refused:
        ENGINE.derive("lines", [column], seen, str(folder / "side.parquet"))
    return str(refused.value)


def test_a_lookup_by_less_than_the_key_is_refused(tmp_path: Path) -> None:
    """Fails when two stores' orders of one number would double every line (the fan-out trap)."""
    loose = changed(vin={"type": "text", "lookup": "orders", "by": {"ro_no": "ro_no"}, "take": "vin"})
    orders = landed(tmp_path, "orders", ORDERS, [FIRST, {**FIRST, "store": "S2"}])
    assert "whole key" in refusal(tmp_path, loose, "vin", orders=orders)


def test_a_lookup_of_other_decimals_is_refused(tmp_path: Path) -> None:
    """Fails when a looked-up share of 0.500 would be read as 5.00."""
    priced = source_of({"ro_no": "text", "store": "store", "share": {"type": "decimal", "scale": 3}, "d": "date"},
                       ["ro_no"], "d")  # fmt: skip
    looked = changed(part={"type": "decimal", "lookup": "priced", "by": {"ro_no": "ro_no"}, "take": "share"})
    text = refusal(tmp_path, looked, "part", priced=landed(tmp_path, "priced", priced, []))
    assert "other decimals" in text


def test_a_total_whose_condition_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Fails when a slip in a condition is found by an engine, in its own words, or not at all."""
    by = {"technician": "technician"}
    odd = changed(sum={"type": "decimal", "total": "lines", "take": "share", "by": by, "where": "nothing = 1"})
    with pytest.raises(ValidationError, match="is taken off `at_most`"):
        changed(sum={"type": "decimal", "total": "lines", "take": "share", "by": by, "less": "share"})
    assert refusal(tmp_path, odd, "sum")


def test_looking_into_what_is_not_sealed_is_refused(tmp_path: Path) -> None:
    """Fails when a lookup into a source that nobody sealed would read as empty for every row."""
    assert "orders" in refusal(tmp_path, LINES, "vin")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"type": "timestamp", "shift": "fault", "days": 3}, "is no date"),
        ({"type": "timestamp", "shift": "opened", "days": 3}, "reads 'opened', which is not declared"),
        ({"type": "bool", **COMEBACK}, "either a `flag` or the value"),
        ({"type": "bool", **COMEBACK, "flag": "later", "take": "technician"}, "either a `flag` or the value"),
        ({"type": "bool", **COMEBACK, "flag": "later"}, "reads 'vin', which is not declared before it"),
    ],
)
def test_a_derived_column_that_makes_no_sense_is_refused(told: dict[str, Any], says: str) -> None:
    """Fails when a slip in a source's document would only be found when a month is closed."""
    with pytest.raises(ValidationError, match=says):
        changed(odd=told)


def test_a_derived_column_needs_a_type_and_a_name_of_its_own() -> None:
    """Fails when a derived column could hide a column of the evidence."""
    with pytest.raises(ValidationError, match="a name of its own and a type"):
        changed(fault={"type": "date", "shift": "opened_at", "days": 1})
    whole = LINES.model_dump() | {"derived_types": {}}
    with pytest.raises(ValidationError, match="a name of its own and a type"):
        Source.model_validate(whole)


def test_of_all_rows_only_a_number_and_what_is_asked_is_kept() -> None:
    """Fails when all columns of 20 million rows are held at once for the few vehicles that come back."""
    seen = evidence(lines=SealedSource(LINES, ("l.parquet",)), orders=SealedSource(ORDERS, ("o.parquet",)))
    sql = derive("lines", ["matures_on", "original"], seen, ENGINE.dialect)
    kept = sql.partition("stage1 AS (SELECT ")[2].partition(" FROM ")[0]
    assert kept.startswith('_id, "matures_on", COALESCE(') and kept.endswith(" AS same_")
    # neither who did the work nor their share, by which the rows of few visits are put in order
    assert '"technician"' not in kept and '"share"' not in kept


def test_columns_are_derived_in_less_memory_than_measures_are_taken(tmp_path: Path) -> None:
    """Fails when sealing 20 million rows takes more than settling them: what is written comes on top of the limit."""
    asked = "SELECT current_setting('memory_limit')"
    limits = []
    for target in (None, str(tmp_path / "side.parquet")):
        with DuckDB(memory="800MB", threads=1)._open(evidence(), target) as connection:
            limits += connection.sql(asked).fetchall()
    # five eighths of 800 MB are 500 MB, which DuckDB tells in units of 1024
    assert limits == [("762.9 MiB",), ("476.8 MiB",)]
