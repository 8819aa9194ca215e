"""Goals in a real browser: the technician signs on a phone, the manager writes, adjusts and carries on at a desk."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.web.journeys.conftest import agreeing


def test_goals_are_written_signed_and_carried_on(visitor: Any) -> None:
    """Fails when a technician cannot sign goals on the phone, or a manager not write them and carry them on."""
    me = visitor(phone=True).sign_in("technician")
    agreeing(me.page)
    me.go("/goals/?waits=employee")
    me.page.locator("tbody a[href^='/goals/']").first.click()
    expect(me.page.locator(".paper-form")).to_contain_text("质检")
    me.look("goals-to-sign")
    me.page.get_by_role("button", name="我同意这些目标，签字").click()
    expect(me.page.locator(".signatures")).to_contain_text("所签内容与本表一致")

    manager = visitor().sign_in("manager")
    agreeing(manager.page)
    manager.go("/goals/team/?month=2026-11")
    manager.look("goals-of-the-team")
    manager.page.get_by_role("link", name="批量调整").click()
    target = manager.page.locator("input[name$='.target']").first
    target.fill("95%")
    manager.page.get_by_role("button", name="保存").click()
    expect(manager.page.get_by_text("已保存 1 处改动")).to_be_visible()
    manager.look("goals-grid")
    manager.page.locator(".goal-grid th a").first.click()
    manager.page.get_by_role("link", name="修改草稿").click()
    manager.page.get_by_label("目标：做什么").nth(2).fill("每周一次工具点检")
    manager.look("goals-written")
    manager.page.get_by_role("button", name="保存草稿").click()
    expect(manager.page.locator(".paper-form")).to_contain_text("每周一次工具点检")
    manager.page.get_by_role("button", name="确认签字").click()
    expect(manager.page.locator(".signatures")).to_contain_text("所签内容与本表一致")

    manager.go("/goals/carry/2026-12/")
    manager.look("goals-carried-on")
    manager.page.get_by_role("button", name="沿用并签字").click()
    expect(manager.page.get_by_text("已沿用，员工已收到通知。")).to_be_visible()
