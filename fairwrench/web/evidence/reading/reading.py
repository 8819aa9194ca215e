"""One uploaded file read, recognised and checked, its frames written to a folder; runs in a process of its own.

Nothing here knows of Django or of the database: the process that parses what strangers hand in holds neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.closing.folder.landing import covered, placed
from fairwrench.closing.folder.losses import with_losses
from fairwrench.closing.folder.target_rows import plausible_targets
from fairwrench.closing.folder.wanted_columns import Wanted, with_wanted
from fairwrench.ledger.body.sheet_rows import Handed
from fairwrench.ledger.cells.labels import label_key
from fairwrench.ledger.files.reading import content_of, read_sheets
from fairwrench.ledger.files.sheet import Limits, Sheet
from fairwrench.ledger.header.header import HEAD_ROWS, OWN_LABELS, best_matches, index_of
from fairwrench.ledger.header.recognition import recognise
from fairwrench.ledger.intake.intake import Intake, intake
from fairwrench.ledger.people.people import Directory
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence.reading.mapping import Mapped, adapted, chosen, header_digest, without_ignored
from fairwrench.web.evidence.reading.totals import totals

#: frames of a sheet that are kept beside the result
FRAMES = ("accepted", "rejected", "uncredited", "originals")
#: of rows that stand across a sheet of another kind: whom it speaks of
SPEAKS_OF = "speaks_of"
_SHOWN_ROWS = 8
_SHOWN_COLUMNS = 60
_STRANGERS = 200


@dataclass(frozen=True)
class Order:
    """What to read and how it was handed in."""

    path: Path
    name: str
    sources: Mapping[str, Source] = field(repr=False)
    roster: pl.DataFrame = field(repr=False)
    placed_store: str | None
    period: Month | None
    time_zone: str
    mapped: tuple[Mapped, ...] = ()
    limits: Limits = field(default_factory=Limits)
    #: the metrics of the scheme in force by every word for them, to hold targets against
    metrics: Mapping[str, Metric] = field(default_factory=dict, repr=False)
    #: the columns that it reads, as `wanted_columns` gives them
    wanted: Wanted = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class _Read:
    """A recognised sheet with the source as it was read by; `mapped` when somebody had mapped its header."""

    part: Intake
    source: Source
    mapped: Mapped | None


def read_file(order: Order, out: Path) -> dict[str, Any]:
    """What the file holds; the frames of each recognised sheet are written to the folder `out`."""
    directory = Directory.of(order.roster)
    # 1. what is recognised of itself
    plain = intake(order.path, sources=order.sources, **_told(order, directory))
    parts = {_place(part): _Read(part, order.sources[part.source], None) for part in plain.sheets}
    names = {sheet for sheet, _ in parts}
    # 2. what is of no known kind: opened once more only where something was left over
    others, problems = _others(order, names) if plain.problems else ([], [])
    if plain.problems and not others and not problems:
        problems = list(plain.problems)
    # 3. what somebody said of a header goes before what was recognised
    for sheet, mapped in _forced(order, parts, others):
        source = adapted(order.sources[mapped.source], mapped.labels)
        # by the one source that was chosen, so that no other answers to the sheet
        found: dict[tuple[str, str], _Read] = {}
        again = intake(order.path, sources={mapped.source: source}, **_told(order, directory))
        for part in again.sheets:
            if part.sheet == sheet and part.speaks_of is not None:
                found[_place(part)] = _Read(part, order.sources[part.source], None)
            elif part.sheet == sheet:
                found[_place(part)] = _Read(_clean(part, order.sources[mapped.source]), source, mapped)
        parts = {place: read for place, read in parts.items() if place[0] != sheet or not found} | found
    others = [other for other in others if other["sheet"] not in {sheet for sheet, _ in parts}]
    # 4. every sheet in its stores, with its totals, written down
    finished = _finished(order, out, list(parts.values()), directory)
    return {"problems": [asdict(problem) for problem in problems], "others": others, "sheets": finished}


def _place(part: Intake) -> tuple[str, str]:
    """Its sheet, and what across it it is: rows of one kind stand in the columns of a sheet of another."""
    return part.sheet, part.source if part.speaks_of is not None else ""


def frame_of(out: Path, place: int, frame: str) -> pl.LazyFrame:
    """One of the frames of a sheet."""
    return pl.scan_parquet(out / str(place) / f"{frame}.parquet")


def _told(order: Order, directory: Directory) -> dict[str, Any]:
    return {
        "every": order.sources,
        "roster": directory,
        "placed_store": order.placed_store,
        "period": order.period,
        "time_zone": order.time_zone,
        "name": order.name,
        "limits": order.limits,
    }


def _sheets(order: Order) -> Iterator[Sheet]:
    return read_sheets(content_of(order.path, order.limits), order.limits)


def _others(order: Order, known: set[str]) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The sheets that are of no known kind, each with its labels, first rows and why; else why nothing can be read."""
    found, index = [], index_of(order.sources)
    try:
        for sheet in _sheets(order):
            if sheet.name not in known and not sheet.grid.is_empty():
                _, problems = recognise(sheet, order.name, order.sources, index)
                found.append(_other(sheet, problems, order, beside=bool(known)))
    except Refused as refused:
        return [], [replace(problem, file=order.name) for problem in refused.problems]
    return found, []


