"""Every figure leads to its rows, and the rows, added up by plain Python, give the figure: at every level.

Which rows those must be is worked out here from the evidence as it was written down, with loops and dictionaries; no
engine, no formula, no frame of the program is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.check.tracing import rows_apart, rows_behind, traced
from fairwrench.closing.month import Closed, Workspace
from fairwrench.closing.run_files import LEDGER, Kept, read_kept
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.explain.explain import RowsBehind, Step, explain, figure
from fairwrench.settlement.scheme.scheme import Measure
from tests.closing.small import AUGUST, CHAOYANG, HAIDIAN, OCTOBER, SEPTEMBER, SOURCES, Group, evidence, scheme

Row = dict[str, Any]
BEGIN, END = datetime.fromisoformat("2026-09-30T16:00+00:00"), datetime.fromisoformat("2026-10-31T16:00+00:00")
#: who led whom in October, at any distance
LED = {"M1": {"T1", "T2", "T3", "T4", "A1"}, "M2": {"T5", "A2"}}


def local(moment: datetime) -> date:
    return (moment + timedelta(hours=8)).date()


def department(person: str, day: date) -> str | None:
    """Where a technician stood on a day of October."""
    if person == "T4" and day <= date(2026, 10, 10):
        return "desk"
    return "workshop" if person in ("T1", "T2", "T3", "T4", "T5") else None


def of_unit(level: str, unit: str, person: str | None, store: str, day: date) -> bool:
    """Whether a row credited to a person in a store on a day is one of a unit's."""
    if level == "department":
        return person is not None and f"{store}|{department(person, day)}" == unit
    holds = {"person": person == unit, "team": person in LED.get(unit, set()), "store": store == unit, "group": True}
    return holds[level]


def everything(source: str) -> list[Row]:
    return [row for month in (AUGUST, SEPTEMBER, OCTOBER) for row in evidence(month)[source]]


def key(row: Row) -> tuple[Any, ...]:
    return row.get("complaint_no"), row.get("ro_no"), row.get("line")


def orders_finished(keep: Callable[[Row], bool], level: str, unit: str) -> set[tuple[Any, ...]]:
    """Orders finished in October, credited to their technician."""
    rows = (row for row in everything("repair_orders") if BEGIN <= row["finished_at"] < END and keep(row))
    return {key(r) for r in rows if of_unit(level, unit, r["technician"], r["store"], local(r["finished_at"]))}


def returns() -> Iterator[tuple[Row, Row]]:
    """(the job that came back, the job just before): same vehicle and fault, opened within 30 days of delivery."""
    orders = {row["ro_no"]: row for row in everything("repair_orders")}
    jobs = everything("job_lines")
    for job in jobs:
        order = orders[job["ro_no"]]
        before = [
            other
            for other in jobs
            if other is not job
            and other["fault_system"] == job["fault_system"]
            and orders[other["ro_no"]]["vin"] == order["vin"]
            and (late := order["opened_at"] - orders[other["ro_no"]]["delivered_at"]) >= timedelta(0)
            and late <= timedelta(days=30)
        ]
        if before:
            yield job, max(before, key=lambda other: orders[other["ro_no"]]["delivered_at"])


