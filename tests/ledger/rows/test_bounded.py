"""Numbers of a row that bound each other. What would break: 130 points of 100, a rebate of 200 %, in every score."""

from __future__ import annotations

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.intake.intake import Intake, intake
from fairwrench.settlement.check.check_sources import check_sources
from fairwrench.settlement.source.source import Source
from tests.ledger.handed import OCTOBER, csv, roster

CATALOG = load_sources()
SCORES = ("门店", "计入月份", "考核类别", "考核得分", "满分", "区域平均分")
REBATES = ("门店", "返利月份", "返利项目", "应返金额", "确认金额")
SALES = ("订单号", "门店", "销售顾问", "下单日期", "交车日期", "订单金额", "回款金额")


def read(kind: str, *rows: tuple[object, ...]) -> Intake:
    (found,) = intake(
        csv([*rows]), sources={kind: CATALOG[kind]}, roster=roster(), period=OCTOBER, name="数据.csv"
    ).sheets
    return found


def test_a_score_is_not_above_the_full_score() -> None:
    """Fails when 120 of 100 points count, when 100 of 100 are rejected, or the average is not looked at."""
    rows = [(kind, *points) for kind, *points in (("CSI", 120, 100, 90), ("SSI", 100, 100, 90), ("飞检", 80, 100, 101))]
    found = read("factory_scores", SCORES, *(("一店", "2026-10", *row) for row in rows))
    assert found.rejected.select("row", "field", "value", "code").rows() == [
        (2, "score", "120", "above_other"),
        (4, "regional_average", "101", "above_other"),
    ]
    assert "满分" in found.rejected["reason"][0] and "Full score" in found.rejected["reason_en"][0]


def test_a_rebate_is_not_confirmed_above_what_is_due() -> None:
    """Fails when 1 500 of 1 000 yuan are confirmed, or what waits for confirmation is rejected."""
    amounts = ((1000, 1500), (1000, 1000), (1000, None), (0, "0.01"))
    found = read("rebates", REBATES, *(("一店", "2026-10", f"R{at}", *row) for at, row in enumerate(amounts)))
    assert found.rejected.select("row", "code").rows() == [(2, "above_other"), (5, "above_other")]


def test_a_reversal_is_held_against_the_bound_with_both_signs_turned() -> None:
    """Fails when −60 collected of −100 is taken for more than the order has, as −60 is above −100."""
    day = "2026-10-08"
    rows = [
        (f"O{at}", "一店", "张三", day, day, *row) for at, row in enumerate(((-100, -60), (-100, -120), (100, 120)))
    ]
    found = read("sales_orders", SALES, *rows)
    assert found.rejected.select("row", "code").rows() == [(3, "above_other"), (4, "above_other")]


@pytest.mark.parametrize(
    ("most", "fits"), [("full_score", True), ("score", False), ("month", False), ("rank", False), ("nothing", False)]
)
def test_a_bound_is_another_number_of_the_same_unit(most: str, fits: bool) -> None:
    """Fails when a kind of file may bound a number by itself, by a month, or by another unit."""
    source = CATALOG["factory_scores"]
    column = source.columns["score"].model_copy(update={"at_most": most})
    changed = Source.model_validate(
        (source.model_copy(update={"columns": source.columns | {"score": column}})).model_dump()
    )
    assert (check_sources({"factory_scores": changed}) == []) is fits
