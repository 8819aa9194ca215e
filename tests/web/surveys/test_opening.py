"""Who is asked, read off the roster; what is refused before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.models import Respondent, Survey
from fairwrench.web.surveys.opening.services import Draft, opinion_ask, survey_open
from fairwrench.web.surveys.selectors import surveys_seen
from fairwrench.web.work.models import Notice
from tests.web.surveys.conftest import EAST, ENDS, TECHNICIANS, TODAY, opened, people
from tests.web.tasks.conftest import browser


def groups(survey: Survey, about: str) -> dict[str, set[str]]:
    """Group → who is asked about somebody."""
    found: dict[str, set[str]] = {}
    for each in survey.respondents.filter(about__employee_id=about).select_related("employee"):
        found.setdefault(each.group, set()).add(each.employee.employee_id)
    return found


def test_a_survey_of_the_store_asks_everybody_there(hr: User, member: Callable[..., User]) -> None:
    """Breaks if somebody of the store is left out, or somebody of another asked; those with accounts are told."""
    technician = member("E102")
    survey = opened(hr, "employee_satisfaction")
    assert {each.employee.employee_id for each in survey.respondents.all()} == set(EAST)
    assert {each.group for each in survey.respondents.all()} == {"staff"}
    assert Notice.objects.get(to=technician).url == f"/surveys/{survey.pk}/answer/"


def test_a_review_asks_those_around_somebody(hr: User) -> None:
    """Breaks if peers, reports, managers or other departments are not those of the roster, or one is asked twice."""
    survey = opened(hr, "review_360", "E101", "E102")
    assert groups(survey, "E101") == {
        "self": {"E101"},
        "superior": {"E001"},
        "peers": {"E104"},  # led by E001, too
        "reports": set(TECHNICIANS),
    }
    assert groups(survey, "E102") == {
        "self": {"E102"},
        "superior": {"E101"},
        "peers": set(TECHNICIANS) - {"E102"},
        # who heads administration and HR, where each is alone
        "departments": {"E001", "E104"},
    }


def test_between_departments_each_answers_by_its_head(hr: User) -> None:
    """Breaks if a department speaks twice, or of its own people."""
    survey = opened(hr, "internal_satisfaction", "E102", "E104")
    assert groups(survey, "E102") == {"departments": {"E001", "E104"}}
    assert groups(survey, "E104") == {"departments": {"E001", "E101"}}
    assert {each.department for each in survey.respondents.filter(employee__employee_id="E101")} == {"service"}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"ends": TODAY - timedelta(days=1)}, "over"),
        ({"ends": TODAY + timedelta(days=61)}, "too_long"),
        ({"month": Month(2026, 8)}, "not_this_month"),
        ({"month": Month(2026, 12)}, "not_this_month"),
        ({"subjects": []}, "nobody"),
        ({"questionnaire": "opinion"}, "no_questionnaire"),
        ({"questionnaire": "nothing"}, "no_questionnaire"),
    ],
)
def test_what_cannot_be_meant_is_refused(hr: User, told: dict[str, Any], code: str) -> None:
    """Breaks if a survey is opened that is over before it begins, about nobody, or long ago."""
    good = Draft("review_360", "东店", Month(2026, 10), ENDS, people("E102"))
    with pytest.raises(Refused) as refused:
        survey_open(draft=replace(good, **told), by=hr)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert not Survey.objects.exists()


def test_people_of_another_store_are_refused(hr: User) -> None:
    """Breaks if HR of one store has people of another reviewed."""
    with pytest.raises(Refused) as refused:
        opened(hr, "review_360", "E102", "E202")
    assert [problem.code for problem in refused.value.problems] == ["not_here"]
    with pytest.raises(PermissionDenied):
        survey_open(draft=Draft("employee_satisfaction", "西店", Month(2026, 10), ENDS), by=hr)


def test_a_store_of_too_few_is_not_asked(member: Callable[..., User]) -> None:
    """Breaks if a store of two people is asked, of whom the one would know what the other said."""
    hr_west = member("E202", ("hr", "西店"))
    with pytest.raises(Refused) as refused:
        survey_open(draft=Draft("employee_satisfaction", "西店", Month(2026, 10), ENDS), by=hr_west)
    assert [problem.code for problem in refused.value.problems] == ["too_few"]


def test_who_left_is_neither_asked_nor_asked_about(hr: User) -> None:
    """Breaks if an account of somebody gone holds a survey open for ever."""
    gone = Employee.objects.get(employee_id="E105")
    for row in (gone, *gone.assignments.all()):
        row.status, row.left_on = "left", TODAY - timedelta(days=1)
        row.save()
    survey = opened(hr, "employee_satisfaction")
    assert "E105" not in {each.employee.employee_id for each in survey.respondents.all()}
    with pytest.raises(Refused):
        opened(hr, "review_360", "E105")


def test_one_form_opens_one_survey(hr: User) -> None:
    """Breaks if a second press asks everybody twice."""
    client, form = browser(hr), {"store": "东店", "month": "2026-10", "ends": f"{ENDS}", "once": "a" * 32}
    first = client.post("/surveys/new/employee_satisfaction/", form)
    again = client.post("/surveys/new/employee_satisfaction/", form)
    assert first["Location"] == again["Location"] == f"/surveys/{Survey.objects.get().pk}/"


def test_an_opinion_is_asked_of_named_people(chief: User, hr: User, member: Callable[..., User]) -> None:
    """Breaks if a manager cannot ask whom they name, or the person or another manager reads what was asked."""
    technician, other = member("E102"), member("E105")
    answer = browser(chief).post(
        "/surveys/ask/", {"about": "E102", "named1": "E105", "named2": "E104", "ends": f"{ENDS}", "once": "b" * 32}
    )
    survey = Survey.objects.get()
    assert answer["Location"] == f"/surveys/{survey.pk}/"
    assert groups(survey, "E102") == {"named": {"E105", "E104"}}
    hr_of_all = member("E202", ("hr", None))
    for reader in (chief, hr, hr_of_all):
        assert [*surveys_seen(user=reader)] == [survey]
    assert not surveys_seen(user=technician).exists() and not surveys_seen(user=other).exists()
    general_manager = member("E001", ("general_manager", "东店"))
    assert not surveys_seen(user=general_manager).exists()


def test_an_opinion_on_hr_is_not_read_by_them(member: Callable[..., User]) -> None:
    """Breaks if HR of the store reads what was said of themselves under names."""
    hr, leader = member("E104", ("hr", "东店")), member("E001")
    opinion_ask(about=people("E104")[0], named=people("E101"), ends=ENDS, once="", by=leader)
    assert not surveys_seen(user=hr).exists() and surveys_seen(user=leader).exists()


@pytest.mark.parametrize(
    ("named", "code"),
    [((), "nobody_named"), (("E101",), "oneself"), (("E102",), "oneself"), (TECHNICIANS, "too_many")],
)
def test_an_opinion_names_others(chief: User, named: tuple[str, ...], code: str) -> None:
    """Breaks if one asks oneself, the person, nobody or a crowd."""
    with pytest.raises(Refused) as refused:
        opinion_ask(about=people("E102")[0], named=people(*named), ends=ENDS, once="", by=chief)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_an_opinion_is_asked_about_those_one_leads(chief: User, member: Callable[..., User]) -> None:
    """Breaks if a technician asks about a colleague, or a manager about somebody of another store."""
    for by, about in ((member("E103"), "E102"), (chief, "E202"), (chief, "E101")):
        with pytest.raises(PermissionDenied):
            opinion_ask(about=people(about)[0], named=people("E105"), ends=ENDS, once="", by=by)
    assert not Respondent.objects.exists()


def test_pages_are_closed_to_who_is_not_hr(chief: User, member: Callable[..., User]) -> None:
    """Breaks if a manager opens a survey of the store, or HR one of another store."""
    assert browser(chief).get("/surveys/new/").status_code == 403
    hr_west = member("E202", ("hr", "西店"))
    form = {"store": "东店", "month": "2026-10", "ends": f"{ENDS}", "once": "c" * 32}
    assert browser(hr_west).post("/surveys/new/employee_satisfaction/", form).status_code == 403
    assert not Survey.objects.exists()


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(hr: User) -> None:
    """Breaks if a refused form loses the last day that was typed, or does not say why."""
    late = date(2027, 1, 31)
    form = {"store": "东店", "month": "2026-10", "ends": f"{late}", "once": "d" * 32}
    answer = browser(hr).post("/surveys/new/employee_satisfaction/", form)
    assert answer.status_code == 422 and "最多 60 天" in answer.text and "2027-01-31" in answer.text
