"""Files handed in: taken, placed, landed, set aside. Reading and landing are background work (`tasks`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F

from fairwrench.ledger.folder import keep, sha256_of
from fairwrench.ledger.intake.discovery import TABLES, is_table, store_named
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.kept_on_pages import AfterLanding
from fairwrench.web.evidence.models import Landing, Sheet, Upload
from fairwrench.web.evidence.reading.bounded import LIMITS
from fairwrench.web.evidence.uploads.contradictions import barred, undecided
from fairwrench.web.evidence.uploads.decided_rows import decided_in_app
from fairwrench.web.evidence.uploads.retention import shelf_held
from fairwrench.web.ui.declarations import declared
from fairwrench.web.work.queue.services import job_start

State = Upload.State
#: the longest name of a file that is kept; its end says what it is
NAME_LENGTH = 200
#: what folders hold beside files of people
LITTER = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Taken:
    """What became of a dropped file: its upload, whether it `had` been handed in before, else why it was not taken."""

    name: str
    upload: Upload | None = None
    had: bool = False
    problem: Problem | None = None
    #: where equal content has landed, if it has
    landing: Landing | None = None


def upload_add(*, content: Path | bytes, name: str, month: Month, by: User, store: str = "") -> Taken:
    """Keep a file and begin to read it. A file with the same content, month and store is not taken twice, unless what
    it says may have been told otherwise since it landed: then it is a new word."""
    # a name may come as a whole path, with either sign: its folders lead nowhere
    name = Path(name.replace("\\", "/")).name[-NAME_LENGTH:] or "?"
    if problem := _refusal(content, name):
        return Taken(name, problem=problem)
    digest = sha256_of(content)
    store = store or store_named(name, selectors.store_names()) or ""
    # of landings that one may look at: that another store has the same content is not told
    earlier = selectors.landings_seen(user=by).filter(sha256=digest).first()
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    told = {"sha256": digest, "name": name, "size": size, "month": str(month), "store": store, "by": by}
    same = {"sha256": digest, "month": str(month), "store": store}
    before = Upload.objects.filter(**same, state=State.LANDED).order_by("-pk").first()
    if before is not None and not selectors.told_since(upload=before):
        return Taken(name, before, had=True, landing=earlier)
    try:
        # the shelf is held until it is written down whose the file is, so that no tidying takes it in between
        with shelf_held(), transaction.atomic():
            keep(Path(settings.UPLOADS) / "files", content)
            upload = Upload.objects.create(**told)
    except IntegrityError:
        # somebody handed the same in at the same moment: the database keeps the second out
        found = Upload.objects.exclude(state__in=[State.SET_ASIDE, State.LANDED]).get(**same)
        return Taken(name, found, had=True, landing=earlier)
    return Taken(name, upload_read(upload=upload, by=by), landing=earlier)


def upload_read_again(*, upload: Upload, by: User) -> Upload:
    """Read a file anew: with today's roster, kinds of file and mappings. PermissionDenied for whose it is not."""
    upload_may_change(upload=upload, by=by)
    if upload.active or upload.state == State.SET_ASIDE:
        raise Refused([upload_busy(upload)])
    # a landed file that is read anew comes back to the desk, where its equal may lie by now
    on_desk = Upload.objects.exclude(state__in=[State.SET_ASIDE, State.LANDED]).exclude(pk=upload.pk)
    if on_desk.filter(sha256=upload.sha256, month=upload.month, store=upload.store).exists():
        raise Refused([_twice(upload)])
    return upload_read(upload=upload, by=by)


def upload_place(*, upload: Upload, month: Month, store: str, by: User) -> Upload:
    """Say for which month and store a file was handed in, as long as it has not landed.

    PermissionDenied for whose it is not; Refused for a store that is not theirs to hand anything in for.
    """
    upload_may_change(upload=upload, by=by)
    if upload.state not in (State.READ, State.UNREADABLE):
        raise Refused([upload_busy(upload)])
    if store and store not in selectors.store_names():
        raise Refused([Problem("unknown_store", f"没有门店“{store}”", f"there is no store {store!r}")])
    # the store that it has stays allowed: whoever corrects the month need not hand in for that store
    if store not in ("", upload.store, *selectors.stores_offered(user=by)):
        raise Refused([_not_their_store(store)])
    upload.month, upload.store = str(month), store
    try:
        with transaction.atomic():
            upload.save(update_fields=["month", "store"])
    except IntegrityError:
        raise Refused([_twice(upload)]) from None
    return upload_read(upload=upload, by=by)


def upload_set_aside(*, upload: Upload, by: User) -> Upload:
    """Take a file off the desk that has not landed; its record stays. PermissionDenied for whose it is not."""
    upload_may_change(upload=upload, by=by)
    # conditional: of landing and setting aside at once, one finds the state gone
    free = Upload.objects.filter(pk=upload.pk, state__in=[State.READ, State.UNREADABLE])
    if not free.update(state=State.SET_ASIDE, version=F("version") + 1):
        raise Refused([upload_busy(upload)])
    return Upload.objects.get(pk=upload.pk)


