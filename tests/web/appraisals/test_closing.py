"""The way of a month after it is published: wages noted as paid, closed once nothing is open, opened again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import resolve, reverse

from fairwrench.settlement.problem import Refused
from fairwrench.web.appraisals.appeals.services import appeal_ask
from fairwrench.web.appraisals.models import Appeal, Appraisal
from fairwrench.web.appraisals.selectors import forms_as, waiting_counts
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.months import way as way_module
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.settlements.services import cycle_act
from fairwrench.web.work.channels.urging import offered_urge
from fairwrench.web.work.models import Notice
from tests.web.appraisals.conftest import LAST, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HR = "hr"


def act(cycle: Cycle, name: str, by: str = HR, note: str = "") -> Cycle:
    cycle.refresh_from_db()
    return cycle_act(cycle=cycle, act=name, seen=cycle.version, by=user(by), note=note)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def all_filed(cycle: Cycle) -> None:
    cycle.appraisals.update(state=Appraisal.State.FILED)


def test_a_month_closes_only_with_nothing_open(cycle: Cycle, form: Appraisal) -> None:
    """Fails when a month is filed away with forms, appeals or wages open, or its forms go on changing afterwards."""
    appeal = Appeal.objects.create(form=form, reason="少算两台")
    with pytest.raises(Refused) as refused:
        act(cycle, "close")
    said = " ".join(problem.zh for problem in refused.value.problems)
    assert codes(refused) == {"left_open"}
    assert "尚未登记发薪" in said
    assert "1 条绩效申诉未办结" in said
    assert "绩效评估表" in said
    act(cycle, "note_paid")
    all_filed(cycle)
    appeal.state = Appeal.State.CLOSED
    appeal.save()
    assert act(cycle, "close").closed
    # filed away: HR opens no form again, nobody appeals, and nothing of it waits
    assert not forms_as(user=user(HR), capacity="hr").filter(cycle=cycle).exists()
    assert [row for row in waiting_counts(user=user(HR)) if row[0] == LAST] == []
    with pytest.raises(Refused) as refused:
        appeal_ask(form=Appraisal.objects.get(pk=form.pk), item="", expected="", reason="晚了", by=user("technician"))
    assert codes(refused) == {"month_closed"}


def test_a_closed_month_opens_again_with_a_reason(cycle: Cycle) -> None:
    """Fails when a closed month stays closed for good, is opened without a word of why, or loses what was noted."""
    act(cycle, "note_paid")
    all_filed(cycle)
    act(cycle, "close")
    with pytest.raises(Refused) as refused:
        act(cycle, "reopen")
    assert codes(refused) == {"no_reason"}
    opened = act(cycle, "reopen", note="一张表签错人")
    assert not opened.closed
    assert opened.paid_on is not None
    assert forms_as(user=user(HR), capacity="hr").filter(cycle=cycle).exists()


@pytest.mark.parametrize("name", ["note_paid", "close", "reopen"])
def test_only_hr_of_the_group_closes(cycle: Cycle, name: str) -> None:
    """Fails when a general manager, an auditor or a manager notes wages as paid or files a month away."""
    for who in ("gm", "auditor", "manager", "finance"):
        with pytest.raises(PermissionDenied):
            act(cycle, name, by=who, note="试")


def test_what_the_page_offers_is_done(cycle: Cycle, signed_in: Any) -> None:
    """Fails when a button of the month leads to another page: an act called as one is never done."""
    for name in MONTHS.by_name:
        found = resolve(reverse("settlements:act", args=[LAST, name]))
        assert (found.view_name, found.kwargs["act"]) == ("settlements:act", name)
    offers = {offer.name: offer for offer in signed_in(HR).get(f"/months/{LAST}/").context["offers"]}
    signed_in(HR).post(offers["note_paid"].url, {"version": offers["note_paid"].version})
    cycle.refresh_from_db()
    assert cycle.paid_on is not None
    # noted by mistake, it is taken back with a reason
    act(cycle, "paid_undo", note="银行退回")
    cycle.refresh_from_db()
    assert cycle.paid_on is None


def test_pressed_twice_wages_are_noted_once(cycle: Cycle) -> None:
    """Fails when a second tab moves the day on which wages went out."""
    seen = cycle.version
    first = cycle_act(cycle=cycle, act="note_paid", seen=seen, by=user(HR))
    again = cycle_act(cycle=cycle, act="note_paid", seen=seen, by=user(HR))
    assert (again.version, again.paid_on) == (first.version, first.paid_on)
    with pytest.raises(Refused) as refused:
        act(cycle, "note_paid")
    assert codes(refused) == {"paid_before"}


def test_the_way_counts_what_is_done(cycle: Cycle, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a stage counts wrongly, calls late what is in time, or counts days of lateness otherwise than fines:
    interviews of October are due on Monday the 9th at 17:30, so on the 11th at ten two days have begun."""
    monkeypatch.setattr(way_module, "now_local", lambda: datetime(2026, 11, 11, 10))
    forms = cycle.appraisals.count()
    held = cycle.appraisals.exclude(state=Appraisal.State.INTERVIEW).count()
    assert 0 < held < forms
    stages = {stage.words: stage for stage in signed_in(HR).get(f"/months/{LAST}/").context["way"]}
    assert list(stages)[-5:] == ["总经理批准", "发布结果", "发薪", "绩效分析", "本月归档"]
    interviews = stages["绩效面谈"]
    assert (interviews.counted, interviews.late) == (f"{held}/{forms}", 2)
    assert interviews.due == datetime(2026, 11, 9, 17, 30)
    assert (stages["发布结果"].place, stages["发布结果"].late) == ("done", 0)
    # payday is the 15th, a Sunday: wages go out on Friday the 13th, so on the 11th nobody is late
    assert (stages["发薪"].due, stages["发薪"].late) == (datetime(2026, 11, 13, 17, 30), 0)
    assert signed_in(HR).get(interviews.lists).status_code == 200


def test_hr_reminds_whom_forms_wait_for(cycle: Cycle, signed_in: Any) -> None:
    """Fails when HR does not see by name for whom forms wait, or reminding reaches nobody."""
    listed = signed_in(HR).get(f"/appraisals/?month={LAST}").context["waited_for"]
    by_hand = {
        form.line_manager.employee_id
        for form in cycle.appraisals.filter(state=Appraisal.State.INTERVIEW).select_related("line_manager")
        if form.line_manager
    }
    assert by_hand <= {each.employee_id for each in listed}
    manager = user("manager")
    assert manager.employee is not None
    (mine,) = [each for each in listed if each.employee_id == manager.employee.employee_id]
    assert mine.offer is not None
    offered_urge(token=mine.offer.token, by=user(HR))
    assert Notice.objects.filter(to=manager, kind=Notice.Kind.URGED).exists()
    assert signed_in("manager").get(f"/appraisals/?month={LAST}").context["waited_for"] == []
