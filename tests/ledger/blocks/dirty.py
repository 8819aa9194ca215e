"""Orders and job lines as exports write them, sound unless told otherwise, and a ledger they land in either way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.contradictions import Beside
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.blocks.text import Plan
from fairwrench.ledger.intake.intake import intake
from tests.ledger.handed import HEADER, OCTOBER, SOURCES, csv, roster

GIVEN: dict[str, Any] = {"sources": SOURCES, "roster": roster(), "period": OCTOBER}
ORDER = (*HEADER, "服务顾问", "工时费", "车架号", "交车时间", "里程", "是否预约")
LINE = ("工单号", "项次", "技师", "门店", "接车时间", "工时", "份额")
#: some rows to a block, so that a file of fifty has many
BLOCK = 400


def order(n: int, **told: str) -> tuple[str, ...]:
    """The n-th order, with other cells where told."""
    day = f"2026-10-{n % 28 + 1:02d}"
    cells = {
        "no": f"RO{n}",
        "store": ("一店", "二店")[n % 2],
        "opened": f"{day} 09:05:00",
        "kind": "保养",
        "advisor": "张三",
        "labour": f"{n}.50",
        "vin": "LFV00000800000000",
        "delivered": f"{day} 19:05:00",
        "km": str(n),
        "booked": "是",
    }
    return tuple({**cells, **told}.values())


def orders(many: int = 50) -> list[tuple[str, ...]]:
    """So many sound orders of two stores in turns."""
    return [order(n) for n in range(many)]


def line(n: int, k: int, **told: str) -> tuple[str, ...]:
    """The k-th line of the n-th order."""
    cells = {
        "no": f"RO{n}",
        "line": str(k),
        "who": "张三",
        "store": "一店",
        "opened": f"2026-10-{n % 28 + 1:02d} 09:05:00",
    }
    return tuple({**cells, "hours": "1.5", "share": "", **told}.values())


def file_of(header: Sequence[str], rows: Sequence[Sequence[str]], **how: str) -> bytes:
    """A file of these rows."""
    return csv([header, *rows], **how)


def landed(folder: Path, files: Sequence[bytes], *, in_blocks: bool) -> list[str]:
    """Land files one after another; what is said of their contradictions."""
    folder.mkdir()
    clock = datetime(2026, 11, 1, tzinfo=UTC)
    ledger = Ledger(folder / "ledger", time_zone="Asia/Shanghai", clock=lambda: clock)
    plan = Plan(folder, from_bytes=0, block_bytes=BLOCK) if in_blocks else None
    beside, said = Beside(), list[str]()
    for number, content in enumerate(files):
        path = folder / f"{number}.csv"
        path.write_bytes(content)
        (part,) = intake(path, plan=plan, **GIVEN).sheets
        assert (part.spilled is not None) == in_blocks
        batch = ledger.land(
            part.source,
            SOURCES[part.source],
            part.spilled or part.accepted,
            Upload(path.name, path),
            period=OCTOBER,
            stores=part.stores,
            counts=part.counts,
            rejected=part.rejected,
            beside=beside,
        )
        beside.files[batch.number] = path.name
        said += [problem.zh + problem.en for problem in beside.problems]
        beside.problems.clear()
    return said


def state(folder: Path) -> dict[str, bytes]:
    """Every file of a ledger but its log, whose commits bear their time."""
    ledger = folder / "ledger"
    files = [path for path in ledger.rglob("*") if path.is_file() and not {"_delta_log", "lanes"} & {*path.parts}]
    return {path.relative_to(ledger).as_posix(): path.read_bytes() for path in files}
