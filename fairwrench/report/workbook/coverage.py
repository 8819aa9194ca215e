"""What evidence the month needed, of whom, and what is still to be handed in (nothing missing counts as zero)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from fairwrench.report.report_context import ReportContext
from fairwrench.settlement.calendar.deadlines import Deadline, deadlines
from fairwrench.settlement.doubts.commission_lacks import lines_without_evidence
from fairwrench.settlement.measure.lacking import from_text
from fairwrench.settlement.measure.measure import metric_sources
from fairwrench.settlement.measure.values import missing_in
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


def read_by(material: ReportContext) -> dict[str, list[Item]]:
    """Source → the items of scorecards whose metrics read it."""
    metrics, found = material.settled.scheme.metrics, dict[str, list[Item]]()
    for card in material.settled.scheme.scorecards.values():
        for item in card.items:
            if item.metric:
                for source in metric_sources(metrics[item.metric]):
                    found.setdefault(source, []).append(item)
    return found


def places(material: ReportContext) -> list[Place]:
    """Every source that scorecards of people in service read × every store, by source and store."""
    return material.once(_places)


def _places(material: ReportContext) -> list[Place]:
    evidence, counted = material.found.evidence, row_counts(material)
    held = pl.col("state") == "held"
    lines = _waiting_lines(material).group_by("source", "store")
    waiting = {
        (source, store): people
        for source, store, people in lines.agg(pl.col("employee_id").filter(held).n_unique()).iter_rows()
    }
    found = []
    for source in _needed(material):
        sealed = evidence.sources.get(source)
        covered = sealed.handed_in(material.settled.month) if sealed else set()
        for store in stores(material):
            people = waiting.get((source, store))
            # By what was sealed as handed in and not by counting rows: a file may say that there was nothing.
            state: State = "landed" if store in covered else _absent(people)
            found.append(Place(source, store, state, counted.get((source, store), 0), people or 0))
    return found


def _absent(people: int | None) -> State:
    """The state of what was not handed in: how many people wait, None where nobody's line lacks it."""
    if people:
        return "waiting"
    return "absent" if people is None else "dropped"


def stores(material: ReportContext) -> list[str]:
    """The stores with people in service, in order."""
    return material.once(_stores)


def _stores(material: ReportContext) -> list[str]:
    return sorted(material.settled.totals["store"].drop_nulls().unique())


def _needed(material: ReportContext) -> list[str]:
    """Sources that lines of this month read, and the month's ratings, targets and payroll, in a fixed order."""
    used = set(material.settled.lines["item"].unique())
    read = {source for source, items in read_by(material).items() if any(item.key in used for item in items)}
    # People wait for these, too, whether or not a metric reads them.
    agreed = [source for source in ("ratings", "targets", "payroll") if source in material.found.evidence.sources]
    paid_by = {
        line.measure.source for plan in material.settled.scheme.pay.commission.values() for line in plan.lines.values()
    }
    return [*sorted((read | paid_by) - set(agreed)), *agreed]


def _waiting_lines(material: ReportContext) -> pl.DataFrame:
    """See `_lacking_lines`."""
    return material.once(_lacking_lines)


def _lacking_lines(material: ReportContext) -> pl.DataFrame:
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
    # Who has a plan waits for what its lines count and not for the payroll, whose commission is set aside.
    planned = lines_without_evidence(material.settled.steps, material.settled.scheme)
    by_plan = paid.join(planned, on="employee_id")
    steps = material.settled.steps.filter(pl.col("part") == "commission")
    paid = paid.join(steps, on="employee_id", how="anti")
    columns = ["source", "store", "employee_id", "item", "state"]
    parts = [
        own.select(columns),
        rated.with_columns(source=pl.lit("ratings")).select(columns),
        aimed.with_columns(source=pl.lit("targets")).select(columns),
        paid.with_columns(source=pl.lit("payroll")).select(columns),
        by_plan.select(columns),
    ]
    return pl.concat(parts)


