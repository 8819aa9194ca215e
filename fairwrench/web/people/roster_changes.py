"""What a new roster changes: who is new, who changes in what, who is gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from fairwrench.ledger.roster import COLUMNS

#: what a row says of a person; the place in the sheet says nothing
SAID = tuple(name for name in COLUMNS if name != "_row")
Terms = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One person whose rows differ; `before` and `after` are the person's rows as the roster has them."""

    kind: Literal["new", "changed", "gone"]
    employee_id: str
    before: list[Terms] = field(default_factory=list)
    after: list[Terms] = field(default_factory=list)

    @property
    def last(self) -> Terms:
        """The person's last row, of the new roster where it has one."""
        return (self.after or self.before)[-1]

    @property
    def name(self) -> str:
        """What the person is called."""
        return str(self.last["name"])

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """Columns in which the last row differs, with the old and the new value."""
        if self.kind != "changed":
            return []
        old, new = self.before[-1], self.after[-1]
        return [(name, old[name], new[name]) for name in SAID if old[name] != new[name]]


def roster_becoming(
    *, before: pl.DataFrame, handed: pl.DataFrame, stores: Collection[str] | None = None, keep_missing: bool = False
) -> pl.DataFrame:
    """The roster that a file makes of the one before.

    Only rows of `stores` (None: all) are replaced; with `keep_missing` people that the file does not name stay as they
    are. The rows are numbered anew, from 2 as below a header.
    """
    kept = before.clear() if stores is None else before.filter(~pl.col("store").is_in(list(stores)))
    if keep_missing:
        kept = before.filter(
            ~pl.col("employee_id").is_in(handed["employee_id"].drop_nulls().unique().implode())
            | pl.col("_row").is_in(kept["_row"].implode())
        )
    whole = pl.concat([kept.select(list(COLUMNS)), handed.select(list(COLUMNS))])
    return whole.with_columns(_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))


def roster_changes(*, before: pl.DataFrame, after: pl.DataFrame) -> list[Change]:
    """Everybody whose rows differ, in the order of the new roster; those who are gone come last."""
    old, new = _by_person(before), _by_person(after)
    found = [
        Change("changed" if person in old else "new", person, old.get(person, []), rows)
        for person, rows in new.items()
        if old.get(person) != rows
    ]
    return [*found, *(Change("gone", person, rows) for person, rows in old.items() if person not in new)]


def _by_person(roster: pl.DataFrame) -> dict[str, list[Terms]]:
    people: dict[str, list[Terms]] = {}
    for row in roster.select(SAID).iter_rows(named=True):
        people.setdefault(row["employee_id"], []).append(row)
    return people
