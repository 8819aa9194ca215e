"""What people asks of the applications above: which months are published, and what stands on a person."""

from __future__ import annotations

import pytest

from fairwrench.web.cycles.selectors import published
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Employee
from fairwrench.web.org.records_kept import records_kept_of
from fairwrench.web.settlements.models import Rating
from fairwrench.web.ui.words import of
from tests.web.settlements.test_pages import own

pytestmark = pytest.mark.django_db


def told(employee: Employee) -> str:
    return " ".join(of(words) for words in records_kept_of(employee))


def test_the_published_months_are_those_of_the_cycles(signed_in: object) -> None:
    """Fails when a change may hold from a day that people were paid for."""
    months = published()
    assert months == sorted(months)
    assert months[-1] == CURRENT.plus(-1)


def test_who_was_settled_has_a_history(signed_in: object) -> None:
    """Fails when a person could be taken back of whom results and rows of evidence stand."""
    technician = Employee.objects.get(employee_id=own("technician"))
    found = told(technician)
    assert str(CURRENT.plus(-1)) in found
    assert str(CURRENT) not in found, "the month so far is worked out anew"
    assert "维修工单" in found


def test_who_was_just_entered_has_none(signed_in: object) -> None:
    """Fails when a wrong hire can never be taken back; or when a rating is left about nobody."""
    fresh = Employee.objects.create(employee_id="NEW1", name="录错")
    assert told(fresh) == ""
    boss = Employee.objects.get(employee_id=own("manager"))
    Rating.objects.create(
        employee=fresh, item="conduct", rater=boss, month=str(CURRENT), role="line_manager", points=80_00
    )
    assert "评分" in told(fresh)
