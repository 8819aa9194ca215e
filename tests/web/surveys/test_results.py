"""Who sees what came out, when, and the rows of evidence that become of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import TestCase
from openpyxl import load_workbook

from fairwrench.catalog.loader import load_sources
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.evidence.selectors import ledger
from fairwrench.web.org.models import Employee
from fairwrench.web.org.records_kept import records_kept_of
from fairwrench.web.surveys import evidence
from fairwrench.web.surveys.adding_up import LAND
from fairwrench.web.surveys.answering.services import answer_give, surveys_close
from fairwrench.web.surveys.models import Survey
from fairwrench.web.surveys.opening.services import opinion_ask
from fairwrench.web.surveys.workflow import SURVEYS
from fairwrench.web.work.models import Job, Notice
from tests.web.surveys.conftest import EAST, asked, opened, people
from tests.web.surveys.test_answering import CONTENT, REVIEW
from tests.web.tasks.conftest import browser


def account(who: str) -> User:
    """The account of somebody, made where there is none."""
    employee = Employee.objects.get(employee_id=who)
    return User.objects.filter(employee=employee).first() or User.objects.create_user(who.lower(), employee=employee)


def answered(survey: Survey, about: str | None, values: dict[str, dict[str, str]]) -> None:
    """Somebody's answers by who gave them."""
    for who, told in values.items():
        answer_give(respondent=asked(survey, who, about), values=told, by=account(who))


def closed(survey: Survey, by: User) -> Survey:
    """The survey, closed by hand."""
    return SURVEYS.act(record=Survey.objects.get(pk=survey.pk), name="close", by=by)


def test_nothing_is_seen_while_it_is_open(hr: User) -> None:
    """Breaks if HR watches answers come in, and tells by it who gave them."""
    survey = opened(hr, "review_360", "E102")
    answered(survey, "E102", {"E105": {**REVIEW, "better": "少迟到"}})
    client = browser(hr)
    assert client.get(f"/surveys/{survey.pk}/results/E102/").status_code == 404
    assert "少迟到" not in client.get(f"/surveys/{survey.pk}/").text
    store = opened(hr, "employee_satisfaction")
    assert client.get(f"/surveys/{store.pk}/results/").status_code == 404


def test_a_review_is_seen_by_whom_it_concerns_once_it_is_shared(hr: User, chief: User) -> None:
    """Breaks if the person sees it before HR shares it, or a colleague ever."""
    survey = opened(hr, "review_360", "E102")
    answered(survey, "E102", {who: REVIEW for who in ("E103", "E105", "E106")})
    answered(survey, "E102", {"E101": {**REVIEW, "overall": "seldom", "better": "工单写全"}})
    survey, address = closed(survey, hr), f"/surveys/{survey.pk}/results/E102/"
    technician, colleague = browser(account("E102")), browser(account("E103"))
    assert technician.get(address).status_code == browser(chief).get(address).status_code == 404
    page = browser(hr).get(address).text
    assert "80.0" in page and "30.0" in page and "何主管" in page
    SURVEYS.act(record=survey, name="share", by=hr, seen=survey.version)
    page = technician.get(address).text
    assert "工单写全" in page and browser(chief).get(address).status_code == 200
    assert colleague.get(address).status_code == 404
    assert Notice.objects.get(to=account("E102"), url=address).zh == "360°评价的结果可以看了"
    assert address in technician.get("/surveys/").text


def test_too_few_are_shown_neither_on_the_page_nor_in_the_workbook(hr: User) -> None:
    """Breaks if two answers can be read off the page or its export."""
    survey = opened(hr, "review_360", "E102")
    answered(survey, "E102", {who: {**REVIEW, "better": "少迟到"} for who in ("E103", "E105")})
    closed(survey, hr)
    client, address = browser(hr), f"/surveys/{survey.pk}/results/E102/"
    page = client.get(address).text
    assert "80.0" not in page and "少迟到" not in page and "2 份未显示" in page
    workbook = client.get(f"{address}?export=xlsx").getvalue()
    assert load_workbook(BytesIO(workbook)).active.max_row == 1, "the header alone"


