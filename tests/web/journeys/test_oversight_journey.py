"""What next-level and general managers and auditors come for, by clicking: whose figures, from where, and again."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from fairwrench.web.demo.group import CURRENT

LAST = str(CURRENT.plus(-1))


def test_an_auditor_goes_from_a_store_to_the_file_and_recomputes(visitor: Any) -> None:
    """Fails when an auditor cannot get from a store's figure to a row, its file and its sender, or check the month."""
    me = visitor().sign_in("auditor").go(f"/stores/?month={LAST}")
    me.look("auditor-stores")
    me.page.locator("#shops tbody a").first.click()
    me.page.wait_for_url(re.compile("/stores/.+"))
    me.look("auditor-store")
    me.page.locator("td a[href^='/results/']").nth(3).click()
    me.page.get_by_role("link", name="逐步查看依据").click()
    me.page.get_by_role("button", name="核对").click()
    expect(me.page.get_by_text("一致：")).to_be_visible(timeout=120_000)
    me.page.get_by_role("button", name="全部展开").click()
    me.page.locator("details.rows summary").first.click()
    expect(me.page.locator(".rows-slot table tbody tr").first).to_contain_text(LAST)
    me.go("/evidence/batches/")
    me.page.locator("tbody a").first.click()
    me.page.wait_for_url(re.compile("/batches/.+"))
    expect(me.page.get_by_text("SHA-256")).to_be_visible()
    me.look("auditor-batch")


def test_an_auditor_reads_who_did_what(visitor: Any) -> None:
    """Fails when the audit log cannot be found by an auditor, or does not say who published a month."""
    me = visitor().sign_in("auditor")
    me.page.get_by_role("navigation", name="主导航").get_by_role("link", name="操作记录").click()
    expect(me.page.get_by_role("heading", level=1)).to_have_text("操作记录")
    me.page.get_by_role("searchbox").fill(LAST)
    expect(me.page.locator("tbody tr").first).to_contain_text(LAST)
    me.look("auditor-log")


def test_a_next_level_manager_looks_over_two_levels(visitor: Any) -> None:
    """Fails when a director does not see the managers below and their people, on the phone."""
    me = visitor(phone=True).sign_in("director").go(f"/team/?month={LAST}")
    positions = set(me.page.locator("tbody tr td:nth-child(4)").all_inner_texts())
    assert "车间经理" in positions and any("技师" in position for position in positions)
    me.look("director-team")
    me.go("/today/")
    me.look("director-today")


def test_a_general_manager_compares_the_stores(visitor: Any) -> None:
    """Fails when the figures of the stores cannot be read on a phone, or the language cannot be changed there."""
    me = visitor(phone=True, language="en-GB").sign_in("gm").go(f"/stores/?month={LAST}")
    me.look("gm-stores")
    me.go(f"/months/{LAST}/")
    expect(me.page.get_by_text(re.compile("已发布|Published")).first).to_be_visible()
    me.look("gm-month")
