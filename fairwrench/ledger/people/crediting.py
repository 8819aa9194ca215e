"""Persons in rows: several names in a cell become a row each, every name becomes an employee id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import permutations

import polars as pl

from fairwrench.ledger.cells.reasons import Failures
from fairwrench.ledger.people.people import (
    BETWEEN_NAMES,
    SEPARATORS,
    Directory,
    Person,
    ambiguous,
    contradictory,
    several,
)
from fairwrench.settlement.source.source import Column
from fairwrench.settlement.source.team_names import reads_as_team, team_id

#: cells whose person is on no roster (accepted without a person), or not there on the day of the row: left before it,
#: the last day being `left_on`, or begins after it, on `begins_on`
UNCREDITED = {
    **{"_at": pl.UInt32, "_field": pl.String, "value": pl.String, "store": pl.String, "elsewhere": pl.String},
    **{"left_on": pl.Date, "begins_on": pl.Date},
}


@dataclass(slots=True)
class Credits:
    """Whom the roster knows, and what is found out about the persons of a sheet beside their ids."""

    directory: Directory
    failures: Failures
    uncredited: list[pl.DataFrame] = field(default_factory=list)


def split_names(frame: pl.DataFrame, column: str, into: str, whole: Column) -> pl.DataFrame:
    """One row a name where `column` holds several; `into` is shared equally, the remainder going to the first.

    Where `into` says nothing and is a share (its greatest value is 1), the row is taken for the whole.
    """
    # A share left empty is the whole: one person's job line rarely says "1".
    if whole.max == 1:
        frame = frame.with_columns(pl.col(into).fill_null(pl.lit(1).cast(frame.schema[into])))
    hit = frame[column].str.contains(BETWEEN_NAMES).fill_null(False)
    if not hit.any():
        return frame
    scale = whole.scale if whole.type == "decimal" else 0
    names = (
        pl.col(column).str.replace_all(BETWEEN_NAMES, "\n").str.split("\n").list.eval(pl.element().str.strip_chars())
    )
    # A name written twice in one cell is one person, who gets one share.
    parts = names.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)
    several_names = (
        frame.filter(hit)
        .with_columns(parts.alias(column))
        .filter(pl.col(column).list.len() > 0)
        .with_columns(_count=pl.col(column).list.len().cast(pl.Int64), _units=_units(into))
        .explode(column)
        .with_columns(_first=pl.col("_at").is_first_distinct())
    )
    # In units of the last place, so that the shares of a row add up to what stood in it, to the unit.
    each = pl.col("_units") // pl.col("_count")
    share = each + pl.when("_first").then(pl.col("_units") - each * pl.col("_count")).otherwise(0)
    # Back by an exact power of ten: a float would give 0.1 back as something else.
    shared = (share.cast(pl.Decimal(38, 0)) * pl.lit(Decimal(1).scaleb(-scale))).cast(frame.schema[into])
    return pl.concat([frame.filter(~hit), several_names.with_columns(shared.alias(into)).select(frame.columns)]).sort(
        "_at", maintain_order=True
    )


def _units(column: str) -> pl.Expr:
    """A decimal or integer column as integers of its last place."""
    return pl.col(column).to_physical().cast(pl.Int64)


def tell_apart(frame: pl.DataFrame, readings: Sequence[str], directory: Directory) -> pl.DataFrame:
    """Namesakes told apart by the other column about the same person: the id beside a shared name says who is meant.

    `readings` are the columns about one person; a shared name becomes the id that its row tells elsewhere.
    """
    # Both ways round: either column may be the one whose name several people have.
    for told, shared in permutations(readings, 2):
        cases = frame.select(told, shared, "_store").drop_nulls((told, shared)).unique()
        ids = [_among(directory, *case) for case in cases.iter_rows()]
        answers = cases.with_columns(_id=pl.Series(ids, dtype=pl.String)).drop_nulls("_id")
        if answers.height:
            keys = [told, shared, "_store"]
            found = frame.select(keys).join(answers, on=keys, how="left", nulls_equal=True, maintain_order="left")
            frame = frame.with_columns(found["_id"].zip_with(found["_id"].is_not_null(), frame[shared]).alias(shared))
    return frame


def _among(directory: Directory, told: str, shared: str, store: str | None) -> str | None:
    """The person of `told` when it is one of the namesakes of `shared`."""
    candidates = directory.find(shared, store).candidates
    person = directory.find(told, store).employee_id if candidates else None
    # An id that is none of the namesakes tells nothing: `agree` then rejects the row for its contradiction.
    return person if person in candidates else None


def resolve(frame: pl.DataFrame, column: str, credits: Credits, *, teams: bool = False) -> pl.Series:
    """The employee ids of a column of names, one a row of `frame`, which has `_at`, `_store`, `_from`, `_until` (local
    dates).

    A name that several people have is rejected, unless only one of them was in that store then. A name that the
    roster does not have gives null and is listed; where `teams` may stand, one of a team gives the team's id.
    """
    # Each name is asked once a store and not once a row: a month has a few dozen names and many thousand rows.
    pairs = frame.select(pl.col(column).alias("text"), "_store").filter(pl.col("text").is_not_null()).unique()
    found = [credits.directory.find(text, store) for text, store in pairs.iter_rows()]
    if teams:
        found = [_or_team(person, *pair) for person, pair in zip(found, pairs.iter_rows(), strict=True)]
    answers = pairs.with_columns(
        id=pl.Series([person.employee_id for person in found], dtype=pl.String),
        elsewhere=pl.Series(["、".join(person.elsewhere) or None for person in found], dtype=pl.String),
        which=pl.int_range(len(found), dtype=pl.UInt32, eager=True),
    )
    rows = frame.select("_at", "_store", "_from", "_until", text=pl.col(column)).join(
        answers, on=["text", "_store"], how="left", nulls_equal=True, maintain_order="left"
    )
    # Namesakes are told apart by who was there on the row's day; the answer differs from row to row.
    shared = [index for index, person in enumerate(found) if person.candidates]
    many = [
        index for index, text in enumerate(pairs["text"]) if not found[index].candidates and _many(text, found[index])
    ]
    ids = _by_day(rows, found, shared, column, credits) if shared else rows["id"]
    if many:
        at = rows["which"].is_in(many)
        credits.failures.add_each(column, rows["_at"].filter(at), rows["text"].filter(at), several)
    unknown = pl.col("which").is_not_null() & pl.col("id").is_null() & ~pl.col("which").is_in([*shared, *many])
    strangers = rows.filter(unknown).select(
        "_at",
        pl.lit(column).alias("_field"),
        pl.col("text").alias("value"),
        pl.col("_store").alias("store"),
        "elsewhere",
        pl.lit(None, pl.Date).alias("left_on"),
        pl.lit(None, pl.Date).alias("begins_on"),
    )
    # Accepted all the same: a name on no roster is the store's work and nobody's own, and it is listed.
    credits.uncredited.append(strangers)
    return ids


def _or_team(person: Person, text: str, store: str | None) -> Person:
    """A name that nobody has, here or elsewhere, as the team of the row's store that it is the name of.

    Two names between separators are no team's one name, even where the last of them is one: 钣喷一组/钣喷二组.
    """
    stranger = person == Person(None) and not _many(text, person)
    return Person(team_id(store, text)) if stranger and store and reads_as_team(text) else person


def away(frame: pl.DataFrame, column: str, credits: Credits) -> pl.DataFrame:
    """The cells (UNCREDITED) of people who had left before the row's day or were not there yet: what is credited to
    them counts for nobody. `frame` has their ids in `column`, and what was written in `_said_…`."""
    credited = frame.select(
        "_at", "_store", "_from", "_until", pl.col(f"_said_{column}").alias("value"), id=pl.col(column)
    )
    found = credited.filter(pl.col("id").is_not_null()).join(
        credits.directory.service(), left_on="id", right_on="employee_id", how="left", maintain_order="left"
    )
    # A row of a whole month reaches from its first to its last day: who was there on any of them was there.
    gone, early = pl.col("_from") > pl.col("end"), pl.col("_until") < pl.col("begin")
    return found.filter(gone.fill_null(False) | early.fill_null(False)).select(
        "_at",
        pl.lit(column).alias("_field"),
        "value",
        pl.col("_store").alias("store"),
        pl.lit(None, pl.String).alias("elsewhere"),
        pl.when(gone).then("end").alias("left_on"),
        pl.when(~gone.fill_null(False)).then("begin").alias("begins_on"),
    )


def _many(text: str, person: Person) -> bool:
    return person.employee_id is None and len(re.split(BETWEEN_NAMES, text.strip(SEPARATORS))) > 1


def _by_day(rows: pl.DataFrame, found: list[Person], shared: list[int], column: str, credits: Credits) -> pl.Series:
    """The ids, those of namesakes told apart by who was there on the day; the others are rejected."""
    doubtful = rows["which"].is_in(shared).fill_null(False).arg_true()
    directory = credits.directory
    cases = rows[doubtful].select("which", "_store", "_from", "_until").unique()
    one = [_one_there(found[which], (first, last), store, directory) for which, store, first, last in cases.iter_rows()]
    answers = cases.with_columns(told=pl.Series(one, dtype=pl.String))
    told = rows[doubtful].join(
        answers, on=["which", "_store", "_from", "_until"], how="left", nulls_equal=True, maintain_order="left"
    )
    left = told.filter(pl.col("told").is_null())
    reasons = [ambiguous(text, found[which], directory) for text, which in left.select("text", "which").iter_rows()]
    credits.failures.add_rows(left["_at"].to_list(), column, left["text"].to_list(), reasons)
    return rows["id"].scatter(doubtful, told["told"])


def _one_there(
    person: Person, days: tuple[date | None, date | None], store: str | None, directory: Directory
) -> str | None:
    """The only candidate with an assignment in the store between two days, if there is just one."""
    first, last = days
    # A row without a day cannot tell namesakes apart; guessing would pay one for the other's work.
    if first is None or last is None:
        return None
    terms = directory.terms(person.candidates, store)
    # An empty end is open: whoever has no last day is still there.
    there = terms.filter((pl.col("begin") <= last).fill_null(True) & (pl.col("end") >= first).fill_null(True))
    ids = there["employee_id"].unique()
    return str(ids[0]) if len(ids) == 1 else None


def agree(frame: pl.DataFrame, column: str, first: pl.Series, second: pl.Series, credits: Credits) -> pl.Series:
    """The ids told by an id column and a name column together; rows where they name two people are rejected."""
    differ = (first != second).fill_null(False)
    if differ.any():
        at = frame["_at"].filter(differ)
        pairs = zip(first.filter(differ).to_list(), second.filter(differ).to_list(), strict=True)
        reasons = [contradictory(one, other, credits.directory) for one, other in pairs]
        credits.failures.add_rows(at.to_list(), column, frame[column].filter(differ).to_list(), reasons)
    # The id's answer where there is one, as a name may be shared.
    return first.zip_with(first.is_not_null(), second)
