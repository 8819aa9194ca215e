"""Interview, signature and appeal in a real browser: the manager at a desk, the technician on a phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.web.journeys.conftest import agreeing


def test_a_form_is_talked_about_signed_and_appealed(visitor: Any) -> None:
    """Fails when a technician cannot read, sign and appeal on the phone, or a manager not note the interview."""
    me = visitor(phone=True).sign_in("technician")
    agreeing(me.page)
    me.go("/appraisals/?waits=employee")
    me.page.locator("tbody a[href^='/appraisals/']").first.click()
    expect(me.page.locator(".appraisal-form")).to_contain_text("做得好的")
    me.look("appraisal")
    address = me.page.url.removeprefix(me.site.url)

    # the manager adds to the record while the page stands open: what was not read is not signed
    manager = visitor().sign_in("manager")
    agreeing(manager.page)
    manager.go(address)
    manager.page.get_by_label("约定").fill("12 月 15 日前完成变速箱培训")
    manager.page.get_by_role("button", name="保存，请员工签字").click()
    expect(manager.page.locator(".appraisal-form")).to_contain_text("12 月 15 日前完成变速箱培训")
    manager.look("appraisal-noted")
    me.page.get_by_role("button", name="我已看过，签字").click()
    expect(me.page.get_by_text("内容已变动")).to_be_visible()
    me.page.get_by_role("button", name="我已看过，签字").click()
    expect(me.page.locator(".signatures")).to_contain_text("所签内容与本表一致")

    me.page.get_by_role("link", name="提出申诉").click()
    me.page.get_by_label("理由").fill("10 月 12 日那台不是返修，调度可以证明")
    me.look("appeal-asked")
    me.page.get_by_role("button", name="提交申诉").click()
    expect(me.page.get_by_text("待直接上级处理").first).to_be_visible()

    manager.go("/appraisals/appeals/?waits=1")
    manager.page.locator("tbody a[href^='/appraisals/appeals/']").first.click()
    manager.page.locator("summary", has_text="维持原结果").click()
    manager.page.get_by_label("理由（员工可见）（处理记录中可见）").fill("工单显示同一故障")
    manager.page.get_by_role("button", name="维持原结果").click()
    expect(manager.page.get_by_text("直接上级维持").first).to_be_visible()
    manager.look("appeal-upheld")
