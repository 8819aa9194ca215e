"""Rows that lead nowhere: numbers without a partner, names on no roster; told file by file, loudly where it is many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.folder.folder import gather
from fairwrench.closing.folder.references import references
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.problem import Problem
from tests.closing.quiet import Quiet
from tests.closing.small import CHAOYANG, OCTOBER, SOURCES, Group, evidence, scheme, write_file, write_folder

ORDERS, JOBS = (evidence(OCTOBER)[name] for name in ("repair_orders", "job_lines"))
Change = Callable[[int, str], str]


@pytest.fixture
def group(tmp_path: Path) -> Group:
    """The group, nothing landed."""
    return Group(tmp_path / "ledger")


def told(group: Group, jobs: Iterable[dict[str, Any]], code: str = "no_partner") -> list[Problem]:
    """What is told of a month with these job lines."""
    group.land_month(OCTOBER, without=["job_lines"])
    group.land("job_lines", jobs, OCTOBER)
    done = Book(group.office, scheme()).close(OCTOBER)
    return [problem for problem in done.settlement.problems if problem.code == code]


def numbered(change: Change) -> list[dict[str, Any]]:
    return [{**job, "ro_no": change(at, job["ro_no"])} for at, job in enumerate(JOBS)]


def test_lines_whose_orders_are_all_there_are_not_told(group: Group) -> None:
    """Fails when every month tells of something."""
    assert told(group, JOBS) == []


@pytest.mark.parametrize(
    ("lost", "severity"), [(1, "note"), (3, "note"), (4, "warning"), (len(JOBS), "warning")], ids=str
)
def test_a_share_beyond_the_bound_is_a_warning(lost: int, severity: str, group: Group) -> None:
    """Fails when a zero lost in one file of two leaves all rework out with a whisper: 3 of 73 is 4.1 %, 4 is 5.5 %."""
    assert len(JOBS) == 73
    (problem,) = told(group, numbered(lambda at, number: f"0{number}" if at < lost else number))
    assert problem.severity == severity
    assert (problem.details["rows"], problem.details["of"]) == (str(lost), "73")
    verb = "names" if lost == 1 else "name"
    assert problem.en.startswith(f"{lost} of 73 rows of Job lines {verb} no row of Repair orders, such as 0")
    assert f"73 行中有 {lost} 行" in problem.zh and problem.file == "2026-10/job_lines.csv"


def test_the_bound_is_the_source_s_own(group: Group) -> None:
    """Fails when a source whose rows often name nothing, and say so, cannot have another bound."""
    loose = SOURCES["job_lines"].model_copy(update={"unmatched_most": Decimal(1)})
    group.land_month(OCTOBER)
    office = group.office
    lost = numbered(lambda _, number: f"0{number}")
    group.land("job_lines", lost, OCTOBER)
    office = type(office)(office.ledger, office.engine, {**SOURCES, "job_lines": loose}, office.roster)
    done = Book(office, scheme()).close(OCTOBER)
    severities = {p.severity for p in done.settlement.problems if p.code == "no_partner"}
    assert severities == {"note"}


def test_an_order_of_another_store_is_no_partner(group: Group) -> None:
    """Fails when numbers that every store gives itself match across stores."""
    (problem,) = told(group, [{**job, "store": "海淀店"} for job in JOBS])
    assert int(problem.details["rows"]) > 0 and problem.severity == "warning"


def test_without_the_other_file_nothing_is_said_of_partners(group: Group) -> None:
    """Fails when a month whose orders nobody handed in yet tells 73 times what is one missing file."""
    group.land_month(OCTOBER, without=["repair_orders"])
    done = Book(group.office, scheme()).close(OCTOBER)
    assert [problem for problem in done.settlement.problems if problem.code == "no_partner"] == []


def test_rows_that_name_no_order_at_all_are_no_strangers(group: Group) -> None:
    """Fails when complaints without an order number, which is usual, are told as wrong numbers."""
    group.land_month(OCTOBER)
    done = Book(group.office, scheme()).close(OCTOBER)
    assert not any(
        problem.subject == "complaints" and problem.code == "no_partner" for problem in done.settlement.problems
    )


@pytest.mark.parametrize("mostly", [False, True])
def test_names_on_no_roster_are_told_file_by_file(mostly: bool, tmp_path: Path) -> None:
    """Fails when rows of people whom nobody knows count for the store, and no list, or no warning, says so."""
    folder = write_folder(tmp_path / "data", [OCTOBER], without=["repair_orders"])
    rows = [{**row, "technician": "王二麻" if mostly else row["technician"] or "T1"} for row in ORDERS]
    rows[0]["technician"] = "外援"
    write_file(folder / "2026-10" / "repair_orders.csv", "repair_orders", rows)
    ledger = Ledger(tmp_path / "ledger", time_zone="Asia/Shanghai")
    gathered = gather(folder, scheme(), SOURCES, OCTOBER)
    gathered.land(ledger, SOURCES, Quiet())
    office = type(Group(tmp_path).office)(ledger, Group(tmp_path).office.engine, SOURCES, gathered.roster)
    done = Book(office, scheme()).close(OCTOBER)
    strangers = [problem for problem in done.settlement.problems if problem.code == "strangers"]
    (problem,) = [problem for problem in strangers if problem.subject == "repair_orders"]
    assert problem.severity == ("warning" if mostly else "note")
    assert problem.details["rows"] == (str(len(rows)) if mostly else "1")
    assert "外援" in problem.zh and "外援" in problem.en and ("王二麻" in problem.en) is mostly
    assert problem.file == "2026-10/repair_orders.csv"


@pytest.mark.parametrize(
    ("source", "others"),
    [
        ("job_lines", {"repair_orders"}),
        ("claims", {"repair_orders"}),
        ("surveys", {"repair_orders"}),
        ("complaints", {"repair_orders"}),
        ("maintenance_due", {"repair_orders"}),
        ("service_requests", {"service_requests"}),
        ("repair_orders", {"repair_orders"}),
        ("attendance", set()),
    ],
)
def test_which_rows_are_looked_for(source: str, others: set[str]) -> None:
    """Fails when a source whose rows name an order is not asked whether it is there."""
    pairs = list(references(SOURCES[source]))
    assert {other for other, _ in pairs} == others
    assert len(pairs) == len({(other, tuple(by.items())) for other, by in pairs})


def test_the_examples_of_a_store_are_its_own(group: Group) -> None:
    """Fails when the people of one store read an order number of another as their example."""
    lost = [{**job, "ro_no": f"0{job['ro_no']}"} for job in JOBS if job["store"] == CHAOYANG]
    kept = [job for job in JOBS if job["store"] != CHAOYANG]
    group.land_month(OCTOBER, without=["job_lines"])
    group.land("job_lines", lost, OCTOBER, [CHAOYANG])
    group.land("job_lines", kept, OCTOBER, ["海淀店"])
    done = Book(group.office, scheme()).close(OCTOBER)
    (problem,) = [problem for problem in done.settlement.problems if problem.code == "no_partner"]
    assert problem.details["store"] == CHAOYANG
