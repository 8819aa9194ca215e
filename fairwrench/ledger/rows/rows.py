"""The rows of a recognised sheet, from texts to checked values: the heart of intake, step by step."""

from __future__ import annotations

import polars as pl

from fairwrench.ledger.body.body import typed_rows
from fairwrench.ledger.body.sheet_rows import Handed, Loss, Rows
from fairwrench.ledger.files.hidden_rows import hidden_problems
from fairwrench.ledger.files.sheet import Sheet
from fairwrench.ledger.header.header import Header
from fairwrench.ledger.people.crediting import Credits, agree, away, resolve, split_names, tell_apart
from fairwrench.ledger.rows.alike import alike_rows
from fairwrench.ledger.rows.blanks import blank_problems, share_problems
from fairwrench.ledger.rows.checking import check_values
from fairwrench.ledger.rows.contrary import contrary_problems
from fairwrench.ledger.rows.days import days_without_time
from fairwrench.ledger.rows.exempted import EXEMPTIONS, place_by_key
from fairwrench.ledger.rows.keys import first_of_identical, reject_contradictions
from fairwrench.ledger.rows.placing import place_rows, placed_in, require_stores
from fairwrench.ledger.rows.reversals import reversed_rows
from fairwrench.ledger.rows.spellings import reject_two_spellings
from fairwrench.ledger.rows.voided import voided_rows
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source


def checked_rows(sheet: Sheet, header: Header, source: Source, handed: Handed) -> Rows:
    """All rows below the header, typed, placed, credited and checked; `frame` holds those that are accepted."""
    rows = typed_rows(sheet, header, source, handed)
    # The order is fixed: names are resolved within the row's store, and checks ask who is known.
    _place(rows, header.source)
    _credit(rows)
    rows.problems += [*_checked(rows), *days_without_time(rows)]
    # Before doubles are settled: a row marked void and its copy would otherwise be one already.
    rows.problems += voided_rows(rows, sheet.grid, header)
    # After this `frame` holds accepted rows alone; what follows only tells and rejects nothing.
    _settle(rows)
    rows.problems += alike_rows(rows.frame, source)
    rows.problems += blank_problems(rows.frame, source, {*rows.cells}) + share_problems(rows.frame, source)
    rows.problems += contrary_problems(rows.frame, source, {*rows.cells}) + hidden_problems(rows.frame, sheet)
    return rows


def _place(rows: Rows, kind: str) -> None:
    texts = [rows.frame[name] for name in rows.readings("store")]
    handed = rows.handed
    placing = place_rows(texts, rows.frame.height, handed, rows.failures)
    if kind == EXEMPTIONS:
        place_by_key(rows, placing)
    if "store" in rows.source.columns:
        require_stores(placing, rows.failures)
        rows.put("store", placing.stores)
    rows.put("_store", placing.stores)
    rows.problems += placing.problems


def _credit(rows: Rows) -> None:
    """Names become employee ids; several names in a cell that may be split become a row each."""
    columns = {name: column for name, column in rows.source.columns.items() if column.type == "person"}
    for name, column in columns.items():
        if column.split_into:
            rows.frame = split_names(rows.frame, name, column.split_into, rows.source.columns[column.split_into])
        # As written, kept beside the id: two strangers in one key are two people though neither has an id.
        rows.put(f"_said_{name}", rows.frame[name])
    directory = rows.handed.directory
    if directory is None:
        rows.problems += [_no_roster()] if columns else []
        return
    rows.frame = rows.frame.with_columns(_term(rows.source, rows.handed.time_zone))
    credits = Credits(directory, rows.failures)
    for name in columns:
        readings = rows.readings(name)
        rows.frame = tell_apart(rows.frame, readings, directory)
        ids = resolve(rows.frame, name, credits)
        for other in readings[1:]:
            ids = agree(rows.frame, name, ids, resolve(rows.frame, other, credits), credits)
        rows.put(name, ids)
        credits.uncredited.append(away(rows.frame, name, credits))
    rows.uncredited = credits.uncredited


