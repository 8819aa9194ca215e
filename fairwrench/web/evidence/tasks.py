"""Background work of the desk: reading a file in its bounded process, landing what was previewed.

Each may be killed at any moment and begun again: reading has no effect but its result, and the ledger gives a landing
that was done before as that same landing.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fairwrench.closing.folder.landing import Handover, land_part
from fairwrench.closing.folder.target_rows import metrics_by_word
from fairwrench.closing.folder.wanted_columns import wanted_columns
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.web.access.log.doing import deed_record
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.authority import rows_kept_in_app
from fairwrench.web.evidence.exemptions.exemptions import exemption_landed
from fairwrench.web.evidence.freshness.ownership import landers_reach, not_theirs, rows_of_others
from fairwrench.web.evidence.kept_on_pages import kept_on_pages
from fairwrench.web.evidence.models import ColumnMapping, Exemption, Sheet, Upload
from fairwrench.web.evidence.reading.bounded import LIMITS, read_file_bounded
from fairwrench.web.evidence.reading.mapping import Mapped
from fairwrench.web.evidence.reading.reading import SPEAKS_OF, Order, frame_of
from fairwrench.web.evidence.uploads import services
from fairwrench.web.evidence.uploads.contradictions import left_out
from fairwrench.web.evidence.uploads.landings import landing_record, months_concerned
from fairwrench.web.evidence.uploads.unknown_batches import landings_synchronise
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.ui.files.folders import ledger_shared
from fairwrench.web.work.queue.kinds import Progress, passed

State = Upload.State
#: where exempted rows land
EXEMPTIONS_SOURCE = "exemptions"


def read_upload(progress: Progress, *, upload_id: int) -> dict[str, Any]:
    """Read a file; what cannot be read is told with the upload, and is no failure of the work."""
    upload = Upload.objects.get(pk=upload_id)
    progress.expect("read", 1)
    progress.step("read", upload.name)
    # a folder of its own for each reading: one taken for dead may still be writing into another
    folder = f"read/{upload.pk}-{uuid4().hex[:12]}"
    try:
        result = read_file_bounded(_order(upload), Path(settings.UPLOADS) / folder)
    except Refused as refused:
        # the job has done its work: the reasons stand with the file, where whoever handed it in looks
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


def land_upload(progress: Progress, *, upload_id: int, by_name: str) -> dict[str, Any]:
    """Land every sheet of a file as it was read, then tell the months that it concerns."""
    upload = Upload.objects.get(pk=upload_id)
    sheets = list(upload.sheets.all())
    ledger = selectors.ledger()
    landings_synchronise(ledger=ledger)  # nothing lands beside batches that the database knows nothing of
    _unless_hindered(upload, progress)
    progress.expect("land", len(sheets))
    roster = roster_frame()
    # a group's file speaks for every store of the roster as it is now (decision 3)
    stores = sorted(roster["store"].drop_nulls().unique())
    handed = Handover(upload.path, upload.at_month, upload.store or None, stores, by_name, upload.origin)
    batches, told, reach, taken = [], list[Problem](), landers_reach(progress.job.by), 0
    aside = {sheet.place: left_out(sheet=sheet, upload=upload) for sheet in sheets}
    # where the file's word was chosen, the page's is taken back first, and lands so: what lands later has the last word
    for name in sorted({sheet.source for sheet in sheets} & set(kept_on_pages())):
        kept_on_pages()[name].settle(upload)
    for sheet in sheets:
        progress.step("land", sheet.name or upload.name)
        part, source = without_rows(part_of(sheet, upload), aside[sheet.place]), selectors.sources()[sheet.source]
        # asked anew: who keeps what may have changed since the preview
        kept = rows_kept_in_app(sheet.source, part.accepted, source, ledger.time_zone)
        # the reach of whoever pressed, as it is now: a duty may have gone to somebody else since
        if strange := rows_of_others(ledger=ledger, part=part, source=source, reach=reach):
            told.append(not_theirs(part, strange))
            continue
        if kept.len():
            taken += kept.len()
            rows = part.accepted.filter(pl.col("_row").is_in(kept.implode()))
            told += kept_on_pages()[sheet.source].take_in(upload, rows, progress.job.by)
            part = without_rows(part, kept)
            # all its rows stand on the pages: an empty batch would say that there was nothing
            if part.accepted.is_empty():
                continue
        # one sheet at a time, each whole: killed in between, those that landed are known again by their origin
        with ledger_shared():
            answer = land_part(part, source, ledger, handed, anew=not has_landed(ledger, sheet, upload))
        told += answer.problems
        if answer.batch:
            batches.append(answer.batch)
            sheet.landing = landing_record(ledger=ledger, batch=answer.batch, upload=upload)
            sheet.save(update_fields=["landing"])
    landings_synchronise(ledger=ledger)
    passed("land:recorded")
    with transaction.atomic():
        progress.hold()
        _finish(upload, told, landed=bool(batches or taken))
    concerned = {month for batch in batches for month in months_concerned(batch)}
    # told after the file has landed: the estimate is worked out from what is there
    for month in sorted(concerned | ({upload.at_month} if taken else set())):
        services.landed(month)
    # some sheets may have landed: the job fails with the reasons of the others
    if errors(told):
        raise Refused(told)
    return {"batches": [[batch.source, batch.number] for batch in batches]}


def _unless_hindered(upload: Upload, progress: Progress) -> None:
    """Give a file back to the desk whose month was published, or whose rows the pages contradict, since the button was
    pressed."""
    if upload.state == State.LANDING and (problems := services.landing_hindered(upload=upload)):
        with transaction.atomic():
            progress.hold()
            _finish(upload, problems, landed=False)
        raise Refused(problems)


def without_rows(part: Intake, rows: pl.Series) -> Intake:
    """A sheet without rows against which the page's word was chosen; they are counted as no evidence."""
    if rows.is_empty():
        return part
    kept = part.accepted.filter(~pl.col("_row").is_in(rows.implode()))
    # lines of the file, not rows: several people may share one
    gone = part.accepted["_row"].n_unique() - kept["_row"].n_unique()
    counts = part.counts | {"accepted": part.counts["accepted"] - gone, "ignored_decided": gone}
    return replace(part, accepted=kept, counts=counts)


