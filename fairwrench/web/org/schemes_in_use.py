"""The schemes by which people hold positions: the one in force, those before and to come, and those proposed.

Which they are is declared (`SchemePeriods`); without an app that knows, it is the installation's own alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from fairwrench.catalog.loader import load_scheme, scheme_names
from fairwrench.ledger.cells.labels import name_key
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Department, Position, Scheme
from fairwrench.settlement.source.source import Text
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.requests.once import once

P = TypeVar("P", Department, Position)


@dataclass(frozen=True)
class SchemePeriod:
    """A scheme, and the months between which it holds or would hold (both inclusive, None is open).

    `read` gives the document, Refused where it cannot be read any more. What is only `proposed` holds nowhere yet.
    """

    read: Callable[[], Scheme]
    first: Month | None = None
    last: Month | None = None
    proposed: bool = False

    def overlaps(self, first: Month | None, last: Month | None) -> bool:
        """Whether it holds in a month between two (None is open)."""
        begins_in_time = last is None or self.first is None or self.first <= last
        ends_in_time = first is None or self.last is None or self.last >= first
        return begins_in_time and ends_in_time


@dataclass(frozen=True)
class SchemePeriods:
    """Gives every scheme that held, holds, will hold or is proposed: declared by the app that keeps them."""

    periods: Callable[[], Sequence[SchemePeriod]]


def scheme_periods() -> Sequence[SchemePeriod]:
    """Every scheme with the months in which it holds; the installation's own alone where no app keeps others."""
    found = declared(SchemePeriods)
    return once("schemes", found[-1].periods) if found else [SchemePeriod(_own_scheme)]


def scheme_in_force(month: Month) -> Scheme:
    """The scheme of a month; Refused when its document cannot be read any more."""
    return schemes_of([month])[0]


def schemes_of(months: Sequence[Month]) -> list[Scheme]:
    """The scheme of each of some months, asked for at once; Refused when one cannot be read any more."""
    periods = [period for period in scheme_periods() if not period.proposed]
    held = [[period for period in periods if period.overlaps(month, month)] for month in months]
    return [max(of_month, key=lambda period: period.first or Month(1, 1)).read() for of_month in held]


def _own_scheme() -> Scheme:
    name = str(settings.SCHEME)
    return _shipped(name) if name in scheme_names() else load_scheme(name)


@lru_cache(maxsize=4)
def _shipped(name: str) -> Scheme:
    """A shipped scheme does not change while the program runs."""
    return load_scheme(name)


def schemes_between(first: Month, last: Month) -> list[Scheme]:
    """The schemes in force in some months, the earliest first; Refused when one cannot be read."""
    held = [period for period in scheme_periods() if not period.proposed and period.overlaps(first, last)]
    return [period.read() for period in sorted(held, key=lambda period: period.first or Month(1, 1))]


def asks_oneself() -> bool:
    """Whether a scheme by which people are rated now, for this month or the last, has them rate themselves."""
    now = Month.of(timezone.localdate())
    cards = (card for scheme in schemes_between(now.plus(-1), now) for card in scheme.scorecards.values())
    return any("self" in (item.raters or ()) for card in cards for item in card.items)


def scheme_of_files() -> Scheme:
    """The scheme in force this month, with the departments and positions of all others: by it rosters are read.

    Of a word that two schemes use for different positions, the one in force decides. Refused when that cannot be read.
    """
    now = Month.of(timezone.localdate())
    # False sorts first: the one in force leads, as its words win
    periods = sorted(scheme_periods(), key=lambda period: not period.overlaps(now, now) or period.proposed)
    base, *others = periods
    scheme = base.read()
    departments, positions = scheme.departments, scheme.positions
    for other in _readable(others):
        departments, positions = _with(departments, other.departments), _with(positions, other.positions)
    return scheme.model_copy(update={"departments": departments, "positions": positions})


