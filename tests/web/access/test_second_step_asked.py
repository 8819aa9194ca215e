"""Whoever holds a role that takes a second step sets one up before anything else, in sessions of before too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.project.environment import ROLES, SECOND_STEP, Environment
from tests.web.access.test_sign_in import code, sign_in
from tests.web.small_office import PASSWORD

SET_UP = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def asked(settings: Any, db: None) -> None:
    """As where nobody set anything."""
    settings.SECOND_STEP_ROLES = Environment({}).second_step_roles
    cache.clear()


def with_step(user: User) -> User:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def test_the_settings_say_which_roles() -> None:
    """Breaks if the default changes unnoticed, a slip in the setting asks nobody, or the demo cannot be entered."""
    assert Environment({}).second_step_roles == {*("administrator", "hr", "general_manager", "gm_assistant", "finance")}
    assert Environment({"FAIRWRENCH_SECOND_STEP": "hr, auditor"}).second_step_roles == {"hr", "auditor"}
    assert Environment({"FAIRWRENCH_SECOND_STEP": "none"}).second_step_roles == frozenset()
    assert Environment({"FAIRWRENCH_DEMO": "1"}).second_step_roles == frozenset()
    with pytest.raises(ValueError, match="hrr"):
        _ = Environment({"FAIRWRENCH_SECOND_STEP": "hrr"}).second_step_roles
    assert set(Grant.Role.values) == ROLES >= set(SECOND_STEP)


@pytest.mark.parametrize("role", ["administrator", "hr", "general_manager"])
def test_such_a_role_leads_to_setting_one_up_and_then_on(member: Callable[..., User], role: str) -> None:
    """Breaks if a password alone opens everybody's pay, or who has to set it up cannot."""
    user, client = member("E104", (role, None)), Client()
    sign_in(client, "e104")
    for path in ("/", "/people/", "/settings/", "/schemes/", "/metrics"):
        assert client.get(path).url == SET_UP, path
    assert client.post("/people/hire/", {"name": "x"}).url == SET_UP
    page = client.get(SET_UP, follow=True)
    assert "您的角色需要两步验证" in page.text
    page = client.post("/accounts/reauthenticate/?next=" + SET_UP, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    # a code may run out on its way
    assert 302 in (client.post(SET_UP, {"code": code(secret)}).status_code for _ in range(2))
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    assert client.get("/settings/").status_code == 200


@pytest.mark.parametrize(
    "role",
    ["data_provider", "workshop_supervisor", "dispatcher", "customer_service", "service_manager", "auditor", None],
)
def test_other_roles_go_on(signed_in: Callable[..., Client], role: str | None) -> None:
    """Breaks if everybody has to set up what only some need."""
    client = signed_in("E102", *([(role, None)] if role else []))
    assert client.get("/settings/").status_code == 200


def test_a_session_of_before_is_asked_too(signed_in: Callable[..., Client]) -> None:
    """Breaks if who is given the role while signed in goes on with the password alone."""
    client = signed_in("E102")
    assert client.get("/settings/").status_code == 200
    Grant.objects.create(user=User.objects.get(username="e102"), role="hr")
    assert client.get("/settings/").url == SET_UP
    with_step(User.objects.get(username="e102"))
    assert client.get("/settings/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/settings/").url == SET_UP


def test_who_stands_in_for_such_a_role_is_asked_meanwhile(signed_in: Callable[..., Client], member: Any) -> None:
    """Breaks if a deputy acts for HR with a password alone."""
    member("E104", ("hr", None))
    client = signed_in("E103")
    away, stand_in = Employee.objects.get(employee_id="E104"), Employee.objects.get(employee_id="E103")
    made = Delegation.objects.create(away=away, stand_in=stand_in, begin=today(), end=today(), state="waiting")
    assert client.get("/settings/").status_code == 200
    Delegation.objects.update(state="approved")
    assert client.get("/settings/").url == SET_UP
    Delegation.objects.update(begin=made.begin - timedelta(2), end=made.end - timedelta(1))
    assert client.get("/settings/").status_code == 200


def test_a_part_of_a_page_leaves_the_page(signed_in: Callable[..., Client]) -> None:
    """Breaks if the page to set it up is swapped into a part of another."""
    answer = signed_in("E104", ("hr", None)).get("/people/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, SET_UP)


def test_one_may_sign_out_and_choose_a_language_meanwhile(signed_in: Callable[..., Client]) -> None:
    """Breaks if who has no phone at hand is caught on the page."""
    client = signed_in("E104", ("hr", None))
    assert client.post("/language/", {"language": "en"}).url == "/"
    assert client.post("/accounts/logout/").url == reverse("account_login")


def test_looking_as_hr_takes_no_second_step_of_theirs(signed_in: Callable[..., Client], member: Any) -> None:
    """Breaks if support, who has a second step, is led to set up another person's."""
    client, hr = signed_in("E001", ("administrator", None)), member("E104", ("hr", None))
    with_step(User.objects.get(username="e001"))
    client.post(reverse("settings:view_as", args=[hr.pk]), {"reason": "x"})
    assert client.get("/people/").status_code == 200


def test_it_costs_a_page_no_query(
    signed_in: Callable[..., Client], django_assert_num_queries: Any, settings: Any
) -> None:
    """Breaks if every page of HR asks the database once more."""
    client = signed_in("E104", ("hr", None))
    with_step(User.objects.get(username="e104"))
    client.get("/people/")
    with django_assert_num_queries(_queries(client, settings)):
        client.get("/people/")


def _queries(client: Client, settings: Any) -> int:
    """How many queries the page takes where nobody is asked for a second step."""
    roles, settings.SECOND_STEP_ROLES = settings.SECOND_STEP_ROLES, frozenset()
    with CaptureQueriesContext(connection) as asked:
        client.get("/people/")
    settings.SECOND_STEP_ROLES = roles
    return len(asked)
