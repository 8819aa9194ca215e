"""Signing in, and what of the account pages is ours to say."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairwrench.web.access.accounts.demo_logins import DemoLogin
from fairwrench.web.access.accounts.forms import NewPasswordForm, OtherPasswordForm, SamePersonForm, SignInForm
from fairwrench.web.ui.declarations import declared


class SignIn(views.LoginView):
    """User name or e-mail and password, ways through other accounts, and in the demo its logins."""

    form_class = SignInForm

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """The page's context; `demo_logins` is empty outside the demo."""
        shown = declared(DemoLogin) if settings.DEMO else ()
        return {**super().get_context_data(**given), "demo_logins": shown}


class ChangePassword(views.PasswordChangeView):
    """Another password."""

    form_class = OtherPasswordForm


class SetPassword(views.PasswordSetView):
    """A password for somebody who so far came in through another account only."""

    form_class = NewPasswordForm


class SamePerson(views.ReauthenticateView):
    """Asks for the password once more."""

    form_class = SamePersonForm


@login_not_required
def forgotten(request: HttpRequest) -> HttpResponse:
    """Whom to ask for a new password: they are given by invitation, never by e-mail."""
    return render(request, "access/forgotten.html")


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """Nobody signs up here: says how accounts come about."""
    return render(request, "account/signup_closed.html", status=404)
