"""A folder of files: its roster, its evidence in order of period, landed batch by batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import polars as pl

from fairwrench.closing.folder.files_read import FILES, Kinds, file_row
from fairwrench.closing.folder.keys import Keys, spelled_otherwise
from fairwrench.closing.folder.landing import Handover, absent_columns, land_part, placed
from fairwrench.closing.folder.last_word import Said, overruled, rejected_last, said_anew
from fairwrench.closing.folder.losses import with_losses
from fairwrench.closing.folder.target_rows import metrics_by_word, plausible_targets
from fairwrench.closing.folder.wanted_columns import Wanted, wanted_columns, with_wanted
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.contradictions import Beside
from fairwrench.ledger.blocks.spill import SCRATCH, spilling
from fairwrench.ledger.blocks.text import Plan
from fairwrench.ledger.intake.discovery import FoundFile, find_files
from fairwrench.ledger.intake.intake import FileIntake, Intake, intake
from fairwrench.ledger.intake.order import Listed, found_twice, not_to_be_found, order_said
from fairwrench.ledger.intake.rejection import REJECTED, write_rejected
from fairwrench.ledger.people.people import Directory
from fairwrench.ledger.roster.roster import read_roster
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.inputs.roster import roster_problems
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.scheme.scheme import Metric, Scheme
from fairwrench.settlement.source.source import Source

#: files that are read while an earlier one lands
AHEAD = 2
#: what the list of a folder's rejected rows says of each
LISTED = {name: kind for name, kind in REJECTED.items() if name not in ("code", "field", "person")}


class Progress(Protocol):
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

    `kinds` say which files are of which kind by somebody's word; `read` (columns FILES) what each was read as.
    `rejected` has one row a reason; `uncredited` the cells naming people who are on no roster; `counts` are rows of all
    sheets: rows, accepted, rejected, ignored_….
    """

    directory: Path
    files: tuple[FoundFile, ...]
    roster: pl.DataFrame
    month: Month
    problems: list[Problem]
    time_zone: str
    metrics: Mapping[str, Metric] = field(default_factory=dict, repr=False)
    #: the columns that the scheme reads, as `wanted_columns` gives them
    wanted: Wanted = field(default_factory=dict, repr=False)
    kinds: Kinds = field(default_factory=Kinds)
    #: how large files are read while it lands
    plan: Plan | None = field(default=None, repr=False)
    #: of files that contradict each other, those that have the last word, in their order
    last: Sequence[Path] = ()
    read: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FILES))
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LISTED))
    uncredited: list[pl.DataFrame] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def months(self) -> list[Month]:
        """The months to settle in order: those with files of their own up to the one asked for, and that one."""
        return sorted({file.period for file in self.files if file.period} | {self.month})

    def settle_order(self, last: Sequence[Listed]) -> None:
        """Let files have the last word in the order given, after those told before; Refused for no such."""
        named = {each.name: self._named(each.name) for each in last}
        paths = [file.path.relative_to(self.directory).as_posix() for file in self.files]
        wrong = [
            found_twice(each, len(files)) if files else not_to_be_found(each, self.directory, paths)
            for each in last
            if len(files := named[each.name]) != 1
        ]
        if wrong:
            raise Refused(wrong)
        chosen = [named[each.name][0] for each in last]
        new = [file.path for file in chosen]
        # A file named once more takes its new place: said in order.txt first, then on the command line.
        self.last = [*(path for path in self.last if path not in new), *new]
        self.files = (*(file for file in self.files if file not in chosen), *chosen)

    def _named(self, name: str) -> list[FoundFile]:
        """The files of a name: the one with that path in the folder, else all that are called so."""
        names = {file.path.relative_to(self.directory).as_posix(): file for file in self.files}
        return [names[name]] if name in names else [file for file in self.files if file.path.name == name]

    def land(
        self,
        ledger: Ledger,
        sources: Mapping[str, Source],
        bars: Progress,
        to_mend: Path | None = None,
        *,
        by: str = "",
        lang: str = "zh",
    ) -> list[Problem]:
        """Read, check and land every file, handed in `by` somebody; rejected rows go to workbooks in `to_mend`.

        Returns what should be known; `lang` is that of `read`. The files of one source are committed together.
        """
        self.kinds.check(sources)
        with spilling(ledger.folder / SCRATCH) as folder, ledger.together():
            self.plan = Plan(folder)
            return self._landed(ledger, sources, bars, to_mend, by=by, lang=lang)

    def _landed(
        self, ledger: Ledger, sources: Mapping[str, Source], bars: Progress, to_mend: Path | None, *, by: str, lang: str
    ) -> list[Problem]:
        read: list[dict[str, object]] = []
        directory = Directory.of(self.roster)
        stores = sorted(self.roster["store"].drop_nulls().unique())
        told: list[Problem] = []
        together: dict[tuple[str, Month | None], Beside] = {}
        rejected: list[pl.DataFrame] = [self.rejected]
        keys: dict[str, list[Keys]] = {}
        bars.expect("read", len(self.files))
        said: list[Said] = []
        for file, found in self._read(self.files, sources, directory):
            bars.step("read", found.file)
            # An error of one file must not refuse the month: `settle_folder` stops at errors.
            told += [_beside_others(problem) for problem in found.problems]
            handed = Handover(file.path, file.period, file.placed_store, stores, by)
            for place, sheet in enumerate(found.sheets):
                source = sources[sheet.source]
                before = self._before(file, sheet, said) if file.path in self.last else []
                part = with_losses(self._placed(sheet, source, file), source, before)
                part = with_wanted(part, source, self.wanted)
                read.append(file_row(part, source, lang, absent_columns(part, source)))
                told += map(_beside_others, part.problems)
                keys.setdefault(part.source, []).append(Keys(part.spilled or part.accepted.select(source.key)))
                # Only files of one kind and one month contradict each other; a later month's word is a correction.
                beside = together.setdefault((part.source, file.period), Beside())
                beside.ordered = file.path in self.last
                landed = land_part(part, source, ledger, handed, beside=beside, anew=beside.ordered)
                told += rejected_last(part, before)
                if landed.batch:
                    beside.files[landed.batch.number] = found.file
                    said.append(Said(file, place, landed.batch))
                told += [*landed.problems, *(replace(each, file=found.file) for each in beside.problems)]
                # The same object goes on to the next file, which must not tell them again.
                beside.problems.clear()
                rejected.append(part.rejected.select([pl.col(name).cast(kind) for name, kind in LISTED.items()]))
                self._count(part)
            _offer(found, to_mend)
        told += [problem for name, some in keys.items() for problem in spelled_otherwise(sources[name], some)]
        # After all of them: only now is it known which words stand last in the ledger.
        told += self._say_anew(said, ledger, sources, directory, by)
        self.rejected = pl.concat(rejected)
        self.read = pl.DataFrame(read, schema=FILES, orient="row")
        return told

    def _before(self, file: FoundFile, sheet: Intake, said: Sequence[Said]) -> list[str]:
        """The other files before one of which rows count that are of the same kind and month."""
        spoke = [each.file.path for each in said if each.speaks(sheet.source, file.period) and each.file != file]
        return [path.relative_to(self.directory).as_posix() for path in spoke]

    def _placed(self, sheet: Intake, source: Source, file: FoundFile) -> Intake:
        return plausible_targets(placed(sheet, source, self.roster, self.time_zone, file.period), self.metrics)

    def _say_anew(
        self, said: Sequence[Said], ledger: Ledger, sources: Mapping[str, Source], directory: Directory, by: str
    ) -> list[Problem]:
        """Land once more what was told otherwise since, so that the files that lie here have the last word."""
        again = {each.file: each.places for each in overruled(said, ledger)}
        stores, told = sorted(self.roster["store"].drop_nulls().unique()), list[Problem]()
        for file, found in self._read(tuple(again), sources, directory):
            handed = Handover(file.path, file.period, file.placed_store, stores, by)
            for place in sorted(again[file]):
                sheet = found.sheets[place]
                source = sources[sheet.source]
                part = self._placed(sheet, source, file)
                landed = land_part(part, source, ledger, handed, anew=True)
                if landed.batch and not landed.batch.again:
                    told.append(said_anew(found.file, landed.batch))
        return told

    def _read(
        self, files: Sequence[FoundFile], sources: Mapping[str, Source], directory: Directory
    ) -> Iterator[tuple[FoundFile, FileIntake]]:
        """Some files taken in, in order; the next ones are read while one lands."""

        def taken_in(file: FoundFile) -> FileIntake:
            name = file.path.relative_to(self.directory).as_posix()
            return intake(
                file.path,
                sources=self.kinds.of(name, sources),
                every=sources,
                roster=directory,
                placed_store=file.placed_store,
                period=file.period,
                time_zone=self.time_zone,
                name=name,
                plan=self.plan,
            )

        # One reader, few ahead: files land in their order, and each that waits lies in memory whole.
        with ThreadPoolExecutor(max_workers=1) as reader:
            ahead: deque[tuple[FoundFile, Future[FileIntake]]] = deque()
            for file in files:
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
    # Looked through twice: which folders and names are stores is known only from the roster that is in there.
    found = find_files(directory)
    if found.roster is None:
        raise Refused([_no_roster(directory)])
    roster, problems = read_roster(found.roster, scheme)
    problems = [*problems, *(replace(p, file=found.roster.name) for p in roster_problems(roster) if p not in problems)]
    if errors(problems):
        raise Refused(problems)
    placed = find_files(directory, stores=sorted(roster["store"].drop_nulls().unique()))
    told = [*problems, *placed.problems]
    later = [file for file in placed.files if file.period and file.period > month]
    files = sorted((f for f in placed.files if f not in later), key=_order)
    if later:
        told.append(_later(later, month))
    if not files:
        raise Refused([*told, _no_files(directory)])
    gathered = Gathered(directory, tuple(files), roster, month, told, scheme.cycle.time_zone, metrics_by_word(scheme))
    gathered.wanted = wanted_columns(scheme, sources)
    # An order that also names files of later months is no mistake now: they are not read yet.
    left_out = {name for file in later for name in (file.path.name, file.path.relative_to(directory).as_posix())}
    gathered.settle_order([each for each in order_said(directory) if each.name not in left_out])
    return gathered


def _order(file: FoundFile) -> tuple[str, str]:
    """By period (without one first), then by path: the order in which evidence supersedes."""
    return (str(file.period or ""), file.path.as_posix())


def _beside_others(problem: Problem) -> Problem:
    """What is wrong with a file of a folder keeps that file out and no other: nobody is refused a month for it."""
    return replace(problem, severity="warning") if problem.severity == "error" else problem


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
    zh = "文件夹里没有可以核算的数据文件；请按月份放入各部门导出的文件，例如 2026-10/维修工单.xlsx"
    en = "there is no file to settle from; put the departments' exports into month folders, e.g. 2026-10/orders.xlsx"
    return Problem("no_files", zh, en, file=directory.name)


def _later(files: Iterable[FoundFile], month: Month) -> Problem:
    count = len(list(files))
    zh = f"{count} 个文件属于 {month} 以后的月份，本次不读"
    en = f"{number_of(count, 'file')} of months after {month} {agreeing(count, 'is', 'are')} not read"
    return Problem("later_files", zh, en, "note")
