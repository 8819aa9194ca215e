"""What evidence the month needed, of whom, and what is still to be handed in (nothing missing counts as zero)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from fairwrench.report.material import Material
from fairwrench.settlement.calendar.deadlines import Deadline, deadlines
from fairwrench.settlement.measure.lacking import from_text
from fairwrench.settlement.measure.measure import metric_sources
from fairwrench.settlement.measure.values import missing
from fairwrench.settlement.scheme.scheme import Item
from fairwrench.settlement.words.wording import MISSING, RATED

State = Literal["landed", "waiting", "dropped", "absent"]


@dataclass(frozen=True)
class Place:
    """One source in one store: whether it was handed in, how many rows, how many people wait for it."""

    source: str
    store: str
    state: State
    rows: int
    waiting: int


@dataclass(frozen=True)
class Wanted:
    """Something to hand in: which source, for which store, whose duty, by when, and how many people wait for it."""

    source: str
    store: str
    position: str
    person: str
    due: str
    waiting: int
    items: tuple[str, ...]


def read_by(material: Material) -> dict[str, list[Item]]:
    """Source → the items of scorecards whose metrics read it."""
    metrics, found = material.settled.scheme.metrics, dict[str, list[Item]]()
    for card in material.settled.scheme.scorecards.values():
        for item in card.items:
            if item.metric:
                for source in metric_sources(metrics[item.metric]):
                    found.setdefault(source, []).append(item)
    return found


def places(material: Material) -> list[Place]:
    """Every source that scorecards of people in service read × every store, by source and store."""
    evidence = material.found.evidence
    lines, counted = _waiting_lines(material), row_counts(material)
    found = []
    for source in _needed(material):
        sealed = evidence.sources.get(source)
        covered = sealed.handed_in(material.settled.month) if sealed else set()
        for store in stores(material):
            here = lines.filter((pl.col("source") == source) & (pl.col("store") == store))
            held = here.filter(pl.col("state") == "held")["employee_id"].n_unique()
            # By what was sealed as handed in and not by counting rows: a file may say that there was nothing.
            state: State = "landed" if store in covered else _absent(here)
            found.append(Place(source, store, state, counted.get((source, store), 0), held))
    return found


def _absent(lines: pl.DataFrame) -> State:
    if (lines["state"] == "held").any():
        return "waiting"
    return "dropped" if lines.height else "absent"


def stores(material: Material) -> list[str]:
    """The stores with people in service, in order."""
    return sorted(material.settled.totals["store"].drop_nulls().unique())


def _needed(material: Material) -> list[str]:
    """Sources that lines of this month read, and the month's ratings, targets and payroll, in a fixed order."""
    used = set(material.settled.lines["item"].unique())
    read = {source for source, items in read_by(material).items() if any(item.key in used for item in items)}
    # People wait for these, too, whether or not a metric reads them.
    agreed = [source for source in ("ratings", "targets", "payroll") if source in material.found.evidence.sources]
    return [*sorted(read - set(agreed)), *agreed]


def _waiting_lines(material: Material) -> pl.DataFrame:
    """source, store, employee_id, item, state of the lines that lack evidence or a rating; `store` is who lacks it."""
    who = material.settled.totals.select("employee_id", "store")
    short = material.settled.lines.select("employee_id", "item", "state", "cause").join(who, on="employee_id")
    metric = short.filter(pl.col("cause").is_in(MISSING)).drop("store").join(_missing(material), on="item")
    # A person waits for the own store's file; for another store's only where the item measures the whole group.
    own = metric.join(who, on="employee_id", suffix="_own").filter(
        (pl.col("store") == pl.col("store_own")) | pl.col("everywhere")
    )
    rated = short.filter(pl.col("cause").is_in(RATED))
    aimed = short.filter(pl.col("cause") == "no_target")
    unpaid = material.settled.pay.filter(pl.col("missing").fill_null("").str.contains("commission"))
    # Commission is no item of a scorecard, but without it pay cannot be worked out.
    paid = unpaid.select("employee_id", item=pl.lit("commission"), state=pl.lit("held")).join(who, on="employee_id")
    columns = ["source", "store", "employee_id", "item", "state"]
    parts = [
        own.select(columns),
        rated.with_columns(source=pl.lit("ratings")).select(columns),
        aimed.with_columns(source=pl.lit("targets")).select(columns),
        paid.with_columns(source=pl.lit("payroll")).select(columns),
    ]
    return pl.concat(parts)


