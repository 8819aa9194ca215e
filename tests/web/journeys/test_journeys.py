"""What people come for, done by clicking in a real browser on the served demo, in the order of a month.

The tests of this file follow one another on one site: what the manager rates and the provider hands in is what HR
settles. Each keeps pictures at build/pictures.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from fairwrench.web.demo.group import CURRENT
from fairwrench.web.demo.logins import PASSWORD
from tests.web.journeys.conftest import Site, agreeing, served_demo, served_home


@pytest.fixture(scope="module")
def site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo of its own: the month is published here, which changes what the other files may still do in it."""
    with served_demo(demo_home, tmp_path_factory.mktemp("site") / "home") as served:
        yield served


NOW, LAST = str(CURRENT), str(CURRENT.plus(-1))


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("phone", [False, True])
def test_the_way_in(visitor: Any, phone: bool, language: str) -> None:
    """Fails when the login page is broken, lacks the demo's logins, or is in the wrong language."""
    someone = visitor(phone=phone, language=language)
    someone.go("/accounts/login/")
    expect(someone.page.locator("html")).to_have_attribute("lang", "zh-Hans" if language == "zh-CN" else "en")
    expect(someone.page.get_by_text("technician", exact=False).first).to_be_visible()
    someone.look("login")


@pytest.mark.parametrize("phone", [True, False])
def test_a_technician_reads_the_month_and_why(visitor: Any, phone: bool) -> None:
    """Fails when somebody cannot get from the month's figures to the rows of the uploaded file."""
    me = visitor(phone=phone).sign_in("technician").go("/mine/")
    expect(me.page.get_by_role("heading", level=1)).to_have_text("我的绩效")
    me.look("mine")
    me.go(f"/mine/{LAST}/")
    me.look("mine-published")
    me.page.locator("a.item").first.click()
    me.page.wait_for_url(re.compile("/items/"))
    me.page.locator("details.rows summary").first.click()
    expect(me.page.locator(".rows-slot table tbody tr").first).to_be_visible()
    me.look("explanation")


def test_a_technician_has_the_month_checked(visitor: Any) -> None:
    """Fails when recomputing from the seal does not come out equal, or its end is not shown."""
    me = visitor().sign_in("technician").go(f"/mine/{LAST}/")
    me.page.get_by_role("link", name="逐步查看依据").click()
    me.page.get_by_role("button", name="核对").click()
    expect(me.page.get_by_text("一致：")).to_be_visible(timeout=120_000)
    me.look("checked")


def test_english_is_whole(visitor: Any) -> None:
    """Fails when a page switched to English still speaks Chinese where it speaks itself."""
    me = visitor(language="en-GB").sign_in("hr")
    with me.in_english():
        for path in ("/months/", f"/months/{LAST}/", "/stores/", "/people/", "/evidence/", "/schemes/"):
            me.go(path)
            expect(me.page.locator("html")).to_have_attribute("lang", "en")
            title = me.page.get_by_role("heading", level=1).inner_text()
            assert not re.search("[一-鿿]", title), path
            me.look("en" + path.strip("/").replace("/", "-"))


def test_a_manager_rates_the_team(visitor: Any) -> None:
    """Fails when ratings cannot be given by clicking, or are not there afterwards."""
    me = visitor().sign_in("manager").go("/team/")
    me.look("team")
    me.go("/today/")
    me.look("today")
    me.go(f"/months/{NOW}/ratings/")
    for choice in me.page.locator("td.rating select").all():
        choice.select_option("合格" if "合格" in choice.inner_text() else "良好")
    # each cell is saved as it is filled in
    expect(me.page.locator("td.rating:has(select):not([data-state=saved])")).to_have_count(0)
    me.look("ratings")
    me.go(f"/months/{NOW}/ratings/")
    assert {choice.input_value() for choice in me.page.locator("td.rating select").all()} <= {"合格", "良好"}


@pytest.mark.parametrize("phone", [False, True])
def test_hr_enters_a_target(visitor: Any, phone: bool) -> None:
    """Fails when a target cannot be found from the month, entered, or told from a file's, at a desk and on a phone."""
    me = visitor(phone=phone).sign_in("hr").go(f"/months/{NOW}/")
    me.page.get_by_role("link", name="目标值", exact=True).click()
    expect(me.page.get_by_role("heading", level=1)).to_have_text("目标值")
    rows = me.page.locator("table.targets tbody tr")
    expect(rows.first).to_contain_text("文件 " if not phone else "页面填写")
    field = rows.first.locator("input.num")
    field.fill("45001" if phone else "45000")
    me.page.get_by_role("button", name="保存目标值").click()
    expect(me.page.get_by_text("已保存 1 个目标值")).to_be_visible()
    expect(rows.first).to_contain_text("页面填写")
    me.look("hr-targets")
    me.go(f"/months/{NOW}/targets/?all=1").look("hr-targets-all")


