"""Empty cells at intake: told where they would count as something, refused, or silent where empty says none."""

from __future__ import annotations

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.closing.folder.landing import absent_columns
from fairwrench.ledger.intake.intake import Intake, intake
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Column
from tests.ledger.handed import csv, roster

CATALOG = load_sources()
#: a row of each that nothing is wrong with
FULL = {
    "repair_orders": {
        "ro_no": "RO1",
        "opened_at": "2026-10-03 09:00",
        "finished_at": "2026-10-03 12:00",
        "kind": "维修",
        "labour_amount": "300",
        "booked": "是",
    },
    "attendance": {"employee_id": "1001", "month": "2026-10", "scheduled_hours": "176", "attended_hours": "170"},
    "surveys": {"survey_no": "S1", "due_on": "2026-10-03", "reached": "是", "satisfied": "是"},
    "payroll": {"employee_id": "1001", "month": "2026-10", "commission": "5000", "other_deductions": "100"},
    "job_lines": {
        "ro_no": "RO1",
        "line": "1",
        "technician": "1001",
        "opened_at": "2026-10-03 09:00",
        "labour_amount": "300",
        "share": "0.5",
    },
}


def handed(name: str, *changes: dict[str, str], without: tuple[str, ...] = ()) -> Intake:
    """A file of the source with a row for each of the changes, numbered apart."""
    source = CATALOG[name]
    known = {key: column.name.zh if column.name else key for key, column in source.columns.items()}
    columns = [key for key in FULL[name] if key not in without]
    rows = [{**FULL[name], **_own_key(name, number), **change} for number, change in enumerate(changes)]
    text = csv([[known[key] for key in columns], *[[row[key] for key in columns] for row in rows]])
    found = intake(
        text,
        sources={name: source},
        roster=roster(),
        period=Month(2026, 10),
        name=f"{source.name.zh}.csv",
        placed_store="一店",
    )
    return found.sheets[0]


def _own_key(name: str, number: int) -> dict[str, str]:
    keys = {"repair_orders": "ro_no", "surveys": "survey_no", "job_lines": "ro_no"}
    if name in keys:
        return {keys[name]: f"N{number}"}
    return {"employee_id": ("1001", "1002", "1003")[number % 3], "month": f"2026-{10 - number // 3:02d}"}


def blanks(part: Intake) -> list[tuple[str, str]]:
    """The columns told as doubtful, with how many rows."""
    return [pair for problem in part.problems if problem.code == "cells_blank" for pair in problem.details.items()]


@pytest.mark.parametrize("text", ["", "无", "N/A", "NULL", "-"])
def test_an_amount_that_is_empty_is_told_before_it_counts_as_nothing(text: str) -> None:
    """Fails when an order without its amount is an order of 0 yuan and nobody hears of it."""
    part = handed("repair_orders", {}, {"labour_amount": text})
    assert part.counts["accepted"] == 2
    assert blanks(part) == [("labour_amount", "1")]
    (told,) = [problem for problem in part.problems if problem.code == "cells_blank"]
    assert told.zh == "有 1 行没有填全，空着的按没有（否、无人）计：“工时费”第 3 行。若不是，请补全后再交"
    assert told.en.startswith(
        "1 row has empty cells, which count as nothing (as no, for nobody): 'Labour amount' in row 3."
    )


def test_where_empty_says_none_nothing_is_told() -> None:
    """Fails when every order that nobody booked by telephone is said to be doubtful."""
    part = handed("repair_orders", {}, {"booked": ""})
    assert blanks(part) == []
    assert "booked" not in absent_columns(handed("repair_orders", {"booked": ""}), CATALOG["repair_orders"])


@pytest.mark.parametrize("column", ["labour_amount", "finished_at"])
def test_a_column_empty_in_every_row_is_as_one_that_is_not_there(column: str) -> None:
    """Fails when a column with a header and nothing below it makes a month of zeros, or of nothing finished."""
    assert column not in absent_columns(handed("repair_orders", {}, {column: ""}), CATALOG["repair_orders"])
    part = handed("repair_orders", *[{column: ""}] * 10)
    assert column in absent_columns(part, CATALOG["repair_orders"])
    assert blanks(part) == []


def test_hours_that_are_empty_reject_the_row() -> None:
    """Fails when somebody without a number of hours was absent all month."""
    part = handed("attendance", {}, {"attended_hours": ""})
    (told,) = part.rejected.to_dicts()
    assert (told["code"], told["row"], told["field"]) == ("blank", 3, "attended_hours")
    assert part.counts["accepted"] == 1


def test_hours_of_nobody_are_a_column_that_is_not_there() -> None:
    """Fails when a file without any hours loses its rows, though it says who was late."""
    part = handed("attendance", *[{"attended_hours": ""}] * 10)
    assert part.rejected.is_empty()
    assert "attended_hours" in absent_columns(part, CATALOG["attendance"])


def test_what_is_asked_only_of_some_is_doubtful_only_of_them() -> None:
    """Fails when everybody who could not be reached is doubtful, or somebody reached and not asked is not."""
    part = handed("surveys", {}, {"reached": "否", "satisfied": ""}, {"satisfied": ""})
    assert blanks(part) == [("satisfied", "1")]


