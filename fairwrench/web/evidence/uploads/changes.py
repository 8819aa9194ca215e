"""What a batch changed: the rows it replaced, cell by cell, before and after."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairwrench.ledger.columns import ID_BITS
from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import Landing
from fairwrench.web.evidence.uploads.preview import column_words, text_of

#: rows shown
MOST = 40


@dataclass(frozen=True)
class Change:
    """One cell that a batch changed; `after` is None when the row was taken away."""

    key: str
    column: str
    before: str
    after: str | None
    number: int


def changed_rows(*, landing: Landing, source: Source, stores: frozenset[str] | None = None) -> list[Change]:
    """The cells that the first rows of a batch changed, in the order of its rows; of rows that stood in some stores
    (None: all)."""
    ledger = selectors.ledger()
    record = ledger.records(landing.source).one(landing.number)
    # a file that is no longer there leaves nothing to show, and is no fault of the page
    paths = [path for file in record.files if (path := ledger.folder / file.path).exists()]
    if not paths:
        return []
    # diagonal: a kind of file may have got columns between two landings
    told = pl.concat([pl.scan_parquet(path) for path in paths], how="diagonal").drop_nulls("_supersedes")
    # a row that only takes another away (`_void`) says nothing of its own
    after = told.filter(~pl.col("_void")).sort("_id").head(MOST).collect()
    table = ledger.table(landing.source, source)
    before = table.scan(_files(table.files, after["_supersedes"]))
    olds = before.filter(pl.col("_id").is_in(after["_supersedes"].implode())).collect()
    rows = {row["_id"]: row for row in olds.iter_rows(named=True) if stores is None or row["store"] in stores}
    return [
        change
        for row in after.iter_rows(named=True)
        if (old := rows.get(row["_supersedes"]))
        for change in _changes(old, row, source)
    ]


def _files(files: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """The files that may hold rows of those ids."""
    if ids.is_empty():
        return files.head(0)
    # by the ranges of the files, so that a few of thousands are opened
    return files.filter(pl.col("min._id") <= ids.max(), pl.col("max._id") >= ids.min())


def _changes(old: dict[str, object], new: dict[str, object], source: Source) -> list[Change]:
    key = "|".join(text_of(new[name]) for name in source.key)
    # batch · 2^32 + ordinal
    number = int(str(old["_id"])) >> ID_BITS
    names = [name for name in (*source.columns, "store") if old.get(name) != new.get(name)]
    return [
        Change(key, column_words(source, name), text_of(old.get(name)), text_of(new.get(name)), number)
        # a store may be a declared column as well: told once
        for name in dict.fromkeys(names)
    ]
