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

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import allowed, may, opened, opens, permissions
from fairwrench.web.access.roles import ROLES, Page, pages, roles_allowed, roles_opened, table
from fairwrench.web.access.targets import (
    GROUP,
    ONESELF,
    Group,
    Handing,
    OfAccount,
    OfPerson,
    OfPost,
    OfStore,
    OfUnit,
    Target,
)
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.people.roster_services import roster_apply
from tests.web.small_office import PEOPLE, frame_of

ROOT = Path(__file__).parents[2]
LED = {"line_manager", "next_level"}
STAFF = {"colleague", "oneself"} | LED
GRANTED = {
    *("hr", "data_provider", "workshop_supervisor", "general_manager", "auditor", "administrator"),
    *("service_manager", "finance", "dispatcher", "customer_service", "gm_assistant"),
}
SIGNED_IN = STAFF | GRANTED
OVERSEERS = {"hr", "general_manager", "gm_assistant", "auditor"}
#: whose business pay is, besides the person's own
PAYERS = {"hr", "general_manager", "auditor", "finance"}
FOREMEN = {"workshop_supervisor", "dispatcher"}
#: who hands in what the positions of their department provide
HANDERS = {"customer_service", "finance"}

#: who may do what, written from the product's list of roles and not from the policy; about somebody who stands to them
#: as the role says, where it is about a person
EXPECTED: dict[str, set[str]] = {
    "results.view_mine": STAFF,
    "results.view_person": {"oneself", "service_manager"} | LED | OVERSEERS,
    "results.view_team": LED | {"service_manager"},
    "results.view_stores": OVERSEERS | {"service_manager"},
    "daily.view": LED | OVERSEERS | FOREMEN | {"service_manager"},
    "people.view": LED | OVERSEERS | {"administrator", "service_manager", "finance"},
    "people.view_person": {"oneself", "administrator", "service_manager", "finance"} | LED | OVERSEERS,
    "people.view_pay": {"oneself"} | PAYERS,
    "people.view_performance_pay": {"oneself"} | LED | PAYERS,
    "people.view_self": SIGNED_IN,
    "people.change": {"hr", "administrator"},
    "people.find": STAFF | {"hr", "administrator", "general_manager"},
    "people.delegate": {"oneself", "hr", "administrator"},
    "people.manage_users": {"hr", "administrator"},
    "people.grant": {"administrator"},
    "people.view_as": {"administrator"},
    "people.audit": {"administrator", "auditor"},
    "people.audit_values": {"auditor"},
    "organisation.change": {"hr", "administrator"},
    "positions.describe": {"hr", "administrator"},
    "evidence.view": GRANTED,
    "evidence.read": {"data_provider"} | OVERSEERS | HANDERS,
    "evidence.land": {"hr", "data_provider"} | HANDERS,
    "evidence.map_everywhere": {"hr"},
    "evidence.exemption": {"hr", "data_provider"} | LED,
    "evidence.approve_exemption": {"hr"},
    "evidence.ask_missing_order": STAFF,
    "evidence.answer_missing_order": {"hr", "data_provider", "service_manager"} | FOREMEN,
    "evidence.missing_order": STAFF | {"hr", "data_provider", "service_manager"} | FOREMEN,
    "evidence.define_source": {"hr", "administrator"},
    "evidence.adopt": {"administrator"},
    "evidence.keep": {"hr"},
    "evidence.keep_everywhere": {"hr"},
    "evidence.chase": {"hr"},
    "evidence.choose": {"hr"},
    "settlements.view": OVERSEERS,
    "settlements.view_pay": PAYERS,
    "settlements.open": {"hr"},
    "settlements.settle": {"hr"},
    "settlements.approve_hr": {"hr"},
    "settlements.approve_gm": {"general_manager"},
    "settlements.send_back": {"hr", "general_manager"},
    "settlements.publish": {"hr"},
    "settlements.try_scheme": {"hr", "general_manager"},
    "settlements.correct": {"hr"},
    "settlements.decide_correction": {"hr", "general_manager"},
    "settlements.verify": STAFF | OVERSEERS | {"service_manager"},
    "ratings.rate": LED | {"hr"},
    "ratings.asked": LED,
    "ratings.chase": {"hr"},
    "ratings.review": {"hr", "general_manager", "next_level"},
    "ratings.decide": {"hr"},
    "targets.view": OVERSEERS | {"service_manager"},
    "targets.enter": {"hr"},
    "tasks.view": STAFF | {"hr", "general_manager"},
    "tasks.give": STAFF - {"colleague"} | {"hr", "general_manager"},
    "comments.write": SIGNED_IN,
    "voice.open": STAFF | {"hr", "general_manager"},
    "voice.write": STAFF,
    "voice.read": {"hr", "general_manager"},
    "coaching.view": STAFF | {"hr", "general_manager"},
    "coaching.note": LED,
    "coaching.hand_in": STAFF,
    "surveys.view": STAFF | {"hr", "general_manager"},
    "surveys.manage": {"hr"},
    "surveys.ask": LED,
    "surveys.answer": STAFF,
    "tickets.view": STAFF | OVERSEERS | {"service_manager"},
    "tickets.write": LED | {"service_manager"},
    "tickets.answer": STAFF,
    "tickets.decide": {"hr", "general_manager"},
    "appraisals.view": STAFF | {"hr", "general_manager", "auditor", "service_manager"},
    "appraisals.sign": STAFF,
    "appraisals.file": {"hr", "general_manager"},
    "appraisals.calibrate": {"hr", "general_manager"},
    "analysis.view": LED | OVERSEERS,
    "analysis.read": STAFF | OVERSEERS,
    "analysis.write": {"hr"},
    "analysis.approve": {"general_manager"},
    "goals.view": STAFF | {"hr", "general_manager", "auditor", "service_manager"},
    "goals.start": {"oneself", "line_manager", "hr", "general_manager"},
    "goals.sign": STAFF,
    "goals.file": {"hr", "general_manager"},
    "goals.plan": {"hr", "general_manager"},
    "teams.view": LED | OVERSEERS | FOREMEN,
    "teams.own": STAFF,
    "teams.confirm": LED | {"hr"},
    "schemes.view": SIGNED_IN,
    "schemes.view_drafts": OVERSEERS | {"administrator"},
    "schemes.change": {"hr"},
    "schemes.approve": {"general_manager"},
    "schemes.acknowledge": STAFF,
    "schemes.view_acknowledgements": OVERSEERS,
    "schemes.note_acknowledgement": {"hr"},
    "home.view": SIGNED_IN,
    "inbox.view": SIGNED_IN,
    "notices.choose": SIGNED_IN,
    "notices.log": SIGNED_IN,
    "notices.keep_bot": {"hr", "administrator"},
    "notices.keep_group_bot": {"hr", "administrator"},
    "jobs.view": SIGNED_IN,
    "operation.view": {"administrator"},
}
#: what is done to the whole group: a role held for some stores is not enough
OF_GROUP = {
    "settlements.try_scheme",
    "people.grant",
    "people.view_as",
    "people.audit",
    "people.audit_values",
    "positions.describe",
    "evidence.map_everywhere",
    "evidence.define_source",
    "evidence.adopt",
    "evidence.keep_everywhere",
    *(f"settlements.{act}" for act in ("open", "settle", "approve_hr", "approve_gm", "send_back", "publish")),
    "schemes.change",
    "schemes.approve",
    "operation.view",
    "notices.keep_group_bot",
}
#: views whose permission is asked about something that their address does not name
OTHERWISE = {
    "people:undelegate": STAFF | {"hr", "administrator"},
    "home:start": SIGNED_IN,
    "jobs:progress": SIGNED_IN,
}
#: pages of every account for itself: those of the library that signs people in, and what guards itself
UNGUARDED = re.compile(r"^(account_|mfa_|socialaccount_|usersessions_|home:start$|jobs:)")
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
    "position": "technician",
    "secret": "none",
    "source": "repair_orders",
    "digest": "0" * 64,
    "key": "dealership",
    "provider_id": "none",
    "job_id": UUID(int=0),
    "notice_id": 1,
    "bot_id": 1,
    "delivery_id": 1,
}
WHO = {"colleague": "E103", "oneself": "E102", "line_manager": "E101", "next_level": "E001"}


