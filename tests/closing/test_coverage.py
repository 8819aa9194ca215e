"""Zero or missing: what a landed file speaks for (docs/decisions/0003)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.folder.folder import gather
from fairwrench.closing.month import Closed
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.seal.seal import read_seal, seal_json
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from tests.closing.small import (
    AUGUST,
    CHAOYANG,
    HAIDIAN,
    OCTOBER,
    SEPTEMBER,
    SOURCES,
    STORES,
    Group,
    evidence,
    scheme,
    write_file,
    write_folder,
)


def line(done: Closed, person: str, item: str) -> dict[str, Any]:
    found = done.settlement.lines.filter((pl.col("employee_id") == person) & (pl.col("item") == item))
    return found.row(0, named=True)


@pytest.fixture
def empty(tmp_path: Path) -> Group:
    return Group(tmp_path / "ledger")


def closed(group: Group, complaints: dict[str, Any] | None) -> Closed:
    """October with everything but complaints, then those."""
    group.land_month(OCTOBER, without=["complaints"])
    if complaints is not None:
        group.land("complaints", **complaints)
    return Book(group.office, scheme()).close(OCTOBER)


def test_a_file_without_rows_says_that_there_was_nothing(empty: Group) -> None:
    """Fails when a month without complaints is the same as complaints that nobody handed in."""
    done = closed(empty, {"rows": [], "period": OCTOBER})
    found = line(done, "M1", "complaints")
    assert (found["state"], found["numerator"], found["points"]) == ("counted", 0, 13000)


def test_no_file_says_nothing(empty: Group) -> None:
    """Fails when a missing file earns the points of a month without complaints."""
    found = line(closed(empty, None), "M1", "complaints")
    assert (found["state"], found["cause"], found["points"]) == ("held", "not_handed_in", None)


def test_one_stores_file_does_not_speak_for_the_group(empty: Group) -> None:
    """Fails when the group's figure is settled while one of its stores has handed nothing in."""
    done = closed(empty, {"rows": evidence(OCTOBER)["complaints"][:1], "period": OCTOBER, "stores": [CHAOYANG]})
    assert line(done, "M1", "complaints")["cause"] == "not_handed_in"


def test_a_file_of_another_month_does_not_speak_for_this_one(empty: Group) -> None:
    """Fails when September's empty file makes October's complaints none."""
    done = closed(empty, {"rows": [], "period": SEPTEMBER})
    assert line(done, "M1", "complaints")["cause"] == "not_handed_in"


def test_what_a_measure_looks_into_must_be_there_too(empty: Group) -> None:
    """Fails when jobs without their orders make a spotless month: no vehicle, no comeback."""
    empty.land_month(OCTOBER, without=["repair_orders"])
    done = Book(empty.office, scheme()).close(OCTOBER)
    assert line(done, "T1", "rework_rate")["cause"] == "not_handed_in"


def test_what_looks_at_nothing_else_needs_nothing_else(empty: Group) -> None:
    """Fails when the hours of job lines wait for orders that they do not read."""
    hours = {"source": "job_lines", "value": "count", "credit": "technician", "date": "finished_at"}
    jobs = {"name": {"zh": "项目数", "en": "Jobs"}, "better": "higher", "unit": "count", "numerator": hours}
    curve = {"of": "value", "piecewise": [["0", "0"], ["14", "100"]]}
    items = [
        {"metric": "jobs", "category": "key", "weight": "60", "curve": curve},
        {"metric": "rework_rate", "category": "key", "weight": "40", "curve": curve, "when_missing": "reweigh"},
    ]
    empty.land_month(OCTOBER, without=["repair_orders"])
    under = scheme(metrics={"jobs": jobs}, scorecards={"technician": {"items": items}})
    done = Book(empty.office, under).close(OCTOBER)
    assert (line(done, "T1", "jobs")["state"], line(done, "T1", "jobs")["numerator"]) == ("counted", 14)
    assert line(done, "T1", "rework_rate")["state"] == "dropped"


class Silent:
    """Nobody watches."""

    def expect(self, kind: str, total: int) -> None:
        """Nothing."""

    def step(self, kind: str, what: str) -> None:
        """Nothing."""


def landed_coverage(folder: Path, tmp_path: Path) -> dict[tuple[str, str], list[str]]:
    """(source, month) → stores, after landing a folder as the command does."""
    ledger, _ = landing(folder, tmp_path)
    found: dict[tuple[str, str], list[str]] = {}
    for source, store, month in ledger.coverage().iter_rows():
        found.setdefault((source, month), []).append(store)
    return found


