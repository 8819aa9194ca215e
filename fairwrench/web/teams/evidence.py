"""Shares of a team as rows of evidence: what is told to the outbox, and how it lands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.team_shares import TEAM_SHARES
from fairwrench.settlement.source.team_names import team_name
from fairwrench.web.access.models import User
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.events.events import decided_here, event_append, event_batch, events_land, key_text
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.teams.standing import rows_filed, share_text, units_of

Key = tuple[str, ...]


def set_tell(*, row: TeamSet, before: Sequence[str], by: User) -> None:
    """Tell the outbox what a set says now; whoever else had a share of it, in a file or here (`before`), has none any
    more. Part of the caller's transaction."""
    rows = {_key(row, who): share_text(share) for who, share in row.parts.items()}
    filed = {} if not row.parts else dict.fromkeys(_filed_elsewhere(row), "0.000")
    # what was confirmed here and has not landed, and what has
    gone = dict.fromkeys([*(_key(row, who) for who in before), *_landed_here(row)])
    for key in [key for key in gone if key not in rows]:
        _append(row, key, None, by)
    for key, share in ({**filed, **rows}).items():
        _append(row, key, share, by)


def _key(row: TeamSet, who: str) -> Key:
    return (row.store, row.month, row.team, row.begin.isoformat(), who)


def _append(row: TeamSet, key: Key, share: str | None, by: User) -> None:
    columns = ("store", "month", "team", "begin", "employee_id")
    told = None if share is None else {**dict(zip(columns, key, strict=True)), "share": share}
    event_append(source=TEAM_SHARES, period=row.month, key=key, row=told, by=by)


def _rows(row: TeamSet) -> list[tuple[Key, int]]:
    """The keys of the rows that the ledger has of a set, however the team is written there, with their batches."""
    filed = rows_filed(months=[Month.parse(row.month)])
    return [
        ((each["store"] or "", each["month"], each["team"], each["begin"].isoformat(), each["employee_id"] or ""),
         each["_batch"])
        for each in filed.iter_rows(named=True)
        if (each["store"], team_name(each["team"]), each["begin"]) == (row.store, row.team, row.begin)
    ]  # fmt: skip


def _here() -> set[int]:
    return set(decided_here(selectors.ledger_read().batches(TEAM_SHARES)))


def _landed_here(row: TeamSet) -> list[Key]:
    ours = _here()
    return [key for key, batch in _rows(row) if batch in ours]


def _filed_elsewhere(row: TeamSet) -> list[Key]:
    """Rows of files about the set: what a file says is not ours to end, but a share of none is said against it."""
    ours = _here()
    return [key for key, batch in _rows(row) if batch not in ours and key[-1]]


def rows_against(rows: pl.DataFrame) -> frozenset[int]:
    """The rows of a file that say of a team otherwise than was confirmed here in its month: one member more, or other
    shares from a day on, and what was confirmed holds no longer. However the team is written there."""
    asked = rows["month"].drop_nulls().unique().to_list()
    confirmed: dict[tuple[str, str, str], dict[date, Mapping[str, int]]] = {}
    for each in TeamSet.objects.filter(month__in=asked).exclude(parts={}):
        confirmed.setdefault((each.store, each.month, each.team), {})[each.begin] = each.parts
    found = set()
    for row in rows.iter_rows(named=True):
        sets = confirmed.get((row["store"] or "", row["month"] or "", team_name(row["team"] or "")))
        stands, share = (sets or {}).get(row["begin"]), units_of(row.get("share"))
        # a row of the same team written otherwise has another key, and its share would come on top
        beside = share and row["team"] != team_name(row["team"] or "")
        if sets and (beside or stands is None or share != stands.get(row["employee_id"] or "", 0)):
            found.add(int(row["_row"]))
    return frozenset(found)


def set_land(*, row: TeamSet, ledger: Ledger) -> list[Batch] | None:
    """Land what was decided about a set, in its month or, once that is published, in the open one; the batches that
    hold it, fewer where the ledger said the same before; None while any of it waits."""
    month = Month.parse(row.month)
    period = str(selectors.open_month() if selectors.is_closed(month=month) else month)
    prefix = key_text(_key(row, "")[:-1])[:-1]
    events = EvidenceEvent.objects.filter(source=TEAM_SHARES, key__startswith=prefix)
    # filed anew before it is claimed; a claim's month never changes
    events.filter(batch=None).exclude(period=period).update(period=period)
    events_land(ledger=ledger, period=period)
    if events.filter(batch__landed_at=None).exists():
        return None
    keys = set(events.values_list("key", flat=True))
    found = (event_batch(ledger=ledger, source=TEAM_SHARES, key=json.loads(key)) for key in keys)
    return list({batch.number: batch for batch in found if batch is not None}.values())
