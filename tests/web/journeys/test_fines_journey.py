"""A fine that settling proposed, decided by HR on a demo of its own: refused without a ground, then kept on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from fairwrench.web.demo.group import CURRENT
from tests.web.journeys.conftest import DESK, PHONE, Site, Visitor, served_demo


@pytest.fixture(scope="module")
def late_site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, in whose month so far the workshop manager handed in the goals two working days late."""
    with served_demo(demo_home, tmp_path_factory.mktemp("late") / "home") as site:
        yield site


@pytest.fixture
def hr(browser: Browser, late_site: Site) -> Iterator[Callable[..., Visitor]]:
    """HR at a desk or on a phone."""
    opened: list[Any] = []

    def come(*, phone: bool = False) -> Visitor:
        context = browser.new_context(viewport=PHONE if phone else DESK, locale="zh-CN")
        opened.append(context)
        return Visitor(context.new_page(), late_site, "phone-zh" if phone else "desk-zh").sign_in("hr")

    yield come
    for context in opened:
        context.close()


def test_a_fine_is_decided_with_the_law_in_view(hr: Callable[..., Visitor]) -> None:
    """Fails when money can be taken without a ground, or HR needs anything but these pages."""
    address = f"/months/{CURRENT}/fines/"
    desk, phone = hr().go(address), hr(phone=True).go(address)
    desk.look("fines")
    phone.look("fines")
    late = desk.page.locator("tbody tr")
    expect(late).to_have_count(1)
    expect(late.get_by_role("cell", name="2", exact=True)).to_have_count(1)
    fine = str(late.get_by_role("link", name="查看").get_attribute("href"))
    phone.go(fine).look("fine")
    page = desk.go(fine).page
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    desk.look("fine")
    page.get_by_label("从工资中扣").check()
    page.get_by_role("button", name="确认决定").click()
    expect(page.get_by_text("扣款须写明依据：").first).to_be_visible()
    desk.look("fine-refused")
    page.get_by_label("只作记录").check()
    page.get_by_role("button", name="确认决定").click()
    expect(page.get_by_text("考核扣款只记录").first).to_be_visible()
    desk.look("fine-decided")
