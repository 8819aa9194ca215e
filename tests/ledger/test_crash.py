"""Kill -9 at named moments and between any two file operations: landed wholly or not at all, then as if never."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE

import pytest

from fairwrench.ledger.batches import batches, compaction
from fairwrench.ledger.batches.batches import Ledger
from tests.ledger.landing import ATTENDANCE, values

ROOT = Path(__file__).parents[2]
MOMENTS = (*batches.FAILPOINTS, *compaction.FAILPOINTS)
#: on either side of the commit
QUICK = ("prepared", "committed")
Run = Callable[..., bool]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Does the work in a process of its own, `run(ledger, moment, operation=…)`; whether it came to its end."""
    argv = [sys.executable, "-m", "tests.ledger.crashing"]
    with subprocess.Popen(argv, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as begins:
        assert begins.stdin and begins.stdout

        def done(folder: Path, moment: str = "", operation: int = 0, together: bool = False) -> bool:
            print(json.dumps([str(folder), moment, operation, together]), file=begins.stdin, flush=True)
            code = int(begins.stdout.readline())
            assert code in (0, -9)
            return code == 0

        yield done
        begins.stdin.close()


def state(folder: Path) -> tuple[object, ...]:
    """Everything that may be seen of a ledger: rows, records, data files by content, and that nothing is left over."""
    ledger = Ledger(folder)
    records = [(batch.number, batch.file, batch.counts, batch.files) for batch in ledger.batches()]
    files = sorted((path.name, path.read_bytes()) for path in folder.glob("*/_month=*/*"))
    known = {path for name in ledger.sources() for path in ledger.data_files(name)}
    strays = [path for path in folder.glob("*/_month=*/*") if path.relative_to(folder).as_posix() not in known]
    assert strays == [] and list(folder.glob("batches/*/pending/*")) == []
    notes = sorted(path.name for path in folder.glob("batches/*/uploads/*"))
    assert len(notes) == len(records)
    hours = values(ledger, "attendance", ATTENDANCE)
    return values(ledger), records, files, hours, notes


@pytest.fixture(scope="module")
def uninterrupted(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    folder = tmp_path_factory.mktemp("whole") / "ledger"
    assert run(folder)
    return state(folder)


@pytest.mark.parametrize(
    "moment", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in MOMENTS]
)
def test_a_kill_at_a_named_moment(run: Run, tmp_path: Path, moment: str, uninterrupted: tuple[object, ...]) -> None:
    """Fails when something half-done is visible, lost or done twice after the process was ended there."""
    folder = tmp_path / "ledger"
    assert not run(folder, moment)
    landed = {batch.file for batch in Ledger(folder).batches()}
    assert landed == (
        {"first", "second"} if moment in ("committed", "finished") or moment.startswith("fold") else {"first"}
    )
    rows, records, *_ = state(folder)
    assert isinstance(rows, list) and len(rows) == (8 if "second" in landed else 6)
    assert records == uninterrupted[1][: len(landed)]  # type: ignore[index]
    assert run(folder)
    assert state(folder) == uninterrupted


@pytest.mark.slow
@pytest.mark.parametrize("operation", range(2, 100, 11))
def test_a_kill_between_file_operations_and_another_while_mending(
    run: Run, tmp_path: Path, operation: int, uninterrupted: tuple[object, ...]
) -> None:
    """Fails when two writes leave a gap between them that the named moments do not show; mending is killed as well."""
    folder = tmp_path / "ledger"
    run(folder, operation=operation)
    run(folder, operation=operation // 3 + 2)
    run(folder)
    assert state(folder) == uninterrupted


@pytest.fixture(scope="module")
def all_together(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    folder = tmp_path_factory.mktemp("together") / "ledger"
    assert run(folder, together=True)
    return state(folder)


#: what of two sources has landed when a landing of both ends at a moment
TOGETHER = {
    "data written #3": {"first"},
    "upload written #4": {"first"},
    "prepared": {"first"},
    "committed": {"first", "second", "third"},
    "committed #2": {"first", "second", "third", "hours", "hours mended"},
    "finished": {"first", "second", "third", "hours", "hours mended"},
}


@pytest.mark.parametrize("moment", TOGETHER)
def test_a_kill_while_several_files_land_together(
    run: Run, tmp_path: Path, moment: str, all_together: tuple[object, ...]
) -> None:
    """Fails when a part of the files of one source counts without the others that were committed with them, or a file
    counts twice once it is landed again."""
    folder = tmp_path / "ledger"
    assert not run(folder, moment, together=True)
    assert {batch.file for batch in Ledger(folder).batches()} == TOGETHER[moment]
    state(folder)
    assert run(folder, together=True)
    assert state(folder) == all_together


@pytest.mark.slow
@pytest.mark.parametrize("operation", range(30, 120, 7))
def test_a_kill_between_file_operations_of_a_common_landing(
    run: Run, tmp_path: Path, operation: int, all_together: tuple[object, ...]
) -> None:
    """Fails when two writes of a common landing leave a gap between them; mending is killed as well."""
    folder = tmp_path / "ledger"
    run(folder, operation=operation, together=True)
    run(folder, operation=operation // 4 + 2, together=True)
    run(folder, together=True)
    assert state(folder) == all_together


def test_an_intent_cut_off_by_a_power_failure_is_taken_back(run: Run, tmp_path: Path) -> None:
    """Fails when the ledger cannot be opened because an intent, which nobody waits for, never reached the disk."""
    folder = tmp_path / "ledger"
    assert not run(folder, "data written")
    pending = next(folder.glob("batches/orders/pending/*.json"))
    pending.write_bytes(b"\0" * 5)
    assert [batch.file for batch in Ledger(folder).batches()] == ["first"]
    state(folder)


def test_what_was_committed_is_told_by_the_table_not_by_the_record(run: Run, tmp_path: Path) -> None:
    """Fails when a pending record alone, without its commit, is taken for a landed batch."""
    folder = tmp_path / "ledger"
    assert not run(folder, "prepared")
    pending = json.loads(next(folder.glob("batches/orders/pending/*.json")).read_bytes())
    assert pending["file"] == "second"
    assert [batch.file for batch in Ledger(folder).batches()] == ["first"]
    assert not list(folder.glob("batches/orders/pending/*.json"))
