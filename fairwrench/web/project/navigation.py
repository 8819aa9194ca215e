"""Where people can go: what each page is for, and only what the role may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from fairwrench.web.people.policy import opens
from fairwrench.web.ui.words import pick


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: the URL's name, its words, its icon, and the permission to go there.

    `unless` is a permission of those who come there by another entry; `also` begins further addresses that belong here.
    """

    name: str
    zh: str
    en: str
    icon: str
    permission: str
    unless: str = ""
    also: str = ""


PLACES = (
    Place("settlements:mine", "我的", "Mine", "user", "results.view_mine"),
    Place("settlements:team", "团队", "Team", "users", "results.view_team"),
    Place("settlements:rate", "评分", "Ratings", "edit", "ratings.asked", unless="results.view_team"),
    Place("settlements:daily", "今日进度", "Today", "layout-dashboard", "daily.view"),
    Place("settlements:stores", "门店", "Stores", "building-store", "results.view_stores"),
    Place("settlements:months", "考核", "Cycle", "calendar-event", "settlements.view"),
    Place("evidence:desk", "数据", "Evidence", "database", "evidence.view"),
    Place("evidence:excuses", "剔除申请", "Excused rows", "hand-stop", "evidence.excuse", unless="evidence.view"),
    Place("schemes:list", "制度", "Schemes", "book", "schemes.view"),
    Place("people:list", "人员", "People", "users-group", "people.view"),
    Place("settings:users", "设置", "Settings", "settings", "people.manage_users", also="settings:log"),
    Place("settings:log", "操作记录", "Audit log", "history", "people.audit", unless="people.manage_users"),
)

#: what stands in the menu under one's name
OWN = (
    Place("people:stand_ins", "外出代理", "Standing in", "user-check", "people.delegate"),
    Place("jobs:list", "后台任务", "Background work", "list-check", "jobs.view"),
    Place("settings:profile", "我的设置", "My settings", "user-circle", "people.view_self"),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context: `navigation` for the signed-in user, `viewing_as`, and whether this is the demo."""
    user = getattr(request, "user", None)
    return {
        "navigation": _entries(PLACES, user, request),
        "user_menu": _entries(OWN, user, request),
        "viewing_as": getattr(request, "viewing_as", None),
        "demo": settings.DEMO,
    }


def _entries(places: tuple[Place, ...], user: Any, request: HttpRequest) -> list[dict[str, Any]]:
    return [_entry(place, request) for place in places if user is not None and _goes(user, place)]


def _goes(user: Any, place: Place) -> bool:
    return opens(user, place.permission) and not (place.unless and opens(user, place.unless))


def _entry(place: Place, request: HttpRequest) -> dict[str, Any]:
    url, begins = reverse(place.name), [reverse(name) for name in (place.name, place.also) if name]
    return {
        "label": pick(place.zh, place.en),
        "url": url,
        "icon": place.icon,
        "active": any(request.path == each or (each != "/" and request.path.startswith(each)) for each in begins),
    }
