"""What people said of themselves on rated items, for who rates them and for their form (S1 ❷ 6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import as_decimal
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.ratings.filed_ratings import Filed, Key, ratings_filed

SELF = "self"
#: employee id and item
About = tuple[str, str]


@dataclass(frozen=True)
class SelfRating:
    """A self-rating in words: the level or the points, and the example given for it."""

    words: str
    example: str


def self_ratings(
    *, month: Month, names: Names, people: Collection[str], filed: Mapping[Key, Filed] | None = None
) -> Mapping[About, SelfRating]:
    """The self-ratings of some people in a month, by person and item; those of pages come before those of files.

    Nothing is asked where the scheme has nobody rate themselves. `filed`: the ratings of files, where they are known.
    """
    if not _asked(names):
        return {}
    there = ratings_filed(month=month, scheme=names.scheme) if filed is None else filed
    found = {
        (who, item): SelfRating(_words(names, said.level, said.points), said.example)
        for (who, item, rater), said in there.items()
        if who == rater and who in people
    }
    given = Rating.standing.filter(month=str(month), role=SELF, employee__employee_id__in=list(people))
    for rating in given.select_related("employee"):
        points = "" if rating.points is None else f"{as_decimal(rating.points, 2):f}"
        own = SelfRating(_words(names, rating.level, points), rating.example)
        found[rating.employee.employee_id, rating.item] = own
    return found


def _asked(names: Names) -> bool:
    """Whether an item of the scheme is rated by oneself."""
    return any(SELF in (item.raters or ()) for card in names.scheme.scorecards.values() for item in card.items)


def _words(names: Names, level: str, points: str) -> str:
    return " ".join(filter(None, (names.level_word(level) if level else "", points)))
