"""One file handed in: its preview, its header mapped by hand, landed or set aside, and taken away again."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.ledger.intake.intake import FileIntake
from fairwrench.ledger.intake.rejection import write_rejected
from fairwrench.report.workbook.workbook import safe_name
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import reach_of, readers_stores
from fairwrench.web.evidence.authority import told_of_pages
from fairwrench.web.evidence.models import ColumnMapping, Upload
from fairwrench.web.evidence.reading.mapping import without_ignored
from fairwrench.web.evidence.tasks import part_of
from fairwrench.web.evidence.uploads import mapping_services, services
from fairwrench.web.evidence.uploads.contradictions import contradictions
from fairwrench.web.evidence.uploads.decided_rows import decided_in_app
from fairwrench.web.evidence.uploads.preview import column_words, shown_sheet, without_names
from fairwrench.web.evidence.views.against import against
from fairwrench.web.evidence.views.desk import month_asked, months_offered
from fairwrench.web.ui.requests.answers import answered, onwards
from fairwrench.web.ui.requests.http import saved_as
from fairwrench.web.ui.requests.parameters import number_of, number_said
from fairwrench.web.ui.tables.tables import XLSX
from fairwrench.web.ui.words import lang, of, pick
from fairwrench.web.work.queue.selectors import job_shown

State = Upload.State
#: a label of a form that is left to recognition
AUTOMATIC = "*"


@require_GET
@opened("evidence.view")
def upload(request: SignedInRequest, upload_id: int) -> HttpResponse:
    """What a file holds, before it lands and after."""
    found = selectors.upload_seen(user=request.user, upload_id=upload_id)
    kinds, landing = selectors.sources(), reach_of(user=request.user, landing=True)
    sheets = list(found.sheets.select_related("landing"))
    stores = readers_stores(user=request.user)
    context = {
        "upload": found,
        "job": job_shown(job=found.job, user=request.user) if found.job else None,
        "sheets": [
            (
                shown_sheet(sheet=sheet, upload=found, kinds=kinds, stores=stores, sheets=sheets),
                against(sheet=sheet, upload=found, source=kinds.get(sheet.source)),
            )
            for sheet in sheets
        ],
        "others": found.others,
        "contradictions": contradictions(upload=found),
        "on_pages": [*told_of_pages(upload=found, sheets=sheets), *decided_in_app(upload=found)],
        "may_land": _may_land(request, found) if found.state == State.READ else False,
        "may_change": landing.anything and selectors.may_be_changed(found, landing, request.user),
        "closed": found.state == State.READ and selectors.is_closed(month=found.at_month),
        "open_month": str(selectors.open_month()),
        "months": [str(month) for month in months_offered(selectors.open_month())],
        "stores": sorted({*selectors.stores_offered(user=request.user), found.store} - {""}),
        "totals_wrong": any(
            not total["equal"] and not total.get("explained") for sheet in sheets for total in sheet.totals
        ),
        # only while its preview lies there: the workbook of rejected rows is made from it
        "rejected": sum(sheet.rejected for sheet in sheets) if found.folder and found.read_into.is_dir() else 0,
        "there": found.path.exists(),
    }
    return render(request, "evidence/upload.html", context)


def _may_land(request: SignedInRequest, found: Upload) -> bool:
    try:
        services.upload_may_land(upload=found, by=request.user)
    except PermissionDenied:
        return False
    return True


@require_POST
@opened("evidence.land")
def land(request: SignedInRequest, upload_id: int) -> HttpResponse:
    """Land what was previewed."""
    found = selectors.upload_seen(user=request.user, upload_id=upload_id)
    version = number_of(request.POST, "version", -1)
    return answered(
        request,
        lambda: services.upload_land(upload=found, by=request.user, version=version),
        "",
        "evidence:upload",
        upload_id,
    )


@require_POST
@opened("evidence.land")
def land_ready(request: SignedInRequest) -> HttpResponse:
    """Land at once the files that nothing speaks against, each as it was shown (`ready`: id and version)."""
    begun = 0
    asked = [each.partition(":") for each in request.POST.getlist("ready")]
    # ids come from the form: each is looked at as if it were asked for alone
    for upload_id, version in [(number_said(upload_id), number_said(version)) for upload_id, _, version in asked]:
        found = selectors.upload_seen(user=request.user, upload_id=upload_id)
        try:
            services.upload_land(upload=found, by=request.user, version=version)
        except Refused as refused:
            messages.error(request, f"{found.name}: {of(refused.problems[0])}")
        else:
            begun += 1
    if begun:
        messages.success(request, pick("{} 个文件正在导入。", "{} files are being landed.").format(begun))
    return onwards(request, "evidence:desk")


@require_POST
@opened("evidence.land")
def place(request: SignedInRequest, upload_id: int) -> HttpResponse:
    """Another month or store, or simply read anew."""
    found = selectors.upload_seen(user=request.user, upload_id=upload_id)
    month, store = month_asked(request), request.POST.get("store", "")

    def do() -> None:
        if (str(month), store) == (found.month, found.store):
            services.upload_read_again(upload=found, by=request.user)
        else:
            services.upload_place(upload=found, month=month, store=store, by=request.user)

    return answered(request, do, pick("正在重新读取。", "Being read anew."), "evidence:upload", upload_id)


@require_POST
@opened("evidence.land")
def set_aside(request: SignedInRequest, upload_id: int) -> HttpResponse:
    """Take a file off the desk."""
    found = selectors.upload_seen(user=request.user, upload_id=upload_id)
    done = pick("{} 已作废，没有导入任何数据。", "{} was set aside; nothing of it has landed.").format(found.name)
    return answered(request, lambda: services.upload_set_aside(upload=found, by=request.user), done, "evidence:desk")


@opened("evidence.land")
def header(request: SignedInRequest, upload_id: int, digest: str) -> HttpResponse:
    """Say what the labels of a header mean."""
    found = selectors.upload_seen(user=request.user, upload_id=upload_id)
    services.upload_may_change(upload=found, by=request.user)
    about = _header(found, digest)
    if request.method == "POST":
        return _save(request, found, digest)
    store = mapping_services.store_of(found, digest)
    kinds = selectors.sources_handed_in(user=request.user, store=store)
    source = request.GET.get("source") or about["source"]
    kind = kinds.get(source)
    options = [(name, column_words(kind, name)) for name in without_ignored(kind.columns)] if kind else []
    # the store's own before that of every store, as reading chooses
    before = ColumnMapping.objects.filter(digest=digest, store__in={"", store}).order_by("-store").first()
    known = about["columns"] if source == about["source"] else {}
    mapped = before.labels if before and before.source == source else {}
    # what somebody chose, else what was recognised, else left to recognition
    labels = [(label, mapped.get(label, known.get(label, AUTOMATIC))) for label in about["labels"]]
    context = {
        **{"upload": found, "digest": digest, "source": source, "kind": kind, "about": about, "before": before},
        **{"kinds": sorted(kinds.items()), "options": options, "labels": labels, "automatic": AUTOMATIC},
        **{"store": store, "everywhere": may(request.user, "evidence.map_everywhere", about=GROUP)},
    }
    return render(request, "evidence/header.html", context)


def _save(request: SignedInRequest, found: Upload, digest: str) -> HttpResponse:
    if "forget" in request.POST:
        return answered(
            request,
            lambda: mapping_services.mapping_forget(upload=found, digest=digest, by=request.user),
            pick("已恢复自动识别。", "Back to what is recognised of itself."),
            *("evidence:upload", found.pk),
        )
    pairs = zip(request.POST.getlist("label"), request.POST.getlist("column"), strict=False)
    # a label left to recognition is not part of what is remembered
    labels = {label: column for label, column in pairs if column != AUTOMATIC}
    return answered(
        request,
        lambda: mapping_services.mapping_save(
            upload=found,
            digest=digest,
            source=request.POST.get("source", ""),
            labels=labels,
            everywhere="everywhere" in request.POST,
            by=request.user,
        ),
        pick("已记住，正在重新读取。", "Remembered; being read anew."),
        *("evidence:upload", found.pk),
    )


def _header(found: Upload, digest: str) -> dict[str, Any]:
    """A header of the file: its sheet, labels, first rows, and what it was taken for."""
    for sheet in found.sheets.all():
        if sheet.digest == digest:
            facts = {"source": sheet.source, "labels": sheet.labels, "columns": sheet.columns}
            return {**facts, "sheet": sheet.name, "first": []}
    for other in found.others:
        if other["digest"] == digest:
            facts = {"source": other["likely"], "labels": list(dict.fromkeys(other["labels"])), "columns": {}}
            return {**facts, "sheet": other["sheet"], "first": other["first"]}
    raise Http404


@require_GET
@opened("evidence.view")
def file(request: SignedInRequest, upload_id: int) -> FileResponse:
    """The file as it was handed in."""
    return stored_file(selectors.upload_seen(user=request.user, upload_id=upload_id).path, upload_id)


def stored_file(path: Path, upload_id: int) -> FileResponse:
    """Kept content under the name it came with; never shown, always saved."""
    name = Upload.objects.values_list("name", flat=True).get(pk=upload_id)
    if not path.exists():
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
    # a page that somebody handed in as a file is never shown as one of ours
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
@opened("evidence.view")
def rejected(request: SignedInRequest, upload_id: int) -> HttpResponse:
    """The rejected rows as a workbook to mend and hand in again."""
    found = selectors.upload_seen(user=request.user, upload_id=upload_id)
    sheets = list(found.sheets.all())
    try:
        parts = tuple(part_of(sheet, found) for sheet in sheets if found.folder)
    except FileNotFoundError:  # tidied away
        parts = ()
    if not any(part.rejected.height for part in parts):
        return onwards(request, "evidence:upload", upload_id)
    name = f"{safe_name(Path(found.name).stem)}_{pick('退回', 'rejected')}.xlsx"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rejected.xlsx"
        # reasons name people of the whole roster: not to who sees single stores
        told = tuple(without_names(part, stores=readers_stores(user=request.user)) for part in parts)
        write_rejected(path, FileIntake(found.name, told), lang())
        answer = HttpResponse(path.read_bytes(), content_type=XLSX)
    answer.headers["Content-Disposition"] = saved_as(name)
    return answer
