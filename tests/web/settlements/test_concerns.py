"""Whose a problem of a month is: by its subject, and by whom else it names."""

from __future__ import annotations

from typing import Any

import pytest

from fairwrench.settlement.problem import Problem
from fairwrench.web.settlements.models import StoreSums
from fairwrench.web.settlements.runs.concerns import told_of, told_to, told_with_stores
from fairwrench.web.settlements.runs.run_reader import sums_told

PLACES = {"E1": "东店", "E2": "东店", "W1": "西店"}


def stores(subject: str, zh: str = "", **details: str) -> list[str]:
    """The stores of a problem about a subject."""
    (told,) = told_with_stores([Problem("wrong", zh, "", subject=subject, details=details)], PLACES)
    found: list[str] = told["stores"]
    return found


@pytest.mark.parametrize(
    ("subject", "zh", "details", "expected"),
    [
        ("E1", "E1 的工资暂不能核算", {}, ["东店"]),
        ("西店", "门店 西店 的奖金池", {}, ["西店"]),
        ("E1", "甲（E1）的直接上级 W1 当月不在职", {}, ["东店", "西店"]),
        ("E1", "其下属按该指标考核：某人", {"led": "E2,W1"}, ["东店", "西店"]),
        ("E1", "E1 在西店的行", {}, ["东店", "西店"]),
        ("repair_orders", "repair_orders 有 3 行，E1", {}, []),
        ("", "E1 与 W1", {}, []),
        ("E9", "E9 不在花名册上", {}, []),
    ],
)
def test_a_problem_is_of_the_stores_it_names(
    subject: str, zh: str, details: dict[str, str], expected: list[str]
) -> None:
    """Fails when a problem that names somebody of another store, or nobody known, is told to one store."""
    assert stores(subject, zh, **details) == expected


def problem(stores: list[str] | None) -> dict[str, Any]:
    return {"code": "wrong", "subject": "", **({} if stores is None else {"stores": stores})}


def test_a_store_is_told_its_own_problems_and_the_group_all() -> None:
    """Fails when what cannot be told whose it is, or was written down before that was known, reaches one store."""
    told = [problem(["东店"]), problem(["东店", "西店"]), problem([]), problem(None)]
    plain = problem(None)
    assert told_to(told, None) == [plain] * 4
    assert told_to(told, frozenset({"东店"})) == [plain]
    assert told_to(told, frozenset({"东店", "西店"})) == [plain] * 2
    assert told_to(told, frozenset()) == []


def test_the_same_of_what_a_job_found() -> None:
    """Fails when the reasons of a job that failed are told to whom they do not concern."""
    facts = {"code": "wrong", "en": "", "details": {}}
    found = [{**facts, "zh": "E1 有误", "subject": "E1"}, {**facts, "zh": "W1 有误", "subject": "W1"}]
    assert told_of(found, PLACES, None) == found
    assert told_of(found, PLACES, frozenset({"东店"})) == found[:1]
    assert told_of(found, {}, frozenset({"东店"})) == []


def test_the_sums_of_two_stores_are_one() -> None:
    """Fails when the mean of some stores is a mean of means, or a count is lost between them."""
    east = StoreSums(store="东店", people=2, settled=2, grades={"A": 1, "C": 1}, score_sum=20_000, scored=2)
    east.performance_pay, east.total, east.held = 300, 500, {"unrated": 2}
    west = StoreSums(store="西店", people=1, incomplete=1, grades={"C": 1}, score_sum=7_001, scored=1)
    west.performance_pay, west.total, west.held = 30, 50, {"unrated": 1, "no_target": 1}
    both = sums_told([east, west])
    assert (both["people"], both["performance_pay"], both["total"]) == (3, 330, 550)
    assert (both["states"], both["grades"]) == ({"settled": 2, "incomplete": 1}, {"A": 1, "C": 2})
    assert both["held"] == {"unrated": 3, "no_target": 1}
    assert both["mean"] == 9_000, "27 001 hundredths of three people, half up"
    assert sums_told([west])["mean"] == 7_001
    assert sums_told([])["mean"] is None
