"""What somebody says of a header: remembered for their store, by HR of the group for every store, and taken back."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, require
from fairwrench.web.access.targets import GROUP, Handing
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import ColumnMapping, Upload
from fairwrench.web.evidence.reading.mapping import problems_of
from fairwrench.web.evidence.uploads.services import upload_busy, upload_may_change, upload_read


def mapping_save(
    *, upload: Upload, digest: str, source: str, labels: Mapping[str, str], everywhere: bool, by: User
) -> Upload:
    """Remember what the labels of a header mean, for files of this one's store or of all stores; the file is read anew.

    PermissionDenied for whoever does not hand in that source there, nor what such a header was read as so far, and for
    all stores unless as HR of the group. Refused, with nothing remembered, for unknown sources and columns, for labels
    that cannot be told apart, and for one store where the file is of none.
    """
    known, store = selectors.sources(), "" if everywhere else store_of(upload, digest)
    if source not in known:
        raise Refused([Problem("unknown_source", f"没有数据报表“{source}”", f"there is no source {source!r}")])
    # what no store says would hold for every one, and that is for HR of the group to say
    if not (everywhere or store):
        raise Refused([_no_store(upload)])
    _require(by, upload, digest, {source}, store)
    if wrong := problems_of(known[source], labels):
        raise Refused(wrong)
    _unless_busy(upload)
    told = {"source": source, "labels": dict(labels), "by": by}
    with transaction.atomic():
        # else what was said for this file's store would still go before it
        if everywhere and (own := store_of(upload, digest)):
            ColumnMapping.objects.filter(digest=digest, store=own).delete()
        ColumnMapping.objects.update_or_create(digest=digest, store=store, defaults=told)
    return upload_read(upload=upload, by=by)


def mapping_forget(*, upload: Upload, digest: str, by: User) -> Upload:
    """Go back to what is recognised of itself, where it was said for the store; for all stores, as HR of the group.

    PermissionDenied for whose it is not; Refused where somebody of one store would take back what holds for all.
    """
    _unless_busy(upload)
    store = store_of(upload, digest)
    own = ColumnMapping.objects.filter(digest=digest, store=store) if store else ColumnMapping.objects.none()
    if may(by, "evidence.map_everywhere", about=GROUP):
        # HR of the group takes both back, as the header is then to be read as it is recognised
        ColumnMapping.objects.filter(digest=digest, store__in={"", store}).delete()
    elif own.exists():
        _require(by, upload, digest, set(), store)
        own.delete()
    else:
        upload_may_change(upload=upload, by=by)
        if ColumnMapping.objects.filter(digest=digest, store="").exists():
            raise Refused([_holds_everywhere(upload)])
    return upload_read(upload=upload, by=by)


def store_of(upload: Upload, digest: str) -> str:
    """The store for which something said of a header is remembered: the file's, else the only one that its sheets of
    that header are about; empty where they are about several or none."""
    if upload.store:
        return upload.store
    stores = {store for sheet in upload.sheets.all() if sheet.digest == digest for store in selectors.concerned(sheet)}
    return stores.pop() if len(stores) == 1 and stores <= set(selectors.store_names()) else ""


def _require(by: User, upload: Upload, digest: str, sources: set[str], store: str) -> None:
    """PermissionDenied unless everything that such a header was and will be read as is the user's to hand in there."""
    upload_may_change(upload=upload, by=by)
    if not store:
        require(by, "evidence.map_everywhere", about=GROUP)
        return
    read = {sheet.source for sheet in upload.sheets.all() if sheet.digest == digest}
    said = ColumnMapping.objects.filter(digest=digest, store=store).values_list("source", flat=True)
    # what the header was read as so far, too: else a file of another's duty could be turned into one's own
    for source in sorted({*sources, *read, *said}):
        require(by, "evidence.land", about=Handing(source, (store,)))


def _unless_busy(upload: Upload) -> None:
    if upload.active or upload.state == Upload.State.SET_ASIDE:
        raise Refused([upload_busy(upload)])


def _no_store(upload: Upload) -> Problem:
    zh = "看不出文件属于哪家门店：请先选择门店并重新读取，再设定各列；对所有门店生效的设定由集团人力资源办理"
    en = "the file tells no store: choose its store and read it anew first; for every store, HR of the group says it"
    return Problem("no_store", zh, en, file=upload.name)


def _holds_everywhere(upload: Upload) -> Problem:
    zh = "这份列对应对所有门店生效，由集团人力资源设定；您可以为本店另行设定"
    en = "these columns hold for every store, as HR of the group said; you may say otherwise for your own store"
    return Problem("holds_everywhere", zh, en, file=upload.name)
