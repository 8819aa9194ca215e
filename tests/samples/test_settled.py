"""The dealership scheme finds in the sample's files what was planted: runs of grades, exclusions, corrections.

The causes were set before any figure was worked out, so a scheme that fails here would miss the same in real files.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.run import Asked, Run, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.samples.sample import UNTIL, make_sample
from fairwrench.samples.truth import Finding, Truth
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.settle import Settlement

pytestmark = pytest.mark.slow
#: the long run of D begins seven months before the last
MONTHS = 8
RUNS = ("award_run", "e_run", "short_e_run", "d_run", "passed_plan", "new_d_run")


class Quiet:
    """Nobody waits for news of the work."""

    def expect(self, kind: str, total: int) -> None:
        pass

    def step(self, kind: str, what: str) -> None:
        pass


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Truth, Run]:
    folder: Path = tmp_path_factory.mktemp("settled")
    truth = make_sample(folder / "data", months=MONTHS)
    return truth, settle_folder(Asked(UNTIL, folder / "data", folder / "out"), DuckDB(), Quiet())


def of(run: Run, month: str | Month) -> Settlement:
    """A month as it was settled when its time had come."""
    return run.book.closed[Month.parse(str(month))].settlement


def person(frame: pl.DataFrame, finding: Finding) -> pl.DataFrame:
    return frame.filter(pl.col("employee_id") == finding.people[0])


@pytest.mark.parametrize("kind", RUNS)
def test_runs_of_grades_come_out_with_their_consequences(settled, kind):
    truth, run = settled
    finding = truth.one(kind)
    for month, grade in finding.expect["grades"].items():
        assert person(of(run, month).totals, finding)["band"].to_list() == [grade]
    for month, event in finding.expect["events"].items():
        assert event in person(of(run, month).standing, finding)["event"].to_list()


@pytest.mark.parametrize("kind", ["left", "probation", "on_leave", "unrated", "without_example"])
def test_who_is_left_out_or_incomplete_is_so_for_the_planted_reason(settled, kind):
    truth, run = settled
    finding = truth.one(kind)
    row = person(of(run, finding.month).totals, finding).row(0, named=True)
    assert row["state"] == finding.expect["state"]
    if "reason" in finding.expect:
        assert row["reason"] == finding.expect["reason"]
    if "cause" in finding.expect:
        line = person(of(run, finding.month).lines, finding).filter(pl.col("item") == finding.expect["item"])
        assert line["cause"].to_list() == [finding.expect["cause"]]


def test_only_the_planted_few_are_incomplete_in_the_latest_month(settled):
    truth, run = settled
    incomplete = of(run, UNTIL).totals.filter(pl.col("state") == "incomplete")["employee_id"].to_list()
    assert sorted(incomplete) == sorted(p for kind in ("unrated", "without_example") for p in truth.one(kind).people)


def test_a_store_without_surveys_waits_and_nobody_gets_zero_for_it(settled):
    truth, run = settled
    finding = truth.one("missing_evidence")
    month = of(run, finding.month)
    here = month.totals.filter((pl.col("store") == finding.store) & (pl.col("scorecard") == "service_advisor"))
    assert here["state"].unique().to_list() == ["incomplete"]
    lines = month.lines.filter(pl.col("item") == "satisfaction").join(here, on="employee_id", how="semi")
    assert lines["cause"].unique().to_list() == ["not_handed_in"]
    assert lines["points"].null_count() == lines.height


def test_thin_evidence_takes_the_item_out(settled):
    truth, run = settled
    finding = truth.one("thin_surveys")
    line = person(of(run, UNTIL).lines, finding).filter(pl.col("item") == finding.expect["metric"])
    assert line.select("state", "cause").rows() == [("dropped", "thin")]


def test_who_moved_is_assessed_where_most_days_were(settled):
    truth, run = settled
    store = truth.one("moved_store")
    assert person(of(run, UNTIL).totals, store)["store"].to_list() == [store.expect["store"]]
    clerk = truth.one("moved_department")
    cards = [person(of(run, month).totals, clerk)["scorecard"][0] for month in (clerk.month, clerk.expect["after"])]
    assert cards == [clerk.expect["scorecard"], clerk.expect["scorecard_after"]]


def test_late_evidence_becomes_a_correction_of_the_earlier_month(settled):
    truth, run = settled
    for kind in ("late_correction", "appeal"):
        finding = truth.one(kind)
        month = Month.parse(finding.month)
        book = Book(run.office, run.scheme)
        book.catch_up([Month.parse(finding.expect["corrects"])], month)
        corrections = book.close(month).case.corrections
        found = person(corrections, finding)
        assert found["month"].to_list() == [finding.expect["corrects"]]
        assert found["amount"][0] > 0


def test_an_appeal_changes_the_points_of_the_past_month(settled):
    truth, run = settled
    finding = truth.one("appeal")
    known = run.book.known[Month.parse(finding.expect["corrects"])].settlement.lines
    line = person(known, finding).filter(pl.col("item") == finding.expect["item"])
    assert line.select("points", "cause").rows() == [(10_500, "appealed")]


def test_the_excused_order_is_left_out_and_counted(settled):
    truth, run = settled
    finding = truth.one("excused")
    assert any(finding.keys[0] in problem.zh for problem in of(run, UNTIL).problems)