def test_the_files_of_a_folder_speak_for_their_stores(tmp_path: Path) -> None:
    """Fails when a group's file leaves out the store that had no row in it, or one store's file speaks for another."""
    folder = write_folder(tmp_path / "data", [AUGUST, SEPTEMBER, OCTOBER], without=["complaints"])
    rows = {month: evidence(month)["complaints"] for month in (AUGUST, SEPTEMBER, OCTOBER)}
    # a group's file with rows of both stores; one of a single store; one placed in a store by its folder, without rows
    write_file(folder / "2026-08" / "complaints.csv", "complaints", rows[AUGUST])
    write_file(folder / "2026-09" / "complaints.csv", "complaints", rows[SEPTEMBER][:1])
    write_file(folder / "2026-10" / HAIDIAN / "complaints.csv", "complaints", [])
    found = landed_coverage(folder, tmp_path)
    assert found["complaints", "2026-08"] == list(STORES)
    assert found["complaints", "2026-09"] == [CHAOYANG]
    assert found["complaints", "2026-10"] == [HAIDIAN]
    assert found["repair_orders", "2026-10"] == list(STORES)
    # sources without a store column speak for the stores of their people
    assert found["ratings", "2026-10"] == list(STORES)


def landing(folder: Path, tmp_path: Path) -> tuple[Ledger, list[Problem]]:
    ledger = Ledger(tmp_path / "ledger", time_zone="Asia/Shanghai")
    return ledger, gather(folder, scheme(), SOURCES, OCTOBER).land(ledger, SOURCES, Silent())


def speaks_for(ledger: Ledger, source: str) -> list[str]:
    return ledger.coverage().filter(pl.col("source") == source)["store"].to_list()


def test_a_file_without_rows_and_without_a_store_is_told(tmp_path: Path) -> None:
    """Fails when somebody hands in an empty file for the group, it speaks for nobody, and nobody says so."""
    folder = write_folder(tmp_path / "data", [OCTOBER], without=["complaints"])
    write_file(folder / "2026-10" / "complaints.csv", "complaints", [])
    ledger, told = landing(folder, tmp_path)
    assert [problem.file for problem in told if problem.code == "speaks_for_nobody"] == ["2026-10/complaints.csv"]
    assert speaks_for(ledger, "complaints") == []


def test_where_there_is_one_store_an_empty_file_is_its_own(tmp_path: Path) -> None:
    """Fails when a single shop has to name itself to say that nobody complained."""
    folder = write_folder(tmp_path / "data", [OCTOBER], without=["complaints"])
    roster = (folder / "roster.csv").read_text(encoding="utf-8").replace(HAIDIAN, CHAOYANG)
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    write_file(folder / "2026-10" / "complaints.csv", "complaints", [])
    ledger, told = landing(folder, tmp_path)
    assert speaks_for(ledger, "complaints") == [CHAOYANG]
    assert "speaks_for_nobody" not in {problem.code for problem in told}


def test_a_file_of_which_nothing_was_accepted_says_nothing(tmp_path: Path) -> None:
    """Fails when complaints that were all rejected make a month without complaints."""
    folder = write_folder(tmp_path / "data", [OCTOBER], without=["complaints"])
    broken = [{**row, "complaint_no": None} for row in evidence(OCTOBER)["complaints"]]
    write_file(
        folder / "2026-10" / HAIDIAN / "complaints.csv", "complaints", [{**row, "store": HAIDIAN} for row in broken]
    )
    ledger, told = landing(folder, tmp_path)
    assert speaks_for(ledger, "complaints") == []
    assert "speaks_for_nobody" in {problem.code for problem in told}


def orders_of_haidian(folder: Path, broken: int) -> int:
    """The group's orders of October, of which the first so many of 海淀店 have no number; how many these rows are."""
    rows = evidence(OCTOBER)["repair_orders"]
    here = [row for row in rows if row["store"] == HAIDIAN]
    there = [row for row in rows if row["store"] != HAIDIAN]
    spoilt = [{**row, "ro_no": None} for row in here[:broken]]
    write_file(folder / "2026-10" / "repair_orders.csv", "repair_orders", [*there, *spoilt, *here[broken:]])
    return len(here)


