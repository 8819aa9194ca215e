"""The rows of a recognised sheet, from texts to checked values: the heart of intake, step by step."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from fairwrench.ledger.body.body import typed_rows
from fairwrench.ledger.body.sheet_rows import Handed, Loss, Rows
from fairwrench.ledger.body.tales import Told
from fairwrench.ledger.cells.reasons import Failures
from fairwrench.ledger.files.hidden_rows import hidden_problems
from fairwrench.ledger.files.sheet import Sheet
from fairwrench.ledger.header.header import Header
from fairwrench.ledger.people.crediting import Credits, agree, away, resolve, split_names, tell_apart
from fairwrench.ledger.rows.alike import alike_rows
from fairwrench.ledger.rows.blanks import blank_cells, share_problems
from fairwrench.ledger.rows.checking import check_values
from fairwrench.ledger.rows.contrary import contrary_cells
from fairwrench.ledger.rows.days import days_without_time
from fairwrench.ledger.rows.exempted import EXEMPTIONS, place_by_key
from fairwrench.ledger.rows.keys import (
    first_of_identical,
    reject_contradictions,
    reject_given_way,
    reject_vague_doubles,
)
from fairwrench.ledger.rows.placing import place_rows, placed_in, require_stores
from fairwrench.ledger.rows.reversals import reversed_rows
from fairwrench.ledger.rows.spellings import reject_two_spellings
from fairwrench.ledger.rows.voided import voided_rows
from fairwrench.settlement.measure.rowless import person_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source


def checked_rows(sheet: Sheet, header: Header, source: Source, handed: Handed) -> Rows:
    """All rows below the header, typed, placed, credited and checked; `frame` holds those that are accepted."""
    rows = read_rows(sheet, header, source, handed)
    # After this `frame` holds accepted rows alone; what follows only tells and rejects nothing.
    _settle(rows)
    rows.told += alike_rows(rows.frame, source)
    rows.told += [blank_cells(rows.frame, source, {*rows.cells}), *share_problems(rows.frame, source)]
    rows.told += [*contrary_cells(rows.frame, source, {*rows.cells}), *hidden_problems(rows.frame, sheet)]
    return rows


def read_rows(
    sheet: Sheet,
    header: Header,
    source: Source,
    handed: Handed,
    *,
    before: int = 0,
    throughout: Collection[str] | None = None,
    comma_decimals: Collection[str] = (),
) -> Rows:
    """All rows below the header, typed, placed, credited and checked each by itself; rows are not compared yet.

    Where `sheet` is a part of a file, `before` are the rows that stand between the header and it, `throughout` the
    columns that are empty in every row of the file, `comma_decimals` those that have a comma for the decimal sign.
    """
    rows = typed_rows(sheet, header, source, handed, comma_decimals)
    rows.stand_behind(before)
    # The order is fixed: names are resolved within the row's store, and checks ask who is known.
    _place(rows, header.source)
    _credit(rows)
    rows.told += [*_checked(rows, throughout), *days_without_time(rows)]
    # Before doubles are settled: a row marked void and its copy would otherwise be one already.
    rows.told.append(voided_rows(rows, sheet.grid, header))
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
    rows.told += placing.told


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
        rows.told += [_no_roster()] if columns else []
        return
    rows.frame = rows.frame.with_columns(_term(rows.source, rows.handed.time_zone))
    credits = Credits(directory, rows.failures)
    for name, column in columns.items():
        readings = rows.readings(name)
        rows.frame = tell_apart(rows.frame, readings, directory)
        ids = resolve(rows.frame, name, credits, teams=column.teams is not None)
        for other in readings[1:]:
            ids = agree(
                rows.frame, name, ids, resolve(rows.frame, other, credits, teams=column.teams is not None), credits
            )
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


def _checked(rows: Rows, throughout: Collection[str] | None) -> list[Told]:
    handed = rows.handed
    return check_values(
        rows.frame,
        rows.source,
        rows.cells,
        rows.failures,
        period=handed.period,
        time_zone=handed.time_zone,
        throughout=throughout,
    )


def as_said(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Rows with `_said_…` of each person: the id where there is one, else the name, marked so that it can never be
    equal to somebody's id."""
    persons = [name for name, column in source.columns.items() if column.type == "person"]
    return frame.with_columns(
        pl.coalesce(name, pl.lit("?") + pl.col(f"_said_{name}")).alias(f"_said_{name}") for name in persons
    )


