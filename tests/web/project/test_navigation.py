"""The navigation leads each role to what it may use, and marks where one is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fairwrench.web.access.models import User
from tests.web.test_roles import GRANTED, office

__all__ = ["office"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]


def entries(client: Client, role: str, path: str = "/settings/") -> dict[str, bool]:
    """The addresses of the navigation on a page, and whether each is marked."""
    client.force_login(User.objects.get(username=role), backend="django.contrib.auth.backends.ModelBackend")
    context: Any = client.get(path).context
    return {entry["url"]: entry["active"] for entry in context["navigation"]}


@pytest.mark.parametrize("role", sorted(GRANTED - {"service_manager"}))
def test_the_team_is_for_those_who_lead(client: Client, role: str) -> None:
    """Breaks if HR or an auditor, who lead nobody, are led to an empty team with a button that refuses them."""
    assert "/team/" not in entries(client, role)


@pytest.mark.parametrize("role", ["line_manager", "next_level", "service_manager"])
def test_who_leads_finds_the_team(client: Client, role: str) -> None:
    """Breaks if a manager, or who heads after-sales, has no way to the team."""
    assert "/team/" in entries(client, role)


def test_auditors_find_the_log_and_administrators_find_it_under_settings(client: Client) -> None:
    """Breaks if who may read the log has to know its address."""
    assert entries(client, "auditor", "/settings/log/")["/settings/log/"]
    shown = entries(client, "administrator", "/settings/log/")
    assert "/settings/log/" not in shown
    assert shown["/settings/users/"]
    page = client.get("/settings/users/").text
    assert 'href="/settings/log/"' in page
    assert 'href="/settings/log/seen/"' in page
    assert "/settings/log/" not in entries(client, "hr")


@pytest.mark.parametrize("role", sorted({"line_manager", "next_level", "colleague", *GRANTED}))
def test_everybody_comes_in_on_a_page_they_may_see(client: Client, role: str) -> None:
    """Breaks if signing in ends on a refusal."""
    entries(client, role)
    answer = client.get("/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain
