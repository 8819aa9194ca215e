"""View as: support looks at pages as somebody else sees them; it is logged, and nothing can be changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditlog.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fairwrench.web.access.log.records import record
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.requests import MarkedRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.ui.declarations import declared

#: where the session keeps whom it looks as
VIEWED = "viewed_user"
#: where it keeps since when, what stands for always, and letters of an address that are written down
BEGUN, EVER, MOST = "viewed_since", "2000-01-01T00:00:00+00:00", 300
#: what may be sent while viewing: leaving the view, and signing out
LEAVING = ("/settings/view-as/end/", "/accounts/logout/")
#: what is nobody else's to see, not even for support: passwords, second factors, sessions, connected accounts
PRIVATE = "/accounts/"


@dataclass(frozen=True)
class NotViewedAs:
    """Addresses (how they begin) that an app shows to nobody who only looks as somebody else."""

    begins: str


def _private(path: str) -> bool:
    return path.startswith((PRIVATE, *(each.begins for each in declared(NotViewedAs))))


def _note(request: MarkedRequest, by: User, viewed: User) -> None:
    """Write down that a page was seen, whatever the request says of itself: once an hour, as some load anew."""
    page = request.get_full_path()[:MOST]
    begun = datetime.fromisoformat(request.session.get(BEGUN, EVER))
    deeds = LogEntry.objects.get_for_object(viewed).filter(actor=by, additional_data__what="viewed")
    lately = deeds.filter(timestamp__gte=max(begun, timezone.now() - timedelta(hours=1)))
    if not lately.filter(additional_data__detail=page).exists():
        record(by=by, about=viewed, what="viewed", detail=page)


def viewing_begin(request: MarkedRequest, viewed: User) -> None:
    """From now on the session looks as somebody else."""
    request.session[VIEWED], request.session[BEGUN] = viewed.pk, timezone.now().isoformat()


class ViewAsMiddleware:
    """Puts the viewed user in the place of the signed-in one; `request.real_user` stays who it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: MarkedRequest) -> HttpResponse:
        """Answer as the viewed user would be answered, to reading only."""
        # for everybody, viewing or not: what comes later asks by it who really is there
        request.real_user = request.user
        viewed = request.session.get(VIEWED)
        if viewed and request.user.is_authenticated:
            found = User.objects.filter(pk=viewed, is_active=True).first()
            # asked on each page: the role may have been taken back since, or the account closed
            if found is None or not may(request.user, "people.view_as", about=GROUP):
                del request.session[VIEWED]
            else:
                reading = request.method in ("GET", "HEAD", "OPTIONS") and not _private(request.path)
                if not reading and request.path not in LEAVING:
                    raise PermissionDenied("view_as")
                if request.path not in LEAVING:
                    _note(request, request.user, found)
                request.user = found
                request.viewing_as = found
        return self.get_response(request)
