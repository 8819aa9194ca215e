"""A small group as the demo builds it: one store, two published months, the third with half of its files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from fairwrench.samples.sample import make_sample
from fairwrench.web.access.models import User
from fairwrench.web.demo.group import CURRENT, demo_build
from fairwrench.web.demo.logins import PASSWORD
from fairwrench.web.evidence.selectors import ledger
from fairwrench.web.evidence.uploads.landings import landings_record
from tests.closing.quiet import Quiet
from tests.web.rows import DATABASE, ROWS, rows_bring, rows_clear, rows_put_by


@dataclass(frozen=True)
class Built:
    """A built group: a folder with its evidence, its runs and its rows."""

    folder: Path

    def bring(self, home: Path) -> None:
        """Folder and rows as they were when the group was built; in a place of its own, as ledgers are remembered."""
        shutil.copytree(self.folder, home, ignore=shutil.ignore_patterns(f"{DATABASE}*", ROWS))
        rows_bring(self.folder)
        # the passwords of a site are hashed so that guessing takes long, and so would signing in here
        User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).update(password=make_password(PASSWORD))


def _build_here(folder: Path) -> None:
    """Build the group in this process's database, and put its rows by."""
    with _lives_in(folder):
        make_sample(folder / "data", stores=1, months=3, people=30, orders=150, until=CURRENT)
        demo_build(folder=folder, bars=Quiet())
    rows_put_by(folder)


def _lives_in(home: Path) -> AbstractContextManager[None]:
    """The settings under which a group in a folder is used."""
    folders = {name: home / name.lower() for name in ("LEDGER", "SETTLEMENTS", "UPLOADS")}
    return override_settings(**folders, HOME=home, DEMO=True)


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest, built_once: Any, django_db_setup: None, django_db_blocker: Any) -> Built:
    """The small group, built once and put by: building it takes as long as all the tests of a file."""
    if connection.vendor == "sqlite":
        return Built(request.getfixturevalue("demo_home"))
    with django_db_blocker.unblock():
        return Built(built_once("demo-rows", _build_here))


@pytest.fixture(scope="module")
def group(built: Built, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the small group; its rows stand in the database for the whole file, its evidence in a ledger."""
    home = tmp_path_factory.mktemp("home") / "group"
    with _lives_in(home), django_db_blocker.unblock():
        built.bring(home)
        yield home
        rows_clear()


@pytest.fixture(autouse=True)
def known(request: pytest.FixtureRequest) -> None:
    """After each test the database is as it was built, while the ledger keeps what landed: it is written down."""
    in_database = request.node.get_closest_marker("django_db") or "db" in request.fixturenames
    if in_database and "group" in request.fixturenames:
        request.getfixturevalue("group")
        request.getfixturevalue("db")
        landings_record(ledger=ledger())


@pytest.fixture
def signed_in(group: Path, db: None) -> Any:
    """A browser without screen, signed in as somebody of the demo."""

    def enter(username: str) -> Client:
        client = Client()
        assert client.login(username=username, password=PASSWORD)
        return client

    return enter