#: a thing of each kind that has an address
THINGS: tuple[Target, ...] = (
    OfPerson("E102"),
    OfPost("E102", "东店"),
    OfStore("东店"),
    OfUnit(1),
    OfAccount(1),
    Handing("repair_orders", ("东店",)),
)
SOMEBODY_SIGNED_IN = User(username="somebody")


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
    if page.name in OTHERWISE or not page.permission:
        return OTHERWISE.get(page.name, SIGNED_IN)
    return set(roles_opened(page.permission)) if page.narrowed else EXPECTED[page.permission]


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
    assert set(EXPECTED) == set(permissions())
    assert {name: set(roles_allowed(name)) for name in permissions()} == EXPECTED
    assert {name for name, permission in permissions().items() if permission.about is Group} == OF_GROUP


@pytest.mark.parametrize("name", EXPECTED)
def test_a_permission_cannot_be_asked_without_saying_for_what(name: str) -> None:
    """Breaks if a permission answers where nothing, or a thing of another kind, is asked about."""
    declared = permissions()[name].about
    strange = [about for about in (GROUP, ONESELF, *THINGS) if type(about) is not declared]
    assert len(strange) == len(THINGS) + 2 - (declared is not None)
    for about in (None, *strange):
        with pytest.raises(TypeError, match=name):
            may(SOMEBODY_SIGNED_IN, name, about=about)  # type: ignore[arg-type]  # None is what must not pass


