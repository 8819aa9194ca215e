"""The desk: drop files, see what waits, see what is there for a month and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source
from fairwrench.web.access.policy import may, opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.freshness.freshness import Freshness, freshness
from fairwrench.web.evidence.freshness.places import late_providers, places_listed
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads.services import Taken, upload_add
from fairwrench.web.evidence.uploads.unknown_batches import batches_unknown
from fairwrench.web.evidence.views.tables import Places, Uploads
from fairwrench.web.ui.components import HEAT
from fairwrench.web.ui.requests.answers import onwards
from fairwrench.web.ui.requests.parameters import choice_of, month_said
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import aside, both, joined, of, pick

#: months back that may be chosen
MONTHS_BACK = 14
ON_DESK = 30
#: stores side by side in the map
BESIDE = 25


def month_asked(request: SignedInRequest, now: Month | None = None) -> Month:
    """The month of the query string or form; the open one where it names none (`now`, if it is known already)."""
    said = request.POST.get("month") or request.GET.get("month")
    return month_said(said) if said else now or selectors.open_month()


def months_offered(now: Month) -> list[Month]:
    """The months a file may be handed in for, the newest first; `now` is the open one."""
    return [now.plus(-back) for back in range(-1, MONTHS_BACK)]


@require_GET
@opened("evidence.view")
def desk(request: SignedInRequest) -> HttpResponse:
    """Drop, wait, and the heat map of a month; `month`, `source` and `store` narrow it."""
    now = selectors.open_month()
    month = month_asked(request, now)
    chosen = {name: request.GET.get(name, "") for name in ("source", "store")}
    # read once: the map and the list of what waits are made of the same files
    desk = selectors.uploads_open()
    found = freshness(user=request.user, month=month, desk=desk, **chosen)
    context = {
        "month": str(month),
        "open_month": str(now),
        "months": [str(each) for each in months_offered(now)],
        "found": found,
        "chosen": chosen,
        **_columns(request, found),
        "kinds": sorted(found.kinds.items()),
        "all_stores": found.every_store,
        "may_land": opens(request.user, "evidence.land"),
        "drop_hint": pick("xlsx、xls、csv；一次可选很多个", "xlsx, xls, csv; many at once"),
        "perms_exemption": opens(request.user, "evidence.exemption"),
        "perms_missing": opens(request.user, "evidence.answer_missing_order"),
        "perms_keep": opens(request.user, "evidence.keep"),
        "perms_define": may(request.user, "evidence.define_source", about=GROUP),
        "unknown": _unknown(request),
        **_waiting(request, desk, found.kinds),
    }
    return render(request, "evidence/desk.html", context)


def _unknown(request: SignedInRequest) -> int:
    """How many batches wait for an administrator to look at them; nobody else is asked."""
    mine = may(request.user, "evidence.adopt", about=GROUP)
    return len(batches_unknown(ledger=selectors.ledger_read())) if mine else 0


@require_GET
@opened("evidence.view")
def places(request: SignedInRequest) -> HttpResponse:
    """The places behind a count of the map: missing, rejected in part, late; `month`, `state`, `source`, `store`."""
    month, state = month_asked(request), choice_of(request.GET, "state", HEAT)
    source, store = request.GET.get("source", ""), request.GET.get("store", "")
    found = freshness(user=request.user, month=month, source=source, store=store)
    context: dict[str, Any] = {"month": str(month), "state": state, "states": found.counts}
    if opens(request.user, "evidence.chase"):
        context["late"] = late_providers(found=found, by=request.user)
    rows, name = places_listed(found=found, state=state), both("到位情况", "What is there")
    return table_page(request, Places, rows, name=name, template="evidence/places.html", context=context)


def _columns(request: SignedInRequest, found: Freshness) -> dict[str, Any]:
    """The stores of the map that stand side by side, and their rows; of many, a page of them."""
    # of more stores than stand side by side, those that lack the most come first
    stores = found.stores if len(found.stores) <= BESIDE else found.troubled
    page = Paginator(stores, BESIDE).get_page(request.GET.get("page"))
    return {"stores_page": page, "rows": found.beside(list(page))}


@require_GET
@opened("evidence.view")
def waiting(request: SignedInRequest) -> HttpResponse:
    """The part of the desk that shows what waits; it asks for itself while work is under way."""
    return render(
        request, "evidence/parts/waiting.html", _waiting(request, selectors.uploads_open(), selectors.sources())
    )


def _waiting(request: SignedInRequest, desk: list[Upload], kinds: Mapping[str, Source]) -> dict[str, Any]:
    uploads = selectors.of_desk(user=request.user, uploads=desk)[:ON_DESK]
    reach = reach_of(user=request.user, landing=True)
    ready = [upload for upload in uploads if is_ready(upload) and selectors.may_be_landed(upload, reach)]
    # while work is under way the part asks for itself; with nothing to wait for it stops
    busy = any(upload.active for upload in uploads)
    return {"uploads": uploads, "busy": busy, "ready": ready, "sources": kinds}


def is_ready(upload: Upload) -> bool:
    """Whether nothing speaks against a file: all its rows accepted, its totals right, its rows of its month."""
    sheets = list(upload.sheets.all())
    # what the file itself is told, or a sheet that nobody knows, is for somebody to look at first
    if upload.state != Upload.State.READ or not sheets or upload.problems or upload.others:
        return False
    return all(
        not sheet.rejected
        and (sheet.accepted or sheet.speaks_for)
        and all(total["equal"] for total in sheet.totals)
        # rows of other months alone: most likely last month's file (decision 3)
        and (not sheet.months or upload.month in sheet.months)
        and not any(problem["severity"] == "error" for problem in sheet.problems)
        for sheet in sheets
    )


@require_POST
@opened("evidence.land")
def drop(request: SignedInRequest) -> HttpResponse:
    """Take files in; how much may come at once, `ui.requests.uploading` says."""
    month = month_asked(request)
    # each for itself: one that is refused does not keep the others from being taken
    taken = [_take(request, file, month) for file in request.FILES.getlist("files")]
    if not taken:
        messages.warning(request, pick("没有选择文件。", "No file was chosen."))
    for each in taken:
        _tell(request, each)
    fresh = [each.upload for each in taken if each.upload and not each.had]
    if fresh:
        messages.success(
            request, pick("收到 {} 个文件，正在读取。", "{} files taken; they are being read.").format(len(fresh))
        )
    if len(taken) == 1 and taken[0].upload:
        return onwards(request, "evidence:upload", taken[0].upload.pk)
    return onwards(request, "evidence:desk")


def _take(request: SignedInRequest, file: UploadedFile, month: Month) -> Taken:
    """Every file of a form lies on the disk: see FILE_UPLOAD_HANDLERS."""
    if not isinstance(file, TemporaryUploadedFile):
        raise TypeError(file)
    return upload_add(content=Path(file.temporary_file_path()), name=file.name or "", month=month, by=request.user)


def _tell(request: SignedInRequest, taken: Taken) -> None:
    """What is special about a file: not taken, there already, landed already."""
    if taken.problem:
        said = messages.error if taken.problem.severity == "error" else messages.info
        said(request, joined((taken.name, of(taken.problem)), "："))
    # before "handed in before": where it landed says more
    elif taken.landing:
        words = pick("{} 的内容已经导入过：{}，不会重复计入。", "{} has landed before: {}; it does not count twice.")
        url = reverse("evidence:batch", args=[taken.landing.source, taken.landing.number])
        messages.info(request, format_html(SafeString(words), taken.name, _link(url, _batch_words(taken))))
    elif taken.had and taken.upload:
        words = pick("{} 已经交过：{}。", "{} was handed in before: {}.")
        url = reverse("evidence:upload", args=[taken.upload.pk])
        messages.info(request, format_html(SafeString(words), taken.name, _link(url, taken.upload.name)))


def _batch_words(taken: Taken) -> str:
    landing = taken.landing
    return aside(landing.file, joined((landing.period, f"{landing.source} {landing.number}"), "，")) if landing else ""


def _link(url: str, words: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, words)


@require_GET
@opened("evidence.view")
def uploads(request: SignedInRequest) -> HttpResponse:
    """Every file handed in that may be seen."""
    found = selectors.uploads_seen(user=request.user)
    if state := choice_of(request.GET, "state", Upload.State.values):
        found = found.filter(state=state)
    name = both("提报的文件", "Files handed in")
    return table_page(request, Uploads, found, name=name, template="evidence/uploads.html")
