"""Notes who looked at others' results, pay and evidence, or took them away; `policy.allowed` asks after each view."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponseBase
from django.utils import timezone

from fairwrench.web.access.models import Viewed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.scope import Scope
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words, of


@dataclass(frozen=True)
class LoggedPage:
    """What is noted when somebody looks: `key` as it is kept, what it is called, and the addresses (by name) that show
    it of somebody else."""

    key: str
    words: Words
    addresses: tuple[str, ...]


def logged_pages() -> Mapping[str, LoggedPage]:
    """Every page that is noted, by its key."""
    return {page.key: page for page in declared(LoggedPage)}


def _keys() -> Mapping[str, str]:
    return {address: page.key for page in declared(LoggedPage) for address in page.addresses}


def page_called(key: str) -> str:
    """What a page that was noted is called; its key where no app declares it any more."""
    page = logged_pages().get(key)
    return of(page.words) if page else key


_NAMED = re.compile(r"filename\*=utf-8''([^;]+)|filename=\"([^\"]+)\"", re.IGNORECASE)


def shows(request: SignedInRequest, *, month: str = "", about: str = "", harmless: bool = False) -> None:
    """A view says which month, and whom by employee id, it shows where its address does not, or that it shows nothing
    confidential."""
    request.shown_month, request.shown_about, request.harmless = month, about, harmless


#: of a form that could not be kept, drawn again with its page
UNFIT = 422


def witness(request: SignedInRequest, response: HttpResponseBase) -> None:
    """Write down what was shown: once an hour for each person who looks, page, month and person looked at.

    Who looks as somebody else is written down as who they are; one's own pages are not.
    """
    found = request.resolver_match
    page = _keys().get(found.view_name) if found else None
    # what was refused, or only sent, showed nobody anything; a form that could not be kept comes back with its page
    shown = (request.method, response.status_code) == ("GET", 200) or response.status_code == UNFIT
    if found is None or page is None or not shown:
        return
    by, about = (
        getattr(request, "real_user", request.user),
        _about(request, found.kwargs),
    )
    if getattr(request, "harmless", False) or about in Scope.of(by).own:
        return
    file = _file_of(response)
    month = found.kwargs.get("month") or getattr(request, "shown_month", "") or request.GET.get("month", "")
    told = {
        "by": by,
        "page": page,
        "about": about,
        # of an address that somebody may have made up, and the column has seven letters
        "month": str(month)[:7],
        "what": (file or str(found.kwargs.get("name", "")))[:160],
        "taken": bool(file),
        "hour": timezone.now().replace(minute=0, second=0, microsecond=0),
    }
    # most views repeat one of this hour and write nothing; of two at once the constraint keeps one
    if not Viewed.objects.filter(**told).exists():
        Viewed.objects.bulk_create([Viewed(**told)], ignore_conflicts=True)


def _about(request: SignedInRequest, arguments: Mapping[str, Any]) -> str:
    """Whom a page is about, by employee id: as its address says, else as its view did; empty for a page about many."""
    return str(arguments.get("employee_id", "")) or getattr(request, "shown_about", "")


def _file_of(response: HttpResponseBase) -> str:
    """The name of the file that an answer is saved as; empty for a page."""
    found = _NAMED.search(response.headers.get("Content-Disposition", ""))
    return unquote(found[1] or found[2]) if found else ""
