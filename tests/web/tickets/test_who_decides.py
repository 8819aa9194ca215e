"""No ticket is left lying: who decides where HR cannot, what is counted is found, who left waits for none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Assignment, Employee, Unit
from fairwrench.web.tickets.declared import todos_of
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.services import ticket_write
from tests.web.tickets.conftest import TODAY, done, draft
from tests.web.tickets.test_pages import browser

Member = Callable[..., User]


def counted(user: User) -> list[tuple[int, int]]:
    """Of each to-do about several tickets: the number it names, and how many its list holds."""
    found = []
    for todo in todos_of(user):
        assert isinstance(todo.words, tuple)
        if number := re.match(r"(\d+) 张", todo.words[0]):
            page = browser(user).get(todo.url).content.decode()
            found.append((int(number[1]), len(re.findall(r'<td [^>]*><a href="/tickets/\d+/"', page))))
    return found


def about_hr(by: User) -> Ticket:
    """A reward of the only HR of the east store."""
    return ticket_write(draft=draft("E104"), by=by)


def test_a_ticket_about_the_only_hr_is_the_general_managers(hr: User, member: Member) -> None:
    """Breaks if nobody may decide it, or nobody is asked."""
    manager = member("E001", ("general_manager", None))
    ticket = about_hr(manager)
    assert counted(manager) == [(1, 1)] and counted(hr) == []
    with pytest.raises(PermissionDenied):
        done(ticket, "confirm", hr)
    assert done(ticket, "confirm", manager).state == "confirmed"


def test_hr_of_the_group_comes_before_the_general_manager(hr: User, member: Member) -> None:
    """Breaks if a general manager decides past an HR who could, above all what they wrote themselves."""
    manager, group = member("E001", ("general_manager", None)), member("E201", ("hr", None))
    ticket = about_hr(manager)
    assert counted(manager) == [] and counted(group) == [(1, 1)]
    with pytest.raises(PermissionDenied):
        done(ticket, "confirm", manager)
    assert done(ticket, "confirm", group).decided_by == group


def test_what_the_only_hr_wrote_is_decided_by_another(member: Member) -> None:
    """Breaks if an HR who leads people writes tickets that stay undecided for good."""
    leading, manager = member("E101", ("hr", "东店")), member("E001", ("general_manager", None))
    ticket = ticket_write(draft=draft(), by=leading)
    with pytest.raises(PermissionDenied):
        done(ticket, "confirm", leading)
    assert done(ticket, "confirm", manager).state == "confirmed"


def test_what_is_counted_is_what_is_listed_and_only_that_has_a_button(
    hr: User, reward: Ticket, penalty: Ticket, chief: User, technician: User
) -> None:
    """Breaks if HR's “1 may be confirmed” opens a list of three, or a penalty not yet due shows the green button."""
    other = ticket_write(draft=draft("E103"), by=chief)
    assert counted(hr) == [(2, 2)]
    page = browser(hr).get(f"/tickets/{penalty.pk}/").content.decode()
    assert "核实无误，生效" not in page and "处罚等本人确认；到 " in page
    assert "核实无误，生效" in browser(hr).get(f"/tickets/{reward.pk}/").content.decode()
    with pytest.raises(Refused):
        done(penalty, "confirm", hr)
    done(other, "appeal", other_user := User.objects.create(username="e103", employee=other.employee), "不是我")
    done(reward, "acknowledge", technician)
    assert other_user.pk and counted(hr) == [(1, 1), (1, 1)]
    Ticket.objects.filter(pk=penalty.pk).update(at=timezone.now() - timedelta(days=3, seconds=1))
    assert counted(hr) == [(1, 1), (1, 1), (1, 1)]


def test_a_leavers_penalty_waits_for_no_answer(hr: User, penalty: Ticket) -> None:
    """Breaks if HR waits three days for somebody who cannot sign in any more."""
    with pytest.raises(Refused):
        done(penalty, "confirm", hr)
    Employee.objects.filter(employee_id="E102").update(left_on=TODAY - timedelta(days=1), status="left")
    assert done(Ticket.objects.get(pk=penalty.pk), "confirm", hr).state == "confirmed"


def test_of_who_moved_the_leader_of_that_day_writes_of_that_day(chief: User, member: Member) -> None:
    """Breaks if what happened before a move is nobody's to write, or the former leader goes on writing after it."""
    west, moved = Unit.objects.get(name="西店"), date(2026, 10, 10)
    post = Assignment.objects.get(employee__employee_id="E102")
    Assignment.objects.filter(pk=post.pk).update(end=moved - timedelta(days=1))
    post.pk, post.begin, post.store, post.department = None, moved, west, None
    post.manager = Employee.objects.get(employee_id="E201")
    post.save()
    assert '<option value="E102">' in browser(chief).get("/tickets/new/").content.decode()
    made = ticket_write(draft=draft(day=date(2026, 10, 5)), by=chief)
    assert (made.store, made.day) == ("东店", date(2026, 10, 5))
    with pytest.raises(Refused) as refused:
        ticket_write(draft=draft(day=moved, points=Decimal(1)), by=chief)
    assert [problem.code for problem in refused.value.problems] == ["not_led"]
    assert ticket_write(draft=draft(day=moved), by=member("E201")).store == "西店"
