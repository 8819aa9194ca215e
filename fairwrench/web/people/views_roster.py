"""The roster handed in as a file, looked at, taken in; and taken away as one."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.people.forms_people import RosterForm
from fairwrench.web.people.policy import allowed
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.people.roster_files import Preview, roster_forget, roster_keep, roster_preview, roster_workbook
from fairwrench.web.people.selectors import stores_kept
from fairwrench.web.people.services import roster_apply
from fairwrench.web.people.tables_people import Changes
from fairwrench.web.ui.saving import saved_as
from fairwrench.web.ui.tables import XLSX, table_page
from fairwrench.web.ui.words import lang, of, pick

#: where the session keeps which file waits
WAITING = "roster_waiting"


@allowed("people.change")
def roster(request: SignedInRequest) -> HttpResponse:
    """Hand the roster in as a file; it is looked at before anything changes."""
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["roster"]
        request.session[WAITING] = {"kept": roster_keep(upload=upload), "called": upload.name}
        return redirect("people:roster_preview")
    return render(request, "people/roster.html", {"form": form})


def _waiting(request: SignedInRequest, missing: str) -> Preview | None:
    waiting = request.session.get(WAITING)
    if not waiting:
        return None
    return roster_preview(**waiting, stores=stores_kept(user=request.user), keep_missing=missing != "remove")


@allowed("people.change")
def preview(request: SignedInRequest) -> HttpResponse:
    """What the file would change, and what is wrong with it."""
    missing = request.GET.get("missing", "keep")
    found = _waiting(request, missing)
    if found is None:
        return redirect("people:roster")
    kinds = [change.kind for change in found.changes]
    context = {
        "preview": found,
        "missing": missing,
        "called": request.session[WAITING]["called"],
        "counts": {kind: kinds.count(kind) for kind in ("new", "changed", "gone")},
    }
    name = pick("花名册变动", "Roster changes")
    return table_page(
        request, Changes, found.changes, template="people/roster_preview.html", name=name, context=context
    )


@allowed("people.change")
@require_POST
@transaction.atomic
def apply(request: SignedInRequest) -> HttpResponse:
    """Take the file in, unless the roster changed since it was looked at."""
    missing = request.POST.get("missing", "keep")
    found = _waiting(request, missing)
    if found is None:
        return redirect("people:roster")
    if found.blocked or found.before != request.POST.get("before"):
        told = pick("花名册在此期间有变化，请重新核对。", "The roster changed meanwhile; look again.")
        messages.error(request, told)
        return redirect("people:roster_preview")
    try:
        counts = roster_apply(roster=found.roster, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, of(problem))
        return redirect("people:roster_preview")
    roster_forget(kept=request.session.pop(WAITING)["kept"])
    told = pick("花名册已导入：新增 {} 人，变动 {} 人，不再在册 {} 人。", "Taken in: {} new, {} changed, {} gone.")
    messages.success(request, told.format(counts.new, counts.changed, counts.gone))
    return redirect("people:list")


@allowed("people.change")
def export(request: SignedInRequest) -> HttpResponse:
    """The roster of the stores kept as a workbook that can be handed in again."""
    content = roster_workbook(stores=stores_kept(user=request.user), lang=lang())
    name = pick("花名册.xlsx", "roster.xlsx")
    headers = {"Content-Disposition": saved_as(name)}
    return HttpResponse(content, content_type=XLSX, headers=headers)
