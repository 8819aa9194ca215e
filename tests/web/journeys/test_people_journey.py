"""Accounts, roles, the roster and the organisation, done by clicking: what an administrator, HR and a manager come for.

The site is shared with the other journeys: everybody here is made here, and what is changed is put back.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, expect

from tests.web.journeys.conftest import DESK, PHONE, Site, Visitor, agreeing

FRESH, OTHER = "Oil-Change-99", "Wheel-Bearing-42"
OUTSIDER = "周审计"
HEAD = "工号,姓名,门店,部门,岗位,直接上级,状态,全额工资,生效日期"


def sign_in(visitor: Any, username: str, password: str) -> None:
    """By a password of this file's."""
    visitor.page.goto(f"{visitor.site.url}/accounts/login/")
    visitor.page.fill("input[name=login]", username)
    visitor.page.fill("input[name=password]", password)
    visitor.page.press("input[name=password]", "Enter")
    visitor.page.wait_for_url(lambda url: "login" not in url)


def code(secret: str) -> str:
    """The six digits that an authenticator shows now."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def choose(visitor: Any, label: str, typed: str) -> str:
    """Type part of a name, wait for the proposals, and take the first."""
    field = visitor.page.get_by_label(label)
    field.click()
    field.press_sequentially(typed, delay=20)
    option = visitor.page.locator(f"#{field.get_attribute('list')} option[value*='{typed}']").first
    option.wait_for(state="attached")
    found = str(option.get_attribute("value"))
    field.fill(found)
    return found


@pytest.fixture(scope="module")
def come(browser: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors that stay for the whole file: `come(phone=True)`."""
    opened = []

    def made(*, phone: bool = False) -> Visitor:
        context = browser.new_context(viewport=PHONE if phone else DESK, locale="en-GB" if phone else "zh-CN")
        opened.append(context)
        return Visitor(context.new_page(), site, "phone-en" if phone else "desk-zh")

    yield made
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def admin(come: Callable[..., Visitor]) -> Visitor:
    """The administrator at a desk, who answers yes where a page asks once more."""
    found = come().sign_in("admin")
    agreeing(found.page)
    return found


@pytest.fixture(scope="module")
def outsider(admin: Visitor, come: Callable[..., Visitor]) -> Iterator[tuple[str, str]]:
    """Somebody off the roster, invited by clicking, with a password: user name, and the address of the account's page.

    The account is closed afterwards.
    """
    guest = come(phone=True)
    page = admin.go("/settings/users/invite/").page
    admin.look("people-invite")
    form = page.locator("form").filter(has_text="不在花名册上的人")
    form.get_by_label("姓名").fill(OUTSIDER)
    form.get_by_label("邮箱").fill(f"zhou{time.time_ns()}@audit.example")
    form.get_by_label("角色").select_option("auditor")
    form.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("邀请链接")
    link, account = (
        page.get_by_label("链接", exact=True).input_value(),
        page.locator(".page-pretitle a").get_attribute("href"),
    )
    name = re.search(r"用户名 (\w+)）", page.locator("main").inner_text())
    assert name and account
    guest.page.goto(guest.site.url + re.sub(r"^https?://[^/]+", "", link))
    guest.look("people-set-password")
    for label in ("New password", "Once more"):
        guest.page.get_by_label(label).fill(FRESH)
    guest.page.get_by_role("button", name="Set the password").click()
    guest.page.wait_for_url(re.compile("login"))
    yield name[1], account
    admin.go(account).page.get_by_role("button", name="停用").click()
    expect(page.locator("#messages")).to_contain_text("账号已停用")


def test_an_outsider_is_invited_named_and_finds_the_log(outsider: tuple[str, str], visitor: Any, admin: Any) -> None:
    """Fails when an outside auditor cannot come in, is called by a user name, or does not find what they come for."""
    guest = visitor(phone=True, language="en-GB")
    sign_in(guest, outsider[0], FRESH)
    guest.speak("English")
    guest.go("/settings/log/").look("people-log")
    desk = visitor()
    sign_in(desk, outsider[0], FRESH)
    expect(desk.page.locator(".user-button")).to_contain_text(OUTSIDER)
    desk.speak("中文")
    entry = desk.page.locator("nav.sidebar").get_by_role("link", name="操作记录")
    assert desk.page.locator("nav.sidebar").get_by_role("link", name="团队").count() == 0
    entry.click()
    expect(desk.page.get_by_text(re.compile(f"{OUTSIDER} · 绩效稽查")).first).to_be_visible()
    admin.go("/settings/users/?q=" + OUTSIDER)
    expect(admin.page.locator("tbody").get_by_text(OUTSIDER).first).to_be_visible()
    admin.look("people-users")