def _missing(material: Material) -> pl.DataFrame:
    """item, source, store, everywhere: what a metric reads, looked-up sources too, and a store did not hand in whole.

    `everywhere`: the item measures the whole group, so that people of every store wait for it.
    """
    found, metrics = material.found, material.settled.scheme.metrics
    rows = set()
    for card in material.settled.scheme.scorecards.values():
        for item in card.items:
            if metric := metrics.get(item.metric or ""):
                lacking = missing(metric, found, item.of, stores(material))
                for store, cause, lacks in lacking.select("store", "cause", "lacks").iter_rows():
                    sources = {place.partition(".")[0] for place, _ in from_text(cause, lacks)}
                    rows |= {(item.key, source, store, item.of == "group") for source in sources}
    shape = {"item": pl.String, "source": pl.String, "store": pl.String, "everywhere": pl.Boolean}
    return pl.DataFrame(sorted(rows) or None, schema=shape, orient="row")


def row_counts(material: Material) -> dict[tuple[str, str], int]:
    """(source, store) → rows landed for the month, corrected ones counted again."""
    month, found = str(material.settled.month), dict[tuple[str, str], int]()
    for source, sealed in material.kept.seal.sources.items():
        for file in sealed.files:
            # Read off the seal, without opening a file:
            # of one that holds several stores it does not say whose rows they are.
            if file.month == month and file.store_min == file.store_max:
                key = (source, file.store_min)
                found[key] = found.get(key, 0) + file.rows
    return found


def wanted(material: Material) -> list[Wanted]:
    """What is still to be handed in, what most people wait for first."""
    lines = _waiting_lines(material)
    due = {deadline.responsible: deadline for deadline in _plan(material)}
    sums = (
        lines.filter(pl.col("state") == "held")
        .group_by("source", "store")
        .agg(people=pl.col("employee_id").unique().sort(), items=pl.col("item").unique().sort())
        .sort(pl.col("people").list.len(), "source", "store", descending=[True, False, False])
    )
    return [_wanted(*row, material=material, due=due) for row in sums.iter_rows()]


def _plan(material: Material) -> Iterable[Deadline]:
    settled = material.settled
    plan = deadlines(settled.month, settled.scheme.cycle)[0]
    # what is set before the month is over (objectives) is no hand-in of its figures
    return tuple(deadline for deadline in plan if deadline.nominal.date() > settled.month.last)


def _wanted(
    source: str, store: str, people: list[str], items: list[str], *, material: Material, due: dict[str, Deadline]
) -> Wanted:
    position = "line_manager" if source == "ratings" else material.workspace.sources[source].provided_by or ""
    # The plan names line managers only as managers of departments, who hand the ratings in.
    deadline = due.get(position) or (due.get("department_manager") if source == "ratings" else None)
    when = f"{deadline.due:%Y-%m-%d %H:%M}" if deadline else ""
    holder = _raters(people, material) if source == "ratings" else _holder(position, store, material)
    return Wanted(source, store, position, holder, when, len(people), tuple(items))


def _holder(position: str, store: str, material: Material) -> str:
    """Who holds the position in the store, else in the group where one person alone holds it."""
    holders = material.settled.totals.filter(pl.col("position") == position)
    here = holders.filter(pl.col("store") == store)
    # Of several in other stores none: naming all would make it nobody's duty.
    return _called(here if here.height else holders if holders.height == 1 else here, material)


def _raters(people: list[str], material: Material) -> str:
    """The line managers of people who wait for a rating."""
    totals = material.settled.totals
    managers = totals.filter(pl.col("employee_id").is_in(people))["manager_id"].drop_nulls().unique()
    return _called(totals.filter(pl.col("employee_id").is_in(managers.implode())), material)


def _called(people: pl.DataFrame, material: Material) -> str:
    comma = "、" if material.lang == "zh" else ", "
    return comma.join(f"{name} {person}" for person, name in people.select("employee_id", "name").iter_rows())


@dataclass(frozen=True)
class Outstanding:
    """A rater and the ratings that people still wait for."""

    rater: str
    name: str
    people: int
    ratings: int


def outstanding(material: Material) -> list[Outstanding]:
    """Who still has to rate, by line manager, most first; the empty rater is a line manager nobody is."""
    totals = material.settled.totals
    short = material.settled.lines.filter(pl.col("cause").is_in(RATED))
    led = short.filter(pl.col("state") == "held").join(totals.select("employee_id", "manager_id"), on="employee_id")
    sums = led.group_by(pl.col("manager_id").fill_null("")).agg(
        people=pl.col("employee_id").n_unique(), ratings=pl.len()
    )
    called = dict(totals.select("employee_id", "name").iter_rows())
    rows = sums.sort("ratings", "manager_id", descending=[True, False]).iter_rows()
    return [Outstanding(rater, called.get(rater) or "", people, ratings) for rater, people, ratings in rows]
