"""Ratings that came by file: what was given to whom, by whom. Those given on the pages stand in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

import polars as pl
from django.conf import settings

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.words import item_words
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.evidence.events.events import decided_here
from fairwrench.web.evidence.selectors import ledger_read, sources
from fairwrench.web.settlements.ratings.raters import Raters

RATINGS = "ratings"
#: employee id, item, employee id of the rater
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Filed:
    """A rating as evidence has it: the level's word, or points as text; the file, who handed it in, and when."""

    level: str
    points: str
    file: str = ""
    by: str = ""
    at: str = ""
    example: str = ""


def ratings_filed(*, month: Month, scheme: Scheme) -> Mapping[Key, Filed]:
    """Every rating of a month that a file brought, by who is rated, item and rater."""
    words = item_words(scheme)
    there = _landed(str(settings.LEDGER), str(month), _last())
    return {(who, words.get(item, item), rater): filed for (who, item, rater), filed in there.items()}


def roles_filed(*, filed: Mapping[Key, Filed], raters: Raters) -> set[Key]:
    """For whom, on what, and in which role a rating has landed."""
    return {(who, item, raters.role_of(who, rater)) for who, item, rater in filed}


def _last() -> int:
    """The last batch of ratings; what landed before it never changes."""
    return ledger_read().records(RATINGS).last()


@lru_cache(maxsize=8)
def _landed(_ledger: str, month: str, _last_batch: int) -> Mapping[Key, Filed]:
    kind = sources()[RATINGS]
    if not ledger_read().has(RATINGS):
        return {}
    batches = {batch.number: batch for batch in ledger_read().batches(RATINGS)}
    # what was rated on the pages lands, too; told here it would stand twice in the grid
    ours = set(decided_here(batches.values()))
    filed = [number for number in batches if number not in ours]  # none that a killed worker left half-way
    rows = ledger_read().current(RATINGS, kind, [Month.parse(month)]).filter(pl.col("_batch").is_in(filed))
    said = rows.filter(pl.col("level").is_not_null() | pl.col("points").is_not_null())
    told = said.select("employee_id", "item", "rater", "level", pl.col("points").cast(pl.String), "_batch", "evidence")
    return {
        (who, item, rater): Filed(
            level or "",
            points or "",
            PurePosixPath(batches[number].file).name,
            batches[number].by,
            batches[number].landed_at[:10],
            example or "",
        )
        for who, item, rater, level, points, number, example in told.iter_rows()
    }
