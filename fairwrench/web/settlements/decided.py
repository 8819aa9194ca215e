"""What people decided in the application becomes evidence like any other: a file, landed for the month it belongs to.

Otherwise a month could not be recomputed from its seal. Landing the same decisions again has no effect; a changed one
replaces what it was before.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils import timezone

from fairwrench.closing.landing import Handover, land_part, placed
from fairwrench.ledger.intake import Intake, intake
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.source import Source
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.people.models import User
from fairwrench.web.people.roster import roster_frame
from fairwrench.web.settlements.models import Correction, Rating
from fairwrench.web.settlements.office import ledger

RATINGS = ("employee_id", "item", "rater", "month", "role", "level", "points", "evidence", "rated_at")
DECISIONS = ("decision_no", "employee_id", "month", "kind", "item", "value", "reason", "decided_by", "decided_on")
#: kinds of decision whose value is a number of points or yuan, both kept in hundredths
VALUED = ("appeal_points", "appeal_score", "calibrated_points", "deduction", "confirm_fine")


def decided_land(*, month: str, by: User | None) -> None:
    """Land the ratings of a month and the corrections entered in it. Refused when a row would not be accepted."""
    ratings, corrections = _ratings(month), _corrections(month)
    for name, columns, rows in (("ratings", RATINGS, ratings), ("decisions", DECISIONS, corrections)):
        if rows:
            _land(name, columns, rows, month=month, by=by)


def _ratings(month: str) -> list[tuple[str, ...]]:
    given = Rating.objects.filter(month=month).select_related("employee", "rater")
    return [
        (
            each.employee.employee_id,
            each.item,
            each.rater.employee_id,
            each.month,
            each.role,
            each.level,
            _hundredths(each.points),
            each.example,
            timezone.localtime(each.rated_at).strftime("%Y-%m-%d %H:%M:%S"),
        )
        for each in given.order_by("employee__employee_id", "item", "rater__employee_id")
    ]


def _corrections(month: str) -> list[tuple[str, ...]]:
    entered = Correction.objects.filter(cycle__month=month).select_related("employee", "by__employee")
    return [
        (
            f"W{each.pk:06d}",
            each.employee.employee_id,
            each.concerns,
            each.kind,
            each.item,
            _hundredths(each.value),
            each.reason,
            each.by.employee.employee_id if each.by and each.by.employee else "",
            timezone.localdate(each.at).isoformat(),
        )
        for each in entered.order_by("pk")
    ]


def _hundredths(value: int | None) -> str:
    return "" if value is None else f"{as_decimal(value, 2):f}"


def _land(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, month: str, by: User | None) -> None:
    source, roster, at = sources()[name], roster_frame(), ledger()
    period = Month.parse(month)
    content = _file(source, columns, rows)
    label = f"{month} {source.name.zh}（系统内填写）.csv"
    found = intake(content, sources={name: source}, roster=roster, period=period, time_zone=at.time_zone, name=label)
    stores = sorted(roster["store"].drop_nulls().unique())
    for sheet in found.sheets:
        part = placed(sheet, source, roster, at.time_zone)
        if part.rejected.height:
            raise Refused(_why(part))
        landed = land_part(part, source, at, Handover(content, period, None, stores, str(by or "")))
        if errors(landed.problems):
            raise Refused(landed.problems)
    if errors(found.problems):
        raise Refused(found.problems)


def _file(source: Source, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A csv file with the source's own headers, as a person would hand it in."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([named.zh if (named := source.columns[column].name) else column for column in columns])
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _why(part: Intake) -> list[Problem]:
    """The reasons for which rows were rejected, as problems."""
    rows = part.rejected.select("row", "column", "value", "reason", "reason_en", "code")
    return [
        Problem(code, f"{column} “{value or ''}”：{zh}", f"{column} {value!r}: {en}", file=part.file, line=row)
        for row, column, value, zh, en, code in rows.iter_rows()
    ]
