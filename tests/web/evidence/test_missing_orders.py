"""A missing order: asked by whose job it was, answered by who hands in the store's job lines, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User, Viewed
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.declared.history import history_of
from fairwrench.web.evidence.missing_orders.missing_orders import (
    BACK,
    missing_order_answer,
    missing_order_ask,
    missing_order_seen,
    missing_orders_seen,
    missing_orders_waiting,
)
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.work.inbox.todos import todos_of
from fairwrench.web.work.models import Notice, Step
from tests.web.small_office import member, office, on_day, roster, signed_in

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
pytestmark = pytest.mark.django_db
Member = Callable[..., User]
SignedIn = Callable[..., Client]
LIST, NEW = "/evidence/missing-orders/", "/evidence/missing-orders/new/"
WAITS = ("1 条漏单反馈待答复", "1 question about missing orders to answer")


def ask(user: User, **told: Any) -> MissingOrder:
    """吕技师 misses RO-1 of today."""
    given = {"order_no": "RO-1", "plate": "", "day": today(), "done": "换刹车片", "note": ""}
    return missing_order_ask(user=user, told={**given, **told})


def anew(user: User) -> User:
    """The account as the next request reads it."""
    return User.objects.get(pk=user.pk)


def waiting(user: User) -> list[tuple[str, str]]:
    """What the inbox tells somebody of missing orders."""
    pairs = (todo.words for todo in todos_of(user=anew(user)) if isinstance(todo.words, tuple))
    return [words for words in pairs if "漏单" in words[0]]


def provides(user: User, source: str, store: str) -> User:
    """The same account with the duty to hand in a source of a store."""
    unit = Unit.objects.get(name=store)
    Duty.objects.create(kind=Duty.Kind.PROVIDE, subject=source, unit=unit, employee=user.employee)
    return anew(user)


def test_the_question_waits_for_the_dispatcher_and_the_answer_comes_back(member: Member) -> None:
    """Fails when a question lies unseen, or whoever asked never hears what was found."""
    technician, dispatcher = member("E102"), member("E101", ("workshop_supervisor", "东店"))
    question = ask(technician)
    assert question.store == "东店"
    assert waiting(dispatcher) == [WAITS]
    assert waiting(technician) == []
    answered = missing_order_answer(question=question, name="added", seen=0, by=dispatcher, note="漏录了")
    assert (answered.state, answered.answer, answered.answered_by) == ("added", "漏录了", dispatcher)
    assert waiting(dispatcher) == []
    told = Notice.objects.get()
    assert (told.to, told.zh, told.en) == (
        technician,
        "您反馈的漏单 RO-1 已补录，重新导入工单明细后才计入：漏录了",
        "your missing order RO-1, it was added, and counts once the job lines came in anew: 漏录了",
    )
    assert told.url == f"{LIST}{question.pk}/"
    assert [(step.act, step.before, step.after) for step in Step.objects.all()] == [("added", "asked", "added")]


def test_it_waits_for_whose_duty_the_job_lines_of_the_store_are(member: Member) -> None:
    """Fails when a duty for another file or another store shows, or hides, the question."""
    ask(member("E102"))
    here = provides(member("E103", ("data_provider", None)), "job_lines", "东店")
    other_file = provides(member("E101", ("data_provider", None)), "surveys", "东店")
    other_store = provides(member("E201", ("data_provider", None)), "job_lines", "西店")
    assert waiting(here) == [WAITS]
    assert waiting(other_file) == waiting(other_store) == []
    assert [missing_orders_seen(user=each).count() for each in (here, other_file, other_store)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("who", "grants"),
    [
        ("E201", [("workshop_supervisor", "西店")]),
        ("E101", [("general_manager", "东店")]),
        ("E104", [("auditor", None)]),
        ("E103", []),
        ("E101", []),
    ],
)
def test_nobody_else_sees_or_answers_it(member: Member, signed_in: SignedIn, who: str, grants: Any) -> None:
    """Fails when the dispatcher of another store, a manager, an auditor or a colleague comes to somebody's question."""
    question = ask(member("E102"))
    client = signed_in(who, *grants)
    stranger = User.objects.get(username=who.lower())
    assert missing_orders_waiting(user=stranger) == 0
    with pytest.raises(PermissionDenied):
        missing_order_seen(user=anew(stranger), missing_order_id=question.pk)
    with pytest.raises(PermissionDenied):
        missing_order_answer(question=question, name="added", seen=0, by=anew(stranger))
    for address in (f"{LIST}{question.pk}/", f"{LIST}?state=asked"):
        assert "RO-1" not in client.get(address).text
    assert client.get(f"{LIST}{question.pk}/").status_code == 403
    answer = client.post(f"{LIST}{question.pk}/answer/", {"decision": "added", "version": 0})
    assert answer.status_code == 403
    question.refresh_from_db()
    assert question.state == "asked"


