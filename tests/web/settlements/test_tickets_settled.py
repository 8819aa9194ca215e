"""What a settled month says of its tickets: no file changes what one pays, and pages tell which the figures hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.scope import Scope
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads.services import upload_add, upload_land
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.services import month_settle
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import UNDECIDED
from fairwrench.web.tickets.services import Draft, ticket_write
from fairwrench.web.tickets.workflow import TICKETS
from tests.web.settlements import test_tickets
from tests.web.settlements.test_tickets import Once, cycle, pay_of, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
at_once = test_tickets.at_once


def written(who: Employee, article: str, yuan: str, monkeypatch: pytest.MonkeyPatch) -> Ticket:
    """A reward written on the tenth of the current month."""
    day = date(CURRENT.year, CURRENT.month, 10)
    about = {"points": Decimal(1), "amount": Decimal(yuan), "words": "当天处理"}
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "localdate", lambda *_: day)
        return ticket_write(draft=Draft(employee=who, day=day, article=article, **about), by=user("manager"))


def led() -> Employee:
    return Employee.objects.filter(employee_id__in=Scope.of(user("manager")).led).order_by("employee_id")[0]


def test_a_file_does_not_change_what_a_ticket_pays(
    at_once: Once,
    monkeypatch: pytest.MonkeyPatch,
    signed_in: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Breaks if a file of decisions with a ticket's number pays 9999 instead of the 120.50 that HR confirmed."""
    hr, who = user("hr"), led()
    ticket = written(who, "customer_praise", "120.50", monkeypatch)
    at_once(partial(TICKETS.act, record=ticket, name="confirm", by=hr))
    assert hr.employee is not None
    row = f"{ticket.number},{who.employee_id},{CURRENT},奖励,9999,改,{hr.employee.employee_id},{ticket.day}"
    content = f"决定编号,工号,考核月份,决定类型,数值,理由,决定人,决定日期\n{row}\n".encode()
    with django_capture_on_commit_callbacks(execute=True):
        taken = upload_add(content=content, name="处理决定.csv", month=CURRENT, by=hr)
    assert taken.upload is not None
    upload = Upload.objects.get(pk=taken.upload.pk)
    page = signed_in("hr").get(f"/evidence/uploads/{upload.pk}/").content.decode()
    assert f"与系统内已办理的不同（第 2 行 {ticket.number}）" in page
    with pytest.raises(Refused):
        upload_land(upload=upload, by=hr, version=upload.version)
    at_once(partial(month_settle, by=hr, note="试算", cycle=cycle()))
    assert pay_of(who)[1] == 12_050


def test_the_page_compares_a_ticket_with_the_run_and_the_checklist_names_those_left(
    at_once: Once, monkeypatch: pytest.MonkeyPatch, signed_in: Any
) -> None:
    """Breaks if a settled month is said to lack a ticket that it holds, or forgets one that nobody decided."""
    hr, who = user("hr"), led()
    held, late = (written(who, article, "100.00", monkeypatch) for article in ("customer_praise", "helped_out"))
    at_once(partial(TICKETS.act, record=held, name="confirm", by=hr))
    at_once(partial(month_settle, by=hr, note="试算", cycle=cycle()))
    client = signed_in("hr")
    page = client.get(f"/tickets/{held.pk}/").content.decode()
    assert f"已计入 {CURRENT}" in page and "须重新核算" not in page
    month = client.get(f"/months/{CURRENT}/").content.decode()
    waiting = Ticket.objects.filter(day__year=CURRENT.year, day__month=CURRENT.month, state__in=UNDECIDED).count()
    listed = f"/tickets/?month={CURRENT}&amp;state=open"
    assert f'<a href="{listed}">{waiting} 张奖惩单待生效' in month
    assert f"/tickets/{late.pk}/" in client.get(listed.replace("&amp;", "&")).content.decode()
    at_once(partial(TICKETS.act, record=late, name="confirm", by=hr))
    assert "须重新核算才含这张单" in client.get(f"/tickets/{late.pk}/").content.decode()
