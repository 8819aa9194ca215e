"""The two stores, built once and brought again for each file that looks at them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from fairwrench.web.access.models import User
from tests.web.one_store.two_stores import Group, build, lives_in
from tests.web.rows import copied, rows_bring, rows_clear, rows_put_by

#: which rows are whose
NUMBERS = "numbers.json"


@pytest.fixture(scope="session")
def put_by(built_once: Any, django_db_setup: None, django_db_blocker: Any) -> Path:
    """The group of two stores built once: its folder with its evidence and its rows."""

    def made(folder: Path) -> None:
        with lives_in(folder):
            rows_clear()
            numbers = build(folder).numbers()
        rows_put_by(folder)
        (folder / NUMBERS).write_text(json.dumps(numbers), encoding="utf-8")

    with django_db_blocker.unblock():
        return built_once(f"two-stores-{connection.vendor}", made)


@pytest.fixture(scope="module")
def built(put_by: Path, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """The group of two stores; its rows stand in the database for the whole file, its evidence in a ledger."""
    home = copied(put_by, tmp_path_factory.mktemp("two-stores") / "home")
    with lives_in(home), django_db_blocker.unblock():
        rows_bring(home)
        yield Group.read(json.loads((home / NUMBERS).read_text(encoding="utf-8")))
        rows_clear()


@pytest.fixture(autouse=True)
def no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals are what is asked for here; a trace of each would take longer than the answer."""
    caplog.set_level(logging.CRITICAL, logger="django.request")


@pytest.fixture
def group(built: Group, db: None) -> Group:
    """The group, for one test; what it changes is taken back."""
    return built


@pytest.fixture
def signed_in(group: Group) -> Callable[[str], Client]:
    """A client signed in as `role`, `role@store` or an employee id."""

    def made(who: str) -> Client:
        client = Client(raise_request_exception=True)
        user = User.objects.get(pk=group.users[who].pk)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return made