def test_a_view_says_what_it_is_about() -> None:
    """Breaks if a view of the whole group could be opened by a role in one store, or guarded about nothing."""
    with pytest.raises(TypeError, match=r"schemes\.change"):
        opened("schemes.change")
    with pytest.raises(TypeError, match=r"people\.view_person"):
        allowed("people.view_person", about=GROUP)
    with pytest.raises(TypeError, match=r"schemes\.view"):
        allowed("schemes.view", about="key")


@pytest.mark.parametrize("role", sorted(GRANTED))
def test_a_role_in_one_store_has_nothing_of_the_whole_group(office: None, role: str) -> None:
    """Breaks if somebody of one store could do what is done to all of them, or the group's role could not."""
    one, group = User.objects.create(username="one"), User.objects.get(username=role)
    Grant.objects.create(user=one, role=role, unit=Unit.objects.get(name="东店"))
    theirs = {name for name in OF_GROUP if role in EXPECTED[name]}
    assert {name for name in OF_GROUP if may(group, name, about=GROUP)} == theirs
    assert {name for name in OF_GROUP if may(one, name, about=GROUP) or opens(one, name)} == set()


@pytest.mark.parametrize("role", sorted(GRANTED - {"data_provider", "administrator"}))
def test_a_role_in_one_store_reaches_that_store(office: None, role: str) -> None:
    """Breaks if a role in one store opens, or changes, anything of another."""
    one = User.objects.create(username="one")
    Grant.objects.create(user=one, role=role, unit=Unit.objects.get(name="东店"))
    # finance hands in nothing of customers
    handed_in = "collections" if role == "finance" else "surveys"
    kinds: dict[Any, tuple[Target, Target]] = {
        OfPerson: (OfPerson("E102"), OfPerson("E202")),
        OfPost: (OfPost("E102", "东店"), OfPost("E102", "西店")),
        OfStore: (OfStore("东店"), OfStore("西店")),
        OfUnit: tuple(OfUnit(Unit.objects.get(name=name).pk) for name in ("东店", "西店")),
        Handing: (Handing(handed_in, ("东店",)), Handing.of(handed_in, {"东店", "西店"})),
    }
    for name, permission in permissions().items():
        if permission.about in kinds:
            here, there = kinds[permission.about]
            assert may(one, name, about=here) is (role in EXPECTED[name]), name
            assert not may(one, name, about=there), name
    for everywhere in (Handing("surveys"), Handing("surveys", ("*",))):
        assert not may(one, "evidence.read", about=everywhere)


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