def test_nobody_answers_their_own(member: Member) -> None:
    """Fails when a dispatcher who lends a hand writes their own order."""
    dispatcher = member("E101", ("workshop_supervisor", "东店"))
    question = ask(dispatcher)
    assert waiting(dispatcher) == []
    with pytest.raises(PermissionDenied, match="own_request"):
        missing_order_answer(question=question, name="added", seen=0, by=dispatcher)
    hr = member("E104", ("hr", "东店"))
    assert waiting(hr) == [WAITS]
    assert missing_order_answer(question=question, name="added", seen=0, by=hr).state == "added"


@pytest.mark.parametrize("name", ["not_theirs", "on_order"])
def test_a_no_takes_a_word(member: Member, name: str) -> None:
    """Fails when somebody is told that it is not theirs without being told whose it is."""
    question, dispatcher = ask(member("E102")), member("E101", ("workshop_supervisor", "东店"))
    with pytest.raises(Refused, match="say a word"):
        missing_order_answer(question=question, name=name, seen=0, by=dispatcher, note=" ")
    done = missing_order_answer(question=question, name=name, seen=0, by=dispatcher, note="金技师的单")
    assert (done.state, done.answer) == (name, "金技师的单")


def test_of_two_who_answer_at_once_the_first_does(member: Member) -> None:
    """Fails when a second answer takes the place of the first, or one comes after it was taken back."""
    technician, dispatcher = member("E102"), member("E101", ("workshop_supervisor", "东店"))
    hr, question = member("E104", ("hr", "东店")), ask(technician)
    missing_order_answer(question=question, name="on_order", seen=0, by=dispatcher, note="在 RO-9")
    with pytest.raises(Refused, match="answered or withdrawn"):
        missing_order_answer(question=question, name="added", seen=0, by=hr)
    another = ask(technician, order_no="RO-2")
    with pytest.raises(PermissionDenied):
        missing_order_answer(question=another, name="withdraw", seen=0, by=dispatcher)
    assert missing_order_answer(question=another, name="withdraw", seen=0, by=technician).state == "withdrawn"
    with pytest.raises(Refused):
        missing_order_answer(question=another, name="added", seen=1, by=hr)


def test_an_order_is_asked_about_once_while_it_waits(member: Member) -> None:
    """Fails when two presses make two questions, or one that was answered can never be asked again."""
    technician, dispatcher = member("E102"), member("E101", ("workshop_supervisor", "东店"))
    question = ask(technician)
    with pytest.raises(Refused, match="asked about this order before"):
        ask(technician)
    missing_order_answer(question=question, name="added", seen=0, by=dispatcher)
    assert ask(technician).pk != question.pk


def test_without_a_number_or_a_plate_nobody_could_look(member: Member) -> None:
    """Fails when a question names no order at all."""
    with pytest.raises(Refused, match="one is enough"):
        ask(member("E102"), order_no="", plate="")
    assert str(ask(member("E103"), order_no="", plate="京A12345")) == "京A12345"


def test_it_is_asked_and_answered_by_clicking(signed_in: SignedIn) -> None:
    """Fails when the form loses what was typed, the answer cannot be read, or the look at it is not noted."""
    technician, dispatcher = signed_in("E102"), signed_in("E101", ("workshop_supervisor", "东店"))
    day = f"{today():%Y-%m-%d}"
    wrong = technician.post(NEW, {"order_no": "", "plate": "", "day": day, "done": "四轮定位"})
    assert wrong.status_code == 422 and "写一个就行" in wrong.text and "四轮定位" in wrong.text
    sent = technician.post(NEW, {"plate": "京A12345", "day": day, "done": "四轮定位", "note": "和小组一起"})
    question = MissingOrder.objects.get()
    assert (sent.status_code, sent.url) == (302, f"{LIST}{question.pk}/")
    page = dispatcher.get(f"{LIST}?state=asked")
    assert "京A12345" in page.text and "有 1 条待答复" in page.text
    one = dispatcher.get(sent.url)
    assert "和小组一起" in one.text and "已补录" in one.text and "吕技师" in one.text
    refused = dispatcher.post(f"{sent.url}answer/", {"decision": "not_theirs", "version": 0}, follow=True)
    assert "请写一句说明" in refused.text
    done = dispatcher.post(f"{sent.url}answer/", {"decision": "not_theirs", "version": 0, "note": "金技师的"})
    assert (done.status_code, done.url) == (302, sent.url)
    for address in (sent.url, NEW):
        read = technician.get(address).text
        assert "非本人作业" in read and "金技师的" in read
    assert "答复" in technician.get("/inbox/").text or "您反馈的漏单" in technician.get("/inbox/").text
    # who asked looks at their own, so the dispatcher's looks alone are noted: at the list, and at the person
    noted = set(Viewed.objects.values_list("by__username", "page", "about"))
    assert noted == {("e101", "missing", ""), ("e101", "missing", "E102")}


@pytest.mark.parametrize("sent", [{}, {"decision": "x", "version": 0}, {"decision": "added"}, {"decision": "withdraw"}])
def test_a_made_up_answer_answers_nothing(member: Member, signed_in: SignedIn, sent: dict[str, Any]) -> None:
    """Fails when a button that no page has is taken for one, or the version that was seen may be left out."""
    question, dispatcher = ask(member("E102")), signed_in("E101", ("workshop_supervisor", "东店"))
    assert dispatcher.post(f"{LIST}{question.pk}/answer/", sent).status_code == 400
    question.refresh_from_db()
    assert question.state == "asked"


