"""A column that the files did not have is no zero: whatever reads it is missing, with the column named.

T1 finishes 14 orders in October, of 1000 + 11·n yuan (n from 0 to 13): 15 001 yuan of output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.month import Closed
from fairwrench.ledger.batches.records import Batch, Upload
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.words.wording import cause_text
from tests.closing.small import CHAOYANG, HAIDIAN, OCTOBER, SEPTEMBER, SOURCES, STORES, Group, evidence, frame, scheme
from tests.closing.test_coverage import line

OUTPUT = 1_500_100
ORDERS = evidence(OCTOBER)["repair_orders"]


@pytest.fixture
def group(tmp_path: Path) -> Group:
    """The group, nothing landed."""
    return Group(tmp_path / "ledger")


def lacking(
    group: Group,
    source: str,
    rows: Iterable[Mapping[str, Any]],
    absent: Iterable[str],
    *,
    stores: Iterable[str] = STORES,
    period: Month = OCTOBER,
) -> Batch:
    """Land rows of a file without some columns."""
    gone = sorted(absent)
    table = frame(source, [{**row, **dict.fromkeys(gone)} for row in rows])
    upload = Upload(f"{period}/{source}.csv", f"{source} {gone} {period} {table.write_json()}".encode())
    return group.ledger.land(
        source, SOURCES[source], table, upload, period=period, stores=list(stores), by="ann", absent=gone
    )


def october(group: Group, source: str, *absent: str, under: Scheme | None = None) -> Closed:
    """October with a source whose file lacks columns, and everything else."""
    group.land_month(OCTOBER, without=[source])
    lacking(group, source, evidence(OCTOBER)[source], absent)
    return Book(group.office, under or scheme()).close(OCTOBER)


def why(done: Closed, person: str, item: str) -> tuple[str, str | None, str | None, int | None]:
    """State, cause, what is lacking and the numerator of an item."""
    found = line(done, person, item)
    return found["state"], found["cause"], found["lacks"], found["numerator"]


@pytest.mark.parametrize(
    ("column", "item", "what"),
    [
        ("labour_amount", "output", "the amounts that are added up"),
        ("first_promised_at", "on_time", "what the condition compares with"),
        ("finished_at", "output", "the date by which rows count"),
        ("technician", "output", "whose the rows are"),
    ],
)
def test_whatever_a_measure_reads_has_to_be_there(group: Group, column: str, item: str, what: str) -> None:
    """Fails when a file without it makes a zero, a rate of nothing, or a month without occasion."""
    done = october(group, "repair_orders", column)
    assert why(done, "T1", item) == ("held", "column_missing", f"repair_orders.{column}", None), what
    assert done.settlement.totals.filter(employee_id="T1")["state"].to_list() == ["incomplete"]


def test_a_column_that_nothing_reads_may_be_absent(group: Group) -> None:
    """Fails when a file that never had plates makes everything missing."""
    done = october(group, "repair_orders", "plate", "bay", "mileage_km")
    assert why(done, "T1", "output") == ("counted", None, None, OUTPUT)


@pytest.mark.parametrize("column", ["vin", "delivered_at"])
def test_what_a_derived_column_takes_from_another_source_has_to_be_there(group: Group, column: str) -> None:
    """Fails when orders without vehicles make a spotless month of jobs: no vehicle ever came back."""
    done = october(group, "repair_orders", column)
    state, cause, lacks, _ = why(done, "T1", "rework_rate")
    assert (state, cause) == ("held", "column_missing")
    assert lacks is not None and f"repair_orders.{column}" in lacks.split(",")
    assert why(done, "T1", "output") == ("counted", None, None, OUTPUT)


def test_what_a_recurrence_compares_has_to_be_there(group: Group) -> None:
    """Fails when jobs without their fault system never come back."""
    done = october(group, "job_lines", "fault_system")
    state, cause, lacks, _ = why(done, "T1", "rework_rate")
    assert (state, cause, lacks) == ("held", "column_missing", "job_lines.fault_system")


def test_a_column_absent_in_the_denominator_is_missing_too(group: Group) -> None:
    """Fails when a rate over nothing is no occasion: complaints are there, the orders tell no date."""
    done = october(group, "repair_orders", "finished_at")
    state, cause, lacks, _ = why(done, "M1", "complaints")
    assert (state, cause, lacks) == ("held", "column_missing", "repair_orders.finished_at")


def test_a_store_s_figure_needs_nobody_s_name(group: Group) -> None:
    """Fails when a store waits for the column of technicians, which its own figure does not read."""
    done = october(group, "repair_orders", "technician")
    found = line(done, "A1", "on_time")
    assert (found["state"], found["cause"], found["unit"]) == ("counted", None, CHAOYANG)


def test_one_store_s_file_without_the_column_leaves_the_other_alone(group: Group) -> None:
    """Fails when one store's poor export takes another store's people their figures, or passes for good."""
    group.land_month(OCTOBER, without=["repair_orders"])
    group.land("repair_orders", [row for row in ORDERS if row["store"] == CHAOYANG], OCTOBER, [CHAOYANG])
    lacking(group, "repair_orders", [r for r in ORDERS if r["store"] == HAIDIAN], ["labour_amount"], stores=[HAIDIAN])
    done = Book(group.office, scheme()).close(OCTOBER)
    assert why(done, "T1", "output") == ("counted", None, None, OUTPUT)
    assert why(done, "T5", "output") == ("held", "column_missing", "repair_orders.labour_amount", None)


def test_the_group_s_figure_lacks_what_any_store_lacks(group: Group) -> None:
    """Fails when the group's rate of complaints is worked out from the store that had the column."""
    group.land_month(OCTOBER, without=["complaints"])
    rows = evidence(OCTOBER)["complaints"]
    group.land("complaints", rows[:1], OCTOBER, [CHAOYANG])
    lacking(group, "complaints", rows[1:], ["valid"], stores=[HAIDIAN])
    done = Book(group.office, scheme()).close(OCTOBER)
    assert why(done, "M1", "complaints") == ("held", "column_missing", "complaints.valid", None)


