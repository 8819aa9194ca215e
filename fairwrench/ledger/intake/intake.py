"""Intake, the main line: a file → for each recognised sheet the rows accepted and the rows rejected, with reasons.

Nothing is landed here and nothing dropped silently: accepted + rejected + ignored rows are the rows of the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import polars as pl

from fairwrench.ledger.blocks.reading import InBlocks, read_in_blocks
from fairwrench.ledger.blocks.spill import Spilled
from fairwrench.ledger.blocks.text import Plan, is_large, large_text
from fairwrench.ledger.body.sheet_month import of_another_month
from fairwrench.ledger.body.sheet_rows import Handed, Loss, Rows
from fairwrench.ledger.body.tales import NotPlain, said
from fairwrench.ledger.columns import filed_month, polars_type
from fairwrench.ledger.files.reading import content_of, read_sheets
from fairwrench.ledger.files.sheet import Limits, Sheet
from fairwrench.ledger.files.special_cells import column_letters
from fairwrench.ledger.header.header import HEAD_ROWS, Header, Index, index_of
from fairwrench.ledger.header.recognition import recognise, unknown_columns
from fairwrench.ledger.intake.across import Crossed, crossed, crossings
from fairwrench.ledger.intake.rejection import listed_uncredited, rejected_frame
from fairwrench.ledger.people.people import Directory
from fairwrench.ledger.rows.blanks import blank_throughout, wholly_blank
from fairwrench.ledger.rows.rows import checked_rows
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source, header_of


@dataclass(frozen=True, slots=True)
class Intake:
    """What a recognised sheet brings.

    `accepted` has the canonical columns of the source and `_row`, the row as a person sees it; one row of the sheet may
    give several accepted rows, one a person. `rejected` is one row a reason: file, sheet, row, column, value, reason,
    reason_en, code, field. `uncredited` lists accepted cells whose person is on no roster: file, sheet, row, column,
    value, store, elsewhere, left_on, begins_on, field; and those of people who were not there on the row's day.
    `originals` holds the rejected rows as uploaded, columns `c0`… that `labels` name, and `_row`. `counts` are rows of
    the sheet: rows, accepted, rejected, ignored_header, ignored_blank, ignored_total,
    ignored_duplicate. `columns` maps each column of the source to the label it was read from. `stores` and `months`
    (`YYYY-MM`) are those of the accepted rows; a placed file without rows still has its store. `refused_stores` are
    those most or all of whose rows were rejected; `unplaced` is the number of rejected rows of no known store, `losses`
    says of each known one how many were rejected.
    `percents` are, of columns of numbers, the rows whose cell has a percent sign.
    """

    file: str
    sheet: str
    source: str
    accepted: pl.DataFrame
    rejected: pl.DataFrame
    uncredited: pl.DataFrame
    originals: pl.DataFrame
    labels: tuple[str, ...]
    counts: dict[str, int]
    columns: dict[str, str]
    stores: tuple[str, ...]
    months: tuple[str, ...]
    problems: tuple[Problem, ...]
    refused_stores: tuple[str, ...] = ()
    unplaced: int = 0
    losses: tuple[Loss, ...] = ()
    percents: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    #: of rows across a sheet of another source: of whom and which kinds it says how much there was, none included
    speaks_of: pl.DataFrame | None = None
    #: the labels of the columns that these rows stood in
    read_from: tuple[str, ...] = ()
    #: the accepted rows of a file read in blocks; `accepted` then has none
    spilled: Spilled | None = None

    @property
    def height(self) -> int:
        """How many rows are accepted, wherever they lie."""
        return self.spilled.rows if self.spilled else self.accepted.height

    @property
    def stores_in(self) -> set[str]:
        """The stores of the accepted rows, once these are placed."""
        rows = self.spilled.filed if self.spilled else self.accepted
        return {*rows["store"].drop_nulls().unique()}

    def filed(self, source: Source, time_zone: str) -> pl.DataFrame:
        """How many placed rows (`rows`) there are of each `store` and `month`."""
        if self.spilled:
            return self.spilled.filed
        filed = self.accepted.select("store", month=filed_month(source, time_zone))
        return filed.group_by("store", "month").agg(rows=pl.len())

    def blank_columns(self, source: Source) -> set[str]:
        """The columns that are empty in every accepted row."""
        spilled = self.spilled
        return blank_throughout(spilled.nulls, spilled.rows) if spilled else wholly_blank(self.accepted, source)


@dataclass(frozen=True, slots=True)
class FileIntake:
    """What a file brings: a part for each recognised sheet, and problems of the file and of sheets not taken."""

    file: str
    sheets: tuple[Intake, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Order:
    """What intake was told beside the file."""

    file: str
    sources: Mapping[str, Source]
    handed: Handed = field(repr=False)


def intake(
    source: Path | str | bytes,
    *,
    sources: Mapping[str, Source],
    every: Mapping[str, Source] | None = None,
    roster: pl.DataFrame | Directory | None = None,
    placed_store: str | None = None,
    period: Month | None = None,
    time_zone: str = "Asia/Shanghai",
    name: str = "",
    limits: Limits | None = None,
    plan: Plan | None = None,
) -> FileIntake:
    """Read a file, recognise its sheets, check and type their rows.

    `sources` are those that its sheets may be, `every` all that there are, where these are more. `roster` resolves
    persons and stores; pass a `Directory` when many files are read. `placed_store` is the store whose folder or name
    the file carries, `period` the month the file was handed in for, `time_zone` the stores', `name` what bytes are
    called. Nothing that is in the file raises: a file that cannot be read gives a problem. With a `plan` a large text
    is read in blocks where it can be, and its accepted rows are `spilled`.
    """
    path = Path(source) if isinstance(source, str) else source
    file = name or (path.name if isinstance(path, Path) else "")
    directory = Directory.of(roster) if isinstance(roster, pl.DataFrame) else roster
    order = _Order(file, sources, Handed(directory, placed_store, period, time_zone, file, every or sources))
    # Once for all sheets: it holds every name and alias of every column of every source.
    index = index_of(sources)
    parts: list[Intake] = []
    others: list[Problem] = []
    if plan and isinstance(path, Path) and (large := _in_blocks(path, order, index, plan)):
        return FileIntake(file, (large,))
    try:
        for sheet in read_sheets(content_of(path, limits or Limits()), limits or Limits()):
            header, problems = recognise(sheet, file, sources, index)
            other = of_another_month(sheet, header, sources[header.source], order.handed) if header else None
            if other:
                others.append(other)
            elif header:
                parts += _sheet(sheet, header, order, [*sheet.problems, *problems])
            else:
                others += problems
    # A file is taken wholly or not at all: sheets read before the one that is refused are let go, too.
    except Refused as refused:
        parts, others = [], list(refused.problems)
    # No sheet and no problem would look as if the file had been taken.
    if not parts and not others:
        others = [_nothing()]
    return FileIntake(file, tuple(parts), tuple(_of_file(problem, file, beside=bool(parts)) for problem in others))


def _in_blocks(path: Path, order: _Order, index: Index, plan: Plan) -> Intake | None:
    """A large text read in blocks; None where it is small, or has to be read whole."""
    if not is_large(path, plan):
        return None
    folder = Path(mkdtemp(dir=plan.scratch))
    try:
        text = large_text(path, plan, folder)
        top = text.sheet(text.grid(text.head(HEAD_ROWS)[0]))
        header, problems = recognise(top, order.file, order.sources, index)
        # What is not taken at all is told by the whole way, which knows why.
        if header is None or of_another_month(top, header, order.sources[header.source], order.handed):
            raise NotPlain
        source = order.sources[header.source]
        read = read_in_blocks(text, header, source, order.handed, replace(plan, scratch=folder))
        return _of_blocks(read, header, source, order, problems)
    except NotPlain:
        rmtree(folder)
        return None
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise


def _of_blocks(read: InBlocks, header: Header, source: Source, order: _Order, problems: list[Problem]) -> Intake:
    """What a text read in blocks brings."""
    place, called = {"file": order.file, "sheet": ""}, _called(header, source)
    _require_all(read.counts, "")
    return Intake(
        file=order.file,
        sheet="",
        source=header.source,
        accepted=pl.DataFrame(schema={**_types(source), "_row": pl.Int64()}),
        rejected=rejected_frame(read.failures, None, called, place),
        uncredited=listed_uncredited(read.uncredited, None, None, called, place),
        originals=read.originals,
        labels=header.labels,
        counts=read.counts,
        columns={column: label for column, label in _labels(header).items() if column in source.columns},
        stores=read.stores,
        months=tuple(read.spilled.filed["month"].unique().sort()),
        problems=tuple(replace(problem, file=order.file) for problem in (*problems, *read.problems)),
        refused_stores=read.refused_stores,
        unplaced=read.unplaced,
        losses=read.losses,
        percents=read.percents,
        spilled=read.spilled,
    )


def _types(source: Source) -> dict[str, pl.DataType]:
    return {name: polars_type(column) for name, column in source.columns.items()}


def _labels(header: Header) -> dict[str, str]:
    """The label from which each column was read; of several columns for one field the preferred one's."""
    return {binding.column: binding.label for binding in reversed(header.bindings)}


