"""Two schemes side by side: what was added, removed, changed, in words, with curves one over the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.safestring import SafeString

from fairwrench.report.naming import Names
from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.scheme import Item
from fairwrench.settlement.source.source import Text
from fairwrench.web.schemes.text.curves import picture
from fairwrench.web.schemes.text.differences import Difference, Path, differences
from fairwrench.web.schemes.text.value_labels import field_words, key_words, metric_at, value_of
from fairwrench.web.schemes.text.words_of_parts import CHAPTERS

#: the field that holds a scorecard's items says nothing that the item's name does not say
SILENT = ("items", "grades", "steps", "rules", "lines")

#: how a document is written, not what it says: all of a base stands in the scheme itself
WRITTEN = (("base",),)


@dataclass(frozen=True)
class Change:
    """One difference in words. `cards` are the scorecards on which the same change was made."""

    chapter: str
    path: Path
    kind: str
    place: tuple[str, ...]
    old: str
    new: str
    pictures: tuple[SafeString, ...] = ()
    cards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """The changes of one chapter."""

    key: str
    title: str
    changes: tuple[Change, ...]


def compared(old: Names, new: Names) -> list[Chapter]:
    """What differs from the old to the new, chapter by chapter."""
    found = (each for each in differences(old.scheme, new.scheme) if each.path not in WRITTEN)
    told = [_told(each, old, new) for each in found]
    changes = list(_gathered(told, new))
    chapters = []
    for key, words in CHAPTERS.items():
        own = tuple(change for change in changes if change.chapter == key)
        if own:
            chapters.append(Chapter(key, new.pick(words), own))
    return chapters


def _told(each: Difference, old: Names, new: Names) -> Change:
    chapter = each.path[0] if each.path[0] in CHAPTERS else "head"
    before, after = _sides(each, old, new)
    start = 1 if chapter != "head" else 0
    # the chapter is said above the change, so its place begins after it
    words = [_word(each.path, at, old, new) for at in range(start, len(each.path))]
    place = [word for word in words if word]
    if each.order:
        place.append(new.pick(("次序", "order")))
    return Change(chapter, each.path, each.kind, tuple(place), before, after, _pictures(each, old, new))


def _word(path: Path, at: int, old: Names, new: Names) -> str:
    """What one step of a path is called, by the newer scheme if it knows it."""
    # what was removed is known to the older scheme alone
    own = (key_words(path, at, new) or key_words(path, at, old)) if at else None
    silent = path[at] in SILENT and at < len(path) - 1
    return own or ("" if silent else field_words(path[at], new))


def _sides(each: Difference, old: Names, new: Names) -> tuple[str, str]:
    if each.order:
        return _order(each.old, each.path, old), _order(each.new, each.path, new)
    before, after = value_of(each.old, each.path, old), value_of(each.new, each.path, new)
    # of a text the other language changed: both are shown, else the two sides would read the same
    if before == after and isinstance(each.old, Text) and isinstance(each.new, Text):
        return f"{each.old.zh} / {each.old.en}", f"{each.new.zh} / {each.new.en}"
    return before, after


def _order(keys: Iterable[str], path: Path, names: Names) -> str:
    return " → ".join(key_words((*path, key), len(path), names) or key for key in keys)


def _pictures(each: Difference, old: Names, new: Names) -> tuple[SafeString, ...]:
    """The curves one over the other; side by side where their axes are different things."""
    sides = ((_curve(each.old), "was", old), (_curve(each.new), "", new))
    curves = [(curve, kind, names) for curve, kind, names in sides if curve and metric_at(each.path, names)]
    about = new.pick(("评分标准", "curve"))
    # one axis is a value, the other its attainment: over each other they would compare what cannot be compared
    axes = {curve.needs_target for curve, _, _ in curves}
    groups = [curves] if len(axes) == 1 else [[curve] for curve in curves]
    found = []
    for group in groups:
        metric = metric_at(each.path, group[-1][2]) if group else None
        if metric:
            found.append(picture([(curve, kind) for curve, kind, _ in group], metric, group[-1][2], about))
    return tuple(found)


def _curve(part: Any) -> Curve | None:
    """The curve that a part is, or has."""
    found = part.curve if isinstance(part, Item) else part
    return found if isinstance(found, Curve) else None


def _gathered(changes: Iterable[Change], names: Names) -> Iterable[Change]:
    """The same change of the same item on several scorecards as one."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        # an item's own fields (scorecards, card, items, item, field); an item added or removed is a change of its card
        item = change.chapter == "scorecards" and len(change.path) > 4
        same = (change.path[2:], change.old, change.new, change.kind) if item else (change.path,)
        groups.setdefault((change.chapter, *same), []).append(change)
    for group in groups.values():
        first = group[0]
        if len(group) == 1:
            yield first
        else:
            # `place` begins with the card: that is said by `cards` now
            yield replace(first, cards=tuple(each.place[0] for each in group), place=first.place[1:])


def counted(chapters: Iterable[Chapter]) -> dict[str, int]:
    """How many changes of each kind there are."""
    kinds = [change.kind for chapter in chapters for change in chapter.changes]
    return {kind: kinds.count(kind) for kind in ("added", "removed", "changed")}
