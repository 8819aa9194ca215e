"""Every address of the application × every role: opened or refused as the table written down here says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve
from django.utils import translation

from fairwrench.web.people.models import Employee, Grant, User
from fairwrench.web.people.policy import PERMISSIONS
from fairwrench.web.people.roles import ROLES, Page, pages, roles_allowed, table
from fairwrench.web.people.services import roster_apply
from tests.web.people.conftest import PEOPLE, frame_of

ROOT = Path(__file__).parents[2]
LED = {"line_manager", "next_level"}
STAFF = {"colleague", "oneself"} | LED
GRANTED = {"hr", "data_provider", "workshop_supervisor", "general_manager", "auditor", "administrator"}
SIGNED_IN = STAFF | GRANTED
OVERSEERS = {"hr", "general_manager", "auditor"}

#: who may do what, written from the product's list of roles and not from the policy
EXPECTED: dict[str, set[str]] = {
    "results.view_mine": STAFF,
    "results.view_person": {"oneself"} | LED | OVERSEERS,
    "results.view_team": LED,
    "results.view_stores": OVERSEERS,
    "daily.view": LED | OVERSEERS | {"workshop_supervisor"},
    "people.view": LED | OVERSEERS | {"administrator"},
    "people.view_person": {"oneself", "administrator"} | LED | OVERSEERS,
    "people.view_self": SIGNED_IN,
    "people.change": {"hr", "administrator"},
    "people.find": STAFF | {"hr", "administrator"},
    "people.delegate": STAFF | {"hr", "administrator"},
    "people.manage_users": {"hr", "administrator"},
    "people.grant": {"administrator"},
    "people.view_as": {"administrator"},
    "people.audit": {"administrator", "auditor"},
    "evidence.view": GRANTED,
    "evidence.land": {"hr", "data_provider"},
    "evidence.excuse": {"hr", "data_provider"} | LED,
    "evidence.approve_excuse": {"hr"},
    "evidence.define_source": {"hr", "administrator"},
    "settlements.view": OVERSEERS,
    "settlements.settle": {"hr"},
    "settlements.approve_hr": {"hr"},
    "settlements.approve_gm": {"general_manager"},
    "settlements.publish": {"hr"},
    "settlements.correct": {"hr"},
    "settlements.verify": STAFF | OVERSEERS,
    "ratings.rate": LED | {"hr"},
    "ratings.asked": LED,
    "schemes.view": SIGNED_IN,
    "schemes.change": {"hr"},
    "schemes.approve": {"general_manager"},
    "operation.view": {"administrator"},
}
#: views that refuse more than their permission does, because of the very thing asked for
NARROWER = {
    "people:delegate": {"oneself", "hr", "administrator"},
    "settlements:home": SIGNED_IN,
    "jobs:progress": SIGNED_IN,
}
#: pages of every account for itself: those of the library that signs people in, and what guards itself
UNGUARDED = re.compile(r"^(account_|mfa_|socialaccount_|usersessions_|settlements:home$|jobs:)")
#: pages that anybody may open
OPEN = re.compile(
    r"^(account_(login|logout|inactive|reset_password|signup)|mfa_authenticate|socialaccount_(login_cancelled|signup)"
    r"|(dingtalk|feishu|weixin|openid_connect)_(login|callback)|set_language|health|metrics|settings:invitation)$"
)
#: what stands for each part of an address; the person asked about is the technician E102
SAMPLES = {
    "employee_id": "E102",
    "month": "2026-10",
    "name": "东店",
    "item": "rework_rate",
    "act": "settle",
    "code": "technician",
    "secret": "none",
    "source": "repair_orders",
    "digest": "0" * 64,
    "key": "dealership",
    "provider_id": "none",
    "job_id": UUID(int=0),
}
WHO = {"colleague": "E103", "oneself": "E102", "line_manager": "E101", "next_level": "E001"}


@pytest.fixture
def office(db: None) -> None:
    """The sample office, and in it somebody of each role; roles that are granted are held by people off the roster."""
    roster_apply(roster=frame_of(PEOPLE), by=None)
    for role in ROLES:
        employee = Employee.objects.get(employee_id=WHO[role]) if role in WHO else None
        user = User.objects.create(username=role, employee=employee)
        if role not in WHO:
            Grant.objects.create(user=user, role=role)


def address(page: Page) -> str:
    """The page's address, filled in with the samples."""

    def sample(part: re.Match[str]) -> str:
        found = "some-thing" if part["kind"] == "slug:" else SAMPLES.get(part["name"])
        if found is None and part["name"] == "user_id":
            found = User.objects.get(username="oneself").pk
        return str(1 if found is None else found)

    return re.sub(r"<(?P<kind>\w+:)?(?P<name>\w+)>", sample, page.address)


def closed_pages() -> Iterator[Page]:
    return (page for page in pages() if not page.open_to_all)


def expected(page: Page) -> set[str]:
    return NARROWER.get(page.name) or (EXPECTED[page.permission] if page.permission else SIGNED_IN)


def status(client: Client, page: Page) -> int:
    """How the page answers, whichever way it wants to be asked; what that changed is taken back."""
    with transaction.atomic():
        answer = client.get(address(page))
        if answer.status_code == 405:
            answer = client.post(address(page))
        transaction.set_rollback(True)
    return answer.status_code


def test_the_policy_says_what_is_written_down_here() -> None:
    """Breaks if a permission is widened or narrowed, or a new one is given to nobody's knowledge."""
    assert set(EXPECTED) == set(PERMISSIONS)
    assert {name: set(roles_allowed(name)) for name in PERMISSIONS} == EXPECTED


def test_every_page_names_its_permission() -> None:
    """Breaks if a view was written without the decorator that guards it."""
    bare = [page.name for page in closed_pages() if not page.permission and not UNGUARDED.match(page.name)]
    assert bare == []
    assert [page.name for page in pages() if page.open_to_all and not OPEN.match(page.name)] == []


def test_the_samples_lead_to_every_page(office: None) -> None:
    """Breaks if a sample address leads elsewhere, so that the tests below would ask for another page."""
    assert [
        (page.name, resolve(address(page)).view_name)
        for page in pages()
        if resolve(address(page)).view_name != page.name
    ] == []


def test_without_signing_in_every_page_leads_to_the_login_page(client: Client, office: None) -> None:
    """Breaks if a page can be read by anybody who knows its address."""
    for page in closed_pages():
        for answer in (client.get(address(page)), client.post(address(page))):
            assert answer.status_code == 302, page
            assert answer.url.startswith("/accounts/login/"), page


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_or_refuses_as_the_role_may(client: Client, office: None, role: str) -> None:
    """Breaks if a role reaches a page it should not, or is kept from one it needs."""
    client.raise_request_exception = False
    client.force_login(User.objects.get(username=role), backend="django.contrib.auth.backends.ModelBackend")
    wrong: list[Any] = []
    for page in closed_pages():
        if UNGUARDED.match(page.name):
            continue
        found = status(client, page)
        allowed = role in expected(page)
        if found >= 500 or (found != 403) is not allowed:
            wrong.append((page.name, found, "allowed" if allowed else "refused"))
    assert wrong == []


def test_the_table_in_the_documentation_is_current() -> None:
    """Breaks if docs/roles.md was not made anew: `python -m django role_table > docs/roles.md`."""
    with translation.override("en"):
        assert (ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == table()
