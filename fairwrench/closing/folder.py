"""A folder of files: its roster, its evidence in order of period, landed batch by batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import polars as pl

from fairwrench.closing.placing import GROUP, with_store
from fairwrench.ledger.batches import Ledger
from fairwrench.ledger.found import FoundFile, find_files
from fairwrench.ledger.intake import FileIntake, Intake, intake
from fairwrench.ledger.people import Directory
from fairwrench.ledger.records import Upload
from fairwrench.ledger.rejection import write_rejected
from fairwrench.ledger.roster import read_roster
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.scheme import Scheme
from fairwrench.settlement.source import Source

#: files that are read while an earlier one lands
AHEAD = 2
REJECTED = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "reason_en": pl.String,
}


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
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    uncredited: list[pl.DataFrame] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def months(self) -> list[Month]:
        """The months to settle in order: those with files of their own up to the one asked for, and that one."""
        return sorted({file.period for file in self.files if file.period} | {self.month})

    def land(
        self, ledger: Ledger, sources: Mapping[str, Source], bars: Bars, to_mend: Path | None = None
    ) -> list[Problem]:
        """Read, check and land every file; rejected rows go to workbooks in `to_mend`. Returns what should be known."""
        directory = Directory.of(self.roster)
        stores = sorted(self.roster["store"].drop_nulls().unique())
        told: list[Problem] = []
        rejected: list[pl.DataFrame] = [self.rejected]
        bars.expect("read", len(self.files))
        for file, found in self._read(sources, directory):
            bars.step("read", found.file)
            told += found.every_problem
            for sheet in found.sheets:
                source = sources[sheet.source]
                part = self._placed(sheet, source)
                told += _land_part(part, file, ledger=ledger, source=source, stores=stores)
                rejected.append(part.rejected.select([pl.col(name).cast(kind) for name, kind in REJECTED.items()]))
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

    def _placed(self, part: Intake, source: Source) -> Intake:
        """The sheet with its accepted rows in their stores; those about somebody on no roster are rejected."""
        part = _spoken(part, source)
        rows = with_store(part.accepted, source, self.roster, self.time_zone)
        keyed = [name for name in source.key if source.columns[name].type == "person"]
        if "store" in source.columns or not keyed:
            return replace(part, accepted=rows)
        unknown = rows.filter(pl.any_horizontal(pl.col(keyed).is_null()))
        gone = unknown["_row"].n_unique()
        counts = {"accepted": part.counts["accepted"] - gone, "rejected": part.counts["rejected"] + gone}
        return replace(
            part,
            accepted=rows.join(unknown, on="_row", how="anti"),
            rejected=pl.concat([part.rejected, _homeless(part, unknown, keyed[0])]),
            counts=part.counts | counts,
        )

    def _count(self, part: Intake) -> None:
        for name, rows in part.counts.items():
            self.counts[name] = self.counts.get(name, 0) + rows
        if part.uncredited.height:
            self.uncredited.append(part.uncredited)


def _spoken(part: Intake, source: Source) -> Intake:
    """The sheet with the rows that say something; a form handed in half filled takes back nothing said before."""
    if not source.says:
        return part
    silent = pl.all_horizontal(pl.col(source.says).is_null())
    passed = part.accepted.filter(silent)["_row"].n_unique()
    blank = part.counts.get("ignored_blank", 0) + passed
    counts = part.counts | {"accepted": part.counts["accepted"] - passed, "ignored_blank": blank}
    return replace(part, accepted=part.accepted.filter(~silent), counts=counts)


def _homeless(part: Intake, unknown: pl.DataFrame, field_: str) -> pl.DataFrame:
    """The rejection of rows whose person no roster knows (columns of `Intake.rejected`)."""
    cells = part.uncredited.select("row", "column", "value").unique("row", keep="first")
    zh = "花名册上没有这个人，这一行无法归属"
    en = "nobody on the roster is called so, and the row is about nobody else"
    told = {"file": part.file, "sheet": part.sheet, "reason": zh, "reason_en": en, "code": "nobody", "field": field_}
    rows = unknown.select(row=pl.col("_row")).unique(maintain_order=True)
    found = rows.join(cells, on="row", how="left", maintain_order="left")
    return found.with_columns(pl.lit(text).alias(name) for name, text in told.items()).select(
        pl.col(name).cast(kind) for name, kind in part.rejected.schema.items()
    )


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


def _land_part(
    part: Intake, file: FoundFile, *, ledger: Ledger, source: Source, stores: Sequence[str]
) -> list[Problem]:
    """Land one sheet; what cannot be landed is told, and the other files go on."""
    upload = Upload(part.file, file.path, sheet=part.sheet)
    speaks_for = covered(part, file, stores)
    try:
        batch = ledger.land(
            part.source,
            source,
            part.accepted,
            upload,
            period=file.period,
            stores=speaks_for,
            counts=part.counts,
            rejected=part.rejected if part.rejected.height else None,
        )
    except Refused as refused:
        return list(refused.problems)
    told = [_already(part, batch.file)] if batch.again and batch.file != part.file else []
    return told if speaks_for or part.accepted.height else [*told, _for_nobody(part)]


def covered(part: Intake, file: FoundFile, stores: Sequence[str]) -> Sequence[str]:
    """The stores a sheet speaks for: its own, or every store of the roster when it is a group's (see decision 3).

    None when it has rows and not one was accepted: nobody knows what they would have said, and that is no zero.
    """
    if part.counts["rejected"] and not part.counts["accepted"]:
        return []
    own = sorted({*part.stores, *part.accepted["store"].drop_nulls().unique()} - {GROUP})
    if file.placed_store or len(own) == 1:
        return own
    return list(stores) if own or len(stores) == 1 else []


def _offer(found: FileIntake, to_mend: Path | None) -> None:
    """Rejected rows as a workbook that can be mended and uploaded again."""
    if to_mend and any(part.rejected.height for part in found.sheets):
        to_mend.mkdir(parents=True, exist_ok=True)
        name = Path(found.file).with_suffix("").as_posix().replace("/", "_")
        write_rejected(to_mend / f"{name}.xlsx", found)


def _already(part: Intake, first: str) -> Problem:
    zh = f"内容与已导入的 {first} 完全相同，没有重复计入"
    en = f"has the same content as {first}, which has landed; it counts once"
    return Problem("already_landed", zh, en, "note", file=part.file)


def _for_nobody(part: Intake) -> Problem:
    zh = "没有可用的行，或看不出属于哪家门店，因此不代表任何门店“本月没有发生”；请更正，或放入以门店命名的文件夹"
    en = "has no usable row, or tells no store, so it says of no store that there was nothing; mend it or place it"
    return Problem("speaks_for_nobody", zh, en, "warning", file=part.file)


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
