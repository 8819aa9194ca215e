"""Small, nasty evidence in the ledger's layout, on which the oracles and the program are compared.

Everything that a ledger may hold is in it: rows replaced and taken back (also by a batch that is not sealed), people
not on the roster, nulls wherever a column may be empty, instants a second before and after local midnight of the
month's first and last day, durations on the second of a bound, comebacks after exactly 30 days, in another store, with
an empty fault system. All of it follows from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Column, Source

ZONE = "Asia/Shanghai"
STORES = ("S01", "S02", "S03")
PEOPLE = tuple(f"E{number:02d}" for number in range(1, 13))
#: batches after this one are not part of the seal
SEALED_BATCH = 3
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
HOUR = timedelta(hours=1)
Row = dict[str, Any]

#: what a column of this name is drawn from, in any source
WORDS: dict[str, tuple[Any, ...]] = {
    "ro_no": tuple(f"R{number}" for number in range(40)),
    "done_ro_no": ("R1", "R2", "R999", ""),
    "first_ro_no": tuple(f"R{number}" for number in range(12)),
    "first_request_no": ("Q1", "Q2", ""),
    "order_no": tuple(f"O{number}" for number in range(25)),
    "fault_system": ("引擎", "制动", "空调", ""),
    "metric": ("output", "efficiency"),
    "subject": (*PEOPLE, *STORES, "S01/workshop", "group"),
    "part_no": tuple(f"P{number}" for number in range(9)),
    "course": ("C1", "C2", "C3", "C4", "C5"),
    "what": ("日报", "考核表"),
    "asked_department": ("销售部", "客服部"),
    "contract": ("K1", "K2", "K3", "K4"),
    "aged_days": (0, 30, 89, 90, 91, 179, 180, 181, 182, 183, 364, 365, 366, 400, 730),
    "late_times": (0, 0, 1, 2),
    "late_days": (0, 0, 1, 4),
    "appearance_faults": (0, 0, 0, 1, 3),
    "waiting_parts_seconds": (0, 0, 1, 59, 60, 3600, 90000),
    "filled_lines": (0, 1, 3, 7),
    "demand_lines": (0, 3, 7, 8),
    "bays": (0, 4, 9),
    "working_days": (0, 21, 26, 31),
    "line": (1, 2, 3),
}
VEHICLES = tuple(f"LSVAA4182E21840{number:02d}" for number in range(30))
#: vehicles that came once, on an edge of the year that ends with the month, or never
SELDOM_SEEN = tuple(f"LSVAA4182E21850{number:02d}" for number in range(12))
#: columns that are empty more often than others, so that what is still open is seen too
OFTEN_EMPTY = {
    "won_on": 0.6,
    "regional_average": 0.04,
    "lost_on": 0.6,
    "accepted": 0.3,
    "done_ro_no": 0.4,
    "reminded_by": 0.4,
    "reminded_on": 0.4,
}
#: how much later than a row's own moment its other moments are: bounds, and a second either side
DELAYS = (
    -DAY, -SECOND, timedelta(0), SECOND, 30 * 60 * SECOND, HOUR - SECOND, HOUR, HOUR + SECOND, 2 * HOUR, 5 * HOUR,
    12 * HOUR - SECOND, 12 * HOUR, 12 * HOUR + SECOND, DAY - SECOND, DAY, DAY + SECOND, 2 * DAY, 3 * DAY,
)  # fmt: skip
#: days between a row's own date and its other dates
DATE_DELAYS = (-3, -1, 0, 1, 2, 3, 4, 7, 29, 30, 31)
#: how long after delivery a vehicle comes again
GAPS = (-DAY, -SECOND, timedelta(0), SECOND, 3 * DAY, 30 * DAY - SECOND, 30 * DAY, 30 * DAY + SECOND, 40 * DAY)
#: sources that came after the others, whose rows are drawn with chances of their own
NEWER = ("leave", "factory_scores", "rebates", "side_business", "referrals")
SIZES = {
    "repair_orders": 150,
    "surveys": 200,
    "store_month": 60,
    "parts_stock": 160,
    "sales_leads": 200,
    "vehicles_in_care": 160,
    "visits": 120,
    "factory_scores": 300,
    "referrals": 300,
}


@dataclass
class Draw:
    """A seeded source of values around one month."""

    month: Month
    rng: random.Random
    #: for columns that sources got later: what was drawn before them stays as it was
    later: random.Random

    @property
    def edges(self) -> tuple[datetime, datetime]:
        """The local month's first instant and the next month's, in UTC."""
        return self.month.bounds_utc(ZONE)

    def instant(self) -> datetime:
        """Now and then on an edge of the month or of the year that ends with it, else in or near the month."""
        begin, end = self.edges
        year_ago = self.month.plus(-11).bounds_utc(ZONE)[0]
        if self.rng.random() < 0.3:
            edge = self.rng.choice((begin, begin, end, end, year_ago, begin + 12 * HOUR))
            return edge + self.rng.choice((-SECOND, timedelta(0), SECOND))
        back = self.rng.choice((0, 0, 0, 40, 70, 420))
        start = begin - back * DAY
        return start + self.rng.randrange(int((end + 2 * DAY - start).total_seconds())) * SECOND

    def day(self) -> date:
        """Now and then the first or last day of the month or the day beside, else in or near it."""
        first, last = self.month.first, self.month.last
        if self.rng.random() < 0.3:
            edge = self.rng.choice((first, last, self.month.plus(-11).first))
            return edge + self.rng.choice((-DAY, timedelta(0), DAY))
        return first + self.rng.randrange(-self.rng.choice((1, 40, 400)), 34) * DAY

    def month_text(self) -> str:
        """The month itself more often than not, else one near it or at the edge of a year's window."""
        return str(self.month.plus(self.rng.choice((0, 0, 0, 0, 0, 0, -1, -2, -5, -10, -11, -12, 1))))

    def amount(self, column: Column) -> Decimal:
        """An amount within the column's bounds, with all its decimals; zero now and then."""
        low = Decimal(0) if column.min is not None else Decimal(-900)
        high = column.max if column.max is not None else Decimal(5000)
        unit = Decimal(1).scaleb(-column.scale)
        if self.rng.random() < 0.15:
            return self.rng.choice((Decimal(0), unit, high)).quantize(unit)
        steps = int((high - low) / unit)
        return low + self.rng.randrange(steps + 1) * unit

    def person(self) -> str | None:
        """An employee id, or null for somebody not on the roster."""
        return self.rng.choice((*PEOPLE, None))