def test_a_later_whole_file_of_the_same_rows_makes_it_good(group: Group) -> None:
    """Fails when rows handed in again with the column that was missing say no more than before."""
    group.land_month(OCTOBER, without=["repair_orders"])
    lacking(group, "repair_orders", ORDERS, ["labour_amount"])
    group.land("repair_orders", ORDERS, OCTOBER)
    done = Book(group.office, scheme()).close(OCTOBER)
    assert why(done, "T1", "output") == ("counted", None, None, OUTPUT)


def test_a_later_whole_file_makes_it_good_also_where_the_column_is_empty(group: Group) -> None:
    """Fails when rows whose column is there and empty, as nothing happened, count as never asked."""
    bare = [{**row, "labour_amount": None} for row in ORDERS]
    group.land_month(OCTOBER, without=["repair_orders"])
    lacking(group, "repair_orders", bare, ["labour_amount"])
    group.land("repair_orders", bare, OCTOBER)
    done = Book(group.office, scheme()).close(OCTOBER)
    assert line(done, "T1", "output")["cause"] != "column_missing"


def test_rows_that_the_later_file_does_not_have_still_lack_the_column(group: Group) -> None:
    """Fails when one order handed in again makes a column good for all others of the store."""
    group.land_month(OCTOBER, without=["repair_orders"])
    lacking(group, "repair_orders", ORDERS, ["labour_amount"])
    group.land("repair_orders", ORDERS[:1], OCTOBER, [CHAOYANG])
    done = Book(group.office, scheme()).close(OCTOBER)
    assert why(done, "T1", "output") == ("held", "column_missing", "repair_orders.labour_amount", None)


def test_another_month_s_file_without_the_column_does_not_matter(group: Group) -> None:
    """Fails when September's poor export takes October its figures."""
    lacking(group, "repair_orders", evidence(SEPTEMBER)["repair_orders"], ["labour_amount"], period=SEPTEMBER)
    group.land_month(OCTOBER)
    done = Book(group.office, scheme()).close(OCTOBER)
    assert why(done, "T1", "output") == ("counted", None, None, OUTPUT)


def test_a_file_without_rows_may_lack_columns(group: Group) -> None:
    """Fails when "nothing happened", said by a header of the few columns that must be there, is no word."""
    group.land_month(OCTOBER, without=["complaints"])
    lacking(group, "complaints", [], ["valid", "responsible"])
    done = Book(group.office, scheme()).close(OCTOBER)
    found = line(done, "M1", "complaints")
    assert (found["state"], found["numerator"]) == ("counted", 0)


def test_what_may_be_left_out_is_left_out_with_its_cause(group: Group) -> None:
    """Fails when an item that the scheme lets go is gone without saying which column was not there."""
    done = october(group, "job_lines", "fault_system")
    state, cause, lacks, _ = why(done, "T1", "one_time_fix_rate")
    assert (state, cause, lacks) == ("dropped", "column_missing", "job_lines.fault_system")


