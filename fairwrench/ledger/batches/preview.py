"""What a landing would change, told before it lands: the comparison that landing makes, with nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.compare import Comparison, compare
from fairwrench.ledger.batches.incoming import prepared
from fairwrench.ledger.batches.lookup import known
from fairwrench.ledger.columns import ID_BITS, PARTITION
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source


@dataclass(frozen=True)
class Preview:
    """What rows would change. `before` are the current rows of their keys (columns of `current`), `replaced` how many
    of them each batch wrote that would be replaced, by number."""

    comparison: Comparison
    before: pl.DataFrame
    replaced: dict[int, int]


def preview(
    ledger: Ledger, name: str, source: Source, rows: pl.DataFrame, *, period: Month | None, absent: Sequence[str] = ()
) -> Preview | None:
    """What landing accepted rows (canonical columns, `store`, `_row`) would change; None where the source holds nothing
    yet. Refused as the landing would be."""
    if not ledger.has(name):
        return None
    incoming = prepared(source, rows, ledger.time_zone)
    asked = incoming.select([*dict.fromkeys([*source.key, "store", PARTITION])])
    there = known(ledger.table(name, source), asked, lambda path: ledger.data_file(name, path).period, period)
    records = ledger.records(name)
    batches = there.current["_batch"].unique().to_list()
    lacking = {number for number in batches if {*records.one(number).absent} - {*absent}}
    found = compare(source, incoming, there, lacking)
    # The upper half of an `_id` is its batch: no record has to be read to say whose rows would be replaced.
    olds = found.rows.select(number=pl.col("_supersedes").floordiv(1 << ID_BITS)).drop_nulls()
    return Preview(found, there.current, dict(olds.group_by("number").len().sort("number").iter_rows()))