def _called(header: Header, source: Source) -> dict[str, str]:
    return {name: header_of(name, column) for name, column in source.columns.items()} | _labels(header)


def _of_file(problem: Problem, file: str, beside: bool) -> Problem:
    """A problem with its file; a sheet not taken is no error `beside` sheets that were: it may be a cover sheet."""
    softened = beside and problem.severity == "error"
    return replace(problem, file=file, severity="warning" if softened else problem.severity)


def _nothing() -> Problem:
    return Problem(code="empty_file", zh="文件里没有任何内容", en="there is nothing in the file")


def _sheet(sheet: Sheet, header: Header, order: _Order, problems: list[Problem]) -> list[Intake]:
    """One recognised sheet, and behind it the rows of other sources that stand across it."""
    source = order.sources[header.source]
    across = crossings(sheet, header, source, order.handed.sources)
    if across:
        elsewhere = frozenset().union(*(each.places for each in across))
        problems = [each for each in problems if each.code != "unknown_columns"]
        problems += unknown_columns(header, elsewhere=elsewhere)
    rows = checked_rows(sheet, header, source, order.handed)
    # Before the rows are made into what lands: of a rejected one the reason stands with it alone.
    others: list[Intake] = []
    for each in across:
        read = crossed(rows, sheet, source.across[each.other], each, order.handed.sources[each.other])
        if each.read:
            others.append(_across(rows, sheet, header, order, read))
        else:
            # No column of a known kind and unit: what is told of the others is told of the sheet.
            problems = [*problems, *read.problems]
    return [_own(rows, sheet, header, order, problems), *others]


