"""What differs between two schemes: every part by its path, items by their names instead of their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.scheme import CommissionLine, Item, Measure, PayBase, Scheme
from fairwrench.settlement.source.source import Text

Path = tuple[str, ...]
#: parts that are told as a whole
WHOLE = (Text, Curve, Measure, PayBase)
#: where the order in which things stand says something
ORDERED = (("cycle", "steps"),)


@dataclass(frozen=True)
class Difference:
    """One part that differs, None on a side where it does not stand; `order`: the same parts in another order."""

    path: Path
    old: Any
    new: Any
    order: bool = False

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


def differences(old: Scheme, new: Scheme) -> list[Difference]:
    """Every difference, in the order of the newer document; what was removed stands where it stood."""
    return list(_between((), old, new))


def _between(path: Path, old: Any, new: Any) -> Iterator[Difference]:
    # equal mappings may still differ in their order, which counts for deadlines
    if old == new and not any(path == ordered[: len(path)] for ordered in ORDERED):
        return
    # before models: these are models too, but are told in one sentence
    if isinstance(old, WHOLE) or isinstance(new, WHOLE) or old is None or new is None:
        yield Difference(path, old, new)
    elif isinstance(old, CommissionLine) and isinstance(new, CommissionLine):
        yield from _lines(path, old, new)
    elif isinstance(old, BaseModel) and isinstance(new, BaseModel):
        for name in type(new).model_fields:
            yield from _between((*path, name), getattr(old, name), getattr(new, name))
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mappings(path, old, new)
    elif _items(old) or _items(new):
        # by key: an item that was moved within its card is no change
        yield from _mappings(path, {item.key: item for item in old}, {item.key: item for item in new})
    else:
        yield Difference(path, old, new)


def _lines(path: Path, old: CommissionLine, new: CommissionLine) -> Iterator[Difference]:
    """What differs between two lines of a plan: what is paid as one thing, be it a rate or tiers."""
    if (old.rate, old.tiers) != (new.rate, new.tiers):
        yield Difference((*path, "rate"), old, new)
    for name in (each for each in type(new).model_fields if each not in ("rate", "tiers")):
        yield from _between((*path, name), getattr(old, name), getattr(new, name))


def _items(part: Any) -> bool:
    return isinstance(part, tuple) and bool(part) and isinstance(part[0], Item)


def _mappings(path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for key in [*new, *(key for key in old if key not in new)]:
        yield from _between((*path, str(key)), old.get(key), new.get(key))
    if path in ORDERED:
        # of the parts that stand on both sides: what was added or removed is told by itself
        common = [key for key in old if key in new]
        again = [key for key in new if key in old]
        if common != again:
            yield Difference(path, tuple(common), tuple(again), order=True)
