"""The shares of a team confirmed on the phone, read by HR and by a member. Pictures lie at build/pictures."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from fairwrench.web.demo.group import CURRENT


def test_shares_are_confirmed_under_a_car(visitor: Any) -> None:
    """Fails when a leader on the phone, HR or a member needs anything but these pages."""
    me = visitor(phone=True).sign_in("technician").go(f"/mine/{CURRENT}/")
    me.page.locator("a.item").first.click()
    me.page.wait_for_url(re.compile("/items/"))
    person = me.page.url.split("/")[-4]
    manager = visitor(phone=True).sign_in("manager").go(f"/teams/?month={CURRENT}")
    page = manager.page
    manager.look("teams")
    page.get_by_role("link", name="添加班组").first.click()
    manager.look("team-new")
    page.get_by_label("班组", exact=True).fill("机电二组")
    page.get_by_label("成员 1").fill(person)
    page.get_by_label("份额 1").fill("0.6")
    # one adds up while one types
    expect(page.locator("[data-sum]")).to_have_text("0.600")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("份额合计是 0.600").first).to_be_visible()
    manager.look("team-refused")
    page.get_by_role("button", name="平均分配").click()
    expect(page.get_by_label("份额 1")).to_have_value("1.000")
    manager.look("team-equal")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("已确认，成员会收到通知").first).to_be_visible()
    manager.look("team-confirmed")

    hr = visitor().sign_in("hr").go(f"/teams/?month={CURRENT}")
    expect(hr.page.get_by_text("机电二组").first).to_be_visible()
    hr.look("teams")
    hr.page.get_by_role("link", name=re.compile("修改.*机电二组")).first.click()
    hr.look("team-set")
    me.go("/inbox/").page.get_by_role("button", name=re.compile("您在机电二组的份额：1.000")).first.click()
    expect(me.page.get_by_role("heading", name=re.compile("机电二组"))).to_be_visible()
    me.look("team-own")
    with me.in_english():
        me.go(f"/teams/own/?month={CURRENT}")
        me.look("team-own-en")
