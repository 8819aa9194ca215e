"""The recorded steps of pay in words: positions, plans and pools by name, figures as a pocket calculator takes them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.settlement.words.step_words import EMPTY, step_text

SOURCES = load_sources()
PLANNED, POOLED = load_scheme("dealership_commission"), load_scheme("dealership_pool")
OCTOBER = {"from": date(2026, 10, 1), "to": date(2026, 10, 31)}
HALF = {"from": date(2026, 10, 17), "to": date(2026, 10, 31)}
NOTHING = dict.fromkeys(("subject", "from", "to", "basis", "basis_digits", "numerator", "denominator"))


def step(name: str, **more: Any) -> dict[str, Any]:
    part, _, word = name.partition(".")
    return {**NOTHING, "part": part, "step": word, **more}


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        (
            step("pay.salary_part", subject="technician", basis=710_000, basis_digits=2, numerator=31, denominator=31)
            | OCTOBER,
            "维修技师，2026-10-01 至 2026-10-31：全额工资 ¥7,100.00 × 任职 31 天 ÷ 当月 31 天",
            "Technician, 2026-10-01 to 2026-10-31: full salary ¥7,100.00 × 31 days held ÷ 31 days of the month",
        ),
        (
            # 15 days at 30 %: 15 × 0.30 in millionths
            step("pay.base_part", subject="tool_keeper", basis=490_000, basis_digits=2, numerator=4_500_000)
            | {"denominator": 31_000_000}
            | HALF,
            "工具管理员，2026-10-17 至 2026-10-31：全额工资 ¥4,900.00 × 30 % × 任职 15 天 ÷ 当月 31 天",
            "× 30 % × 15 days held ÷ 31 days of the month",
        ),
        (
            step("pay.salary_part", subject="technician", numerator=31, denominator=31) | OCTOBER,
            "维修技师，2026-10-01 至 2026-10-31：全额工资未知",
            "the full salary is not known",
        ),
        (
            step("commission.commission_line", subject="technician/hours_internal", basis=74_100_000_000_000)
            | {"basis_digits": 12, "numerator": 18_000_000, "denominator": 1_000_000},
            "内部工时：数量 74.1 × 每工时 ¥18；数量为「工单项目明细」中「是否内部」为“是”"
            "或「工单维修类型」为“内部”的行，逐行计算「计费工时」×「份额」（为空按 1 计），再合计"
            "（按「完工时间」归月，记在「维修技师」名下）",
            "(dated by Finished, credited to Technician)",
        ),
        (
            step("commission.commission_line", subject="technician/hours_internal", numerator=18_000_000)
            | {"denominator": 1_000_000},
            "内部工时：数据尚未提交",
            "Internal hours: the evidence was not handed in",
        ),
        (
            step("commission.commission_attainment", subject="output", numerator=33_382_500_000_000)
            | {"denominator": 37_750_000_000_000},
            "产值的目标达成率 333,825 ÷ 377,500",
            "attainment of Output 333,825 ÷ 377,500",
        ),
        (
            step("commission.commission_factor", subject="score", numerator=10_686, denominator=10_000),
            "考核得分 106.86 ÷ 100",
            "Score 106.86 ÷ 100",
        ),
        (step("pay.deductions", subject="payroll"), "薪资数据中的其他扣款", "other deductions of the payroll"),
        (step("pay.deductions", subject="损坏 tool_box"), "损坏 tool_box", "损坏 tool_box"),
        (step("pay.corrections", subject="correction of 2026-09"), "2026-09 补发/补扣", "correction of 2026-09"),
        (step("pay.corrections", subject="补发"), "补发", "补发"),
    ],
)
def test_steps_of_pay(row: dict[str, Any], zh: str, en: str) -> None:
    """Fails when somebody cannot redo an amount from what the line says, or reads an id."""
    text = step_text(row, PLANNED, SOURCES)
    assert text.zh == zh
    assert text.en.endswith(en)


@pytest.mark.parametrize(
    ("row", "zh"),
    [
        (
            step("pool.pool_claim", subject="service_bonus/technician", numerator=5343, denominator=50),
            "售后奖金池 · 维修技师：5,343 ÷ 50",
        ),
        (step("pool.pool_claim", subject="service_bonus/technician"), "售后奖金池 · 维修技师"),
        (
            step("pool.pool_share", subject="service_bonus/painter", basis=123_456, basis_digits=2, numerator=3)
            | {"denominator": 7},
            "售后奖金池 · 喷漆技师：岗位份额 ¥1,234.56 × 本人权数占比 3 ÷ 7",
        ),
        (step("pay.pool_pay", subject="service_bonus"), "售后奖金池"),
    ],
)
def test_steps_of_a_pool(row: dict[str, Any], zh: str) -> None:
    """Fails when a share of a pool does not say of which pool and part it is."""
    assert step_text(row, POOLED, SOURCES).zh == zh


def test_a_factor_that_bounds_cut_says_so() -> None:
    """Fails when 1.000000 stands there and nobody knows that the cap made it."""
    (plan, *_) = [plan for plan in PLANNED.pay.commission.values() if plan.factors]
    (factor, *_) = plan.factors
    assert factor.attainment and factor.cap is not None
    row = step("commission.commission_factor", subject=factor.attainment, numerator=1_000_000, denominator=1_000_000)
    assert "（计入上下限）" in step_text(row, PLANNED, SOURCES).zh


def test_what_has_no_words_is_left_to_title_and_figure() -> None:
    """Fails when a step of another version ends the explanation."""
    assert step_text(step("pay.something_new", subject="x_y"), PLANNED, SOURCES) == EMPTY
