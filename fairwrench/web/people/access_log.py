"""Notes who looked at others' results, pay and evidence, or took them away; `policy.allowed` asks after each view."""

from __future__ import annotations

import re
from urllib.parse import unquote

from django.http import HttpResponseBase
from django.utils import timezone

from fairwrench.web.people.models import Viewed
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.people.scope import Scope

Page = Viewed.Page
#: the addresses that show what concerns somebody else, by name
PAGES: dict[str, Page] = {
    "people:person": Page.PERSON,
    "people:move": Page.PERSON,
    "people:roster_export": Page.ROSTER,
    "settlements:person": Page.RESULTS,
    "settlements:person_of": Page.RESULTS,
    "settlements:explanation": Page.WHY,
    "settlements:item": Page.WHY,
    "settlements:rows": Page.WHY,
    "settlements:decided": Page.WHY,
    "settlements:team": Page.TEAM,
    "settlements:store": Page.STORE,
    "settlements:pay": Page.PAY,
    "settlements:corrections": Page.CORRECTIONS,
    "settlements:correction": Page.CORRECTIONS,
    "settlements:correction_new": Page.CORRECTIONS,
    "evidence:file": Page.EVIDENCE,
    "evidence:rejected": Page.EVIDENCE,
}
_NAMED = re.compile(r"filename\*=utf-8''([^;]+)|filename=\"([^\"]+)\"", re.IGNORECASE)


def shows(request: SignedInRequest, *, month: str = "", harmless: bool = False) -> None:
    """A view says which month it shows where its address does not, or that it shows nothing confidential."""
    request.shown_month, request.harmless = month, harmless


def witness(request: SignedInRequest, response: HttpResponseBase) -> None:
    """Write down what was shown: once an hour for each person who looks, page, month and person looked at.

    Who looks as somebody else is written down as who they are; one's own pages are not.
    """
    found = request.resolver_match
    page = PAGES.get(found.view_name) if found else None
    if found is None or page is None or response.status_code != 200 or request.method != "GET":
        return
    by, about = getattr(request, "real_user", request.user), str(found.kwargs.get("employee_id", ""))
    if getattr(request, "harmless", False) or about in Scope.of(by).own:
        return
    file = _file_of(response)
    month = found.kwargs.get("month") or getattr(request, "shown_month", "") or request.GET.get("month", "")
    told = {
        "by": by,
        "page": page,
        "about": about,
        "month": str(month)[:7],
        "what": (file or str(found.kwargs.get("name", "")))[:160],
        "taken": bool(file),
        "hour": timezone.now().replace(minute=0, second=0, microsecond=0),
    }
    if not Viewed.objects.filter(**told).exists():
        Viewed.objects.bulk_create([Viewed(**told)], ignore_conflicts=True)


def _file_of(response: HttpResponseBase) -> str:
    """The name of the file that an answer is saved as; empty for a page."""
    found = _NAMED.search(response.headers.get("Content-Disposition", ""))
    return unquote(found[1] or found[2]) if found else ""
