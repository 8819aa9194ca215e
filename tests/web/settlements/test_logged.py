"""The audit log of a month: who asked for it, and what was done, though a worker did it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.access.users.audit_words import Teller
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads.services import upload_add, upload_land
from fairwrench.web.settlements.services import month_settle
from tests.web.settlements.test_pages import own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def deeds(model: str) -> list[tuple[str, str]]:
    """Who did what to records of a kind, the last first."""
    entries = list(LogEntry.objects.filter(content_type__model=model).select_related("actor").order_by("-id"))
    teller = Teller(entries, User.objects.get(username="hr"))
    return [(entry.actor.username if entry.actor else "", teller.deed(entry)) for entry in entries]


def test_who_sealed_a_month_is_in_the_log(
    group: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when the system is said to have sealed a month for which HR pressed the button."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: CURRENT.plus(1).first)
    LogEntry.objects.all().delete()
    hr, cycle = User.objects.get(username="hr"), Cycle.objects.get(month=str(CURRENT))
    with django_capture_on_commit_callbacks(execute=True):
        partial(month_settle, by=hr, cycle=cycle)()
    assert deeds("cycle") == [("hr", "考核月：锁定数据并核算"), ("hr", "考核月：锁定数据")]


def test_landing_a_file_is_in_the_log(group: Any, django_capture_on_commit_callbacks: Any) -> None:
    """Fails when evidence comes in and the log knows of the upload alone, or of nobody."""
    LogEntry.objects.all().delete()
    hr = User.objects.get(username="hr")
    head = "工单编号,店名,序号,技师,来厂时间,故障部位,项目名称,定额工时,收费工时,实耗工时,分配比例,工时金额,竣工时间"
    day = f"{CURRENT}-27"
    line = f"RO-LOG-1,朝阳店,1,{own('technician')},{day} 09:00,车身,小保养,1.0,1.0,1.0,1.000,100.00,{day} 15:00"
    with django_capture_on_commit_callbacks(execute=True):
        added = upload_add(content=f"{head}\n{line}\n".encode(), name="朝阳店_工单项目明细.csv", month=CURRENT, by=hr)
    upload = Upload.objects.get(pk=added.upload.pk)
    with django_capture_on_commit_callbacks(execute=True):
        upload_land(upload=upload, by=hr, version=upload.version)
    upload.refresh_from_db()
    assert upload.state == "landed"
    assert ("hr", "上传文件：导入") in deeds("upload")