def ledger_frames(sources: Mapping[str, Source], month: Month, seed: int) -> dict[str, pl.DataFrame]:
    """Source → its rows as the ledger keeps them, replaced and taken-back ones included."""
    draw = Draw(month, random.Random(f"{month} {seed}"), random.Random(f"{month} {seed} later"))
    # With chances of their own: what was drawn for the other sources before there were these stays as it was.
    own = {name: Draw(month, random.Random(f"{month} {seed} {name}"), random.Random()) for name in NEWER}
    rows = {name: list(_rows(name, source, own.get(name, draw))) for name, source in sources.items()}
    _put_lines_on_orders(sources["repair_orders"], rows, draw)
    rows["leave"] = list(_leave_of(rows["attendance"], own["leave"]))
    return {
        name: in_ledger(sources[name], _unique(sources[name], rows[name]), own.get(name, draw)) for name in sorted(rows)
    }


def current(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that stand at the seal: not voided, not superseded by a sealed batch; without the ledger's columns."""
    sealed = frame.filter(pl.col("_batch") <= SEALED_BATCH)
    gone = sealed.get_column("_supersedes").drop_nulls().to_list()
    standing = sealed.filter(~pl.col("_void") & ~pl.col("_id").is_in(gone))
    return standing.drop("_id", "_batch", "_row", "_supersedes", "_void", "_month")


def _rows(name: str, source: Source, draw: Draw) -> Iterator[Row]:
    if name in ("job_lines", "leave"):
        return
    for _ in range(SIZES.get(name, 90)):
        yield _row(source, draw)


def _row(source: Source, draw: Draw, filed: Any = None) -> Row:
    """A row, filed where it falls or under `filed`; a vehicle is not delivered before it came."""
    moment = filed if isinstance(filed, datetime) else draw.instant()
    day = filed if isinstance(filed, date) and not isinstance(filed, datetime) else draw.day()
    row = {name: _value(source, name, draw, moment, day) for name in source.columns}
    row["store"] = draw.rng.choice(STORES)
    if row.get("delivered_at") is not None:
        row["delivered_at"] = max(row["delivered_at"], row["opened_at"])
    return row


def _value(source: Source, name: str, draw: Draw, moment: datetime, day: date) -> Any:  # noqa: PLR0911
    column = source.columns[name]
    fixed = column.required or name in source.key
    if not fixed and draw.rng.random() < OFTEN_EMPTY.get(name, 0.14):
        return None
    if column.one_of:
        return draw.rng.choice(tuple(column.one_of))
    if name in WORDS:
        return draw.rng.choice(WORDS[name])
    if name == "vin":
        return draw.rng.choice((*VEHICLES, *(SELDOM_SEEN if fixed else ("",))))
    match column.type:
        case "person":
            return draw.person()
        case "timestamp":
            return moment if name == source.filed_by else _near(moment, draw)
        case "date":
            return day if name == source.filed_by else day + draw.rng.choice(DATE_DELAYS) * DAY
        case "month":
            return draw.month_text()
        case "bool":
            return draw.rng.random() < 0.6
        case "int":
            return draw.rng.randrange(300)
        case "decimal":
            return draw.amount(column)
        case "store":
            return draw.rng.choice(STORES)
    return f"{name[:1].upper()}{draw.rng.randrange(60)}"


def _near(moment: datetime, draw: Draw) -> datetime:
    return draw.instant() if draw.rng.random() < 0.35 else moment + draw.rng.choice(DELAYS)


def _put_lines_on_orders(source: Source, rows: dict[str, list[Row]], draw: Draw) -> None:
    """Vehicles that come again and again, and the jobs of every order."""
    orders = rows["repair_orders"]
    patterns = tuple(orders)
    for number, vehicle in enumerate(VEHICLES[:14]):
        orders[:0] = _visits_of(vehicle, number, patterns[number], draw)
    orders[:0] = _seldom(patterns[-1], draw)
    orders[:] = _unique(source, orders)
    for order in orders:
        stated = draw.rng.random() < 0.7
        for line in range(1, draw.rng.randrange(1, 4)):
            rows["job_lines"] += _job(order, line, stated, draw)
    orphan = {"store": "S01", "ro_no": "R-without-order", "opened_at": draw.edges[0]}
    rows["job_lines"] += _job(orphan, 1, True, draw)


def _visits_of(vehicle: str, number: int, pattern: Row, draw: Draw) -> Iterator[Row]:
    """Four visits one after the other. The first is delivered so that it matures on an edge of the month."""
    delivered = draw.rng.choice(draw.edges) - 30 * DAY + draw.rng.choice((-SECOND, timedelta(0), SECOND, -9 * DAY))
    opened = delivered - draw.rng.choice((HOUR, DAY, 5 * DAY))
    for visit in range(4):
        finished = draw.rng.choice((delivered, delivered - SECOND, None))
        yield replace_in(
            pattern, ro_no=f"V{number}-{visit}", vin=vehicle, store=draw.rng.choice(STORES),
            opened_at=opened, finished_at=finished, delivered_at=None if draw.rng.random() < 0.1 else delivered,
        )  # fmt: skip
        opened = delivered + draw.rng.choice(GAPS)
        delivered = opened + draw.rng.choice((SECOND, HOUR, DAY))


def _seldom(pattern: Row, draw: Draw) -> Iterator[Row]:
    """One visit each of the vehicles seldom seen; the last two never came."""
    edges = (draw.month.plus(-11).bounds_utc(ZONE)[0], draw.edges[1])
    times = [edge + late for edge in edges for late in (-DAY, -SECOND, timedelta(0), SECOND, DAY)]
    for number, (vehicle, opened) in enumerate(zip(SELDOM_SEEN, times, strict=False)):
        yield replace_in(
            pattern, ro_no=f"W{number}", vin=vehicle, opened_at=opened, finished_at=None, delivered_at=None
        )


def replace_in(row: Row, **changed: Any) -> Row:
    """The row with some of its values changed."""
    return {**row, **changed}


def _job(order: Row, line: int, stated: bool, draw: Draw) -> Iterator[Row]:
    """One job, by one to three technicians, not all on the roster; an order's shares are `stated` or not."""
    fault = draw.rng.choice((*WORDS["fault_system"], None))
    finished = draw.rng.choice((order.get("finished_at"), draw.instant(), None))
    for technician in draw.rng.sample((*PEOPLE, None), draw.rng.choice((1, 1, 1, 2, 3))):
        amounts = {name: _money(draw) for name in ("standard_hours", "billed_hours", "clocked_hours", "labour_amount")}
        share = draw.rng.choice(("0.000", "0.333", "0.334", "0.335", "0.500", "0.500", "1.000"))
        yield {
            "ro_no": order["ro_no"], "line": line, "technician": technician, "store": order["store"],
            "opened_at": order["opened_at"], "fault_system": fault, "job": "维修", **amounts,
            "share": Decimal(share) if stated else None, "internal": draw.rng.choice((True, False, None)),
            "claim": draw.rng.choice((True, False, None)), "finished_at": finished,
            "panels": draw.later.choice((None, Decimal(0), Decimal("0.50"), Decimal(3), Decimal("7.25"))),
        }  # fmt: skip


def _leave_of(attendance: Sequence[Row], draw: Draw) -> Iterator[Row]:
    """None to three leaves of every person-month, now and then for more hours than are lacking."""
    kinds = ("annual", "sick", "personal", "maternity", "time_off", "overtime", "work_injury")
    for person_month in attendance:
        for number in range(draw.rng.choice((0, 1, 1, 2, 3))):
            # now and then of a month before, which is handed in for this one by mistake
            begins = draw.edges[0] + number * DAY - draw.rng.choice((0, 0, 0, 40)) * DAY
            yield {
                **{name: person_month[name] for name in ("employee_id", "month", "store")},
                "kind": draw.rng.choice(kinds), "begins_at": begins, "ends_at": begins + draw.rng.choice((HOUR, DAY)),
                "hours": draw.rng.choice((Decimal(0), Decimal("0.01"), Decimal(8), Decimal("87.50"), Decimal(744))),
                "approval": draw.rng.choice((None, None, "approved", "approved", "refused", "pending")),
                "approval_state": draw.rng.choice((None, "approved", "approved", "approved", "withdrawn")),
                "hours_in": None,
            }  # fmt: skip


def _money(draw: Draw) -> Decimal | None:
    return None if draw.rng.random() < 0.15 else Decimal(draw.rng.randrange(90000)).scaleb(-2)


def _unique(source: Source, rows: Sequence[Row]) -> list[Row]:
    """The first row of each key: the ledger holds no key twice."""
    return list({tuple(row[name] for name in source.key): row for row in reversed(rows)}.values())


@dataclass(frozen=True)
class Landed:
    """A row with what the ledger adds to it; `supersedes` is the index of the landed row it replaces."""

    row: Row
    batch: int = 1
    supersedes: int | None = None
    void: bool = False


def in_ledger(source: Source, rows: Sequence[Row], draw: Draw | None = None) -> pl.DataFrame:
    """The rows as landed; with `draw`, some were corrected or taken back, in sealed batches and in one after them."""
    landed = [Landed(row) for row in rows]
    if draw is not None:
        for index in range(len(rows)):
            landed += _history_of(source, landed, index, draw)
    return _frame(source, landed)


def _history_of(source: Source, landed: list[Landed], index: int, draw: Draw) -> list[Landed]:
    stray = draw.rng.random()
    row, last = landed[index].row, len(landed)
    if stray < 0.08:  # an earlier version with other values, which the row as drawn replaced
        landed[index] = replace(landed[index], row=_other(source, row, draw))
        return [Landed(row, batch=2, supersedes=index)]
    if stray < 0.12:  # corrected twice
        return [
            Landed(_other(source, row, draw), batch=2, supersedes=index),
            Landed(_other(source, row, draw), batch=3, supersedes=last),
        ]
    if stray < 0.16:
        return [Landed(row, batch=3, supersedes=index, void=True)]
    if stray < 0.20:  # corrected or taken back after the seal: nothing of it counts yet
        return [Landed(_other(source, row, draw), batch=4, supersedes=index, void=stray < 0.18)]
    return []


def _other(source: Source, row: Row, draw: Draw) -> Row:
    """The same key and filing, other values."""
    kept = {*source.key, source.filed_by, "store"}
    drawn = _row(source, draw, row[source.filed_by])
    return {name: row[name] if name in kept else value for name, value in drawn.items()}


def _frame(source: Source, landed: Sequence[Landed]) -> pl.DataFrame:
    ids = [(each.batch << 32) + number for number, each in enumerate(landed, 1)]
    types = types_of(source)
    columns = {
        name: pl.Series(name, [None if each.void else each.row.get(name) for each in landed], kind, strict=True)
        for name, kind in types.items()
    }
    return pl.DataFrame(columns).with_columns(
        pl.Series("_id", ids, pl.Int64),
        pl.Series("_batch", [each.batch for each in landed], pl.Int64),
        pl.Series("_row", range(1, len(landed) + 1), pl.Int64),
        pl.Series(
            "_supersedes", [None if each.supersedes is None else ids[each.supersedes] for each in landed], pl.Int64
        ),
        pl.Series("_void", [each.void for each in landed], pl.Boolean),
        pl.Series("_month", [filed_in(source, each.row) for each in landed], pl.String),
    )


def filed_in(source: Source, row: Row) -> str:
    """The local month that a row is filed under."""
    value = row[source.filed_by]
    if isinstance(value, str):
        return value
    begin = pl.Series([value])
    local = begin.dt.convert_time_zone(ZONE) if isinstance(value, datetime) else begin
    return str(local.dt.strftime("%Y-%m")[0])


def types_of(source: Source) -> dict[str, pl.DataType]:
    """The canonical columns of a source's rows; every source has `store` once landed."""
    names: dict[str, pl.DataType] = {
        "int": pl.Int64(),
        "bool": pl.Boolean(),
        "date": pl.Date(),
        "timestamp": pl.Datetime("us", "UTC"),
    }
    found = {
        name: pl.Decimal(18, column.scale) if column.type == "decimal" else names.get(column.type, pl.String())
        for name, column in source.columns.items()
    }
    return {**found, "store": pl.String()}


def visit(ro_no: str, vin: str | None, opened: datetime, delivered: datetime | None, **more: object) -> Row:
    """An order of the first store by hand, finished when delivered."""
    return {"ro_no": ro_no, "store": "S01", "vin": vin, "opened_at": opened, "finished_at": delivered,
            "delivered_at": delivered, "kind": "repair", **more}  # fmt: skip


def job_line(order: Row, technician: str | None, fault: str | None, line: int = 1, **more: object) -> Row:
    """A job of the order by hand, finished with it."""
    return {"ro_no": order["ro_no"], "store": order["store"], "line": line, "technician": technician,
            "opened_at": order["opened_at"], "finished_at": order["finished_at"], "fault_system": fault,
            **more}  # fmt: skip


def by_hand(sources: Mapping[str, Source], **rows: list[Row]) -> dict[str, pl.DataFrame]:
    """Source → the rows given for it as landed, none for the others."""
    return {name: in_ledger(source, rows.get(name, [])) for name, source in sources.items()}