def _term(source: Source, time_zone: str) -> list[pl.Expr]:
    """The first and the last day that a row speaks of."""
    column = pl.col(source.filed_by)
    match source.columns[source.filed_by].type:
        case "month":
            first = (column + "-01").str.to_date("%Y-%m-%d", strict=False)
            return [first.alias("_from"), first.dt.month_end().alias("_until")]
        case "timestamp":
            day = column.dt.convert_time_zone(time_zone).dt.date()
        case _:
            day = column
    return [day.alias("_from"), day.alias("_until")]


def _no_roster() -> Problem:
    return Problem(
        code="no_roster",
        zh="没有花名册，人员列中的内容按工号收下，没有核对",
        en="there is no roster: what stands in columns of persons is taken for employee ids, unchecked",
        severity="warning",
    )


def _checked(rows: Rows) -> list[Problem]:
    handed = rows.handed
    return check_values(
        rows.frame, rows.source, rows.cells, rows.failures, period=handed.period, time_zone=handed.time_zone
    )


def _settle(rows: Rows) -> None:
    """Keys that come twice, then what is left."""
    persons = [name for name, column in rows.source.columns.items() if column.type == "person"]
    # A stranger's name is marked, so that it can never be equal to somebody's id.
    sound = rows.sound().with_columns(
        pl.coalesce(name, pl.lit("?") + pl.col(f"_said_{name}")).alias(f"_said_{name}") for name in persons
    )
    sound = sound.with_columns(reversed_rows(sound, rows.source).alias("_reversal"))
    said = {name: f"_said_{name}" if name in persons else name for name in rows.source.columns}
    key = [said[name] for name in rows.source.key]
    reject_contradictions(sound, key, list(said.values()), rows.failures, rows.handed.time_zone)
    # After contradictions: rows of one very key have been judged by their content.
    reject_two_spellings(sound, key, rows.source, rows.failures)
    every = rows.frame.select("_at", "_store")
    rows.frame = sound
    rows.frame = rows.sound()
    # Before doubles go: a row that stands twice was not lost.
    _refused(rows, every)
    before = rows.frame["_row"].n_unique()
    rows.frame = first_of_identical(rows.frame, key)
    rows.ignored["ignored_duplicate"] = before - rows.frame["_row"].n_unique()
    stores = rows.frame["_store"].drop_nulls().unique().sort().to_list()
    rows.stores = tuple(stores or filter(None, [placed_in(rows.handed.directory, rows.handed.placed_store)]))


def _refused(rows: Rows, every: pl.DataFrame) -> None:
    """Whose rows were rejected: what a store's file would have said is not known where most of them are gone.

    Rejected rows of no known store may be any store's: where they are more than all that is left, nobody's is known.
    """
    if not rows.failures.frames:
        return
    left = rows.frame.select("_at").unique().with_columns(kept=True)
    told = every.unique("_at").join(left, on="_at", how="left").with_columns(pl.col("kept").fill_null(False))
    of_each = told.drop_nulls("_store").group_by("_store").agg(kept=pl.col("kept").sum(), rows=pl.len())
    astray = told.filter(pl.col("_store").is_null() & ~pl.col("kept")).height
    # More than half lost (decision 3): the rows left count, but they do not speak for the store's month.
    mostly = 2 * pl.col("kept") < pl.col("rows")
    refused = of_each if astray > left.height else of_each.filter(mostly)
    rows.refused_stores = tuple(refused["_store"].sort())
    lost = of_each.with_columns(lost=pl.col("rows") - pl.col("kept")).filter(pl.col("lost") > 0).sort("_store")
    rows.losses = tuple(Loss(*each) for each in lost.select("_store", "lost", "rows").iter_rows())
    # Without a column of stores a rejected row has none by nature, and nothing is astray.
    rows.unplaced += astray if "store" in rows.source.columns else 0