def _other(sheet: Sheet, problems: list[Problem], order: Order, *, beside: bool) -> dict[str, Any]:
    matches = best_matches(sheet.grid, order.sources, index_of(order.sources), ())
    labels = matches[0].header.labels if matches and len(matches[0].columns) > 1 else _guessed(sheet.grid)
    # a sheet of notes beside the data is no error of the file
    told = [replace(p, severity="warning" if beside and p.severity == "error" else p.severity) for p in problems]
    return {
        "sheet": sheet.name,
        "digest": header_digest(labels),
        "labels": [label for label in labels if label],
        "likely": matches[0].header.source if matches else "",
        "first": [[_short(cell) for cell in row[:_SHOWN_COLUMNS]] for row in sheet.grid.head(_SHOWN_ROWS).rows()],
        "problems": [asdict(problem) for problem in told],
    }


def _short(cell: str | None) -> str:
    return (cell or "")[:80]


def _guessed(grid: pl.DataFrame) -> tuple[str, ...]:
    """What may be the header of a sheet that no source knows: the first row with the most different texts."""
    rows = [tuple((cell or "").strip() for cell in row) for row in grid.head(HEAD_ROWS).rows()]
    return max(rows, key=lambda row: len(set(filter(None, row))), default=())


def _forced(
    order: Order, parts: Mapping[tuple[str, str], _Read], others: list[dict[str, Any]]
) -> Iterator[tuple[str, Mapped]]:
    """The sheets whose header somebody mapped before."""
    here = (order.placed_store,) if order.placed_store else ()
    # a copy: what is found is put into `parts` while this goes on
    for (sheet, across), read in list(parts.items()):
        if across:
            continue
        digest = header_digest(read.part.labels)
        if found := chosen(order.mapped, digest, (*here, *read.part.stores)):
            yield sheet, found
    for other in others:
        if found := chosen(order.mapped, other["digest"], here):
            yield other["sheet"], found


def _clean(part: Intake, source: Source) -> Intake:
    """A sheet read by an adapted source, without what was to be passed over, its columns in their own order."""
    # what was passed over was a column to recognition; the ledger knows none of that name
    columns = {name: label for name, label in part.columns.items() if name in source.columns}
    more = [name for name in without_ignored(part.accepted.columns) if name not in source.columns]
    return replace(part, accepted=part.accepted.select(*source.columns, *more), columns=columns)


