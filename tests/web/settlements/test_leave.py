"""The page of somebody's leave: what time off is left, each leave of the year, and who may look."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.leave_taken import LeaveTaken
from fairwrench.ledger.columns import INSTANT
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.views import rows as page
from tests.web.settlements.test_pages import LAST, own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def address(employee_id: str) -> str:
    """Where somebody's leave of the last month is."""
    return f"/why/{LAST}/{employee_id}/leave/"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> LeaveTaken:
    """8 hours of overtime, 3 of time off, from 1 October 09:00 in Shanghai: 5.00 left."""
    begins, ends = datetime(2026, 10, 1, 1, tzinfo=UTC), datetime(2026, 10, 1, 4, tzinfo=UTC)
    rows = {"month": [LAST, LAST], "kind": ["overtime", "time_off"], "begins_at": [begins] * 2, "ends_at": [ends] * 2}
    frame = pl.DataFrame(rows).with_columns(
        pl.col("begins_at", "ends_at").cast(INSTANT),
        hours=pl.Series([Decimal("8.00"), Decimal("3.00")], dtype=pl.Decimal(18, 2)),
    )
    found = LeaveTaken(frame)
    monkeypatch.setattr(page, "taken_of", lambda **_: found)
    return found


def test_everybody_sees_their_own_balance(signed_in: Any, taken: LeaveTaken) -> None:
    """Fails when a technician cannot find out how much time off is left, or reads times of another zone."""
    client, me = signed_in("technician"), own("technician")
    assert address(me) in client.get(f"/mine/{LAST}/").text
    answer = client.get(address(me))
    assert answer.status_code == 200
    assert "月末余额" in answer.text and "5.00" in answer.text
    assert "加班" in answer.text and "2026-10-01 09:00" in answer.text
    User.objects.filter(username="technician").update(language="en")
    assert "Left at the end of the month" in client.get(address(me)).text


def test_nobody_sees_the_leave_of_whom_they_do_not_lead(signed_in: Any) -> None:
    """Fails when a colleague can read that somebody was ill."""
    stranger = Employee.objects.exclude(employee_id=own("technician")).first()
    assert stranger is not None
    assert signed_in("technician").get(address(stranger.employee_id)).status_code == 403
    assert signed_in("admin").get(address(stranger.employee_id)).status_code == 403


def test_a_group_without_leave_is_told_so(signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a month sealed without any leave shows a balance of 0, or breaks."""
    monkeypatch.setattr(page, "taken_of", lambda **_: None)
    answer = signed_in("hr").get(address(own("technician")))
    assert answer.status_code == 200
    assert "还没有收到请假数据" in answer.text and "月末余额" not in answer.text
