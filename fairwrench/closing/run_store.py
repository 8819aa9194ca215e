"""A settled month as pages read it: a Parquet file a store, a person a row, listed by a manifest that is written last.

FOLDER/manifest.json                 stores → their files, each with its SHA-256; without it there is nothing here
FOLDER/3f9a….parquet                 everybody of one store, sorted by employee id; named by its content
FOLDER/people.parquet                employee id → store of everybody, also of who is only owed something (store "")
FOLDER/indicators.parquet            metric × store, sorted by store; the whole group's figures have no store

A row of a store's file has the frames of a settlement as lists: what is recorded of the person in `lines`, `pay`,
`steps` and the others (PARTS). Int128 is written as Decimal(38, 0), which other engines read, too, and read back as
Int128. A file is never written again. A later run takes over the files of stores in which nothing changed.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.ledger.folder import make_read_only, sha256_of, write_json
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement

FORMAT = 1
MANIFEST, PEOPLE, INDICATORS = "manifest.json", "people.parquet", "indicators.parquet"
#: the frames of a settlement with rows of one person each
SETTLED = ("totals", "lines", "pay", "steps", "standing")
#: … and what pages show besides: work counted that no card asks for, where a month heads for, what lifts somebody
PARTS = (*SETTLED, "work", "heads", "lifts")
#: person × metric that is counted
WORK: Schema = {"employee_id": pl.String, "metric": pl.String, "count": pl.Int64}
#: metric × store; `place` is the order of the metrics, figures are exact fractions, the target in 10^-6
FIGURES: Schema = {
    "place": pl.Int64,
    "metric": pl.String,
    "category": pl.String,
    "store": pl.String,
    "n": pl.Int128,
    "d": pl.Int128,
    "target": pl.Int128,
    "occasions": pl.Int64,
    "against": pl.String,
    "handed_in": pl.Boolean,
    "thin": pl.Boolean,
}
#: who is owed something without being in service works in no store
NOWHERE = ""
#: people a row group: one person's page reads one of them
_GROUP = 32
#: figures a row group: a store has some hundred at most
_FIGURES = 4096
_EXACT = pl.Decimal(38, 0)

#: rows of a part by column
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class RunStore:
    """What was written into a folder, by its manifest. It is read a person or a store at a time."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest; Refused where there is none, or none that can be read."""
        try:
            return dict(json.loads((self.folder / MANIFEST).read_bytes()))
        except (OSError, ValueError):
            raise Refused([_nothing_here(self.folder)]) from None

    @property
    def stores(self) -> list[str]:
        """The stores by name."""
        return [name for name in self.manifest["stores"] if name != NOWHERE]

    def file(self, store: str) -> Path:
        """Where everybody of a store stands; KeyError for a store that the month does not have."""
        return self.folder / str(self.manifest["stores"][store]["file"])

    def part(self, name: str, store: str, people: Collection[str] | None = None) -> pl.DataFrame:
        """One of PARTS of a store, or of some people of it; without rows where the month does not have the store."""
        return self.parts((name,), store, people)[name]

    def settled(self, scheme: Scheme, month: Month, store: str, employee_id: str) -> Settlement:
        """The month of one person as a settlement: everything but what is of more than one (shares, periods)."""
        parts: dict[str, Any] = dict(self.parts(SETTLED, store, (employee_id,)))
        none = pl.DataFrame()
        return Settlement(month, scheme, **parts, shares=none, periods=none)

    def store_of(self, employee_id: str) -> str | None:
        """The store that somebody worked in; empty for who is only owed something, None for who is not in it."""
        people = self.folder / PEOPLE
        found = _collected(people, pl.scan_parquet(people).filter(employee_id=employee_id).select("store"))
        return str(found.item()) if found.height else None

    def indicators(
        self, stores: Collection[str] | None = None, metrics: Collection[str] | None = None, *, whole: bool = True
    ) -> pl.DataFrame:
        """Columns FIGURES of some stores and metrics (None: of all); with `whole` those of the whole group besides."""
        rows = pl.scan_parquet(self.folder / INDICATORS)
        if stores is not None:
            rows = _among(rows, "store", [*stores, *([None] if whole else [])])
        elif not whole:
            rows = rows.filter(pl.col("store").is_not_null())
        if metrics is not None:
            rows = _among(rows, "metric", metrics)
        return _read_back(_collected(self.folder / INDICATORS, rows))

    def handed_in(self, stores: Collection[str] | None = None) -> pl.DataFrame:
        """metric, there: how many of some stores (None: of all) handed in what the metric reads."""
        rows = pl.scan_parquet(self.folder / INDICATORS).filter(pl.col("store").is_not_null())
        if stores is not None:
            rows = _among(rows, "store", stores)
        counted = rows.group_by("metric").agg(there=pl.col("handed_in").sum())
        return _collected(self.folder / INDICATORS, counted)

    def same_as(self, other: RunStore) -> frozenset[str]:
        """The stores of which another run says the very same."""
        theirs = _stores_of(other)
        return frozenset(
            name
            for name, each in self.manifest["stores"].items()
            if name != NOWHERE and name in theirs and theirs[name]["sha256"] == each["sha256"]
        )

    def of_everybody(self, name: str) -> pl.DataFrame:
        """One of PARTS of all stores, sorted by employee id."""
        parts = [self.part(name, store) for store in self.manifest["stores"]]
        return pl.concat(parts).sort("employee_id", maintain_order=True) if parts else self.part(name, NOWHERE)

    def altered(self) -> list[str]:
        """The files that are not there, or not as they were written."""
        files = {str(each["file"]): each["sha256"] for each in self.manifest["stores"].values()}
        files |= self.manifest["files"]
        return [name for name, digest in sorted(files.items()) if not _is_as_written(self.folder / name, digest)]

    def parts(self, names: Iterable[str], store: str, people: Collection[str] | None) -> dict[str, pl.DataFrame]:
        """Several of PARTS, read at once."""
        shapes = {name: self.manifest["parts"][name] for name in names}
        if store not in self.manifest["stores"]:
            return {name: pl.DataFrame(schema=dict.fromkeys(columns, pl.String)) for name, columns in shapes.items()}
        rows = pl.scan_parquet(self.file(store)).select("employee_id", *shapes)
        if people is not None:
            rows = _among(rows, "employee_id", people)
        found = _collected(self.file(store), rows)
        return {name: _flat(found, name, columns) for name, columns in shapes.items()}


