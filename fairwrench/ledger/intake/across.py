"""Rows of another source that stand across a sheet: `年假(天)` 2 on an attendance sheet is a row of leave.

Each person and kind with an amount is a row; of its days the month alone is known. A row of the sheet whose amounts
cannot all be read gives none, with the reason: what it would have said is handed in again whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from fairwrench.ledger.body.sheet_rows import Handed, Rows
from fairwrench.ledger.cells.labels import label_key, without_unit
from fairwrench.ledger.cells.numbers import Reading, read_number
from fairwrench.ledger.cells.reasons import Failures, Reason
from fairwrench.ledger.cells.units import TIME, words_of
from fairwrench.ledger.cells.words import FAULT, fault_reason, stripped
from fairwrench.ledger.columns import polars_type
from fairwrench.ledger.files.sheet import Sheet
from fairwrench.ledger.header.header import Header
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.exact import half_up
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.labels import column_label
from fairwrench.settlement.source.source import Across, ColumnUnit, Source

_HOUR, _DAY = TIME["小时"], TIME["天"]
#: decimals of an amount as it is read, before days become hours
_PLACES = 6
_HOURS_OF_DAY = 24
#: 事假天数, 病假小时数
_NUMBER_OF = re.compile(r"(?P<base>.+?)(?P<unit>天|日|小时|分钟|时)数")
#: columns that are named one by one
_SHOWN = 4

LOST_WITH_ROW = Reason(
    "lost_with_row",
    "这一行的考勤被退回，请假也没有计入；请更正后整行再交",
    "the row itself was rejected, and so is the leave in it; mend it and hand the whole row in again",
)
NEGATIVE = Reason("too_small", "不能小于 0", "this must not be less than 0")


@dataclass(frozen=True, slots=True)
class Crossing:
    """A column of the grid that holds amounts of one kind, in a unit of so many `seconds`; `word` names the kind."""

    at: int
    label: str
    word: str
    kind: str
    seconds: int


class _Said(NamedTuple):
    """What one cell says, in hours."""

    column: Crossing
    text: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Crossings:
    """The columns of a sheet that hold rows of another source, and those of that sort whose kind is not known."""

    other: str
    read: tuple[Crossing, ...]
    unknown: tuple[tuple[int, str], ...]
    #: named after a kind without saying in which unit
    unclear: tuple[tuple[int, str], ...] = ()

    @property
    def places(self) -> frozenset[int]:
        """Where they stand in the grid."""
        return frozenset({*(each.at for each in self.read), *(at for at, _ in (*self.unknown, *self.unclear))})


@dataclass(slots=True)
class Crossed:
    """What stands across a sheet in the columns `found`.

    `accepted` has the columns of the other source and `_row`, `failures` say why rows were rejected (columns of
    FAILURES, `_field` being the label), `speaks_of` of whom and of which kinds the sheet speaks, with or without an
    amount.
    """

    found: Crossings
    accepted: pl.DataFrame
    failures: pl.DataFrame
    rows: int
    speaks_of: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)


def crossings(sheet: Sheet, header: Header, source: Source, sources: Mapping[str, Source]) -> list[Crossings]:
    """The columns of a sheet that hold rows of other sources, by source; one that names a kind without a unit of time
    cannot be read."""
    bound = {binding.at for binding in header.bindings}
    free = [(at, label) for at, label in enumerate(header.labels) if label and at not in bound]
    found = []
    for other, across in source.across.items():
        target = sources.get(other)
        # A store's own kind of file of that name may be another thing.
        if target is None or not {*across.theirs} <= {*target.columns}:
            continue
        words = target.columns[across.kinds].one_of or {}
        kinds = {label_key(word): kind for kind, every in words.items() for word in (kind, *every)}
        read, unknown, unclear = [], [], []
        for at, label in free:
            for name in _names(sheet, header, at, label):
                base, seconds = _kind_and_seconds(name)
                if base in kinds and seconds is None:
                    unclear.append((at, name))
                    break
                if seconds and base in kinds:
                    read.append(Crossing(at, name, base, kinds[base], seconds))
                    break
                if seconds and base.endswith(across.named_like) and across.named_like:
                    unknown.append((at, name))
                    break
        if read or unknown or unclear:
            found.append(Crossings(other, tuple(read), tuple(unknown), tuple(unclear)))
    return found


def _names(sheet: Sheet, header: Header, at: int, label: str) -> list[str]:
    """What a column may be called: the lower line of its header alone, or both."""
    lower = (sheet.grid.item(header.last, at) or "").strip()
    return [lower, label] if lower and lower != label else [label]


def _kind_and_seconds(name: str) -> tuple[str, int | None]:
    """What a column is named after, and how many seconds its unit has: 0 where that is none of time (次), None where it
    names no unit. `事假天数` says it as well as `事假(天)`."""
    base, unit = without_unit(name)
    if not unit and (told := _NUMBER_OF.fullmatch(base)):
        base, unit = told["base"], told["unit"]
    words = words_of(unit.removesuffix("数"))
    if not words:
        return base, None
    return base, TIME.get(words[0], 0) if len(words) == 1 else 0


def crossed(rows: Rows, sheet: Sheet, across: Across, found: Crossings, target: Source) -> Crossed:
    """The rows of another source that stand across a sheet whose own rows were checked."""
    return _Reader(rows, sheet, across, found, target).read()


class _Reader:
    def __init__(self, rows: Rows, sheet: Sheet, across: Across, found: Crossings, target: Source) -> None:
        self.rows, self.sheet, self.across, self.found, self.target = rows, sheet, across, found, target
        self.handed: Handed = rows.handed
        self.failures = Failures()
        self.person = next(iter(across.same))
        self.month = rows.source.filed_by

    def read(self) -> Crossed:
        # A row of the sheet is one of `frame` here: nothing that names several people has kinds across it.
        own = self.rows.frame.unique("_row", keep="first", maintain_order=True)
        texts = self._texts(own["_row"])
        made: list[dict[str, object]] = []
        for place, row in enumerate(own.iter_rows(named=True)):
            cells = [(each, str(text)) for each in self.found.read if (text := texts[f"c{each.at}"][place]) is not None]
            if cells:
                made += self._of_row(row, cells)
        lost = self._lost_with_rows()
        accepted = self._frame(made)
        failures = self.failures.all()
        # A kind without a column here is one of which this sheet says nothing, not even that there was none.
        kinds = pl.DataFrame(
            {self.across.kinds: sorted({each.kind for each in self.found.read})}, {self.across.kinds: pl.String}
        )
        speaks = own.filter(~pl.col("_at").is_in(failures["_at"].implode())).select(
            *(pl.col(ours).alias(theirs) for ours, theirs in self.across.same.items()),
            # what all these rows share, and rows that came by another file do not
            pl.lit(value=True).alias(self.across.alone),
        )
        speaks = speaks.join(kinds, how="cross")
        told = [*self._told(accepted), *self._unknown(own["_row"]), *self._unclear(own["_row"])]
        rejected = pl.concat([failures, lost])
        count = accepted["_row"].n_unique() + rejected["_at"].n_unique()
        return Crossed(self.found, accepted, rejected, count, speaks.drop_nulls(), told)

    def _texts(self, rows: pl.Series) -> pl.DataFrame:
        """The cells of some rows of the sheet, null where they say nothing."""
        ats = sorted(self.found.places)
        cells = self.sheet.grid.select(stripped(pl.col(f"c{at}")).alias(f"c{at}") for at in ats)
        return cells[rows.cast(pl.Int64) - 1]

    def _of_row(self, row: Mapping[str, object], cells: list[tuple[Crossing, str]]) -> list[dict[str, object]]:
        """The rows that one row of the sheet gives; none where one of its cells is rejected."""
        at, month = int(str(row["_at"])), Month.parse(str(row[self.month]))
        a_day, sound = self._hours_a_day(row, month), True
        said: dict[str, dict[str, _Said]] = {}
        for each, text in cells:
            value = self._hours(each, text, a_day, month)
            if isinstance(value, Reason):
                sound = self._reject(at, each, text, value)
                continue
            # One kind in days and in hours is said twice, and both have to say the same.
            before = said.setdefault(each.kind, {}).setdefault(each.word, _Said(each, text, value))
            if before.hours != value:
                sound = self._reject(at, each, text, _differ(before, a_day))
        amounts = {kind: [one for one in words.values() if one.hours] for kind, words in said.items()}
        for kind, (first, *others) in ((kind, given) for kind, given in amounts.items() if given):
            # 出差 and 外出 are two things of one kind; 福利年假 may be part of 年假.
            if kind in self.across.adds_up:
                sound = self._within_month(at, [first, *others], month) and sound
                amounts[kind] = [first._replace(hours=sum((each.hours for each in others), first.hours))]
                continue
            for other in others:
                sound = self._reject(at, other.column, other.text, _twice(first.column.label))
        if not sound:
            return []
        across = self.across
        same = {theirs: row[ours] for ours, theirs in across.same.items()} | {"_row": row["_row"]}
        same |= self._times(month) | {across.alone: True}
        return [
            {**same, across.kinds: kind, across.take: one.hours} for kind, given in amounts.items() for one in given
        ]

    def _within_month(self, at: int, given: list[_Said], month: Month) -> bool:
        """Whether amounts that add up are still within the month, as each of them is."""
        days, last = month.last.day, given[-1]
        if sum(each.hours for each in given) <= days * _HOURS_OF_DAY:
            return True
        return self._reject(at, last.column, last.text, _too_much(days, in_days=False))

    def _reject(self, at: int, each: Crossing, text: str, why: Reason) -> bool:
        self.failures.add_rows([at], each.label, [text], [why])
        return False

    def _hours(self, each: Crossing, text: str, a_day: Decimal | Reason, month: Month) -> Decimal | Reason:
        """An amount in hours, or why it has none."""
        if pl.Series([text]).str.contains(FAULT).item():
            return fault_reason(text)
        in_days = each.seconds == _DAY
        unit: ColumnUnit = "days" if in_days else "hours"
        factor = Fraction(1) if in_days else Fraction(each.seconds, _HOUR)
        figure = read_number(text, _PLACES, Reading(unit, factor))
        if isinstance(figure, Reason):
            return figure
        if figure.value < 0:
            return NEGATIVE
        days = month.last.day
        if figure.value > (days if in_days else days * _HOURS_OF_DAY):
            return _too_much(days, in_days=in_days)
        if in_days and figure.value and isinstance(a_day, Reason):
            return a_day
        per = a_day if in_days and isinstance(a_day, Decimal) else 1
        hundredths = Fraction(figure.value) * Fraction(per) * 100
        return Decimal(half_up(hundredths.numerator, hundredths.denominator)).scaleb(-2)

    def _hours_a_day(self, row: Mapping[str, object], month: Month) -> Decimal | Reason:
        """How many hours a day has where somebody works in a month; the reason where their stores differ."""
        across = self.across
        if not across.hours_a_day_in:
            return across.hours_a_day
        stores = self._stores(row, month)
        found = {across.hours_a_day_in.get(store, across.hours_a_day) for store in stores} or {across.hours_a_day}
        return found.pop() if len(found) == 1 else _two_days(stores)

    def _stores(self, row: Mapping[str, object], month: Month) -> list[str]:
        directory = self.handed.directory
        if row.get("_store"):
            return [str(row["_store"])]
        if directory is None:
            return []
        posts = directory.roster.filter(pl.col("employee_id") == str(row[self.person])).drop_nulls("store")
        there = (pl.col("from").is_null() | (pl.col("from") <= month.last)) & (
            pl.col("to").is_null() | (pl.col("to") >= month.first)
        )
        # who left before the month is where they were last
        now = posts.filter(there)
        return sorted((now if now.height else posts.tail(1))["store"].unique())

    def _times(self, month: Month) -> dict[str, object]:
        zone = ZoneInfo(self.handed.time_zone)
        return {
            self.across.begins: _midnight(month.first, zone),
            self.across.ends: _midnight(month.last, zone),
        }

    def _frame(self, made: list[dict[str, object]]) -> pl.DataFrame:
        types = {name: polars_type(column) for name, column in self.target.columns.items()} | {"_row": pl.Int64()}
        return pl.DataFrame([{name: row.get(name) for name in types} for row in made], schema=types)

    def _lost_with_rows(self) -> pl.DataFrame:
        """Amounts in rows of the sheet that were rejected themselves: each is rejected, none is lost in silence."""
        lost = Failures()
        positions = self.rows.failures.positions.sort()
        numbers = self.rows.numbers.gather(positions)
        texts = self._texts(numbers)
        for place, at in enumerate(positions):
            for each in self.found.read:
                text = texts[f"c{each.at}"][place]
                if text is not None and not _is_nothing(text):
                    lost.add_rows([at], each.label, [text], [LOST_WITH_ROW])
        return lost.all()

    def _told(self, accepted: pl.DataFrame) -> Iterable[Problem]:
        """What was read from which columns, and by how many hours a day."""
        found, count = self.found.read, len(self.found.read)
        if not count:
            return
        people, of, more = accepted["_row"].n_unique(), accepted.height, count > _SHOWN
        labels = [each.label for each in found[:_SHOWN]]
        zh = f"{self.target.name.zh} {of} 条（{people} 人），来自{''.join(f'“{label}”' for label in labels)}"
        zh += f"{'等 ' if more else ' '}{count} 列"
        en = f"{number_of(of, 'row')} of {self.target.name.en.lower()}, of {number_of(people, 'person', 'people')}, "
        en += f"from {number_of(count, 'column')}: {', '.join(labels)}{', …' if more else ''}"
        if any(each.seconds == _DAY for each in found):
            hours, own = _plain(self.across.hours_a_day), self.across.hours_a_day_in.items()
            others = [f"{store} {_plain(number)}" for store, number in own]
            zh += f"，1 天按 {hours} 小时{'（' + '、'.join(others) + '）' if others else ''}"
            en += f"; a day has {hours} hours{' (' + ', '.join(others) + ')' if others else ''}"
        zh += f"；是哪几天不详。另有{self.target.name.zh}表的，两种只交一种"
        en += "; on which days is not known. Where there is a file of its own as well, hand in one of the two"
        yield Problem("read_across", zh, en, "note", subject=self.found.other)

    def _unclear(self, rows: pl.Series) -> Iterable[Problem]:
        """Columns named after a kind that do not say whether they are in days or in hours."""
        texts = self._texts(rows)
        for at, label in self.found.unclear:
            people = sum(not _is_nothing(text) for text in texts[f"c{at}"].drop_nulls())
            if not people:
                continue
            zh = f"“{label}”没有写明单位（天还是小时），有 {people} 人填了数，没有计入；"
            zh += f"请把列名改成“{label}(天)”或“{label}(小时)”"
            en = f"{label!r} does not say whether it is in days or hours: "
            en += f"{number_of(people, 'person has', 'people have')} a figure there that does not count; name it "
            en += f"{label}(天) or {label}(小时)"
            details = {"column": label}
            yield Problem("kind_without_unit_across", zh, en, "warning", subject=self.found.other, details=details)

    def _unknown(self, rows: pl.Series) -> Iterable[Problem]:
        """Columns named like kinds that nobody knows: with how much in them nobody counts."""
        texts = self._texts(rows)
        for at, label in self.found.unknown:
            said = texts[f"c{at}"].drop_nulls()
            people = sum(not _is_nothing(text) for text in said)
            if not people:
                continue
            kinds = column_label(self.target, self.across.kinds, {})
            zh = f"“{label}”不是已知的{kinds.zh}，有 {people} 人填了数，没有计入；"
            zh += f"请改成已知的名称，或另交{self.target.name.zh}表"
            en = f"{label!r} is no known {kinds.en.lower()}: {number_of(people, 'person has', 'people have')} a figure "
            en += "there that does not count; name it by a known one, or hand the rows in as a file of their own"
            yield Problem("kind_unknown_across", zh, en, "warning", subject=self.found.other, details={"column": label})


def _differ(other: _Said, a_day: Decimal | Reason) -> Reason:
    zh, en = (
        f"与“{other.column.label}”的 {other.text} 不一致",
        f"this differs from {other.text} in {other.column.label!r}",
    )
    if isinstance(a_day, Decimal):
        zh, en = f"{zh}（1 天按 {_plain(a_day)} 小时）", f"{en} (a day has {_plain(a_day)} hours)"
    return Reason("columns_differ_across", f"{zh}；请更正其中一个", f"{en}; mend one of them")


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _is_nothing(text: str) -> bool:
    """Whether a cell says that there is no amount: 0, 0.0, 0天."""
    figure = read_number(text, _PLACES, Reading("days"))
    return not isinstance(figure, Reason) and figure.value == 0


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _too_much(days: int, *, in_days: bool) -> Reason:
    most, zh, en = (days, "天", "days") if in_days else (days * _HOURS_OF_DAY, "小时", "hours")
    return Reason("above_month", f"超过了这个月的 {most} {zh}", f"this is above the {most} {en} of the month")


def _twice(label: str) -> Reason:
    zh = f"“{label}”是同一种假别，两列都填了数，看不出是否重复；请合成一列，或另交请假表"
    en = f"{label!r} is the same kind, both have a figure, and one may be part of the other: make them one column, or "
    return Reason("kind_twice_across", zh, en + "hand in a leave file")


def _two_days(stores: list[str]) -> Reason:
    zh = f"本人这个月在{'、'.join(stores)}，各店一天的工时不同，不能折算；请另交请假表"
    en = f"the person was in {', '.join(stores)}, where a day has different hours: hand in a leave file"
    return Reason("hours_a_day_differ", zh, en)
