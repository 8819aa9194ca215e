"""Where a sheet's header stands, which source it is, and which column holds what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from fairwrench.ledger.cells.labels import label_key, without_unit
from fairwrench.ledger.cells.units import is_unit, words_of
from fairwrench.settlement.source.source import Column, Source

#: a header is looked for in the first rows only
HEAD_ROWS = 40
#: columns that we add ourselves to a workbook of rejected rows
OWN_LABELS = frozenset(map(label_key, ("退回原因", "原行号", "Reason", "Original row")))

#: ranks of labels known in part begin here
PARTIAL = 1000
PREFERRED = -1
#: labels that tell the store, for sources that do not declare it: names are resolved within it
STORE_LABELS = ("门店", "店名", "所属门店", "门店名称", "分店", "店铺", "store")

Row = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Binding:
    """A column of the grid that holds a column of the source. `unit` is what its label names in brackets.

    `rank` orders the columns that may be the same one: below 0 is a label that the source prefers, 0 the column's own
    name, then its other names, and from PARTIAL on a label of which only a part is known (应收 above 工时费).
    """

    column: str
    at: int
    label: str
    unit: str
    rank: int

    @property
    def certainty(self) -> int:
        """How surely the label means the column: 0 preferred, 1 its own name, 2 another name, 3 known in part."""
        if self.rank <= 0:
            return 0 if self.rank < 0 else 1
        return 2 if self.rank < PARTIAL else 3


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a recognised sheet: grid rows `first` to `last` (0-based) name the columns.

    `bindings` may hold several for one column (an id and a name of the same person), the preferred one first.
    """

    source: str
    first: int
    last: int
    bindings: tuple[Binding, ...]
    labels: tuple[str, ...]

    def of(self, column: str) -> tuple[Binding, ...]:
        """The bindings of a column of the source, the preferred one first; empty when the sheet lacks it."""
        return tuple(binding for binding in self.bindings if binding.column == column)

    def equals(self, column: str) -> tuple[Binding, ...]:
        """Those of them that mean the column as surely as the preferred one: their values have to agree."""
        named = self.of(column)
        return tuple(binding for binding in named if binding.certainty == named[0].certainty)

    def aside(self, column: str) -> tuple[Binding, ...]:
        """Those that mean the column less surely than the preferred one: they are not read, but compared with it."""
        return tuple(binding for binding in self.of(column) if binding not in self.equals(column))

    @property
    def unknown(self) -> tuple[str, ...]:
        """Labels of columns that mean nothing to the source."""
        return self.unknown_but(())

    def unknown_but(self, places: Collection[int]) -> tuple[str, ...]:
        """Those of them that do not stand at some `places`."""
        known = {*(binding.at for binding in self.bindings), *places}
        return tuple(
            label
            for at, label in enumerate(self.labels)
            if label and at not in known and label_key(label) not in OWN_LABELS
        )


@dataclass(frozen=True, slots=True)
class Match:
    """How well a header fits a source. `missing` are needed columns that no label names; `tells` is whether any column
    beside the key is there; `named` is whether the file's or sheet's name names the source. Of two rows the lower one
    `continues` the upper where it says nothing below any of the known columns: the days of a month, kinds of leave.
    """

    header: Header
    missing: tuple[str, ...]
    key_missing: tuple[str, ...]
    tells: bool
    named: bool
    continues: bool = False

    @property
    def complete(self) -> bool:
        """Whether rows can be told apart and say anything."""
        return not self.key_missing and (self.tells or self.named) and len(self.columns) > 1

    @property
    def fit(self) -> tuple[bool, int, bool]:
        """Larger is better: complete, columns known less twice those missing, named."""
        # A missing column that is needed rejects every row, so it weighs more than one that is known.
        return self.complete, len(self.columns) - 2 * len(self.missing), self.named

    @property
    def place(self) -> tuple[tuple[bool, int, bool], int, int]:
        """Larger is better among the possible headers of one sheet: the fit, one row, the upper one."""
        # A second line that continues the first is no row of evidence: it fills nothing that is read.
        return self.fit, 1 if self.continues else self.header.first - self.header.last, -self.header.first

    def ends_above(self, other: Match) -> bool:
        """Whether this header has all that is needed and ends above the other one."""
        return self.complete and not self.missing and self.header.last < other.header.first

    @property
    def columns(self) -> set[str]:
        """The columns of the source that the header names."""
        return {binding.column for binding in self.header.bindings}


#: a compared label → the columns it names, by source, with its rank among the column's names
Index = dict[str, list[tuple[str, str, int]]]