def _across(rows: Rows, sheet: Sheet, header: Header, order: _Order, read: Crossed) -> Intake:
    """The rows of another source that stand across a sheet."""
    found = read.found
    target, across = order.handed.sources[found.other], rows.source.across[found.other]
    place = {"file": order.file, "sheet": sheet.name}
    rejected = rejected_frame(read.failures, rows.numbers, {}, place, people=rows.people)
    refused = rejected["row"].unique()
    counts = {"rows": read.rows, "accepted": read.accepted["_row"].n_unique(), "rejected": len(refused)}
    _require_all(counts, sheet.name)
    own, called = _labels(header), _called(header, rows.source)
    strangers = listed_uncredited(rows.uncredited, read.accepted, rows.numbers, called, place)
    originals = sheet.grid.with_row_index("_row", 1).filter(pl.col("_row").is_in(refused.implode()))
    # As single lines, so that the workbook of rejected rows is read the same way when it comes back.
    labels = {each.at: each.label for each in header.bindings} | {each.at: each.label for each in found.read}
    return Intake(
        file=order.file,
        sheet=sheet.name,
        source=found.other,
        accepted=read.accepted,
        rejected=rejected.with_columns(field=pl.lit(across.take)),
        uncredited=strangers,
        originals=originals.with_columns(pl.col("_row").cast(pl.Int64)),
        labels=tuple(labels.get(at, label) for at, label in enumerate(header.labels)),
        counts=counts,
        columns=dict.fromkeys(across.theirs, found.read[0].label)
        | {theirs: own[ours] for ours, theirs in across.same.items() if ours in own},
        stores=rows.stores,
        months=_months(read.accepted, target, order.handed.time_zone),
        problems=tuple(replace(problem, file=order.file) for problem in read.problems),
        speaks_of=read.speaks_of,
        read_from=tuple(each.label for each in found.read),
    )


