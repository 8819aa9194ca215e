"""A settled month written down for lists: results, sums of stores and problems, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection, transaction

from fairwrench.closing.month import Closed
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import EVERY_STORE, Result, Run, StoreSums
from fairwrench.web.settlements.runs.concerns import told_with_stores
from fairwrench.web.settlements.runs.run_parts import Parts

BATCH = 500
STATES = ("settled", "incomplete", "excluded")


@dataclass(frozen=True)
class TakenOver:
    """An earlier run of the month by the same program, and the stores of which it says the same."""

    run: Run
    stores: frozenset[str]


def run_record(*, run: Run, closed: Closed, parts: Parts, same: TakenOver | None = None) -> None:
    """Write everybody's result of a run and the sums of its stores; nothing of it is seen before all of it is there.

    The results of stores that are the same in an earlier run are copied within the database. PermissionError for a run
    that somebody was shown for good.
    """
    if is_frozen(run):
        raise PermissionError(f"run {run.pk} of {run.cycle} is published")
    heads = parts["heads"] if run.kind == Run.Kind.LIVE else None
    with transaction.atomic():
        # written anew from nothing: what is there of it already would stand twice
        run.results.all().delete()
        run.sums.all().delete()
        kept = _copied(run, same, parts["totals"]) if same else frozenset[str]()
        Result.objects.bulk_create(results_of(run=run, parts=parts, but=kept), batch_size=BATCH)
        StoreSums.objects.bulk_create(sums_of(run=run, parts=parts, heads=heads), batch_size=BATCH)
        run.problems = told_with_stores(closed.settlement.problems, _places(parts))
        run.whole = True
        run.save()


def is_frozen(run: Run) -> bool:
    """Whether a run is what a published month says, or what one said of an earlier month: it never changes again."""
    if run.kind == Run.Kind.LIVE:
        return False
    published = Cycle.objects.filter(state=Cycle.State.PUBLISHED)
    return published.filter(month=run.known_at).exists()


def _copied(run: Run, same: TakenOver, totals: pl.DataFrame) -> frozenset[str]:
    """Copy the results of stores in which nothing changed; those stores, or none where the earlier run lacks some."""
    table, name = Result._meta.db_table, connection.ops.quote_name
    own = [field.column for field in Result._meta.concrete_fields if field.column not in ("id", "run_id")]
    columns = ", ".join(map(name, own))
    every = sorted(same.stores)
    with connection.cursor() as cursor:
        for stores in (every[at : at + BATCH] for at in range(0, len(every), BATCH)):
            places = ", ".join(["%s"] * len(stores))
            cursor.execute(
                f"INSERT INTO {name(table)} (run_id, {columns}) SELECT %s, {columns} FROM {name(table)}"
                f" WHERE run_id = %s AND store IN ({places}) ORDER BY id",
                [run.pk, same.run.pk, *stores],
            )
    if run.results.count() != totals.filter(pl.col("store").is_in(every)).height:
        run.results.all().delete()
        return frozenset()
    return same.stores


def results_of(*, run: Run, parts: Parts, but: Collection[str] = frozenset()) -> list[Result]:
    """One result a person in service, but for those of some stores; a person who is only owed something has pay alone
    and is told by it."""
    heads, pay = (_by_person(parts[name]) for name in ("heads", "pay"))
    # who is settled or excluded waits for nothing, whatever single items lack
    waits = waits_of(parts["totals"], parts["lines"])
    found = []
    for total in parts["totals"].filter(~pl.col("store").is_in(sorted(but)).fill_null(False)).iter_rows(named=True):
        person = total["employee_id"]
        found.append(
            Result(
                run=run,
                **_texts(total, ("employee_id", "name", "store", "department", "position", "scorecard", "manager_id")),
                **_texts({**total, "reason": total["reason"] or total["short"]}, ("state", "reason", "grade", "band")),
                score=total["score"],
                **_heading(heads.get(person), told=run.kind == Run.Kind.LIVE or total["state"] == "settled"),
                **_paid(pay.get(person)),
                waits=waits.get(person, []),
                held=causes_held(waits.get(person, [])),
            )
        )
    return found


def _by_person(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["employee_id"]: row for row in frame.iter_rows(named=True)}


def _texts(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: row[name] or "" for name in names}


def _heading(row: dict[str, Any] | None, *, told: bool) -> dict[str, Any]:
    """How much is measured, and where the month heads for. Once it is over who is incomplete heads nowhere: a
    projection would stand among settled figures as if it were one."""
    if row is None:
        return {}
    weights = {name: row[name] or 0 for name in ("measured_weight", "whole_weight")}
    heads = {"heads_score": row["score"], "heads_grade": row["grade"] or "", "heads_pay": row["performance_pay"]}
    return {**weights, **heads} if told else weights


def _paid(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = ("base", "coefficient", "performance_pay", "fixed_part", "pool_pay", "deductions", "corrections")
    amounts = {name: row[name] for name in names}
    return {**amounts, "total_pay": row["total"], "base_kind": row["base_kind"] or "", "missing": row["missing"] or ""}


def waits_of(totals: pl.DataFrame, lines: pl.DataFrame) -> dict[str, list[list[str]]]:
    """Employee id of everybody incomplete → the items that wait, in the order of the card: item, cause, what lacks."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for person, *told in _held(totals, lines).select("employee_id", "item", "cause", "lacks").iter_rows():
        found[person].append([word or "" for word in told])
    return dict(found)


