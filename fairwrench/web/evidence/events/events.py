"""The outbox: what is decided in the application becomes evidence in the order in which it was decided, once.

Whoever decides appends an event in the same transaction. A worker claims the events that nobody claimed, commits, and
lands exactly those as typed rows. Nothing is written to the ledger inside a transaction of the database; a worker that
is killed in between leaves a batch that the next one lands, and a batch that landed is known by its origin.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from fairwrench.closing.folder.placing import GROUP, with_store
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch, Upload
from fairwrench.ledger.columns import polars_type, row_types
from fairwrench.ledger.source_lock import lane
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Column, Source, header_of
from fairwrench.web.access.models import User
from fairwrench.web.evidence.models import EventBatch, EvidenceEvent
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.ui.files.folders import ledger_shared
from fairwrench.web.work.queue.kinds import passed

#: what the origin of batches begins with that come from here
APP = "app:"
#: letters of who decided that a batch keeps
_BY = 160
#: line of the first event in the file that is kept with a batch
_FIRST_LINE = 2


def decided_here(batches: Iterable[Batch]) -> list[int]:
    """The numbers of the batches that hold what was decided on these pages.

    One that was decided here before the database was restored from an older backup is, to the pages, a file's word.
    """
    # of batches of a newer database than this one the claims are not here: they are left out
    claims = {UUID(batch.origin.removeprefix(APP)): batch.number for batch in batches if batch.origin.startswith(APP)}
    return sorted(claims[known] for known in EventBatch.objects.filter(pk__in=claims).values_list("pk", flat=True))


def key_text(key: Sequence[str]) -> str:
    """The values of a source's key as an event keeps them."""
    return json.dumps([*key], ensure_ascii=False)


def event_append(
    *, source: str, period: str, key: Sequence[str], row: Mapping[str, str] | None, by: User | None
) -> EvidenceEvent:
    """Append what was decided about a key, None for nothing any more; part of the caller's transaction.

    Of two people who decide about one key at once, the second waits for the first.
    """
    key_of = {"source": source, "key": key_text(key)}
    with transaction.atomic():
        # before the last revision is read: of two who read the same one, the second would fail on the unique revision
        _hold_key(f"{source} {key_of['key']}")
        last = EvidenceEvent.objects.filter(**key_of).aggregate(last=Max("revision"))["last"] or 0
        return EvidenceEvent.objects.create(
            **key_of, period=period, revision=last + 1, row=None if row is None else dict(row), by=by
        )


