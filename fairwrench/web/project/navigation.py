"""Where people can go: what each page is for, and only what the role may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from fairwrench.web.access.policy import opens
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.navigation import HeadMark, Place
from fairwrench.web.ui.words import pick


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context: `navigation` for the signed-in user, `viewing_as`, and whether this is the demo."""
    user = getattr(request, "user", None)
    return {
        "navigation": _entries(user, request, own=False),
        "user_menu": _entries(user, request, own=True),
        "head_marks": _marks(user),
        "viewing_as": getattr(request, "viewing_as", None),
        "demo": settings.DEMO,
    }


def _entries(user: Any, request: HttpRequest, *, own: bool) -> list[dict[str, Any]]:
    places = sorted((place for place in declared(Place) if place.own == own), key=lambda place: place.at)
    return [_entry(place, request) for place in places if user is not None and _goes(user, place)]


def _marks(user: Any) -> list[dict[str, Any]]:
    marks = [mark for mark in declared(HeadMark) if user is not None and opens(user, mark.permission)]
    return [
        {"label": pick(mark.zh, mark.en), "icon": mark.icon, "url": reverse(mark.name), "shows": reverse(mark.shows)}
        for mark in marks
    ]


def _goes(user: Any, place: Place) -> bool:
    return opens(user, place.permission) and not (place.unless and opens(user, place.unless))


def _entry(place: Place, request: HttpRequest) -> dict[str, Any]:
    url, begins = reverse(place.name), [reverse(name) for name in (place.name, place.also) if name]
    return {
        "label": pick(place.zh, place.en),
        "url": url,
        "icon": place.icon,
        # "/" begins every address
        "active": any(request.path == each or (each != "/" and request.path.startswith(each)) for each in begins),
    }
