"""Ratings of a file on the desk against those that stand from the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.inputs.words import item_words
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.contradictions import Difference, Pages
from fairwrench.web.settlements.feeds import rating_withdraw
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.ratings.filed_ratings import RATINGS
from fairwrench.web.settlements.ratings.own_ratings import own_in_place
from fairwrench.web.ui.words import of, pick

#: what is put behind a file's word that lacks the example which the page has
WITHOUT_EXAMPLE = "-"


def _differences(rows: pl.DataFrame) -> Iterator[Difference]:
    """The rows of a rating file that say otherwise than a rating which stands from the page about the same person, item
    and rater."""
    stands = _standing(rows)
    if not stands:
        return
    words = _words(rows)
    for row, who, item, rater, month, level, points, example in _told(rows).iter_rows():
        # files may call an item by its words; pages keep its key
        rating = stands.get((who, words[month].get(item, item), rater, month))
        if rating is None:
            continue
        if said(rating) != _said(level, points):
            yield _difference(row, rating, _said(level, points), _said(level, points))
        elif rating.example and not example:  # without it a level may not count
            shown = pick(f"{said(rating)}（没有事例）", f"{said(rating)} (without the example)")
            yield _difference(row, rating, f"{said(rating)} {WITHOUT_EXAMPLE}", shown)


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that say something, as texts."""
    # a row without level and points rates nobody, so it contradicts nothing
    says = pl.col("level").is_not_null() | pl.col("points").is_not_null()
    columns = ("_row", "employee_id", "item", "rater", "month", "level", "points", "evidence")
    return rows.filter(says).select(columns).sort("_row")


def _words(rows: pl.DataFrame) -> Mapping[str, Mapping[str, str]]:
    """Month → how its scheme's items are called → item."""
    months = rows["month"].drop_nulls().unique()
    return {month: item_words(scheme_at(month=Month.parse(month))) for month in months}


def _standing(rows: pl.DataFrame) -> dict[tuple[str, str, str, str], Rating]:
    """The ratings that stand from the pages of the people and months of some rows."""
    months, people = (rows[name].drop_nulls().unique().to_list() for name in ("month", "employee_id"))
    found = Rating.standing.filter(month__in=months, employee__employee_id__in=people)
    found = found.select_related("employee", "rater", "by__employee")
    return {(r.employee.employee_id, r.item, r.rater.employee_id, r.month): r for r in found}


def said(rating: Rating) -> str:
    """What a rating of the page says: its level, or its points."""
    return _said(rating.level, None if rating.points is None else as_decimal(rating.points, 2))


def _said(level: str | None, points: object) -> str:
    # with two decimals either way, else 8 and 8.00 were two words
    return " ".join(filter(None, (level or "", "" if points is None else f"{points:.2f}")))


def _difference(row: int, rating: Rating, file_said: str, file_shown: str) -> Difference:
    scheme = scheme_at(month=Month.parse(rating.month))
    named = {item.key: item.name for card in scheme.scorecards.values() for item in card.items if item.name}
    item = of(named[rating.item]) if rating.item in named else rating.item
    return Difference(
        row=row,
        record=rating.pk,
        about=f"{rating.employee} · {item} · {rating.rater}",
        page=said(rating),
        file=file_said,
        page_shown=said(rating),
        file_shown=file_shown,
        # the account that entered it may be gone
        by=rating.by or rating.rater,
        at=rating.rated_at,
        takes="ratings.decide",
        whose=OfPerson(rating.employee.employee_id),
    )


def _withdraw(rating: Rating, by: User | None) -> None:
    rating_withdraw(rating=rating, by=by)


RATINGS_KEPT = Pages(RATINGS, Rating, _differences, said, _withdraw, own_in_place)
