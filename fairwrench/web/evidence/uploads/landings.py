"""The ledger's batches in the database: found again by month and store, with what each replaced."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from django.db import transaction

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.columns import ID_BITS
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.evidence.models import Covered, Landing, Superseding, Upload

#: whatever is longer than its column is cut; the ledger keeps it whole
_FILE, _SHEET, _BY = 400, 255, 160


def landing_record(
    *, ledger: Ledger, batch: Batch, upload: Upload | None = None, adopted_by: User | None = None
) -> Landing:
    """A batch written down, once; with the upload that it came from, or who let it count though nobody knows whence."""
    told = {**_told(batch), "adopted_by": adopted_by}
    with transaction.atomic():
        # a landing done again after a kill is written down once: by source and number, which the database keeps unique
        landing, new = Landing.objects.get_or_create(source=batch.source, number=batch.number, defaults=told)
        # it may have been written down without its upload, where its worker was killed before
        if upload is not None and landing.upload_id is None:
            landing.upload = upload
            landing.save(update_fields=["upload"])
        if new:
            Covered.objects.bulk_create(
                [Covered(landing=landing, source=batch.source, store=s, month=m) for s, m in batch.covered],
                batch_size=500,
            )
            Superseding.objects.bulk_create(
                Superseding(landing=landing, number=number, rows=rows) for number, rows in replaced(ledger, batch)
            )
    return landing


def batches_unrecorded(*, ledger: Ledger) -> list[Batch]:
    """The batches that are not written down, by source and number. Numbers have no gaps."""
    known = set(Landing.objects.values_list("source", "number"))
    missing = [
        (name, int(path.stem))
        for name in ledger.sources()
        # names of files alone: thousands of records are not opened to find that none is missing
        for path in sorted((ledger.folder / "batches" / name).glob("[0-9]*.json"))
        if (name, int(path.stem)) not in known
    ]
    return [ledger.records(name).one(number) for name, number in missing]


def landings_record(*, ledger: Ledger) -> int:
    """Write down every batch, wherever it came from, as who builds an installation does; returns how many were new."""
    missing = batches_unrecorded(ledger=ledger)
    for batch in missing:
        landing_record(ledger=ledger, batch=batch)
    return len(missing)


def replaced(ledger: Ledger, batch: Batch) -> list[tuple[int, int]]:
    """Number of each earlier batch that a batch replaced rows of, and how many rows."""
    paths = [ledger.folder / file.path for file in batch.files]
    there = [path for path in paths if path.exists()]
    if not there:
        return []
    olds = pl.concat([pl.scan_parquet(path).select("_supersedes") for path in there]).drop_nulls().unique()
    # the number of the batch is the upper half of a row's id
    numbers = olds.select(number=pl.col("_supersedes").floordiv(1 << ID_BITS))
    # its own number stands there where it took one of its own rows away
    counts = numbers.filter(pl.col("number") != batch.number).group_by("number").len("rows").sort("number")
    return list(counts.collect().iter_rows())


def months_concerned(batch: Batch) -> list[Month]:
    """The months for which a batch counts or says something."""
    named = {batch.period, *batch.months} - {None}
    return sorted(Month.parse(str(month)) for month in named)


def _told(batch: Batch) -> dict[str, object]:
    return {
        "period": batch.period or "",
        # its end: that is the name, where the rest is folders
        "file": batch.file[-_FILE:],
        "sheet": batch.sheet[:_SHEET],
        "sha256": batch.sha256,
        "by": batch.by[:_BY],
        "landed_at": datetime.fromisoformat(batch.landed_at),
        "stores": list(batch.stores),
        "months": list(batch.months),
        "accepted": batch.counts.get("accepted", 0),
        "rejected": batch.counts.get("rejected", 0),
        "counts": batch.counts,
    }
