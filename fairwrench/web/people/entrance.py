"""The door: who is not signed in goes to the login page, and comes back to where they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

#: seconds in which a session is noted once
SEEN = 300


class SignInFirst(LoginRequiredMiddleware):
    """Sends visitors to the login page, with the page they were on as `next`.

    A request of htmx is told to leave the page (401 and HX-Redirect) instead of getting the login page swapped in; what
    was sent by a form comes back from the page of the form, which kept it (`ui/static/ui/keep.js`).
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[Any, Any],
    ) -> HttpResponseBase | None:
        """The way to the login page for who may not go on."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None or not getattr(request, "htmx", False):
            return answer
        return HttpResponse(status=401, headers={"HX-Redirect": answer.headers["Location"]})

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """The way to the login page."""
        return redirect_to_login(page_of(request), self.get_login_url(view_func), "next")


def page_of(request: HttpRequest) -> str:
    """The page that somebody looked at when the request was sent: itself for a page, else the one that sent it."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    asks_for_page = request.method in ("GET", "HEAD") and not getattr(request, "htmx", False)
    hosts, secure = {request.get_host()}, request.is_secure()
    if asks_for_page or not told or not url_has_allowed_host_and_scheme(told, hosts, secure):
        return request.get_full_path()
    parts = urlsplit(told)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class SeenNowAndThen(UserSessionsMiddleware):
    """Notes when a session was last in use, but at most once in five minutes: a page that is read writes nothing.

    Each process remembers for itself what it noted: asking the others would cost every page a query.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; note the session before if it was not noted lately."""
        key = request.session.session_key
        if key and request.user.is_authenticated and not caches["process"].add(f"seen:{key}", True, SEEN):
            answer: HttpResponseBase = self.get_response(request)
        else:
            answer = super().__call__(request)
        return answer


class KeptNowhere:
    """What somebody signed in sees stays in no cache: on a shared computer, Back shows nobody else's pay."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page that says itself how long it may be kept is believed."""
        known = request.user.is_authenticated
        response = self.get_response(request)
        if known:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response
