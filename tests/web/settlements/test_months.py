"""Months: begun by the calendar, deleted while empty, sealed early and published unfinished with a reason only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.models import Landing, Upload
from fairwrench.web.org.models import Unit
from fairwrench.web.settlements.declared.desk import after_landing
from fairwrench.web.settlements.models import EVERY_STORE, Rating, Result, Run
from fairwrench.web.settlements.months import months
from fairwrench.web.settlements.months.months import cycle_delete, month_begin, months_to_open
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.settlements.selectors import latest_cycle
from fairwrench.web.settlements.services import cycle_act, cycle_turn, month_settle
from fairwrench.web.work.models import Job

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW, NEXT, AFTER = CURRENT, CURRENT.plus(1), CURRENT.plus(2)


def user(name: str) -> User:
    return User.objects.select_related("employee").get(username=name)


@pytest.fixture
def on(group: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Set the calendar; the group's open month was not turned to by name."""
    Cycle.objects.update(turned_at=None)

    def set_to(day: date) -> None:
        monkeypatch.setattr(months, "today", lambda: day)

    return set_to


def test_only_this_month_and_the_next_are_begun(on: Any, signed_in: Any) -> None:
    """Fails when somebody opens a month years ahead, or one long gone that then holds up all later ones."""
    on(NOW.last)
    assert months_to_open() == [NEXT]
    hr = signed_in("hr")
    for month in (AFTER, Month(2099, 1), NOW.plus(-14)):
        answer = hr.post("/months/", {"month": str(month)}, follow=True)
        assert "只能新建本月和下个月" in answer.text
        assert not Cycle.objects.filter(month=str(month)).exists()
    with pytest.raises(Refused, match="cannot be begun"):
        month_begin(month=AFTER, by=user("hr"))
    assert hr.post("/months/", {"month": str(NEXT)}).status_code == 302
    assert Cycle.objects.filter(month=str(NEXT)).exists()
    assert months_to_open() == []
    assert "新建月份" not in hr.get("/months/").text


def test_months_forgotten_since_the_last_one_can_still_be_begun(on: Any) -> None:
    """Fails when an installation that lay idle can never settle the months between."""
    on(NOW.plus(3).first)
    assert months_to_open() == [NOW.plus(1), NOW.plus(2), NOW.plus(3), NOW.plus(4)]


def test_a_wrong_date_in_a_file_opens_no_month(on: Any) -> None:
    """Fails when a row dated far ahead, or long ago, begins a month that nobody asked for."""
    on(NOW.last)
    for month in (Month(2031, 1), Month(2019, 5)):
        after_landing(month)
        assert not Cycle.objects.filter(month=str(month)).exists()
    assert not Job.objects.filter(key__in=["estimate:2031-01", "estimate:2019-05"]).exists()


def test_an_empty_month_is_deleted_and_none_that_holds_anything(on: Any, signed_in: Any) -> None:
    """Fails when a month that was begun by mistake stays for ever, or one with anything in it goes."""
    on(NOW.last)
    cycle = month_begin(month=NEXT, by=user("hr"))
    hr, address = signed_in("hr"), f"/months/{NEXT}/"
    assert "删除这个月" in hr.get(address).text
    about = {"month": str(NEXT), "employee": user("technician").employee, "rater": user("manager").employee}
    held: list[tuple[Any, str]] = [
        (Rating.objects.create(item="x", role="other", level="A", **about), "评分"),
        (Upload.objects.create(sha256="x", name="x.csv", size=1, month=str(NEXT)), "数据"),
        (
            Landing.objects.create(source="surveys", number=999, period=str(NEXT), file="x", landed_at=timezone.now()),
            "数据",
        ),
        (Run.objects.create(cycle=cycle, kind="live", known_at=str(NEXT), seal="", folder="", program=""), "核算结果"),
    ]
    for thing, word in held:
        assert "删除这个月" not in hr.get(address).text
        assert word in hr.post(f"{address}delete/", follow=True).text
        with pytest.raises(Refused):
            cycle_delete(cycle=cycle, by=user("hr"))
        thing.delete()
    assert hr.post(f"{address}delete/", follow=True).redirect_chain == [("/months/", 302)]
    assert not Cycle.objects.filter(month=str(NEXT)).exists()


