"""One form writes one ticket, however often it is sent; what is wrong with a field is said beside it."""

from __future__ import annotations

import re

from fairwrench.web.access.models import User
from fairwrench.web.tickets.models import Ticket
from tests.web.tickets.test_pages import browser
from tests.web.tickets.test_photos import FORM

NEW = "/tickets/new/"


def test_a_form_sent_twice_writes_once_and_leads_to_what_it_wrote(chief: User) -> None:
    """Breaks if a double tap shows an error over a ticket that was written, or writes money twice."""
    client = browser(chief)
    first, second = (client.post(NEW, FORM) for _ in range(2))
    ticket = Ticket.objects.get()
    assert [answer["Location"] for answer in (first, second)] == [f"/tickets/{ticket.pk}/"] * 2
    meant = {**FORM, "once": "2" * 32, "meant": "on"}
    for _ in range(3):
        assert client.post(NEW, meant).status_code == 302
    assert Ticket.objects.count() == 2


def test_each_form_has_a_key_of_its_own_and_one_without_is_asked_for_again(chief: User) -> None:
    """Breaks if a form made elsewhere, without a key, writes at each sending, or the page hands out one key twice."""
    client = browser(chief)
    keys = {re.findall(r'name="once" value="(\w+)"', client.get(NEW + "?once=mine").content.decode())[0] for _ in "ab"}
    assert len(keys) == 2 and "mine" not in keys
    for _ in range(2):
        answer = client.post(NEW, {**FORM, "once": "", "meant": "on"})
        assert answer.status_code == 422 and "请核对后再提交一次" in answer.content.decode()
    (key,) = re.findall(r'name="once" value="(\w{32})"', answer.content.decode())
    assert not Ticket.objects.exists()
    assert client.post(NEW, {**FORM, "once": key}).status_code == 302


def test_somebody_elses_key_leads_nowhere(chief: User, technician: User) -> None:
    """Breaks if a key is a way to another's ticket."""
    browser(chief).post(NEW, FORM)
    assert browser(technician).post(NEW, FORM).status_code == 403


def test_what_is_wrong_stands_at_its_field_and_the_sign_is_told_beforehand(chief: User) -> None:
    """Breaks if one has to guess whether a penalty is typed as 2 or as -2, or where the mistake is."""
    client = browser(chief)
    assert "填正数，如 2；奖励加分，处罚自动扣分" in client.get(NEW).content.decode()
    for told, field, why in (
        ({"points": "-2"}, "points", "请填正数：处罚按条款自动扣减"),
        ({"points": "3.01"}, "points", "最多 3 分"),
        ({"amount": "200.01"}, "amount", "最多 200 元"),
        ({"day": "2026-10-16"}, "day", "日期不能晚于今天"),
        ({"who": "E202"}, "who", "只能给自己带的人开奖惩单"),
    ):
        page = client.post(NEW, {**FORM, **told}).content.decode()
        (said,) = re.findall(rf'id="id_{field}_error">([^<]*)<', page)
        assert why in said, told
