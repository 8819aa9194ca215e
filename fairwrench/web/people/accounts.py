"""How accounts come about: by invitation or from the roster, never by signing up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest


class Accounts(DefaultAccountAdapter):
    """Nobody signs up; accounts are made for people on the roster."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class OutsideAccounts(DefaultSocialAccountAdapter):
    """A login elsewhere opens an account here only when both were connected before."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False