def test_an_account_is_looked_through_granted_closed_and_opened(outsider: tuple[str, str], admin: Any) -> None:
    """Fails when looking as somebody can act or leaves no trace, or roles and accounts cannot be taken and given."""
    page = admin.go(outsider[1]).page
    admin.look("people-account")
    page.get_by_label("原因").fill("看不到日志")
    page.get_by_role("button", name="开始查看").click()
    expect(page.locator(".viewing-as")).to_contain_text(OUTSIDER)
    admin.go("/settings/").look("people-viewing-as")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("以他人身份查看时不能修改")).to_be_visible()
    admin.go("/settings/")
    page.get_by_role("button", name="结束查看").click()
    expect(page.locator(".viewing-as")).to_have_count(0)
    admin.go("/settings/log/?q=" + outsider[0])
    for deed in ("开始以此人身份查看", "以此人身份查看了页面", "结束以此人身份查看"):
        expect(page.get_by_text(deed, exact=True).first).to_be_visible()
    admin.go(outsider[1])
    page.locator("#id_role").select_option("data_provider")
    page.get_by_role("button", name="授予角色").click()
    expect(page.locator("#messages")).to_contain_text("角色已授予")
    page.locator("li").filter(has_text="数据提报人").get_by_role("button", name="收回").click()
    expect(page.locator("#messages")).to_contain_text("角色已收回")
    page.get_by_role("button", name="停用").click()
    expect(page.locator("#messages")).to_contain_text("账号已停用")
    page.get_by_role("button", name="重新启用").click()
    expect(page.locator("#messages")).to_contain_text("账号已启用")


def test_the_last_administrator_keeps_the_role(admin: Any) -> None:
    """Fails when the installation can be left without anybody who grants roles."""
    page = admin.go("/settings/users/?role=administrator").page
    page.locator("tbody a").first.click()
    page.locator("li").filter(has_text="系统管理员").get_by_role("button", name="收回").click()
    expect(page.locator("#messages")).to_contain_text("至少要保留一位能登录的系统管理员")


def test_a_second_step_a_password_and_sessions_are_one_s_own(outsider: tuple[str, str], visitor: Any) -> None:
    """Fails when a second step cannot be set up, used, done without the phone or turned off, or a session not ended."""
    me, name = visitor(phone=True), outsider[0]
    sign_in(me, name, FRESH)
    page = me.go("/accounts/2fa/").page
    page.get_by_role("link", name="开启两步验证").click()
    # the password is asked again where it was given a while ago: on a busy machine, by then
    expect(page.get_by_label("密码").or_(page.locator("p code")).first).to_be_visible()
    if page.get_by_label("密码").count():
        page.get_by_label("密码").fill(FRESH)
        page.get_by_role("button", name="确认").click()
    secret = page.locator("p code").inner_text()
    me.look("people-2fa-setup")
    page.get_by_label("六位数字").fill(code(secret))
    page.get_by_role("button", name="开启", exact=True).click()
    me.go("/accounts/2fa/recovery-codes/").look("people-recovery-codes")
    spare = page.locator(".codes code").first.inner_text()
    other = visitor()
    other.page.goto(f"{other.site.url}/accounts/login/")
    other.page.fill("input[name=login]", name)
    other.page.fill("input[name=password]", FRESH)
    other.page.press("input[name=password]", "Enter")
    other.page.wait_for_url(re.compile("2fa/authenticate"))
    other.page.get_by_label("验证码或恢复码").fill(spare)
    other.page.get_by_role("button", name="继续").click()
    other.page.wait_for_url(lambda url: "accounts" not in url)
    me.go("/accounts/sessions/").look("people-sessions")
    expect(page.get_by_text("本机")).to_have_count(1)
    for _ in range(page.get_by_role("button", name="结束", exact=True).count()):
        page.get_by_role("button", name="结束", exact=True).first.click()
        page.wait_for_load_state()
    other.page.goto(f"{other.site.url}/settings/")
    other.page.wait_for_url(re.compile("login"))
    me.go("/accounts/2fa/totp/deactivate/")
    page.get_by_role("button", name="关闭", exact=True).click()
    expect(page.get_by_role("link", name="开启两步验证")).to_be_visible()
    me.go("/accounts/password/change/")
    page.get_by_label("现在的密码").fill(FRESH)
    page.get_by_label("新密码").fill(OTHER)
    page.get_by_label("再输一次").fill(OTHER)
    page.get_by_role("button", name="保存新密码").click()
    page.wait_for_load_state()
    again = visitor()
    sign_in(again, name, OTHER)


def test_the_roster_is_looked_at_before_it_is_taken_in(visitor: Any, tmp_path: Path) -> None:
    """Fails when a roster's hires, moves and leavers, or the errors in its cells, are not shown before it counts."""
    hr = visitor().sign_in("hr")
    page = hr.go("/people/").page
    store = page.get_by_label("门店").locator("option").nth(1).inner_text()
    line = f"J0001,程新人,{store},售后服务部,维修技师,,试用,4000,2026-11-01"
    handed = tmp_path / "花名册.csv"
    handed.write_text(
        f"{HEAD}\n{line}\nJ0002,错日期,{store},售后服务部,没有的岗位,,试用,四千,2026-13-01\n", encoding="utf-8"
    )
    hr.go("/people/roster/")
    page.set_input_files("input[type=file]", handed)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", name="需要处理的问题")).to_be_visible()
    expect(page.get_by_text(re.compile("J0002|第 3 行|没有的岗位")).first).to_be_visible()
    assert page.get_by_role("button", name="确认导入").count() == 0
    hr.look("people-roster-errors")
    handed.write_text(f"{HEAD}\n{line}\n", encoding="utf-8")
    hr.go("/people/roster/")
    page.set_input_files("input[type=file]", handed)
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_label("已离职").check()
    page.wait_for_url(re.compile("missing=left"))
    expect(page.locator("tbody").get_by_text("离职日期").first).to_be_visible()
    page.get_by_label("保持不变").check()
    page.wait_for_url(re.compile("missing=keep"))
    expect(page.locator("tbody").get_by_text("程新人")).to_be_visible()
    hr.look("people-roster-hires")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#messages")).to_contain_text("新增 1 人，变动 0 人，不再在册 0 人")
    hr.go("/people/of/J0001/")
    expect(page.get_by_text("2026-11-01").first).to_be_visible()


