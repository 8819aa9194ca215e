"""Requests as our middleware hands them on: what a view finds on them besides what Django puts there.

These are types to read and check views by; no request is ever made of them.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from fairwrench.web.access.models import User


class MarkedRequest(HttpRequest):
    """A request, whoever sent it, with the marks that are set on its way."""

    #: who it really is where somebody looks as somebody else (`acting`)
    real_user: User | AnonymousUser
    #: as whom somebody looks; not there at all while nobody does
    viewing_as: User
    #: what htmx says of the request; false where it was not htmx that sent it
    htmx: HtmxDetails
    #: what the view said of its page (`witness.shows`); not there before it did
    shown_month: str
    shown_about: str
    harmless: bool


class SignedInRequest(MarkedRequest):
    """A request of somebody signed in: every view gets such a one, unless it says `login_not_required`."""

    user: User
    real_user: User
