"""From a row of the ledger back to whoever decided it on the pages: its event, and what was said of its key before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import polars as pl
from django.utils import timezone

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.source.labels import column_label, word_label
from fairwrench.settlement.source.source import Column, Source
from fairwrench.web.evidence.events.events import APP, decided_by, decided_here, key_text
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.ui.words import of


@dataclass(frozen=True)
class Said:
    """One word about a key: the event, and its values by what their columns are called; none where it was withdrawn."""

    event: EvidenceEvent
    values: tuple[tuple[str, str], ...]

    @property
    def by(self) -> str:
        """Who said it."""
        return decided_by(self.event)


def events_behind(*, rows: pl.DataFrame, name: str, source: Source, ledger: Ledger) -> dict[int, EvidenceEvent]:
    """The event that each row (`_id`, `_batch`, the source's key) came from, by `_id`; rows of files are left out."""
    records = ledger.records(name)
    batches = [records.one(number) for number in rows["_batch"].unique()]
    # only claims that this database knows; see `decided_here`
    ours = decided_here(batches)
    if not ours:
        return {}
    claims = {batch.number: UUID(batch.origin.removeprefix(APP)) for batch in batches if batch.number in ours}
    given = rows.filter(pl.col("_batch").is_in(ours)).select("_id", "_batch", *source.key)
    events = EvidenceEvent.objects.filter(source=name, batch__in=claims.values()).select_related("by__employee")
    # of several words about a key in one claim the last stays, which is the one that landed
    known = {(event.batch_id, event.key): event for event in events.order_by("revision")}
    # the key as it stands in the ledger's row, written as events write theirs
    places = {row: (claims[number], key_text([str(value) for value in key])) for row, number, *key in given.iter_rows()}
    return {row: known[place] for row, place in places.items() if place in known}


def event_history(
    *, event: EvidenceEvent, source: Source, words: Mapping[str, Mapping[str, tuple[str, str]]]
) -> list[Said]:
    """What was said of the event's key up to the event itself, the first word first; `words` say how values of a column
    are called.

    What was said since is no part of the figures that the event stands behind.
    """
    before = EvidenceEvent.objects.filter(source=event.source, key=event.key, revision__lte=event.revision)
    return [_said(each, source, words) for each in before.select_related("by__employee").order_by("revision")]


def _said(event: EvidenceEvent, source: Source, words: Mapping[str, Mapping[str, tuple[str, str]]]) -> Said:
    """One word; its own moment is not told twice."""
    called = {
        column: _called(source.columns[column], value, words.get(column, {}))
        for column, value in (event.row or {}).items()
        if value and column in source.columns and column not in source.key
    }
    # a rating carries when it was given, which is the event's own moment: said once beside who said it
    own = _moment(event.at)
    told = ((of(column_label(source, name, {})), value) for name, value in called.items() if value != own)
    return Said(event, tuple(told))


def _called(facts: Column, value: str, words: Mapping[str, tuple[str, str]]) -> str:
    """A value as people read it; a moment in local time."""
    if facts.type == "timestamp":
        return _moment(datetime.fromisoformat(value))
    return of(words[value]) if value in words else of(word_label(facts, value))


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