def test_the_roster_goes_out_and_comes_back(visitor: Any, tmp_path: Path) -> None:
    """Fails when the workbook that HR takes out cannot be handed in again as it is."""
    hr = visitor().sign_in("hr")
    page = hr.go("/people/roster/").page
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载现有花名册").click()
    taken.value.save_as(tmp_path / taken.value.suggested_filename)
    page.set_input_files("input[type=file]", tmp_path / taken.value.suggested_filename)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("文件与现有花名册一致，没有变动。")).to_be_visible()
    assert page.get_by_role("button", name="确认导入").count() == 0


def test_a_manager_on_leave_names_a_stand_in(visitor: Any) -> None:
    """Fails when nobody is proposed while one types, or a stand-in cannot be asked for and taken back."""
    me = visitor(phone=True, language="en-GB").sign_in("director")
    page = me.page
    with me.in_english():
        own = me.go("/people/").page.locator("tbody .code-id").first.inner_text()
        me.go(f"/people/of/{own}/").look("people-person")
        me.go(f"/people/find/?q={own}").look("people-find")
        me.go(f"/people/of/{own}/stand-in/")
        day = (date.today() + timedelta(days=400)).isoformat()
        page.get_by_label("Who stands in").fill("0")
        page.get_by_label("From").fill(day)
        page.get_by_label("To (inclusive)").fill(day)
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".invalid-feedback")).to_contain_text("Enter the employee id")
        page.get_by_label("Who stands in").fill("")
        choose(me, "Who stands in", "E0")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#messages")).to_contain_text("it counts once it is approved")
        me.look("people-stand-in")
        me.go("/people/stand-ins/")
        agreeing(page)
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_role("button", name="Take back")).to_have_count(0)


def test_a_unit_is_added_named_moved_and_removed(admin: Any) -> None:
    """Fails when the organisation cannot follow a reorganisation by clicking."""
    page = admin.go("/people/organisation/").page
    admin.look("people-organisation")

    def press(unit: str, word: str) -> None:
        branch = page.locator("details.step").filter(has=page.locator(f"> summary .step-title:text-is('{unit}')")).last
        if branch.get_attribute("open") is None:
            branch.locator("> summary").click()
        branch.locator("> .step-inside > div").first.get_by_role("link", name=word).click()

    for name in ("华北区", "华南区"):
        press("集团", "新增下级")
        page.get_by_label("类型").select_option("region")
        page.get_by_label("名称", exact=True).fill(name)
        page.get_by_role("button", name="保存").click()
    press("华南区", "移动")
    page.get_by_label("移到").select_option("华北区")
    page.get_by_role("button", name="保存").click()
    press("华南区", "改名")
    page.get_by_label("名称", exact=True).fill("华东区")
    page.get_by_role("button", name="保存").click()
    admin.look("people-organisation-changed")
    for name in ("华东区", "华北区"):
        press(name, "删除")
        page.get_by_role("button", name="删除").click()
    expect(page.get_by_text("华北区")).to_have_count(0)


def test_somebody_is_hired_under_a_manager_found_by_typing(admin: Any) -> None:
    """Fails when the line manager is not proposed while one types the name, or the form does not take the proposal."""
    page = admin.go("/people/hire/").page
    chosen = choose(admin, "直接上级", "E0")
    admin.look("people-hire")
    page.get_by_label("工号", exact=True).fill(chosen.split()[0])
    page.get_by_label("姓名", exact=True).fill("重号")
    for label in ("门店", "岗位"):
        page.get_by_label(label).select_option(index=1)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert").first).to_contain_text("已有人使用")
    expect(page.get_by_label("直接上级")).to_have_value(chosen)


def test_pay_that_was_looked_at_stands_in_the_record(visitor: Any, admin: Any) -> None:
    """Fails when HR reads somebody's salary and no auditor can find out."""
    hr = visitor().sign_in("hr")
    page = hr.go("/people/").page
    person = page.locator("tbody tr").last.locator(".code-id").first.inner_text()
    hr.go(f"/people/of/{person}/")
    admin.go(f"/settings/log/seen/?q={person}").look("people-seen")
    expect(admin.page.locator("tbody").get_by_text("人员与工资").first).to_be_visible()
