"""Answering: once, by whom it is asked of, and with nothing kept that tells who answered what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.db import models

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User, Viewed
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.answering.services import answer_decline, answer_give, surveys_close
from fairwrench.web.surveys.declared import todos_of
from fairwrench.web.surveys.models import Answer, Respondent, Survey
from fairwrench.web.surveys.workflow import SURVEYS
from tests.web.surveys.conftest import ENDS, asked, opened
from tests.web.tasks.conftest import browser

#: all questions of the satisfaction of employees on the scale
CONTENT = dict.fromkeys(
    ("overall", "pay", "appraisal", "manager", "tools", "safety", "training", "colleagues"), "satisfied"
)
REVIEW = dict.fromkeys(("customers", "cooperation", "communication", "duty", "overall"), "mostly")


def counts() -> dict[str, int]:
    """Table → rows."""
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


def test_nothing_that_is_kept_tells_who_answered_what(hr: User, member: Callable[..., User]) -> None:
    """Breaks if a row anywhere stands between the one who answered and the answer, or tells when it came."""
    technician = member("E102")
    survey = opened(hr, "employee_satisfaction")
    line = asked(survey, "E102")
    client = browser(technician)
    client.get(f"/surveys/{survey.pk}/answer/")
    before, entries = counts(), LogEntry.objects.count()
    answer = client.post(f"/surveys/{survey.pk}/answer/", {"line": line.pk, **CONTENT, "better": "举升机该修了"})
    assert answer.status_code == 302
    new = {name for name, count in counts().items() if count > before[name]}
    assert new == {"surveys_answer"} and LogEntry.objects.count() == entries
    given = Answer.objects.get()
    assert (given.by, given.about, given.group, given.department) == (None, None, "staff", "service")
    assert given.values == {**CONTENT, "better": "举升机该修了"}
    fields = [*Answer._meta.get_fields(), *Respondent._meta.get_fields()]
    assert not [field for field in fields if isinstance(field, models.DateTimeField)]
    assert given.pk > 10**6, "the key does not count up"
    line.refresh_from_db()
    assert line.state == "answered"
    assert not Viewed.objects.filter(page="reviews").exists()
    page = client.get(f"/surveys/{survey.pk}/answer/")
    assert "举升机该修了" not in page.text and "no-store" in page["Cache-Control"]


def test_a_department_of_one_is_not_kept_with_the_answer(hr: User) -> None:
    """Breaks if the answer of the only one of HR can be picked out of the database by its department."""
    answer_give(respondent=asked(opened(hr, "employee_satisfaction"), "E104"), values=CONTENT, by=hr)
    assert Answer.objects.get().department == ""


def test_who_signs_is_kept(hr: User, chief: User) -> None:
    """Breaks if the manager's word stands without a name, or a peer's with one."""
    survey = opened(hr, "review_360", "E102")
    answer_give(respondent=asked(survey, "E101", "E102"), values=REVIEW, by=chief)
    peer = User.objects.create_user("e105", employee=Employee.objects.get(employee_id="E105"))
    answer_give(respondent=asked(survey, "E105", "E102"), values=REVIEW, by=peer)
    told = {each.group: each.by.employee_id if each.by else None for each in Answer.objects.all()}
    assert told == {"superior": "E101", "peers": None}


def test_one_answers_once(hr: User, member: Callable[..., User]) -> None:
    """Breaks if a second press, or a second tab, counts twice."""
    technician = member("E102")
    line = asked(opened(hr, "employee_satisfaction"), "E102")
    answer_give(respondent=line, values=CONTENT, by=technician)
    with pytest.raises(Refused) as refused:
        answer_give(respondent=line, values=CONTENT, by=technician)
    assert [problem.code for problem in refused.value.problems] == ["answered"]
    assert Answer.objects.count() == 1


def test_nobody_answers_for_another(hr: User, member: Callable[..., User]) -> None:
    """Breaks if a key guessed from a form answers for a colleague, or somebody not asked gets in."""
    technician, stranger = member("E102"), member("E202")
    survey = opened(hr, "employee_satisfaction")
    theirs = asked(survey, "E105")
    with pytest.raises(Refused) as refused:
        answer_give(respondent=theirs, values=CONTENT, by=technician)
    assert [problem.code for problem in refused.value.problems] == ["not_yours"]
    address = f"/surveys/{survey.pk}/answer/"
    assert browser(technician).post(address, {"line": theirs.pk, **CONTENT}).status_code == 404
    assert browser(stranger).get(address).status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, "overall"),
        ({**REVIEW, "duty": ""}, "duty"),
        ({**REVIEW, "duty": "very"}, "duty"),
        ({**REVIEW, "better": "字" * 1001}, "better"),
    ],
)
def test_what_lacks_is_asked_for(hr: User, chief: User, values: dict[str, str], wrong: str) -> None:
    """Breaks if an answer without its overall mark, or with one that the scale does not have, is kept."""
    survey = opened(hr, "review_360", "E102")
    with pytest.raises(Refused) as refused:
        answer_give(respondent=asked(survey, "E101", "E102"), values=values, by=chief)
    assert (wrong,) in [problem.path for problem in refused.value.problems]
    page = browser(chief).post(f"/surveys/{survey.pk}/answer/", {"line": asked(survey, "E101", "E102").pk, **values})
    assert page.status_code == 200 and not Answer.objects.exists()


def test_one_says_that_one_has_nothing_to_say(hr: User, chief: User) -> None:
    """Breaks if a department without contact has to guess, or is waited for; a store's survey is answered."""
    survey = opened(hr, "review_360", "E102")
    browser(chief).post(f"/surveys/{survey.pk}/answer/", {"line": asked(survey, "E101", "E102").pk, "decline": "1"})
    assert asked(survey, "E101", "E102").state == "declined" and not Answer.objects.exists()
    with pytest.raises(Refused):
        answer_decline(respondent=asked(opened(hr, "employee_satisfaction"), "E101"), by=chief)