def test_a_month_ahead_is_not_shown_until_the_calendar_or_hr_turns(on: Any, signed_in: Any) -> None:
    """Fails when opening the next month, and the first targets in it, takes the current one off everybody's pages."""
    on(NOW.last)
    hr, cycle = user("hr"), month_begin(month=NEXT, by=user("hr"))
    told = {"seal": "", "folder": "", "program": "", "whole": True}
    ahead = Run.objects.create(cycle=cycle, kind="live", known_at=str(NEXT), **told)
    assert str(latest_cycle(user=hr)) == str(NOW)
    assert signed_in("gm").get("/today/").context["cycle"].month == str(NOW)
    cycle_turn(cycle=cycle, by=hr)
    assert str(latest_cycle(user=hr)) == str(NEXT)
    assert [step.act for step in MONTHS.steps(cycle)] == ["turn"]
    with pytest.raises(Refused, match="already"):
        cycle_turn(cycle=Cycle.objects.get(pk=cycle.pk), by=hr)
    Cycle.objects.filter(pk=cycle.pk).update(turned_at=None)
    # with its first day it does not either: nothing of it says anything yet
    on(NEXT.first)
    assert str(latest_cycle(user=hr)) == str(NOW)
    about = {"name": "x", "store": "x", "department": "", "position": "", "state": "incomplete"}
    Result.objects.create(run=ahead, employee_id="x", measured_weight=100, whole_weight=100, **about)
    assert str(latest_cycle(user=hr)) == str(NEXT)
    ahead.delete()


def test_sealing_before_the_month_is_over_asks_why_and_tells_it(
    on: Any, signed_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when a month is sealed on its last day by a mere click, or the reason is asked and lost."""
    on(NOW.last)
    cycle, hr = Cycle.objects.get(month=str(NOW)), signed_in("hr")
    with pytest.raises(Refused, match="not over"):
        month_settle(cycle=cycle, by=user("hr"))
    page = hr.post(f"/months/{NOW}/settle/", {"version": version()}, follow=True)
    assert "提前锁定数据须写明原因" in page.text
    assert "为什么不等月末" in page.text
    assert not Job.objects.filter(key=f"settle:{NOW}").exists()
    with django_capture_on_commit_callbacks(execute=True):
        hr.post(f"/months/{NOW}/settle/", {"note": "月底停业装修", "version": version()})
    assert Job.objects.get(key=f"settle:{NOW}").state == "done"
    assert "月底停业装修" in hr.get(f"/months/{NOW}/").text
    on(NEXT.first)
    assert "为什么不等月末" not in hr.get(f"/months/{NOW}/").text


def test_a_month_most_of_whose_people_are_incomplete_is_published_with_a_reason_only(on: Any, signed_in: Any) -> None:
    """Fails when a click publishes a month in which hardly anybody has a result; half of them is not most."""
    on(NEXT.first)
    cycle = Cycle.objects.get(month=str(NOW))
    told = {"seal": "", "folder": "", "program": "", "whole": True}
    run = Run.objects.create(cycle=cycle, kind="final", known_at=str(NOW), **told)
    run.sums.create(store=EVERY_STORE, people=21, settled=10, incomplete=11)
    Run.objects.filter(pk=run.pk).update(made_at=timezone.now())
    Cycle.objects.filter(pk=cycle.pk).update(run=run, state=Cycle.State.APPROVED)
    cycle.refresh_from_db()
    assert months.mostly_incomplete(run)
    with pytest.raises(Refused, match="more than half"):
        cycle_act(cycle=cycle, act="publish", seen=cycle.version, by=user("hr"))
    assert run.sums_of_all
    run.sums_of_all.incomplete = 10
    assert not months.mostly_incomplete(run)
    with pytest.raises(PermissionDenied):
        cycle_act(cycle=cycle, act="publish", seen=cycle.version, by=user("gm"), note="x")


def test_hr_of_one_store_neither_begins_nor_turns_nor_deletes(on: Any, signed_in: Any) -> None:
    """Fails when a role in one store changes the months of the group, or is offered to."""
    on(NOW.last)
    month_begin(month=NEXT, by=user("hr"))
    Grant.objects.filter(user__username="hr").update(unit=Unit.objects.filter(kind=Unit.Kind.STORE).first())
    hr = signed_in("hr")
    assert hr.post("/months/", {"month": str(NEXT)}).status_code == 403
    for act in ("turn", "delete"):
        assert hr.post(f"/months/{NEXT}/{act}/").status_code == 403
    page = hr.get(f"/months/{NEXT}/").text
    assert "删除这个月" not in page
    assert "转入" not in page


def version() -> int:
    """The version of the open month that its page shows now."""
    return Cycle.objects.get(month=NOW).version
