"""Rows on the disk land. What would break: a file of the ledger, a record or a word that depends on the way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from fairwrench.ledger.batches import arrivals, batches
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.blocks.spill import SCRATCH, spilling, sweep_spilled
from tests.ledger.blocks.dirty import LINE, ORDER, file_of, landed, line, order, orders, state

ROOT = Path(__file__).parents[3]
WHO = ("张三", "李四", "某人", "张三/李四", "王五", "甲/乙")
LINES = [line(n, k, who=WHO[(n + k) % 6]) for n in range(20) for k in range(3)]

FILES: dict[str, Sequence[bytes]] = {
    "an empty ledger": [file_of(ORDER, orders())],
    "rows sorted by store": [file_of(ORDER, sorted(orders(), key=lambda row: row[1]))],
    "the same again": [file_of(ORDER, orders()), file_of(ORDER, orders())],
    "some rows changed": [
        file_of(ORDER, orders()),
        file_of(ORDER, [order(n, **({"labour": "9"} if n % 3 else {})) for n in range(70)]),
    ],
    "rows moved to another month": [
        file_of(ORDER, orders()),
        file_of(ORDER, [order(n, **({"opened": "2026-09-05 10:00:00"} if n % 5 == 0 else {})) for n in range(70)]),
    ],
    "a column that the second lacks": [
        file_of(ORDER, orders()),
        file_of(ORDER[:-1], [(*order(n, labour="3"),)[:-1] for n in range(60)]),
    ],
    "rejected rows and doubles": [file_of(ORDER, [*orders(), order(60, opened="昨天"), *orders(3), order(9, km="1")])],
    "nothing accepted": [file_of(ORDER, [order(n, kind="美容") for n in range(40)]), file_of(ORDER, orders(3) * 9)],
    "lines about strangers": [file_of(LINE, LINES), file_of(LINE, [*LINES[5:], line(99, 1, who="某人")])],
}


@pytest.mark.parametrize("what", FILES)
def test_the_same_ledger(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when any byte of the ledger, its log aside, is another one, or another contradiction is told."""
    monkeypatch.setattr(arrivals, "AT_ONCE", 9)
    said = landed(tmp_path / "whole", FILES[what], in_blocks=False)
    assert landed(tmp_path / "blocks", FILES[what], in_blocks=True) == said
    assert bool(said) == (
        what in ("some rows changed", "rows moved to another month", "a column that the second lacks")
    )
    whole, blocks = state(tmp_path / "whole"), state(tmp_path / "blocks")
    assert whole.keys() == blocks.keys()
    assert [path for path in whole if whole[path] != blocks[path]] == []


MOMENTS = [pytest.param(m, marks=() if m == "data written" else pytest.mark.slow) for m in batches.FAILPOINTS]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_leaves_nothing(moment: str, tmp_path: Path) -> None:
    """Fails when a landing killed on its way leaves half a batch, or its blocks once the ledger is opened again."""
    argv = [sys.executable, "-m", "tests.ledger.blocks.killed", str(tmp_path), moment]
    assert subprocess.run(argv, cwd=ROOT, check=False).returncode == -9
    folder = tmp_path / "ledger"
    assert list((folder / SCRATCH).glob("blocks-*/*"))
    ledger = Ledger(folder)
    landed_then = moment in ("committed", "finished")
    assert len(ledger.batches()) == landed_then
    assert list((folder / SCRATCH).iterdir()) == [] and list(folder.glob("batches/*/pending/*")) == []
    assert bool(list(folder.glob("*/_month=*/*.parquet"))) == landed_then


def test_blocks_of_the_living_stay(tmp_path: Path) -> None:
    """Fails when somebody who opens a ledger sweeps away what another process is reading just now."""
    with spilling(tmp_path / "scratch") as folder:
        (folder / "1.ipc").touch()
        sweep_spilled(tmp_path / "scratch")
        assert (folder / "1.ipc").exists()
    assert not (tmp_path / "scratch").exists()
