"""The files of one month before they go out, where dirt and decisions are planted in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from fairwrench.samples.causes.people import Group
from fairwrench.samples.exports import OFFICE, PLANT, Row, Sheet
from fairwrench.samples.files.layouts import FilePlan
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source

#: (month, source, store or None) → rows as they were handed in
Past = dict[tuple[Month, str, str | None], list[Row]]

T = TypeVar("T")


class Unfit(Exception):
    """These files have no place for what would be planted: too few rows, or nobody in that position."""


def first(found: Iterator[T]) -> T:
    """The first of some things; Unfit when there is none."""
    for one in found:
        return one
    raise Unfit


@dataclass(slots=True)
class Desk:
    """The files of one month on the desk before they go out, and what is remembered of earlier months.

    `copies` are files to be written once more under another name. `past` gives the rows of a source and store as they
    were handed in for an earlier month.
    """

    month: Month
    until: Month
    group: Group
    sources: Mapping[str, Source]
    columns: Mapping[str, list[str]]
    plans: list[FilePlan]
    past: Past
    copies: list[tuple[str, str]] = field(default_factory=list)

    def store(self, number: int) -> str:
        """The name of a store by its number, counted around where there are fewer."""
        return self.group.stores[number % len(self.group.stores)].name

    def plan(self, source: str, store: str | None) -> FilePlan:
        """The file that carries a source of a store (None: of the group)."""
        return first(p for p in self.plans if p.store == store and any(s.source == source for s in p.sheets))

    def sheet(self, source: str, store: str | None) -> Sheet:
        """The sheet of a source of a store."""
        return first(sheet for sheet in self.plan(source, store).sheets if sheet.source == source)

    def key(self, source: str, row: Row, store: str) -> str:
        """The key of a row, its parts joined by `|`."""
        return "|".join(str(store if c == "store" else row.get(c)) for c in self.sources[source].key)

    def holder(self, number: int, *positions: str) -> str:
        """Who holds the first of these positions that is held in a store on the last day of the month."""
        found = (self.group.holders(position, self.store(number), self.month.last) for position in positions)
        return first(people[-1].employee_id for people in found if people)

    def hand_in(self, source: str, rows: list[Row]) -> None:
        """Put rows into the month's file of an office's source, which is made if need be."""
        found = next((sheet for plan in self.plans for sheet in plan.sheets if sheet.source == source), None)
        if found:
            found.rows.extend(rows)
            return
        name = self.sources[source].name.zh
        file = f"{self.month}/集团_{name}_{self.month}.xlsx"
        sheet = Sheet(name, source, list(self.sources[source].columns), rows)
        self.plans.append(FilePlan(file, OFFICE, [sheet], None))

    def soil(self, kind: str, source: str, store: str, place: int, **values: object) -> Row:
        """Change one row of a sheet and mark it as planted; returns the row."""
        rows = self.sheet(source, store).rows
        if place >= len(rows):
            raise Unfit
        # A copy: the world goes on with the row as it happened, and only the file is wrong.
        rows[place] = {**rows[place], **values, PLANT: (kind,)}
        return rows[place]