class _Sources(tuple[tuple[str, Source], ...]):
    """Sources by name that are the same when they are the very ones: to compare them takes as long as to index them."""

    def __hash__(self) -> int:
        return hash(tuple((name, id(source)) for name, source in self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Sources) or len(self) != len(other):
            return False
        return all(name == same and one is another for (name, one), (same, another) in zip(self, other, strict=True))


def index_of(sources: Mapping[str, Source]) -> Index:
    """Every name and alias of every column of every source; the sheets of a folder share it."""
    return _indexed(_Sources(sources.items()))


@lru_cache(maxsize=64)
def _indexed(sources: _Sources) -> Index:
    index: Index = {}
    for source, declared in sources:
        for column, facts in declared.columns.items():
            names = _names(column, facts)
            preferred = set(map(label_key, facts.prefer))
            for rank, name in enumerate(dict.fromkeys(map(label_key, [*names, *facts.prefer]))):
                index.setdefault(name, []).append((source, column, PREFERRED if name in preferred else rank))
        if "store" not in declared.columns:
            for rank, name in enumerate(STORE_LABELS):
                # Behind all ranks that a source gives its own columns, so that a declared label of the same name wins.
                index.setdefault(label_key(name), []).append((source, "store", len(STORE_LABELS) + rank))
    return index


def _names(name: str, facts: Column) -> list[str]:
    """What a column may be called, its own name first; of a person or store all columns are read, ids before names."""
    own = [facts.name.zh] if facts.name else []
    others = [facts.name.en, name] if facts.name else [name]
    if facts.type in ("person", "store"):
        # Aliases of persons and stores lead with the ids: what a name leaves open the id tells.
        return [*facts.aliases, *own, *others]
    return [*own, *facts.aliases, *others]


def needed_columns(source: Source) -> list[str]:
    """Key, required and filing columns that a row must fill; a store or month may be told by where the file lies."""
    names = dict.fromkeys([*source.key, source.filed_by, *(n for n, c in source.columns.items() if c.required)])
    # These two the folder can tell: without a column for them a file is still evidence.
    return [name for name in names if source.columns[name].type not in ("store", "month")]


def best_matches(grid: pl.DataFrame, sources: Mapping[str, Source], index: Index, named: Sequence[str]) -> list[Match]:
    """The best header for each source that any label of the sheet speaks for, the best fitting first.

    `named` are the sources that the file's or sheet's name names; it decides only between equals.
    """
    # Every row may be the header, alone or with the next one; the best fit decides, not the first that looks like one.
    rows = grid.head(HEAD_ROWS).rows()
    best: dict[str, Match] = {}
    known = _Named(index)
    for first, depth, labels in _possible_headers(rows):
        for source, bindings in _bindings(labels, known).items():
            header = Header(source, first, first + depth - 1, tuple(bindings), tuple(label[0] for label in labels))
            match = _match(header, sources[source], source in named)
            if depth > 1:
                lower = rows[first + 1]
                match = replace(match, continues=not any((lower[each.at] or "").strip() for each in bindings))
            if source in best and best[source].ends_above(match):
                continue  # rows stand between the two, and would be passed over as titles
            if source not in best or match.place > best[source].place:
                best[source] = match
    return sorted(best.values(), key=lambda match: match.fit, reverse=True)


def _match(header: Header, source: Source, named: bool) -> Match:
    known = {binding.column for binding in header.bindings}
    needed = needed_columns(source)
    missing = tuple(column for column in needed if column not in known)
    beside = [name for name, column in source.columns.items() if name not in source.key and column.type != "store"]
    tells = bool(needed or {"store", *source.key} & known) and (not beside or not known.isdisjoint(beside))
    return Match(header, missing, tuple(column for column in missing if column in source.key), tells, named)


def _possible_headers(rows: Sequence[Row]) -> Iterator[tuple[int, int, list[tuple[str, ...]]]]:
    """Each row, and each two rows together, as a header: first row, depth, the readings of each column's label."""
    for first, row in enumerate(rows):
        if not any(row):
            continue
        if first + 1 < len(rows) and (units := _units(rows[first + 1])):
            labels = [(cell or "").strip() for cell in row]
            yield first, 2, [(f"{of}({unit})" if unit else of,) for of, unit in zip(labels, units, strict=True)]
            continue
        yield first, 1, [((cell or "").strip(),) for cell in row]
        if first + 1 < len(rows) and any(rows[first + 1]):
            yield first, 2, _two_rows(row, rows[first + 1])


def _units(row: Row) -> list[str]:
    """The units that a row below the labels names for its columns; empty where the row says anything else."""
    # Some systems print the units in a row of their own below the labels; it is part of the header.
    units = [(cell or "").strip(" \t()（）[]【】") for cell in row]
    said = False
    for unit in filter(None, units):
        for word in words_of(unit):
            if not is_unit(word):
                return []
            said = True
    return units if said else []


def _two_rows(upper: Row, lower: Row) -> list[tuple[str, ...]]:
    """Labels of a header of two rows; a label above empty cells to its right stands over these columns, too."""
    labels: list[tuple[str, ...]] = []
    over = ""
    for above, below in zip(upper, lower, strict=True):
        high, low = (above or "").strip(), (below or "").strip()
        # A merged cell comes as its text and empty cells: the upper label goes on while there are lower ones.
        over = high or (over if low else "")
        if not low:
            labels.append((high,))
        else:
            # 工时费 below 应收 may be known as 应收工时费, 工时费 or 工时费应收, and is looked for in this order.
            labels.append((over + low, low, low + over) if over else (low,))
    return labels


def _bindings(labels: Sequence[tuple[str, ...]], named: _Named) -> dict[str, list[Binding]]:
    """What each column is to each source; a label with its unit is tried before the label without."""
    found: dict[str, dict[int, Binding]] = {}
    for at, readings in enumerate(labels):
        # Of a header of two rows the lower label alone is a part of what the column is called.
        for part, reading in enumerate(readings):
            for source, column, rank, unit in named[reading]:
                known_in_part = len(readings) > 1 and part == 1
                binding = Binding(column, at, reading, unit, PARTIAL + rank if known_in_part else rank)
                found.setdefault(source, {}).setdefault(at, binding)
    return {source: sorted(by_place.values(), key=lambda b: (b.rank, b.at)) for source, by_place in found.items()}


class _Named(dict[str, list[tuple[str, str, int, str]]]):
    """What each label may name: source, column, rank, and the unit it says. A row is read alone, and with the one above
    and the one below it, so each label is asked for several times and looked up once."""

    def __init__(self, index: Index) -> None:
        super().__init__()
        self._index = index

    def __missing__(self, label: str) -> list[tuple[str, str, int, str]]:
        found: list[tuple[str, str, int, str]] = []
        if label:
            base, unit = without_unit(label)
            for key, said in ((label_key(label), ""), (base, unit)):
                found += [(source, column, rank, said) for source, column, rank in self._index.get(key, ())]
        self[label] = found
        return found
