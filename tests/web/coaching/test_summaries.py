"""Monthly summaries: who owes one, how late it came, who reads and answers it, and what of it becomes evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.test import TestCase
from django.utils import timezone

from fairwrench.catalog.loader import load_sources
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.coaching.declared import coming_of, todos_of
from fairwrench.web.coaching.models import Summary
from fairwrench.web.coaching.summaries import evidence
from fairwrench.web.coaching.summaries.selectors import summaries_list
from fairwrench.web.coaching.summaries.services import summaries_missing, summary_correct, summary_hand_in
from fairwrench.web.coaching.summaries.workflow import SUMMARIES
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.evidence.selectors import ledger
from fairwrench.web.people.employees import employee_leave
from fairwrench.web.work.models import Job, Notice
from tests.web.coaching.conftest import browser, codes, person

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, on_day: Callable[[date], None]) -> Callable[..., None]:
    """Makes it a moment where the stores are: `at(2026, 11, 3, 17, 30)`."""

    def set_to(*moment: int) -> None:
        now = datetime(*moment, tzinfo=SHANGHAI)
        on_day(now.date())
        monkeypatch.setattr(timezone, "now", lambda: now)

    return set_to


def handed_in(by: User, month: Month = OCTOBER, **told: str) -> Summary:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return summary_hand_in(month=month, by=by, **{"done": "完成保养 42 台", "plan": "学新能源", **told})


def rows(month: Month = OCTOBER) -> list[tuple[Any, ...]]:
    source = load_sources()["monthly_summaries"]
    found = ledger().current("monthly_summaries", source, upto=month)
    return sorted(found.select("employee_id", "month", "handed_in_on", "late_days").rows())


# the shipped scheme: the 3rd of the month after, 17:30; the 3rd of November 2026 is a Tuesday
@pytest.mark.parametrize(
    ("moment", "late"),
    [((2026, 10, 30, 9), 0), ((2026, 11, 3, 17, 30), 0), ((2026, 11, 3, 17, 31), 1), ((2026, 11, 9, 18), 5)],
)
def test_how_late_it_came_becomes_evidence(
    technician: User, at: Callable[..., None], moment: tuple[int, ...], late: int
) -> None:
    """Breaks if lateness is counted otherwise than by the scheme's day, or does not reach the ledger."""
    at(*moment)
    summary = handed_in(technician)
    assert summary.late_days == late
    job = Job.objects.get(kind="summaries_land")
    assert (job.state, job.problems) == ("done", [])
    assert rows() == [("E102", "2026-10", date(*moment[:3]), late)]


def test_the_same_press_hands_in_once_and_another_text_is_a_correction(technician: User, at: Any) -> None:
    """Breaks if two presses make two, a late correction makes it late, or the first text is lost."""
    at(2026, 11, 2, 9)
    summary = handed_in(technician)
    assert handed_in(technician) == summary
    with pytest.raises(Refused) as refused:
        handed_in(technician, done="别的")
    assert codes(refused) == ["handed_in_before"]
    at(2026, 11, 10, 9)
    told = {"done": "完成保养 43 台", "plan": "学新能源"}
    corrected = summary_correct(summary=summary, by=technician, seen=0, **told)
    assert (corrected.late_days, corrected.versions.get().done) == (0, "完成保养 42 台")
    with pytest.raises(Refused) as refused:
        summary_correct(summary=summary, by=technician, seen=0, done="第二个窗口", plan="x")
    assert codes(refused) == ["moved_on"]
    Cycle.objects.create(month="2026-10", state="settled")
    with pytest.raises(Refused) as refused:
        summary_correct(summary=corrected, by=technician, seen=1, done="核算后", plan="x")
    assert codes(refused) == ["sealed"]


def test_who_leads_reads_and_answers_and_nobody_else(
    technician: User, chief: User, colleague: User, hr: User, at: Any
) -> None:
    """Breaks if somebody answers themselves, a colleague reads it, or the answer does not reach the person."""
    at(2026, 11, 2, 9)
    summary = handed_in(technician)
    reads = {
        user.username
        for user in (technician, chief, colleague, hr)
        if summaries_list(user=user, month=OCTOBER).filter(employee_id="E102").exists()
    }
    assert reads == {"e102", "e101", "e104"}
    assert "2026-10 有 1 份月度总结待阅" in [todo.words[0] for todo in todos_of(chief)]
    for nobody in (technician, colleague, hr):
        with pytest.raises(PermissionDenied):
            SUMMARIES.act(record=summary, name="answer", by=nobody, note="好")
    with pytest.raises(Refused):
        SUMMARIES.act(record=summary, name="answer", by=chief)
    assert SUMMARIES.act(record=summary, name="answer", by=chief, note="很好").state == "answered"
    assert "很好" in Notice.objects.get(to=technician).zh
    assert not [todo for todo in todos_of(chief) if "待阅" in todo.words[0]]


