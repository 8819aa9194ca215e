"""Somebody hired, moved with a day, gone and back; a wrong hire taken back; a roster changed and handed in again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.web.journeys.conftest import Visitor

#: somebody of this file alone, and somebody entered by mistake
OWN, WRONG = "J0101", "J0102"


@pytest.fixture
def hr(visitor: Callable[..., Visitor]) -> Visitor:
    """HR at a desk."""
    return visitor().sign_in("hr")


def hire(visitor: Visitor, employee_id: str, name: str, day: str) -> Page:
    """Somebody taken on as a technician of the first store, for 4 000 yuan."""
    page = visitor.go("/people/hire/").page
    page.get_by_label("工号").fill(employee_id)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("入职日期").fill(day)
    page.get_by_label("门店").select_option(index=1)
    page.get_by_label("岗位").select_option(label="维修技师")
    page.get_by_label("全额工资").fill("4000")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page


def looked_at_on_a_phone(visitor: Callable[..., Visitor], path: str, what: str) -> None:
    """The same page in English on a phone."""
    phone = visitor(phone=True, language="en-GB").sign_in("hr")
    with phone.in_english():
        phone.go(path).look(what)


def test_a_wrong_hire_is_taken_back(hr: Visitor, visitor: Any) -> None:
    """Fails when somebody entered by mistake stays for ever, or goes without being asked for."""
    page = hire(hr, WRONG, "录错人", "2026-11-16")
    page.get_by_role("link", name="撤销入职").click()
    hr.look("staff-take-back")
    looked_at_on_a_phone(visitor, f"/people/of/{WRONG}/take-back/", "staff-take-back")
    page.get_by_role("button", name="撤销入职").click()
    expect(page.locator("#messages")).to_contain_text("录错人 的入职已撤销")
    director = hr.go("/people/?q=维修技师").page.locator("tbody .code-id").first.inner_text()
    hr.go(f"/people/of/{director}/take-back/").look("staff-not-taken-back")
    expect(page.get_by_text("已发布的月份里在册")).to_be_visible()
    expect(page.get_by_role("link", name="登记离职")).to_be_visible()


def test_a_raise_has_its_day_and_leaving_can_be_taken_back(hr: Visitor, visitor: Any) -> None:
    """Fails when what was before a change is gone from the page, or a slip about leaving cannot be mended."""
    page = hire(hr, OWN, "程新人", "2026-11-05")
    page.get_by_role("link", name="调动、晋升、调薪").click()
    page.get_by_label("全额工资").fill("5000")
    page.get_by_label("生效日期").fill("2026-10-20")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("这一天在已发布的月份里")).to_be_visible()
    hr.look("staff-past-asked")
    page.get_by_label("生效日期").fill("2026-11-16")
    page.get_by_role("button", name="保存").click()
    history = page.get_by_role("region", name="任职记录")
    expect(history.get_by_text("2026-11-05 – 2026-11-15")).to_be_visible()
    expect(history.get_by_text("¥4,000.00")).to_be_visible()
    expect(history.get_by_text("¥5,000.00")).to_be_visible()
    hr.look("staff-moved")
    page.get_by_role("link", name="离职", exact=True).click()
    page.get_by_label("最后工作日").fill("2026-11-27")
    hr.look("staff-leave")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#messages")).to_contain_text("2026-11-27 次日起不能登录")
    hr.look("staff-left")
    looked_at_on_a_phone(visitor, f"/people/of/{OWN}/", "staff-left")
    page.get_by_role("link", name="撤销离职").click()
    hr.look("staff-stay")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#messages")).to_contain_text("离职登记已撤销")


def test_a_salary_changed_in_the_exported_roster_holds_from_the_day_asked_for(
    hr: Visitor, visitor: Any, tmp_path: Path
) -> None:
    """Fails when a raise by file counts for the months before, or cannot be told from mending a mistake."""
    page = hr.go("/people/roster/").page
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载现有花名册").click()
    file = tmp_path / "花名册.xlsx"
    taken.value.save_as(file)
    book = openpyxl.load_workbook(file)
    head, *rows = list(book.active.rows)
    salary = [cell.value for cell in head].index("全额工资")
    last = [row for row in rows if row[0].value == OWN][-1]
    assert last[salary].value == "5000.00"
    last[salary].value = "5600"
    book.save(file)
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("tbody").get_by_text("全额工资：5,000.00 → 5,600.00")).to_be_visible()
    hr.look("staff-roster-day")
    phone = visitor(phone=True, language="en-GB").sign_in("hr")
    with phone.in_english():
        phone.go("/people/roster/").page.set_input_files("input[type=file]", file)
        phone.page.get_by_role("button", name="Upload and look").click()
        phone.page.get_by_label("mend what was noted wrongly").check()
        phone.page.wait_for_url(lambda url: "rows=own" in url)
        phone.look("staff-roster")
    page.get_by_label("原来记错了").check()
    page.wait_for_url(lambda url: "rows=own" in url)
    expect(page.get_by_label("原来记错了")).to_be_checked()
    page.get_by_label("是新的变动").check()
    page.wait_for_url(lambda url: "rows=day" in url)
    page.get_by_label("变动从哪天起生效").fill("2026-10-20")
    page.wait_for_url(lambda url: "day=2026-10-20" in url)
    expect(page.get_by_text("已发布到 2026-10")).to_be_visible()
    hr.look("staff-roster-published")
    page.get_by_label("变动从哪天起生效").fill("2026-12-01")
    page.wait_for_url(lambda url: "day=2026-12-01" in url)
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#messages")).to_contain_text("变动 1 人")
    hr.go(f"/people/of/{OWN}/")
    expect(page.get_by_text("2026-11-16 – 2026-11-30")).to_be_visible()
    expect(page.get_by_role("region", name="任职记录").get_by_text("2026-12-01")).to_be_visible()


def test_what_rewrites_a_published_month_is_listed_and_confirmed(hr: Visitor, tmp_path: Path) -> None:
    """Fails when the record behind a published month changes without anybody having meant it."""
    page = hr.go("/people/roster/").page
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载现有花名册").click()
    file = tmp_path / "花名册.xlsx"
    taken.value.save_as(file)
    book = openpyxl.load_workbook(file)
    head, *rows = list(book.active.rows)
    names = [cell.value for cell in head]
    first = next(
        row for row in rows if row[names.index("生效日期")].value < "2026-09" and row[names.index("全额工资")].value
    )
    first[names.index("全额工资")].value = "123456"
    book.save(file)
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_label("原来记错了").check()
    page.wait_for_url(lambda url: "rows=own" in url)
    expect(page.get_by_text("的任职与发布时不同")).to_be_visible()
    hr.look("staff-roster-past")
    page.get_by_role("button", name="确认导入").click()
    assert page.get_by_label("我确认更正这些月份的任职记录").evaluate("box => box.validity.valueMissing")
