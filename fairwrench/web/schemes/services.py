"""A new version handed in; what becomes of it stands in `approval_services`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import IntegrityError, transaction

from fairwrench.ledger.folder import sha256_of
from fairwrench.report.workbook.workbook import safe_name
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes import refusals, selectors
from fairwrench.web.schemes.documents.bounded import check_bounded
from fairwrench.web.schemes.documents.kept import document_keep
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.ui.files.scratch import scratch

State = SchemeVersion.State
#: a scheme of a thousand lines has some 60 kB
MOST_BYTES = 512 << 10
ENDS = (".yaml", ".yml")
#: the longest name of a file that is kept
NAME_LENGTH = 100


def version_add(*, content: bytes, name: str, by: User, note: str = "") -> SchemeVersion:
    """Check a document and keep it as a draft. Refused with everything that is wrong; then nothing is kept."""
    require(by, "schemes.change", about=GROUP)
    name = kept_name(name)
    if problem := _refusal(content, name):
        raise Refused([problem])
    with TemporaryDirectory(prefix="scheme-", dir=scratch()) as folder:
        path = Path(folder) / "scheme.yaml"
        path.write_bytes(content)
        checked = check_bounded(path, name, sources(), settings.TIME_ZONE)
    # warnings are kept with the draft and shown to whoever approves
    if errors(checked.problems):
        raise Refused(checked.problems)
    digest = sha256_of(content)
    version = SchemeVersion(name=checked.name, version=checked.version, sha256=digest, file=name, by=by, note=note)
    if named := Scheme.model_validate_json(checked.compiled).name:
        version.name_zh, version.name_en = named.zh[:120], named.en[:120]
    version.problems = [asdict(problem) for problem in checked.problems]
    _unlike_others(version)
    # before the row: a row without a document could not be opened, while a folder without a row is tidied
    document_keep(version=version, content=content, compiled=checked.compiled)
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError:
        raise Refused([refusals.there_already(_same_document(digest) or version)]) from None
    return version


def kept_name(name: str) -> str:
    """A file's own name, without any folder, short and safe."""
    return safe_name(Path(name.replace("\\", "/")).name)[-NAME_LENGTH:]


def _refusal(content: bytes, name: str) -> Problem | None:
    """Why a file is not even looked into."""
    if not name.lower().endswith(ENDS):
        return refusals.no_yaml(name)
    if len(content) > MOST_BYTES:
        return refusals.too_large(name, MOST_BYTES)
    if not content.strip():
        return refusals.empty(name)
    # asked before the check, which takes a second; the database asks again when it is saved
    same = _same_document(sha256_of(content))
    return refusals.there_already(same) if same else None


def _same_document(digest: str) -> SchemeVersion | None:
    return SchemeVersion.objects.exclude(state=State.WITHDRAWN).filter(sha256=digest).first()


def _unlike_others(version: SchemeVersion) -> None:
    """Refused when the same name and version belong to another document already: a change is a new version."""
    own = selectors.own_scheme()
    # what was withdrawn frees its name and version
    others = SchemeVersion.objects.exclude(state=State.WITHDRAWN)
    taken = others.filter(name=version.name, version=version.version).exists()
    if taken or (own and (own.scheme, own.version) == (version.name, version.version)):
        raise Refused([refusals.same_version(version)])
