"""A reward written on the phone, read and acknowledged by the person, brought into force by HR.

No other journey reads the month's 补发/补扣 of that technician. Pictures lie at build/pictures.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from fairwrench.web.demo.group import CURRENT
from tests.web.journeys.conftest import agreeing

#: a picture of one pixel, as phones would send a larger one
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    + "1f15c4890000000a49444154789c63000100000500010d0a2db4"
    "0000000049454e44ae426082"
)


def test_a_reward_is_written_on_the_spot_and_comes_into_force(visitor: Any, tmp_path: Path) -> None:
    """Fails when a supervisor on the phone, the person or HR needs anything but these pages."""
    me = visitor(phone=True).sign_in("technician").go(f"/mine/{CURRENT}/")
    me.page.locator("a.item").first.click()
    me.page.wait_for_url(re.compile("/items/"))
    person = me.page.url.split("/")[-4]
    manager = visitor(phone=True).sign_in("manager").go("/tickets/")
    page = manager.page
    manager.look("tickets-empty")
    page.get_by_role("link", name="写奖惩单").first.click()
    manager.look("ticket-new")
    page.get_by_label("人员").select_option(person)
    page.get_by_label("奖惩条款").select_option("customer_praise")
    page.get_by_label("金额（元）").fill("500")
    page.get_by_label("经过").fill("客户当场送来锦旗")
    photo = tmp_path / "锦旗.png"
    photo.write_bytes(PNG)
    page.get_by_label("照片").set_input_files(photo)
    page.get_by_role("button", name="开单").click()
    expect(page.get_by_text("最多 200 元").first).to_be_visible()
    expect(page.get_by_label("经过")).to_have_value("客户当场送来锦旗")
    expect(page.get_by_text("照片已收到")).to_be_visible()
    manager.look("ticket-refused")
    page.get_by_label("金额（元）").fill("100")
    page.get_by_role("button", name="开单").click()
    expect(page.get_by_text("待人力资源核实").first).to_be_visible()
    manager.look("ticket-written")
    url = page.url.removeprefix(manager.site.url)

    agreeing(me.page)
    me.go("/inbox/")
    me.page.get_by_role("link", name=re.compile("单待确认")).first.click()
    me.look("ticket-mine")
    me.page.get_by_role("button", name="我已知晓").click()
    expect(me.page.get_by_text("本人已知晓").first).to_be_visible()

    hr = visitor().sign_in("hr").go("/tickets/?waits=answered")
    agreeing(hr.page)
    hr.look("tickets-waiting")
    hr.go(url)
    hr.look("ticket-deciding")
    hr.page.get_by_role("button", name="核实无误，生效").click()
    expect(hr.page.get_by_text("已生效").first).to_be_visible()
    hr.wait_for_job()
    me.go(url)
    expect(me.page.get_by_text("¥100.00").first).to_be_visible()
    me.look("ticket-in-force")
    with me.in_english():
        me.go(url)
        me.look("ticket-in-force-en")
