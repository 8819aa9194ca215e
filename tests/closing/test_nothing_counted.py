"""Somebody of whom nothing is measured: not 94 points through zeros, and named wherever the month is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairwrench.cli.summary import summary
from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.report.write import write_reports
from tests.closing.quiet import Quiet
from tests.closing.small import OCTOBER, PEOPLE, roster, write_folder, write_scheme

#: a number of complaints, of which none is a true zero and full marks
CLEAN = {
    "name": {"zh": "投诉数", "en": "Complaints"},
    "better": "lower",
    "unit": "count",
    "no_rows": "zero",
    "numerator": {"source": "complaints", "value": "count", "credit": "responsible", "date": "received_at"},
}
FEWER = {"of": "value", "steps": [["0", "130"], ["2", "100"]], "beyond": "50"}
ITEMS = [
    {"metric": "clean", "category": "customer", "weight": "60", "curve": FEWER},
    {
        "metric": "on_time",
        "category": "key",
        "weight": "40",
        "curve": {"of": "value", "piecewise": [["0", "0"], ["1", "100"]]},
    },
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """October with T9, a technician of 朝阳店 of whom no file has a row."""
    folder = tmp_path_factory.mktemp("nothing")
    data = write_folder(folder / "data", [OCTOBER])
    people = roster([*PEOPLE, {"id": "T9", "name": "新来的", "manager": "M1"}]).drop("_row")
    people.with_columns(full_salary=people["full_salary"] // 100).write_csv(data / "roster.csv")
    under = write_scheme(
        folder / "scheme.yaml",
        metrics={"clean": CLEAN},
        scorecards={"technician": {"items": ITEMS}},
        eligibility={"least_measured": "0.5"},
    )
    return settle_folder(SettleOptions(OCTOBER, data, folder / "out", str(under), lang="zh"), DuckDB(), Quiet())


def test_a_person_with_no_rows_does_not_score_through_zeros(run: Run) -> None:
    """Fails when no complaint about somebody who did nothing is 130 points."""
    (total,) = run.closed.settlement.totals.filter(employee_id="T9").to_dicts()
    assert (total["state"], total["short"], total["score"]) == ("incomplete", "too_little_measured", None)
    (worked,) = run.closed.settlement.totals.filter(employee_id="T2").to_dicts()
    assert worked["state"] == "incomplete" and worked["short"] == "too_little_measured"


def test_a_complaint_about_somebody_measures(run: Run) -> None:
    """Fails when a person with rows of their own is told that nothing is measured: T1 has a complaint and 14 orders."""
    (total,) = run.closed.settlement.totals.filter(employee_id="T1").to_dicts()
    assert total["short"] is None and total["score"] is not None


def test_it_stands_on_the_list_of_the_command_and_in_the_report(run: Run, tmp_path: Path) -> None:
    """Fails when somebody gets no pay and nobody is told why, on the console or in report.html."""
    why = "有数据的考核项权重不足制度要求的比例"
    listed = {row["employee_id"]: row["why"] for row in summary(run, "zh")["incomplete"]}
    assert why in listed["T9"]
    english = {row["employee_id"]: row["why"] for row in summary(run, "en")["incomplete"]}
    assert "less of the card's weight is measured than the scheme asks for" in english["T9"]
    write_reports(run, Quiet())
    page = (run.asked.out / "report.html").read_text(encoding="utf-8")
    assert why in page and "新来的" in page
