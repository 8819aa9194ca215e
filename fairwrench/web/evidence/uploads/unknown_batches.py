"""Batches of the ledger that the database knows nothing of: a database that was restored is older than the ledger, or
somebody landed on the command line.

Nothing lands, settles or is approved until an administrator has looked at them: what was decided on the pages meanwhile
is gone from the database, and what lands next would be compared with words that nobody sees.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.evidence.events.events import APP
from fairwrench.web.evidence.models import EventBatch, Upload
from fairwrench.web.evidence.uploads.landings import batches_unrecorded, landing_record

_UPLOAD = "upload:"


def landings_synchronise(*, ledger: Ledger) -> int:
    """Write down what landed from here and was not written down, as its worker was killed; returns how many.

    Refused, with nothing written down, while the ledger has batches that came from nowhere that the database knows.
    """
    missing = batches_unrecorded(ledger=ledger)
    # all or nothing: what is written down counts as known, and would hide that the two do not fit
    if unknown := _unknown(missing):
        raise Refused([_ledger_ahead(len(unknown))])
    for batch in missing:
        landing_record(ledger=ledger, batch=batch)
    return len(missing)


def batches_unknown(*, ledger: Ledger) -> list[Batch]:
    """The batches that came from nowhere that the database knows, by source and number."""
    return _unknown(batches_unrecorded(ledger=ledger))


def batches_adopt(*, ledger: Ledger, seen: int, by: User) -> int:
    """Let the unknown batches count, as an administrator of the whole group decided who saw `seen` of them; Refused
    when there are others by now."""
    require(by, "evidence.adopt", about=GROUP)
    unknown = batches_unknown(ledger=ledger)
    # others may have come since the page was drawn, and those nobody has looked at
    if len(unknown) != seen:
        raise Refused([_others_by_now()])
    with transaction.atomic():
        for batch in unknown:
            landing_record(ledger=ledger, batch=batch, adopted_by=by)
    return len(unknown)


def _unknown(batches: list[Batch]) -> list[Batch]:
    return [batch for batch in batches if not _from_here(batch)]


def _from_here(batch: Batch) -> bool:
    """Whether the database knows what the batch came from."""
    if batch.origin.startswith(APP):
        return EventBatch.objects.filter(pk=UUID(batch.origin.removeprefix(APP))).exists()
    # of the command line there is no origin
    number, _, version = batch.origin.removeprefix(_UPLOAD).partition(".")
    if not batch.origin.startswith(_UPLOAD) or not (number.isdigit() and version.isdigit()):
        return False
    # after a restore, numbers are given anew: another file may have this one, so its content is compared as well
    return Upload.objects.filter(pk=int(number), sha256=batch.sha256, version__gte=int(version)).exists()


def _ledger_ahead(count: int) -> Problem:
    zh = (
        f"台账里有 {count} 条上传记录是数据库不知道的（数据库可能是从较早的备份恢复的，或有人在命令行导入过）；"
        "在管理员于“数据 → 未登记的上传记录”核对认可之前，不导入、不核算、不审批"
    )
    en = (
        f"the ledger has {number_of(count, 'batch', 'batches')} that the database knows nothing of (it may have been "
        "restored from an older backup, or somebody landed on the command line); nothing lands, settles or is approved "
        "before an administrator has looked at them under Evidence → Unknown batches"
    )
    return Problem("ledger_ahead", zh, en)


def _others_by_now() -> Problem:
    zh, en = "未登记的上传记录有变化，请重新核对", "the unknown batches are others by now; look at them again"
    return Problem("moved_on", zh, en)