def rows_of_one(store: str, employee_id: str, names: Iterable[str], runs: Sequence[RunStore]) -> list[dict[str, Rows]]:
    """Of somebody in a store, in each of some runs: the rows of several of PARTS, none where they are not in it.

    All files are read at once, and rows are made without a frame of each part: a page shows a person's month beside six
    before it.
    """
    wanted = list(names)
    there = [run for run in runs if store in run.manifest["stores"]]
    scans = [pl.scan_parquet(run.file(store)).filter(pl.col("employee_id") == employee_id) for run in there]
    try:
        frames = pl.collect_all([scan.select(wanted) for scan in scans])
    except (OSError, pl.exceptions.PolarsError):  # again one by one, which says of which file it is
        frames = [_collected(run.file(store), scan) for run, scan in zip(there, scans, strict=True)]
    found = {run.folder: frame for run, frame in zip(there, frames, strict=True)}
    return [{name: _rows(found.get(run.folder), name, run, employee_id) for name in wanted} for run in runs]


def _rows(found: pl.DataFrame | None, name: str, run: RunStore, employee_id: str) -> Rows:
    if found is None or not found.height:
        return []
    told = found[name][0]
    columns: list[str] = run.manifest["parts"][name]
    rows = [] if told is None else told.to_list()
    return [{each: employee_id if each == "employee_id" else _as_read(row[each]) for each in columns} for row in rows]


def _as_read(value: Any) -> Any:
    """A value of a row as `_read_back` has it in a frame."""
    return int(value) if isinstance(value, Decimal) else value


