"""A manager rates the team in the grid, in a real browser: by keyboard, from a spreadsheet, in two tabs, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from fairwrench.web.demo.group import CURRENT
from tests.web.journeys.conftest import Visitor

PATH = f"/months/{CURRENT}/ratings/"
PASTE = """(field, text) => { const data = new DataTransfer(); data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: data})); }"""
#: a level that needs no example, and one that does, in the order of the shipped scheme
EXCELLENT, GOOD, FAIR = "优秀", "良好", "合格"


def largest(page: Page) -> Locator:
    """The matrix with the most people, and among these the one with the most lists of levels."""
    cards = page.locator(".rating-card")
    counts = [cards.nth(place).locator("td.rating select").count() for place in range(cards.count())]
    return cards.nth(counts.index(max(counts)))


def cell(card: Locator, row: int, column: int) -> Locator:
    """A cell with a list of levels."""
    return card.locator("tbody tr").nth(row).locator("td.rating:has(select)").nth(column)


def saved(cell: Locator) -> None:
    """Wait until a cell says that it is saved."""
    expect(cell).to_have_attribute("data-state", "saved")


def posts(me: Visitor) -> list[str]:
    """What the page sends from now on."""
    sent: list[str] = []
    me.page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    return sent


def test_a_team_is_rated_by_keyboard(visitor: Callable[..., Visitor]) -> None:
    """Fails when rating takes the mouse, a cell is not saved as it is filled in, or a level counts without the example
    that it needs."""
    me = visitor().sign_in("manager").go(PATH)
    card = largest(me.page)
    cell(card, 0, 0).locator("select").focus()
    me.page.keyboard.press("2")
    me.page.keyboard.press("ArrowRight")
    me.page.keyboard.press("3")
    me.page.keyboard.press("ArrowDown")
    me.page.keyboard.press("1")
    for there, level in ((cell(card, 0, 0), GOOD), (cell(card, 0, 1), FAIR), (cell(card, 1, 1), EXCELLENT)):
        expect(there.locator("select")).to_have_value(level)
    saved(cell(card, 0, 0))
    saved(cell(card, 0, 1))
    needs = cell(card, 1, 1)
    expect(needs).to_contain_text("须写具体事例")
    me.look("ratings-example-asked")
    me.page.keyboard.press("Enter")
    me.page.keyboard.type("主动留下来完成抢修")
    me.page.keyboard.press("Enter")
    saved(needs)
    expect(needs).not_to_contain_text("须写具体事例")
    expect(card.locator("tbody tr").nth(0).locator("[data-given]")).to_have_text(re.compile("^2/"))
    me.go(PATH)
    card = largest(me.page)
    for row, column, level in ((0, 0, GOOD), (0, 1, FAIR), (1, 1, EXCELLENT)):
        expect(cell(card, row, column).locator("select")).to_have_value(level)
    expect(cell(card, 1, 1).locator(".example")).to_have_value("主动留下来完成抢修")
    expect(me.page.locator(f"[data-share={EXCELLENT}] .num")).to_have_text("1")
    # taken back again, by keyboard too
    for row, column in ((0, 0), (0, 1), (1, 1)):
        cell(card, row, column).locator("select").focus()
        me.page.keyboard.press("Delete")
        saved(cell(card, row, column))


def test_a_block_of_a_spreadsheet_is_pasted_and_the_rest_set_at_once(visitor: Callable[..., Visitor]) -> None:
    """Fails when a pasted block is sent cell by cell, an unknown word is taken or passed over in silence, or setting a
    whole matrix overrules what was rated before."""
    me = visitor().sign_in("manager").go(PATH)
    card, sent = largest(me.page), posts(me)
    cell(card, 0, 0).locator("select").evaluate(PASTE, f"{GOOD}\t{FAIR}\r\n极好\t{GOOD}\r\n")
    expect(me.page.locator(".rating-told")).to_contain_text("没有这样的等级，未填：极好")
    for row, column, level in ((0, 0, GOOD), (0, 1, FAIR), (1, 1, GOOD)):
        saved(cell(card, row, column))
        expect(cell(card, row, column).locator("select")).to_have_value(level)
    expect(cell(card, 1, 0).locator("select")).to_have_value("")
    assert len(sent) == 1, "one request for the block"
    card.locator("[data-fill-all] select").select_option(GOOD)
    saved(cell(card, 1, 0))
    expect(cell(card, 0, 1).locator("select")).to_have_value(FAIR)
    expect(card.locator("td.rating.missing")).to_have_count(0)
    assert len(sent) == 2, "one request for all that were missing"
    me.look("ratings-filled")
    lists = card.locator("td.rating select")
    for place in range(lists.count()):
        lists.nth(place).focus()
        me.page.keyboard.press("Delete")
    expect(card.locator("td.rating.missing")).to_have_count(lists.count())


def test_the_later_of_two_tabs_is_told_what_stands(visitor: Callable[..., Visitor]) -> None:
    """Fails when a tab that was left open overwrites what another saved since, or does not show what that was."""
    me = visitor().sign_in("manager").go(PATH)
    other = me.page.context.new_page()
    other.goto(f"{me.site.url}{PATH}")
    here, there = cell(largest(me.page), 0, 0), cell(largest(other), 0, 0)
    there.locator("select").select_option(GOOD)
    saved(there)
    here.locator("select").select_option(FAIR)
    expect(here).to_have_attribute("data-state", "wrong")
    expect(here).to_contain_text(f"已被改为“{GOOD}”")
    expect(here.locator("select")).to_have_value(FAIR)
    me.look("ratings-two-tabs")
    here.get_by_role("button", name="用已保存的").click()
    expect(here.locator("select")).to_have_value(GOOD)
    there.locator("select").select_option("")
    saved(there)
    here.locator("select").select_option(FAIR)
    here.get_by_role("button", name="仍用我填的").click()
    saved(here)
    other.reload()
    expect(there.locator("select")).to_have_value(FAIR)
    there.locator("select").select_option("")
    saved(there)


def test_what_the_server_did_not_take_is_tried_again(visitor: Callable[..., Visitor]) -> None:
    """Fails when a rating given while the server was away looks saved, or is lost."""
    me = visitor().sign_in("manager").go(PATH)
    here = cell(largest(me.page), 0, 0)
    me.page.route(f"**{PATH}", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    here.locator("select").select_option(GOOD)
    expect(here).to_have_attribute("data-state", "lost")
    expect(me.page.get_by_role("button", name="保存评分")).to_be_visible()
    me.page.unroute(f"**{PATH}")
    saved(here)
    expect(me.page.get_by_role("button", name="保存评分")).to_be_hidden()
    here.locator("select").select_option("")
    saved(here)
    me.complaints.clear()


def test_on_a_phone_one_person_after_the_other(visitor: Callable[..., Visitor]) -> None:
    """Fails when a phone shows the whole matrix, the levels cannot be read there, or the facts cannot."""
    me = visitor(phone=True, dark=True).sign_in("manager").go(PATH)
    shown = me.page.locator("tr[data-person]:visible")
    expect(shown).to_have_count(1)
    first = shown.inner_text()
    me.page.get_by_role("button", name="下一人").click()
    expect(shown).to_have_count(1)
    assert shown.inner_text() != first
    shown.locator("select").first.select_option(GOOD)
    saved(shown.locator("td.rating:has(select)").first)
    me.look("ratings-phone")
    shown.locator(".rating-head").first.click()
    expect(me.page.locator(".looks:popover-open")).to_contain_text("须写事例")
    me.look("ratings-phone-levels")
    me.page.keyboard.press("Escape")
    shown.get_by_role("link", name="依据").click()
    expect(me.page.locator("#facts")).to_contain_text("已计量的考核项")
    me.look("ratings-phone-facts")
    me.page.keyboard.press("Escape")
    expect(me.page.locator("#facts")).to_be_hidden()
    expect(shown.get_by_role("link", name="依据")).to_be_focused()
    shown.locator("select").first.select_option("")
    saved(shown.locator("td.rating:has(select)").first)


def test_without_scripts_the_grid_is_a_form(visitor: Callable[..., Visitor], browser: Any) -> None:
    """Fails when a browser without scripts cannot rate, or finds controls that do nothing."""
    me = visitor().sign_in("manager")
    plain = browser.new_context(java_script_enabled=False, storage_state=me.page.context.storage_state())
    page = plain.new_page()
    page.goto(f"{me.site.url}{PATH}")
    assert page.locator("[data-fill]:visible, .rating-note:visible, .rating-pager:visible").count() == 0
    here = cell(largest(page), 0, 0)
    here.locator("select").select_option(EXCELLENT)
    here.locator(".example").fill("主动留下来完成抢修")
    page.get_by_role("button", name="保存评分").click()
    expect(page.get_by_text("已保存 1 项评分")).to_be_visible()
    expect(here.locator("select")).to_have_value(EXCELLENT)
    here.locator("select").select_option("")
    page.get_by_role("button", name="保存评分").click()
    expect(here.locator("select")).to_have_value("")
    plain.close()
