"""What makes results: how able, careful and loaded people are, how parts arrive, how raters judge.

Nothing here is a metric. A comeback happens because somebody mends badly; a late finish because the workshop is full or
a part is missing; a low score follows from that, or does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from fairwrench.samples.names import Fault
from fairwrench.settlement.calendar.deadlines import Month


@dataclass(frozen=True, slots=True)
class Traits:
    """What a person is like, each from 0 (worst) to 1 (best) unless said otherwise.

    `skill`: does it right the first time. `pace`: work done per hour, 1 is what the manual allows. `care`: keeps
    promises, explains, follows up. `punctual`: is there, in time, properly dressed. `effort`: takes work on (1 average,
    2 twice as much). `study`: passes courses. `regard`: what colleagues and raters see.
    """

    skill: float
    pace: float
    care: float
    punctual: float
    effort: float
    study: float
    regard: float


#: how far each trait lies in the middle, and how much people differ in it
_USUAL = {
    "skill": (0.76, 0.08), "pace": (1.02, 0.09), "care": (0.80, 0.08), "punctual": (0.88, 0.05),
    "effort": (1.00, 0.09), "study": (0.86, 0.08), "regard": (0.62, 0.13),
}  # fmt: skip
_MOST = {"pace": 1.6, "effort": 2.5}


def usual_traits(random: Random) -> Traits:
    """An ordinary person."""
    drawn = {name: random.gauss(middle, spread) for name, (middle, spread) in _USUAL.items()}
    return Traits(**{name: min(max(value, 0.05), _MOST.get(name, 0.98)) for name, value in drawn.items()})


#: a time in which somebody does very badly, badly, well, or outstandingly, whatever the reason at home
FAILING = Traits(skill=0.15, pace=0.50, care=0.04, punctual=0.45, effort=0.30, study=0.0, regard=0.03)
WEAK = Traits(skill=0.60, pace=0.90, care=0.25, punctual=0.62, effort=0.80, study=0.50, regard=0.43)
SOLID = Traits(skill=0.88, pace=1.15, care=0.92, punctual=0.96, effort=1.15, study=0.97, regard=0.72)
SHINING = Traits(skill=0.99, pace=1.40, care=0.99, punctual=1.0, effort=1.75, study=1.0, regard=1.0)


@dataclass(frozen=True, slots=True)
class Season:
    """A time from `first` to `last` (both included) in which somebody has other traits than usual."""

    first: Month
    last: Month
    traits: Traits


def traits_in(month: Month, usual: Traits, seasons: tuple[Season, ...]) -> Traits:
    """A person's traits in a month: those of the season, else the usual ones."""
    return next((season.traits for season in seasons if season.first <= month <= season.last), usual)


@dataclass(frozen=True, slots=True)
class StoreCauses:
    """What a store is like: `demand` and how `crowded` it is (1 is the group's mean), the chance that a job's part is
    `missing`, and the hours of `delay` then."""

    demand: float
    missing: float
    delay: float
    crowded: float


def store_causes(random: Random) -> StoreCauses:
    """A store of the group."""
    return StoreCauses(
        demand=random.uniform(0.92, 1.08),
        missing=random.uniform(0.032, 0.055),
        delay=random.uniform(5, 11),
        crowded=random.uniform(0.9, 1.1),
    )


#: how busy the months of a year and the days of a week (Monday first) are
SEASONAL = (1.08, 0.82, 1.00, 1.02, 1.04, 0.98, 1.00, 1.03, 1.05, 0.96, 1.00, 1.04)
WEEKLY = (1.0, 0.92, 0.92, 0.95, 1.05, 1.2, 1.06)


def comes_back(fault: Fault, skill: float, rushed: float) -> float:
    """The chance that a repair does not hold: low skill, hard faults, a rush."""
    return min(0.9, 0.74 * (1 - skill) ** 2 * (0.4 + 0.6 * fault.hard) * rushed)


def takes_minutes(hours: int, pace: float, random: Random) -> int:
    """Clocked minutes for a job of so many standard hours (hundredths)."""
    return max(10, round(hours * 0.6 / pace * random.uniform(0.86, 1.14)))


def pleased(care: float, skill: float, *, late_hours: float, comeback: bool) -> float:
    """The chance that a customer is satisfied."""
    chance = 0.80 + 0.15 * care + 0.05 * skill - 0.03 * min(late_hours, 6) - (0.25 if comeback else 0)
    if care < 0.5:
        chance -= 0.6 * (0.5 - care)
    return min(max(chance, 0.05), 0.995)


def complains(care: float, *, late_hours: float, comeback: bool) -> float:
    """The chance that a customer complains."""
    lasting = 0.011 + 0.035 * (1 - care) + 0.12 * max(0.0, 0.5 - care)
    return lasting + 0.006 * min(late_hours, 8) + (0.15 if comeback else 0)


@dataclass(frozen=True, slots=True)
class Habit:
    """How a rater rates: `shift` is added to what is seen (above 0 is lenient), `spread` is how unsure it is."""

    shift: float
    spread: float


LENIENT, HARSH, FAIR = Habit(0.24, 0.07), Habit(-0.22, 0.07), Habit(0.0, 0.06)


def level_of(regard: float, habit: Habit, levels: int, random: Random) -> int:
    """Which of `levels` (0 is the best) a rater gives."""
    seen = regard + habit.shift + random.gauss(0, habit.spread)
    # Stories have to come out as they are told: at the ends no chance and no habit of a rater interferes.
    if regard >= 0.99:
        return 0
    if regard <= 0.05:
        return levels - 1
    # The outer levels are narrow: most people are rated in the middle.
    bounds = {4: (0.92, 0.58, 0.28), 5: (0.94, 0.74, 0.44, 0.2), 3: (0.85, 0.35)}.get(levels)
    cuts = bounds or tuple(1 - (step + 1) / levels for step in range(levels - 1))
    return next((place for place, cut in enumerate(cuts) if seen >= cut), levels - 1)


def shifted(traits: Traits, **changes: float) -> Traits:
    """The same person with some traits set."""
    return replace(traits, **changes)
