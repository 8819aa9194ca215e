"""Goals carried on (沿用): by a team in one act, within a quarter by what was signed in it, else signed anew."""

from __future__ import annotations

from datetime import date

import pytest

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.goals.models import Capacity, GoalSheet, GoalSignature
from fairwrench.web.goals.selectors import in_force, sheets, waiting
from fairwrench.web.goals.sheets import beginning
from fairwrench.web.goals.sheets.beginning import lasts, moved
from fairwrench.web.goals.sheets.carrying import carry_on, carrying_of, same_quarter
from fairwrench.web.goals.sheets.places import signatures_shown
from fairwrench.web.goals.sheets.services import sheet_change
from fairwrench.web.goals.workflow import GOALS
from fairwrench.web.org.models import Assignment, Unit
from fairwrench.web.work.models import Notice
from tests.web.goals.conftest import MONTH, begun, filed, sign, told, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = GoalSheet.State
DECEMBER, JANUARY = MONTH.plus(1), MONTH.plus(2)


def carried(month: Month) -> GoalSheet:
    """The manager carries on what the page of a month lists; the technician's sheet of it."""
    manager = user("manager")
    listed = carrying_of(user=manager, month=month)
    (sheet,) = carry_on(month=month, digest=listed.digest, by=manager)
    return sheets().get(pk=sheet.pk)


def test_the_quarter_of_a_month() -> None:
    assert [Month(2026, at).month for at in range(1, 13) if not same_quarter(Month(2026, at))] == [1, 4, 7, 10]


@pytest.mark.parametrize(
    ("due", "month", "then"),
    [
        (date(2026, 11, 30), Month(2026, 12), date(2026, 12, 31)),
        (date(2026, 11, 20), Month(2026, 12), date(2026, 12, 20)),
        (date(2027, 1, 30), Month(2027, 2), date(2027, 2, 28)),
        (date(2026, 12, 31), Month(2026, 12), date(2026, 12, 31)),
        (None, Month(2026, 12), None),
    ],
)
def test_days_move_along(due: date | None, month: Month, then: date | None) -> None:
    assert moved(due, month) == then


def test_within_a_quarter_one_signature_carries_the_team_on() -> None:
    """The employee's holds for the quarter, is told, and may object; November to December."""
    first = filed()
    sheet = carried(DECEMBER)
    assert sheet.state == State.FILED and sheet.carried_from == first
    assert [goal.due for goal in sheet.goals.all()] == [date(2026, 12, 31)]
    assert sheet.signatures.get().capacity == Capacity.LINE_MANAGER
    places = signatures_shown(sheet)
    assert all(place.fits for place in places)
    assert [place.signature.sheet_id for place in places] == [first.pk, sheet.pk, first.pk, first.pk]
    assert Notice.objects.filter(to=user("technician"), zh__contains="沿用上月").exists()
    change = sheet_change(sheet=sheet, reason="十二月停产一周", by=user("technician"))
    assert change.edition == 2 and in_force(month=DECEMBER)[sheet.employee.employee_id] == sheet


def test_the_list_is_one_document_and_each_has_their_own_under_it() -> None:
    """Nobody reads a colleague's goals by what they were signed with."""
    filed()
    sheet = carried(DECEMBER)
    signature = GoalSignature.objects.get(sheet=sheet)
    assert signature.listed is not None and signature.listed.whole and signature.document.whole
    assert told().what in signature.listed.content.decode()
    assert signature.document.content != signature.listed.content


def test_a_new_quarter_asks_the_employee_again() -> None:
    """October to December within, January anew: one signature of the employee, then review and file."""
    filed()
    carried(DECEMBER)
    sheet = carried(JANUARY)
    assert sheet.state == State.EMPLOYEE and sheet.carried_from is None
    assert waiting(user=user("technician"), state=State.EMPLOYEE).filter(pk=sheet.pk).exists()
    assert sign(sheet, "sign", user("technician")).state == State.NEXT_LEVEL


