"""The bench compares like with like: everybody measured comes to the very integers that the program comes to."""

import json
from pathlib import Path

import polars as pl
import pytest

from bench import looking
from bench.by_hand import differing, queried
from bench.making import make
from bench.ours import figures, scheme, scores, sealed, settled
from bench.sizes import TINY
from bench.uploads import taken_in, workbook

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "ledger"
    make(folder, TINY)
    sealed(str(folder), TINY.name)
    settled(str(folder), TINY.name, str(folder / "out"))
    return folder


@pytest.mark.parametrize("how", ["side", "derive"])
def test_hand_written_queries_find_the_same_integers(ledger: Path, how: str) -> None:
    """Else the queries do less or other work, and their ratio says nothing."""
    queried(str(ledger), how, str(ledger / f"{how}.parquet"))
    assert differing(figures(ledger / "out"), pl.read_parquet(ledger / f"{how}.parquet")) == []


def test_the_evidence_holds_what_makes_the_work_hard(ledger: Path) -> None:
    """Else a ratio would be of easy work: comebacks, superseded rows and rows of nobody are there."""
    queried(str(ledger), "side", str(ledger / "side.parquet"))
    frame = pl.read_parquet(ledger / "side.parquet")
    assert frame["rework_n"].sum() > 0
    lines = pl.concat([pl.read_parquet(path) for path in (ledger / "job_lines").rglob("*.parquet")])
    assert lines["_supersedes"].count() > 0
    assert lines["technician"].null_count() > 0


def test_pandas_comes_to_the_same_integers_and_scores(ledger: Path) -> None:
    """Else the script that is beaten would be a wrong one."""
    pytest.importorskip("pandas", reason="make bench installs it")
    from bench.with_pandas import scored

    scored(str(ledger), TINY.name, str(ledger / "pandas.parquet"))
    frame = pl.read_parquet(ledger / "pandas.parquet")
    assert differing(figures(ledger / "out"), frame) == []
    mine = scores(ledger / "out")
    pairs = dict(frame.select("employee_id", pl.col("score").cast(pl.Int64)).drop_nulls().iter_rows())
    assert len(pairs) == TINY.people - TINY.stores
    assert pairs == {who: mine[who] for who in pairs}


def test_the_orm_loop_comes_to_the_same_scores(ledger: Path) -> None:
    """Else the loop that is beaten would be a wrong one. It runs apart, as Django is set up once a process."""
    pytest.importorskip("django", reason="make bench installs it")
    from bench.measuring import apart

    told = apart("orm:looped", str(ledger), TINY.name, "100").said
    assert told["sampled"] == TINY.people - TINY.stores
    mine = scores(ledger / "out")
    assert {who: found[0] for who, found in json.loads((ledger / "orm.json").read_text()).items()} == {
        who: found for who, found in mine.items() if who in json.loads((ledger / "orm.json").read_text())
    }


def test_the_scheme_has_ten_indicators_and_every_shape_of_curve() -> None:
    """Else the bench would leave out what is slow."""
    items = [item for card in scheme().scorecards.values() for item in card.items]
    assert len({item.metric for item in items}) == 10
    shapes = {item.curve.shape for item in items if item.curve}
    assert shapes == {"piecewise", "steps", "proportional", "gate", "band", "deduct"}


def test_a_replay_settles_every_month_under_both_schemes(ledger: Path) -> None:
    """Else a replay would be quick because it skips months."""
    scored = looking.replayed(str(ledger), TINY.name, "2")["scored"]
    assert len(scored) == 4
    assert scored[2:] == [TINY.people] * 2


def test_made_uploads_are_accepted_whole(tmp_path: Path) -> None:
    """Else intake would be measured on rows that it throws away."""
    workbook(tmp_path / "orders.xlsx", 200)
    assert taken_in(str(tmp_path / "orders.xlsx"), str(tmp_path / "ledger"))["accepted"] == 200
