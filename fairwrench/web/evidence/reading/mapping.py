"""Headers mapped by hand: which column of a source each label of a file means, remembered for the next such file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fairwrench.ledger.cells.labels import label_key, without_unit
from fairwrench.ledger.header.header import OWN_LABELS
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Column, Source

#: stands for a column of the file that is to be passed over
IGNORED = "_ignored_"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What somebody said of a header: it is `source`, and `labels` leads from its labels to columns ("" to none).

    `store` is where such files come from, empty for anywhere.
    """

    digest: str
    store: str
    source: str
    labels: Mapping[str, str] = field(hash=False)


def header_digest(labels: Iterable[str]) -> str:
    """What makes two headers the same: the set of their labels as they are compared, in any order."""
    # in any order: next month's export may have its columns moved
    words = sorted({label_key(label) for label in labels if label} - OWN_LABELS - {""})
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def chosen(mapped: Iterable[Mapped], digest: str, stores: Iterable[str]) -> Mapped | None:
    """The mapping of a header: that of its store before that of anywhere. What one store said of its own files does not
    decide how a file of several stores is read."""
    own = set(stores)
    here = {"", *own} if len(own) == 1 else {""}
    # the store's own first
    found = sorted((each for each in mapped if each.digest == digest and each.store in here), key=lambda m: not m.store)
    return found[0] if found else None


def adapted(source: Source, labels: Mapping[str, str]) -> Source:
    """The source with those labels among its aliases, and with no other column that answers to them.

    A label is known without the unit in its brackets, so that the unit is still heeded. What is to be passed over
    becomes a column of its own (see `without_ignored`).
    """
    words = {word for label in labels for word in _words(label)}
    named: dict[str, list[str]] = {}
    for label, column in labels.items():
        named.setdefault(column, []).append(without_unit(label)[0] or label)
    # a label merely left out would be recognised again by an alias of some column
    passed = {f"{IGNORED}{at}": Column(aliases=(word,)) for at, word in enumerate(named.pop("", ()))}
    # what was chosen by hand stands before the columns that recognition would prefer
    first = {name: _column(source.columns[name], named[name], words) for name in named if name in source.columns}
    rest = {name: _column(column, (), words) for name, column in source.columns.items() if name not in first}
    return source.model_copy(update={"columns": {**passed, **first, **rest}})


def without_ignored(columns: Iterable[str]) -> list[str]:
    """The names of columns less those that stand for what is passed over."""
    return [name for name in columns if not name.startswith(IGNORED)]


def problems_of(source: Source, labels: Mapping[str, str]) -> list[Problem]:
    """Why labels cannot be mapped so: an unknown column, or two labels that differ in their unit alone."""
    found = [_unknown(column) for column in labels.values() if column and column not in {*source.columns, "store"}]
    # labels are known without their unit, so two that differ in it alone lead to one column
    bases: dict[str, tuple[str, str]] = {}
    for label, column in labels.items():
        before, where = bases.setdefault(without_unit(label)[0], (label, column))
        if where != column:
            found.append(_alike(before, label))
    return found


def _words(label: str) -> tuple[str, str]:
    return label_key(label), without_unit(label)[0]


def _column(column: Column, first: Iterable[str], taken: set[str]) -> Column:
    """A column that answers to the words of `first` and no longer to those that are `taken`."""
    names = (column.name.zh, column.name.en) if column.name else ()
    kept = [word for word in (*column.aliases, *names) if not taken.intersection(_words(word))]
    # its name answered to labels too, and `prefer` ranks labels that somebody has just overruled
    return column.model_copy(update={"aliases": (*first, *kept), "name": None, "prefer": ()})


def _unknown(column: str) -> Problem:
    return Problem("unknown_column", f"没有名为“{column}”的列", f"there is no column `{column}`")


def _alike(first: str, second: str) -> Problem:
    zh = f"“{first}”与“{second}”只差单位，不能分别对应两列；请在文件中改一个名字"
    en = f"{first!r} and {second!r} differ in their unit alone and cannot mean two columns; rename one in the file"
    return Problem("labels_alike", zh, en)
