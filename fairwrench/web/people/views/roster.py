"""The roster handed in as a file, looked at, taken in; and taken away as one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.choosing.people import keeps_pay, stores_kept, stores_paid
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.org.days import first_open_day, today
from fairwrench.web.org.roster.dating import Dating
from fairwrench.web.org.roster.files import Preview, roster_preview, roster_workbook
from fairwrench.web.org.roster.kept import digest_of, roster_forget, roster_keep, roster_read, roster_waits
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.people.forms import DatingForm, RosterForm
from fairwrench.web.people.roster_services import roster_apply
from fairwrench.web.people.tables import Changes
from fairwrench.web.people.views.staff import done
from fairwrench.web.ui.requests.http import saved_as
from fairwrench.web.ui.tables.tables import XLSX, table_page
from fairwrench.web.ui.words import lang, of, pick

#: where the session keeps which file waits
WAITING = "roster_waiting"


@opened("people.change")
def roster(request: SignedInRequest) -> HttpResponse:
    """Hand the roster in as a file; it is looked at before anything changes."""
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and done(form, lambda: _keep(request, form)):
        return redirect("people:roster_preview")
    return render(request, "people/roster.html", {"form": form, "pay": keeps_pay(user=request.user)})


def _keep(request: SignedInRequest, form: RosterForm) -> None:
    """Keep the file in the place of one that waited before, and read it; Refused, with nothing kept, for none."""
    _forget(request)
    upload = form.cleaned_data["roster"]
    kept = roster_keep(upload=upload)
    try:
        roster_read(kept=kept, called=upload.name, known=roster_frame())
    except Refused:
        roster_forget(kept=kept)
        raise
    # the session holds its word and name; the file lies on the disk, where the tidying finds it
    request.session[WAITING] = {"kept": kept, "called": upload.name}


def _forget(request: SignedInRequest) -> None:
    if waiting := request.session.pop(WAITING, None):
        roster_forget(kept=waiting["kept"])


def _waits(request: SignedInRequest) -> bool:
    return WAITING in request.session and roster_waits(kept=request.session[WAITING]["kept"])


@dataclass(frozen=True)
class RosterOptions:
    """How a file is to be taken in: `missing` (keep, left), from which `day`, and whose days `rows` have (day, own)."""

    missing: str
    day: date
    rows: str
    #: whether what was sent made sense; else these are what one begins with
    sound: bool

    @classmethod
    def of(cls, sent: QueryDict) -> RosterOptions:
        """As a form sent it."""
        form = DatingForm(sent)
        sound = form.is_valid()
        said = form.cleaned_data
        return cls(said.get("missing") or "keep", said.get("day") or first_open_day(), said.get("rows") or "day", sound)

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        return urlencode({"missing": self.missing, "day": self.day.isoformat(), "rows": self.rows})


def _waiting(request: SignedInRequest, asked: RosterOptions) -> Preview | None:
    if not _waits(request):
        return None
    stores, paid = stores_kept(user=request.user), stores_paid(user=request.user)
    dating = Dating(asked.day, today(), corrects=asked.rows == "own", stores=stores, paid=paid)
    return roster_preview(**request.session[WAITING], dating=dating, missing_left=asked.missing == "left")


@opened("people.change")
def preview(request: SignedInRequest) -> HttpResponse:
    """What the file would change, and what is wrong with it."""
    asked = RosterOptions.of(request.GET)
    found = _waiting(request, asked)
    if found is None:
        return redirect("people:roster")
    if not asked.sound:
        messages.error(
            request, pick("日期不合理，已改回默认日期。", "That day cannot be meant; the usual one was taken.")
        )
    kinds = [change.kind for change in found.changes]
    context = {
        "preview": found,
        "asked": asked,
        "called": request.session[WAITING]["called"],
        "counts": {kind: kinds.count(kind) for kind in ("new", "changed", "gone")},
    }
    name = pick("花名册变动", "Roster changes")
    return table_page(
        request, Changes, found.changes, template="people/roster_preview.html", name=name, context=context
    )


@opened("people.change")
@require_POST
# compared, previewed and written in one transaction: nobody changes the roster in between
@transaction.atomic
def apply(request: SignedInRequest) -> HttpResponse:
    """Take the file in, unless the roster changed since it was looked at, or the past changes and nobody said yes."""
    asked = RosterOptions.of(request.POST)
    if not _waits(request):
        return redirect("people:roster")
    again = redirect(f"{reverse('people:roster_preview')}?{asked.query}")
    # the page sends back the digest of the roster that it compared with
    unchanged = digest_of(roster_frame()) == request.POST.get("before")
    found = _waiting(request, asked) if unchanged else None  # a changed one would be read anew, and hold up writers
    if found is None or found.blocked or not asked.sound:
        told = pick("花名册在此期间有变化，请重新核对。", "The roster changed meanwhile; look again.")
        messages.error(request, told)
        return again
    if found.past and "past" not in request.POST:
        told = pick("请先确认对已发布月份的更正。", "First confirm what is corrected of published months.")
        messages.error(request, told)
        return again
    try:
        counts = roster_apply(roster=found.becoming.roster, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, of(problem))
        return again
    _forget(request)
    told = pick("花名册已导入：新增 {} 人，变动 {} 人，不再在册 {} 人。", "Taken in: {} new, {} changed, {} gone.")
    messages.success(request, told.format(counts.new, counts.changed, counts.gone))
    return redirect("people:list")


@opened("people.change")
def export(request: SignedInRequest) -> HttpResponse:
    """The roster of the stores kept as a workbook that can be handed in again; salaries for those who may see them."""
    pay = keeps_pay(user=request.user)
    shows(request, harmless=not pay)
    content = roster_workbook(stores=stores_kept(user=request.user), lang=lang(), pay=pay)
    name = pick("花名册.xlsx", "roster.xlsx")
    headers = {"Content-Disposition": saved_as(name)}
    return HttpResponse(content, content_type=XLSX, headers=headers)