def test_an_opinion_names_who_gave_it_to_who_asked(chief: User, hr: User) -> None:
    """Breaks if the rater cannot tell whose word it is, or the opinion is shared with the person."""
    form = {"about": "E102", "named1": "E105", "ends": "2026-10-20", "once": "e" * 32}
    browser(chief).post("/surveys/ask/", form)
    survey = Survey.objects.get()
    answered(survey, "E102", {"E105": {"overall": "good", "example": "周六帮我抬变速箱"}})
    survey = closed(survey, chief)
    page = browser(chief).get(f"/surveys/{survey.pk}/results/E102/").text
    assert "许技师" in page and "周六帮我抬变速箱" in page
    with pytest.raises(Refused):
        SURVEYS.act(record=survey, name="share", by=hr)
    assert browser(account("E102")).get(f"/surveys/{survey.pk}/results/E102/").status_code == 404
    assert not EvidenceEvent.objects.exists()


def test_satisfaction_becomes_rows_without_anybody_in_them(hr: User) -> None:
    """Breaks if a row names who answered, a department of too few, or counts in another month."""
    survey = opened(hr, "employee_satisfaction")
    values = {who: dict(CONTENT) for who in EAST}
    values["E104"]["overall"] = "dissatisfied"
    del values["E001"]
    answered(survey, None, values)
    closed(survey, hr)
    rows = [event.row for event in EvidenceEvent.objects.filter(source="employee_survey", period="2026-10", by=None)]
    told = sorted((row["satisfied"], row["score"], row["department"]) for row in rows if row)
    # seven of after-sales; HR is one, whose answer the page does not add up either
    assert told == [("true", "80", "服务站")] * 7
    assert "1 份未显示" in browser(hr).get(f"/surveys/{survey.pk}/results/").text
    assert all(row and row["store"] == "东店" and row["month"] == "2026-10" for row in rows)
    assert len({row["answer_no"] for row in rows if row}) == 7
    assert Job.objects.get(kind=LAND).arguments == {"month": "2026-10"}


def test_rows_land_and_are_read_as_those_of_files(hr: User) -> None:
    """Breaks if what was answered stays in the database, or lands under other words than a file's."""
    survey = opened(hr, "employee_satisfaction")
    answered(survey, None, {who: CONTENT for who in EAST[1:7]})
    with TestCase.captureOnCommitCallbacks(execute=True):
        closed(survey, hr)
    job = Job.objects.get(kind=LAND)
    assert (job.state, job.problems) == ("done", [])
    source = load_sources()["employee_survey"]
    rows = ledger().current("employee_survey", source, upto=Month(2026, 10)).select("store", "satisfied", "score")
    assert rows.rows() == [("东店", True, Decimal("80.00"))] * 5


def test_too_few_answers_become_no_rows(hr: User) -> None:
    """Breaks if four answers of a store count, though nobody may see them."""
    survey = opened(hr, "employee_satisfaction")
    answered(survey, None, {who: CONTENT for who in EAST[:4]})
    closed(survey, hr)
    assert not EvidenceEvent.objects.exists() and not Job.objects.filter(kind=LAND).exists()
    assert "4 份未显示" in browser(hr).get(f"/surveys/{survey.pk}/results/").text


def test_satisfaction_between_departments_becomes_a_row_a_department(hr: User) -> None:
    """Breaks if the row of a department is not under the key that files have, or a declined one counts."""
    survey = opened(hr, "internal_satisfaction", "E102")
    answered(survey, "E102", {"E104": {"overall": "so_so", "comment": "资料晚一天"}})
    closed(survey, hr)
    row = EvidenceEvent.objects.get(source="internal_feedback")
    assert row.row == {
        "employee_id": "E102",
        "month": "2026-10",
        "asked_department": "人力资源部",
        "satisfied": "false",
        "score": "60",
        "comment": "资料晚一天",
    }
    assert row.key == '["E102", "2026-10", "人力资源部"]'


def test_what_is_annulled_is_taken_back(hr: User) -> None:
    """Breaks if a survey that went wrong counts for ever, or can be done anew beside the first: people would count
    twice, and two results would differ by one answer."""
    survey = opened(hr, "employee_satisfaction")
    answered(survey, None, {who: CONTENT for who in EAST[1:8]})
    closed(survey, hr)
    with pytest.raises(Refused) as refused:
        opened(hr, "employee_satisfaction")
    assert [problem.code for problem in refused.value.problems] == ["opened_before"]
    counted = EvidenceEvent.objects.filter(source="employee_survey")
    keys = set(counted.values_list("key", flat=True))
    SURVEYS.act(record=Survey.objects.get(), name="annul", by=hr, note="题目选错", seen=1)
    last = {event.key: event.row for event in counted.order_by("revision")}
    assert last == dict.fromkeys(keys) and len(keys) == 6
    assert browser(hr).get(f"/surveys/{survey.pk}/results/").status_code == 404
    assert opened(hr, "employee_satisfaction").pk != survey.pk


