"""A small group as the demo builds it: one store, two published months, the third with half of its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings

from fairwrench.samples.sample import make_sample
from fairwrench.web.demo.group import CURRENT, demo_build
from fairwrench.web.demo.logins import PASSWORD


class Quiet:
    """Nobody waits for news of the work."""

    def expect(self, kind: str, total: int) -> None:
        pass

    def step(self, kind: str, what: str) -> None:
        pass


@pytest.fixture(scope="module")
def group(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the small group; its rows stand in the database for the whole file, its evidence in a ledger."""
    home = tmp_path_factory.mktemp("group")
    folders = {"LEDGER": home / "ledger", "SETTLEMENTS": home / "settlements", "UPLOADS": home / "uploads"}
    with override_settings(**folders, HOME=home, DEMO=True), django_db_blocker.unblock():
        make_sample(home / "data", stores=1, months=3, people=30, orders=150, until=CURRENT)
        demo_build(folder=home, bars=Quiet())
        yield home
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def signed_in(group: Path, db: None) -> Any:
    """A browser without screen, signed in as somebody of the demo."""

    def enter(username: str) -> Client:
        client = Client()
        assert client.login(username=username, password=PASSWORD)
        return client

    return enter
