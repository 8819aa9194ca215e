"""The frame of every page: language, landmarks, navigation, who is signed in, and pages that say what went wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import get_template, render_to_string
from django.utils import translation

ENTRIES = [
    {"label": ("我的", "Mine"), "url": "/mine/", "icon": "home", "active": False},
    {"label": ("团队", "Team"), "url": "/team/", "icon": "users", "active": True},
    *({"label": f"第{place}", "url": f"/{place}/", "icon": "list", "active": False} for place in range(4)),
]


class User:
    """Somebody who is signed in, on no roster and without a role."""

    pk = 7
    is_authenticated = True
    is_active = False
    employee = employee_id = None
    theme = "dark"

    called = "张伟"

    def __str__(self) -> str:
        return self.called


def drawn(rf: Any, template: str = "404.html", **context: Any) -> str:
    request = rf.get("/somewhere/?a=1")
    request.user = context.get("user", AnonymousUser())
    return render_to_string(template, {"navigation": [], "user": request.user, **context}, request)


def test_the_page_says_its_language(rf: Any) -> None:
    """Fails when a screen reader reads Chinese as English."""
    assert '<html lang="zh-Hans"' in drawn(rf)
    with translation.override("en"):
        assert '<html lang="en"' in drawn(rf)


def test_the_tab_says_the_page(rf: Any) -> None:
    """Fails when every tab of the browser is called the same."""
    assert "<title>找不到页面 · Fairwrench · 公绩</title>" in drawn(rf)
    assert "<title>Fairwrench · 公绩</title>" in drawn(rf, "ui/base.html")


def test_the_current_place_is_marked_in_every_navigation(rf: Any) -> None:
    """Fails when somebody does not see where they are."""
    html = drawn(rf, navigation=ENTRIES)
    assert html.count('aria-current="page"') == 2
    assert html.count('href="/team/"') == 2


def test_more_than_four_places_hide_behind_more_on_a_phone(rf: Any) -> None:
    """Fails when the last places cannot be reached on a phone, or four places need a menu."""
    assert drawn(rf, navigation=ENTRIES).count('href="/3/"') == 2
    assert 'id="everywhere"' in drawn(rf, navigation=ENTRIES)
    assert 'id="everywhere"' not in drawn(rf, navigation=ENTRIES[:4])


def test_landmarks_are_named(rf: Any) -> None:
    """Fails when the two navigations sound alike, or the skip link leads nowhere."""
    html = drawn(rf, navigation=ENTRIES)
    assert 'aria-label="主导航"' in html and 'aria-label="底部导航"' in html
    assert 'href="#content"' in html and '<main id="content"' in html


def test_the_menu_switches_to_the_other_language(rf: Any) -> None:
    """Fails when the switch leads back to the language that is already shown, or away from the page."""
    html = drawn(rf)
    assert 'name="language" value="en"' in html and 'name="next" value="/somewhere/?a=1"' in html
    with translation.override("en"):
        assert 'name="language" value="zh-hans"' in drawn(rf)


def test_who_is_signed_in_is_known_to_the_page(rf: Any) -> None:
    """Fails when one's unfinished form would be offered to the next person at the same screen."""
    html = drawn(rf, user=User())
    assert 'data-look="dark" data-user="7"' in html and "张伟" in html and "退出登录" in html
    assert 'data-look="auto" data-user=""' in drawn(rf) and "退出登录" not in drawn(rf)


def test_looking_as_somebody_else_is_told(rf: Any) -> None:
    """Fails when support does not see whose pages these are."""
    assert "您正以 李强 的身份查看" in drawn(rf, viewing_as="李强")
    assert "的身份查看" not in drawn(rf)


@pytest.mark.parametrize(
    ("level", "look", "role"),
    [
        (constants.ERROR, "alert-danger", "alert"),
        (constants.SUCCESS, "alert-success", "status"),
        (constants.WARNING, "alert-warning", "status"),
    ],
)
def test_messages_are_shown_and_spoken(rf: Any, level: int, look: str, role: str) -> None:
    """Fails when what went wrong looks, or sounds, like what went well."""
    html = drawn(rf, messages=[Message(level, "<b>")])
    assert f'{look}" role="{role}"' in html and "&lt;b&gt;" in html


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_pages_of_errors_say_how_to_go_on(rf: Any, name: str, language: str) -> None:
    """Fails when an error leaves somebody without a next step, or throws away what they had typed."""
    with translation.override(language):
        html = drawn(rf, f"{name}.html")
    assert name[:3] in html and 'class="btn btn-primary" href="/"' in html
    assert "data-unsaved" in html


@pytest.mark.filterwarnings("error")
def test_the_page_of_a_fault_needs_nothing() -> None:
    """Fails when the fault page fails itself: Django draws it without request, user or session."""
    assert "系统出错了" in get_template("500.html").render()


def test_a_refused_change_while_looking_as_somebody_else_says_why(rf: Any) -> None:
    """Fails when support is told to ask for a role that they have."""
    assert "以他人身份查看时不能修改" in drawn(rf, "403.html", exception="view_as")
    assert "以他人身份" not in drawn(rf, "403.html", exception="")