def _own(rows: Rows, sheet: Sheet, header: Header, order: _Order, problems: list[Problem]) -> Intake:
    """The rows of the source that a sheet is."""
    source = rows.source
    accepted = rows.frame.select(*source.columns, "_row")
    place = {"file": order.file, "sheet": sheet.name}
    labels, called = _labels(header), _called(header, source)
    rejected = rejected_frame(
        rows.failures.all(), rows.numbers, called, place, _letters(sheet, header), people=rows.people
    )
    refused = rejected["row"].unique()
    counts = _counts(sheet, rows.ignored, accepted, refused)
    originals = sheet.grid.with_row_index("_row", 1).filter(pl.col("_row").is_in(refused.implode()))
    return Intake(
        file=order.file,
        sheet=sheet.name,
        source=header.source,
        accepted=accepted,
        rejected=rejected,
        uncredited=listed_uncredited(rows.uncredited, accepted, rows.numbers, called, place),
        originals=originals.with_columns(pl.col("_row").cast(pl.Int64)),
        labels=header.labels,
        counts=counts,
        columns={column: label for column, label in labels.items() if column in source.columns},
        stores=rows.stores,
        months=_months(accepted, source, order.handed.time_zone),
        problems=tuple(replace(problem, file=order.file) for problem in (*problems, *said(rows.told))),
        refused_stores=rows.refused_stores,
        unplaced=rows.unplaced,
        losses=rows.losses,
        percents=rows.percents,
    )


def _letters(sheet: Sheet, header: Header) -> dict[str, str]:
    """The letter under which a workbook shows each column; of text without cells none."""
    left = sheet.left
    if left is None:
        return {}
    return {binding.column: column_letters(binding.at + 1 + left) for binding in reversed(header.bindings)}


def _months(accepted: pl.DataFrame, source: Source, time_zone: str) -> tuple[str, ...]:
    """The months in which rows are filed; each day is asked once."""
    filed = accepted.select(source.filed_by)
    if isinstance(filed.schema[source.filed_by], pl.Datetime):
        # A million instants are some thousand quarters of an hour: only these are asked for their local month. An hour
        # would be too long where offsets are of half an hour.
        filed = filed.select(pl.col(source.filed_by).dt.truncate("15m"))
    return tuple(filed.unique().select(_month=filed_month(source, time_zone)).to_series().unique().sort().to_list())


def _counts(sheet: Sheet, ignored: dict[str, int], accepted: pl.DataFrame, refused: pl.Series) -> dict[str, int]:
    """The rows of the sheet by what became of them."""
    counts = {"rows": sheet.grid.height, "accepted": accepted["_row"].n_unique(), "rejected": len(refused), **ignored}
    _require_all(counts, sheet.name)
    return counts


def _require_all(counts: dict[str, int], sheet: str) -> None:
    """Refused when any row would be lost, which would be our own fault."""
    # The sum that holds all of intake together: a row that is in none of the counts was dropped silently.
    told = sum(number for what, number in counts.items() if what != "rows")
    if told != counts["rows"]:
        raise Refused(
            [
                Problem(
                    code="rows_lost",
                    zh=f"程序错误：工作表“{sheet}”有 {counts['rows']} 行，只交代了 {told} 行，没有收下任何数据",
                    en=f"a fault of ours: sheet {sheet!r} has {number_of(counts['rows'], 'row')}, {told} accounted for",
                    details={what: str(number) for what, number in counts.items()},
                )
            ]
        )
