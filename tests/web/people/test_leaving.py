"""The last day of service: what ends with it by itself, what a return begins anew, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.choosing.finding import HERE, people_findable
from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.users.granting import role_revoke, user_open
from fairwrench.web.access.users.invitations import invitation_make, invitation_open
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Duty, Employee, Unit
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.people.employees import Terms, employee_leave, employee_move, employee_stay
from tests.web.access.test_sign_in import sign_in
from tests.web.declaring import months_published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_memory() -> None:
    """Attempts of one test do not count in the next; no month is published."""
    cache.clear()


def employee(employee_id: str = "E102") -> Employee:
    return Employee.objects.get(employee_id=employee_id)


def in_days(count: int) -> date:
    """The day so many days from today; asked while the test runs, for a run goes on over midnight."""
    return today() + timedelta(days=count)


def comes_in() -> bool:
    """Whether E102 can sign in."""
    client = Client()
    sign_in(client, "e102")
    return client.get("/settings/").status_code == 200


def back(begin: date) -> Terms:
    """The terms under which E102 comes back."""
    held = Assignment.objects.filter(employee__employee_id="E102").latest("begin")
    names = ("store", "department", "position", "manager", "status", "full_salary")
    return Terms(begin=begin, **{name: getattr(held, name) for name in names})


def test_the_login_closes_on_the_day_after_the_last(
    member: Callable[..., User], on_day: Callable[[date], None]
) -> None:
    """Fails when who left reads on by a session of before, or signs in the day after; or is out a day early."""
    member("E102")
    phone, desk = Client(), Client()
    for client in (phone, desk):
        sign_in(client, "e102")
    employee_leave(employee=employee(), last_day=today())
    assert phone.get("/settings/").status_code == 200, "the last day is worked"
    assert comes_in()
    on_day(in_days(1))
    assert [client.get("/settings/").status_code for client in (phone, desk)] == [302, 302]
    assert phone.get("/settings/", headers={"HX-Request": "true"}).status_code == 401
    late = Client()
    answer = sign_in(late, "e102")
    assert answer.url == reverse("account_inactive")
    assert late.get("/settings/").status_code == 302
    assert not Session.objects.filter(session_key__in=[phone.session.session_key, desk.session.session_key]).exists()


def test_a_session_that_ends_so_is_noted(member: Callable[..., User], signed_in: Callable[..., Client]) -> None:
    """Fails when nobody can say why somebody was put out."""
    client, admin = signed_in("E102"), signed_in("E104", ("administrator", None))
    employee_leave(employee=employee(), last_day=in_days(-1))
    client.get("/settings/")
    assert "离职后自动退出登录" in admin.get("/settings/log/").text


def test_who_is_on_no_roster_is_not_concerned(db: None) -> None:
    """Fails when an outside auditor or the first administrator is put out."""
    client = Client()
    client.force_login(User.objects.create_user("outside"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/settings/").status_code == 200


def test_duties_and_standing_in_end_with_the_last_day(
    member: Callable[..., User], on_day: Callable[[date], None]
) -> None:
    """Fails when somebody still stands in for a manager who left, or waits for evidence of one who is gone."""
    stand_in, store = member("E104"), Unit.objects.get(name="东店")
    boss = employee("E101")
    Duty.objects.create(kind="provide", subject="surveys", unit=store, employee=boss)
    Delegation.objects.create(
        away=boss, stand_in=stand_in.employee, begin=in_days(-1), end=in_days(1), state="approved"
    )
    employee_leave(employee=boss, last_day=today())
    assert (Duty.objects.count(), Delegation.objects.count()) == (1, 1)
    assert Scope(stand_in, today()).led == {"E102", "E103"}
    on_day(in_days(1))
    assert (Duty.objects.count(), Delegation.objects.count()) == (0, 0)
    assert Scope(stand_in, today()).duties == ()
    assert Scope(stand_in, today()).led == frozenset()
    assert boss not in people_findable(user=member("E103", ("hr", None)), among=HERE)


def test_who_comes_back_begins_anew_and_waits_for_the_login(member: Callable[..., User]) -> None:
    """Fails when a return opens the login by itself, revives duties, or counts the time away as service."""
    user, store = member("E102"), Unit.objects.get(name="东店")
    Duty.objects.create(kind="provide", subject="surveys", unit=store, employee=user.employee)
    employee_leave(employee=employee(), last_day=date(2026, 6, 30))
    with pytest.raises(Refused, match="came back"):
        user_open(user=User.objects.get(pk=user.pk))
    employee_move(employee=employee(), terms=back(date(2026, 9, 14)))
    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.has_left, Duty.ever.count()) == (False, False, 0)
    assert not comes_in()
    user_open(user=user)
    assert comes_in()
    days = {month: _days(Month(2026, month)) for month in (6, 7, 9)}
    assert days == {6: [30], 7: [], 9: [17]}
    assert employee().hired_on == date(2026, 9, 14)


def _days(month: Month, who: str = "E102") -> list[int]:
    rows = slices(roster_frame().drop("aliases"), month)
    return rows.filter(rows["employee_id"] == who)["days"].to_list()


def test_leaving_on_probation_leaves_the_probation(office: Any) -> None:
    """Fails when a leaver's last months are settled as if they had been regular."""
    employee_leave(employee=employee("E103"), last_day=date(2026, 11, 12))
    rows = slices(roster_frame().drop("aliases"), Month(2026, 10))
    assert rows.filter(rows["employee_id"] == "E103")["status"].to_list() == ["probation"]
    assert _days(Month(2026, 11), "E103") == [12]


