"""A folder whose files are large. What would break: a figure or a word that depends on how a file was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.closing.folder import folder as reading
from fairwrench.closing.folder.folder import Gathered, gather
from fairwrench.ledger.batches import arrivals
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.blocks.text import Plan
from fairwrench.ledger.intake.intake import FileIntake, intake
from fairwrench.settlement.calendar.deadlines import Month
from tests.closing.quiet import Quiet

OCTOBER = Month(2026, 10)
ROSTER = "工号,姓名,门店,部门,岗位,状态,入职日期,全额工资\n" + "".join(
    f"T{n},技师{n},{('南城店', '北城店')[n % 2]},服务部,technician,在职,2020-01-01,8000\n" for n in range(4)
)
LABELS = "工单号,门店,接车时间,交车时间,结算时间,维修类型,维修技师,工时费,配件费,进厂里程"


def order(n: int, number: str = "", kind: str = "保养", labour: str = "") -> str:
    """The n-th order, of the two stores in turns; one in nine is of September."""
    day = f"2026-{9 if n % 9 == 8 else 10:02d}-{n % 27 + 1:02d}"
    cells = [number or f"RO{n}", ("南城店", "北城店")[n % 2], f"{day} 09:05:00", f"{day} 11:00:00", f"{day} 11:30:00"]
    return ",".join([*cells, kind, f"T{n % 4}", labour or f"{n + 1}.50", "20", str(1000 + n)])


FIRST = [order(n) for n in range(60)] + [order(61, kind="乱写"), order(62, labour="-")]
#: some as before, some otherwise, one in another spelling, one under a number of its own, two of nobody
SECOND = [
    *(order(n, labour="7" if n % 5 == 0 else "") for n in range(30)),
    order(40, number="ro40"),
    order(9, number="RX9"),
    order(70).replace("T2", "外人"),
    order(71).replace("T3", "外人"),
]


@pytest.fixture
def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Gathered, dict[str, bytes], Any]]:
    """Land the folder with files read in blocks from a size on: what was gathered, the ledger's files, what is said."""
    data = tmp_path / "data"
    (data / "2026-10").mkdir(parents=True)
    (data / "roster.csv").write_text(ROSTER, encoding="utf-8")
    for name, rows in (("a", FIRST), ("b", SECOND)):
        (data / "2026-10" / f"维修工单_{name}.csv").write_text("\n".join([LABELS, *rows, ""]), encoding="utf-8")
    scheme, sources = load_scheme("dealership"), load_sources()
    monkeypatch.setattr(arrivals, "AT_ONCE", 9)

    def land(name: str, from_bytes: int) -> tuple[Gathered, dict[str, bytes], Any]:
        monkeypatch.setattr(reading, "Plan", partial(Plan, from_bytes=from_bytes, block_bytes=600))
        spilled: list[bool] = []

        def noted(*path: Any, **told: Any) -> FileIntake:
            found = intake(*path, **told)
            spilled.extend(sheet.spilled is not None for sheet in found.sheets)
            return found

        monkeypatch.setattr(reading, "intake", noted)
        clock = datetime(2026, 11, 1, tzinfo=UTC)
        ledger = Ledger(tmp_path / name, time_zone="Asia/Shanghai", clock=lambda: clock)
        found = gather(data, scheme, sources, OCTOBER)
        said = found.land(ledger, sources, Quiet(), tmp_path / f"{name}-mend")
        assert spilled == [from_bytes == 0] * 2
        skipped = {"_delta_log", "lanes"}
        files = {p.relative_to(tmp_path / name).as_posix(): p for p in (tmp_path / name).rglob("*") if p.is_file()}
        return found, {n: p.read_bytes() for n, p in files.items() if not skipped & {*p.parts}}, said

    return land


def test_a_folder_read_in_blocks(taken: Callable[..., tuple[Gathered, dict[str, bytes], Any]]) -> None:
    """Fails when a file of the ledger, a list of rows or a sentence is another one, or blocks are left behind."""
    whole, files, said = taken("whole", 1 << 30)
    blocks, same, again = taken("blocks", 0)
    codes = {problem.code for problem in said}
    assert {"files_differ", "key_written_twice", "alike_landed", "rows_rejected", "other_months_too"} <= codes
    assert said == again
    assert files == same
    assert whole.read.equals(blocks.read) and whole.rejected.equals(blocks.rejected) and whole.counts == blocks.counts
    assert [frame.rows() for frame in whole.uncredited] == [frame.rows() for frame in blocks.uncredited]