def test_a_list_that_changed_is_not_signed() -> None:
    filed()
    manager = user("manager")
    digest = carrying_of(user=manager, month=DECEMBER).digest
    begun(month=DECEMBER)
    with pytest.raises(Refused) as refused:
        carry_on(month=DECEMBER, digest=digest, by=manager)
    assert [problem.code for problem in refused.value.problems] == ["moved_on"]


def test_pressed_twice_it_is_done_once() -> None:
    filed()
    manager = user("manager")
    digest = carrying_of(user=manager, month=DECEMBER).digest
    carry_on(month=DECEMBER, digest=digest, by=manager)
    with pytest.raises(Refused):
        carry_on(month=DECEMBER, digest=digest, by=manager)
    assert GoalSheet.objects.filter(month=str(DECEMBER)).count() == 1


def test_who_moved_or_is_not_filed_yet_is_left_out_and_told() -> None:
    sheet = filed()
    Assignment.objects.filter(employee=sheet.employee).update(department=None)
    (left,) = carrying_of(user=user("manager"), month=DECEMBER).left
    assert "已调岗" in left.why[0]
    Assignment.objects.filter(employee=sheet.employee).update(
        department=Unit.objects.get(kind="department", code=sheet.department, parent__name=sheet.store)
    )
    GoalSheet.objects.update(state=State.HR)
    (left,) = carrying_of(user=user("manager"), month=DECEMBER).left
    assert "还没有归档" in left.why[0]


def test_who_was_passed_over_is_asked_in_the_next_month() -> None:
    """What nobody signed cannot hold: the list says so, and the sheet waits for the employee."""
    sheet = begun()
    sign(sheet, "sign_manager", user("manager"))
    fresh = sheets().get(pk=sheet.pk)
    GOALS.act(record=fresh, name="pass_over", by=user("hr"), note="纸面签字", seen=fresh.version)
    sign(sheet, "file", user("hr"))
    assert "须签字" in carrying_of(user=user("manager"), month=DECEMBER).document.decode()
    assert carried(DECEMBER).state == State.EMPLOYEE


def test_goals_that_are_being_changed_are_left_out() -> None:
    sheet_change(sheet=filed(), reason="改目标", by=user("technician"))
    listed = carrying_of(user=user("manager"), month=DECEMBER)
    assert not listed.contents and "变更还没有定" in listed.left[0].why[0]


def test_nobody_carries_on_for_those_whom_they_do_not_lead() -> None:
    filed()
    for name in ("hr", "advisor", "technician"):
        assert not carrying_of(user=user(name), month=DECEMBER).contents


def test_a_change_is_what_is_carried_on() -> None:
    """Of two editions the one that holds; what it was signed with holds on."""
    first = filed()
    change = sheet_change(sheet=first, reason="改目标", by=user("manager"))
    change.goals.update(target="95%")
    sign(change, "sign_manager", user("manager"))
    sign(change, "sign", user("technician"))
    GoalSheet.objects.filter(pk=change.pk).update(state=State.FILED)
    sheet = carried(DECEMBER)
    assert sheet.carried_from == change and sheet.goals.get().target == "95%"


def test_a_sheet_begins_with_last_months_the_schemes_or_nothing() -> None:
    sheet = filed()
    person = sheet.employee
    copied = beginning.beginning(how="last", employee=person, month=DECEMBER)
    assert [(goal.what, goal.due) for goal in copied.goals] == [(told().what, date(2026, 12, 31))]
    assert copied.plan[0].due == date(2026, 12, 20)
    items = beginning.beginning(how="scheme", employee=person, month=DECEMBER).goals
    assert items and all(goal.subject and goal.kind in ("metric", "item") for goal in items)
    assert not beginning.beginning(how="blank", employee=person, month=DECEMBER).goals
    assert not lasts(people=["nobody"], month=DECEMBER)
