"""Rows of a large group by the million: every value follows from the row's number alone, so any part can be made alone.

An order of a store has an index that counts through the months. Chances are a hash of seed, store, index and a word for
what is asked, so a comeback knows its first order without looking at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source

#: in a hundred thousand orders: comebacks, judged rework of those, orders waiting for parts, bookings, second jobs
COMEBACKS, WAITING, BOOKED, SECOND = 3_000, 4_000, 32_000, 20_000
_SCALE = 100_000
SYSTEMS = ("发动机", "变速箱", "制动", "底盘", "转向", "空调", "电气", "灯光", "冷却", "车身电子")
_KINDS = (*("maintenance",) * 4, *("repair",) * 4, "warranty", "body")
#: the constants of splitmix64
_GOLDEN, _MIX1, _MIX2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_MASK = (1 << 64) - 1
_HOUR, _DAY = 3_600, 86_400
#: comebacks come this many days' worth of orders later: at least, and how many more
_SOONEST, _SPREAD = 3, 18


@dataclass(frozen=True, slots=True)
class Crowd:
    """The group's shape: stores, people of a store by position, orders of a store in a month; and the two months."""

    stores: int
    technicians: int
    advisors: int
    orders: int
    months: tuple[Month, ...]
    seed: int
    east: int = 8

    def begin(self, month: Month) -> int:
        """The index of a month's first order."""
        return self.months.index(month) * self.orders


def hashed(crowd: Crowd, *columns: str) -> pl.Expr:
    """A hash of the seed and integer columns, as UInt64: splitmix64, the same on every machine."""
    mixed = pl.lit(crowd.seed * _GOLDEN & _MASK, pl.UInt64)
    for column in columns:
        mixed = _mix((mixed + pl.col(column).cast(pl.UInt64)) * pl.lit(_GOLDEN, pl.UInt64))
    return mixed


def chance(word: str, of: str) -> pl.Expr:
    """Another hash of a hashed column, for what the word asks."""
    return _mix(pl.col(of) + pl.lit(crc32(word.encode()) * _MIX1 & _MASK, pl.UInt64))


