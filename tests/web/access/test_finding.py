"""Choosing a person: whom the search proposes, what a field takes, and that neither reaches further than one's role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fairwrench.web.access.choosing.finding import MOST
from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Duty, Employee, Unit
from tests.web.people.test_people import url

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true", "hx-trigger-name": "manager"}


def proposed(client: Client, typed: str, among: str = "here") -> set[str]:
    """The names in the proposals for what somebody typed, as the page's script asks for them."""
    answer = client.get(url("find"), {"among": among, "manager": typed}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    return {each.name for each, _, _ in answer.context["shown"]}


@pytest.mark.parametrize(
    ("who", "grants", "typed", "found"),
    [
        ("E104", [("hr", None)], "技师", {"吕技师", "金技师", "邵技师"}),
        ("E104", [("hr", "东店")], "技师", {"吕技师", "金技师"}),
        ("E104", [("hr", "东店")], "E202", set()),
        ("E104", [("hr", "东店")], "邵", set()),
        ("E104", [("hr", "东店")], "E102 吕技师", {"吕技师"}),
        ("E202", [], "主管", {"冯主管"}),
        ("E202", [], "技师", {"邵技师"}),
        ("E102", [], "主管", {"何主管"}),
    ],
)
def test_the_search_finds_whom_one_may_see_and_nobody_else(
    signed_in: Callable[..., Client], who: str, grants: list[Any], typed: str, found: set[str]
) -> None:
    """Breaks if HR of one store, or anybody, finds out people of other stores by typing."""
    assert proposed(signed_in(who, *grants), typed) == found


@pytest.mark.parametrize("among", ["seen", "uninvited"])
def test_store_hr_finds_nobody_of_other_stores_in_any_list(signed_in: Callable[..., Client], among: str) -> None:
    """Breaks if one of the lists is not narrowed to the stores kept."""
    found = proposed(signed_in("E104", ("hr", "东店")), "", among)
    assert found <= {"郭总", "何主管", "吕技师", "金技师", "孙人事"}
    assert "吕技师" in found


def test_lists_of_those_who_keep_people_are_closed_to_others(signed_in: Callable[..., Client]) -> None:
    """Breaks if any employee learns who has no account yet, or who left."""
    client = signed_in("E102")
    for among in ("seen", "uninvited"):
        assert client.get(url("find"), {"among": among}, headers=HTMX).status_code == 403
    assert client.get(url("find"), {"among": "everybody"}, headers=HTMX).status_code == 400


@pytest.mark.parametrize("grant", [("auditor", None), ("finance", None), ("data_provider", None)])
def test_who_chooses_nobody_does_not_search(db: None, client: Client, office: Any, grant: tuple[str, None]) -> None:
    """Breaks if an account off the roster that never names people can list them."""
    user = User.objects.create(username="outside")
    Grant.objects.create(user=user, role=grant[0])
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url("find"), {"q": "技师"}).status_code == 403


def test_no_more_than_twenty_are_proposed_in_few_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    """Breaks if the proposals of a group of thousands are sent whole, or ask once a person."""
    held = Assignment.objects.get(employee__employee_id="E102")
    for n in range(30):
        again = Employee.objects.create(employee_id=f"X{n:03d}", name=f"新技师{n}")
        held.pk, held.employee = None, again
        held.save(force_insert=True)
    hr = signed_in("E104", ("hr", None))
    hr.get(url("find"))
    with django_assert_max_num_queries(8):
        answer = hr.get(url("find"), {"q": "新技师"}, headers=HTMX)
    assert answer.text.count("<option") == MOST
    page = hr.get(url("find"), {"q": "新技师"}).text
    assert "还有更多" in page
    assert "<html" in page


def test_namesakes_are_told_apart_by_place(signed_in: Callable[..., Client]) -> None:
    """Breaks if of two with one name somebody has to guess, or one of them is taken without asking."""
    Employee.objects.filter(employee_id="E202").update(name="吕技师")
    hr = signed_in("E104", ("hr", None))
    told = hr.get(url("find"), {"q": "吕技师"}, headers=HTMX).text
    assert '<option value="E102 吕技师">东店 · 维修技师</option>' in told
    assert '<option value="E202 吕技师">西店 · 维修技师</option>' in told
    given = {"subject": "provide:repair_orders", "unit": Unit.objects.get(name="东店").pk, "employee": "吕技师"}
    page = hr.post(url("duty_give"), given).text
    assert "可能是：E102 吕技师（东店 · 维修技师）、E202 吕技师（西店 · 维修技师）" in page
    assert not Duty.objects.exists()
    assert hr.post(url("duty_give"), {**given, "employee": "E202 吕技师"}).status_code == 302
    assert Duty.objects.get().employee.employee_id == "E202"


def test_a_part_of_a_name_names_the_candidates_without_script(signed_in: Callable[..., Client]) -> None:
    """Breaks if without script one cannot find out the id, or a guess is taken for what was meant."""
    days = {"begin": today().isoformat(), "end": today().isoformat(), "stand_in": "技师"}
    client = signed_in("E101")
    assert "“技师”可能是：E102 吕技师（东店 · 维修技师）、E103" in client.post(url("delegate", "E101"), days).text
    client.post("/language/", {"language": "en"})
    told = client.post(url("delegate", "E101"), days).text
    assert "“技师” may be: E102 吕技师 (东店 · Technician), E103" in told
    assert not Delegation.objects.exists()


def test_a_field_takes_nobody_whom_one_may_not_see(signed_in: Callable[..., Client]) -> None:
    """Breaks if an id typed by hand reaches, or tells the name of, somebody of another store."""
    hr = signed_in("E104", ("hr", "东店"))
    given = {"subject": "provide:repair_orders", "unit": Unit.objects.get(name="东店").pk}
    for typed in ("E202", "邵技师", "E202 邵技师"):
        page = hr.post(url("duty_give"), {**given, "employee": typed}).text
        assert f"没有找到“{typed}”" in page
        assert "西店" not in page
    assert not Duty.objects.exists()


def test_a_manager_of_another_store_who_stands_there_may_stay(signed_in: Callable[..., Client]) -> None:
    """Breaks if store HR cannot change somebody's terms because their manager works elsewhere."""
    hr = signed_in("E202", ("hr", "西店"))
    page = hr.get(url("move", "E201")).text
    assert 'value="E001 郭总"' in page
    held = Assignment.objects.get(employee__employee_id="E201")
    terms = {"begin": "2026-09-01", "store": held.store_id, "position": held.position_id, "status": "regular"}
    assert hr.post(url("move", "E201"), {**terms, "manager": "E001 郭总"}).status_code == 302
    assert Assignment.objects.filter(employee__employee_id="E201").latest("begin").manager.name == "郭总"


def test_no_page_carries_all_employees(signed_in: Callable[..., Client]) -> None:
    """Breaks if a form lists everybody, which with thousands cannot be used."""
    hr = signed_in("E104", ("hr", None))
    for address in ("/settings/users/invite/", url("hire"), url("move", "E102"), url("duty_give")):
        page = hr.get(address).text
        assert "邵技师" not in page, address
        assert 'hx-get="/people/find/?among=' in page, address
        assert '_people"></datalist>' in page, address
