"""`fairwrench explain`: by id and by name, as a tree and as JSON, down to the rows."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shop, Told, run


def explain(shop: Shop, who: str, *more: object, month: str = "2026-10", lang: str = "zh") -> Told:
    return run("explain", who, month, "--out", shop.out, "--lang", lang, *more)


def cell(shop: Shop, name: str, person: str, column: str) -> str:
    with (shop.out / name).open(encoding="utf-8", newline="") as file:
        return next(row[column] for row in csv.DictReader(file) if row["employee_id"] == person)


def test_a_month_from_yuan_to_rows(settled: Shop) -> None:
    """Fails when a figure of the payslip, or the way to it, is not on the screen."""
    told = explain(settled, "T1")
    assert told.code == 0
    for word in ("本月合计", "绩效工资", "考核得分", "准时竣工率", "分子", "分母", "提成工资总额", "固定工资"):
        assert word in told.out, word
    for name, column in (("pay.csv", "total"), ("pay.csv", "performance_pay"), ("totals.csv", "score")):
        assert f"{Decimal(cell(settled, name, 'T1', column)):,}" in told.out
    assert "提分建议" in told.out


def test_by_name_as_by_id(settled: Shop) -> None:
    """Fails when somebody has to know the id of a colleague."""
    assert explain(settled, "李二").out == explain(settled, "T2").out


def test_namesakes_are_asked_apart(settled: Shop) -> None:
    """Fails when one of two people of the same name gets the other's month."""
    told = explain(settled, "张一", lang="en")
    assert told.code == 2
    assert "T1" in told.err and "T5" in told.err
    assert told.out == ""


@pytest.mark.parametrize(("who", "near"), [("李儿", "李二"), ("T22", "T2"), ("王主管", "")])
def test_a_name_nearly_right_finds_the_nearest(settled: Shop, who: str, near: str) -> None:
    """Fails when a slip of the pen ends in “nobody”, without whom it may have been."""
    told = explain(settled, who)
    assert told.code == (2 if near else 0)
    assert near in told.err


def test_somebody_wholly_unknown(settled: Shop) -> None:
    """Fails when a stranger is told to be somebody."""
    told = explain(settled, "Ωmega", lang="en")
    assert told.code == 2
    assert "nobody" in told.err


def test_one_item_alone(settled: Shop) -> None:
    """Fails when somebody who asks for one item gets the whole month, or another card's item."""
    told = explain(settled, "T1", "--item", "on_time")
    assert told.code == 0
    assert "准时竣工率" in told.out and "本月合计" not in told.out and "产值" not in told.out


def test_an_item_that_is_not_on_the_card(settled: Shop) -> None:
    """Fails when a typo in the item's name is not met with the nearest one of that card."""
    told = explain(settled, "T1", "--item", "on_tme", lang="en")
    assert (told.code, told.out) == (2, "")
    assert "on_time" in told.err
    assert "vehicles" not in explain(settled, "T1", "--item", "zzzz", lang="en").err


def test_another_month_than_the_one_settled(settled: Shop) -> None:
    """Fails when September is explained by October's figures."""
    told = explain(settled, "T1", month="2026-09", lang="en")
    assert told.code == 2
    assert "2026-10" in told.err and "2026-09" in told.err


def test_a_folder_without_a_month(tmp_path: Path) -> None:
    """Fails when an empty folder ends in an error of the program."""
    told = run("explain", "T1", "2026-10", "--out", tmp_path, "--lang", "en")
    assert told.code == 2
    assert "no whole settlement" in told.err


def test_the_rows_with_file_sheet_and_row(settled: Shop) -> None:
    """Fails when the rows behind a figure cannot be looked up in the file that was handed in."""
    told = explain(settled, "T1", "--item", "on_time", "--rows", lang="en")
    assert "2026-10/repair_orders.csv" in told.out
    assert "(13 rows)" in told.out and "(14 rows)" in told.out
    assert told.out.count("2026-10/repair_orders.csv") == 13 + 14


def test_as_many_rows_as_asked_for(settled: Shop) -> None:
    """Fails when a limit hides how many rows there are, or 0 does not show all."""
    few = explain(settled, "T1", "--item", "on_time", "--rows", "--limit", 3, lang="en")
    assert few.out.count("2026-10/repair_orders.csv") == 6
    assert "(13 rows)" in few.out
    every = explain(settled, "A1", "--item", "on_time", "--rows", "--limit", 0, lang="en")
    assert every.out.count("2026-10/repair_orders.csv") > 40


def read(node: dict[str, Any], key: str) -> dict[str, Any]:
    """The first step of that key in an explanation as JSON."""
    return next((found for part in [node, *_below(node)] if (found := part)["key"] == key), {})


def _below(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for part in node["parts"] for each in (part, *_below(part))]


def test_json_for_programs(settled: Shop) -> None:
    """Fails when a program cannot read the explanation, its texts in both languages, its rows or its lifts."""
    said = json.loads(explain(settled, "T1", "--json", "--rows").out)
    root = said["explanation"]
    assert root["title"] == {"zh": "本月合计", "en": "Pay of the month"}
    assert root["figure"] == cell(settled, "pay.csv", "T1", "total")
    top = read(root, "numerator.on_time")
    assert top["figure"] == "13"
    assert top["rows"][0]["measure"]["source"] == "repair_orders"
    assert (top["rows"][0]["level"], top["rows"][0]["unit"]) == ("person", "T1")
    counted = {(table["key"], table["count"]) for table in said["rows"]}
    assert ("numerator.on_time", 13) in counted and ("denominator.on_time", 14) in counted
    assert said["lifts"] and {"item", "change", "points", "score", "grade", "pay"} <= set(said["lifts"][0])
    # what would lift most comes first
    pays = [lift["pay"] for lift in said["lifts"]]
    assert pays == sorted(pays, reverse=True)


def test_without_what_would_lift(settled: Shop) -> None:
    """Fails when somebody who does not want it is told what would lift."""
    assert "提分建议" not in explain(settled, "T1", "--no-lift").out
    assert json.loads(explain(settled, "T1", "--no-lift", "--json").out)["lifts"] == []


def test_somebody_incomplete(settled: Shop) -> None:
    """Fails when a person without a score is not told what is missing, in words."""
    told = explain(settled, "T3")
    assert told.code == 0
    assert "尚缺：teamwork" in told.out
    assert "暂不能核算：考核得分未定" in told.out
    assert "提分建议" not in told.out


def test_both_languages(settled: Shop) -> None:
    """Fails when the English explanation speaks Chinese beside the names that people gave."""
    english = explain(settled, "A1", lang="en").out
    for word in ("Pay of the month", "Performance pay", "Score", "the store", "Numerator", "Commission"):
        assert word in english, word
    assert "本月合计" not in english
    assert Decimal(cell(settled, "pay.csv", "A1", "total")) > 0
