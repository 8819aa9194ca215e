"""Background work of the desk: reading a file in its bounded process, landing what was previewed.

Each may be killed at any moment and begun again: reading has no effect but its result, and the ledger gives a landing
that was done before as that same landing.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fairwrench.closing.landing import Handover, land_part, placed
from fairwrench.ledger.batches import Ledger
from fairwrench.ledger.intake import Intake, intake
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.web.evidence import selectors, services
from fairwrench.web.evidence.bounded import LIMITS, read_bounded
from fairwrench.web.evidence.excuses import excuse_file
from fairwrench.web.evidence.landings import landing_record, landings_synchronise, months_concerned
from fairwrench.web.evidence.mapping import Mapped
from fairwrench.web.evidence.models import ColumnMapping, Excuse, Sheet, Upload
from fairwrench.web.evidence.reading import Order, frame_of
from fairwrench.web.evidence.tidying import uploads_tidy
from fairwrench.web.jobs.upkeep import chore
from fairwrench.web.jobs.work import Progress, passed, work
from fairwrench.web.people.roster import roster_frame

State = Upload.State
#: where excused rows land
EXEMPTIONS = "exemptions"
chore(uploads_tidy)


@work("evidence_read")
def read_upload(progress: Progress, *, upload_id: int) -> dict[str, Any]:
    """Read a file; what cannot be read is told with the upload, and is no failure of the work."""
    upload = Upload.objects.get(pk=upload_id)
    progress.expect("read", 1)
    progress.step("read", upload.name)
    folder = f"read/{upload.pk}-{uuid4().hex[:12]}"
    try:
        result = read_bounded(_order(upload, folder))
    except Refused as refused:
        result = {"problems": [asdict(problem) for problem in refused.problems], "others": [], "sheets": []}
    with transaction.atomic():
        progress.hold()
        upload.state = State.READ if result["sheets"] else State.UNREADABLE
        upload.folder, upload.problems, upload.others = folder, result["problems"], result["others"]
        upload.version += 1
        upload.save(update_fields=["state", "folder", "problems", "others", "version"])
        services.sheets_replace(
            upload=upload, sheets=[_sheet(upload, place, told) for place, told in enumerate(result["sheets"])]
        )
    return {"sheets": len(result["sheets"])}


@work("evidence_land")
def land_upload(progress: Progress, *, upload_id: int, by_name: str) -> dict[str, Any]:
    """Land every sheet of a file as it was read, then tell the months that it concerns."""
    upload = Upload.objects.get(pk=upload_id)
    sheets = list(upload.sheets.all())
    ledger = Ledger(settings.LEDGER, time_zone=settings.TIME_ZONE, failpoint=lambda moment: passed(f"ledger:{moment}"))
    progress.expect("land", len(sheets))
    roster = roster_frame()
    stores = sorted(roster["store"].drop_nulls().unique())
    handed = Handover(upload.path, upload.at_month, upload.store or None, stores, by_name)
    batches, told = [], list[Problem]()
    for sheet in sheets:
        progress.step("land", sheet.name or upload.name)
        answer = land_part(part_of(sheet, upload), selectors.sources()[sheet.source], ledger, handed)
        told += answer.problems
        if answer.batch:
            batches.append(answer.batch)
            sheet.landing = landing_record(ledger=ledger, batch=answer.batch, upload=upload)
            sheet.save(update_fields=["landing"])
    landings_synchronise(ledger=ledger)
    passed("land:recorded")
    with transaction.atomic():
        progress.hold()
        _finish(upload, told, landed=bool(batches))
    for month in sorted({month for batch in batches for month in months_concerned(batch)}):
        services.landed(month)
    if errors(told):
        raise Refused(told)
    return {"batches": [[batch.source, batch.number] for batch in batches]}


def part_of(sheet: Sheet, upload: Upload) -> Intake:
    """A sheet as it was read and previewed."""
    frames: dict[str, pl.DataFrame] = {
        name: frame_of(upload.read_into, sheet.place, name).collect()
        for name in ("accepted", "rejected", "uncredited", "originals")
    }
    return Intake(
        file=upload.name,
        sheet=sheet.name,
        source=sheet.source,
        labels=tuple(sheet.labels),
        counts=dict(sheet.counts),
        columns={column: label for label, column in sheet.columns.items()},
        stores=tuple(store for store in sheet.stores if store != "*"),
        months=tuple(sheet.months),
        problems=(),
        **frames,
    )


def _finish(upload: Upload, told: list[Problem], *, landed: bool) -> None:
    """The upload has landed; where nothing could be landed at all it lies on the desk again, with the reasons."""
    Upload.objects.filter(pk=upload.pk).update(
        state=State.LANDED if landed else State.READ,
        landed_at=timezone.now() if landed else None,
        problems=[*upload.problems, *(each for each in map(asdict, told) if each not in upload.problems)],
        version=F("version") + 1,
    )


def _order(upload: Upload, folder: str) -> Order:
    return Order(
        path=upload.path,
        name=upload.name,
        sources=selectors.sources(),
        roster=roster_frame(),
        placed_store=upload.store or None,
        period=upload.at_month,
        time_zone=settings.TIME_ZONE,
        out=Path(settings.UPLOADS) / folder,
        mapped=tuple(Mapped(m.digest, m.store, m.source, m.labels) for m in ColumnMapping.objects.all()),
        limits=LIMITS,
    )


def _sheet(upload: Upload, place: int, told: dict[str, Any]) -> Sheet:
    kept = ("source", "mapped", "digest", "labels", "columns", "counts", "stores", "months", "speaks_for")
    facts = {name: told[name] for name in (*kept, "totals", "uncredited", "problems")}
    return Sheet(upload=upload, place=place, name=told["sheet"][:255], **facts)


@work("evidence_excuse")
def land_excuse(progress: Progress, *, excuse_id: int) -> dict[str, Any]:
    """Land an approved request as one row of `exemptions`, in the month it is for, or in the open one once that is
    published."""
    excuse = Excuse.objects.select_related("decided_by__employee").get(pk=excuse_id)
    month = Month.parse(excuse.month)
    period = selectors.open_month() if selectors.is_closed(month=month) else month
    progress.expect("land", 1)
    progress.step("land", excuse.key)
    source, roster = selectors.sources()[EXEMPTIONS], roster_frame()
    stores = sorted(roster["store"].drop_nulls().unique())
    by = services.name_of(excuse.decided_by) if excuse.decided_by else ""
    handed = Handover(excuse_file(excuse), period, excuse.store, stores, by)
    found = intake(
        handed.content,
        sources={EXEMPTIONS: source},
        roster=roster,
        placed_store=excuse.store,
        period=period,
        time_zone=settings.TIME_ZONE,
        name=f"免责_{excuse.pk}.csv",
    )
    ledger = selectors.ledger()
    parts = [placed(part, source, roster, settings.TIME_ZONE) for part in found.sheets]
    answers = [land_part(part, source, ledger, handed) for part in parts if part.counts["accepted"]]
    batches = [answer.batch for answer in answers if answer.batch]
    if not batches:
        raise Refused([*found.problems, *(problem for answer in answers for problem in answer.problems), _unlanded()])
    with transaction.atomic():
        progress.hold()
        excuse.landing = landing_record(ledger=ledger, batch=batches[0])
        excuse.save(update_fields=["landing"])
    services.landed(month)
    return {"batch": batches[0].number}


def _unlanded() -> Problem:
    zh = "批准的免责没有导入；请核对批准人和门店在花名册上，然后重试"
    en = "the excused row did not land; see that who approved and the store are on the roster, then try again"
    return Problem("excuse_not_landed", zh, en)
