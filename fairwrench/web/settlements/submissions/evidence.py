"""What the application knows of handing in, as rows of evidence: for stores that have it kept here.

Told before a month is worked out or sealed, so that the fines proposed and the metric of handing in in time come from
rows like any others. The same again tells nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
from django.db import transaction
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.authority import ways
from fairwrench.web.evidence.events.events import event_append, key_text
from fairwrench.web.evidence.kept_on_pages import Contradiction, KeptOnPages
from fairwrench.web.evidence.models import Authority, EvidenceEvent, Upload
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.submissions.responsible import Submission, submissions

SUBMISSIONS = "submissions"
#: columns of the source that are its key
KEY = ("employee_id", "what", "month")
Row = dict[str, str]
Way = Authority.Way


def submissions_tell(*, cycle: Cycle) -> int:
    """Tell the outbox who handed in when, for the people of stores that have this kept in the application; how many
    rows are new, changed or gone. What is neither there nor due yet is left out: nobody is late with it."""
    way = ways(source=SUBMISSIONS, month=cycle.month)
    told = _told(cycle.month)
    kept = Authority.objects.filter(source=SUBMISSIONS, since__lte=cycle.month, way=Way.APP)
    # mostly nobody has it kept here, and every estimate asks
    if not told and not kept.exists():
        return 0
    zone, now = ZoneInfo(scheme_at(month=cycle.at).cycle.time_zone), timezone.now()
    lines = [each for each in submissions(cycle=cycle) if each.done or _due(each, zone) < now]
    homes = _homes({each.person for each in lines})
    rows = [_row(each, cycle.month, zone) for each in lines if way(homes.get(each.person, "")) == Way.APP]
    by_key = {key_text([row[name] for name in KEY]): row for row in rows}
    changed = 0
    with transaction.atomic():
        # what was told and is nobody's any more is taken back
        for key in sorted({*by_key, *told}):
            if told.get(key) != (row := by_key.get(key)):
                event_append(source=SUBMISSIONS, period=cycle.month, key=json.loads(key), row=row, by=None)
                changed += 1
    return changed


def _told(month: str) -> dict[str, Row]:
    """Key → the row that was told last of a month, and stands."""
    # what somebody said themselves is theirs to take back
    events = EvidenceEvent.objects.filter(source=SUBMISSIONS, period=month, by=None).order_by("revision")
    last: Mapping[str, Row | None] = dict(events.values_list("key", "row"))
    return {key: row for key, row in last.items() if row is not None}


def _homes(people: set[str]) -> dict[str, str]:
    """Employee id → the store where somebody works today, or did last."""
    held = Assignment.objects.filter(latest(day=today()), employee__employee_id__in=people).order_by()
    return {who: store or "" for who, store in held.values_list("employee__employee_id", "store__name")}


def _due(line: Submission, zone: ZoneInfo) -> datetime:
    return line.step.due.replace(tzinfo=zone)


def _row(line: Submission, month: str, zone: ZoneInfo) -> Row:
    return {
        "employee_id": line.person,
        "what": line.step.name.zh,
        "month": month,
        "due_at": _utc(_due(line, zone)),
        "submitted_at": _utc(line.done) if line.done else "",
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def _nothing(_upload: Upload, _rows: pl.DataFrame) -> list[Contradiction]:
    return []


def _not_taken(upload: Upload, rows: pl.DataFrame, _by: User | None) -> list[Problem]:
    """A file of a store whose handing in is kept here changes nothing, and is told so."""
    if rows.is_empty():
        return []
    zh = f"{upload.name} 中 {rows.height} 行未采用：这些门店的报送时间由系统登记"
    en = f"{rows.height} rows of {upload.name} are passed over: there the application notes who handed in when"
    return [Problem("kept_by_itself", zh, en, "warning", file=upload.name)]


SUBMISSIONS_KEPT = KeptOnPages(SUBMISSIONS, _nothing, lambda _upload: None, _not_taken)
