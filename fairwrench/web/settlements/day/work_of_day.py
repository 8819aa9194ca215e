"""The technician's evening: what somebody finished on a day, from the evidence that the month so far stands on.

The figures are the scheme's own measures with the day as bounds, over the rows as they were sealed for the latest run;
nothing is worked out a second way, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.core.exceptions import PermissionDenied

from fairwrench.closing.check.tracing import PersonDays, days_of_person
from fairwrench.closing.month import Workspace
from fairwrench.closing.run_files import SEAL, sealed_roster
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.seal.seal import Seal, read_seal
from fairwrench.settlement.amounts import grouped
from fairwrench.settlement.exact import FEN_DIGITS, half_up, scaled
from fairwrench.settlement.measure.measure import digits, is_additive, measures_of
from fairwrench.settlement.measure.team_shares import TEAM_SHARES
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from fairwrench.settlement.source.dialect import Clock
from fairwrench.settlement.source.formula import parse_aggregate
from fairwrench.settlement.source.source import Source
from fairwrench.web.access.models import User
from fairwrench.web.evidence.models import Covered
from fairwrench.web.evidence.selectors import ledger_read
from fairwrench.web.evidence.sources.names import JOBS
from fairwrench.web.org.days import today
from fairwrench.web.settlements.day.day_pay import DayPay, DayPlan, day_plan
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.workspace import folder_of, scheme_of, seal_of, sources_of

#: columns of job lines
HOURS, LABOUR = "billed_hours", "labour_amount"
#: what a technician's share of a line is told by, which a measure of it may read besides
SHARE = "share"
#: what is told of each row
ROWS = ("hours", "labour")
#: the part of it that the item of the card counts: customers' work
OUTSIDE = ("outside_hours", "outside_labour")


@dataclass(frozen=True)
class Done:
    """How much was done: hours and labour (yuan) as exact integers of 10^-`digits` each, hours first."""

    hours: int
    labour: int
    digits: tuple[int, int]

    @property
    def hours_said(self) -> str:
        """The hours with two decimals."""
        return hours_said(self.hours, self.digits[0])

    @property
    def fen(self) -> int:
        """The labour in fen."""
        return half_up(self.labour * 10**FEN_DIGITS, 10 ** self.digits[1])

    def __add__(self, other: Done) -> Done:
        return Done(self.hours + other.hours, self.labour + other.labour, self.digits)

    def __sub__(self, other: Done) -> Done:
        return Done(self.hours - other.hours, self.labour - other.labour, self.digits)

    def __bool__(self) -> bool:
        return bool(self.hours or self.labour)


def hours_said(units: int, places: int) -> str:
    """Hours with two decimals: 1,234.50."""
    return grouped(half_up(units * 100, 10**places), 2)


@dataclass(frozen=True)
class Job:
    """One job of an order: what it is called, one's own share of it, when it was finished, whether the item of the card
    leaves it out as internal."""

    called: str
    line: int
    done: Done
    at: datetime
    inside: bool = False


@dataclass(frozen=True)
class Order:
    """An order with the jobs that were finished on a day, and what they come to."""

    number: str
    store: str
    jobs: tuple[Job, ...]

    @property
    def done(self) -> Done:
        """All its jobs."""
        whole = self.jobs[0].done
        for job in self.jobs[1:]:
            whole += job.done
        return whole

    @property
    def taken_back(self) -> bool:
        """Whether reversals (红冲) leave nothing of it."""
        reversed_ = any(job.done.hours < 0 or job.done.labour < 0 for job in self.jobs)
        return reversed_ and self.done.hours <= 0 and self.done.labour <= 0


@dataclass(frozen=True)
class DayWork:
    """What was finished on one day, commission where a plan pays by such work, and the orders; those taken back stand
    last and are not counted. `outside` is the part that the item of the card counts, None where no item counts a part:
    the days of a month add up to the item."""

    day: date
    done: Done
    pay: DayPay | None
    orders: tuple[Order, ...]
    outside: Done | None = None

    @property
    def inside(self) -> Done | None:
        """Internal work: what the item of the card leaves out; None where there is none."""
        rest = self.done - self.outside if self.outside is not None else None
        return rest or None

    @property
    def vehicles(self) -> int:
        """How many orders count."""
        return sum(not order.taken_back for order in self.orders)


@dataclass(frozen=True)
class Fresh:
    """When job lines of the store landed: those that the figures stand on, and later ones that are still to be worked
    out; and the last day of the month that they reach. None where there are none."""

    counted: datetime | None
    waiting: datetime | None
    reach: date | None = None

    def reaches(self, day: date) -> bool:
        """Whether the rows go as far as a day, so that there being none of one's own says something."""
        return self.reach is not None and self.reach >= day


