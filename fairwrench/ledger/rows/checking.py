"""What the source demands of a row's values beside their types: required, bounds, dates not ahead, check digits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from fairwrench.ledger.body.tales import Told
from fairwrench.ledger.cells.reasons import Failures, Reason
from fairwrench.ledger.rows.blanks import BLANK, refused_blanks
from fairwrench.ledger.rows.days import FarAhead, after, reject_out_of_order
from fairwrench.ledger.rows.reversals import MIXED, NEGATIVE, mixed_rows, reversals_in
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Column, Source, Text

#: GB 16735 / ISO 3779: the value of each sign and the weight of each place; the ninth place is the check digit
_SIGNS = {**{str(n): n for n in range(10)}, **dict(zip("ABCDEFGH", range(1, 9), strict=True))}
_SIGNS |= dict(zip("JKLMN", range(1, 6), strict=True)) | {"P": 7, "R": 9}
_SIGNS |= dict(zip("STUVWXYZ", range(2, 10), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK_PLACE = 8
_VIN = r"^[A-HJ-NPR-Z0-9]{17}$"
_SHOWN = 5

REQUIRED = Reason("required", "必填，不能为空", "this is required")


def check_values(
    frame: pl.DataFrame,
    source: Source,
    cells: Mapping[str, pl.Series],
    failures: Failures,
    *,
    period: Month | None,
    time_zone: str,
    throughout: Collection[str] | None = None,
) -> list[Told]:
    """Reject rows that break the source's demands; returns warnings that reject nothing.

    `frame` has the typed columns of the source, `_at`, and for a person `_said_…`, the name as written; `cells` the
    texts as uploaded, by column and position. `throughout` are the columns that the sheet leaves empty in every row,
    where `frame` is only a part of it.
    """
    # What typing has rejected already: such a cell is null here and must not be told once more as empty.
    told = failures.all().select("_at", "_field")
    problems: list[Told] = []
    for name, column in source.columns.items():
        values = frame[name]
        said = frame[f"_said_{name}"] if f"_said_{name}" in frame.columns else values
        if name in must_fill(source) and column.type != "store" and said.has_nulls():
            silent = told.filter(pl.col("_field") == name)["_at"]
            empty = frame["_at"].filter(said.is_null())
            _reject(failures, name, empty.filter(~empty.is_in(silent.implode())), cells, REQUIRED)
        if name in cells:
            _reject(
                failures, name, refused_blanks(frame, column, name, silent=told, throughout=throughout), cells, BLANK
            )
        for wrong, reason in _bounds(values, column, reversible=name in source.reversible):
            _reject(failures, name, frame["_at"].filter(wrong), cells, reason)
        # Measured against the month handed in for, not against a clock:
        # read again next year the file gives the same rows.
        if column.check == "not_future" and period:
            last = period.plus(1).last
            _reject(failures, name, frame["_at"].filter(after(values, last, time_zone)), cells, _future(last))
        # Leave is known ahead; of everything else it is told.
        if column.after and period and not column.whole_days:
            problems.append(FarAhead.of(name, column, values, period, time_zone))
        if column.check == "vin":
            # A warning and no rejection: a car built for another market may have a number without a check digit.
            problems.append(_wrong_vins(values))
    reject_out_of_order(frame, source, cells, failures, time_zone)
    _reject_above(frame, source, cells, failures)
    if source.reversible:
        problems.append(reversals_in(frame, source))
        # A row half negative is neither a reversal nor a sale; which one was meant nobody can tell.
        mixed = mixed_rows(frame, source)
        _reject(failures, source.reversible[0], frame["_at"].filter(mixed), cells, MIXED)
    return problems


def must_fill(source: Source) -> list[str]:
    """The columns that no row may leave empty. A person in the key may be on no roster, but must be named."""
    return list(
        dict.fromkeys(
            [*source.key, source.filed_by, *(name for name, column in source.columns.items() if column.required)]
        )
    )


def _reject(failures: Failures, name: str, at: pl.Series, cells: Mapping[str, pl.Series], reason: Reason) -> None:
    if len(at):
        text = cells.get(name)
        values = pl.repeat(None, len(at), dtype=pl.String, eager=True) if text is None else text.gather(at)
        failures.add(name, at, values, reason)


def _bounds(values: pl.Series, column: Column, *, reversible: bool) -> list[tuple[pl.Series, Reason]]:
    """Values out of bounds; what a reversal takes back may be less than nothing."""
    found = []
    if column.min is not None and values.dtype.is_numeric() and not (reversible and column.min == 0):
        reason = Reason("too_small", f"不能小于 {column.min}", f"this must not be less than {column.min}")
        reason = NEGATIVE if column.min == 0 and column.unit == "money" else reason
        found.append(((values < column.min).fill_null(False), reason))
    if column.max is not None and values.dtype.is_numeric():
        unit_zh, unit_en = ("；请核对单位（元？万元？）", "; look at its unit") if column.unit == "money" else ("", "")
        zh, en = f"不能大于 {column.max}{unit_zh}", f"this must not be more than {column.max}{unit_en}"
        reason = Reason("too_big", zh, en)
        found.append(((values > column.max).fill_null(False), reason))
    return found


def _reject_above(frame: pl.DataFrame, source: Source, cells: Mapping[str, pl.Series], failures: Failures) -> None:
    """Reject rows in which a number is above the one that bounds it (`at_most`): 130 points of 100."""
    for name, column in source.columns.items():
        if column.at_most is None:
            continue
        told = failures.all().filter(pl.col("_field").is_in([name, column.at_most]))["_at"]
        value, most = frame[name], frame[column.at_most]
        # A reversal takes back what was within bounds: both are below 0, and the bounded one no further.
        wrong = ((most >= 0) & (value > most)) | ((most < 0) & (value < most))
        # A number that is wrong itself says nothing of the other.
        wrong = wrong.fill_null(value=False) & ~frame["_at"].is_in(told.implode())
        called = source.columns[column.at_most].name or Text(zh=column.at_most, en=column.at_most)
        reason = Reason(
            "above_other",
            f"大于同一行的“{called.zh}”，不可能；请核对两个数",
            f"this is above {called.en!r} of the row, which cannot be; look at both",
        )
        _reject(failures, name, frame["_at"].filter(wrong), cells, reason)


def _future(last: date) -> Reason:
    return Reason("future", f"日期在将来（晚于 {last}）", f"the date lies ahead (after {last})")


def wrong_vin(vins: pl.Series) -> pl.Series:
    """Which vehicle identification numbers lack 17 permitted signs or break their check digit; null is not wrong."""
    # Only numbers of the right form go on: the bytes below are read as exactly seventeen signs.
    formed = vins.str.contains(_VIN).fill_null(False)
    well = vins.filter(formed)
    signs = well.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, len(_WEIGHTS)))
    total = pl.zeros(len(well), dtype=pl.Int16, eager=True)
    for place, weight in enumerate(_WEIGHTS):
        # A table by the code of the sign, so that a million numbers take seventeen look-ups and no loop over rows.
        parts = pl.Series([_SIGNS.get(chr(code), 0) * weight for code in range(128)], dtype=pl.Int16)
        total += parts.gather(signs.arr.get(place))
    digits = pl.Series([ord(sign) for sign in "0123456789X"], dtype=pl.UInt8)
    sound = digits.gather(total % 11) == signs.arr.get(_CHECK_PLACE)
    return (vins.is_not_null() & ~formed).scatter(formed.arg_true(), ~sound)


@dataclass(frozen=True, slots=True)
class _WrongVins:
    """How many vehicle identification numbers are wrong: `different` ones by their hash, and in how many rows."""

    shown: tuple[str, ...]
    different: pl.Series
    rows: int

    def joined(self, later: _WrongVins) -> _WrongVins:
        different = pl.concat([self.different, later.different]).unique() if len(later.different) else self.different
        shown = tuple(dict.fromkeys((*self.shown, *later.shown)))[:_SHOWN]
        return replace(self, shown=shown, different=different, rows=self.rows + later.rows)

    def problems(self) -> list[Problem]:
        if not self.rows:
            return []
        count, words = len(self.different), "、".join(self.shown)
        return [
            Problem(
                code="vin_check",
                zh=f"有 {count} 个车架号的长度、字符或校验位不对，可能录入有误，例如：{words}",
                en=f"{number_of(count, 'VIN has', 'VINs have')} a wrong length, sign or check digit, perhaps mistyped"
                f", such as {words}",
                severity="warning",
                details={"count": str(count), "rows": str(self.rows)},
            )
        ]


def _wrong_vins(vins: pl.Series) -> _WrongVins:
    wrong = vins.filter(wrong_vin(vins))
    different = wrong.unique(maintain_order=True)
    return _WrongVins(tuple(different.head(_SHOWN)), different.hash(), len(wrong))
