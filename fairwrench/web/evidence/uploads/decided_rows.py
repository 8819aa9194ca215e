"""Rows of a file that would take the place of what was decided in the application, money included: they do not land.

Between rows of sources with pages of their own somebody chooses (`contradictions`). Of every other one (tickets,
decisions, exempted rows) the record in the application has the word: whoever wants it otherwise takes that record back.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from django.conf import settings

from fairwrench.closing.folder.placing import with_store
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.events.events import key_text, typed_rows
from fairwrench.web.evidence.kept_on_pages import against_decided, kept_on_pages
from fairwrench.web.evidence.models import EvidenceEvent, Sheet, Upload
from fairwrench.web.evidence.reading.reading import frame_of
from fairwrench.web.org.roster.roster import roster_frame

#: rows that a refusal names
_NAMED = 5


def decided_in_app(*, upload: Upload) -> list[Problem]:
    """Why a file cannot land: rows that say otherwise than records of the application; none once it has landed."""
    if upload.state not in (Upload.State.READ, Upload.State.LANDING) or not upload.folder:
        return []
    told = []
    for sheet in upload.sheets.all():
        source = selectors.sources().get(sheet.source)
        # of what has pages of its own somebody chooses, row by row
        if source is None or sheet.source in kept_on_pages():
            continue
        if rows := list(_otherwise(sheet, upload, source)):
            told.append(_problem(upload.name, source, rows))
    return told


def _otherwise(sheet: Sheet, upload: Upload, source: Source) -> Iterator[tuple[int, str]]:
    """Line and key of each row whose key has another last word from the application, or that would change what was
    decided there as a whole; one taken back says nothing."""
    said = EvidenceEvent.objects.filter(source=sheet.source).order_by("revision")
    last = {event.key: event for event in said}
    if not last:
        return
    try:
        rows = frame_of(upload.read_into, sheet.place, "accepted").collect()
    except FileNotFoundError:  # tidied away
        return
    placed = with_store(rows, source, roster_frame(), settings.TIME_ZONE)
    if not {*source.key} <= {*placed.columns}:
        return
    against = against_decided(sheet.source, placed)
    for at, (number, *key) in enumerate(placed.select("_row", *source.key).iter_rows()):
        event = last.get(key_text([str(value) for value in key]))
        other = event is not None and not _same(placed.slice(at, 1), event, source)
        if other or number in against:
            yield number, " · ".join(str(value) for value in key if value is not None)


def _same(row: pl.DataFrame, event: EvidenceEvent, source: Source) -> bool:
    """Whether a row says what stands; a column that it does not have says nothing."""
    if event.row is None:
        return False
    stands = typed_rows(source, [event], settings.TIME_ZONE)
    # where somebody is filed is worked out, not said, in sources without the column
    both = [name for name in source.columns if name in row.columns and name in stands.columns]
    return row.select(both).equals(stands.select(pl.col(name).cast(row.schema[name]) for name in both))


def _problem(file: str, source: Source, rows: list[tuple[int, str]]) -> Problem:
    zh = "、".join(f"第 {number} 行 {key}" for number, key in rows[:_NAMED]) + ("…" if len(rows) > _NAMED else "")
    en = ", ".join(f"row {number} {key}" for number, key in rows[:_NAMED]) + ("…" if len(rows) > _NAMED else "")
    said_zh = f"{len(rows)} 行{source.name.zh}与系统内已办理的不同（{zh}），不能用文件改"
    said_en = f"{number_of(len(rows), 'row')} of {source.name.en} say otherwise than was decided in the application"
    return Problem(
        "decided_in_app",
        f"{said_zh}；请从文件中删去，要改请在系统内的单据上撤销",
        f"{said_en} ({en}); leave them out, and take the record back where it is to be another",
        file=file,
    )