def expected(behind: RowsBehind) -> set[tuple[Any, ...]]:
    """The keys of the rows that a figure of October must count."""
    name, part, level, unit = behind.metric, behind.part, behind.level, behind.unit
    if (name, part) == ("rework_rate", "numerator"):
        found = set()
        for job, first in returns():
            if BEGIN <= job["finished_at"] < END:
                day = local(job["finished_at"])
                if of_unit(level, unit, first["technician"], job["store"], day):
                    found.add(key(job))
        return found
    if name == "rework_rate":
        return jobs_of(lambda job: BEGIN <= job["finished_at"] < END, "finished_at", level, unit)
    if name == "one_time_fix_rate":
        orders = {row["ro_no"]: row for row in everything("repair_orders")}
        came_back = {key(first) for _, first in returns()}
        ripe = {
            key(job)
            for job in everything("job_lines")
            if BEGIN <= orders[job["ro_no"]]["delivered_at"] + timedelta(days=30) < END
        }
        wanted = ripe - came_back if part == "numerator" else ripe
        return jobs_of(lambda job: key(job) in wanted, "finished_at", level, unit)
    if (name, part) == ("complaints", "numerator"):
        rows = (row for row in everything("complaints") if BEGIN <= row["received_at"] < END and row["valid"])
        days = ((row, local(row["received_at"])) for row in rows)
        return {key(row) for row, day in days if of_unit(level, unit, row["responsible"], row["store"], day)}
    late = (name, part) == ("on_time", "numerator")
    return orders_finished(lambda row: not late or row["finished_at"] <= row["first_promised_at"], level, unit)


def jobs_of(keep: Callable[[Row], bool], dated: str, level: str, unit: str) -> set[tuple[Any, ...]]:
    rows = (job for job in everything("job_lines") if keep(job))
    return {key(job) for job in rows if of_unit(level, unit, job["technician"], job["store"], local(job[dated]))}


def added_up(rows: pl.DataFrame, value: str) -> Decimal:
    """What a measure's rows come to, by plain Python."""
    if value == "count":
        return Decimal(rows.height)
    function, column = value.rstrip(")").split("(")
    cells = [cell for cell in rows[column].to_list() if cell is not None]
    return Decimal(len(set(cells))) if function == "count_distinct" else sum(cells, Decimal(0))


@pytest.fixture(scope="module")
def kept(closed: Path) -> Kept:
    return read_kept(closed)


@pytest.fixture(scope="module")
def office(closed: Path) -> Workspace:
    return Group(closed / LEDGER).office


@pytest.fixture(scope="module")
def behind_all(kept: Kept, office: Workspace) -> dict[RowsBehind, pl.DataFrame]:
    """The rows of every figure of anybody's explanation."""
    wanted = {behind for _, _, behind in figures(kept)}
    return {behind: rows_behind(behind, office, kept.seal, kept.settlement.scheme) for behind in wanted}


def figures(kept: Kept) -> list[tuple[str, Step, RowsBehind]]:
    """Every figure of anybody's explanation that leads to rows of evidence."""
    people = kept.settlement.totals["employee_id"].to_list()
    steps = [
        (person, step) for person in people for _, step in explain(kept.settlement, person, sources=SOURCES).walk()
    ]
    return [(person, step, behind) for person, step in steps for behind in step.rows]


def test_the_rows_behind_every_figure_add_up_to_it(kept: Kept, behind_all: dict[RowsBehind, pl.DataFrame]) -> None:
    """Fails when anybody, at any level, is shown rows that do not make the figure."""
    levels = set()
    for person, step, behind in figures(kept):
        if behind.measure.source == "ratings":
            continue
        found = added_up(behind_all[behind], behind.measure.value)
        assert found == Decimal(step.figure), (person, step.key, behind.level)
        levels.add(behind.level)
    assert levels == {"person", "team", "department", "store", "group"}


def test_they_are_the_rows_that_plain_loops_find(kept: Kept, behind_all: dict[RowsBehind, pl.DataFrame]) -> None:
    """Fails when the figure is right by chance: a row too many here, another missing there."""
    checked = 0
    for person, step, behind in figures(kept):
        if behind.metric in ("on_time", "output", "complaints", "rework_rate", "one_time_fix_rate"):
            found = [key(row) for row in behind_all[behind].iter_rows(named=True)]
            assert len(found) == len(set(found))
            assert set(found) == expected(behind), (person, step.key, behind.level, behind.unit)
            checked += 1
    assert checked > 50


