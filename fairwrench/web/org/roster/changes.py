"""What a new roster changes: who is new, who changes in what, who is gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from fairwrench.ledger.roster.roster import COLUMNS

#: what a row says of a person; the place in the sheet says nothing
SAID = tuple(name for name in COLUMNS if name != "_row")
Terms = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One person whose rows differ; `before` and `after` are the person's rows as the roster has them.

    `paid`: the stores whose salaries may be told (None: all); in others they are no difference.
    """

    kind: Literal["new", "changed", "gone"]
    employee_id: str
    before: list[Terms] = field(default_factory=list)
    after: list[Terms] = field(default_factory=list)
    paid: Collection[str] | None = None

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
        told = self.paid is None or {old["store"], new["store"]} <= set(self.paid)
        names = (name for name in SAID if told or name != "full_salary")
        return [(name, old[name], new[name]) for name in names if old[name] != new[name]]


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
