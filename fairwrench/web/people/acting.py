"""View as: support looks at pages as somebody else sees them; it is logged, and nothing can be changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from fairwrench.web.people.models import User
from fairwrench.web.people.policy import may
from fairwrench.web.people.records import record
from fairwrench.web.people.requests import MarkedRequest

#: where the session keeps whom it looks as
VIEWED = "viewed_user"
#: what may be sent while viewing: leaving the view, and signing out
LEAVING = ("/settings/view-as/end/", "/accounts/logout/")
#: what is nobody else's to see, not even for support: passwords, second factors, sessions, connected accounts
PRIVATE = "/accounts/"


class ViewAsMiddleware:
    """Puts the viewed user in the place of the signed-in one; `request.real_user` stays who it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: MarkedRequest) -> HttpResponse:
        """Answer as the viewed user would be answered, to reading only."""
        request.real_user = request.user
        viewed = request.session.get(VIEWED)
        if viewed and request.user.is_authenticated:
            found = User.objects.filter(pk=viewed, is_active=True).first()
            if found is None or not may(request.user, "people.view_as"):
                del request.session[VIEWED]
            else:
                reading = request.method in ("GET", "HEAD", "OPTIONS") and not request.path.startswith(PRIVATE)
                if not reading and request.path not in LEAVING:
                    raise PermissionDenied("view_as")
                if reading and request.path not in LEAVING and "HX-Request" not in request.headers:
                    record(by=request.user, about=found, what="viewed", detail=request.path)
                request.user = found
                request.viewing_as = found
        return self.get_response(request)
