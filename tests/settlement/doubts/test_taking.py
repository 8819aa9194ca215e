"""Money taken by decisions: its ground, its limit as compensation, fines as points or a record; worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.settlement.doubts.taking import limit_of
from fairwrench.settlement.explain.explain import explain
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Deductions, Scheme
from fairwrench.settlement.settle import Settlement
from tests.settlement.month_fixtures import SOURCES, STORE, World, october_world, scheme

RULES: dict[str, Any] = {
    "warn_share": "1",
    "compensation_share": "0.20",
    "references": {"compensation_share": "第十六条"},
}


@pytest.fixture
def october() -> World:
    """T1 earns 9603.95 in October and scores 106.86, T2 scores 96.51."""
    return october_world()


def under(**deductions: Any) -> Scheme:
    """A scheme that bounds compensation."""
    return scheme(pay={"deductions": {**RULES, **deductions}})


def told(settled: Settlement, code: str) -> list[Problem]:
    return [problem for problem in settled.problems if problem.code == code]


def taken(settled: Settlement, person: str) -> tuple[int, int]:
    """Score and deductions, in hundredths and fen."""
    mine = pl.col("employee_id") == person
    return settled.totals.filter(mine)["score"][0], settled.pay.filter(mine)["deductions"][0]


@pytest.mark.parametrize(
    ("wage", "minimum", "others", "most"),
    [
        (500_000, None, 0, 100_000),  # a fifth of 5,000.00
        (500_000, "4200.00", 0, 80_000),  # 800.00 lie above 4,200.00
        (500_000, "4200.00", 30_000, 50_000),  # of which 300.00 are taken on other grounds
        (500_000, "5000.01", 0, 0),  # below the minimum wage nothing is left to take
        (500_004, None, 0, 100_000),  # 1,000.008: a part of a fen is left to the person
    ],
)
def test_the_limit_of_a_month(wage: int, minimum: str | None, others: int, most: int) -> None:
    """Fails when more is taken than article 16 allows, by a fen or by leaving out the minimum wage."""
    known = {} if minimum is None else {STORE: Decimal(minimum)}
    rules = Deductions(warn_share=Decimal(1), compensation_share=Decimal("0.20"), minimum_wage=known)
    limit = limit_of(rules, wage=wage, store=STORE, others=others)
    assert limit is not None and limit.most == most


def test_compensation_above_its_limit_is_told_and_not_cut(october: World, tmp_path: Path) -> None:
    """Fails when HR is not told what may be taken, the amount is changed, or other grounds are held to the limit."""
    # 20 % of 9603.95 are 1920.79; together 2000.00
    october.decision("deduction", "T1", value="1500", reason="损坏举升机", ground="compensation")
    october.decision("deduction", "T1", value="500", reason="丢失工具", ground="compensation")
    october.decision("deduction", "A1", value="2000", reason="违反制度", ground="breach")
    settled = october.settled(tmp_path, under())
    (above,) = told(settled, "compensation_above_limit")
    assert (above.subject, above.details) == ("T1", {"most": "1920.79", "over": "79.21"})
    assert "第十六条" in above.zh
    assert taken(settled, "T1")[1] == 200_000
    assert told(settled, "no_ground") == []


def test_exactly_the_limit_is_within_it(october: World, tmp_path: Path) -> None:
    """Fails when the last fen that the article allows is refused."""
    october.decision("deduction", "T1", value="1920.79", ground="compensation")
    assert told(october.settled(tmp_path, under()), "compensation_above_limit") == []


def test_without_a_ground_it_counts_and_is_doubtful(october: World, tmp_path: Path) -> None:
    """Fails when an old file is rejected, or nobody is told that a deduction gives no ground."""
    october.decision("deduction", "T1", value="12.50", reason="损坏工具")
    october.decision("confirm_fine", "T1", value="500", reason="迟交")
    settled = october.settled(tmp_path, under())
    assert taken(settled, "T1")[1] == 51_250
    assert [problem.subject for problem in told(settled, "no_ground")] == ["T1", "T1"]


def test_the_payslip_says_the_ground_and_leads_to_the_row(october: World, tmp_path: Path) -> None:
    """Fails when the person cannot see why money was taken, or by which decision."""
    october.decision("deduction", "T1", value="12.50", reason="损坏工具", ground="compensation")
    tree = explain(october.settled(tmp_path), "T1", sources=SOURCES)
    step = next(each for _, each in tree.walk() if each.key == "pay.deductions")
    assert (step.how.zh, step.how.en) == ("赔偿：损坏工具", "compensation of a loss: 损坏工具")
    assert step.rows[0].measure.source == "decisions"


@pytest.mark.parametrize(
    ("kind", "value", "comes_to"),
    [
        ("confirm_fine", "500", (10686, 50_000)),
        ("fine_points", "4", (10286, 0)),  # 106.86 − 4.00
        ("fine_record", None, (10686, 0)),
        ("fine_waived", None, (10686, 0)),
        ("fine_points", "-4", (10686, 0)),  # below 0 it would raise the score
    ],
)
def test_each_kind_takes_its_own(
    october: World, tmp_path: Path, kind: str, value: str | None, comes_to: tuple[int, int]
) -> None:
    """Fails when a fine chosen as points or a record still takes money, or a slip of the sign raises a score."""
    october.decision(kind, "T1", value=value, ground="breach")
    settled = october.settled(tmp_path)
    assert taken(settled, "T1") == comes_to
    assert len(told(settled, "decision_without_effect")) == (value == "-4")


def test_points_off_lead_to_the_row_that_took_them(october: World, tmp_path: Path) -> None:
    """Fails when a score is lower and nobody finds the decision: 106.86 − 4.00."""
    october.decision("fine_points", "T1", value="4")
    tree = explain(october.settled(tmp_path), "T1", sources=SOURCES)
    step = next(each for _, each in tree.walk() if each.key == "points_off")
    assert (step.figure, step.title.zh) == ("-4.00", "迟交扣分")
    (behind,) = step.rows
    assert (behind.measure.source, behind.unit) == ("decisions", "T1")
    assert behind.measure.where == "kind in ('fine_points')"


def test_points_without_a_figure_and_a_second_decision_are_told(october: World, tmp_path: Path) -> None:
    """Fails when a fine in points without points, of nobody assessed, or decided twice is passed over in silence."""
    october.decision("fine_points", "T1")
    october.decision("fine_record", "T1")
    october.decision("fine_points", "GONE", value="2")
    settled = october.settled(tmp_path)
    assert [problem.subject for problem in told(settled, "fined_twice")] == ["T1"]
    ((zh, subject),) = [(p.zh, p.subject) for p in told(settled, "decision_without_effect") if p.subject == "T1"]
    assert (subject, "没有填写数值" in zh) == ("T1", True)


def test_a_store_may_take_points_where_others_take_money(october: World, tmp_path: Path) -> None:
    """Fails when a store whose province forbids fines still takes money for a confirmed one."""
    lateness = {"instead": {"points": "2"}, "by_store": {STORE: {"effect": "points", "province": "广东"}}}
    october.decision("confirm_fine", "T1", value="2")
    settled = october.settled(tmp_path, scheme(cycle={"lateness": lateness}))
    assert taken(settled, "T1") == (10486, 0)
    rule = scheme(cycle={"lateness": {**lateness, "instead": {"points": "2", "choices": ["money", "record"]}}})
    assert rule.cycle.lateness is not None
    assert rule.cycle.lateness.choices_in(STORE) == ("points", "record")
    assert rule.cycle.lateness.choices_in("别处") == ("money", "record")
