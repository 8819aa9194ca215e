"""Two small stores, HR, a general manager, a technician; drafts of schemes in a folder of each test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import Grant, User
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.people.roster_services import roster_apply
from fairwrench.web.schemes import selectors
from fairwrench.web.schemes.approval.services import version_approve, version_propose
from fairwrench.web.schemes.documents import bounded
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.models import SchemeVersion
from tests.web.small_office import PEOPLE, frame_of

#: the dealership scheme with one change: rework is asked to stay under 2 %
STRICT = """\
base: dealership
scheme: strict
version: "2026.1"
name: {zh: 严格返修方案, en: Stricter on rework}
item_defaults:
  rework_rate: {target: 0.02}
"""


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of this test alone; no month is settled until the test says so; documents are read in this process, which
    is quicker: that another one reads them is tested by itself."""
    settings.HOME = tmp_path
    monkeypatch.setattr(bounded, "read_bounded", lambda reading, order, out, bounds: reading(order, out))
    yield tmp_path
    selectors.opened.cache_clear()


@pytest.fixture
def member(db: None) -> Callable[..., User]:
    """The user of an employee with roles: `member("E104", "hr")`; a role for one store is `("hr", "东店")`."""
    roster_apply(roster=frame_of(PEOPLE), by=None)

    def made(employee_id: str, *roles: Any) -> User:
        employee = Employee.objects.get(employee_id=employee_id)
        user, _ = User.objects.get_or_create(username=employee_id.lower(), defaults={"employee": employee})
        for given in roles:
            role, unit = given if isinstance(given, tuple) else (given, None)
            Grant.objects.get_or_create(user=user, role=role, unit=Unit.objects.get(name=unit) if unit else None)
        return User.objects.get(pk=user.pk)

    return made


@pytest.fixture
def hr(member: Callable[..., User]) -> User:
    """HR of everything."""
    return member("E104", "hr")


@pytest.fixture
def manager(member: Callable[..., User]) -> User:
    """The general manager of the whole group."""
    return member("E001", "general_manager")


@pytest.fixture
def draft(hr: User) -> Callable[..., SchemeVersion]:
    """Makes drafts as they are kept once they were checked: `draft("2026.2")`."""

    def made(version: str = "2026.1") -> SchemeVersion:
        content = STRICT.replace("2026.1", version).encode()
        name, digest = f"strict-{version}.yaml", sha256(content).hexdigest()
        found = SchemeVersion.objects.create(name="strict", version=version, sha256=digest, file=name, by=hr)
        version_path(version=found).parent.mkdir(parents=True, exist_ok=True)
        version_path(version=found).write_bytes(content)
        return found

    return made


@pytest.fixture
def adopt(hr: User, manager: User) -> Callable[..., SchemeVersion]:
    """HR proposes a draft for a month, the general manager approves it: `adopt(draft(), Month(2026, 12))`."""

    def made(version: SchemeVersion, begins: Month) -> SchemeVersion:
        proposed = version_propose(version=version, begins=begins, ground="会议决定", by=hr)
        return version_approve(version=proposed, seen=proposed.revision, by=manager)

    return made


@pytest.fixture
def technician(member: Callable[..., User]) -> User:
    """Somebody without any role."""
    return member("E102")


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """A client signed in as somebody, in a language."""

    def made(who: User, language: str = "zh-hans") -> Client:
        User.objects.filter(pk=who.pk).update(language=language)
        client = Client()
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return made