def test_it_is_over_after_its_last_day(hr: User, chief: User, on_day: Callable[[date], None]) -> None:
    """Breaks if an answer is taken on the day after, or refused on the last."""
    survey = opened(hr, "review_360", "E102", "E103")
    on_day(ENDS)
    answer_give(respondent=asked(survey, "E101", "E102"), values=REVIEW, by=chief)
    assert surveys_close() == 0
    on_day(ENDS + timedelta(days=1))
    with pytest.raises(Refused) as refused:
        answer_give(respondent=asked(survey, "E101", "E103"), values=REVIEW, by=chief)
    assert [problem.code for problem in refused.value.problems] == ["over"]
    assert (surveys_close(), surveys_close()) == (1, 0)
    survey.refresh_from_db()
    assert survey.state == "closed"
    assert [step.act for step in SURVEYS.steps(survey)] == ["close"]


def test_what_waits_is_a_to_do_until_it_is_done(hr: User, chief: User, on_day: Callable[[date], None]) -> None:
    """Breaks if somebody is not told what they are asked, or told after they answered or it is over."""
    survey = opened(hr, "review_360", "E102", "E103")
    assert [each.words for each in todos_of(chief)] == [
        ("360°评价：2 份待填，10-22 截止", "360° review: 2 forms to fill in by 10-22")
    ]
    answer_give(respondent=asked(survey, "E101", "E102"), values=REVIEW, by=chief)
    answer_decline(respondent=asked(survey, "E101", "E103"), by=chief)
    assert not [*todos_of(chief)]
    on_day(ENDS + timedelta(days=1))
    assert not [*todos_of(hr)]


def test_a_survey_is_asked_for_longer(hr: User, on_day: Callable[[date], None]) -> None:
    """Breaks if the last day is moved back, far ahead, or by a page that is out of date."""
    survey = opened(hr, "employee_satisfaction")
    client, address = browser(hr), f"/surveys/{survey.pk}/extend/"
    sent: dict[str, Any] = {"version": 0, "ends": f"{ENDS}"}
    assert client.post(address, sent).status_code == 422
    assert client.post(address, {**sent, "ends": "2027-06-01"}).status_code == 422
    assert client.post(address, {**sent, "ends": "2026-10-30"}).status_code == 302
    assert client.post(address, {**sent, "ends": "2026-10-31"}).status_code == 422, "out of date"
    survey.refresh_from_db()
    assert (survey.ends, survey.state) == (date(2026, 10, 30), Survey.State.OPEN)


def test_what_is_cancelled_asks_nobody_any_more(hr: User, chief: User) -> None:
    """Breaks if a cancelled survey is still answered, or cancelled without a reason."""
    survey = opened(hr, "review_360", "E102")
    with pytest.raises(Refused):
        SURVEYS.act(record=survey, name="cancel", by=hr, seen=0)
    SURVEYS.act(record=survey, name="cancel", by=hr, note="人选错了", seen=0)
    with pytest.raises(Refused):
        answer_give(respondent=asked(survey, "E101", "E102"), values=REVIEW, by=chief)
    assert not [*todos_of(chief)]
    assert "已截止" in browser(chief).get(f"/surveys/{survey.pk}/answer/").text
