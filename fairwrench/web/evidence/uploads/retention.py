"""What lies under UPLOADS and is needed no more: previews of what landed or was set aside, files that never landed.

What landed is kept in the ledger, its file and its rejected rows too. A worker may be killed here at any moment: what
is needed is asked of the database each time, so the next tidying goes on where this one stopped.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from fairwrench.ledger.folder import remove_unfinished
from fairwrench.settlement.problem import Problem
from fairwrench.web.evidence.models import Upload
from fairwrench.web.work.models import Job

State = Upload.State


def uploads_tidy() -> int:
    """Set aside what was never landed, then remove what nobody needs; returns how many folders and files went."""
    before = timezone.now() - settings.KEEP_UPLOADS
    # first, so that previews of what is set aside now go in the same tidying
    _abandon(before)
    return _tidy_previews(before) + _tidy_shelf(before)


@contextmanager
def shelf_held(*, alone: bool = False) -> Iterator[None]:
    """Many may put files on the shelf and write down whose they are; who takes some away is `alone` there."""
    shelf = Path(settings.UPLOADS) / "files"
    shelf.mkdir(parents=True, exist_ok=True)
    with (shelf / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _abandon(before: datetime) -> None:
    """Set aside what lay on the desk for so long without landing, and without being read anew."""
    # what was read anew a day ago is still somebody's, however old the file
    idle = Q(job=None) | Q(job__finished_at__lt=before)
    old = Upload.objects.filter(idle, state__in=[State.READ, State.UNREADABLE], at__lt=before, landings=None)
    problem = asdict(_abandoned(settings.KEEP_UPLOADS.days))
    for upload in old:
        # as it was seen: what is pressed to land, or read anew, meanwhile is left alone
        as_seen = Upload.objects.filter(pk=upload.pk, version=upload.version, state=upload.state)
        as_seen.update(state=State.SET_ASIDE, version=F("version") + 1, problems=[*upload.problems, problem])


def _abandoned(days: int) -> Problem:
    zh = f"{days} 天没有导入，已自动作废；仍需要时请重新上传"
    en = f"set aside by itself, as it was not landed within {days} days; hand it in again if it is needed"
    return Problem("abandoned", zh, en, "note")


def _tidy_previews(before: datetime) -> int:
    """Folders are listed before the database is asked: one that is begun meanwhile is not among them."""
    folders = {path.name: path for path in (Path(settings.UPLOADS) / "read").glob("[0-9]*-*")}
    ids = {name: int(name.partition("-")[0]) for name in folders}
    found = Upload.objects.select_related("job").prefetch_related("sheets").in_bulk(ids.values())
    gone = [path for name, path in folders.items() if not _needed(found.get(ids[name]), path, before)]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def _needed(upload: Upload | None, path: Path, before: datetime) -> bool:
    """Whether a job may read or write a preview, or somebody may still want to look at it."""
    if upload is None:
        # whose it was is not known any more: it goes once it is old
        return _touched(path) >= before
    if upload.active or (upload.job and upload.job.active):
        return True
    # an older reading of the same file: the page shows the newest alone
    if upload.state == State.SET_ASIDE or upload.folder != f"read/{path.name}":
        return False
    if upload.state != State.LANDED:
        return True
    # a landing that failed after some sheets can be tried again, and reads the preview for the others
    again = upload.job is not None and upload.job.state == Job.State.FAILED
    wanted = again or any(sheet.rejected for sheet in upload.sheets.all())
    return wanted and upload.landed_at is not None and upload.landed_at >= before


def _tidy_shelf(before: datetime) -> int:
    """Files that belong to no upload but such as were set aside, once they are old; and what was left half-written."""
    shelf = Path(settings.UPLOADS) / "files"
    # looked for without the lock, which holds up whoever hands in a file
    old = [path for path in shelf.glob("??/*") if _touched(path) < before]
    if not old:
        return 0
    with shelf_held(alone=True):
        for folder in {path.parent for path in old}:
            remove_unfinished(folder)
        # under the lock: a file that is handed in again meanwhile is on the shelf and written down, or neither
        owned = set(Upload.objects.exclude(state=State.SET_ASIDE).values_list("sha256", flat=True))
        # the shelf keeps a file as 2 digits / the rest of its SHA-256
        gone = [path for path in old if path.exists() and path.parent.name + path.name not in owned]
        for path in gone:
            path.unlink()
    return len(gone)


def _touched(path: Path) -> datetime:
    """When something was last changed there; now where it is gone."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
    except FileNotFoundError:
        return timezone.now()
