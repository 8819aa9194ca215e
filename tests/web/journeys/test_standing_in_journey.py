"""A manager is away: a stand-in named, approved on the next level's start page, at work, and ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from tests.web.journeys.conftest import Visitor, agreeing


def test_a_stand_in_is_named_approved_and_ended(visitor: Callable[..., Visitor]) -> None:
    """Breaks if who is away cannot hand over by clicking, or who has to approve does not find it."""
    away, next_level, stand_in = (visitor(phone=phone) for phone in (True, False, False))
    for each in (away, next_level):
        agreeing(each.page)
    assert stand_in.sign_in("provider").page.goto(f"{stand_in.site.url}/team/").status == 403
    away.sign_in("manager")
    away.page.locator(".user-button").click()
    away.page.get_by_role("link", name="职务代理").click()
    away.look("stand-ins-none")
    away.page.get_by_role("link", name="设置我的代理人").click()
    begin = timezone.localdate()
    away.page.fill("input[name=stand_in]", _name_of(stand_in))
    away.page.fill("input[name=begin]", begin.isoformat())
    away.page.fill("input[name=end]", (begin + timedelta(days=6)).isoformat())
    away.page.fill("input[name=reason]", "年假")
    away.page.get_by_role("button", name="保存").click()
    expect(away.page.get_by_text("待批准").first).to_be_visible()
    away.look("stand-ins-waiting")
    _decided(next_level)
    stand_in.go("/team/").look("team-as-stand-in")
    away.go("/people/stand-ins/")
    expect(away.page.get_by_text("代理中").first).to_be_visible()
    away.page.get_by_role("button", name="提前结束").click()
    expect(away.page.get_by_text("已提前结束").first).to_be_visible()
    assert stand_in.page.goto(f"{stand_in.site.url}/team/").status == 403


def _name_of(someone: Visitor) -> str:
    """What somebody is called, as the menu says it."""
    return str(someone.page.locator(".user-button .d-none").inner_text()).strip()


def _decided(next_level: Visitor) -> None:
    """The one who leads the manager finds it on the start page, and approves."""
    page: Any = next_level.sign_in("director").page
    page.get_by_role("link", name="审批").first.click()
    next_level.look("stand-ins-to-approve")
    page.get_by_role("button", name="批准", exact=True).click()
    expect(page.get_by_text("代理中").first).to_be_visible()
