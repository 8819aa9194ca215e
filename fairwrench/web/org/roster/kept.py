"""Rosters that were handed in and wait to be taken in: each in a folder of its own, with what was read of it.

UPLOADS/rosters/<word>/file is the file as handed in, read-<digest>/ what a bounded process read of it beside the roster
of that digest. They hold salaries: once a file is decided on, or nobody did for a week, its folder goes.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from fairwrench.ledger.roster.roster import GIVEN
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.org.days import today
from fairwrench.web.org.organisation import scheme_of_office
from fairwrench.web.org.roster.reading import FRAME, LIMITS, Order, read
from fairwrench.web.ui.files.bounded import RESULT, Bounds, GivenUp, preload, read_bounded, refusal, result_of

FOLDER = "rosters"
#: the page waits for it, so not for long: a roster of 60 000 people takes some seconds
BOUNDS = Bounds(seconds=30, memory=2 << 30, written=256 << 20)
MEND = ("请只保留花名册的列和行后重新上传", "keep only the columns and rows of the roster, and upload it again")
#: how long a file waits for somebody to decide on it
WAITS = timedelta(days=7)
_WORD = re.compile(r"[0-9a-f]{32}")

preload(read.__module__)


def roster_keep(*, upload: UploadedFile) -> str:
    """Keep a file that was handed in until it is decided on; the word by which it is kept. Refused for a large one."""
    if (upload.size or 0) > LIMITS.file_bytes:
        raise Refused([_too_large(upload)])
    # a word of ours: nothing that was sent becomes part of a path
    word = secrets.token_hex(16)
    folder = _folder(word)
    folder.mkdir(parents=True)
    with (folder / "file").open("wb") as file:
        shutil.copyfileobj(upload, file)
    return word


def roster_waits(*, kept: str) -> bool:
    """Whether a file is still there to be decided on."""
    return _WORD.fullmatch(kept) is not None and (_folder(kept) / "file").exists()


def roster_read(*, kept: str, called: str, known: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """The roster of a kept file (columns GIVEN) and what is wrong with it; read once a day for each roster `known`.

    Refused when reading it is given up.
    """
    # managers are found by name in this very roster, and days judged by today
    out = _folder(kept) / f"read-{digest_of(known)[:16]}-{today()}"
    if (out / RESULT).exists():
        told = result_of(out)
    else:
        # they hold salaries and are of another roster or day
        for old in _folder(kept).glob("read-*"):
            shutil.rmtree(old, ignore_errors=True)
        try:
            told = read_bounded(read, Order(_folder(kept) / "file", scheme_of_office(), known, today()), out, BOUNDS)
        except GivenUp as given_up:
            raise refusal(given_up, name=called, seconds=BOUNDS.seconds, mend=MEND) from None
    problems = [Problem(**{**problem, "path": tuple(problem["path"])}) for problem in told["problems"]]
    return pl.read_parquet(out / FRAME).select(pl.col(name).cast(kind) for name, kind in GIVEN.items()), problems


def roster_forget(*, kept: str) -> None:
    """The file is no longer needed."""
    if _WORD.fullmatch(kept):
        shutil.rmtree(_folder(kept), ignore_errors=True)


def rosters_tidy() -> int:
    """Forget the files on which nobody decided; returns how many. What lies there otherwise goes too."""
    before = timezone.now() - WAITS
    old = [path for path in Path(default_storage.path(FOLDER)).glob("*") if _touched(path) < before]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def digest_of(roster: pl.DataFrame) -> str:
    """A roster in a word, so that nobody applies a file to another roster than the one that was shown."""
    return hashlib.sha256(roster.write_csv().encode()).hexdigest()


def _folder(kept: str) -> Path:
    return Path(default_storage.path(FOLDER)) / kept


def _touched(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())


def _too_large(upload: UploadedFile) -> Problem:
    most = LIMITS.file_bytes >> 20
    zh, en = f"花名册文件最多 {most} MB，没有收下", f"a roster has at most {most} MB; the file was not taken"
    return Problem("file_too_large", zh, en, file=upload.name or "")