def upload_land(*, upload: Upload, by: User, version: int) -> Upload:
    """Begin to land a file as it was previewed at `version`. Pressed twice, it lands once.

    PermissionDenied for whoever may not hand in one of its sheets; Refused when it looks otherwise by now, or when its
    month is published.
    """
    upload_may_land(upload=upload, by=by)
    # a sheet without rows that speaks for a store says that there was nothing
    if not any(sheet.accepted or sheet.speaks_for for sheet in upload.sheets.all()):
        raise Refused([_nothing(upload)])
    if problems := landing_hindered(upload=upload):
        raise Refused(problems)
    with transaction.atomic():
        # the version that the page showed: what was previewed is what lands
        free = Upload.objects.filter(pk=upload.pk, state=State.READ, version=version)
        if free.update(state=State.LANDING):
            job = job_start(kind="evidence_land", key=_key(upload), by=by, upload_id=upload.pk, by_name=name_of(by))
            Upload.objects.filter(pk=upload.pk).update(job=job)
    now = Upload.objects.get(pk=upload.pk)
    # pressed twice, the second press finds it on its way
    if now.state not in (State.LANDING, State.LANDED):
        raise Refused([_changed(upload)])
    return now


def landing_hindered(*, upload: Upload) -> list[Problem]:
    """Why a file cannot land now, asked when the button is pressed and again when its turn comes: its month is
    published, some rows may be handed in by nobody, rows contradict the pages and nobody decided between them, or they
    would replace what was decided."""
    if selectors.is_closed(month=upload.at_month):
        return [_closed(upload)]
    return [*barred(upload=upload), *undecided(upload=upload), *decided_in_app(upload=upload)]


def upload_may_land(*, upload: Upload, by: User) -> None:
    """PermissionDenied unless every sheet, in every store it says anything of, is the user's to hand in."""
    if not selectors.may_be_landed(upload, reach_of(user=by, landing=True)):
        raise PermissionDenied("evidence.land")


def upload_may_change(*, upload: Upload, by: User) -> None:
    """PermissionDenied unless the file is the user's own, or theirs to hand in whole."""
    if not selectors.may_be_changed(upload, reach_of(user=by, landing=True), by):
        raise PermissionDenied("evidence.land")


def landed(month: Month) -> None:
    """Tell whoever asked for it that evidence landed which concerns a month."""
    for after in declared(AfterLanding):
        after.act(month)


def name_of(user: User) -> str:
    """Who somebody is, as batches keep it: name and employee id, else the user name."""
    return str(user.employee) if user.employee else user.get_username()


def sheets_replace(*, upload: Upload, sheets: list[Sheet]) -> None:
    """Put what was read in the place of what was read before."""
    upload.sheets.all().delete()
    Sheet.objects.bulk_create(sheets)


def upload_read(*, upload: Upload, by: User) -> Upload:
    """Begin to read; of two who ask for it at once, one."""
    with transaction.atomic():
        free = Upload.objects.filter(pk=upload.pk, version=upload.version)
        if free.update(state=State.READING, version=F("version") + 1):
            job = job_start(kind="evidence_read", key=_key(upload), by=by, upload_id=upload.pk)
            Upload.objects.filter(pk=upload.pk).update(job=job)
    return Upload.objects.get(pk=upload.pk)


def _key(upload: Upload) -> str:
    """What keeps two equal pieces of work apart: the file, and how often it changed before."""
    return f"evidence:{upload.pk}:{upload.version}"


def _refusal(content: Path | bytes, name: str) -> Problem | None:
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    if size > LIMITS.file_bytes:
        most = LIMITS.file_bytes >> 20
        zh = f"文件有 {size >> 20} MB，最多允许 {most} MB，没有收下；请拆分后重新上传"
        en = f"the file has {size >> 20} MB, at most {most} MB are taken; split it and hand it in again"
        return Problem("file_too_large", zh, en, file=name)
    # what a spreadsheet leaves beside an open workbook (`~$…`) looks like one
    temporary = Path(name).suffix.lower() in TABLES and not is_table(name)
    return _passed_over(name) if temporary or name.startswith(".") or name.lower() in LITTER else None


def _passed_over(name: str) -> Problem:
    zh, en = "隐藏文件或临时文件，没有收下", "a hidden or temporary file; it was not taken"
    return Problem("not_taken", zh, en, "note", file=name)


def _not_their_store(store: str) -> Problem:
    zh, en = f"“{store}”的数据不归您上传", f"evidence of {store!r} is not yours to hand in"
    return Problem("strange_store", zh, en, subject=store)


def upload_busy(upload: Upload) -> Problem:
    """Why nothing can be done with a file as it is."""
    zh = f"该文件{State(upload.state).label}，现在不能这样做；请刷新页面查看"
    en = f"the file is now in the state “{State(upload.state).label}”, so this cannot be done; reload the page"
    return Problem("upload_busy", zh, en, file=upload.name)


def _changed(upload: Upload) -> Problem:
    zh, en = (
        "文件在您打开页面后重新读取过，请先看新的预览再导入",
        "the file was read anew since; look at it again first",
    )
    return Problem("upload_changed", zh, en, file=upload.name)


def _twice(upload: Upload) -> Problem:
    zh = f"同样的文件已为 {upload.month} 的这家门店交过"
    en = f"the same file was handed in for {upload.month} and this store before"
    return Problem("upload_twice", zh, en, file=upload.name)


def _nothing(upload: Upload) -> Problem:
    zh = "没有可以导入的行；请先改正退回的行，或说明各列是什么"
    en = "there is no row to land; mend the rejected rows first, or say what the columns are"
    return Problem("nothing_to_land", zh, en, file=upload.name)


def _closed(upload: Upload) -> Problem:
    month = selectors.open_month()
    zh = f"{upload.month} 已发布，不能再导入；请改为 {month}，差额会作为更正出现在该月"
    en = f"{upload.month} is published; hand the file in for {month}, where the difference becomes a correction"
    return Problem("month_closed", zh, en, file=upload.name)