def has_landed(ledger: Ledger, sheet: Sheet, upload: Upload) -> bool:
    """Whether this very handing in landed before: a landing that was killed and is done again says nothing new, while
    the same content handed in once more is a new word."""
    if upload.state != State.LANDING:  # it was finished, and only the job was not
        return True
    landed = ledger.batches(sheet.source)
    return any(batch.origin == upload.origin and batch.sheet == sheet.name for batch in landed)


def part_of(sheet: Sheet, upload: Upload) -> Intake:
    """A sheet as it was read and previewed."""
    frames = {
        name: frame_of(upload.read_into, sheet.place, name).collect()
        for name in ("accepted", "rejected", "uncredited", "originals")
    }
    # whom it speaks of is kept of rows that stand across a sheet of another kind alone
    spoken = upload.read_into / str(sheet.place) / f"{SPEAKS_OF}.parquet"
    return Intake(
        file=upload.name,
        sheet=sheet.name,
        source=sheet.source,
        labels=tuple(sheet.labels),
        counts=dict(sheet.counts),
        columns={column: label for label, column in sheet.columns.items()},
        # rows of the group are no store that a file could speak for
        stores=tuple(store for store in sheet.stores if store != "*"),
        months=tuple(sheet.months),
        problems=(),
        refused_stores=tuple(sheet.refused_stores),
        unplaced=sheet.unplaced,
        accepted=frames["accepted"],
        rejected=frames["rejected"],
        uncredited=frames["uncredited"],
        originals=frames["originals"],
        speaks_of=pl.read_parquet(spoken) if spoken.exists() else None,
    )


def _finish(upload: Upload, told: list[Problem], *, landed: bool) -> None:
    """The upload has landed; where nothing could be landed at all it lies on the desk again, with the reasons."""
    Upload.objects.filter(pk=upload.pk).update(
        state=State.LANDED if landed else State.READ,
        landed_at=timezone.now() if landed else None,
        # each reason once, however often it was tried
        problems=[*upload.problems, *(each for each in map(asdict, told) if each not in upload.problems)],
        version=F("version") + 1,
    )
    if landed:
        # by whoever asked the worker for it
        deed_record(about=upload, words=("导入", "landed"))


def _order(upload: Upload) -> Order:
    scheme = selectors.scheme_at(month=upload.at_month or selectors.open_month())
    return Order(
        path=upload.path,
        name=upload.name,
        sources=selectors.sources(),
        roster=roster_frame(),
        placed_store=upload.store or None,
        period=upload.at_month,
        time_zone=settings.TIME_ZONE,
        mapped=tuple(Mapped(m.digest, m.store, m.source, m.labels) for m in ColumnMapping.objects.all()),
        limits=LIMITS,
        metrics=metrics_by_word(scheme),
        wanted=wanted_columns(scheme, selectors.sources()),
    )


def _sheet(upload: Upload, place: int, told: dict[str, Any]) -> Sheet:
    kept = ("source", "mapped", "digest", "labels", "columns", "counts", "stores", "months", "speaks_for", "unplaced")
    facts = {name: told[name] for name in (*kept, "refused_stores", "totals", "uncredited", "problems")}
    return Sheet(upload=upload, place=place, name=told["sheet"][:255], **facts)


def land_exemption(progress: Progress, *, exemption_id: int) -> dict[str, Any]:
    """Land an approved request as one row of `exemptions`, in the month it is for, or in the open one once that is
    published."""
    exemption, ledger = Exemption.objects.get(pk=exemption_id), selectors.ledger()
    progress.expect("land", 1)
    progress.step("land", exemption.key)
    landings_synchronise(ledger=ledger)
    batch = exemption_landed(exemption=exemption, ledger=ledger)
    if batch is None:
        raise Refused([_unlanded()])
    with transaction.atomic():
        progress.hold()
        exemption.landing = landing_record(ledger=ledger, batch=batch)
        exemption.save(update_fields=["landing"])
    services.landed(Month.parse(exemption.month))
    return {"batch": batch.number}


def _unlanded() -> Problem:
    zh = "批准的剔除申请没有导入；请核对批准人和门店在花名册上，然后重试"
    en = "the exempted row did not land; see that who approved and the store are on the roster, then try again"
    return Problem("exemption_not_landed", zh, en)
