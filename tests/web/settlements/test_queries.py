"""How often pages ask the database: few times, and as often for many people as for few."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fairwrench.web.access.models import Grant
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Assignment, Employee, Unit
from fairwrench.web.settlements.models import Result, Run
from tests.web.settlements.test_pages import LAST, own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MOST = 12
#: pages to which many apps add their part, each with its one query or two
JOINED = {f"/months/{CURRENT}/": 14, f"/months/{LAST}/": 14, f"/months/{CURRENT}/ratings/facts/{{me}}/": 20}
#: who reads what; {me} is the technician's id, {store} the store's name
PAGES = [
    *((role, "/home/") for role in ("technician", "manager", "provider", "finance", "hr", "gm", "auditor", "admin")),
    ("technician", "/mine/"),
    ("technician", f"/mine/{LAST}/"),
    ("technician", "/mine/today/"),
    ("technician", "/evidence/missing-orders/new/"),
    ("manager", "/evidence/missing-orders/"),
    ("hr", "/results/{me}/"),
    ("hr", f"/results/{{me}}/{LAST}/"),
    ("manager", "/team/"),
    ("manager", f"/months/{CURRENT}/ratings/"),
    ("manager", f"/months/{CURRENT}/ratings/facts/{{me}}/"),
    ("manager", "/today/"),
    ("gm", "/today/"),
    ("hr", "/stores/"),
    ("gm", "/stores/{store}/"),
    ("hr", "/months/"),
    ("hr", f"/months/{CURRENT}/"),
    ("gm", f"/months/{LAST}/"),
    ("hr", f"/months/{LAST}/pay/"),
    ("technician", f"/why/{LAST}/{{me}}/"),
    ("hr", "/people/"),
    ("hr", "/evidence/"),
    ("provider", "/evidence/"),
    ("manager", "/evidence/"),
]


def filled(path: str) -> str:
    """The address for this group."""
    return path.format(me=own("technician"), store=Result.objects.values_list("store", flat=True)[0])


def asked(client: Client, path: str, django_assert_max_num_queries: Any, most: int = MOST) -> int:
    """How many queries a page takes that was opened before; what is kept after the first time is left out."""
    assert client.get(path).status_code == 200
    with django_assert_max_num_queries(most) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(("username", "path"), PAGES, ids=[f"{path}-{username}" for username, path in PAGES])
def test_a_page_asks_the_database_few_times(
    signed_in: Any, django_assert_max_num_queries: Any, username: str, path: str
) -> None:
    """Fails when a page asks for each row, or for the same thing again and again."""
    asked(signed_in(username), filled(path), django_assert_max_num_queries, JOINED.get(path, MOST))


@pytest.mark.parametrize(
    "path",
    [
        *("/evidence/", "/stores/", "/people/", "/people/organisation/", "/people/positions/", "/months/"),
        *(f"/months/{CURRENT}/", f"/months/{LAST}/", f"/months/{LAST}/pay/", f"/months/{LAST}/corrections/"),
    ],
)
def test_hr_of_one_store_asks_no_more(signed_in: Any, django_assert_max_num_queries: Any, path: str) -> None:
    """Fails when looking up whose stores a role reaches takes queries of its own again and again."""
    store = Unit.objects.filter(kind=Unit.Kind.STORE).first()
    assert Grant.objects.filter(user__username="hr").update(unit=store)
    asked(signed_in("hr"), path, django_assert_max_num_queries, JOINED.get(path, MOST))


def more_people() -> int:
    """Everybody of the group twice: on the roster, under the same managers, and in every run; how many were added."""
    doubled = 0
    for row in list(Assignment.objects.select_related("employee")):
        again = Employee.objects.get_or_create(
            employee_id=f"{row.employee.employee_id}-2", defaults={"name": row.employee.name}
        )[0]
        Assignment.objects.create(
            employee=again,
            store=row.store,
            department=row.department,
            position=row.position,
            manager=row.manager,
            begin=row.begin,
            end=row.end,
        )
        doubled += 1
    for run in Run.objects.filter(whole=True):
        for result in run.results.all():
            result.pk, result.employee_id = None, f"{result.employee_id}-2"
            result.save(force_insert=True)
    return doubled


def test_twice_the_people_are_no_more_queries(group: Path, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    """Fails when a page that is quick for a small store gets slow with the group."""
    pages = [(signed_in(username), filled(path)) for username, path in PAGES]
    most = [JOINED.get(path, MOST) for _, path in PAGES]
    before = [asked(*page, django_assert_max_num_queries, bound) for page, bound in zip(pages, most, strict=True)]
    assert more_people() > 20
    after = [asked(*page, django_assert_max_num_queries, bound) for page, bound in zip(pages, most, strict=True)]
    assert {path: count for (_, path), count in zip(pages, after, strict=True)} == {
        path: count for (_, path), count in zip(pages, before, strict=True)
    }