def test_everybody_is_asked_in_time_and_not_for_long(technician: User, chief: User, at: Any) -> None:
    """Breaks if nobody is reminded before the day, or somebody is asked for a month that is published."""

    def asked(user: User) -> list[tuple[str, datetime | None]]:
        return [(todo.url, todo.due) for todo in todos_of(User.objects.get(pk=user.pk))]

    Cycle.objects.create(month="2026-09", state="published")
    at(2026, 10, 27, 9)
    # nobody is asked for a month that was not begun
    assert asked(technician) == []
    Cycle.objects.create(month="2026-10")
    at(2026, 10, 26, 9)
    assert asked(technician) == []
    at(2026, 10, 27, 9)
    due = datetime(2026, 11, 3, 17, 30)
    assert asked(technician) == [("/coaching/summaries/2026-10/", due)]
    # as long as nothing is asked it is the deadline ahead; a to-do is not told of twice
    assert [coming.due for coming in coming_of(technician, datetime(2026, 10, 26))] == [due]
    assert list(coming_of(technician, datetime(2026, 10, 27))) == []
    at(2026, 11, 5, 9)
    assert asked(technician) == [("/coaching/summaries/2026-10/", due)]
    handed_in(technician)
    assert asked(technician) == [] and len(asked(chief)) == 2


def test_whose_is_missing_is_told_once_where_a_card_reads_it(
    technician: User, chief: User, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks if who never hands in is not seen, is told before the day or each night anew, or stays missing."""
    at(2026, 11, 2, 9)
    handed_in(technician)
    employee_leave(employee=person("E103"), last_day=date(2026, 10, 30))
    at(2026, 11, 4, 3)
    # no card of the shipped scheme has the metric: nobody is told of
    assert summaries_missing() == 0
    monkeypatch.setattr(evidence, "read_in", lambda month: True)
    at(2026, 11, 3, 17)
    assert summaries_missing() == 0
    at(2026, 11, 4, 3)
    # seven on the roster: one handed in, one left before the month was over
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert summaries_missing() == 5 and summaries_missing() == 0
    assert rows()[0] == ("E001", "2026-10", None, None) and len(rows()) == 6
    handed_in(chief)
    assert ("E101", "2026-10", date(2026, 11, 4), 1) in rows() and len(rows()) == 6


def test_who_turns_out_to_have_left_owes_none(technician: User, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks if the summary of somebody whose last day is entered weeks later stays missing in the figures."""
    monkeypatch.setattr(evidence, "read_in", lambda month: True)
    at(2026, 11, 4, 3)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert summaries_missing() == 7
    employee_leave(employee=person("E103"), last_day=date(2026, 10, 30))
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert (summaries_missing(), summaries_missing()) == (1, 0)
    assert "E103" not in {row[0] for row in rows()} and len(rows()) == 6


def test_a_month_nobody_is_asked_for_is_refused(technician: User, hr: User, at: Any) -> None:
    """Breaks if somebody hands in ahead, for long ago, for a month before they came, or nothing at all."""
    at(2026, 11, 2, 9)
    for month, told, code in (
        (Month(2026, 12), {}, ["not_this_month"]),
        (Month(2026, 7), {}, ["not_this_month"]),
        (OCTOBER, {"done": " ", "plan": "长" * 20_000}, ["no_words", "too_long"]),
    ):
        with pytest.raises(Refused) as refused:
            handed_in(technician, month, **told)
        assert codes(refused) == code
    assert not EvidenceEvent.objects.exists()


def test_it_is_written_read_and_answered_by_clicking(
    technician: User, chief: User, at: Any, django_assert_max_num_queries: Any
) -> None:
    """Breaks if the pages lose what was typed, run script text, or ask once a person."""
    at(2026, 11, 2, 9)
    mine = browser(technician)
    assert "直接上级、隔级上级" in mine.get("/coaching/summaries/2026-10/").text
    wrong = mine.post("/coaching/summaries/2026-10/", {"done": "<script>alert(1)</script>", "plan": ""})
    assert wrong.status_code == 422 and "<script>alert(1)" not in wrong.text and "alert(1)" in wrong.text
    assert mine.post("/coaching/summaries/2026-10/", {"done": "42 台", "plan": "学习"}).status_code == 302
    client = browser(chief)
    client.get("/coaching/summaries/")
    with django_assert_max_num_queries(12):
        listed = client.get("/coaching/summaries/?month=2026-10").text
    assert "/coaching/summaries/2026-10/E102/" in listed and "待提交" in listed and "孙人事" not in listed
    client.post("/coaching/summaries/2026-10/E102/answer/", {"version": 0, "note": "加油"})
    assert "加油" in mine.get("/coaching/summaries/2026-10/E102/").text
    again = {"version": 1, "done": "43 台", "plan": "学习"}
    assert mine.post("/coaching/summaries/2026-10/", again).status_code == 302
    assert "更正前" in client.get("/coaching/summaries/2026-10/E102/").text
    assert client.get("/coaching/summaries/?month=2026-10&state=missing&export=xlsx").status_code == 200


def test_a_made_up_address_shows_nothing(technician: User, colleague: User, member: Any, at: Any) -> None:
    """Breaks if another's summary is read by its address, or a month that cannot be is an error of ours."""
    at(2026, 11, 2, 9)
    handed_in(technician)
    for user in (colleague, member("E202"), member("E201", ("hr", "西店"))):
        client = browser(user)
        assert client.get("/coaching/summaries/2026-10/E102/").status_code == 404
        assert client.post("/coaching/summaries/2026-10/E102/answer/", {"version": 0, "note": "x"}).status_code == 404
    assert browser(technician).get("/coaching/summaries/2026-13/").status_code == 400
    assert browser(technician).get("/coaching/summaries/2026-10/E999/").status_code == 404
