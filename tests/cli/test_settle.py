"""`fairwrench settle`: what it writes, what it says, and its exit codes 0, 1 and 2."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shop, Told, run
from tests.closing.small import OCTOBER, SOURCES, evidence, write_file, write_scheme


def settle(shop: Shop, out: Path, *more: object) -> Told:
    words = ("--data", shop.data, "--out", out, "--scheme", shop.scheme, "--no-reports")
    return run("settle", "2026-10", *words, *more)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_of_files_in_a_settled_month_out(settled: Shop) -> None:
    """Fails when one of the files that the command promises is not written."""
    promised = {"totals.csv", "items.csv", "pay.csv", "standing.csv", "rejected.csv", "seal.json", "ledger"}
    assert promised <= files(settled.out)
    states = {row["employee_id"]: row["state"] for row in rows(settled.out / "totals.csv")}
    assert states == {**dict.fromkeys(("A1", "A2", "M1", "M2", "T1", "T2", "T4", "T5"), "settled"), "T3": "incomplete"}


def test_earlier_months_of_the_folder_are_the_history(settled: Shop) -> None:
    """Fails when a run of grades is told from the asked month alone."""
    events = {(row["employee_id"], row["event"]) for row in rows(settled.out / "standing.csv")}
    # three months at E in a row
    assert ("A2", "separation_review") in events


def test_somebody_incomplete_is_one_only_when_asked(shop: Shop, tmp_path: Path) -> None:
    """Fails when a month with open people stops a script that did not ask for it, or passes one that did."""
    assert settle(shop, tmp_path / "plain").code == 0
    told = settle(shop, tmp_path / "strict", "--strict", "--lang", "en")
    assert told.code == 1
    assert (tmp_path / "strict" / "totals.csv").exists()
    assert "T3" in told.out and "not rated yet" in told.out


def test_a_rejected_row_is_one_only_when_asked(shop: Shop, tmp_path: Path) -> None:
    """Fails when a row that could not be read goes unnoticed by a strict run."""
    rating = {"employee_id": "T3", "rater": "M1", "item": "teamwork", "level": "良好", "month": "2026-10"}
    write_file(shop.data / "2026-10" / "评分补充.csv", "ratings", [rating])
    assert settle(shop, tmp_path / "whole", "--strict").code == 0
    orders = evidence(OCTOBER)["repair_orders"][:1]
    write_file(shop.data / "2026-10" / "补录工单.csv", "repair_orders", [{**orders[0], "ro_no": "X1", "kind": "飞行"}])
    told = settle(shop, tmp_path / "strict", "--strict", "--lang", "zh")
    assert told.code == 1
    (row,) = rows(tmp_path / "strict" / "rejected.csv")
    assert (row["row"], row["value"]) == ("2", "飞行")
    assert row["reason"]
    assert "被拒绝的行" in told.out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_summary_speaks_the_language_asked_for(shop: Shop, tmp_path: Path, lang: str) -> None:
    """Fails when a Chinese manager reads English words, or the other way round."""
    told = settle(shop, tmp_path / "new", "--lang", lang)
    words = {"zh": ("已核算", "数据不全", "绩效工资", "平均得分"), "en": ("settled", "Incomplete", "performance pay")}
    assert all(word in told.out for word in words[lang]), told.out
    assert all(word not in told.out for word in words[{"zh": "en", "en": "zh"}[lang]]), told.out


def test_json_tells_the_month_and_nothing_else(shop: Shop, tmp_path: Path) -> None:
    """Fails when a program cannot read the summary, or it differs from the files."""
    told = settle(shop, tmp_path / "new", "--json", "--lang", "en")
    said: dict[str, Any] = json.loads(told.out)
    assert said["month"] == "2026-10"
    assert said["people"] == {"incomplete": 1, "settled": 8}
    assert sum(said["grades"].values()) == 8
    total = sum(float(row["performance_pay"] or 0) for row in rows(tmp_path / "new" / "pay.csv"))
    assert float(said["performance_pay"]) == pytest.approx(total)
    assert [person["employee_id"] for person in said["incomplete"]] == ["T3"]
    assert all(set(problem) == {"severity", "code", "text"} for problem in said["problems"])


def test_settling_again_changes_nothing(shop: Shop) -> None:
    """Fails when pressing the button twice lands the evidence twice."""
    before = {name: (shop.out / name).read_bytes() for name in ("totals.csv", "items.csv", "pay.csv", "seal.json")}
    assert settle(shop, shop.out).code == 0
    assert {name: (shop.out / name).read_bytes() for name in before} == before


def test_what_is_handed_in_later_completes_the_month(shop: Shop) -> None:
    """Fails when a second run into the same folder does not take the missing rating in."""
    rating = {"employee_id": "T3", "rater": "M1", "item": "teamwork", "level": "良好", "month": "2026-10"}
    write_file(shop.data / "2026-10" / "评分补充.csv", "ratings", [rating])
    assert settle(shop, shop.out, "--strict").code == 0
    assert {row["state"] for row in rows(shop.out / "totals.csv")} == {"settled"}


def test_a_handed_in_history_comes_first(shop: Shop, tmp_path: Path) -> None:
    """Fails when earlier months of the folder count although somebody handed in how they ended."""
    history = tmp_path / "history.csv"
    history.write_text("month,employee_id,state,score,grade\n2026-09,T1,settled,125,A\n2026-08,T1,settled,125,A\n")
    assert settle(shop, tmp_path / "new", "--history", history).code == 0
    assert [row["employee_id"] for row in rows(tmp_path / "new" / "standing.csv")] == []


def test_the_shipped_schemes_name_is_enough(shop: Shop, tmp_path: Path) -> None:
    """Fails when somebody without a scheme of their own cannot begin."""
    roster = (shop.data / "roster.csv").read_text()
    for own, shipped in (("workshop", "服务站"), ("desk", "服务站")):
        roster = roster.replace(f",{own},", f",{shipped},")
    (shop.data / "roster.csv").write_text(roster)
    words = ("--data", shop.data, "--out", tmp_path / "new", "--no-reports", "--lang", "en")
    assert run("settle", "2026-10", *words).code == 0
    assert (tmp_path / "new" / "totals.csv").exists()


def no_roster(shop: Shop) -> None:
    (shop.data / "roster.csv").unlink()


def no_files(shop: Shop) -> None:
    for path in shop.data.rglob("2026-*/*.csv"):
        path.unlink()


def unreadable_roster(shop: Shop) -> None:
    (shop.data / "roster.csv").write_text("颜色,大小\n红,大\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(no_roster, "there is no roster"), (no_files, "no file to settle from"), (unreadable_roster, "roster")],
)
def test_a_folder_that_cannot_be_settled_is_refused(shop: Shop, tmp_path: Path, spoil: Any, words: str) -> None:
    """Fails when the command ends in an error of its own, says nothing of use, or writes anything."""
    spoil(shop)
    told = settle(shop, tmp_path / "new", "--lang", "en")
    assert told.code == 2
    assert words in told.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--scheme", "dealer_ship"), "did you mean `dealership"),
        (("--scheme", "missing.yaml"), "missing.yaml"),
        (("--history", "bad"), "history"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(shop: Shop, tmp_path: Path, more: tuple[str, str], words: str) -> None:
    """Fails when a wrong name or file leaves half a month behind."""
    (tmp_path / "bad").write_text("a,b\n", encoding="utf-8")
    option, value = more
    given = tmp_path / value if option == "--history" else value
    words_ = ("--data", shop.data, "--out", tmp_path / "new", "--no-reports", "--lang", "en", option, given)
    told = run("settle", "2026-10", *words_)
    assert told.code == 2
    assert words in told.err
    assert not (tmp_path / "new").exists()


def test_a_wrong_scheme_is_refused_with_every_problem(shop: Shop, tmp_path: Path) -> None:
    """Fails when a month is settled under weights that do not add up, or only the first mistake is told."""
    scheme = write_scheme(tmp_path / "wrong.yaml", scorecards={"advisor": {"items": []}}, standing={"severity": []})
    told = run("settle", "2026-10", "--data", shop.data, "--out", tmp_path / "new", "--scheme", scheme, "--lang", "en")
    assert told.code == 2
    assert told.err.count("error:") >= 2
    assert "wrong.yaml:" in told.err
    assert not (tmp_path / "new").exists()


def test_a_refusal_after_landing_leaves_nothing_either(shop: Shop, tmp_path: Path) -> None:
    """Fails when evidence too large to be scored exactly leaves a ledger without a month."""
    # the shipped kind has a bound for amounts, which one of the company's own need not have
    own = tmp_path / "kinds"
    own.mkdir()
    document = SOURCES["repair_orders"].model_dump(mode="json", by_alias=True, exclude_none=True)
    document["columns"]["labour_amount"].pop("max")
    (own / "repair_orders.yaml").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    huge = {**evidence(OCTOBER)["repair_orders"][0], "ro_no": "X1", "labour_amount": "9999999999999999.99"}
    rows_ = [{**huge, "ro_no": f"X{number}"} for number in range(2000)]
    write_file(shop.data / "2026-10" / "补录工单.csv", "repair_orders", rows_)
    told = settle(shop, tmp_path / "new", "--lang", "en", "--sources", own)
    assert told.code == 2, told
    assert "too large" in told.err
    assert not (tmp_path / "new").exists()
    # a month that stood there before stays whole
    before = (shop.out / "pay.csv").read_bytes()
    assert settle(shop, shop.out, "--sources", own).code == 2
    assert (shop.out / "pay.csv").read_bytes() == before
    assert run("verify", shop.out).code == 0


@pytest.mark.parametrize("month", ["2026-13", "October", "2026"])
def test_what_is_no_month_is_refused(shop: Shop, tmp_path: Path, month: str) -> None:
    """Fails when a slip in the month settles another one."""
    told = run("settle", month, "--data", shop.data, "--out", tmp_path / "new")
    assert told.code == 2
    assert not (tmp_path / "new").exists()


def test_a_month_without_files_is_wholly_open(shop: Shop, tmp_path: Path) -> None:
    """Fails when a month of which nothing was handed in gives anybody a score."""
    words = ("--data", shop.data, "--out", tmp_path / "new", "--scheme", shop.scheme, "--no-reports")
    assert run("settle", "2026-12", *words, "--strict").code == 1
    assert {row["score"] for row in rows(tmp_path / "new" / "totals.csv")} == {""}
