"""Documents of versions on disk: as handed in, and beside each the scheme compiled from it, so that no page reads YAML.

HOME/schemes/<first 16 digits of the SHA-256>/<file>, and there compiled-<digest>.json. What a document says depends on
the shipped schemes and metrics that it is laid upon, so the digest is theirs: another program compiles anew.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from pydantic import ValidationError

from fairwrench.catalog.loader import CATALOG
from fairwrench.ledger.folder import remove_unfinished, write_whole
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.schemes.documents.bounded import compile_bounded
from fairwrench.web.schemes.models import SchemeVersion

_COMPILED = "compiled-"
#: how long a document lies there whose version was never written down, as its process may still be about to
ORPHANED = timedelta(days=1)


def documents() -> Path:
    """The folder in which the documents of versions lie."""
    return Path(settings.HOME) / "schemes"


def version_path(*, version: SchemeVersion) -> Path:
    """Where a version's document lies."""
    return documents() / version.sha256[:16] / version.file


def document_keep(*, version: SchemeVersion, content: bytes, compiled: str) -> None:
    """Keep the document of a version letter by letter, and what was compiled from it."""
    path = version_path(version=version)
    write_whole(path, content)
    write_whole(_compiled(path), compiled.encode())


def document_scheme(*, path: Path) -> Scheme:
    """The scheme of a kept document; compiled in a bounded process where this program has not done so yet.

    Refused where the document cannot be opened any more.
    """
    compiled = _compiled(path)
    # the document has to be there still: a scheme whose text is lost is not to be settled by
    if path.exists() and compiled.exists():
        try:
            return Scheme.model_validate_json(compiled.read_bytes())
        except (OSError, ValidationError):
            pass  # half-written, or of another program: made anew
    text = compile_bounded(path)
    write_whole(compiled, text.encode())
    return Scheme.model_validate_json(text)


def documents_tidy() -> int:
    """Remove documents of no version, and what earlier programs compiled; returns how many folders and files went."""
    before = timezone.now() - ORPHANED
    # listed before the versions are asked for: one that comes in between is not taken for an orphan
    folders = [folder for folder in documents().glob("*") if folder.is_dir() and _changed(folder) < before]
    named = {digest[:16] for digest in SchemeVersion.objects.values_list("sha256", flat=True)}
    orphans = [folder for folder in folders if folder.name not in named]
    for folder in orphans:
        shutil.rmtree(folder, ignore_errors=True)
    old = [path for path in documents().glob(f"*/{_COMPILED}*") if path.name != _compiled(path).name]
    for path in old:
        path.unlink(missing_ok=True)
    for folder in set(folders) - set(orphans):
        remove_unfinished(folder)
    return len(orphans) + len(old)


def _compiled(document: Path) -> Path:
    return document.parent / f"{_COMPILED}{_program()}.json"


@cache
def _program() -> str:
    """What is shipped for documents to be laid upon, in a word."""
    whole = sha256()
    for path in sorted(path for path in CATALOG.rglob("*") if path.suffix in (".py", ".yaml")):
        # names go in too: a file that was only renamed changes what a base is called
        whole.update(path.relative_to(CATALOG).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def _changed(folder: Path) -> datetime:
    return datetime.fromtimestamp(folder.stat().st_mtime, tz=timezone.get_current_timezone())
