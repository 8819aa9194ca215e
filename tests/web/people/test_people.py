"""The list of people and a person's page: who sees whom, and what of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee, Unit

pytestmark = pytest.mark.django_db
LIST = "/people/"


def url(name: str, *args: Any) -> str:
    return reverse(f"people:{name}", args=args)


def names(page: Any) -> set[str]:
    """Who stands in the list of a page."""
    return {row.record.employee.name for row in page.context["table"].paginated_rows}


def body(client: Client, employee_id: str) -> str:
    return client.get(url("person", employee_id)).content.decode()


EAST = {"郭总", "何主管", "吕技师", "金技师", "孙人事"}
WEST = {"冯主管", "邵技师"}


@pytest.mark.parametrize(
    ("who", "grants", "seen"),
    [
        ("E104", [("hr", None)], EAST | WEST),
        ("E104", [("hr", "东店")], EAST),
        ("E104", [("auditor", "西店")], WEST | {"孙人事"}),
        ("E201", [("general_manager", "西店")], WEST),
        ("E101", [], {"何主管", "吕技师", "金技师"}),
        ("E104", [("service_manager", "东店")], {"何主管", "吕技师", "金技师", "孙人事"}),
        ("E202", [("service_manager", None)], {"何主管", "吕技师", "金技师"} | WEST),
        ("E202", [("finance", "东店")], EAST | {"邵技师"}),
        ("E001", [], EAST | WEST),
    ],
)
def test_everybody_sees_whom_their_role_concerns(
    signed_in: Callable[..., Client], who: str, grants: list[Any], seen: set[str]
) -> None:
    """Breaks if a store sees the people of another, or a manager other teams. E001 leads all, some at two steps."""
    rows = signed_in(who, *grants).get(LIST).context["table"].data.data
    assert {row.employee.name for row in rows} == seen


@pytest.mark.parametrize(
    "grants",
    [
        [],
        [("data_provider", None)],
        [("workshop_supervisor", "东店")],
        [("dispatcher", None)],
        [("customer_service", None)],
    ],
)
def test_who_leads_nobody_has_no_list(signed_in: Callable[..., Client], grants: list[Any]) -> None:
    """Breaks if any employee can read the list of all others."""
    assert signed_in("E102", *grants).get(LIST).status_code == 403


def test_the_list_is_searched_filtered_and_exported(signed_in: Callable[..., Client]) -> None:
    """Breaks if in a group of thousands nobody is found, or the export holds more than the filter shows."""
    hr = signed_in("E104", ("hr", None))
    assert names(hr.get(LIST, {"q": "技师"})) == {"吕技师", "金技师", "邵技师", "何主管", "冯主管"} - {
        "何主管",
        "冯主管",
    }
    assert names(hr.get(LIST, {"q": "E202"})) == {"邵技师"}
    answer = hr.get(LIST, {"store": "西店", "export": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["冯主管 E201", "邵技师 E202"]
    assert names(hr.get(LIST, {"status": "probation"})) == {"金技师"}


def test_the_list_takes_few_queries_however_many_people(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    """Breaks if a query is made for each row."""
    hr = signed_in("E104", ("hr", None))
    hr.get(LIST)
    with django_assert_max_num_queries(12):
        hr.get(LIST)


def test_line_and_next_level_manager_are_worked_out(signed_in: Callable[..., Client]) -> None:
    """Breaks if the two who must sign a form are the wrong ones."""
    page = signed_in("E102").get(url("person", "E102")).context["page"]
    assert (page.manager.name, page.next_manager.name) == ("何主管", "郭总")
    assert [each.name for each in signed_in("E101").get(url("person", "E101")).context["page"].reports] == [
        "吕技师",
        "金技师",
    ]


@pytest.mark.parametrize(
    ("who", "grants", "about", "status"),
    [
        ("E102", [], "E102", 200),
        ("E102", [], "E103", 403),
        ("E102", [], "E101", 403),
        ("E101", [], "E102", 200),
        ("E101", [], "E202", 403),
        ("E001", [], "E202", 200),
        ("E104", [("hr", "东店")], "E102", 200),
        ("E104", [("hr", "东店")], "E202", 403),
        ("E104", [("administrator", None)], "E202", 200),
        ("E104", [("data_provider", None)], "E102", 403),
        ("E104", [("hr", None)], "nobody", 404),
        ("E102", [], "nobody", 403),
    ],
)
def test_a_persons_page_is_for_whom_it_concerns(
    signed_in: Callable[..., Client], who: str, grants: list[Any], about: str, status: int
) -> None:
    """Breaks if people read the page of somebody they neither lead nor oversee."""
    assert signed_in(who, *grants).get(url("person", about)).status_code == status


@pytest.mark.parametrize(
    ("who", "grants", "shown"),
    [
        ("E102", [], True),
        ("E101", [], False),
        ("E104", [("hr", "东店")], True),
        ("E104", [("administrator", None)], False),
        ("E104", [("auditor", None)], True),
    ],
)
def test_pay_is_for_oneself_and_those_who_oversee(
    signed_in: Callable[..., Client], who: str, grants: list[Any], shown: bool
) -> None:
    """Breaks if a line manager or administrator reads salaries."""
    assert ("¥6,000.00" in body(signed_in(who, *grants), "E102")) is shown


def test_store_hr_sees_of_a_person_who_moved_only_their_own_store(signed_in: Callable[..., Client]) -> None:
    """Breaks if the former store goes on reading what somebody earns elsewhere."""
    hr, group = signed_in("E104", ("hr", "东店")), signed_in("E101", ("hr", None))
    move = {"begin": today().isoformat(), "store": Unit.objects.get(name="西店").pk, "position": 1, "status": "regular"}
    move |= {"position": Assignment.objects.get(employee__employee_id="E102").position_id, "full_salary": "7777.00"}
    assert group.post(url("move", "E102"), move).status_code == 302
    page = body(hr, "E102")
    assert "7,777.00" not in page
    assert "6,000.00" in page
    assert "7,777.00" in body(group, "E102")
    assert hr.get(url("move", "E102")).status_code == 403
    assert "吕技师" not in {row.employee.name for row in hr.get(LIST).context["table"].data.data}


def test_a_move_ends_what_was_before_and_keeps_it(signed_in: Callable[..., Client]) -> None:
    """Breaks if a promotion overwrites the position of months already settled."""
    hr = signed_in("E104", ("hr", "东店"))
    east = Unit.objects.get(name="东店")
    terms = {
        "begin": "2026-09-01",
        "store": east.pk,
        "department": Unit.objects.get(parent=east, code="service").pk,
        "position": Assignment.objects.get(employee__employee_id="E101").position_id,
        "manager": "E001",
        "status": "regular",
        "full_salary": "8000.50",
    }
    assert hr.post(url("move", "E102"), terms).status_code == 302
    first, second = Assignment.objects.filter(employee__employee_id="E102").order_by("begin")
    assert (first.begin, first.end, first.full_salary) == (date(2026, 1, 1), date(2026, 8, 31), 600_000)
    assert (second.begin, second.end, second.full_salary) == (date(2026, 9, 1), None, 800_050)
    assert (second.hired_on, second.manager.name) == (date(2024, 3, 1), "郭总")
    assert Employee.objects.get(employee_id="E102").full_salary == 800_050
    assert hr.post(url("move", "E102"), terms | {"full_salary": "8100"}).status_code == 302
    again = hr.post(url("move", "E102"), terms | {"begin": "2026-08-01"})
    assert "已有任职记录" in again.content.decode()
    held = Assignment.objects.filter(employee__employee_id="E102").order_by("begin")
    assert [row.full_salary for row in held] == [600_000, 810_000], "what began that very day is corrected"


def test_store_hr_moves_nobody_into_another_store(signed_in: Callable[..., Client]) -> None:
    """Breaks if one store changes the roster of another."""
    hr = signed_in("E104", ("hr", "东店"))
    west = Unit.objects.get(name="西店")
    terms = {"begin": "2026-09-01", "store": west.pk, "position": 1, "status": "regular"}
    assert hr.post(url("move", "E102"), terms).status_code == 200
    assert Assignment.objects.filter(employee__employee_id="E102").count() == 1


def test_an_administrator_moves_people_without_seeing_or_losing_their_pay(signed_in: Callable[..., Client]) -> None:
    """Breaks if the salary shows to who keeps the system, or is wiped when they note a move."""
    admin = signed_in("E104", ("administrator", None))
    held = Assignment.objects.get(employee__employee_id="E102")
    assert "6000" not in admin.get(url("move", "E102")).content.decode()
    terms = {"begin": "2026-09-01", "store": held.store_id, "position": held.position_id, "status": "regular"}
    assert admin.post(url("move", "E102"), terms).status_code == 302
    assert Assignment.objects.filter(employee__employee_id="E102").latest("begin").full_salary == 600_000


def test_somebody_is_hired_named_and_leaves(signed_in: Callable[..., Client]) -> None:
    """Breaks if a small change needs a whole roster file."""
    hr = signed_in("E104", ("hr", "东店"))
    east, held = Unit.objects.get(name="东店"), Assignment.objects.get(employee__employee_id="E102")
    terms = {"begin": "2026-09-01", "store": east.pk, "position": held.position_id, "manager": "何主管"}
    terms |= {"status": "probation", "employee_id": "E105", "name": "秦技师"}
    assert hr.post(url("hire"), terms).status_code == 302
    assert "工号 E105 已有人使用" in hr.post(url("hire"), terms).content.decode()
    hr.post(url("name", "E105"), {"name": "秦大技师", "aliases": "老秦、qin"})
    assert hr.post(url("leave", "E105"), {"last_day": "2026-08-31"}).status_code == 200
    assert hr.post(url("leave", "E105"), {"last_day": "2026-10-31"}).status_code == 302
    found = Employee.objects.get(employee_id="E105")
    assert (found.name, found.aliases, found.left_on) == ("秦大技师", "老秦、qin", date(2026, 10, 31))
    held = found.assignments.get()
    assert (held.manager.name, held.status, held.end) == ("何主管", "probation", date(2026, 10, 31))
    assert "离职" in body(hr, "E105")
    assert "秦大技师" not in names(hr.get(LIST))
    assert names(hr.get(LIST, {"status": "left"})) == {"秦大技师"}


@pytest.mark.parametrize("name", ["move", "name", "leave", "stay", "take_back"])
@pytest.mark.parametrize(("who", "grants"), [("E101", []), ("E104", [("hr", "西店")]), ("E104", [("auditor", None)])])
def test_records_are_changed_by_those_who_keep_them_only(
    signed_in: Callable[..., Client], name: str, who: str, grants: list[Any]
) -> None:
    """Breaks if managers, auditors or another store's HR change what stands about somebody."""
    client = signed_in(who, *grants)
    assert client.get(url(name, "E102")).status_code == 403
    assert client.post(url(name, "E102"), {"last_day": "2026-10-31", "name": "x"}).status_code == 403
    assert Employee.objects.get(employee_id="E102").name == "吕技师"
