"""`fairwrench simulate`: another scheme on past months, as tables, JSON and a file."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Shop, Told, run
from tests.closing.small import TECHNICIAN, write_scheme


@pytest.fixture(scope="module")
def harder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same scheme with twice the target of output for technicians."""
    items = [{**item, "target": "30000"} if item.get("metric") == "output" else item for item in TECHNICIAN]
    path = tmp_path_factory.mktemp("scheme") / "harder.yaml"
    return write_scheme(path, scorecards={"technician": {"items": items}})


def simulate(shop: Shop, against: object, *more: object, months: str = "2026-08..2026-10") -> Told:
    words = ("--scheme", shop.scheme, "--against", against, "--data", shop.data)
    return run("simulate", months, *words, *more)


def test_who_wins_who_loses_and_what_it_costs(settled: Shop, harder: Path, tmp_path: Path) -> None:
    """Fails when cost, winners and losers of a change are not told month by month, or do not add up."""
    told = simulate(settled, harder, "--json", "--out", tmp_path / "out")
    assert told.code == 0
    said = json.loads(told.out)
    assert [row["month"] for row in said["months"]] == ["2026-08", "2026-09", "2026-10"]
    with (tmp_path / "out" / "people.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    for row in said["months"]:
        changes = [Decimal(p["pay_change"]) for p in people if p["month"] == row["month"] and p["pay_change"]]
        assert Decimal(row["pay_b"] - row["pay_a"]) / 100 == sum(changes) < 0
        assert (row["winners"], row["losers"]) == (0, sum(change < 0 for change in changes))
    # T1 has a target of their own; advisors and managers have other cards
    losers = {p["employee_id"] for p in people if p["pay_change"] and Decimal(p["pay_change"]) < 0}
    assert losers == {"T2", "T3", "T4", "T5"}
    assert sum(row["people"] for row in said["shift"]) == len(people)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("绩效工资 A", "受损", "等级变化")), ("en", ("pay A", "losers", "grades"))]
)
def test_the_tables_in_both_languages(settled: Shop, harder: Path, lang: str, words: tuple[str, ...]) -> None:
    """Fails when the comparison cannot be read on the terminal."""
    told = simulate(settled, harder, "--lang", lang, months="2026-10")
    assert told.code == 0
    assert all(word in told.out for word in words), told.out
    assert "李二" in told.out


def test_the_sealed_months_stay_as_they_are(settled: Shop, harder: Path) -> None:
    """Fails when trying another scheme touches the data or the settled month."""
    before = {path: path.stat().st_mtime_ns for path in settled.data.rglob("*")}
    assert simulate(settled, harder, months="2026-10").code == 0
    assert {path: path.stat().st_mtime_ns for path in settled.data.rglob("*")} == before
    assert run("verify", settled.out).code == 0


@pytest.mark.parametrize("months", ["2026-10..2026-08", "2026-10..", "October"])
def test_what_is_no_range_is_refused(settled: Shop, harder: Path, months: str) -> None:
    """Fails when a slip in the months tries others."""
    assert simulate(settled, harder, months=months).code == 2


def test_a_scheme_that_does_not_exist_is_refused(settled: Shop) -> None:
    """Fails when the other scheme is silently taken for the one in force."""
    told = simulate(settled, "dealership_pol", "--lang", "en")
    assert told.code == 2
    assert "dealership_pool" in told.err


def test_simulate_writes_the_units_of_pay_csv(settled: Shop, tmp_path: Path) -> None:
    """Fails when people.csv counts fen where pay.csv counts yuan: somebody would compare 199 800 with 1 998.00."""
    words = ("--scheme", settled.scheme, "--against", settled.scheme, "--data", settled.data, "--out", tmp_path / "new")
    assert run("simulate", "2026-10", *words).code == 0
    compared = pl.read_csv(tmp_path / "new" / "people.csv", infer_schema=False)
    paid = pl.read_csv(settled.out / "pay.csv", infer_schema=False).select("employee_id", "performance_pay")
    scored = pl.read_csv(settled.out / "totals.csv", infer_schema=False).select("employee_id", "score")
    both = compared.join(paid, on="employee_id").join(scored, on="employee_id").drop_nulls("performance_pay")
    assert both.height > 3
    assert both["pay_a"].to_list() == both["performance_pay"].to_list() == both["pay_b"].to_list()
    assert both["score_a"].to_list() == both["score"].to_list()