def write_run_store(
    folder: Path,
    parts: Mapping[str, pl.DataFrame],
    places: pl.DataFrame,
    indicators: pl.DataFrame,
    before: RunStore | None = None,
) -> RunStore:
    """Write a month into a folder that holds none yet.

    `parts` has a frame for each of PARTS, `places` (employee_id, store) everybody who is in one of them. The file of a
    store that is the same as in `before` is not written but taken from there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = {each["sha256"]: before.folder / each["file"] for each in _stores_of(before).values()} if before else {}
    stores = {}
    for name, rows in _by_store(parts, places):
        content = _parquet(rows, _GROUP)
        digest = sha256_of(content)
        _put(content, folder / f"{digest[:32]}.parquet", known.get(digest))
        stores[name] = {"file": f"{digest[:32]}.parquet", "sha256": digest, "people": rows.height}
    files = {}
    figures = indicators.sort("store", "place", nulls_last=False, maintain_order=True)
    for file, frame, rows_each in ((PEOPLE, places.sort("employee_id"), _FIGURES), (INDICATORS, figures, _FIGURES)):
        content = _parquet(frame, rows_each)
        _put(content, folder / file, None)
        files[file] = sha256_of(content)
    shapes = {name: frame.columns for name, frame in parts.items()}
    write_json(folder / MANIFEST, {"format": FORMAT, "parts": shapes, "stores": stores, "files": files})
    return RunStore(folder)


def _stores_of(before: RunStore) -> dict[str, Any]:
    try:
        return dict(before.manifest["stores"])
    except Refused:  # written before there were such files, or its records are gone: all is written anew
        return {}


def _by_store(parts: Mapping[str, pl.DataFrame], places: pl.DataFrame) -> Iterable[tuple[str, pl.DataFrame]]:
    """Each store with a row a person, sorted by employee id; stores by name."""
    rows = places.sort("store", "employee_id")
    for name, frame in parts.items():
        rows = rows.join(_nested(frame, name), on="employee_id", how="left", maintain_order="left")
    return ((str(store), part.drop("store")) for (store,), part in rows.group_by("store", maintain_order=True))


def _nested(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """employee_id, and the person's rows as a list."""
    exact = frame.with_columns(pl.selectors.by_dtype(pl.Int128).cast(_EXACT))
    others = [column for column in frame.columns if column != "employee_id"]
    return exact.group_by("employee_id", maintain_order=True).agg(pl.struct(others).alias(name))


def _flat(rows: pl.DataFrame, name: str, columns: list[str]) -> pl.DataFrame:
    """The rows of a part again, as the settlement has them."""
    there = rows.select("employee_id", name).drop_nulls(name)
    return _read_back(there.explode(name).unnest(name)).select(columns)


def _collected(path: Path, rows: pl.LazyFrame) -> pl.DataFrame:
    """Rows of a file; Refused where it is gone or damaged."""
    try:
        return rows.collect()
    except (OSError, pl.exceptions.PolarsError):
        raise Refused([_damaged(path)]) from None


def _among(rows: pl.LazyFrame, column: str, values: Collection[str | None]) -> pl.LazyFrame:
    """The rows of a file with one of some values; None is one, too."""
    if len(values) == 1:  # the statistics of the file say in which part the rows are
        (value,) = values
        return rows.filter(pl.col(column).eq_missing(pl.lit(value, pl.String)))
    # looked up in a table: as a condition each value would be held against the statistics of each part of the file,
    # which takes 40 ms for a hundred
    wanted = pl.LazyFrame({column: sorted(values, key=lambda each: each or "")}, schema={column: pl.String})
    return rows.join(wanted, on=column, how="semi", nulls_equal=True, maintain_order="left")


def _read_back(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.selectors.by_dtype(_EXACT).cast(pl.Int128))


def _parquet(frame: pl.DataFrame, group: int) -> bytes:
    stream = io.BytesIO()
    exact = frame.with_columns(pl.selectors.by_dtype(pl.Int128).cast(_EXACT))
    exact.write_parquet(stream, compression="zstd", statistics=True, row_group_size=group)
    return stream.getvalue()


def _put(content: bytes, path: Path, same: Path | None) -> None:
    """A file with some content, which nobody writes again; `same` holds it already, and stays when the other goes."""
    if path.exists():  # two stores of the same content
        return
    # looked at before it is passed on: a damaged file would be the figures of every run to come
    if same is not None and _is_as_written(same, sha256_of(content)):
        try:
            os.link(same, path)
        except OSError:  # another disk, or one without links
            shutil.copyfile(same, path)
    if not path.exists():
        path.write_bytes(content)
    make_read_only(path)


def _is_as_written(path: Path, digest: str) -> bool:
    return path.exists() and sha256_of(path) == digest


def _damaged(path: Path) -> Problem:
    zh = f"{path.name} 不在或已损坏，这部分数据无法显示；请从备份恢复"
    en = f"{path.name} is gone or damaged, so this cannot be shown; restore it from the backup"
    return Problem("run_store_damaged", zh, en, file=str(path))


def _nothing_here(folder: Path) -> Problem:
    zh, en = (
        "这个月的明细文件不在或无法读取，请从备份恢复",
        "the files of this month are not there or cannot be read; restore them from the backup",
    )
    return Problem("no_run_store", zh, en, file=str(folder / MANIFEST))
