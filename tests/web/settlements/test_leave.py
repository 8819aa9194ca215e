"""The page of somebody's leave: what time off is left, each leave of the year, and who may look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.leave_taken import LeaveTaken
from fairwrench.ledger.columns import INSTANT
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.figures.leave_shown import months_told
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
        approved=pl.lit("approved"),
        counts=pl.lit(True),
        hours=pl.Series([Decimal("8.00"), Decimal("3.00")], dtype=pl.Decimal(18, 2)),
    )
    found = LeaveTaken(frame, LAST, ("2026-06", "2026-08", LAST), ("2026-07",))
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


def test_leave_of_a_month_alone_shows_no_days(
    signed_in: Any, taken: LeaveTaken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when two days from a column of the attendance sheet look like leave from the 1st to the 31st."""
    alone = replace(taken, rows=taken.rows.with_columns(alone=pl.lit(value=True)))
    monkeypatch.setattr(page, "taken_of", lambda **_: alone)
    client, me = signed_in("technician"), own("technician")
    text = client.get(address(me)).text
    assert "日期不详" in text and "2026-10-01 09:00" not in text


def test_the_page_says_on_which_months_the_balance_stands(
    signed_in: Any, taken: LeaveTaken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when months that never came look like months without overtime, or a month not handed in has a balance."""
    client, me = signed_in("technician"), own("technician")
    text = client.get(address(me)).text
    assert f"按已交来的月份计：2026-06、2026-08、{LAST}。" in text
    assert "没有交来、因此不在其中的月份：2026-07。" in text and "调休多于加班" not in text
    more_taken = taken.rows.filter(pl.col("kind") == "time_off")
    monkeypatch.setattr(page, "taken_of", lambda **_: replace(taken, rows=more_taken))
    text = client.get(address(me)).text
    assert "-3.00" in text and "更早的加班可能没有交来" in text
    monkeypatch.setattr(page, "taken_of", lambda **_: replace(taken, handed_in=("2026-06",)))
    text = client.get(address(me)).text
    assert "本月的请假数据还没有交来，月末余额算不出来" in text and "5.00" not in text


def test_months_in_a_row_are_told_as_one() -> None:
    """Fails when a year is read out month by month, or a turn of the year breaks it."""
    assert months_told(("2025-11", "2025-12", "2026-01", "2026-03")) == (
        "2025-11 至 2026-01、2026-03",
        "2025-11 to 2026-01, 2026-03",
    )


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
