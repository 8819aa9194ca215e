"""View as: support looks at pages as somebody else sees them; it is logged, and nothing can be changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from fairwrench.web.people.models import User

#: where the session keeps whom it looks as
VIEWED = "viewed_user"
#: what may be sent while viewing: leaving the view, and signing out
LEAVING = ("/settings/view-as/end/", "/accounts/logout/")


class ViewAsMiddleware:
    """Puts the viewed user in the place of the signed-in one; `request.real_user` stays who it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the viewed user would be answered, to reading only."""
        request.real_user = request.user  # type: ignore[attr-defined]
        viewed = request.session.get(VIEWED)
        if viewed and request.user.is_authenticated:
            found = User.objects.filter(pk=viewed, is_active=True).first()
            if found is None:
                del request.session[VIEWED]
            else:
                if request.method not in ("GET", "HEAD", "OPTIONS") and request.path not in LEAVING:
                    raise PermissionDenied("view_as")
                request.user = found
                request.viewing_as = found  # type: ignore[attr-defined]
        return self.get_response(request)