@dataclass(frozen=True)
class Evening:
    """Somebody's days of a month, the latest last: `today`, and `shown`, the day asked for, else today or the last day
    before it with anything."""

    result: Result
    scheme: Scheme
    source: Source
    today: date
    fresh: Fresh
    plan: DayPlan | None
    shown: DayWork | None
    days: tuple[date, ...] = ()

    @property
    def is_today(self) -> bool:
        """Whether what is shown is today's."""
        return self.shown is not None and self.shown.day == self.today

    @property
    def is_yesterday(self) -> bool:
        """Whether it is yesterday's."""
        return self.shown is not None and (self.today - self.shown.day).days == 1

    @property
    def fresh_today(self) -> bool:
        """Whether the rows reach today, so that there being none of one's own says something."""
        return self.fresh.reaches(self.today)


def job_measures(scheme: Scheme, sources: Mapping[str, Source]) -> tuple[Measure, Measure] | None:
    """The scheme's own measures of billed hours and of labour, the technician's share, of all jobs; None where it lacks
    one."""
    if JOBS not in sources:
        return None
    hours, labour = (_sum_of(column, scheme, sources[JOBS]) for column in (HOURS, LABOUR))
    if hours is None or labour is None or (hours.credit, hours.date) != (labour.credit, labour.date):
        return None
    return hours, labour


def _sum_of(column: str, scheme: Scheme, source: Source) -> Measure | None:
    """The first measure that adds up a column of job lines for the person who did the job, of whatever kind of job: a
    day is told whole, customers' jobs and internal ones."""
    for _, _, measure in measures_of(scheme):
        plain = measure.source == JOBS and measure.credit and measure.months == 1
        if plain and column in measure.value and is_additive(measure):
            read = parse_aggregate(measure.value, source, DuckDB.dialect, Clock()).columns
            if column in read <= {column, SHARE}:
                return measure.model_copy(update={"where": None})
    return None


def _outside(scheme: Scheme, position: str, labour: Measure) -> Measure | None:
    """The measure by which the person's card counts labour, where it counts a part of the jobs alone."""
    same = (labour.value, labour.source, labour.credit, labour.date)
    return next(
        (each for each in _own(scheme, position) if each.where and same == _counted_as(each)),
        None,
    )


def _counted_as(measure: Measure) -> tuple[str, str, str | None, str]:
    return measure.value, measure.source, measure.credit, measure.date


def does_jobs(*, run: Run, result: Result) -> bool:
    """Whether somebody is assessed or paid by jobs of their own, so that a day of them says something."""
    scheme = scheme_of(run=run)
    found = job_measures(scheme, sources_of(run=run))
    return found is not None and any(
        (measure.source, measure.credit) == (JOBS, found[0].credit) for measure in _own(scheme, result.position)
    )


def _own(scheme: Scheme, position: str) -> Iterator[Measure]:
    """The measures by which a position's card and plan look at the person alone."""
    held = scheme.positions.get(position)
    card = scheme.scorecards.get(held.scorecard or "") if held else None
    for item in card.items if card else ():
        metric = scheme.metrics.get(item.metric or "")
        if metric is not None and item.of == "person":
            yield from (part for part in (metric.numerator, metric.denominator) if part)
    plan = scheme.pay.commission.get(position)
    yield from (line.measure for line in (plan.lines.values() if plan else ()) if line.of == "person")


def evening(*, result: Result, run: Run, user: User, day: date | None = None) -> Evening:
    """One's own day of the month of a run. PermissionDenied for anybody else's."""
    if user.employee is None or user.employee.employee_id != result.employee_id:
        raise PermissionDenied("results.view_mine")
    scheme, sources, seal = scheme_of(run=run), sources_of(run=run), seal_of(run=run)
    found = job_measures(scheme, sources)
    assert found is not None  # `does_jobs` was asked before
    plan, now = day_plan(scheme, result.position, found[0]), today()
    about: dict[str, Any] = {"result": result, "scheme": scheme, "source": sources[JOBS], "today": now, "plan": plan}
    about["fresh"] = _fresh(result, run, seal, found[0].date)
    if about["fresh"].counted is None:
        return Evening(**about, shown=None)
    month = _read(result, run, seal, found, plan)
    # in a month that lies ahead of the calendar, as the demo's may, no day is over yet
    until = now if now >= run.cycle.at.first else run.cycle.at.last
    days = tuple(each for each in month.days if each <= until)
    asked = day or next(iter(days[::-1]), None)
    return Evening(**about, days=days, shown=month.work(asked) if asked in days and asked else None)


def has_job_lines(*, run: Run, store: str) -> bool:
    """Whether job lines of a store that a run stands on have come in."""
    return Covered.objects.filter(source=JOBS, store=store, month=run.cycle.month).exists()


def _fresh(result: Result, run: Run, seal: Seal, dated: str) -> Fresh:
    sealed = seal.sources.get(JOBS)
    asked = Covered.objects.filter(source=JOBS, store=result.store, month=run.cycle.month)
    landed = dict(asked.values_list("landing__number", "landing__landed_at"))
    inside = set(sealed.batches) if sealed else set()
    counted = max((at for number, at in landed.items() if number in inside), default=None)
    later = max((at for number, at in landed.items() if number not in inside), default=None)
    # what came before that and was left out is no evidence of this month; it waits for nothing
    waiting = later if later and (counted is None or later > counted) else None
    reach = _reach(str(folder_of(run=run)), run.seal, result.store, dated) if counted else None
    return Fresh(counted, waiting, min(reach, run.cycle.at.last) if reach else None)


