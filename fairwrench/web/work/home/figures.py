"""The figures of a home: each app declares some for whom they are, and no list of them is kept anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    "team": ("团队", "Team"),
    "evidence": ("数据提报", "Evidence"),
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
    """The figures of somebody's home (`MOST` of them at most), by section, the most important first."""
    found: dict[str, list[Figure]] = {name: [] for name in SECTIONS}
    for part in sorted(declared(HomeFigures), key=lambda part: part.at):
        found[part.section] += part.of(user)
    return fitted([Section(SECTIONS[name], figures) for name, figures in found.items() if figures])


def fitted(sections: Sequence[Section]) -> list[Section]:
    """As many of the figures as a home has room for: the first sections get most, each later one at least one."""
    kept, left = [], MOST
    for place, section in enumerate(sections[:MOST]):
        later = len(sections[:MOST]) - place - 1
        figures = section.figures[: max(1, min(MOST_OF_ONE, left - later))]
        kept.append(Section(section.words, figures))
        left -= len(figures)
    return kept


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
