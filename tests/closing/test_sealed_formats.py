"""What an earlier program sealed is read and verified by this one: one month of every format there ever was."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import polars as pl
import pytest

from fairwrench.closing.check.verify import verify
from fairwrench.closing.run_files import LEDGER, SEAL, read_kept, whole_seal
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.formats import FORMAT
from fairwrench.settlement.explain.explain import explain
from fairwrench.settlement.problem import Refused
from tests.closing.make_sealed import SEALED

FORMATS = range(1, FORMAT + 1)


@pytest.fixture(params=FORMATS)
def sealed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The settled month of a format, unpacked."""
    with tarfile.open(SEALED / f"format-{request.param}.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path / f"format-{request.param}"


def test_every_format_has_a_month_that_is_kept() -> None:
    """Fails when a format is changed without keeping a month of it: `python -m tests.closing.make_sealed FORMAT`."""
    assert [path.name for path in sorted(SEALED.iterdir())] == [f"format-{number}.tar.xz" for number in FORMATS]
    assert sum(path.stat().st_size for path in SEALED.iterdir()) < 200_000


def test_a_month_of_every_format_is_equal(sealed: Path) -> None:
    """Fails when this program no longer settles what an earlier one sealed, to the byte.

    Where figures are meant to change, `fairwrench.settlement.rules.RULES` is raised, and this month is then told apart
    as sealed by older rules.
    """
    verification = verify(sealed, DuckDB(threads=1))
    assert verification.cause in (None, "rules"), [problem.text("en") for problem in verification.problems]


def test_a_month_of_every_format_is_read_and_explained(sealed: Path) -> None:
    """Fails when a figure of then cannot be explained any more."""
    kept = read_kept(sealed)
    t1 = kept.settlement.totals.row(by_predicate=pl.col("employee_id") == "T1", named=True)
    assert (kept.seal.month, t1["state"], t1["score"]) == ("2026-10", "settled", 7774)
    tree = explain(kept.settlement, "T1", "rework_rate", sources=kept.sources)
    assert any(step.rows for _, step in tree.walk())


def test_a_settled_month_without_a_format_is_refused_with_the_way_out(sealed: Path) -> None:
    """Fails when a month of version 0.1 is taken for one of now, or somebody is not told what to do with it."""
    seal = json.loads((sealed / SEAL).read_bytes())
    del seal["format"], seal["rules"]
    (sealed / SEAL).write_text(json.dumps(seal), encoding="utf-8")
    for read in (whole_seal, read_kept, lambda out: verify(out, DuckDB(threads=1))):
        with pytest.raises(Refused) as refused:
            read(sealed)
        (problem,) = refused.value.problems
        assert (problem.code, problem.file) == ("older_format", SEAL)
        assert "hand the same files in again" in problem.en and "重新提交" in problem.zh


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"layout": 1, "time_zone": "Asia/Shanghai"}, "older_format"),
        ({"format": FORMAT + 1, "time_zone": "Asia/Shanghai"}, "newer_format"),
        ({"format": "1", "time_zone": "Asia/Shanghai"}, "newer_format"),
        ({"format": FORMAT}, "file_damaged"),
        ([], "older_format"),
        (None, "file_damaged"),
    ],
)
def test_a_ledger_of_another_format_is_not_opened(tmp_path: Path, document: object, code: str) -> None:
    """Fails when a ledger of another version is written into, or a damaged one ends in an error of the program."""
    (tmp_path / LEDGER).mkdir()
    (tmp_path / LEDGER / "ledger.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path / LEDGER)
    assert [(problem.code, problem.file) for problem in refused.value.problems] == [(code, "ledger.json")]
    assert [path.name for path in (tmp_path / LEDGER).iterdir()] == ["ledger.json"]
