"""Numbers in two spellings, and rows marked void in words. What would break: one order counted twice, or at all."""

from __future__ import annotations

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.rows.spellings import spelled_in_two_ways
from tests.ledger.handed import HEADER, ORDERS, codes, csv, every_problem, one, order, take

CATALOG = load_sources()


@pytest.mark.parametrize("other", ["ro1", "Ro1", "RO 1", "ｒｏ１", " ro1 "])
def test_a_number_in_two_spellings_is_rejected(other: str) -> None:
    """Fails when RO1 and ro1 of one file are two orders."""
    found = one(csv([HEADER, order("RO1"), order(other, kind="维修"), order("RO2")]))
    assert found.accepted["ro_no"].to_list() == ["RO2"]
    assert found.rejected.select("row", "code").rows() == [(2, "key_written_twice"), (3, "key_written_twice")]


@pytest.mark.parametrize("other", ["RO-1", "RO10", "RO01"])
def test_other_numbers_are_other_orders(other: str) -> None:
    """Fails when 1-11 and 11-1 are made one."""
    assert one(csv([HEADER, order("RO1"), order(other)])).rejected.is_empty()


def test_the_same_number_of_two_stores_is_two_orders() -> None:
    """Fails when each shop's own ro1 is taken for the other's RO1."""
    assert one(csv([HEADER, order("RO1"), order("ro1", store="二店")])).rejected.is_empty()


def test_a_number_spelled_otherwise_in_another_file_is_told() -> None:
    """Fails when a second export in small letters doubles the month."""
    frames = [one(csv([HEADER, order(number)])).accepted.select(ORDERS.key) for number in ("RO1", "ro1", "RO2")]
    (problem,) = spelled_in_two_ways(ORDERS, frames)
    assert (problem.code, problem.severity, problem.details["count"]) == ("key_written_twice", "warning", "1")
    assert "RO1 / ro1" in problem.en and not spelled_in_two_ways(ORDERS, frames[::2])


@pytest.mark.parametrize(
    ("remark", "told"),
    [
        ("红冲", True),
        ("作废", True),
        ("（已作废）", True),
        ("已冲销", True),
        ("客户要求旧件作废处理后带走", False),
        ("", False),
    ],
)
@pytest.mark.parametrize(("labour", "parts"), [("300", "100"), ("-300", "-100")])
def test_rows_marked_void_with_amounts_are_told(remark: str, told: bool, labour: str, parts: str) -> None:
    """Fails when what is marked as taken back counts as any other row; one with negative amounts is a reversal."""
    rows = [(*HEADER, "工时费", "配件费", "备注"), (*order("RO1"), labour, parts, remark)]
    found = take(csv(rows), sources={"repair_orders": CATALOG["repair_orders"]})
    assert ("marked_void" in codes(found)) is (told and labour == "300")


def test_a_number_marked_void_is_told() -> None:
    """Fails when RO1作废 is an order of that number."""
    assert "marked_void" in codes(take(csv([HEADER, order("RO1作废")])))


STATES = ["已删除", "删除", "无效", "撤销", "取消", "已取消", "本单已取消", "整单取消", "退单", "已退款", "退款"]
STATES += ["废单", "冲账", "测试", "测试单", "（已取消）", "cancelled", "Canceled", "VOID", "deleted", "invalid"]
STATES += ["reversed", "test"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("label", ["状态", "工单状态", "Order status"])
def test_a_state_that_says_gone_is_told(state: str, label: str) -> None:
    """Fails when an order that the system has cancelled counts and nobody hears of it."""
    found = take(csv([(*HEADER, label), (*order("RO1"), "已结算"), (*order("RO2"), state)]))
    (problem,) = [each for each in every_problem(found) if each.code == "marked_void"]
    assert (problem.severity, problem.details) == ("warning", {"rows": "1"})
    assert f"第 3 行：“{state}”" in problem.zh and f"(row 3: {state!r})" in problem.en


@pytest.mark.parametrize(
    ("label", "cell", "told"),
    [
        ("是否作废", "是", True),
        ("删除标志", "1", True),
        ("is_deleted", "true", True),
        ("是否有效", "否", True),
        ("是否作废", "否", False),
        ("删除标志", "0", False),
        ("是否有效", "是", False),
        ("状态", "已完成", False),
        ("状态", "取消预约后改约", False),
        ("状态", "未删除", False),
        ("作业项目", "测试", False),
        ("投诉类别", "退款", False),
        ("备注", "客户取消洗车", False),
        ("Test", "ok", False),
        ("Statement", "test", False),
    ],
)
def test_a_flag_is_told_and_the_same_word_elsewhere_is_not(label: str, cell: str, told: bool) -> None:
    """Fails when a row flagged as deleted counts in silence, or a job called 测试 is told as cancelled."""
    found = take(csv([(*HEADER, label), (*order("RO1"), cell)]))
    assert ("marked_void" in codes(found)) is told


def test_what_is_told_of_amounts_fits_the_kind_of_file() -> None:
    """Fails when a survey that was cancelled is to be given negative amounts."""
    rows = [("回访编号", "门店", "应回访日期", "是否接通", "状态"), ("S1", "一店", "2026-10-03", "是", "已取消")]
    found = take(csv(rows), sources={"surveys": CATALOG["surveys"]})
    (problem,) = [each for each in every_problem(found) if each.code == "marked_void"]
    assert "负数" not in problem.zh and "negative" not in problem.en