def _hold_key(name: str) -> None:
    """Hold a key until the transaction ends: SQLite has one writer anyway, in PostgreSQL it is a lock of its own."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def events_claim(*, period: str) -> UUID | None:
    """Claim the events of a month that nobody claimed, as one batch; None when there are none.

    One that commits later, though it was numbered before, is not among them and stays to be claimed.
    """
    with transaction.atomic():
        batch = EventBatch.objects.create()
        # exactly those that nobody claimed, never "all above the last number": a lower number may commit later
        if EvidenceEvent.objects.filter(batch=None, period=period).update(batch=batch):
            return batch.id
        batch.delete()
    return None


def events_land(*, ledger: Ledger, period: str) -> list[Batch]:
    """Land what was decided for a month, and whatever a killed worker had claimed; the batches of the ledger."""
    # claimed and committed before anything is written to the ledger: a kill in between leaves a claim that lands later
    events_claim(period=period)
    passed("events:claimed")
    landed = []
    # one landing of the outbox at a time: of two workers the one with the older word might land it last
    with ledger_shared(), lane(ledger.folder / "lanes" / "outbox.lock"):
        # of whatever month: a claim that a killed worker left is landed by the next who looks
        for batch in EventBatch.objects.filter(landed_at=None):
            landed += _batch_land(batch, ledger)
            passed("events:landed")
            # after the ledger has it: killed before this line, the batch is found again by its origin
            EventBatch.objects.filter(pk=batch.pk).update(landed_at=timezone.now())
    return landed


def event_batch(*, ledger: Ledger, source: str, key: Sequence[str]) -> Batch | None:
    """The batch of the ledger that holds the last landed word about a key, None while there is none."""
    events = EvidenceEvent.objects.filter(source=source, key=key_text(key))
    event = events.filter(batch__landed_at__isnull=False).order_by("revision").last()
    origin = f"{APP}{event.batch_id}" if event else ""
    return next((batch for batch in ledger.batches(source) if origin and batch.origin == origin), None)


def _batch_land(batch: EventBatch, ledger: Ledger) -> list[Batch]:
    """The events of a claim, a batch a source and month; of a key only its last word of all."""
    # an older word is passed over where a newer one is known at all, claimed or not, as that one lands in its turn
    newer = EvidenceEvent.objects.filter(
        source=OuterRef("source"), key=OuterRef("key"), revision__gt=OuterRef("revision")
    )
    last = batch.events.filter(~Exists(newer)).select_related("by__employee").order_by("source", "period", "id")
    return [
        _land(name, period, list(events), f"{APP}{batch.id}", ledger)
        for (name, period), events in groupby(last, key=lambda event: (event.source, event.period))
    ]


def _land(name: str, period: str, events: list[EvidenceEvent], origin: str, ledger: Ledger) -> Batch:
    """One landing of typed rows; one that was killed after it had landed is found again."""
    source, month = sources()[name], Month.parse(period)
    # by origin, not by content: the same rows decided anew are a new word and have another claim
    known = [batch for batch in ledger.batches(name) if batch.origin == origin and batch.period == period]
    if known:
        return known[0]
    rows = typed_rows(source, [event for event in events if event.row is not None], ledger.time_zone)
    return ledger.land(
        name,
        source,
        rows,
        Upload(f"{period} {source.name.zh}（系统内）.csv", _kept_file(source, events)),
        period=month,
        # the file of a claim speaks for the stores of its rows alone: of others nothing was decided
        stores=sorted({*rows["store"]} - {GROUP}),
        by="、".join(sorted({decided_by(event) for event in events}))[:_BY],
        withdrawn=_ended(name, source, events, ledger, month),
        origin=origin,
        # decided after whatever has landed, so it counts though equal rows stood there before
        anew=True,
    )


def decided_by(event: EvidenceEvent) -> str:
    """Who decided it: name and employee id, else the user name; empty where the account is gone."""
    user = event.by
    return "" if user is None else str(user.employee) if user.employee else user.get_username()


def typed_rows(source: Source, events: Sequence[EvidenceEvent], time_zone: str) -> pl.DataFrame:
    """Rows of events as the ledger takes them, placed in their stores; `_row` is their line in the file kept with them.

    Refused when a row does not have its whole key.
    """
    contents = [event.row or {} for event in events]
    frame = pl.DataFrame(
        {name: _values(column, [row.get(name, "") for row in contents]) for name, column in source.columns.items()}
    ).with_columns(pl.int_range(_FIRST_LINE, _FIRST_LINE + pl.len(), dtype=pl.Int64).alias("_row"))
    placed = with_store(frame, source, roster_frame(), time_zone)
    # a row without its whole key could never be replaced nor taken back
    if placed.select(pl.any_horizontal(pl.col(source.key).is_null()).any()).item():
        raise Refused([_without_key(source)])
    return placed.select(*row_types(source), "_row")


def _values(column: Column, texts: Sequence[str]) -> pl.Series:
    """The texts of a column as values of its type; an empty one says nothing."""
    ways: dict[str, Callable[[str], Any]] = {
        "int": int,
        # never float: an amount has to come out as it was typed
        "decimal": Decimal,
        "bool": partial(str.__eq__, "true"),
        "date": date.fromisoformat,
        "timestamp": datetime.fromisoformat,
    }
    read = ways.get(column.type, str)
    return pl.Series([read(text) if text else None for text in texts], dtype=polars_type(column))


def _ended(name: str, source: Source, events: list[EvidenceEvent], ledger: Ledger, month: Month) -> pl.DataFrame | None:
    """The rows in force that were decided here and are withdrawn; what a file says since is not ours to end."""
    gone = [json.loads(event.key) for event in events if event.row is None]
    if not gone or not ledger.has(name):
        return None
    # in the types of the ledger's columns, since a join of texts with numbers finds nothing
    keys = {column: _values(source.columns[column], [key[at] for key in gone]) for at, column in enumerate(source.key)}
    ours = [batch.number for batch in ledger.batches(name) if batch.origin.startswith(APP)]
    # of rows in force those that came from here: a file's row of the same key stands
    current = ledger.current(name, source, upto=month).filter(pl.col("_batch").is_in(ours))
    return current.join(pl.DataFrame(keys), on=source.key, how="semi")


def _kept_file(source: Source, events: Sequence[EvidenceEvent]) -> bytes:
    """The rows as a file with the source's own headers, so that a trace shows them as it shows uploaded ones."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([header_of(name, column) for name, column in source.columns.items()])
    rows = [event.row for event in events if event.row is not None]
    writer.writerows([row.get(name, "") for name in source.columns] for row in rows)
    # with a mark of its encoding, without which spreadsheets show Chinese as garbage
    return out.getvalue().encode("utf-8-sig")


def _without_key(source: Source) -> Problem:
    zh = f"系统内的{source.name.zh}缺少单号等必填列，没有导入；请联系管理员"
    en = f"{source.name.en} decided in the application lack their key and did not land; tell the administrator"
    return Problem("event_without_key", zh, en)
