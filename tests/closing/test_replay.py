"""Two schemes on the same past months: sealed once, settled by the same rules, each side with its own history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.replay import Trial, replay, replay_months
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement
from tests.closing.small import MONTHS, Group, scheme, write_folder, write_scheme
from tests.closing.test_coverage import Silent


def pairs(group: Group, *schemes: Scheme) -> list[tuple[Settlement, Settlement]]:
    return replay_months(group.office, schemes, MONTHS, Silent())


def test_each_side_is_what_that_scheme_alone_would_settle(group: Group) -> None:
    """Fails when trying a scheme is anything but settling under it: another figure, a foreign history."""
    harsh = scheme(bands={"grades": {"C": {"from": "100"}, "D": {"above": "90"}}})
    tried = pairs(group, scheme(), harsh)
    for side, under in enumerate((scheme(), harsh)):
        book = Book(group.office, under)
        for month, pair in zip(MONTHS, tried, strict=True):
            alone = book.close(month).settlement
            for name in ("totals", "lines", "pay", "standing"):
                assert getattr(pair[side], name).equals(getattr(alone, name)), (side, str(month), name)
    # under the harsh bands more fall due, and only there
    events = [pair.standing.height for pair in tried[-1]]
    assert events[1] > events[0]


def test_a_scheme_that_reads_more_gets_its_evidence(group: Group) -> None:
    """Fails when the second scheme's sources or derived columns are missing because the first does not use them."""
    bare_metrics: dict[str, Any] = {"rework_rate": None, "one_time_fix_rate": None}
    items = [{"metric": "on_time", "category": "key", "weight": "100", "curve": {"gate": {"met": 100, "missed": 0}}}]
    few = scheme(scorecards={card: {"items": [{**items[0], "target": "0.9"}]} for card in ("technician", "manager")})
    few = few.model_copy(update={"metrics": {k: m for k, m in few.metrics.items() if k not in bare_metrics}})
    (_, (_, with_more), _) = pairs(group, few, scheme())
    line = with_more.lines.filter((pl.col("employee_id") == "T1") & (pl.col("item") == "rework_rate"))
    assert line["state"].to_list() == ["counted"]


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
