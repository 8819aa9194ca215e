"""The two stores, built once for each file that looks at them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client

from fairwrench.web.access.models import User
from tests.web.one_store.two_stores import Group, build, lives_in


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """The group of two stores; its rows stand in the database for the whole file, its evidence in a ledger."""
    home: Path = tmp_path_factory.mktemp("two-stores")
    with lives_in(home), django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=False)
        ContentType.objects.clear_cache()
        yield build(home)
        call_command("flush", interactive=False, verbosity=0)


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
