"""A fine that settling proposed, decided by HR on a demo of its own: refused without a ground, then kept on record."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from fairwrench.web.demo.group import CURRENT
from tests.web.journeys.conftest import DESK, PHONE, Site, Visitor, served_demo


@pytest.fixture(scope="module")
def late_site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """The demo in whose month so far somebody handed in two days late, and who it was."""
    with served_demo(demo_home, tmp_path_factory.mktemp("late") / "home") as site:
        yield site, _proposed(next(site.folder.glob("*.sqlite3")))


def _proposed(database: Path) -> str:
    """Leave a proposal on the latest run, as settling would."""
    with closing(sqlite3.connect(database, timeout=30)) as rows, rows:
        run, problems = rows.execute("select id, problems from settlements_run order by id desc limit 1").fetchone()
        about = "select employee_id, store from settlements_result where run_id = ? and total_pay is not null limit 1"
        found = (
            rows.execute(about, (run,)).fetchone()
            or rows.execute(about.replace(" and total_pay is not null", ""), (run,)).fetchone()
        )
        who, store = found
        details = {"amount": "1000.00", "days": "2", "steps": "key", "effect": "money"}
        told = {"code": "fine_proposed", "zh": "迟交", "en": "late", "severity": "note", "subject": who, "path": []}
        told |= {"file": "", "line": 0, "details": details, "stores": [store]}
        told_all = json.dumps([*json.loads(problems), told])
        rows.execute("update settlements_run set problems = ? where id = ?", (told_all, run))
    return str(who)


@pytest.fixture
def hr(browser: Browser, late_site: tuple[Site, str]) -> Iterator[Callable[..., Visitor]]:
    """HR at a desk or on a phone."""
    opened: list[Any] = []

    def come(*, phone: bool = False) -> Visitor:
        context = browser.new_context(viewport=PHONE if phone else DESK, locale="zh-CN")
        opened.append(context)
        return Visitor(context.new_page(), late_site[0], "phone-zh" if phone else "desk-zh").sign_in("hr")

    yield come
    for context in opened:
        context.close()


def test_a_fine_is_decided_with_the_law_in_view(hr: Callable[..., Visitor], late_site: tuple[Site, str]) -> None:
    """Fails when money can be taken without a ground, or HR needs anything but these pages."""
    address = f"/months/{CURRENT}/fines/"
    desk, phone = hr().go(address), hr(phone=True).go(address)
    desk.look("fines")
    phone.look("fines")
    phone.go(f"{address}{late_site[1]}/").look("fine")
    page = desk.go(f"{address}{late_site[1]}/").page
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
