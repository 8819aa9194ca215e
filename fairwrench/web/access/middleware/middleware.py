"""The door: who is not signed in goes to the login page, and comes back to where they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from fairwrench.web.access.credentials.second_step import has_second_step, is_asked_for_second_step
from fairwrench.web.access.log.records import record
from fairwrench.web.access.models import User
from fairwrench.web.access.requests import MarkedRequest
from fairwrench.web.access.users.granting import sessions_end
from fairwrench.web.ui.words import pick

#: seconds in which a session is noted once
SEEN = 300
#: where one sets up a second step, and what is open on the way there, besides allauth's own pages of it
SET_UP = "mfa_activate_totp"
OPEN = ("account_reauthenticate", "account_logout", "account_login", "account_set_password", "set_language", "health")


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


class OutAfterLastDay:
    """Signs out whoever's last day of service is over, on the day itself, at whatever page they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; to who has left as to anybody who is not signed in."""
        user = request.user
        if isinstance(user, User) and user.has_left:
            record(by=None, about=user, what="out_after_last_day")
            sessions_end(user=user)
            logout(request)
        return self.get_response(request)


class SeenNowAndThen(UserSessionsMiddleware):
    """Notes when a session was last in use, but at most once in five minutes: a page that is read writes nothing.

    Each process remembers for itself what it noted: asking the others would cost every page a query.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; note the session before if it was not noted lately."""
        key = request.session.session_key
        # `add` says no where the key is there already: noted lately
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
        # asked before the view, which may sign the reader out: that page, too, is of somebody signed in
        known = request.user.is_authenticated
        response = self.get_response(request)
        if known:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class SecondStepFirst:
    """Leads whoever still has to set up a second step there, whichever page they ask for, in sessions of before too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handed on; which page it is about is known once its view is."""
        return self.get_response(request)

    def process_view(self, request: MarkedRequest, *_view: Any) -> HttpResponse | None:
        """The way to setting one up; None for who has one, or needs none."""
        # who looks as somebody else sets up a second step of their own
        user, match = request.real_user, request.resolver_match
        if not isinstance(user, User) or match is None or _is_open(match.view_name):
            return None
        if not is_asked_for_second_step(user) or has_second_step(user):
            return None
        address = reverse(SET_UP)
        if getattr(request, "htmx", False):
            return HttpResponse(status=401, headers={"HX-Redirect": address})
        zh = "您的角色需要两步验证，请先在手机上设置，然后继续。"
        en = "Your role takes a second step to sign in; set it up on your phone first, then go on."
        messages.warning(request, pick(zh, en))
        return HttpResponseRedirect(address)


def _is_open(name: str) -> bool:
    return name.startswith("mfa_") or name in OPEN
