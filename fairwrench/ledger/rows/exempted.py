"""The store of an exemption: where its own cell is empty, the key of the exempted row tells it; both have to agree."""

from __future__ import annotations

import re

import polars as pl

from fairwrench.ledger.body.sheet_rows import Rows
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.rows.placing import Placing
from fairwrench.settlement.inputs.words import source_words
from fairwrench.settlement.source.source import Source

EXEMPTIONS = "exemptions"
#: what joins the parts of a key
_BETWEEN = re.compile(r"\s*[|｜]\s*")


def place_by_key(rows: Rows, placing: Placing) -> None:
    """Put exemptions that name no store, in a file of no store, into that of the exempted row; reject those whose store
    is another one than the key's."""
    directory = rows.handed.directory
    if directory is None:
        return
    told = _stores_told(rows)
    differ = (placing.named & (placing.stores != told).fill_null(False)).arg_true()
    if len(differ):
        about = zip(rows.frame["key"].gather(differ), placing.stores.gather(differ), told.gather(differ), strict=True)
        reasons = [_differ(str(key), str(cell), str(other)) for key, cell, other in about]
        at = rows.frame["_at"].gather(differ)
        rows.failures.add_rows(at.to_list(), "key", rows.frame["key"].gather(differ).to_list(), reasons)
    # A cell that names a store no roster has stays rejected: the key does not overrule what somebody wrote.
    silent = placing.stores.is_null() & ~placing.named
    placing.stores = placing.stores.zip_with(~silent, told)


def _stores_told(rows: Rows) -> pl.Series:
    """The store that each row's key tells, null where it tells none that the roster has."""
    said = rows.frame.select("source", "key")
    sources = rows.handed.sources
    words = source_words(sources)
    stores = []
    # Each key once: one list of exemptions may name the same row for several metrics.
    for word, key in said.unique().iter_rows():
        source = sources.get(words.get(word or "", word or ""))
        part = _store_in(key or "", source) if source else None
        known = rows.handed.directory.store(part) if part and rows.handed.directory else None
        stores.append((word, key, known))
    answers = pl.DataFrame(stores, schema=dict.fromkeys(("source", "key", "told"), pl.String), orient="row")
    return said.join(answers, on=["source", "key"], how="left", nulls_equal=True, maintain_order="left")["told"]


def _store_in(key: str, source: Source) -> str | None:
    """The part of a key that is the store, None where such keys have none."""
    parts = _BETWEEN.split(key.strip())
    places = [at for at, name in enumerate(source.key) if source.columns[name].type == "store"]
    return parts[places[0]] if places and len(parts) == len(source.key) else None


def _differ(key: str, cell: str, other: str) -> Reason:
    return Reason(
        "store_and_key_differ",
        f"门店写的是“{cell}”，单号“{key}”却是“{other}”的；一家店只能剔除本店的数据，请核对后改正其中一个",
        f"the store is {cell!r}, and the key {key!r} is one of {other!r}; a store exempts its own rows alone: mend one",
    )
