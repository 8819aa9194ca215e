"""Rows of people who are not there on the day, and stores that two places name. What would break: work for nobody."""

from __future__ import annotations

from datetime import date

import pytest

from tests.ledger.handed import HEADER, codes, csv, every_problem, one, order, roster, take

PEOPLE = (
    ("1001", "张三", "一店", None, date(2026, 10, 2), None),
    ("1002", "李四", "一店", date(2026, 10, 4), None, None),
    ("1003", "王五", "一店", None, date(2026, 9, 30), None),
    ("1003", "王五", "一店", date(2026, 10, 1), None, None),
    ("2001", "孙七", "二店", None, None, None),
)


def uncredited(person: str, opened: str = "2026-10-03 09:05") -> list[tuple[object, ...]]:
    rows = [(*HEADER, "服务顾问"), (*order("RO1", opened=opened), person)]
    found = one(csv(rows), roster=roster(PEOPLE))
    assert found.accepted.height == 1
    return found.uncredited.select("value", "elsewhere", "left_on", "begins_on").rows()


@pytest.mark.parametrize(
    ("person", "opened", "listed"),
    [
        ("张三", "2026-10-03", [("张三", None, date(2026, 10, 2), None)]),
        ("1001", "2026-10-03", [("1001", None, date(2026, 10, 2), None)]),
        ("张三", "2026-10-02 23:59", []),
        ("李四", "2026-10-03 23:59", [("李四", None, None, date(2026, 10, 4))]),
        ("李四", "2026-10-04", []),
        ("王五", "2026-10-03", []),
        ("孙七", "2026-10-03", [("孙七", "二店", None, None)]),
        ("外援", "2026-10-03", [("外援", None, None, None)]),
    ],
)
def test_whoever_is_not_there_is_listed_with_the_reason(person: str, opened: str, listed: list[object]) -> None:
    """Fails when rows of somebody who has left count for nobody without a word, or one of another store is on none."""
    assert uncredited(person, opened) == listed


def test_rows_of_another_store_than_the_file_s_are_told() -> None:
    """Fails when the folder says one store, the column another, and nobody hears which one counted."""
    content = csv([HEADER, order("RO1"), order("RO2", store="二店"), order("RO3", store="二店")])
    found = take(content, placed_store="一店")
    assert found.sheets[0].accepted["store"].to_list() == ["一店", "二店", "二店"]
    (problem,) = [problem for problem in every_problem(found) if problem.code == "store_differs"]
    assert problem.details == {"rows": "2"} and "二店" in problem.en
    assert "store_differs" not in codes(take(csv([HEADER, order("RO1")]), placed_store="一店"))
    assert "store_differs" not in codes(take(content))


def test_the_person_stays_on_the_row() -> None:
    """Fails when a roster that is mended later cannot credit the row any more."""
    rows = [(*HEADER, "服务顾问"), (*order("RO1"), "张三")]
    assert one(csv(rows), roster=roster(PEOPLE)).accepted["advisor"].to_list() == ["1001"]


@pytest.mark.parametrize(
    ("name", "placed", "zh", "en"),
    [
        ("2026-10/一店/工单.csv", "一店", "按文件夹", "by its folder"),
        ("2026-10/一店_工单.csv", "一店", "按文件名", "by its name"),
        ("工单.csv", "一店", "按提交时选的门店", "by the store it was handed in for"),
        ("工单.csv", None, "因花名册上只有这一家门店", "as the only store of the roster"),
    ],
)
def test_it_is_said_what_tells_a_file_s_store(name: str, placed: str | None, zh: str, en: str) -> None:
    """Fails when somebody looks for a folder and it was the file's name that told the store."""
    people = roster([person for person in PEOPLE if placed or person[2] == "一店"])
    found = take(csv([HEADER, order("RO1", "GZ001")]), name=name, placed_store=placed, roster=people)
    (problem,) = every_problem(found)
    assert problem.code == "store_by_folder"
    assert problem.zh == f"花名册中没有门店“GZ001”，文件{zh}归入“一店”"
    assert problem.en == f"the roster has no store 'GZ001'; the file was placed in '一店' {en}"
    if placed:
        other = every_problem(take(csv([HEADER, order("RO1", "二店"), order("RO2")]), name=name, placed_store=placed))
        (differs,) = [each for each in other if each.code == "store_differs"]
        assert (
            f"文件{zh}属于“一店”，但有 1 行" in differs.zh
            and f"the file is one of '一店' {en}, but 1 row" in differs.en
        )
