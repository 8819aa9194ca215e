"""Days in columns of times: a day without a time of day is midnight, and later than nothing that happened on it.

A date alone cannot be compared with a time to the hour, so it is told before it counts; and what cannot have happened
before something else, or years after it, rejects its row. What lies well after the month handed in is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from fairwrench.ledger.body.sheet_rows import Rows
from fairwrench.ledger.body.tales import Tale
from fairwrench.ledger.cells.reasons import Failures, Reason
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Column, Source, Text

#: a text that gives a day and no time of it, or a spreadsheet's number of one
_DAY_ALONE = r"^\s*(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?|\d{8}|\d{5})\s*$"
#: One time in 1 440 is midnight by chance. Two, and more than one in a hundred, are fourteen times as many: days that a
#: workbook keeps as dates, which are midnight there.
_STRAY, _CHANCE = 1, 100
#: microseconds
_QUARTER, _DAY = 900_000_000, 86_400_000_000
#: days of a later year that are shown
_SHOWN_AHEAD = 3


@dataclass(frozen=True, slots=True)
class _Days:
    """Rows whose cell in a column of times gives a day: how many, and the first with its number in the sheet."""

    rows: int = 0
    number: int = 0
    cell: str | None = None

    def joined(self, later: _Days) -> _Days:
        return replace(self, rows=self.rows + later.rows) if self.rows else later


@dataclass(frozen=True, slots=True)
class _WithoutTime:
    """Of a column of times the cells that say anything, those that are midnight (`at`), and those that give a day
    alone."""

    name: str
    column: Column
    said: int
    at: int
    midnight: _Days
    alone: _Days

    def joined(self, later: _WithoutTime) -> _WithoutTime:
        midnight, alone = self.midnight.joined(later.midnight), self.alone.joined(later.alone)
        return replace(self, said=self.said + later.said, at=self.at + later.at, midnight=midnight, alone=alone)

    def problems(self) -> list[Problem]:
        # In whole numbers: more than one midnight, and more than one in a hundred of the cells that say anything.
        many = self.at > _STRAY and _CHANCE * self.at > self.said
        told = self.midnight if many else self.alone
        return [_without_time(self.name, self.column, told)] if told.rows else []


def days_without_time(rows: Rows) -> Iterator[Tale]:
    """What to tell of columns of times whose cells give days alone; the one that a row is filed by needs no more."""
    for name, column in rows.source.columns.items():
        told = name in rows.cells and name != rows.source.filed_by and not column.whole_days
        if column.type != "timestamp" or not told:
            continue
        values = rows.frame[name]
        at = rows.frame["_at"].filter(midnights(values, rows.handed.time_zone))
        texts = rows.cells[name].gather(at)
        alone = at.filter(texts.str.contains(_DAY_ALONE).fill_null(False))
        said = len(values) - values.null_count()
        yield _WithoutTime(name, column, said, len(at), _days(at, name, rows), _days(alone, name, rows))


def _days(at: pl.Series, name: str, rows: Rows) -> _Days:
    told = at.unique().sort()
    return _Days(len(told), rows.numbers[told[0]], rows.cells[name][told[0]]) if len(told) else _Days()


def reject_out_of_order(
    frame: pl.DataFrame, source: Source, cells: Mapping[str, pl.Series], failures: Failures, time_zone: str
) -> None:
    """Reject rows in which something happened before what it follows (`after`), or too long afterwards."""
    for name, column in source.columns.items():
        if column.after is None:
            continue
        value, other = frame[name], frame[column.after]
        what = _called(column.after, source.columns[column.after])
        known = failures.all().filter(pl.col("_field") == column.after)["_at"]
        other = other.set(
            frame["_at"].is_in(known.implode()), None
        )  # a date that is wrong itself says nothing of others
        early = (value < other).fill_null(False)
        if early.any():
            # a day without a time is midnight, and no earlier than whatever happened on that day
            same_day = (_day(value, time_zone) == _day(other, time_zone)).fill_null(False)
            early &= ~(midnights(value, time_zone) & same_day)
        _reject(failures, name, frame["_at"].filter(early), cells, _before(what))
        if column.within_days is not None:
            late = (value > other.dt.offset_by(f"{column.within_days}d")).fill_null(False)
            _reject(failures, name, frame["_at"].filter(late), cells, _long_after(what, column.within_days))


def midnights(values: pl.Series, time_zone: str) -> pl.Series:
    """Which instants are midnight where the store is; offsets are whole quarters of an hour."""
    if values.dtype == pl.Date:
        return values.is_not_null()
    # Cheap first: only instants on a quarter of an hour can be a midnight anywhere, and only these ask the zone.
    quarters = (values.to_physical() % _QUARTER == 0).fill_null(False)
    at = quarters.arg_true()
    local = values.gather(at).dt.convert_time_zone(time_zone).dt.replace_time_zone(None)
    return quarters.scatter(at, local.to_physical() % _DAY == 0)


def _day(values: pl.Series, time_zone: str) -> pl.Series:
    return values if values.dtype == pl.Date else values.dt.convert_time_zone(time_zone).dt.date()


def _reject(failures: Failures, name: str, at: pl.Series, cells: Mapping[str, pl.Series], reason: Reason) -> None:
    if len(at):
        failures.add(name, at, cells[name].gather(at), reason)


def _called(name: str, column: Column) -> Text:
    return column.name or Text(zh=name, en=name)


def _before(what: Text) -> Reason:
    return Reason(
        "out_of_order",
        f"早于“{what.zh}”，不可能；请核对日期和时间",
        f"this lies before {what.en!r}, which cannot be; look at both dates",
    )


def _long_after(what: Text, days: int) -> Reason:
    return Reason(
        "far_apart",
        f"比“{what.zh}”晚 {days} 天以上；请核对年份",
        f"this lies more than {number_of(days, 'day')} after {what.en!r}; look at the year",
    )


def _without_time(name: str, column: Column, days: _Days) -> Problem:
    what, count = _called(name, column), days.rows
    return Problem(
        code="day_without_time",
        zh=f"“{what.zh}”有 {count} 行只有日期、没有时刻（例如第 {days.number} 行 {days.cell}），按当天零点计；与时刻"
        "比较的指标（如按时交车）会因此偏严或偏宽，请导出带时刻的列",
        en=f"{number_of(count, 'row gives', 'rows give')} a day without a time in {what.en!r}, such as row "
        f"{days.number}: {days.cell}; it counts as midnight, so what is compared with it to the hour may be wrong: "
        "export the times, too",
        severity="warning",
        details={"column": name, "rows": str(count)},
    )


def after(values: pl.Series, last: date, time_zone: str) -> pl.Series:
    """Which dates, or local dates of instants, lie after `last`, the last day of a month."""
    if values.dtype == pl.Date:
        return (values > last).fill_null(False)
    if isinstance(values.dtype, pl.Datetime):
        end = Month.of(last).bounds_utc(time_zone)[1]
        return (values >= end).fill_null(False)
    return (values > f"{last:%Y-%m}").fill_null(False)


@dataclass(frozen=True, slots=True)
class FarAhead:
    """In how many rows a column lies after `last`, with some of its days.

    A row that is handed in again months later may be right so: it counts, and it is said.
    """

    called: Text
    column: str
    last: date
    shown: tuple[str, ...]
    rows: int

    @classmethod
    def of(cls, name: str, column: Column, values: pl.Series, period: Month, time_zone: str) -> FarAhead:
        """What a column has of it; like dates of the month itself it may lie in the month after."""
        last = period.plus(1).last
        far = values.filter(after(values, last, time_zone))
        days = far.dt.convert_time_zone(time_zone).dt.date() if isinstance(far.dtype, pl.Datetime) else far
        shown = tuple(map(str, days.unique(maintain_order=True).head(_SHOWN_AHEAD)))
        return cls(column.name or Text(zh=name, en=name), name, last, shown, len(far))

    def joined(self, later: FarAhead) -> FarAhead:
        """Of two parts of one sheet."""
        shown = tuple(dict.fromkeys((*self.shown, *later.shown)))[:_SHOWN_AHEAD]
        return replace(self, shown=shown, rows=self.rows + later.rows)

    def problems(self) -> list[Problem]:
        """A warning, where there is one."""
        if not self.rows:
            return []
        zh_days, en_days = "、".join(self.shown), ", ".join(self.shown)
        rows = number_of(self.rows, "row has", "rows have")
        return [
            Problem(
                code="far_ahead",
                zh=f"{self.rows} 行的“{self.called.zh}”晚于 {self.last}（如 {zh_days}），可能写错了年份；"
                "按所写日期计入，请核对",
                en=f"{rows} {self.called.en!r} after {self.last} (such as {en_days}), perhaps of a wrong year; "
                "they count by the day that is written, look at them",
                severity="warning",
                details={"column": self.column, "rows": str(self.rows)},
            )
        ]