def test_nobody_is_reviewed_twice_for_a_month(hr: User) -> None:
    """Breaks if two reviews of one person differ by a single answer."""
    opened(hr, "review_360", "E102", "E103")
    with pytest.raises(Refused) as refused:
        opened(hr, "review_360", "E103", "E105")
    assert "金技师" in refused.value.problems[0].zh and "许技师" not in refused.value.problems[0].zh


def test_a_role_that_is_over_reads_nothing(hr: User, chief: User) -> None:
    """Breaks if whoever opened a survey reads it after the role is gone, or a manager after the people are."""
    survey = opened(hr, "review_360", "E102")
    closed(survey, hr)
    hr.grants.all().delete()
    assert browser(User.objects.get(pk=hr.pk)).get(f"/surveys/{survey.pk}/").status_code == 404
    about, asked_of = people("E102", "E105")
    opinion = opinion_ask(about=about, named=[asked_of], ends=survey.ends, once="", by=chief)
    assert browser(chief).get(f"/surveys/{opinion.pk}/").status_code == 200
    about.assignments.update(manager=people("E001")[0])
    assert browser(User.objects.get(pk=chief.pk)).get(f"/surveys/{opinion.pk}/").status_code == 404


def test_hr_reads_of_themselves_what_everybody_does(hr: User) -> None:
    """Breaks if HR reads what a manager said of them before it is shared."""
    survey = opened(hr, "review_360", "E104")
    answered(survey, "E104", {"E001": {**REVIEW, "better": "少开会"}})
    survey, address = closed(survey, hr), f"/surveys/{survey.pk}/results/E104/"
    assert browser(hr).get(address).status_code == 404
    SURVEYS.act(record=survey, name="share", by=hr, seen=survey.version)
    assert "少开会" in browser(hr).get(address).text


def test_one_that_cannot_be_closed_keeps_no_other_from_closing(
    hr: User, on_day: Callable[[date], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks if a month whose scheme cannot be read leaves every later survey open, each night."""
    broken, fine = opened(hr, "employee_satisfaction"), opened(hr, "review_360", "E102")
    answered(broken, None, {who: CONTENT for who in EAST[1:7]})
    problem = Problem("no_scheme", "没有制度", "no scheme")

    def unread(_month: str) -> None:
        raise Refused([problem])

    monkeypatch.setattr(evidence, "department_names", unread)
    on_day(fine.ends + timedelta(days=1))
    assert surveys_close() == 1
    assert dict(Survey.objects.values_list("pk", "state")) == {broken.pk: "open", fine.pk: "closed"}
    assert "没有制度" in Notice.objects.get(to=hr, zh__startswith="问卷没有截止").zh


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no transaction with a row")
@pytest.mark.django_db(transaction=True)
def test_what_is_closed_shares_no_transaction_with_who_answered(hr: User) -> None:
    """Breaks if the database's own columns lead from an answer to the one who gave it."""
    survey = opened(hr, "employee_satisfaction")
    answered(survey, None, {who: CONTENT for who in EAST[1:7]})
    closed(survey, hr)
    with connection.cursor() as rows:
        rows.execute("SELECT COUNT(*) FROM surveys_answer a JOIN surveys_respondent r ON r.xmin = a.xmin")
        assert rows.fetchone() == (0,)


def test_hr_of_another_store_sees_nothing(hr: User, member: Callable[..., User]) -> None:
    """Breaks if a number guessed leads HR of another store to what was said here."""
    survey = opened(hr, "review_360", "E102")
    closed(survey, hr)
    client = browser(member("E202", ("hr", "西店")))
    for address in ("", "results/", "results/E102/"):
        assert client.get(f"/surveys/{survey.pk}/{address}").status_code == 404
    assert client.post(f"/surveys/{survey.pk}/share/", {"version": 1}).status_code == 404
    assert people("E102")[0].name not in client.get("/surveys/").text


def test_who_was_asked_cannot_be_taken_off_the_books(hr: User) -> None:
    """Breaks if a person's record can be taken back while answers about them stand."""
    opened(hr, "review_360", "E102")
    assert ("问卷与评价 9 份", "9 surveys asked of or about them") in records_kept_of(people("E102")[0])