@lru_cache(maxsize=256)
def _reach(folder: str, _seal: str, store: str, dated: str) -> date | None:
    """The last day of the rows of a store that a run was sealed with; a sealed run's never changes."""
    seal = read_seal(Path(folder) / SEAL)
    files = seal.sources[JOBS].paths(Path(settings.LEDGER))
    if not files:
        return None
    rows = pl.scan_parquet([str(file) for file in files], hive_partitioning=False, glob=False)
    column = rows.collect_schema()[dated]
    day = pl.col(dated)
    if isinstance(column, pl.Datetime):
        day = day.dt.convert_time_zone(seal.time_zone).dt.date()
    found = rows.filter((pl.col("store") == store) & ~pl.col("_void")).select(day.max()).collect().item()
    return found if isinstance(found, date) else None


@dataclass(frozen=True)
class _Month:
    """Somebody's days as they were read, and how many decimals each figure carries."""

    told: PersonDays
    places: Mapping[str, int]
    dated: str
    plan: DayPlan | None
    #: whether the card counts a part of the jobs, which the figures tell apart
    parted: bool = False

    @property
    def days(self) -> list[date]:
        return sorted(self.told.rows["_day"].drop_nulls().unique())

    def work(self, day: date) -> DayWork:
        figures = {row["day"]: row for row in self.told.figures.iter_rows(named=True)}
        of_day = figures.get(day.isoformat(), {})
        done = Done(int(of_day.get("hours") or 0), int(of_day.get("labour") or 0), self._digits)
        outside = self._outside(of_day) if self.parted else None
        orders = self._orders(self.told.rows.filter(pl.col("_day") == day))
        return DayWork(day, done, self._paid(day, figures) if self.plan else None, orders, outside)

    def _outside(self, of_day: Mapping[str, Any]) -> Done:
        hours, labour = (int(of_day.get(key) or 0) for key in OUTSIDE)
        return Done(hours, labour, self._digits)

    @property
    def _digits(self) -> tuple[int, int]:
        return self.places["hours"], self.places["labour"]

    def _paid(self, day: date, figures: Mapping[str, Mapping[str, Any]]) -> DayPay:
        assert self.plan is not None  # the caller asked
        keys = _keys(self.plan)
        counted = {each: {name: int(row[key] or 0) for name, key in keys.items()} for each, row in figures.items()}
        return self.plan.paid(day.isoformat(), counted, {name: self.places[key] for name, key in keys.items()})

    def _orders(self, rows: pl.DataFrame) -> tuple[Order, ...]:
        """The orders of a day's rows in the order in which they were finished, those that were taken back last."""
        jobs: dict[tuple[str, str], list[Job]] = {}
        for row in rows.sort(self.dated, "ro_no", "line").iter_rows(named=True):
            hours, labour = (scaled(row[f"value_{key}"] or Decimal(0), self.places[key]) for key in ROWS)
            inside = self.parted and row[f"value_{OUTSIDE[1]}"] is None
            job = Job(row.get("job") or "", row["line"], Done(hours, labour, self._digits), row[self.dated], inside)
            jobs.setdefault((row["store"], row["ro_no"]), []).append(job)
        orders = [Order(number, store, tuple(done)) for (store, number), done in jobs.items()]
        return tuple(sorted(orders, key=lambda order: order.taken_back))


def _keys(plan: DayPlan) -> dict[str, str]:
    """Line of a plan → the key by which it is measured; its own name may be no name of a column."""
    return {name: f"line_{number}" for number, name in enumerate(plan.lines)}


def _read(result: Result, run: Run, seal: Seal, found: tuple[Measure, Measure], plan: DayPlan | None) -> _Month:
    scheme, sources = scheme_of(run=run), sources_of(run=run)
    # of one person's own rows the roster tells nothing; who has a share of a team must be there on the day
    shared = TEAM_SHARES in seal.sources and seal.sources[TEAM_SHARES].files
    roster = sealed_roster(seal, Path(settings.LEDGER)) if shared else pl.DataFrame()
    workspace = Workspace(ledger_read(), DuckDB(), sources, roster)
    by_row = dict(zip(ROWS, found, strict=True))
    # what the card counts of them: the same sums over its part of the rows
    part = _outside(scheme, result.position, found[1])
    if part is not None:
        by_row |= {key: each.model_copy(update={"where": part.where}) for key, each in zip(OUTSIDE, found, strict=True)}
    lines = {key: plan.lines[name].measure for name, key in _keys(plan).items()} if plan else {}
    by_day = {**by_row, **lines}
    told = days_of_person(
        result.employee_id, by_row=by_row, by_day=by_day, workspace=workspace, sealed=seal, scheme=scheme
    )
    own = {key: digits(measure, sources[JOBS], workspace.engine.dialect) for key, measure in by_day.items()}
    places = {key: places + told.more_digits for key, places in own.items()}
    return _Month(told, places, found[0].date, plan, part is not None)