def positions_named() -> dict[str, Position]:
    """Every position as the first scheme that has it names it, what is in force before what is proposed."""
    schemes = list(_readable(sorted(scheme_periods(), key=lambda period: period.proposed)))
    # the first is to win, so it is written last
    return {code: position for scheme in reversed(schemes) for code, position in scheme.positions.items()}


def departments_named() -> dict[str, Department]:
    """Every department likewise."""
    schemes = list(_readable(sorted(scheme_periods(), key=lambda period: period.proposed)))
    return {code: department for scheme in reversed(schemes) for code, department in scheme.departments.items()}


@dataclass(frozen=True)
class KnownPositions:
    """Which positions each scheme has, with the months in which it holds; asked once for many people."""

    schemes: tuple[tuple[SchemePeriod, frozenset[str]], ...]

    @classmethod
    def now(cls) -> KnownPositions:
        """As the schemes stand now; those whose documents cannot be read know none."""
        read = ((period, next(_readable([period]), None)) for period in scheme_periods())
        return cls(tuple((period, frozenset(scheme.positions)) for period, scheme in read if scheme))

    def offered(self, *, day: date) -> frozenset[str]:
        """The positions that somebody may come to hold from a day on: of schemes in force or proposed."""
        month = Month.of(day)
        ahead = (codes for period, codes in self.schemes if period.proposed or period.overlaps(month, None))
        return frozenset(chain.from_iterable(ahead))

    def problem(self, *, code: str, called: str, first: date | None, last: date | None) -> Problem | None:
        """Why nobody may hold a position between two days (None is open); a warning where it is only proposed."""
        months = (Month.of(first) if first else None, Month.of(last) if last else None)
        knowing = [period for period, codes in self.schemes if code in codes]
        if any(not period.proposed and period.overlaps(*months) for period in knowing):
            return None
        if any(period.proposed for period in knowing):
            return _only_proposed(code, called)
        return _in_no_scheme(code, called, months[0])


def _only_proposed(code: str, called: str) -> Problem:
    zh = f"岗位“{called}”只在待批准的制度里，批准之前不参加考核"
    en = f"only a proposed scheme has the position {called!r}; it is not assessed before that is approved"
    return Problem("proposed_position", zh, en, "warning", subject=code)


def _in_no_scheme(code: str, called: str, since: Month | None) -> Problem:
    zh = f"{since} 起适用的制度里没有岗位“{called}”" if since else f"制度里没有岗位“{called}”"
    en = f"no scheme in force from {since} on has" if since else "no scheme has"
    return Problem("not_in_scheme", f"{zh}，任职者无法考核", f"{en} the position {called!r}", subject=code)


def _readable(periods: Iterable[SchemePeriod]) -> Iterator[Scheme]:
    """The schemes whose documents can be read; of the others their own pages tell."""
    for period in periods:
        try:
            yield period.read()
        except Refused:
            continue


def _with(known: Mapping[str, P], more: Mapping[str, P]) -> dict[str, P]:
    """Departments or positions with those of another scheme: new ones, and new words for known ones."""
    # a word that means something already never comes to mean something else
    taken = {name_key(word) for key, part in known.items() for word in _words(key, part)}
    words = {key: [word for word in _words(key, part) if name_key(word) not in taken] for key, part in more.items()}
    wider = {key: _wider(known[key], words[key]) for key in more if key in known}
    added = {key: _added(key, part, words[key]) for key, part in more.items() if key not in known}
    return {**known, **wider, **added}


def _wider(part: P, words: Iterable[str]) -> P:
    return part.model_copy(update={"aliases": (*part.aliases, *words)})


def _added(key: str, part: P, words: Collection[str]) -> P:
    """A part with the words that mean nothing else already; it goes by its id where its name does."""
    free = {part.name.zh, part.name.en} <= set(words)
    return part.model_copy(update={"name": part.name if free else Text(zh=key, en=key), "aliases": tuple(words)})


def _words(key: str, part: Department | Position) -> Iterable[str]:
    """Every word by which a part is found; see `ledger.roster.staffing`."""
    return dict.fromkeys(chain((key, part.name.zh, part.name.en), part.aliases))