@pytest.mark.parametrize(("broken", "stores"), [(22, [CHAOYANG]), (12, [CHAOYANG]), (11, [CHAOYANG, HAIDIAN])])
def test_a_store_most_of_whose_rows_were_rejected_has_not_handed_in(
    tmp_path: Path, broken: int, stores: list[str]
) -> None:
    """Fails when one order of 23 is taken for the month of 海淀店, or twelve of them for too few."""
    folder = write_folder(tmp_path / "data", [OCTOBER], without=["repair_orders"])
    # 14 of T5, 8 of T3 before the move, and the one in which T2 lent a hand
    assert orders_of_haidian(folder, broken) == 14 + 8 + 1
    ledger, told = landing(folder, tmp_path)
    assert speaks_for(ledger, "repair_orders") == stores
    said = [problem for problem in told if problem.code == "mostly_rejected"]
    assert [problem.severity for problem in said] == ["warning"] * (HAIDIAN not in stores)
    assert all(HAIDIAN in problem.en and CHAOYANG not in problem.en for problem in said)


def test_a_placed_file_most_of_whose_rows_were_rejected_speaks_for_nobody(tmp_path: Path) -> None:
    """Fails when a store's own file, all but one row rejected, is that store's month."""
    folder = write_folder(tmp_path / "data", [OCTOBER], without=["payroll"])
    mine = [row for row in evidence(OCTOBER)["payroll"] if row["store"] == CHAOYANG]
    spoilt = [{**row, "other_deductions": -1} for row in mine[1:]]
    write_file(folder / "2026-10" / CHAOYANG / "payroll.csv", "payroll", [mine[0], *spoilt])
    ledger, told = landing(folder, tmp_path)
    assert speaks_for(ledger, "payroll") == []
    assert [problem.file for problem in told if problem.code == "mostly_rejected"] == ["2026-10/朝阳店/payroll.csv"]


def test_people_whose_rows_name_no_store_are_looked_at_as_one_file(tmp_path: Path) -> None:
    """Fails when a group's payroll, most of it about nobody on the roster, is everybody's payroll."""
    folder = write_folder(tmp_path / "data", [OCTOBER], without=["payroll"])
    rows = evidence(OCTOBER)["payroll"]
    spoilt = [{**row, "employee_id": f"X{number}"} for number, row in enumerate(rows[3:])]
    write_file(folder / "2026-10" / "payroll.csv", "payroll", [*rows[:3], *spoilt])
    ledger, _ = landing(folder, tmp_path)
    assert speaks_for(ledger, "payroll") == []


def test_rejected_rows_of_no_known_store_may_be_any_stores(tmp_path: Path) -> None:
    """Fails when a store is taken to have had two orders, because all others name a store that nobody knows."""
    folder = write_folder(tmp_path / "data", [OCTOBER], without=["repair_orders"])
    rows = evidence(OCTOBER)["repair_orders"]
    spoilt = [{**row, "store": "？？店"} for row in rows[2:]]
    write_file(folder / "2026-10" / "repair_orders.csv", "repair_orders", [*rows[:2], *spoilt])
    ledger, _ = landing(folder, tmp_path)
    assert speaks_for(ledger, "repair_orders") == []


def keeping(group: Group, *stores: str) -> Closed:
    """October closed where some stores keep their complaints in the application, and nobody handed in any."""

    def kept(source: str, month: Month) -> Sequence[str]:
        return stores if (source, month) == ("complaints", OCTOBER) else ()

    return Book(replace(group.office, kept_in_app=kept), scheme()).close(OCTOBER)


def test_what_a_store_keeps_in_the_application_it_has_handed_in(empty: Group, tmp_path: Path) -> None:
    """Fails when a month without complaints waits for a file that the store hands in no more, or when the seal does not
    hold why it counts."""
    empty.land_month(OCTOBER, without=["complaints"])
    assert line(keeping(empty, CHAOYANG), "M1", "complaints")["cause"] == "not_handed_in", "the other store has not"
    done = keeping(empty, CHAOYANG, HAIDIAN)
    found = line(done, "M1", "complaints")
    assert (found["state"], found["numerator"], found["points"]) == ("counted", 0, 13000)
    (tmp_path / "seal.json").write_bytes(seal_json(done.seal))
    read = read_seal(tmp_path / "seal.json")
    assert read.sources["complaints"].kept_in_app == {str(OCTOBER): (CHAOYANG, HAIDIAN)}
    assert read.digest == done.seal.digest != Book(empty.office, scheme()).close(OCTOBER).seal.digest