def test_all_figures_are_traced_in_one_query_a_source(
    kept: Kept, office: Workspace, behind_all: dict[RowsBehind, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when each figure asks its source anew, or finds other rows among many than alone."""
    asked: list[str] = []
    frame = DuckDB._frame

    def counted(self: DuckDB, sql: str, files: dict[str, tuple[str, ...]], evidence: Any) -> pl.DataFrame:
        asked.extend(files)
        return frame(self, sql, files, evidence)

    monkeypatch.setattr(DuckDB, "_frame", counted)
    apart = rows_apart(behind_all, office, kept.seal, kept.settlement.scheme)
    assert sorted(asked) == sorted({behind.measure.source for behind in behind_all})
    assert len(behind_all) > 50
    for (rows, _), alone in zip(apart, behind_all.values(), strict=True):
        assert rows.equals(alone)


@pytest.mark.parametrize(
    ("level", "unit"),
    [
        ("department", f"{CHAOYANG}|workshop"),
        ("department", f"{CHAOYANG}|desk"),
        ("department", f"{HAIDIAN}|workshop"),
        ("person", "T3"),
        ("team", "M1"),
        ("store", HAIDIAN),
        ("group", "*"),
    ],
)
@pytest.mark.parametrize("metric", ["on_time", "rework_rate"])
def test_every_unit_of_every_level(kept: Kept, office: Workspace, metric: str, level: str, unit: str) -> None:
    """Fails when a unit that is on nobody's card (the desk, say) is traced to other rows than it counts."""
    under = kept.settlement.scheme
    for part in ("numerator", "denominator"):
        measure = getattr(under.metrics[metric], part)
        behind = RowsBehind(metric, part, measure, level, unit)  # type: ignore[arg-type]  # a word of the parameters
        rows = rows_behind(behind, office, kept.seal, under)
        assert {key(row) for row in rows.iter_rows(named=True)} == expected(behind)


def test_a_visitor_counts_where_the_work_was_done(kept: Kept, office: Workspace) -> None:
    """Fails when T2's order in 海淀店 is lost from the workshop there, or counted at home."""
    measure = kept.settlement.scheme.metrics["on_time"].denominator
    assert measure is not None
    found = {
        store: rows_behind(
            RowsBehind("on_time", "denominator", measure, "department", f"{store}|workshop"),
            *(office, kept.seal, kept.settlement.scheme),
        ).filter(pl.col("technician") == "T2")
        for store in (CHAOYANG, HAIDIAN)
    }
    assert {store: rows.height for store, rows in found.items()} == {CHAOYANG: 13, HAIDIAN: 1}


def test_what_does_not_add_up_is_traced_as_it_was_counted(group: Group) -> None:
    """Fails when a count of different vehicles in a department is shown with other rows than it was taken over."""
    vehicles = {
        "source": "repair_orders",
        "value": "count_distinct(vin)",
        "date": "finished_at",
        "credit": "technician",
    }
    items = [{"metric": "vehicles", "of": "department", "category": "key", "weight": "100", "target": "30"}]
    items[0]["curve"] = {"proportional": {"floor": "0", "cap": "130"}}
    under = scheme(metrics={"vehicles": {"numerator": vehicles}}, scorecards={"manager": {"items": items}})
    done, office = Book(group.office, under).close(OCTOBER), group.office
    for person in ("M1", "M2"):
        step = next(s for _, s in explain(done.settlement, person, sources=SOURCES).walk() if s.key == "value.vehicles")
        rows = rows_behind(step.rows[0], office, done.seal, under)
        assert added_up(rows, "count_distinct(vin)") == Decimal(step.figure)


def closed_with(group: Group, *exemptions: tuple[str, str]) -> Closed:
    same = {"source": "repair_orders", "month": "2026-10", "store": CHAOYANG, "reason": "客户改约"}
    rows = [{**same, "key": key_, "metric": metric, "approved_by": "M1"} for key_, metric in exemptions]
    group.land("exemptions", rows, OCTOBER)
    return Book(group.office, scheme()).close(OCTOBER)


def test_exempted_rows_are_shown_and_not_counted(group: Group) -> None:
    """Fails when an exemption makes a row disappear, instead of showing that and why it does not count."""
    number = evidence(OCTOBER)["repair_orders"][0]["ro_no"]
    done = closed_with(group, (f"{CHAOYANG}|{number}", "准时竣工率"))
    kept = Kept(done.seal, done.settlement, done.case.history, done.case.corrections, {})
    step = next(s for _, s in explain(done.settlement, "T1", sources=SOURCES).walk() if s.key == "denominator.on_time")
    assert step.figure == "13"
    rows = rows_behind(step.rows[0], group.office, done.seal, done.settlement.scheme)
    assert number not in set(rows["ro_no"])
    ((_, exempted),) = rows_apart(step.rows[:1], group.office, done.seal, done.settlement.scheme)
    assert exempted["ro_no"].to_list() == [number]
    (table,) = traced(step, group.office, kept, limit=2)
    assert (table.count, len(table.cells)) == (13, 3)
    assert table.headers("zh")[-1] == "备注"
    assert [cells[-1] for cells in table.rows("zh")] == ["", "", "已剔除，不计入"]
    assert [cells[-1] for cells in table.rows("en")] == ["", "", "exempted, not counted"]
    # the output of the same order counts all the same
    output = next(s for _, s in explain(done.settlement, "T1", sources=SOURCES).walk() if s.key == "value.output")
    ((_, none),) = rows_apart(output.rows[:1], group.office, done.seal, done.settlement.scheme)
    assert none.is_empty()
    assert rows_behind(output.rows[0], group.office, done.seal, done.settlement.scheme).height == 14


def test_a_row_leads_to_the_file_the_sheet_and_the_person(kept: Kept, office: Workspace) -> None:
    """Fails when a figure ends at a row that nobody can look up."""
    step = next(s for _, s in explain(kept.settlement, "T1", sources=SOURCES).walk() if s.key == "numerator.on_time")
    (table,) = traced(step, office, kept)
    assert (table.source, table.count, len(table.cells)) == ("repair_orders", 13, 13)
    told = dict(zip(table.keys, table.cells[0], strict=True))
    assert table.headers("en")[:5] == ["File", "Sheet", "Row", "Handed in by", "Store"]
    assert table.headers("zh")[4:6] == ["门店", "工单号"]
    assert (told["file"], told["by"], told["technician"]) == ("2026-10/repair_orders.csv", "ann", "T1")
    # rows are counted as in the sheet, the header being row 1, and times are the store's own
    numbers = [row["ro_no"] for row in evidence(OCTOBER)["repair_orders"]]
    assert numbers[int(told["row"]) - 2] == told["ro_no"]
    assert told["finished_at"].endswith(":01:00") or ":" in told["finished_at"]


def test_commission_leads_to_the_payroll_row(kept: Kept, office: Workspace) -> None:
    """Fails when the base of a payslip is a figure without a source."""
    step = next(s for _, s in explain(kept.settlement, "T1", sources=SOURCES).walk() if s.key == "pay.commission")
    (table,) = traced(step, office, kept)
    assert (table.source, table.count) == ("payroll", 1)
    assert step.figure == figure(
        int(Decimal(dict(zip(table.keys, table.cells[0], strict=True))["commission"]) * 100), 2
    )


def test_what_counts_for_nobody_is_no_persons_row(kept: Kept, office: Workspace) -> None:
    """Fails when a figure of a store, asked for a person, shows the rows of the whole group."""
    measure = Measure(source="repair_orders", date="finished_at")
    for level, unit in (("person", "T1"), ("team", "M1"), ("department", f"{CHAOYANG}|workshop")):
        behind = RowsBehind("x", "numerator", measure, level, unit)  # type: ignore[arg-type]  # a word of the list
        assert rows_behind(behind, office, kept.seal, kept.settlement.scheme).is_empty()
