"""How a page answers a form: it goes on to a page, with what was done or why it was not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from fairwrench.settlement.problem import Refused
from fairwrench.web.ui.words import of

#: problems told one by one; the rest are counted on the page itself
TOLD = 5


def answered(request: HttpRequest, do: Callable[[], Any], done: str, to: Any, *arguments: Any) -> HttpResponse:
    """Do something and go on to a page; what is refused is said there instead of `done`."""
    try:
        do()
    except Refused as refused:
        for problem in refused.problems[:TOLD]:
            messages.error(request, of(problem))
    else:
        if done:
            messages.success(request, done)
    return onwards(request, to, *arguments)


def onwards(request: HttpRequest, to: Any, *arguments: Any) -> HttpResponse:
    """To another page, also for a form that was sent in the background."""
    url = resolve_url(to, *arguments)
    # a redirect answered to htmx would be followed in the background and put into the page
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else redirect(url)
