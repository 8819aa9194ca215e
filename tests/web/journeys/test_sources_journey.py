"""A kind of file that the system does not know: declared without code, its template filled in, handed in, seen landed.

Nothing here is read by a scheme, so other journeys find the month as they expect it. Pictures lie at build/pictures.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.web.journeys.conftest import Site

#: the columns of the file of washes: Chinese name, English name, type as the page calls it, key
WASH = (
    ("洗车单号", "Wash number", "文字", True),
    ("门店", "Store", "门店", True),
    ("洗车员", "Washer", "人员", False),
    ("洗车日期", "Washed on", "日期", False),
    ("工单编号", "", "文字", False),
    ("金额", "Amount", "小数、金额", False),
)
HEADERS = [zh for zh, *_ in WASH]


def fill_columns(page: Page) -> None:
    """The columns of the file of washes; there are fewer empty lines than it takes, so more are asked for."""
    for at, (zh, en, kind, key) in enumerate(WASH, start=1):
        if page.get_by_label(f"中文名称 {at}", exact=True).count() == 0:
            page.get_by_role("button", name="再加几行").click()
            expect(page.get_by_label(f"中文名称 {at}", exact=True)).to_be_visible()
        page.get_by_label(f"中文名称 {at}", exact=True).fill(zh)
        page.get_by_label(f"英文名称 {at}", exact=True).fill(en)
        page.get_by_label(f"类型 {at}", exact=True).select_option(label=kind)
        page.get_by_label(f"识别列 {at}", exact=True).set_checked(key)


def filled_in(template: Path, site: Site, month: str, into: Path) -> Path:
    """The template with two washes of a month."""
    headers = pl.read_excel(template, sheet_id=1, has_header=False, drop_empty_cols=False).row(0)
    assert list(headers) == HEADERS
    person = pl.read_excel(site.folder / "data" / "roster.xlsx").row(0, named=True)
    store = next(value for name, value in person.items() if name in ("门店", "store"))
    washer = next(value for name, value in person.items() if name in ("工号", "employee_id"))
    rows = [("X001", store, washer, f"{month}-03", "", "30"), ("X002", store, washer, f"{month}-04", "", "45.50")]
    with xlsxwriter.Workbook(str(into)) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([HEADERS, *rows]):
            sheet.write_row(line, 0, row)
    return into


def test_hr_declares_a_kind_of_file_and_hands_it_in(visitor: Any, site: Site, tmp_path: Path) -> None:
    """Fails when a new kind of file needs an id, YAML, or other pages than these on its way to the heat map."""
    me = visitor().sign_in("hr").go("/evidence/sources/")
    page = me.page
    page.get_by_role("link", name="新的数据报表").click()
    page.get_by_label("中文名称", exact=True).fill("洗车登记")
    page.get_by_label("英文名称", exact=True).fill("Car washes")
    fill_columns(page)
    page.get_by_role("heading", name="从别的数据带过来").click()
    page.get_by_label("从别的数据带过来 1 从哪张报表").select_option(label="维修工单")
    page.get_by_label("从别的数据带过来 1 本数据的列 1").fill("工单编号")
    page.get_by_label("从别的数据带过来 1 对方的列 1").fill("工单号")
    page.get_by_label("从别的数据带过来 1 取哪一列").fill("车架")
    page.get_by_role("heading", name="日期加减天数").click()
    page.get_by_label("日期加减天数 1 哪个日期").fill("洗车日期")
    page.get_by_label("日期加减天数 1 加几天").fill("7")
    page.get_by_role("button", name="检查并保存").click()
    expect(page.get_by_text("“一行是”：还没有填")).to_be_visible()
    expect(page.get_by_text("第 1 行的“取哪一列”：没有叫“车架”的列；是否想写“车架号”？")).to_be_visible()
    me.look("source-refused")
    page.get_by_label("一行是（中文）").fill("一次洗车")
    page.get_by_label("从别的数据带过来 1 取哪一列").fill("车架号")
    page.get_by_role("button", name="检查，看看模板").click()
    expect(page.get_by_role("heading", name="还没有保存")).to_be_visible()
    page.get_by_role("button", name="检查并保存").click()
    expect(page.get_by_text("“洗车登记”已保存")).to_be_visible()
    assert page.url.endswith("/evidence/sources/car_washes/")
    me.look("source-saved")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载空白模板").click()
    template = tmp_path / download.value.suggested_filename
    download.value.save_as(template)
    page.get_by_role("link", name="到数据页上传").click()
    month = page.get_by_label("所属月份").input_value()
    page.set_input_files("input[type=file]", str(filled_in(template, site, month, tmp_path / "洗车登记.xlsx")))
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url(re.compile("/uploads/"))
    land = page.get_by_role("button", name="导入", exact=True)
    expect(land).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", level=2, name=re.compile("洗车登记"))).to_be_visible()
    land.click()
    expect(page.get_by_text("已导入", exact=True).first).to_be_visible(timeout=120_000)
    me.go("/evidence/")
    cell = page.get_by_role("row", name=re.compile("^洗车登记")).get_by_role("link", name=re.compile("已到|迟到"))
    expect(cell.first).to_be_visible()
    me.look("source-heat-map")
    cell.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("洗车登记")
    me.look("source-batch")


def test_the_form_holds_on_a_phone_and_in_english(visitor: Any) -> None:
    """Fails when the form cannot be filled in on a phone, or asking for more lines loses what was typed."""
    me = visitor(phone=True).sign_in("admin").go("/evidence/sources/new/")
    page = me.page
    with me.in_english():
        me.go("/evidence/sources/new/")
        page.get_by_label("English name", exact=True).fill("Loan cars")
        page.get_by_label("English name 1", exact=True).fill("Contract")
        lines = page.get_by_label(re.compile("^English name [0-9]+$")).count()
        page.get_by_role("button", name="More lines").click()
        expect(page.get_by_label(f"English name {lines + 1}", exact=True)).to_be_visible()
        expect(page.get_by_label("English name 1", exact=True)).to_have_value("Contract")
        me.look("source-phone")
        page.get_by_role("button", name="Check and save").click()
        expect(page.get_by_text("add a column of dates first")).to_be_visible()
        expect(page.get_by_text("no key is ticked")).to_be_visible()
        assert not re.search("[一-鿿]", page.locator("[role=alert]").first.inner_text())
        me.look("source-phone-refused")