def _finished(order: Order, out: Path, parts: list[_Read], directory: Directory) -> list[dict[str, Any]]:
    """Every sheet in its stores, written down. The sheets are opened once more only where something is to be looked up:
    total rows, and the cells of rows that no roster can place."""
    done = [(read, _placed(read.part, order)) for read in parts]
    # placing rejected more than reading did: their cells as uploaded were not kept then
    homeless = {now.sheet for read, now in done if now.rejected.height > read.part.rejected.height}
    summed = {now.sheet for _, now in done if now.counts.get("ignored_total")}
    # a workbook is unpacked anew, seconds for a large one: not where nothing is to be looked up
    grids = {sheet.name: sheet.grid for sheet in _sheets(order) if sheet.name in homeless | summed} if done else {}
    handed = Handed(directory, order.placed_store, order.period, order.time_zone)
    stores = sorted(order.roster["store"].drop_nulls().unique())
    found: list[dict[str, Any]] = []
    for place, (read, part) in enumerate(done):
        _write(out / str(place), _whole(part, grids[part.sheet]) if part.sheet in homeless else part)
        sums = totals(grids[part.sheet], part, read.source, handed) if part.counts.get("ignored_total") else []
        shown = _summary(part, read)
        if part.speaks_of is not None:
            # how the header is read is said of the sheet, once
            shown["digest"] = next(each["digest"] for each in found if each["sheet"] == part.sheet)
        found.append({**shown, "totals": sums, "speaks_for": covered(part, order.placed_store, stores)})
    return found


def _placed(part: Intake, order: Order) -> Intake:
    here = placed(part, order.sources[part.source], order.roster, order.time_zone, order.period)
    source = order.sources[part.source]
    return with_wanted(with_losses(plausible_targets(here, order.metrics), source), source, order.wanted)


def _whole(part: Intake, grid: pl.DataFrame) -> Intake:
    """The sheet with every rejected row as uploaded, those included that were rejected for want of a person."""
    rows = grid.with_row_index("_row", 1).filter(pl.col("_row").is_in(part.rejected["row"].unique().implode()))
    return replace(part, originals=rows.with_columns(pl.col("_row").cast(pl.Int64)))


def _write(folder: Path, part: Intake) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in FRAMES:
        getattr(part, name).write_parquet(folder / f"{name}.parquet")
    if part.speaks_of is not None:
        part.speaks_of.write_parquet(folder / f"{SPEAKS_OF}.parquet")


def _summary(part: Intake, read: _Read) -> dict[str, Any]:
    dated = part.uncredited.with_columns(pl.col("left_on", "begins_on").cast(pl.String))
    about = ("value", "column", "elsewhere", "left_on", "begins_on")
    strangers = dated.group_by(about).len("rows").sort("rows", "value")
    return {
        "sheet": part.sheet,
        "source": part.source,
        "mapped": read.mapped is not None,
        "digest": read.mapped.digest if read.mapped else header_digest(part.labels),
        "labels": [label for label in part.labels if label and label_key(label) not in OWN_LABELS],
        "columns": _by_label(read, part),
        "counts": part.counts,
        "stores": sorted({*part.accepted["store"].drop_nulls().unique(), *part.stores}),
        "months": list(part.months),
        "refused_stores": list(part.refused_stores),
        "unplaced": part.unplaced,
        "problems": [asdict(problem) for problem in part.problems],
        # those with the most rows first: of an unknown export everybody may be a stranger
        "uncredited": strangers.tail(_STRANGERS).reverse().to_dicts(),
    }


def _by_label(read: _Read, part: Intake) -> dict[str, str]:
    """Each label of the sheet and the column it was read as; with a mapping, as somebody chose."""
    found = {label: column for column, label in part.columns.items()}
    kinds = next((name for name in part.columns if part.read_from and read.source.columns[name].one_of), "")
    found |= dict.fromkeys(part.read_from, kinds)
    return found | {label: column for label, column in (read.mapped.labels if read.mapped else {}).items() if column}