def causes_held(waits: list[list[str]]) -> str:
    """Why items of somebody incomplete wait, as `Result.held` has it."""
    causes = sorted({cause for _, cause, _ in waits if cause})
    return f",{','.join(causes)}," if causes else ""


def sums_of(*, run: Run, parts: Parts, heads: pl.DataFrame | None = None) -> Iterator[StoreSums]:
    """Counts and sums of each store and of everybody: people by state, by grade, scores, pay in fen.

    `heads` (columns PROJECTION) puts where people head for in the place of what is not settled yet.
    """
    joined = parts["totals"].join(
        parts["pay"].select("employee_id", "performance_pay", "total"), on="employee_id", how="left"
    )
    if heads is not None:
        names = ("score", "grade", "performance_pay")
        joined = joined.drop(names).join(heads.select("employee_id", *names), on="employee_id", how="left")
    held = _held(parts["totals"], parts["lines"])
    for by_store in (True, False):
        store = pl.col("store").fill_null("") if by_store else pl.lit(EVERY_STORE)
        grades, causes = _counted(joined, "grade", store), _counted(held, "cause", store)
        for row in _added(joined.with_columns(store=store)).iter_rows(named=True):
            counts = {"grades": grades.get(row["store"], {}), "held": causes.get(row["store"], {})}
            yield StoreSums(run=run, **row, **counts)


def _added(people: pl.DataFrame) -> pl.DataFrame:
    """A row for each `store`: the numbers of `StoreSums`."""
    states = {state: (pl.col("state") == state).sum() for state in STATES}
    return people.group_by("store", maintain_order=True).agg(
        people=pl.len(),
        **states,
        score_sum=pl.col("score").sum(),
        scored=pl.col("score").count(),
        performance_pay=pl.col("performance_pay").sum(),
        total=pl.col("total").sum(),
    )


def _counted(rows: pl.DataFrame, column: str, store: pl.Expr) -> dict[str, dict[str, int]]:
    """Store → value of a column → how many rows have it."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    there = rows.drop_nulls(column).with_columns(store=store)
    for place, value, count in there.group_by("store", column).len().sort("store", column).iter_rows():
        found[place][value] = count
    return found


def _held(totals: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The items that keep somebody from being settled, with the store of the person."""
    incomplete = totals.filter(pl.col("state") == "incomplete").select("employee_id", "store")
    held = lines.filter(pl.col("state") == "held").sort("employee_id", "place", maintain_order=True)
    return held.join(incomplete, on="employee_id", maintain_order="left")


def _places(parts: Parts) -> Mapping[str, str]:
    """Employee id → store of everybody in service."""
    return dict(parts["totals"].drop_nulls("store").select("employee_id", "store").iter_rows())
