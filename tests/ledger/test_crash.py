"""Kill -9 at named moments and between any two file operations: landed wholly or not at all, then as if never."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fairwrench.ledger import batches, fold
from fairwrench.ledger.batches import Ledger
from tests.ledger.landing import values

ROOT = Path(__file__).parents[2]
MOMENTS = (*batches.FAILPOINTS, *fold.FAILPOINTS)
#: on either side of the commit
QUICK = ("prepared", "committed")
#: argv: the ledger, the moment to end at (or ""), the file operation to end at (or 0)
CHILD = """
import os, signal, sys
from pathlib import Path
from fairwrench.ledger.batches import Ledger
from fairwrench.ledger.fold import fold
from tests.ledger.landing import OCTOBER, ORDERS, land, order, table

folder, moment, operation = sys.argv[1], sys.argv[2], int(sys.argv[3])
seen = {"second": False, "operations": 0}

def end():
    os.kill(os.getpid(), signal.SIGKILL)

def passed(name):
    if seen["second"] and name == moment:
        end()

def watch(event, args):
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod") and folder in str(args[0]):
        seen["operations"] += 1
        if seen["operations"] == operation:
            end()

if operation:
    sys.addaudithook(watch)
ledger = Ledger(Path(folder), failpoint=passed)
first = [order(f"R{n}", f"2026-{9 + n % 2:02d}-05T01:00", store=f"S{n % 2}") for n in range(6)]
second = [order(f"R{n}", f"2026-{9 + n % 3 % 2:02d}-05T01:00", f"{n}.00", store=f"S{n % 2}") for n in range(8)]
land(ledger, table(ORDERS, *first), file="first")
seen["second"] = True
land(ledger, table(ORDERS, *second), file="second")
fold(ledger, "orders", ORDERS, many=2)
print("ended well")
"""


def run(folder: Path, moment: str = "", operation: int = 0) -> bool:
    """Run the child; whether it came to its end."""
    argv = [sys.executable, "-c", CHILD, str(folder), moment, str(operation)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == 0


def state(folder: Path) -> tuple[object, ...]:
    """Everything that may be seen of a ledger: rows, records, data files by content, and that nothing is left over."""
    ledger = Ledger(folder)
    records = [(batch.number, batch.file, batch.counts, batch.files) for batch in ledger.batches()]
    files = sorted((path.name, path.read_bytes()) for path in folder.glob("orders/_month=*/*"))
    known = set(ledger.data_files("orders")) if ledger.sources() else set()
    strays = [path for path in folder.glob("orders/_month=*/*") if path.relative_to(folder).as_posix() not in known]
    assert strays == [] and list(folder.glob("batches/*/pending/*")) == []
    return values(ledger), records, files


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    folder = tmp_path_factory.mktemp("whole") / "ledger"
    assert run(folder)
    return state(folder)


@pytest.mark.parametrize(
    "moment", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in MOMENTS]
)
def test_a_kill_at_a_named_moment(tmp_path: Path, moment: str, uninterrupted: tuple[object, ...]) -> None:
    """Fails when something half-done is visible, lost or done twice after the process was ended there."""
    folder = tmp_path / "ledger"
    assert not run(folder, moment)
    landed = {batch.file for batch in Ledger(folder).batches()}
    assert landed == (
        {"first", "second"} if moment in ("committed", "finished") or moment.startswith("fold") else {"first"}
    )
    rows, records, _ = state(folder)
    assert isinstance(rows, list) and len(rows) == (8 if "second" in landed else 6)
    assert records == uninterrupted[1][: len(landed)]  # type: ignore[index]
    assert run(folder)
    assert state(folder) == uninterrupted


@pytest.mark.slow
@pytest.mark.parametrize("operation", range(2, 100, 11))
def test_a_kill_between_file_operations_and_another_while_mending(
    tmp_path: Path, operation: int, uninterrupted: tuple[object, ...]
) -> None:
    """Fails when two writes leave a gap between them that the named moments do not show; mending is killed as well."""
    folder = tmp_path / "ledger"
    run(folder, operation=operation)
    run(folder, operation=operation // 3 + 2)
    run(folder)
    assert state(folder) == uninterrupted


def test_what_was_committed_is_told_by_the_table_not_by_the_record(tmp_path: Path) -> None:
    """Fails when a pending record alone, without its commit, is taken for a landed batch."""
    folder = tmp_path / "ledger"
    assert not run(folder, "prepared")
    pending = json.loads(next(folder.glob("batches/orders/pending/*.json")).read_bytes())
    assert pending["file"] == "second"
    assert [batch.file for batch in Ledger(folder).batches()] == ["first"]
    assert not list(folder.glob("batches/orders/pending/*.json"))