def test_several_people_of_one_job_without_shares_are_told() -> None:
    """Fails when two technicians of one job each get the whole of it and nobody hears of it."""
    same = {"ro_no": "RO7", "share": ""}
    part = handed("job_lines", {**same, "technician": "1001"}, {**same, "technician": "1002"}, {"share": "1"})
    (told,) = [problem for problem in part.problems if problem.code == "shares_above_whole"]
    assert told.details == {"rows": "1"} and "如第 2 行起" in told.zh
    shared = handed("job_lines", {**same, "share": "0.5"}, {**same, "technician": "1002", "share": "0.5"})
    assert not [problem for problem in shared.problems if problem.code == "shares_above_whole"]


def test_an_order_that_is_not_finished_has_no_amounts_yet() -> None:
    """Fails when every order still in the workshop is said to be doubtful."""
    part = handed("repair_orders", {}, {"labour_amount": "", "finished_at": ""})
    assert blanks(part) == []


@pytest.mark.parametrize(("column", "told"), [("labour_amount", [("labour_amount", "3")]), ("finished_at", [])])
def test_a_few_rows_say_nothing_of_a_column(column: str, told: list[tuple[str, str]]) -> None:
    """Fails when three orders that are still in the workshop make the store's month of finished orders missing."""
    part = handed("repair_orders", *[{column: ""}] * 3)
    assert absent_columns(part, CATALOG["repair_orders"]) == absent_columns(
        handed("repair_orders", {}, {}), CATALOG["repair_orders"]
    )
    assert blanks(part) == told


def test_an_order_that_was_settled_and_never_delivered_is_told() -> None:
    """Fails when settled orders drop out of everything that goes by delivery and nobody hears of it."""
    times = {"delivered_at": "2026-10-03 13:00", "settled_at": "2026-10-03 12:30"}
    source = CATALOG["repair_orders"]
    whole = {**FULL["repair_orders"], **times}
    changes = ({}, {"delivered_at": ""}, {"delivered_at": "", "settled_at": ""})
    rows = [{**whole, "ro_no": f"N{number}", **change} for number, change in enumerate(changes)]
    named = [source.columns[key].name.zh if source.columns[key].name else key for key in whole]
    text = csv([named, *[list(row.values()) for row in rows]])
    asked = {"roster": roster(), "period": Month(2026, 10), "name": "维修工单.csv", "placed_store": "一店"}
    part = intake(text, sources={"repair_orders": source}, **asked).sheets[0]
    assert blanks(part) == [("delivered_at", "1")]


def test_names_on_no_roster_are_no_empty_column() -> None:
    """Fails when work of people from outside makes everybody's figures of the store missing."""
    part = handed("job_lines", *[{"technician": "外援"}] * 10)
    assert part.uncredited.height == 10
    assert "technician" not in absent_columns(part, CATALOG["job_lines"])


@pytest.mark.parametrize("column", ["advisor", "first_promised_at"])
def test_a_finished_order_without_its_advisor_or_promise_is_told(column: str) -> None:
    """Fails when orders count for nobody, or drop out of the rate of promises kept, and nobody hears of it."""
    whole = {"advisor": "1001", "first_promised_at": "2026-10-03 11:00"}
    order = {**FULL["repair_orders"], **whole}
    rows = [{**order, "ro_no": f"N{number}", **({column: ""} if number == 1 else {})} for number in range(3)]
    source = CATALOG["repair_orders"]
    named = [source.columns[key].name.zh if source.columns[key].name else key for key in order]
    text = csv([named, *[list(row.values()) for row in rows]])
    part = intake(
        text,
        sources={"repair_orders": source},
        roster=roster(),
        period=Month(2026, 10),
        name="维修工单.csv",
        placed_store="一店",
    ).sheets[0]
    assert blanks(part) == [(column, "1")]


@pytest.mark.parametrize("value", ["是", "否"])
def test_an_answer_of_somebody_who_was_not_reached_is_told(value: str) -> None:
    """Fails when answers drop out of the rate by a 否 in the column before, and nobody hears of it."""
    no = {"reached": "否"}
    part = handed("surveys", {}, {**no, "satisfied": value}, {**no, "satisfied": ""}, {**no, "satisfied": value})
    (told,) = [problem for problem in part.problems if problem.code == "filled_despite_no"]
    assert (told.severity, told.details) == ("warning", {"rows": "2", "satisfied": "2"})
    assert told.zh.startswith("有 2 行自相矛盾：“是否接通”为否，却填了“是否满意”（第 3、5 行）")
    assert "'Reached' is no, and yet 'Satisfied' is filled in (rows 3, 5)" in told.en


def test_answers_of_those_who_were_reached_are_no_contradiction() -> None:
    """Fails when every survey is told, or one that does not say whether anybody was reached."""
    part = handed("surveys", {}, {"reached": ""}, {"reached": "否", "satisfied": ""})
    assert not [problem for problem in part.problems if problem.code == "filled_despite_no"]


def test_conditions_are_read_as_seals_of_before_wrote_them() -> None:
    """Fails when a sealed month cannot be opened whose definitions say null, or name one column without a list."""
    written = [
        Column.model_validate({"filled_when": said}).filled_when for said in (None, "reached", ["reached", "ro_no"])
    ]
    assert written == [(), ("reached",), ("reached", "ro_no")]
