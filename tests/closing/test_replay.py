"""Two schemes on the same past months: sealed once, and each side what settling under that scheme comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from fairwrench.closing.book import Book
from fairwrench.closing.replay import Trial, replay, replay_months
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure.measure import Evidence, Pass, Planned
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from fairwrench.settlement.settle import Outcome
from tests.closing.small import MONTHS, Group, scheme, write_folder, write_scheme
from tests.closing.test_coverage import Silent


def pairs(group: Group, a: Scheme, b: Scheme) -> list[tuple[Outcome, Outcome]]:
    return replay_months(group.office, (a, b), MONTHS, Silent())


def test_each_side_is_what_that_scheme_alone_would_settle(group: Group) -> None:
    """Fails when trying a scheme is anything but settling under it: another figure, another pay."""
    harsh = scheme(bands={"grades": {"C": {"from": "100"}, "D": {"above": "90"}}})
    tried = pairs(group, scheme(), harsh)
    for side, under in enumerate((scheme(), harsh)):
        book = Book(group.office, under)
        for month, pair in zip(MONTHS, tried, strict=True):
            alone = book.close(month).settlement
            for name in ("totals", "pay", "steps"):
                assert getattr(pair[side], name).equals(getattr(alone, name)), (side, str(month), name)
    # the harsh bands part the two sides: somebody has another grade for the same score
    a, b = (pair.select("employee_id", "score", "grade") for pair in (tried[-1][0].totals, tried[-1][1].totals))
    both = a.join(b, on="employee_id", suffix="_b").drop_nulls()
    assert both.filter((pl.col("score") == pl.col("score_b")) & (pl.col("grade") != pl.col("grade_b"))).height > 0


def test_a_scheme_that_reads_more_gets_its_evidence(group: Group) -> None:
    """Fails when the second scheme's sources or derived columns are missing because the first does not use them."""
    bare_metrics: dict[str, Any] = {"rework_rate": None, "one_time_fix_rate": None}
    items = [{"metric": "on_time", "category": "key", "weight": "100", "curve": {"gate": {"met": 100, "missed": 0}}}]
    few = scheme(scorecards={card: {"items": [{**items[0], "target": "0.9"}]} for card in ("technician", "manager")})
    few = few.model_copy(update={"metrics": {k: m for k, m in few.metrics.items() if k not in bare_metrics}})
    (_, (_, with_more), _) = pairs(group, few, scheme())
    september = MONTHS[1]
    book = Book(group.office, scheme())
    book.close(MONTHS[0])
    alone = book.close(september).settlement
    line = alone.lines.filter((pl.col("employee_id") == "T1") & (pl.col("item") == "rework_rate"))
    assert line["state"].to_list() == ["counted"]
    # `rework_rate` counts there, and the trial comes to the same score with it
    assert with_more.totals.equals(alone.totals)


class Asked(DuckDB):
    """DuckDB that tells what it was asked: which sources whole, which measures, which references."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.whole: list[tuple[str, str]] = []
        self.measured: list[tuple[str, Measure]] = []
        self.unmatched_asked = 0
        self.opened = 0

    def rows(
        self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence
    ) -> pl.DataFrame:
        """Note and answer."""
        self.whole.append((str(evidence.month), planned.measure.source))
        return super().rows(planned, people, stores, evidence)

    def cells(self, asked: Pass, evidence: Evidence) -> pl.DataFrame:
        """Note and answer."""
        self.measured += [(str(evidence.month), planned.measure) for planned in asked.measures]
        return super().cells(asked, evidence)

    def unmatched(
        self, source: str, by: Mapping[str, str], other: str, batches: Iterable[int], evidence: Evidence
    ) -> pl.DataFrame:
        """Count and answer."""
        self.unmatched_asked += 1
        return super().unmatched(source, by, other, batches, evidence)

    def _open(self, evidence: Evidence, target: str | None = None) -> AbstractContextManager[DuckDBPyConnection]:
        self.opened += target is None
        return super()._open(evidence, target)


def test_both_schemes_read_the_evidence_once(group: Group) -> None:
    """Fails when a second scheme costs a month's evidence a second time, or a trial looks for what it never tells."""
    engine = Asked()
    replay_months(replace(group.office, engine=engine), (scheme(), scheme(version="2")), MONTHS, Silent())
    assert len(engine.whole) == len(set(engine.whole)) > len(MONTHS)
    assert len(engine.measured) == len(set(engine.measured)) > len(MONTHS)
    assert engine.opened == len(MONTHS)
    # that rows name no order is told where the month is settled, and is asked over every order there is
    assert engine.unmatched_asked == 0


def test_a_folder_is_replayed_without_leaving_anything(tmp_path: Path) -> None:
    """Fails when trying a scheme writes into the data, or cannot be done from files alone."""
    data = write_folder(tmp_path / "data")
    before = sorted(path.relative_to(data) for path in data.rglob("*"))
    kinder = write_scheme(tmp_path / "kinder.yaml", bands={"grades": {"C": {"from": "80"}}})
    trial = Trial(MONTHS[-1:], data, str(write_scheme(tmp_path / "ours.yaml")), str(kinder))
    found = replay(trial, DuckDB(threads=1), Silent())
    assert set(found.months["month"]) == {"2026-10"}
    # bands alone change no yuan where pay is by score
    assert found.months.select("winners", "losers").rows() == [(0, 0)]
    assert found.shift.filter((pl.col("grade_a") == "D") & (pl.col("grade_b") == "C")).height == 1
    assert sorted(path.relative_to(data) for path in data.rglob("*")) == before


def test_a_wrong_scheme_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """Fails when a trial runs for minutes before it says that the scheme is wrong."""
    wrong = write_scheme(tmp_path / "wrong.yaml", scorecards={"advisor": {"items": []}})
    trial = Trial(MONTHS, tmp_path / "no such folder", str(write_scheme(tmp_path / "ours.yaml")), str(wrong))
    with pytest.raises(Refused, match=r"wrong\.yaml"):
        replay(trial, DuckDB(threads=1), Silent())
