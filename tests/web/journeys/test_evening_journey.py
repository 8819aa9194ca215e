"""The technician's evening on a phone: what was done today, the orders behind it, and an order that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.journeys.conftest import Site, served_demo


@pytest.fixture(scope="module")
def site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo of its own: what is asked and answered here waits in nobody else's inbox."""
    with served_demo(demo_home, tmp_path_factory.mktemp("site") / "home") as served:
        yield served


@pytest.mark.parametrize("dark", [False, True])
def test_the_card_leads_to_the_orders(visitor: Any, dark: bool) -> None:
    """Fails when the card does not come by itself, or a count does not lead to its orders."""
    me = visitor(phone=True, dark=dark).sign_in("technician").go("/mine/")
    card = me.page.locator("section[aria-labelledby=day]")
    expect(card.get_by_text("工单项目明细")).to_be_visible()
    me.look("evening-mine")
    card.locator("a.figure").first.click()
    me.page.wait_for_url(re.compile("/mine/today/"))
    expect(me.page.locator("#orders")).to_be_visible()
    me.look("evening-day")


def test_the_evening_in_english(visitor: Any) -> None:
    """Fails when the page speaks Chinese where it speaks itself."""
    me = visitor(phone=True, language="en-GB").sign_in("technician")
    with me.in_english():
        me.go("/mine/today/")
        expect(me.page.get_by_text("An order is missing?")).to_be_visible()
        me.look("evening-day")
        me.go("/evidence/missing-orders/new/")
        me.look("evening-missing")


def test_an_order_is_missed_and_found(visitor: Any) -> None:
    """Fails when a question cannot be asked on a phone, is not found by the dispatcher, or its answer not read."""
    me = visitor(phone=True).sign_in("technician").go("/mine/today/")
    me.page.get_by_role("link", name="漏单了？").click()
    me.page.get_by_label("或车牌号").fill("京B12345")
    me.page.get_by_label("作业内容").fill("更换机油机滤")
    me.look("evening-missing")
    me.page.get_by_role("button", name="提交给调度").click()
    expect(me.page.get_by_text("的调度或人力资源核实")).to_be_visible()
    me.look("evening-asked")
    dispatcher = visitor().sign_in("manager").go("/inbox/")
    dispatcher.look("evening-inbox")
    dispatcher.page.get_by_role("link", name="漏单反馈待答复").click()
    dispatcher.look("evening-waiting")
    dispatcher.page.get_by_role("row", name="京B12345").get_by_role("link").click()
    dispatcher.page.get_by_label("说明").fill("漏录了，已补进系统")
    dispatcher.look("evening-answer")
    dispatcher.page.get_by_role("button", name="已补录").click()
    expect(dispatcher.page.get_by_text("已答复")).to_be_visible()
    me.go("/mine/today/")
    expect(me.page.get_by_text("漏录了，已补进系统")).to_be_visible()
    me.look("evening-answered")
    me.go("/inbox/")
    me.look("evening-told")
