"""Who is paid without a row of payroll has no deduction that anybody knows of, and that is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fairwrench.settlement.settle import Settlement
from tests.settlement.inputs.test_recorded_inputs import paid, told
from tests.settlement.month_fixtures import World, october_world, scheme

#: everybody's pay comes from the salary, so that it is settled without any payroll
SALARIED = scheme(pay={"bases": {"profit": {"kind": "salary", "share": "0.50"}}})
CODES = ("no_payroll_row", "payroll_not_handed_in")


@pytest.fixture
def october() -> World:
    """The hand-worked October: T1, T2 and A1 have a score, T3 waits for a rating, the others are not assessed."""
    return october_world()


def said(settled: Settlement) -> list[tuple[str, str]]:
    return [(problem.code, problem.details["people"]) for code in CODES for problem in told(settled, code)]


def test_a_row_for_everybody_is_no_news(october: World, tmp_path: Path) -> None:
    """Fails when a payroll that is whole brings a warning every month."""
    assert said(october.settled(tmp_path, SALARIED)) == []


def test_somebody_left_out_of_the_payroll_is_named(october: World, tmp_path: Path) -> None:
    """Fails when a row that was left out, or has another number, makes its person's deductions 0 without a word."""
    october.rows["payroll"] = [row for row in october.rows["payroll"] if row["employee_id"] != "T1"]
    october.payroll("T9", "6180.00", other_deductions="300")
    settled = october.settled(tmp_path, SALARIED)
    assert (paid(settled, "T1")["state"], paid(settled, "T1")["deductions"]) == ("settled", 0)
    assert said(settled) == [("no_payroll_row", "T1")]
    (problem,) = told(settled, "no_payroll_row")
    assert problem.severity == "warning"
    name = next(row["name"] for row in october.roster if row["employee_id"] == "T1")
    assert f"薪资数据里没有 1 人的行，按没有扣款计：{name}（T1）；" in problem.zh
    assert f"no row of 1 person, so nothing is deducted from that person: {name} (T1);" in problem.en


def test_a_store_without_any_payroll_is_named(october: World, tmp_path: Path) -> None:
    """Fails when nobody handed payroll in and everybody is paid in full without a word."""
    del october.rows["payroll"]
    settled = replace(october, missing=frozenset({"payroll"})).settled(tmp_path, SALARIED)
    assert said(settled) == [("payroll_not_handed_in", "A1, T1, T2")]
    (problem,) = told(settled, "payroll_not_handed_in")
    assert problem.severity == "warning"
    assert "1 家门店没有可用的当月薪资数据，3 人按没有扣款计：朝阳店；" in problem.zh
    assert "of 1 store, so nothing is deducted from 3 people: 朝阳店;" in problem.en


def test_whoever_waits_for_a_commission_is_told_once(october: World, tmp_path: Path) -> None:
    """Fails when a person whose pay waits for the payroll is told to have had nothing deducted, too."""
    october.rows["payroll"] = [row for row in october.rows["payroll"] if row["employee_id"] != "T1"]
    settled = october.settled(tmp_path)
    assert [problem.subject for problem in told(settled, "missing_commission")] == ["T1"]
    assert said(settled) == []