def test_a_provider_hands_in_a_file(visitor: Any, site: Site) -> None:
    """Fails when a file cannot be dropped, looked at and landed by clicking, or one dropped twice is not recognised."""
    me = visitor().sign_in("provider").go("/evidence/")
    file = site.waiting("回访")
    me.page.set_input_files("input[type=file]", str(file))
    me.page.get_by_role("button", name="上传并预览").click()
    me.page.wait_for_url(re.compile("/uploads/"))
    land = me.page.get_by_role("button", name="导入", exact=True)
    expect(land).to_be_visible(timeout=60_000)
    me.look("preview")
    land.click()
    expect(me.page.get_by_text("已导入", exact=True).first).to_be_visible(timeout=120_000)
    me.look("landed")
    me.go("/evidence/")
    me.page.set_input_files("input[type=file]", str(file))
    me.page.get_by_role("button", name="上传并预览").click()
    expect(me.page.get_by_text(re.compile("的内容已经导入过")).first).to_be_visible(timeout=60_000)
    me.look("dropped-twice")


def test_an_expired_session_keeps_what_was_typed(visitor: Any) -> None:
    """Fails when somebody who was signed out while filling a form has to type everything again."""
    me = visitor().sign_in("manager").go(f"/months/{NOW}/ratings/")
    cell = me.page.locator("td.rating").first
    cell.locator(".rating-note").click()
    me.page.context.clear_cookies(name="sessionid")
    cell.locator(".example").fill("主动留下来完成抢修")
    cell.locator(".example").press("Enter")
    me.page.wait_for_url(re.compile("login"))
    me.page.fill("input[name=login]", "manager")
    me.page.fill("input[name=password]", PASSWORD)
    me.page.press("input[name=password]", "Enter")
    me.page.wait_for_url(re.compile("/ratings/"))
    expect(me.page.locator("input[name$='.example']").first).to_have_value("主动留下来完成抢修")
    me.look("kept")


def test_the_pages_of_the_group_hold_on_a_phone_in_the_dark(visitor: Any) -> None:
    """Fails when a page of a manager, HR or the general manager cannot be used on a phone, or read in dark colours."""
    for username, paths in (
        ("manager", ("/team/", "/today/", f"/months/{NOW}/ratings/")),
        ("gm", ("/stores/",)),
        (
            "hr",
            ("/months/", f"/months/{NOW}/", f"/months/{NOW}/ratings/", "/people/", "/people/positions/", "/evidence/"),
        ),
        ("auditor", ("/schemes/", f"/schemes/at/{NOW}/", "/settings/log/")),
    ):
        me = visitor(phone=True, dark=True).sign_in(username)
        for path in paths:
            me.go(path)
            me.look(f"{username}{path.rstrip('/').replace('/', '-')}")


def test_a_team_is_read_on_a_phone_without_wiping(visitor: Any) -> None:
    """Fails when a manager on a phone sees employee ids and stores instead of scores and grades."""
    page = visitor(phone=True).sign_in("manager").go("/team/").page
    for header in ("姓名", "岗位", "得分", "等级"):
        expect(page.get_by_role("columnheader", name=header)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("columnheader", name="工号")).to_be_hidden()


def click_with_reason(visitor: Any, plain: str, reasoned: str) -> None:
    """Take a step of a month; a month that is not over, or mostly incomplete, asks for a reason first."""
    asks = visitor.page.locator("details", has_text=reasoned)
    if not asks.count():
        visitor.page.get_by_role("button", name=plain).click()
        return
    asks.locator("summary").click()
    asks.locator("textarea").fill("试用演示")
    asks.get_by_role("button").click()


def test_hr_settles_two_approve_and_everybody_sees_it(visitor: Any) -> None:
    """Fails when a month cannot be brought from open to published by clicking, each step by who has to take it."""
    hr, gm = visitor().sign_in("hr").go(f"/months/{NOW}/"), visitor().sign_in("gm")
    hr.look("month-open")
    # asked while items still lack, as they do before the month is over
    for who in (hr, gm):
        agreeing(who.page)
    click_with_reason(hr, "锁定数据并核算", "提前锁定数据并核算")
    hr.wait_for_job()
    expect(hr.page.get_by_text("已核算，待审").first).to_be_visible(timeout=120_000)
    hr.look("month-settled")
    hr.page.get_by_role("button", name="人力资源审核通过").click()
    expect(hr.page.get_by_text("人力资源已审").first).to_be_visible()
    gm.go(f"/months/{NOW}/")
    gm.page.get_by_role("button", name="总经理批准").click()
    expect(gm.page.get_by_text("总经理已批").first).to_be_visible()
    hr.go(f"/months/{NOW}/")
    click_with_reason(hr, "发布结果", "发布结果")
    expect(hr.page.get_by_text("已发布").first).to_be_visible()
    hr.go(f"/months/{NOW}/pay/")
    hr.look("pay")
    technician = visitor(phone=True).sign_in("technician").go("/mine/")
    expect(technician.page.get_by_text(NOW).first).to_be_visible()
    assert technician.page.get_by_text("本月预估").count() == 0


def test_a_backup_of_the_running_site_serves_again(visitor: Any, site: Site, tmp_path: Path) -> None:
    """Fails when what was backed up while people worked does not come back as an application with its months."""
    archive, home = tmp_path / "backup.tar", tmp_path / "home"
    for command in (("backup", archive, "--home", site.folder), ("restore", archive, "--home", home)):
        program = [str(Path(sys.executable).with_name("fairwrench")), *map(str, command)]
        subprocess.run(program, check=True, cwd=tmp_path, timeout=120)
    with served_home(home) as restored:
        someone = visitor()
        someone.site = restored
        someone.sign_in("technician").go("/mine/")
        expect(someone.page.get_by_role("link", name=LAST, exact=True)).to_be_visible()
        someone.go(f"/mine/{LAST}/").look("mine-restored")
