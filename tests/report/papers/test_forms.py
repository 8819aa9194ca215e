"""Rating forms: who is asked what, and that a filled form comes back through the ordinary intake."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.intake.intake import intake
from fairwrench.report.papers.forms import TOP, write_rating_forms
from fairwrench.report.papers.raters import asked_of_raters
from fairwrench.report.report_context import ReportContext
from fairwrench.settlement.scheme.scheme import Scheme
from tests.report.small_group import FORMULA, OCTOBER, SCHEME, Silent, write_data


@pytest.fixture
def forms(material: ReportContext, tmp_path: Path) -> dict[str, Path]:
    """Rater → the form written for them."""
    paths, _ = write_rating_forms(material, tmp_path / "forms")
    return {path.stem.split("_")[1]: path for path in paths}


def heads(sheet: Any) -> dict[str, int]:
    """Head → column number, from 1."""
    return {cell.value: cell.column for cell in sheet[TOP]}


def fill(path: Path, level: str, example: str | None = None) -> None:
    """Write a level (and an example) wherever one can be chosen."""
    book = openpyxl.load_workbook(path)
    sheet, at = book.active, heads(book.active)
    for row in range(TOP + 1, sheet.max_row + 1):
        if sheet.cell(row, at["考核项"]).value == "工作态度":
            sheet.cell(row, at["等级"]).value = level
            sheet.cell(row, at["事例"]).value = example
    book.save(path)


def test_each_line_manager_gets_their_own_people(forms: dict[str, Path]) -> None:
    """Fails when a rater would rate somebody else's people, miss one of their own, or rate whom nobody assesses."""
    asked = {}
    for rater, path in forms.items():
        sheet = openpyxl.load_workbook(path).active
        at = heads(sheet)
        cells = sheet.iter_rows(min_row=TOP + 1, values_only=True)
        asked[rater] = [(row[at["被评人工号"] - 1], row[at["考核项"] - 1]) for row in cells]
    conduct, bonus = "工作态度", "urgent_response"
    assert asked == {
        "E1": [("E2", conduct), ("E2", bonus), ("E3", conduct), ("E3", bonus), ("E4", conduct)],
        "W1": [("W2", conduct), ("W2", bonus), ("W3", conduct)],
    }


def test_a_filled_form_settles_whoever_waited(forms: dict[str, Path], tmp_path: Path) -> None:
    """Fails when raters fill their forms in vain: E3 waited, and gets 130 × 60, 87.50 × 20, 105 × 20."""
    fill(forms["E1"], "良好")
    data = write_data(tmp_path / "data")
    forms["E1"].rename(data / str(OCTOBER) / forms["E1"].name)
    (data / str(OCTOBER) / "评分.csv").unlink()
    run = settle_folder(SettleOptions(OCTOBER, data, tmp_path / "out", scheme=str(SCHEME)), DuckDB(), Silent())
    score = dict(run.closed.settlement.totals.select("employee_id", "score").iter_rows())
    assert score["E3"] == (13000 * 60 + 8750 * 20 + 10500 * 20) // 100
    assert run.rejected.filter(pl.col("file").str.contains("ratings_")).is_empty()


def test_every_row_of_a_form_is_taken_in(forms: dict[str, Path], run: Run) -> None:
    """Fails when intake does not know our own columns, or loses a row of the form."""
    fill(forms["W1"], "优秀", "10月3日主动支援兄弟店")
    found = intake(forms["W1"], sources=run.workspace.sources, roster=run.workspace.roster, period=OCTOBER)
    (sheet,) = found.sheets
    assert sheet.source == "ratings"
    assert (sheet.counts["accepted"], sheet.counts["rejected"]) == (3, 0)
    told = sheet.accepted.select("employee_id", "item", "rater", "month", "role", "level", "evidence").row(0)
    assert told == ("W2", "工作态度", "W1", "2026-10", "line_manager", "优秀", "10月3日主动支援兄弟店")


def test_levels_are_chosen_from_the_scheme_s(forms: dict[str, Path]) -> None:
    """Fails when somebody could type a level that the scheme does not have, or give a bonus above its limit."""
    sheet = openpyxl.load_workbook(forms["E1"]).active
    checks = {str(check.sqref): check for check in sheet.data_validations.dataValidation}
    assert (checks["F4"].type, checks["F4"].formula1) == ("list", '"优秀,良好,合格,不合格"')
    assert (checks["G5"].type, checks["G5"].formula1, float(checks["G5"].formula2)) == ("decimal", "0", 5)
    assert "G4" not in checks
    assert "F5" not in checks