def test_a_last_day_is_changed_and_taken_back(member: Callable[..., User]) -> None:
    """Fails when a slip of the pen puts somebody out for good."""
    member("E102")
    employee_leave(employee=employee(), last_day=in_days(-1))
    employee_leave(employee=employee(), last_day=in_days(1))
    held = employee().assignments.get()
    assert (held.end, held.left_on, employee().left_on) == (in_days(1), in_days(1), in_days(1))
    employee_leave(employee=employee(), last_day=in_days(-1))
    employee_stay(employee=employee())
    held = employee().assignments.get()
    assert (held.end, held.left_on, held.status, employee().has_left()) == (None, None, "regular", False)
    assert comes_in()
    with pytest.raises(Refused):
        employee_stay(employee=employee())


def test_what_was_to_begin_after_the_last_day_does_not(office: Any) -> None:
    """Fails when a promotion planned for January keeps a resignation in December from being noted."""
    employee_move(employee=employee(), terms=back(today() + timedelta(days=40)))
    employee_leave(employee=employee(), last_day=today() + timedelta(days=20))
    assert employee().assignments.count() == 1


def test_the_last_administrator_does_not_leave(member: Callable[..., User]) -> None:
    """Fails when nobody is left who grants roles, on the day or once a second one who leaves too is gone."""
    member("E102", ("administrator", None))
    with pytest.raises(Refused, match="administrator"):
        employee_leave(employee=employee(), last_day=in_days(1))
    other = member("E103", ("administrator", None))
    employee_leave(employee=employee(), last_day=in_days(1))
    with pytest.raises(Refused, match="administrator"):
        role_revoke(grant=Grant.objects.get(user=other))
    with pytest.raises(Refused, match="administrator"):
        employee_leave(employee=employee("E103"), last_day=in_days(1))


def test_who_left_is_not_invited(member: Callable[..., User]) -> None:
    """Fails when a link lets in who has left, be it made before or after."""
    user = member("E102")
    secret = invitation_make(user=user, by=None)
    employee_leave(employee=employee(), last_day=in_days(-1))
    assert invitation_open(secret=secret) is None
    with pytest.raises(Refused, match="left"):
        invitation_make(user=User.objects.get(pk=user.pk), by=None)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("1949-12-31", "不合理"),
        (400, "不合理"),
        ("2024-02-29", "早于现任岗位"),
        ("2026-13-01", ""),
        ("", ""),
    ],
)
def test_a_last_day_that_cannot_be_meant_is_refused(
    signed_in: Callable[..., Client], day: str | int, told: str
) -> None:
    """Fails when a year mistyped puts somebody out of all months, or keeps them in."""
    day = in_days(day).isoformat() if isinstance(day, int) else day
    answer = signed_in("E104", ("hr", "东店")).post(reverse("people:leave", args=["E102"]), {"last_day": day})
    assert answer.status_code == 200
    assert told in answer.text
    assert employee().left_on is None


@pytest.mark.parametrize("begin", ["1949-12-31", "2099-01-01", "2024-02-29"])
def test_a_change_on_a_day_that_cannot_be_meant_is_refused(signed_in: Callable[..., Client], begin: str) -> None:
    """Fails when somebody works before they were hired, or in 73 years."""
    held = Assignment.objects.get(employee__employee_id="E102")
    terms = {"begin": begin, "store": held.store_id, "position": held.position_id, "status": "regular"}
    hr = signed_in("E104", ("hr", "东店"))
    assert hr.post(reverse("people:move", args=["E102"]), terms).status_code == 200
    assert employee().assignments.count() == 1
    hired = terms | {"employee_id": "E105", "name": "秦技师"}
    assert hr.post(reverse("people:hire"), hired).status_code == (302 if begin == "2024-02-29" else 200)


@pytest.mark.parametrize(
    ("page", "inside", "outside"),
    [
        ("move", {"begin": "2026-10-31"}, {"begin": "2026-11-01"}),
        ("leave", {"last_day": "2026-10-30"}, {"last_day": "2026-10-31"}),
    ],
)
def test_a_day_in_a_published_month_takes_a_word(
    signed_in: Callable[..., Client], page: str, inside: Any, outside: Any
) -> None:
    """Fails when a wrong month on a form changes the record behind a published one without anybody having meant it."""
    months_published(Month(2026, 10))
    held, hr = Assignment.objects.get(employee__employee_id="E102"), signed_in("E104", ("hr", "东店"))
    sent = {"store": held.store_id, "position": held.position_id, "status": "regular"}
    address = reverse(f"people:{page}", args=["E102"])
    assert 'name="past"' not in hr.get(address).text
    answer = hr.post(address, sent | inside)
    assert answer.status_code == 200
    assert 'name="past"' in answer.text
    assert (employee().assignments.count(), employee().left_on) == (1, None)
    assert hr.post(address, sent | outside).status_code == 302


def test_with_the_word_the_past_is_corrected(signed_in: Callable[..., Client]) -> None:
    """Fails when a change that came late can never be noted."""
    months_published(Month(2026, 10))
    hr, address = signed_in("E104", ("hr", "东店")), reverse("people:leave", args=["E102"])
    assert hr.post(address, {"last_day": "2026-10-12", "past": "on"}).status_code == 302
    assert employee().left_on == date(2026, 10, 12)
    stay = reverse("people:stay", args=["E102"])
    assert hr.post(stay, {}).status_code == 200
    assert hr.post(stay, {"past": "on"}).status_code == 302
    assert employee().left_on is None


def test_hr_is_told_whom_a_leaver_still_leads(signed_in: Callable[..., Client]) -> None:
    """Fails when a team is left without a manager and nobody says so."""
    hr = signed_in("E104", ("hr", "东店"))
    answer = hr.post(reverse("people:leave", args=["E101"]), {"last_day": in_days(1).isoformat()}, follow=True)
    assert "仍是 2 人的直接上级" in answer.text
