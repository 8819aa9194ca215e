"""A talk noted at a desk becomes a task on a phone, is done and confirmed; a summary is handed in and answered.

Nobody else's journey reads notes, tasks or summaries. Pictures lie at build/pictures.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.days import today
from tests.web.journeys.conftest import agreeing


def test_a_talk_becomes_a_task_and_a_month_is_summed_up(visitor: Any) -> None:
    """Fails when a manager at a desk or a technician on a phone needs anything but these pages."""
    me = visitor(phone=True).sign_in("technician").go(f"/mine/{CURRENT}/")
    me.page.locator("a.item").first.click()
    me.page.wait_for_url(re.compile("/items/"))
    person = me.page.url.split("/")[-4]
    me.look("comment-on-a-figure")
    manager = visitor().sign_in("manager").go("/coaching/")
    page = manager.page
    for each in (page, me.page):
        agreeing(each)
    page.get_by_role("link", name="写记录").first.click()
    expect(page.get_by_text("谁会看到")).to_be_visible()
    page.get_by_label("类别").select_option("one_to_one")
    page.get_by_label("关于谁").fill(person)
    page.get_by_label("主题").fill("旅程面谈")
    page.get_by_label("内容").fill("约定先学变速箱拆装")
    page.get_by_role("button", name="保存").click()
    manager.look("note-written")
    page.get_by_role("link", name="交办任务").click()
    page.get_by_label("做什么").fill("旅程任务")
    page.get_by_label("期限").fill(f"{today()}")
    manager.look("task-new")
    page.get_by_role("button", name="交办").click()
    expect(page.get_by_role("heading", name="旅程任务")).to_be_visible()
    url = page.url.removeprefix(manager.site.url)

    me.go("/tasks/?q=旅程任务").look("tasks-mine")
    me.go(url)
    me.page.locator("#id_progress").select_option("60")
    me.page.get_by_role("button", name="更新进度").click()
    expect(me.page.get_by_text("进度已更新")).to_be_visible()
    me.page.get_by_label("写评论").fill("@E99999 在吗")
    me.page.get_by_role("button", name="发送").click()
    expect(me.page.get_by_text("没有找到").first).to_be_visible()
    me.look("comment-refused")
    me.page.get_by_label("写评论").fill("周五能完成")
    me.page.get_by_role("button", name="发送").click()
    me.page.get_by_role("button", name="已完成，请确认").click()
    expect(me.page.get_by_text("已办理")).to_be_visible()
    me.look("task-done")
    manager.go("/tasks/?waits=confirm").look("tasks-to-confirm")
    manager.go(url)
    page.get_by_role("button", name="确认完成").click()
    expect(page.get_by_text("已办理")).to_be_visible()
    page.get_by_role("link", name=re.compile("旅程面谈")).click()
    expect(page.get_by_text("旅程任务")).to_be_visible()

    month = Month.of(today())
    me.go(f"/coaching/summaries/{month}/")
    me.look("summary-new")
    me.page.get_by_label("本月总结").fill("旅程总结")
    me.page.get_by_label("下月计划").fill("旅程计划")
    me.page.get_by_role("button", name="提交").click()
    expect(me.page.get_by_text("按时提交")).to_be_visible()
    me.look("summary-handed-in")
    manager.go(f"/coaching/summaries/{month}/{person}/")
    page.get_by_text("阅后回复").first.click()
    page.get_by_label("写给本人的回复").fill("旅程回复")
    page.get_by_role("button", name="阅后回复").click()
    expect(page.get_by_text("旅程回复")).to_be_visible()
    manager.look("summary-answered")
    with me.in_english():
        me.go(f"/coaching/summaries/{month}/{person}/")
        me.look("summary-en")
