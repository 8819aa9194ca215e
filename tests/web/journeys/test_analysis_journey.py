"""HR analyses a month at a desk, an owner answers on a phone, the general manager approves, a head reads it.

The demo's own analysis is of its last published month; this one is of the month before. Pictures lie at build/pictures.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.days import today
from tests.web.journeys.conftest import agreeing

BEFORE = CURRENT.plus(-2)


def test_a_month_is_analysed(visitor: Any) -> None:
    """Fails when somebody needs anything but these pages to ask, answer, draft, approve, send and read."""
    hr, director = visitor().sign_in("hr"), visitor(phone=True).sign_in("director")
    page, me = hr.page, director.page
    agreeing(page)
    # whom HR asked in the demo's own analysis is the director
    hr.go(f"/analysis/missed/?month={BEFORE.plus(1)}")
    page.get_by_role("link", name="已答复").first.click()
    who = page.locator("dt:has-text('答复人') + dd").inner_text().split()[1]
    hr.go(f"/analysis/missed/?month={BEFORE}")
    page.get_by_label("门店").select_option(index=1)
    expect(page.get_by_role("heading", name="询问原因和措施")).to_be_visible()
    fields = page.locator("input[name^=owner-]")
    fields.first.fill(who)
    for at in range(1, fields.count()):
        fields.nth(at).fill("")
    hr.look("analysis-missed")
    page.get_by_role("button", name="询问").click()
    expect(page.get_by_text("已询问 1 项")).to_be_visible()
    page.get_by_role("link", name="待答复").click()
    asked = page.url.removeprefix(hr.site.url)
    hr.look("analysis-kpi-asked")

    director.go(asked)
    me.get_by_role("textbox", name="原因").fill("月初两名技师培训，试车没有做全")
    me.get_by_role("textbox", name="措施").fill("交车前两人试车并签字")
    me.locator("#id_responsible").fill(who)
    me.locator("#id_due").fill(f"{today() + timedelta(10)}")
    director.look("analysis-answer")
    me.get_by_role("button", name="答复").click()
    expect(me.get_by_text("措施已作为任务")).to_be_visible()

    hr.go(f"/analysis/missed/?month={BEFORE}")
    page.get_by_label("门店").select_option(index=1)
    page.get_by_role("button", name="起草绩效分析").click()
    expect(page.get_by_label("内容").nth(2)).to_contain_text("试车没有做全")
    hr.look("analysis-draft")
    page.locator("#late textarea").fill("人力资源自己写的话")
    page.locator("#late").get_by_role("button", name="按数据重新起草").click()
    expect(page.get_by_text("已重新起草")).to_be_visible()
    expect(page.locator("#late textarea")).to_have_value("人力资源自己写的话")
    analysis = page.url.removeprefix(hr.site.url).partition("#")[0]
    page.get_by_role("button", name="提交总经理批准").click()
    expect(page.get_by_text("已办理")).to_be_visible()

    gm = visitor().sign_in("gm").go(analysis)
    agreeing(gm.page)
    gm.look("analysis-to-approve")
    gm.page.get_by_role("button", name="批准", exact=True).click()
    expect(gm.page.get_by_text("已办理")).to_be_visible()
    hr.go(analysis)
    page.get_by_role("button", name="下发各部门").click()
    expect(page.get_by_text("下发对象")).to_be_visible()
    hr.look("analysis-sent")
    director.go(analysis).look("analysis-read")
    expect(me.get_by_text("人力资源自己写的话")).to_have_count(0)
    me.get_by_role("button", name="已阅，确认").click()
    expect(me.get_by_text("确认阅读").first).to_be_visible()