def _mix(value: pl.Expr) -> pl.Expr:
    # Dividing by a power of two shifts right; products wrap around at 64 bits, as splitmix64 wants them to.
    value = (value ^ (value // (1 << 30))) * pl.lit(_MIX1, pl.UInt64)
    value = (value ^ (value // (1 << 27))) * pl.lit(_MIX2, pl.UInt64)
    return value ^ (value // (1 << 31))


def _below(word: str, most: int, of: str = "h") -> pl.Expr:
    """A chance from 0 to `most` - 1, as Int64."""
    return (chance(word, of) % most).cast(pl.Int64)


def store_name(number: pl.Expr) -> pl.Expr:
    """The name of a store by its number."""
    return pl.format("第{}店", number.cast(pl.String).str.zfill(4))


def _picked(words: Sequence[str], number: pl.Expr) -> pl.Expr:
    """The word of that number."""
    return pl.lit(pl.Series(words, dtype=pl.String)).gather(number)


def base(crowd: Crowd, stores: range, month: Month) -> pl.DataFrame:
    """One line an order of some stores in a month.

    `s` store, `i` index, `root` the order whose car and fault it has, `h` and `hr` hashes of both; `opened`, `finished`
    in local seconds since 1970.
    """
    first = crowd.begin(month)
    frame = pl.DataFrame({"s": pl.int_range(stores.start, stores.stop, eager=True)}).join(
        pl.DataFrame({"i": pl.int_range(first, first + crowd.orders, eager=True)}), how="cross"
    )
    frame = frame.with_columns(h=hashed(crowd, "s", "i"))
    daily = max(1, crowd.orders // month.days)
    back = daily * _SOONEST + _below("back", daily * _SPREAD)
    # An order of the first days has nothing before it that could have come back.
    returns = (_below("returns", _SCALE) < COMEBACKS) & (pl.col("i") - back >= 0)
    # 719 163 is the ordinal of the first of January 1970.
    midnight = (month.first.toordinal() - 719_163) * _DAY
    day = (pl.col("i") - first) * month.days // crowd.orders
    frame = frame.with_columns(
        root=pl.when(returns).then(pl.col("i") - back).otherwise("i"),
        # From half past eight, within seven hours; the day itself
        # follows from the number, so that all days are equally full.
        opened=midnight + day * _DAY + 30_600 + _below("opened", 420) * 60,
    )
    # What car and fault are asked of: a comeback has both from the order that it comes back for.
    frame = frame.with_columns(hr=hashed(crowd, "s", "root"))
    work = 40 + _below("work", 300) + pl.when(waits()).then(90).otherwise(0)
    return frame.with_columns(finished=pl.col("opened") + work * 60)


def waits() -> pl.Expr:
    """Whether an order waits for a part."""
    return _below("waits", _SCALE) < WAITING


def _stores(crowd: Crowd) -> pl.Expr:
    names = [f"第{store:04d}店" for store in range(1, crowd.stores + 1)]
    return _picked(names, pl.col("s") - 1)


def _person(crowd: Crowd, letter: str, count: int, word: str) -> pl.Expr:
    """One of a store's people with that letter; their ids are made once and looked up."""
    ids = [f"{store:04d}{letter}{number:02d}" for store in range(1, crowd.stores + 1) for number in range(count)]
    return _picked(ids, (pl.col("s") - 1) * count + _below(word, count))


def employee(store: pl.Expr, letter: str, number: pl.Expr) -> pl.Expr:
    """An employee id: store, a letter for the position, number."""
    return pl.format("{}{}{}", store.cast(pl.String).str.zfill(4), pl.lit(letter), number.cast(pl.String).str.zfill(2))


def _number(column: str) -> pl.Expr:
    return pl.format("R{}", pl.col(column).cast(pl.String).str.zfill(7))


def _vin() -> pl.Expr:
    return pl.format("LSV{}{}", pl.col("s").cast(pl.String).str.zfill(6), pl.col("root").cast(pl.String).str.zfill(8))


def _instant(crowd: Crowd, seconds: pl.Expr) -> pl.Expr:
    return ((seconds - crowd.east * _HOUR) * 1_000_000).cast(pl.Datetime("us", "UTC"))


def _yuan(fen: pl.Expr) -> pl.Expr:
    """Fen as a decimal of two places, without rounding."""
    return (fen.cast(pl.Decimal(18, 0)) / 100).cast(pl.Decimal(18, 2))


def _fault(line: int) -> pl.Expr:
    return _picked(SYSTEMS, _below(f"fault{line}", len(SYSTEMS), "hr"))


def _hours(line: int) -> pl.Expr:
    """Billed hours of a job in hundredths."""
    return 60 + _below(f"hours{line}", 24) * 10


def _second() -> pl.Expr:
    return _below("second", _SCALE) < SECOND


def orders(crowd: Crowd, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of `repair_orders`."""
    returned = pl.col("root") != pl.col("i")
    labour = 18_000 * (_hours(1) + pl.when(_second()).then(_hours(2)).otherwise(0)) // 100
    parts = 5_000 + _below("parts", 900) * 100
    promised = pl.col("opened") + (230 + _below("promised", 260)) * 60
    delivered = pl.col("finished") + (10 + _below("delivered", 60)) * 60
    kind = _picked(_KINDS, _below("kind", len(_KINDS)))
    return frame.select(
        ro_no=_number("i"),
        store=_stores(crowd),
        vin=_vin(),
        opened_at=_instant(crowd, pl.col("opened")),
        dispatched_at=_instant(crowd, pl.col("opened") + 600),
        first_promised_at=_instant(crowd, promised),
        promised_at=_instant(crowd, promised),
        finished_at=_instant(crowd, pl.col("finished")),
        delivered_at=_instant(crowd, delivered),
        settled_at=_instant(crowd, delivered + 300),
        advisor=_person(crowd, "A", crowd.advisors, "advisor"),
        technician=_person(crowd, "T", crowd.technicians, "technician"),
        kind=pl.when(returned).then(pl.lit("repair")).otherwise(kind),
        mileage_km=500 + _below("mileage", 180_000),
        labour_amount=_yuan(labour),
        parts_amount=_yuan(parts),
        labour_cost=_yuan(labour * 35 // 100),
        parts_cost=_yuan(parts * 75 // 100),
        booked=_below("booked", _SCALE) < BOOKED,
        inspected=pl.lit(True),
        waiting_parts_seconds=pl.when(waits()).then(5_400).otherwise(0).cast(pl.Int64),
        rework=returned & (_below("judged", 10) < 7),
        first_ro_no=pl.when(returned).then(_number("root")),
    )


def jobs(crowd: Crowd, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of `job_lines`: one job an order, a second one for some."""
    lines = [_job(crowd, frame, 1), _job(crowd, frame.filter(_second()), 2)]
    # Jobs of one order stand together, as a system exports them.
    return pl.concat(lines).sort("store", "ro_no", "line")


def _job(crowd: Crowd, frame: pl.DataFrame, line: int) -> pl.DataFrame:
    hours = _hours(line)
    clocked = hours * (70 + _below(f"clocked{line}", 60)) // 100
    return frame.select(
        ro_no=_number("i"),
        line=pl.lit(line, pl.Int64),
        technician=_person(crowd, "T", crowd.technicians, "technician"),
        store=_stores(crowd),
        opened_at=_instant(crowd, pl.col("opened")),
        fault_system=_fault(line),
        standard_hours=_yuan(hours),
        billed_hours=_yuan(hours),
        clocked_hours=_yuan(clocked),
        share=pl.lit(1).cast(pl.Decimal(18, 3)),
        labour_amount=_yuan(18_000 * hours // 100),
        internal=pl.lit(False),
        claim=pl.lit(False),
        finished_at=_instant(crowd, pl.col("finished")),
    )


def surveys(crowd: Crowd, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of `surveys`: three orders in ten are called on the third day; those of the last days in the month after."""
    asked = frame.filter(_below("asked", 10) < 3)
    due = (pl.col("finished") // _DAY + 3).cast(pl.Int32).cast(pl.Date)
    reached = _below("reached", 100) < 87
    return asked.select(
        survey_no=pl.format("S{}", pl.col("i").cast(pl.String).str.zfill(7)),
        store=_stores(crowd),
        ro_no=_number("i"),
        advisor=_person(crowd, "A", crowd.advisors, "advisor"),
        technician=_person(crowd, "T", crowd.technicians, "technician"),
        due_on=due,
        asked_on=due,
        reached=reached,
        satisfied=pl.when(reached).then(_below("happy", 100) < 95),
    )


def complaints(crowd: Crowd, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of `complaints`: about one order in a hundred."""
    said = frame.filter(_below("complains", 100) < 1)
    received = pl.col("finished") + 2 * _HOUR
    return said.select(
        complaint_no=pl.format("C{}", pl.col("i").cast(pl.String).str.zfill(7)),
        store=_stores(crowd),
        ro_no=_number("i"),
        received_at=_instant(crowd, received),
        due_at=_instant(crowd, received + 2 * _DAY),
        answered_at=_instant(crowd, received + 1_800),
        closed_at=_instant(crowd, received + _DAY),
        valid=_below("valid", 10) < 7,
        responsible=_person(crowd, "A", crowd.advisors, "advisor"),
    )


def mended(crowd: Crowd, frame: pl.DataFrame, one_in: int) -> pl.DataFrame:
    """Orders told anew with 10 yuan more for parts: one in `one_in`."""
    some = frame.filter(_below("mended", one_in) == 0)
    return orders(crowd, some).with_columns((pl.col("parts_amount") + 10).cast(pl.Decimal(18, 2)))


def complete(source: Source, frame: pl.DataFrame, types: dict[str, pl.DataType]) -> pl.DataFrame:
    """The frame with every canonical column in the source's own order and types, and `_row`."""
    known = [pl.col(c).cast(t) if c in frame.columns else pl.lit(None, t).alias(c) for c, t in types.items()]
    return frame.select(known).with_columns(_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
