"""A folder of files: its roster, its evidence in order of period, landed batch by batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl

from fairwrench.closing.landing import Handover, land_part, placed
from fairwrench.ledger.batches import Ledger
from fairwrench.ledger.found import FoundFile, find_files
from fairwrench.ledger.intake import FileIntake, Intake, intake
from fairwrench.ledger.people import Directory
from fairwrench.ledger.rejection import REJECTED, write_rejected
from fairwrench.ledger.roster import read_roster
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.scheme import Scheme
from fairwrench.settlement.source import Source

#: files that are read while an earlier one lands
AHEAD = 2
#: what the list of a folder's rejected rows says of each
LISTED = {name: kind for name, kind in REJECTED.items() if name not in ("code", "field")}


class Bars(Protocol):
    """Somebody who is told how work goes on."""

    def expect(self, kind: str, total: int) -> None:
        """There will be `total` pieces of this kind of work."""
        ...

    def step(self, kind: str, what: str) -> None:
        """A piece of work begins."""
        ...


@dataclass
class Gathered:
    """What a folder holds, and after `land` what came of it.

    `rejected` has one row a reason; `uncredited` the cells naming people who are on no roster; `counts` are rows of all
    sheets: rows, accepted, rejected, ignored_….
    """

    directory: Path
    files: tuple[FoundFile, ...]
    roster: pl.DataFrame
    month: Month
    problems: list[Problem]
    time_zone: str
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LISTED))
    uncredited: list[pl.DataFrame] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def months(self) -> list[Month]:
        """The months to settle in order: those with files of their own up to the one asked for, and that one."""
        return sorted({file.period for file in self.files if file.period} | {self.month})

    def land(
        self,
        ledger: Ledger,
        sources: Mapping[str, Source],
        bars: Bars,
        to_mend: Path | None = None,
        by: str = "",
    ) -> list[Problem]:
        """Read, check and land every file, handed in `by` somebody; rejected rows go to workbooks in `to_mend`.

        Returns what should be known.
        """
        directory = Directory.of(self.roster)
        stores = sorted(self.roster["store"].drop_nulls().unique())
        told: list[Problem] = []
        rejected: list[pl.DataFrame] = [self.rejected]
        bars.expect("read", len(self.files))
        for file, found in self._read(sources, directory):
            bars.step("read", found.file)
            told += found.every_problem
            handed = Handover(file.path, file.period, file.placed_store, stores, by)
            for sheet in found.sheets:
                source = sources[sheet.source]
                part = placed(sheet, source, self.roster, self.time_zone)
                told += land_part(part, source, ledger, handed).problems
                rejected.append(part.rejected.select([pl.col(name).cast(kind) for name, kind in LISTED.items()]))
                self._count(part)
            _offer(found, to_mend)
        self.rejected = pl.concat(rejected)
        return told

    def _read(self, sources: Mapping[str, Source], directory: Directory) -> Iterator[tuple[FoundFile, FileIntake]]:
        """Every file taken in, in order; the next ones are read while one lands."""

        def taken_in(file: FoundFile) -> FileIntake:
            return intake(
                file.path,
                sources=sources,
                roster=directory,
                placed_store=file.placed_store,
                period=file.period,
                time_zone=self.time_zone,
                name=file.path.relative_to(self.directory).as_posix(),
            )

        with ThreadPoolExecutor(max_workers=1) as reader:
            ahead: deque[tuple[FoundFile, Future[FileIntake]]] = deque()
            for file in self.files:
                ahead.append((file, reader.submit(taken_in, file)))
                if len(ahead) > AHEAD:
                    first, found = ahead.popleft()
                    yield first, found.result()
            for first, found in ahead:
                yield first, found.result()

    def _count(self, part: Intake) -> None:
        for name, rows in part.counts.items():
            self.counts[name] = self.counts.get(name, 0) + rows
        if part.uncredited.height:
            self.uncredited.append(part.uncredited)


def gather(directory: Path, scheme: Scheme, sources: Mapping[str, Source], month: Month) -> Gathered:
    """Find the roster and the evidence files of a folder, those of months after `month` left out and told.

    Refused without a readable roster or without any evidence file: nothing could be settled.
    """
    found = find_files(directory)
    if found.roster is None:
        raise Refused([_no_roster(directory)])
    roster, problems = read_roster(found.roster, scheme)
    if errors(problems) and not roster.height:
        raise Refused(problems)
    placed = find_files(directory, stores=sorted(roster["store"].drop_nulls().unique()))
    told = [*problems, *placed.problems]
    later = [file for file in placed.files if file.period and file.period > month]
    files = sorted((f for f in placed.files if f not in later), key=_order)
    if later:
        told.append(_later(later, month))
    if not files:
        raise Refused([*told, _no_files(directory)])
    return Gathered(directory, tuple(files), roster, month, told, scheme.cycle.time_zone)


def _order(file: FoundFile) -> tuple[str, str]:
    """By period (without one first), then by path: the order in which evidence supersedes."""
    return (str(file.period or ""), file.path.as_posix())


def _offer(found: FileIntake, to_mend: Path | None) -> None:
    """Rejected rows as a workbook that can be mended and uploaded again."""
    if to_mend and any(part.rejected.height for part in found.sheets):
        to_mend.mkdir(parents=True, exist_ok=True)
        name = Path(found.file).with_suffix("").as_posix().replace("/", "_")
        write_rejected(to_mend / f"{name}.xlsx", found)


def _no_roster(directory: Path) -> Problem:
    columns = "工号、姓名、门店、部门、岗位、直接上级、状态、入职日期、全额工资等"
    zh = f"没有找到花名册；请把 roster.xlsx 或 roster.csv 放进数据文件夹（列：{columns}）"
    en = "there is no roster; put roster.xlsx or roster.csv into the folder (employee_id, name, store, position, …)"
    return Problem("no_roster", zh, en, file=directory.name)


def _no_files(directory: Path) -> Problem:
    zh = "文件夹里没有可以结算的数据文件；请按月份放入各部门导出的文件，例如 2026-10/维修工单.xlsx"
    en = "there is no file to settle from; put the departments' exports into month folders, e.g. 2026-10/orders.xlsx"
    return Problem("no_files", zh, en, file=directory.name)


def _later(files: Iterable[FoundFile], month: Month) -> Problem:
    count = len(list(files))
    zh = f"{count} 个文件属于 {month} 以后的月份，本次不读"
    en = f"{count} files belong to months after {month} and are not read"
    return Problem("later_files", zh, en, "note")
