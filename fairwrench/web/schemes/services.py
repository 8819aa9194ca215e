"""What is done with versions: handed in, adopted from a month on, withdrawn."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import IntegrityError, transaction
from django.utils import timezone

from fairwrench.ledger.folder import sha256_of, write_whole
from fairwrench.report.workbook import safe_name
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.people.models import User
from fairwrench.web.people.policy import require
from fairwrench.web.schemes import refusals, selectors
from fairwrench.web.schemes.bounded import check_bounded
from fairwrench.web.schemes.hooks import is_settled
from fairwrench.web.schemes.models import SchemeVersion

State = SchemeVersion.State
#: a scheme of a thousand lines has some 60 kB
MOST_BYTES = 512 << 10
ENDS = (".yaml", ".yml")
#: the longest name of a file that is kept
NAME_LENGTH = 100
#: months before and after this one from which a scheme may begin to hold
EARLIEST, LATEST = 60, 24


def version_add(*, content: bytes, name: str, by: User, note: str = "") -> SchemeVersion:
    """Check a document and keep it as a draft. Refused with everything that is wrong; then nothing is kept."""
    require(by, "schemes.change")
    name = kept_name(name)
    if problem := _refusal(content, name):
        raise Refused([problem])
    with TemporaryDirectory(prefix="fairwrench-scheme-") as folder:
        path = Path(folder) / "scheme.yaml"
        path.write_bytes(content)
        checked = check_bounded(path, name, sources())
    if errors(checked.problems):
        raise Refused(checked.problems)
    digest = sha256_of(content)
    version = SchemeVersion(name=checked.name, version=checked.version, sha256=digest, file=name, by=by, note=note)
    version.problems = [asdict(problem) for problem in checked.problems]
    _unlike_others(version)
    place = selectors.version_path(version=version)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, content)
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
    same = _same_document(sha256_of(content))
    return refusals.there_already(same) if same else None


def _same_document(digest: str) -> SchemeVersion | None:
    return SchemeVersion.objects.exclude(state=State.WITHDRAWN).filter(sha256=digest).first()


def _unlike_others(version: SchemeVersion) -> None:
    """Refused when the same name and version belong to another document already: a change is a new version."""
    own = selectors.own_scheme()
    others = SchemeVersion.objects.exclude(state=State.WITHDRAWN)
    taken = others.filter(name=version.name, version=version.version).exists()
    if taken or (own and (own.scheme, own.version) == (version.name, version.version)):
        raise Refused([refusals.same_version(version)])


def version_adopt(*, version: SchemeVersion, begins: Month, by: User, note: str = "") -> SchemeVersion:
    """Let a draft hold from a month on, until a later version begins. Pressed twice, it is adopted once.

    Refused when a month that it would change is settled, when another version begins in that month, or when the draft
    was adopted for another month or withdrawn meanwhile.
    """
    require(by, "schemes.change")
    with transaction.atomic():
        locked = SchemeVersion.objects.select_for_update().get(pk=version.pk)
        if locked.state == State.ADOPTED and locked.begins == str(begins):
            return locked
        if locked.state != State.DRAFT:
            raise Refused([refusals.no_draft(locked)])
        _may_begin(begins)
        locked.state, locked.begins = State.ADOPTED, str(begins)
        locked.adopted_by, locked.adopted_at = by, timezone.now()
        locked.note = note or locked.note
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError:
            raise Refused([refusals.taken(begins)]) from None
    return locked


def _may_begin(begins: Month) -> None:
    now = selectors.this_month()
    if not -EARLIEST <= now.until(begins) <= LATEST:
        raise Refused([refusals.far_away(begins)])
    if SchemeVersion.objects.filter(state=State.ADOPTED, begins=str(begins)).exists():
        raise Refused([refusals.taken(begins)])
    if settled := settled_from(begins=begins):
        raise Refused([refusals.settled(settled)])


def settled_from(*, begins: Month) -> Month | None:
    """The first month from `begins` on, before another version begins, whose figures stand; None for none."""
    later = SchemeVersion.objects.filter(state=State.ADOPTED, begins__gt=str(begins)).order_by("begins").first()
    last = Month.parse(later.begins).plus(-1) if later else max(begins, selectors.this_month().plus(1))
    return next((month for month in Month.range(begins, last) if is_settled(month)), None)


def version_withdraw(*, version: SchemeVersion, by: User) -> SchemeVersion:
    """Take back a draft, or an adopted version by which no month was settled. Pressed twice, it is taken back once."""
    require(by, "schemes.change")
    with transaction.atomic():
        locked = SchemeVersion.objects.select_for_update().get(pk=version.pk)
        if locked.state == State.WITHDRAWN:
            return locked
        if locked.state == State.ADOPTED and (used := settled_from(begins=Month.parse(locked.begins))):
            raise Refused([refusals.used(locked, used)])
        locked.state, locked.begins = State.WITHDRAWN, ""
        locked.save()
    return locked
