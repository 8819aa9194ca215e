"""A row exempted: asked for by the line manager, approved by HR, out of the figure, and said so where it is explained.

One row of one technician's output of the current month is taken out; no other journey reads that figure. Pictures lie
at build/pictures.
"""

from __future__ import annotations

import re
import time
from typing import Any

from playwright.sync_api import Page, expect

from fairwrench.web.demo.group import CURRENT
from tests.web.journeys.conftest import DONE

NOW = str(CURRENT)
COUNTED = re.compile(r"计入 ([0-9]+) 行")
KIND, METRIC = "工单项目明细", "工时产值"


def rows_behind(page: Page) -> int:
    """How many rows the figure on the page counts."""
    page.locator("details.rows summary").first.click()
    told = page.locator(".rows-slot p").filter(has_text=COUNTED).first
    expect(told).to_be_visible(timeout=30_000)
    found = COUNTED.search(told.inner_text())
    assert found is not None
    return int(found[1])


def figure(page: Page) -> str:
    """The figure that the page explains."""
    found = re.search(r"¥[0-9,.]+", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def wait_for_another_figure(page: Page, before: str) -> None:
    """Open the explanation again until the month so far was worked out with what landed."""
    deadline = time.monotonic() + DONE
    while figure(page) == before:
        assert time.monotonic() < deadline, f"the figure is still {before}"
        page.wait_for_timeout(500)
        page.reload()


def test_a_row_is_exempted(visitor: Any) -> None:
    """Fails when asking, deciding or the new figure needs anything but these pages, or nobody sees why it changed."""
    me = visitor(phone=True).sign_in("technician").go("/mine/")
    me.go(f"/mine/{NOW}/")
    me.page.locator("a.item", has_text=METRIC).first.click()
    me.page.wait_for_url(re.compile("/items/"))
    person = me.page.url.split("/")[-4]
    was, before = figure(me.page), rows_behind(me.page)
    manager = visitor().sign_in("manager").go("/evidence/exemptions/")
    page = manager.page
    page.get_by_role("link", name="申请剔除").first.click()
    manager.look("exemption-new")
    page.get_by_label("考核月份").select_option(NOW)
    page.get_by_label("哪张数据报表").select_option(label=KIND)
    page.get_by_label("单号、车牌、姓名或工号").fill(person)
    page.get_by_role("button", name="查找").click()
    manager.look("exemption-found")
    page.get_by_role("link", name=re.compile("选这一行")).first.click()
    page.get_by_role("button", name="提交审批").click()
    page.get_by_label("原因").fill("全市停电一天，举升机无法使用")
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_text("请选择这一行影响的指标")).to_be_visible()
    expect(page.get_by_label("原因")).to_have_value("全市停电一天，举升机无法使用")
    page.get_by_label(re.compile(METRIC)).check()
    manager.look("exemption-ask")
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_text("待审批").first).to_be_visible()
    manager.look("exemption-asked")
    hr = visitor().sign_in("hr").go("/evidence/exemptions/?state=asked")
    hr.look("exemption-waiting")
    hr.page.locator("table tbody a").first.click()
    hr.page.get_by_label("意见").fill("已核对供电公司通知")
    hr.look("exemption-decide")
    hr.page.get_by_role("button", name="同意", exact=True).click()
    hr.wait_for_job()
    expect(hr.page.get_by_text("这一行已不计入该指标")).to_be_visible(timeout=DONE * 1000)
    hr.look("exemption-approved")
    wait_for_another_figure(me.page, was)
    assert rows_behind(me.page) == before - 1
    expect(me.page.get_by_text("另有 1 行已剔除")).to_be_visible()
    expect(me.page.get_by_role("cell", name="已剔除")).to_be_visible()
    me.look("exemption-explained")


def test_the_pages_hold_on_a_phone_and_in_english(visitor: Any) -> None:
    """Fails when somebody who hands in data cannot ask on a phone, or the pages speak Chinese in English."""
    me = visitor(phone=True).sign_in("provider").go("/evidence/exemptions/")
    page = me.page
    with me.in_english():
        me.go("/evidence/exemptions/")
        me.look("exemption-list")
        me.go("/evidence/exemptions/new/?q=nothing-of-the-kind")
        kinds = page.get_by_label("Kind of data")
        kinds.select_option(index=1)
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_text("Nothing found")).to_be_visible()
        me.look("exemption-nothing")
        me.go(f"/evidence/exemptions/new/?month={CURRENT.plus(-1)}&source=surveys")
        page.get_by_role("link", name="Choose this row").first.click()
        expect(page.get_by_role("heading", name="Second: for which metrics, and why")).to_be_visible()
        assert not re.search("[一-鿿]", page.locator("form[data-keep] legend").inner_text())
        me.look("exemption-phone")
