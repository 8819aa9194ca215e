"""Every rating of a month as one frame: who gave whom what on which item, on pages and in files alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl

from fairwrench.settlement.exact import point_units
from fairwrench.web.settlements.models import Rating, Run
from fairwrench.web.settlements.ratings.filed_ratings import ratings_filed
from fairwrench.web.settlements.ratings.raters import Raters
from fairwrench.web.settlements.selectors import names_of
from fairwrench.web.settlements.workspace import store_of_run

#: `points` in hundredths; `top`, `bottom`: the level is the best or the worst that the item has; `rating` is the row's
#: key, null for one of a file; `at` when it was given, in microseconds; `data` what the person's metrics came to, in
#: hundredths of a point
JUDGED = {
    "rater": pl.String,
    "employee_id": pl.String,
    "name": pl.String,
    "store": pl.String,
    "item": pl.String,
    "role": pl.String,
    "points": pl.Int64,
    "top": pl.Boolean,
    "bottom": pl.Boolean,
    "example": pl.String,
    "rating": pl.Int64,
    "returned": pl.Boolean,
    "at": pl.Int64,
    "data": pl.Int64,
}
SELF = "self"
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Given:
    """One rating, of a page (`key`) or a file."""

    who: str
    item: str
    rater: str
    role: str
    level: str
    points: int | None
    example: str
    key: int | None = None
    returned: bool = False
    at: int | None = None


def judged(*, run: Run) -> pl.DataFrame:
    """The ratings of a run's month that stand, of people assessed in it (`JUDGED`); none that are one's own."""
    people = run.results.exclude(state="excluded").values_list("employee_id", "name", "store", "scorecard")
    known = {who: about for who, *about in people}
    levels, data = _levels(run), _data(run)
    rows = []
    for each in _ratings(run):
        if each.who not in known or each.role == SELF:
            continue
        name, store, card = known[each.who]
        found = levels.get((card, each.item), {})
        points = found.get(each.level) if each.points is None else each.points
        # a level that the scheme does not have is nobody's points
        if points is None:
            continue
        best, worst = (max(found.values()), min(found.values())) if len(found) > 1 else (None, None)
        about = (each.rater, each.who, name, store, each.item, each.role, points, points == best, points == worst)
        rows.append((*about, each.example, each.key, each.returned, each.at, data.get(each.who)))
    return pl.DataFrame(rows, schema=JUDGED, orient="row")


def moment(at: datetime) -> int:
    """A moment as microseconds, by which a page tells how far it has seen."""
    return (at - BEGIN) // timedelta(microseconds=1)


def _levels(run: Run) -> dict[tuple[str, str], dict[str, int]]:
    """Card and item → level → its points in hundredths."""
    cards = names_of(run=run).scheme.scorecards
    return {
        (card, item.key): {word: point_units(points) for word, points in (item.levels or {}).items()}
        for card, body in cards.items()
        for item in body.items
        if item.kind == "rating"
    }


def _ratings(run: Run) -> list[_Given]:
    """Those of pages, and those of files that no page has replaced."""
    standing = Rating.standing.filter(month=run.cycle.month).select_related("employee", "rater")
    given = [
        _Given(
            each.employee.employee_id,
            each.item,
            each.rater.employee_id,
            each.role,
            each.level,
            each.points,
            each.example,
            each.pk,
            each.returned_at is not None,
            moment(each.rated_at),
        )
        for each in standing
    ]
    replaced, raters = {(each.who, each.item, each.rater) for each in given}, Raters.of(run)
    filed = ratings_filed(month=run.cycle.at, scheme=names_of(run=run).scheme)
    return given + [
        _Given(who, item, rater, raters.role_of(who, rater), said.level, _units(said.points), said.example)
        for (who, item, rater), said in filed.items()
        if (who, item, rater) not in replaced
    ]


def _units(points: str) -> int | None:
    return point_units(Decimal(points)) if points else None


def _data(run: Run) -> dict[str, int]:
    """Person → what their metrics came to by the weights of their card, in hundredths; who has none is left out."""
    lines = store_of_run(run=run).of_everybody("lines")
    measured = lines.filter(pl.col("kind") == "metric", pl.col("points").is_not_null(), pl.col("weight") > 0)
    summed = measured.group_by("employee_id").agg(
        total=(pl.col("points") * pl.col("weight")).sum(), weight=pl.col("weight").sum()
    )
    return {who: total // weight for who, total, weight in summed.iter_rows()}
