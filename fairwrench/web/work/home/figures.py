"""The figures of a home: each app declares some for whom they are, and no list of them is kept anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from fairwrench.web.access.models import User
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words, pick

#: what figures are of → the words above them; what one answers for first stands first
SECTIONS: Mapping[str, Words] = {
    "cycle": ("考核", "Cycle"),
    "stores": ("门店", "Stores"),
    "audit": ("绩效稽查", "Audit"),
    "pay": ("工资", "Pay"),
    "evidence": ("数据提报", "Evidence"),
    "team": ("团队", "Team"),
    "shop": ("车间", "Workshop"),
    "installation": ("系统", "Installation"),
    "mine": ("我的", "Mine"),
}
#: figures on one home, and of one section
MOST, MOST_OF_ONE = 6, 4
#: how high the picture of a distribution is, in the units of `figure.html`
HIGH = 40


@dataclass(frozen=True)
class Change:
    """How far a figure is from that of an earlier month: in words with its sign, which way, and whether that is good
    (None: neither)."""

    text: str
    way: Literal["up", "down", "same"]
    good: bool | None
    since: str


@dataclass(frozen=True)
class Share:
    """A part of a distribution: its name and colour, how many, its share and the expected one in percent; drawn beside
    others of which the `largest` is as high as the picture."""

    name: str
    tone: str
    people: int
    share: int
    expected: int
    largest: int

    @property
    def height(self) -> int:
        """How high the bar is."""
        return HIGH * self.share // self.largest

    @property
    def top(self) -> int:
        """How far its top lies below that of the picture."""
        return HIGH - self.height

    @property
    def mark(self) -> int:
        """The same of the mark at the expected share."""
        return HIGH - HIGH * self.expected // self.largest


@dataclass(frozen=True)
class Figure:
    """A large figure in the language of the page, and the address of what it counts or comes from.

    `tone` colours a grade; `shares` are drawn in the place of a value.
    """

    title: str
    value: str
    url: str
    note: str = ""
    change: Change | None = None
    tone: str = ""
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class HomeFigures:
    """Gives the figures that a section (`SECTIONS`) of somebody's home shows, the most important first, none for whom
    it is not; by the selectors of the pages that they lead to. Of several apps the one with the lower `at` is first."""

    section: str
    of: Callable[[User], Iterable[Figure]]
    at: int = 10


@dataclass(frozen=True)
class Section:
    """The figures of one section, with the words above them."""

    words: Words
    figures: Sequence[Figure]


def sections_of(*, user: User) -> list[Section]:
    """The figures of somebody's home by section, as many as it has room for: the first sections get most of it, each
    later one at least one figure."""
    asked = {name: _figures(name, user) for name in SECTIONS}
    # asked one by one: what there is no room for is not worked out
    begun = [(name, first, more) for name, more in asked.items() if (first := next(more, None)) is not None][:MOST]
    sections, left = [], MOST
    for place, (name, first, more) in enumerate(begun):
        room = min(MOST_OF_ONE, left - (len(begun) - place - 1))
        figures = [first, *islice(more, room - 1)]
        sections.append(Section(SECTIONS[name], figures))
        left -= len(figures)
    return sections


def _figures(section: str, user: User) -> Iterator[Figure]:
    parts = [part for part in declared(HomeFigures) if part.section == section]
    for part in sorted(parts, key=lambda part: part.at):
        yield from part.of(user)


def change_of(
    now: int | None, before: int | None, *, shown: Callable[[int], str], since: str, better: str = "higher"
) -> Change | None:
    """How far a figure is from an earlier one; None where either is not known. `better`: "higher", "lower", or empty
    where neither is; `since`: the month of the earlier one."""
    if now is None or before is None:
        return None
    step = now - before
    if not step:
        return Change(pick("持平", "as before"), "same", None, since)
    text = f"{'+' if step > 0 else '−'}{shown(abs(step))}"
    return Change(text, "up" if step > 0 else "down", (step > 0) == (better == "higher") if better else None, since)
