"""Pages read in English carry no Chinese punctuation, wherever words are put together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.org.roster.changes import roster_changes
from fairwrench.web.people.tables import change_words

pytestmark = pytest.mark.django_db
FULL_WIDTH = re.compile(r"[（），、；：。！？【】]")
TOLD = re.compile(r'(?:title|aria-label|placeholder|value)="([^"]*)"')
PAGES = [
    "/people/",
    "/people/of/E102/",
    "/people/of/E102/move/",
    "/people/of/E102/name/",
    "/people/of/E102/stand-in/",
    "/people/duties/",
    "/people/duties/give/",
    "/people/organisation/",
    "/people/positions/",
    "/people/find/?q=E1",
    "/people/hire/",
    "/people/roster/",
    "/settings/",
    "/settings/users/",
    "/settings/users/invite/",
    "/settings/log/",
    "/settings/log/seen/",
    "/evidence/",
    "/evidence/templates/",
    "/evidence/batches/",
    "/schemes/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/password/change/",
]


def seen(client: Client, address: str) -> str:
    """What a page says, titles and labels that are read aloud included."""
    text = client.get(address).text
    return strip_tags(text) + " ".join(TOLD.findall(text))


@pytest.fixture
def reader(signed_in: Callable[..., Client], member: Callable[..., User]) -> Client:
    """Somebody with every page, who reads English, in an office where everything that is put together stands."""
    client = signed_in("E104", ("administrator", None), ("hr", None), ("auditor", None), ("data_provider", "东店"))
    held, other = Employee.objects.get(employee_id="E102"), member("E103", ("data_provider", "东店"), ("hr", "西店"))
    Grant.objects.create(user=other, role="workshop_supervisor")
    Duty.objects.create(kind="provide", subject="repair_orders", unit=Unit.objects.get(name="东店"), employee=held)
    Delegation.objects.create(away=held, stand_in=other.employee, begin=today(), end=today(), state="approved")
    held.name = "吕大技师"
    held.save()
    client.get(reverse("people:person", args=["E101"]))
    client.post("/language/", {"language": "en"})
    return client


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_english_has_the_marks_of_english(reader: Client, address: str) -> None:
    """Breaks if words are joined with 、 or set in （） for somebody who reads English."""
    said = seen(reader, address)
    assert "Fairwrench" in said
    found = [said[max(0, at.start() - 30) : at.end() + 30] for at in FULL_WIDTH.finditer(said)]
    assert found == []


def test_an_account_names_its_roles_in_english(reader: Client) -> None:
    """Breaks if the list of accounts reads “Workshop supervisor（朝阳店）”."""
    said = " ".join(seen(reader, "/settings/users/").split())
    assert "HR (西店); Workshop supervisor (whole group)" in said.replace("Data provider (东店); ", "")


def test_what_a_roster_changes_is_told_in_english(reader: Client, office: Any) -> None:
    """Breaks if the preview of a roster joins its changes with Chinese marks."""
    after = office.with_columns(
        full_salary=office["full_salary"] + 100, status=office["status"].replace("regular", "left")
    )
    with translation.override("en"):
        told = [change_words(change) for change in roster_changes(before=office, after=after)]
    assert told
    assert not [words for words in told if FULL_WIDTH.search(words)]
    assert any("; " in words for words in told)