def _missing(material: ReportContext) -> pl.DataFrame:
    """item, source, store, everywhere: what a metric reads, looked-up sources too, and a store did not hand in whole.

    `everywhere`: the item measures the whole group, so that people of every store wait for it.
    """
    found, metrics = material.found, material.settled.scheme.metrics
    rows = set()
    for item, name, level in dict.fromkeys((item.key, item.metric, item.of) for item in material.names.items()):
        if metric := metrics.get(name or ""):
            for store, cause, lacks in missing_in(metric, found, level, stores(material)):
                sources = {place.partition(".")[0] for place, _ in from_text(cause, lacks)}
                rows |= {(item, source, store, level == "group") for source in sources}
    shape = {"item": pl.String, "source": pl.String, "store": pl.String, "everywhere": pl.Boolean}
    return pl.DataFrame(sorted(rows) or None, schema=shape, orient="row")


def row_counts(material: ReportContext) -> dict[tuple[str, str], int]:
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


def wanted(material: ReportContext) -> list[Wanted]:
    """What is still to be handed in, what most people wait for first."""
    return material.once(_wanted)


def _wanted(material: ReportContext) -> list[Wanted]:
    lines = _waiting_lines(material)
    due = {deadline.responsible: deadline for deadline in _plan(material)}
    sums = (
        lines.filter(pl.col("state") == "held")
        .group_by("source", "store")
        .agg(people=pl.col("employee_id").unique().sort(), items=pl.col("item").unique().sort())
        .sort(pl.col("people").list.len(), "source", "store", descending=[True, False, False])
    )
    who = _Holders(material)
    return [_to_hand_in(*row, who=who, due=due) for row in sums.iter_rows()]


def _plan(material: ReportContext) -> Iterable[Deadline]:
    settled = material.settled
    plan = deadlines(settled.month, settled.scheme.cycle)[0]
    # objectives, interview and payday are no hand-in of figures
    return tuple(deadline for deadline in plan if deadline.hands_in)


def _to_hand_in(
    source: str, store: str, people: list[str], items: list[str], *, who: _Holders, due: dict[str, Deadline]
) -> Wanted:
    position = "line_manager" if source == "ratings" else who.sources[source].provided_by or ""
    # The plan names line managers only as managers of departments, who hand the ratings in.
    deadline = due.get(position) or (due.get("department_manager") if source == "ratings" else None)
    when = f"{deadline.due:%Y-%m-%d %H:%M}" if deadline else ""
    holder = who.raters(people) if source == "ratings" else who.holder(position, store)
    return Wanted(source, store, position, holder, when, len(people), tuple(items))


class _Holders:
    """Who holds which position and leads whom, by the totals of a month and in their order."""

    def __init__(self, material: ReportContext) -> None:
        totals = material.settled.totals
        self.sources = material.workspace.sources
        self._comma = "、" if material.lang == "zh" else ", "
        self._names: dict[str, str | None] = dict(totals.select("employee_id", "name").iter_rows())
        self._managers: dict[str, str | None] = dict(totals.select("employee_id", "manager_id").iter_rows())
        self._place = {person: number for number, person in enumerate(self._names)}
        self._here: dict[tuple[str | None, str | None], list[str]] = {}
        self._anywhere: dict[str | None, list[str]] = {}
        for person, position, store in totals.select("employee_id", "position", "store").iter_rows():
            self._here.setdefault((position, store), []).append(person)
            self._anywhere.setdefault(position, []).append(person)

    def holder(self, position: str, store: str) -> str:
        """Who holds the position in the store, else in the group where one person alone holds it."""
        everywhere = self._anywhere.get(position, [])
        # Of several in other stores none: naming all would make it nobody's duty.
        alone = everywhere if len(everywhere) == 1 else []
        return self._called(self._here.get((position, store)) or alone)

    def raters(self, people: list[str]) -> str:
        """The line managers of people who wait for a rating."""
        managers = {manager for person in people if (manager := self._managers.get(person)) in self._names}
        return self._called(sorted((each for each in managers if each is not None), key=self._place.__getitem__))

    def _called(self, people: list[str]) -> str:
        return self._comma.join(f"{self._names[person]} {person}" for person in people)


@dataclass(frozen=True)
class Outstanding:
    """A rater and the ratings that people still wait for."""

    rater: str
    name: str
    people: int
    ratings: int


def outstanding(material: ReportContext) -> list[Outstanding]:
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