@pytest.mark.parametrize("away", [timedelta(days=1), -BACK - timedelta(days=1)])
def test_a_day_to_come_or_long_ago_is_none(signed_in: SignedIn, away: timedelta) -> None:
    """Fails when somebody asks about work of tomorrow, or of a month that was published long ago."""
    told = {"order_no": "RO-1", "day": f"{today() + away:%Y-%m-%d}", "done": "x"}
    assert signed_in("E102").post(NEW, told).status_code == 422
    assert not MissingOrder.objects.exists()


def test_it_goes_to_the_store_of_that_day(member: Member, on_day: Callable[[date], None]) -> None:
    """Fails when somebody who moved asks the dispatcher of the new store about a job in the old one."""
    technician = member("E102")
    assert technician.employee is not None
    old = technician.employee.assignments.get()
    moved = date(2026, 11, 10)
    on_day(date(2026, 11, 12))
    old.end = moved - timedelta(days=1)
    old.save()
    technician.employee.assignments.create(
        store=Unit.objects.get(name="西店"), position=old.position, begin=moved, place=old.place + 50
    )
    assert ask(technician, day=date(2026, 11, 9)).store == "东店"
    assert ask(technician, day=date(2026, 11, 11), order_no="RO-2").store == "西店"


def test_whoever_asked_stays_on_the_roster(member: Member) -> None:
    """Fails when a record is taken back though a question names the person."""
    technician = member("E102")
    ask(technician)
    kept = history_of(Employee.objects.get(employee_id="E102"))
    assert ("漏单反馈", "questions about missing orders") in kept
    assert not history_of(Employee.objects.get(employee_id="E103"))


def test_an_account_off_the_roster_asks_nothing(client: Client, office: Any) -> None:
    """Fails when somebody who does no work opens the form."""
    client.force_login(User.objects.create_user("off"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(NEW).status_code == client.get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("first", "again"),
    [
        *[({"order_no": "RO-1"}, {"order_no": other}) for other in (" RO-1 ", "ro-1", "ＲＯ-1")],
        ({"order_no": "RO1"}, {"order_no": "RO 1"}),
        *[
            ({"order_no": "", "plate": "京A8K392"}, {"order_no": "", "plate": other})
            for other in ("京A·8K392", "京a 8k392", "京Ａ８Ｋ３９２")
        ],
        ({"order_no": "", "plate": "京A8K392"}, {"order_no": "RO-1", "plate": "京A·8K392"}),
    ],
)
def test_an_order_has_one_spelling(member: Member, signed_in: SignedIn, first: Any, again: Any) -> None:
    """Fails when one order becomes several questions because it was typed in another way."""
    technician, day = signed_in("E102"), f"{today():%Y-%m-%d}"
    technician.post(NEW, {**first, "day": day, "done": "换刹车片"})
    question = MissingOrder.objects.get()
    told = technician.post(NEW, {**again, "day": day, "done": "换刹车片"})
    assert (told.status_code, told.url) == (302, f"{LIST}{question.pk}/")
    assert MissingOrder.objects.count() == 1
    with pytest.raises(Refused, match="asked about this order before"):
        ask(anew(User.objects.get(username="e102")), **{"plate": "", **again})


def test_another_number_of_one_plate_is_another_order(member: Member) -> None:
    """Fails when a car that came twice on a day can be asked about once."""
    technician = member("E102")
    ask(technician, plate="京A8K392")
    assert ask(technician, order_no="RO-2", plate="京A8K392").order_no == "RO-2"


def test_somebody_is_asked_or_it_says_that_nobody_is(member: Member, signed_in: SignedIn) -> None:
    """Fails when a question waits for a dispatcher whom the store does not have."""
    technician = signed_in("E102")
    question = ask(User.objects.get(username="e102"))
    address = f"{LIST}{question.pk}/"
    assert "目前没有人可以答复" in technician.get(address).text
    group = member("E104", ("hr", None))
    assert "由集团人力资源核实" in technician.get(address).text
    assert waiting(group) == [WAITS]
    member("E101", ("workshop_supervisor", "西店"))
    assert "由集团人力资源核实" in technician.get(address).text
    member("E103", ("workshop_supervisor", "东店"))
    assert "等待 东店 的调度或人力资源核实" in technician.get(address).text


def test_who_left_waits_until_the_month_is_published(member: Member) -> None:
    """Fails when a question stays in the to-do list though nobody is there to read, or to be paid by, the answer."""
    technician, dispatcher = member("E102"), member("E101", ("workshop_supervisor", "东店"))
    question = ask(technician)
    question.employee.assignments.update(left_on=today() - timedelta(days=1))
    assert waiting(dispatcher) == [WAITS], "the last month is still to be settled"
    Cycle.objects.create(month=str(Month.of(question.day)), state=Cycle.State.PUBLISHED)
    assert waiting(dispatcher) == []
