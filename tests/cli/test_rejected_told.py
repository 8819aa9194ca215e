"""Rows that were rejected while the rest of their store counts: told by file, store and number, once.

What breaks here: a store's figures lack what it did, and only a count at the end of the screen says so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import run
from tests.cli.spoilt import MONTH, Settled, Shop, two_stores
from tests.ledger.handed import xlsx
from tests.report.small_group import EASTERN, ORDERS, SCHEME, WESTERN

EAST = f"{MONTH}/东店_维修工单.csv"
GROUP = f"{MONTH}/维修工单.csv"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Files to be spoilt."""
    return two_stores(tmp_path)


def told(settled: Settled) -> list[str]:
    """What is told of rejected rows that the figures lack."""
    return [problem["text"] for problem in settled.said["problems"] if problem["code"] == "rows_rejected"]


def group(shop: Shop, **spoilt: str) -> None:
    """The orders of both stores in one file; `spoilt` says what stands in place of the store of an order."""
    rows = []
    for store in ("东店", "西店"):
        lines = shop.text(f"{MONTH}/{store}_维修工单.csv").splitlines()[1:]
        rows += [f"{line},{spoilt.get(line.split(',')[0], store)}" for line in lines]
        (shop.data / f"{MONTH}/{store}_维修工单.csv").unlink()
    shop.write(GROUP, "\n".join([f"{ORDERS},门店", *rows]))


def test_a_stores_rejected_rows_are_told_with_their_file_and_number(shop: Shop) -> None:
    """Fails when one order of six is left out of a store's figures and nothing but a count says so."""
    settled = shop.settle()
    (said,) = told(settled)
    assert said.startswith(f"{EAST}: 1 row was rejected, and the figures lack it: 1 of the 6 of 东店; row 7, '工时费'")
    (problem,) = [problem for problem in settled.said["problems"] if problem["code"] == "rows_rejected"]
    assert problem["severity"] == "warning"
    assert settled.code == 0
    assert shop.settle("--strict").code == 1


def test_the_terminal_and_the_report_tell_it(shop: Shop) -> None:
    """Fails when the warning is for programs alone."""
    words = ("--data", shop.data, "--out", shop.folder / "seen", "--scheme", SCHEME, "--lang", "zh")
    answer = run("settle", MONTH, *words)
    warned = [line for line in answer.err.splitlines() if "被退回" in line]
    assert len(warned) == 1
    assert warned[0].startswith(
        f"提醒: {EAST}: 有 1 行被退回，没有计入，数字里缺这些行：东店 6 行中的 1 行；第 7 行，“工时费”"
    )
    assert "有 1 行被退回，没有计入" in (shop.folder / "seen" / "report.html").read_text("utf-8")


def test_each_store_of_a_groups_file_is_told_in_one_problem(shop: Shop) -> None:
    """Fails when a file of many stores fills the screen, or does not say which store lacks rows."""
    group(shop, A5="南店", B2="")
    (said,) = told(shop.settle())
    # A6 is rejected for its amount; A5 names a store that there is not, so that nobody knows whose it is; B2 names
    # none, which is told of the whole file
    assert said.startswith(f"{GROUP}: 2 rows were rejected, and the figures lack them: 1 of the 5 of 东店, and 1 of no")
    assert "of no known store; mostly row" in said


def test_a_sheet_is_named(shop: Shop) -> None:
    """Fails when a workbook of many sheets does not say in which of them rows are missing."""
    (shop.data / EAST).unlink()
    rows = [line.split(",") for line in [ORDERS, *(_line(row) for row in EASTERN)]]
    xlsx(shop.data / MONTH / "东店.xlsx", 维修工单=rows)
    (said,) = told(shop.settle())
    assert said.startswith(f"{MONTH}/东店.xlsx: sheet '维修工单': 1 row was rejected")


def _line(row: tuple[str, str, str, int, str]) -> str:
    number, advisor, technician, hour, labour = row
    day = f"2026-10-{int(number[1:]) + 10:02}"
    return f"{number},{day} 08:00,{day} 12:00,{day} {hour:02}:00,{advisor},{technician},维修,{labour}"


def test_what_is_said_of_the_whole_store_or_file_is_not_said_twice(shop: Shop) -> None:
    """Fails when a store most of whose rows are gone is told as if only some were lacking, or both is said."""
    good, *others = EASTERN
    shop.write(EAST, "\n".join([ORDERS, _line(good), *(_line((*row[:4], "x")) for row in others)]))
    settled = shop.settle()
    assert "mostly_rejected" in settled.codes(EAST)
    assert told(settled) == []
    shop.write(EAST, "\n".join([ORDERS, *(_line((*row[:4], "x")) for row in EASTERN)]))
    settled = shop.settle()
    assert "speaks_for_nobody" in settled.codes(EAST)
    assert told(settled) == []


def test_beside_a_store_most_of_whose_rows_are_gone_the_others_are_told(shop: Shop) -> None:
    """Fails when one store's loss hides that another lacks rows, too."""
    group(shop)
    text = shop.text(GROUP)
    for number, *_ in WESTERN:
        text = text.replace(f"\n{number},", "\n,", 1)
    shop.write(GROUP, text)
    settled = shop.settle()
    assert [code for code in settled.codes(GROUP) if code.endswith("rejected")] == ["rows_rejected", "mostly_rejected"]
    (said,) = told(settled)
    assert "1 of the 6 of 东店; mend" in said and "西店" not in said


def test_rows_about_people_are_told_of_how_many(shop: Shop) -> None:
    """Fails when a payroll lacks somebody and it is not said, or it is said that their store is not known."""
    shop.write(f"{MONTH}/薪资数据.csv", shop.text(f"{MONTH}/薪资数据.csv").replace("E3,2026-10,800", "E3,2026-10,八百"))
    settled = shop.settle()
    (said,) = [text for text in told(settled) if "薪资" in text]
    assert "the figures lack it: 1 of 5; row 3, '提成工资总额'" in said


def test_another_header_below_is_told_once(shop: Shop) -> None:
    """Fails when the rows below another header, told with it, are told once more as rejected ones."""
    clean = [_line(row) for row in EASTERN[:5]]
    below = [
        "接车时间,工单号,首次预计交车时间,竣工时间,服务顾问,维修技师,维修类型,工时费",
        "2026-10-20,A7,,,E2,E4,维修,5",
    ]
    shop.write(EAST, "\n".join([ORDERS, *clean, *below]))
    settled = shop.settle()
    assert "another_header" in settled.codes(EAST)
    assert told(settled) == []