def test_a_level_that_needs_an_example_turns_its_cell(forms: dict[str, Path]) -> None:
    """Fails when the top or bottom level can be given without anybody being reminded of the example (S3 肆)."""
    sheet = openpyxl.load_workbook(forms["E1"]).active
    rules = {str(area.sqref): area.rules[0].formula for area in sheet.conditional_formatting}
    assert rules["H4"] == ['AND(OR($F4="优秀",$F4="不合格"),LEN(TRIM($H4))=0)']


def test_what_was_given_already_stands_in_the_form(forms: dict[str, Path]) -> None:
    """Fails when a rater who opens the form again would have to write everything a second time."""
    sheet = openpyxl.load_workbook(forms["E1"]).active
    at = heads(sheet)
    rows = [row for row in sheet.iter_rows(min_row=TOP + 1) if row[at["被评人工号"] - 1].value == "E4"]
    assert rows[0][at["等级"] - 1].value == "不合格"
    assert rows[0][at["事例"] - 1].value == "10月8日拒绝协助同事"


def test_only_what_is_asked_can_be_written(forms: dict[str, Path]) -> None:
    """Fails when a slip of the hand could change whom or what a row is about, or a name could run as a formula."""
    sheet = openpyxl.load_workbook(forms["E1"]).active
    at = heads(sheet)
    assert sheet.protection.sheet
    unlocked = {cell.column for row in sheet.iter_rows(min_row=TOP + 1) for cell in row if not cell.protection.locked}
    assert unlocked == {at["等级"], at["分数"], at["事例"]}
    names = [row[at["姓名"] - 1] for row in sheet.iter_rows(min_row=TOP + 1)]
    assert {cell.value: cell.data_type for cell in names}[FORMULA] == "s"


def test_an_item_is_named_so_that_it_survives_intake(forms: dict[str, Path], run: Run, material: ReportContext) -> None:
    """Fails when intake's half-width brackets make an item of our own form unknown: its code stands there instead."""
    found = intake(forms["E1"], sources=run.workspace.sources, roster=run.workspace.roster, period=OCTOBER)
    words = {item.key for item in material.names.items()} | {material.names.item("conduct")}
    assert set(found.sheets[0].accepted["item"]) <= words
    sheet = openpyxl.load_workbook(forms["E1"]).active
    assert sheet.cell(TOP + 2, heads(sheet)["各等级描述"]).value.startswith("突发情况响应（加分）")


def with_raters(material: ReportContext, raters: dict[str, str]) -> ReportContext:
    """The same month with other raters of the conduct."""
    document = material.settled.scheme.model_dump(by_alias=True)
    for card in document["scorecards"].values():
        for item in card["items"]:
            if item["rating"] == "conduct":
                item["raters"] = raters
    settled = replace(material.settled, scheme=Scheme.model_validate(document))
    return replace(material, kept=replace(material.kept, settlement=settled))


def test_other_roles_are_asked_where_the_scheme_says_so(material: ReportContext) -> None:
    """Fails when a self rating goes to the boss, or a role that anybody may take is asked of nobody."""
    asked, _ = asked_of_raters(with_raters(material, {"self": "40", "other": "60"}))
    roles = {(rater, row.role, row.employee_id) for rater, rows in asked.items() for row in rows if row.item.rating}
    people = ("E2", "E3", "E4", "W2", "W3")
    assert roles == {(person, "self", person) for person in people} | {("", "other", person) for person in people}


def test_whom_nobody_can_rate_is_told(material: ReportContext) -> None:
    """Fails when a person without next-level manager waits for ever and nobody knows: E1 has no manager."""
    _, problems = asked_of_raters(with_raters(material, {"next_level": "100"}))
    assert sorted(problem.subject for problem in problems) == ["E2", "E3", "E4"]
    assert {problem.code for problem in problems} == {"no_rater"}


def test_english_forms_read_back_too(into: Callable[..., ReportContext], run: Run, tmp_path: Path) -> None:
    """Fails when a form in the second language is not recognised, or its items are not the scheme's."""
    paths, _ = write_rating_forms(into(lang="en"), tmp_path / "forms")
    found = intake(paths[0], sources=run.workspace.sources, roster=run.workspace.roster, period=OCTOBER)
    (sheet,) = found.sheets
    assert sheet.source == "ratings"
    assert sheet.counts["rejected"] == 0
    assert sheet.accepted["item"][0].startswith("Attitude")