def test_commission_by_plan_waits_for_its_column(group: Group) -> None:
    """Fails when a plan pays nothing for orders whose amounts no file had."""
    labour = {"source": "repair_orders", "value": "sum(labour_amount)", "credit": "technician", "date": "finished_at"}
    plan = {"lines": {"labour": {"name": {"zh": "工时提成", "en": "Labour"}, "measure": labour, "rate": "0.10"}}}
    under = scheme(pay={"commission": {"technician": plan}})
    done = october(group, "repair_orders", "labour_amount", under=under)
    (row,) = done.settlement.pay.filter(employee_id="T1").to_dicts()
    assert row["state"] == "incomplete" and "commission" in row["missing"] and row["total"] is None


def test_the_cause_names_the_column_by_its_name_in_both_languages() -> None:
    """Fails when a person reads `repair_orders.labour_amount` and has to guess which column that is."""
    said = cause_text("column_missing", "repair_orders.labour_amount,complaints.valid", SOURCES)
    assert said.zh.startswith("交来的文件缺少要用的列（或整列为空）：维修工单“工时费”、")
    assert said.en.startswith(
        "the file handed in lacks a column that is needed (or leaves it empty): Labour amount of Repair orders, "
    )


def pay_rows(**amounts: int) -> list[dict[str, Any]]:
    """T1's row of the payroll."""
    money = {name: Decimal(amount) for name, amount in amounts.items()}
    return [{"employee_id": "T1", "month": str(OCTOBER), "store": CHAOYANG, **money}]


def test_a_file_without_a_column_takes_nothing_back(group: Group) -> None:
    """Fails when the commission handed in after the deductions wipes them out, or the other way round."""
    lacking(group, "payroll", pay_rows(commission=5000), ["other_deductions"])
    batch = lacking(group, "payroll", pay_rows(other_deductions=200), ["commission"])
    assert (batch.counts["changed"], batch.counts["carried"], batch.lacks) == (1, 1, ())
    (row,) = group.ledger.current("payroll", SOURCES["payroll"], [OCTOBER]).to_dicts()
    assert (row["commission"], row["other_deductions"]) == (Decimal("5000.00"), Decimal("200.00"))


def test_a_column_kept_from_before_is_not_missing(group: Group) -> None:
    """Fails when a later file of dates alone makes the amounts missing that the first one told."""
    group.land_month(OCTOBER)
    lacking(group, "repair_orders", [{**row, "mileage_km": 5} for row in ORDERS], ["labour_amount"])
    done = Book(group.office, scheme()).close(OCTOBER)
    assert why(done, "T1", "output") == ("counted", None, None, OUTPUT)


def test_a_new_row_without_the_column_is_missing_beside_rows_that_kept_it(group: Group) -> None:
    """Fails when one order of the later file was never priced, and counts as 0 because the others were."""
    group.land_month(OCTOBER)
    lacking(group, "repair_orders", [*ORDERS, {**ORDERS[0], "ro_no": "NEW"}], ["labour_amount"])
    done = Book(group.office, scheme()).close(OCTOBER)
    assert why(done, "T1", "output") == ("held", "column_missing", "repair_orders.labour_amount", None)


def test_a_rating_handed_in_anew_keeps_no_part_of_the_former(group: Group) -> None:
    """Fails when points given later stand beside the level of a rating that they replace."""
    given = {"employee_id": "T1", "item": "teamwork", "rater": "M1", "month": str(OCTOBER), "store": CHAOYANG}
    lacking(group, "ratings", [{**given, "level": "良好"}], ["points"])
    lacking(group, "ratings", [{**given, "points": Decimal(90)}], ["level"])
    (row,) = group.ledger.current("ratings", SOURCES["ratings"], [OCTOBER]).to_dicts()
    assert (row["level"], row["points"]) == (None, Decimal("90.00"))


def test_a_payroll_without_deductions_says_so(group: Group) -> None:
    """Fails when nothing is deducted because the column was not in the file, and nobody hears of it."""
    group.land_month(OCTOBER, without=["payroll"])
    lacking(group, "payroll", evidence(OCTOBER)["payroll"], ["other_deductions"])
    done = Book(group.office, scheme()).close(OCTOBER)
    (told,) = [problem for problem in done.settlement.problems if problem.code == "deductions_not_handed_in"]
    assert told.zh.startswith("薪资数据里没有“其他扣款”一列，7 人按没有扣款计")