def told_apart_by(source: Source) -> tuple[list[str], list[str]]:
    """The columns of rows `as_said` that are their key, and those that are all of their content."""
    said = {name: f"_said_{name}" if column.type == "person" else name for name, column in source.columns.items()}
    return [said[name] for name in source.key], list(said.values())


def reject_doubles(frame: pl.DataFrame, source: Source, failures: Failures, time_zone: str) -> None:
    """Reject rows (`as_said`) that contradict others of their key, or whose number is written in two ways."""
    key, content = told_apart_by(source)
    marked = frame.with_columns(reversed_rows(frame, source).alias("_reversal"))
    for reject in (reject_given_way, reject_vague_doubles):
        wrong = reject(marked, key, source, failures, time_zone)
        marked = marked.filter(~pl.col("_at").is_in(wrong.implode()))
    reject_contradictions(marked, key, content, failures, time_zone)
    # After contradictions: rows of one very key have been judged by their content.
    reject_two_spellings(marked, key, source, failures)


def _settle(rows: Rows) -> None:
    """Keys that come twice, then what is left."""
    sound = as_said(rows.sound(), rows.source)
    reject_doubles(sound, rows.source, rows.failures, rows.handed.time_zone)
    every = rows.frame.select("_at", "_store")
    person = person_of(rows.source)
    # Rows that name their store are told store by store; who has no column of it is placed by the person alone.
    if person and "store" not in rows.source.columns:
        known = rows.frame.select("_at", person=person).unique("_at", keep="first").drop_nulls()
        rows.people = known.with_columns(pl.col("_at").cast(pl.UInt32))
    rows.frame = sound
    rows.frame = rows.sound()
    # Before doubles go: a row that stands twice was not lost.
    if rows.failures.frames:
        said = lost(tally(every, rows.frame), placed="store" in rows.source.columns)
        rows.refused_stores, rows.losses, rows.unplaced = said[0], said[1], rows.unplaced + said[2]
    before = rows.frame["_row"].n_unique()
    rows.frame = first_of_identical(rows.frame, told_apart_by(rows.source)[0])
    rows.ignored["ignored_duplicate"] = before - rows.frame["_row"].n_unique()
    rows.stores = stores_of(rows.frame["_store"], rows.handed)


def stores_of(stores: pl.Series, handed: Handed) -> tuple[str, ...]:
    """The stores of accepted rows; a placed file without rows still has its store."""
    found = stores.drop_nulls().unique().sort().to_list()
    return tuple(found or filter(None, [placed_in(handed.directory, handed.placed_store)]))


def tally(every: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """How many rows (`_at`, `_store`) of each `_store` there were, and how many are left; null is no known store."""
    rows = every.unique("_at").group_by("_store").agg(rows=pl.len())
    kept = left.select("_at", "_store").unique("_at").group_by("_store").agg(kept=pl.len())
    return rows.join(kept, on="_store", how="left", nulls_equal=True).with_columns(pl.col("kept").fill_null(0))


def lost(counts: pl.DataFrame, *, placed: bool) -> tuple[tuple[str, ...], tuple[Loss, ...], int]:
    """Whose rows were rejected (`counts` as `tally` gives them): what a store's file would have said is not known where
    most of them are gone. The stores of which that is so, all losses, and how many rows may be any store's.

    Rejected rows of no known store may be any store's: where they are more than all that is left, nobody's is known.
    """
    of_each = counts.drop_nulls("_store")
    nowhere = counts.filter(pl.col("_store").is_null())
    astray = int(nowhere["rows"].sum()) - int(nowhere["kept"].sum())
    # More than half lost (decision 3): the rows left count, but they do not speak for the store's month.
    mostly = 2 * pl.col("kept") < pl.col("rows")
    refused = of_each if astray > counts["kept"].sum() else of_each.filter(mostly)
    gone = of_each.with_columns(lost=pl.col("rows") - pl.col("kept")).filter(pl.col("lost") > 0).sort("_store")
    losses = tuple(Loss(*each) for each in gone.select("_store", "lost", "rows").iter_rows())
    # Without a column of stores a rejected row has none by nature, and nothing is astray.
    return tuple(refused["_store"].sort()), losses, astray if placed else 0
