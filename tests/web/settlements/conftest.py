"""A small group as the demo builds it: one store, two published months, the third with half of its files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings

from fairwrench.samples.sample import make_sample
from fairwrench.web.demo.group import CURRENT, demo_build
from fairwrench.web.demo.logins import PASSWORD
from fairwrench.web.evidence.selectors import ledger
from fairwrench.web.evidence.uploads.landings import landings_record
from fairwrench.web.settlements.runs import run_reader
from tests.closing.quiet import Quiet


@dataclass(frozen=True)
class Built:
    """A built group put by: its folder, and its rows in tables of their own."""

    folder: Path

    def put_by(self) -> None:
        """Copy the rows, and leave the database empty."""
        with connection.cursor() as cursor:
            for table, copy in _tables():
                cursor.execute(f"CREATE TABLE {copy} AS SELECT * FROM {table}")
        call_command("flush", interactive=False, verbosity=0)

    def bring(self, home: Path) -> None:
        """Folder and rows as they were when the group was built; in a place of its own, as ledgers are remembered."""
        shutil.copytree(self.folder, home)
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
        with transaction.atomic(), connection.cursor() as cursor:
            for table, copy in _tables():
                cursor.execute(f"INSERT INTO {table} SELECT * FROM {copy}")
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)
        ContentType.objects.clear_cache()


def _lives_in(home: Path) -> AbstractContextManager[None]:
    """The settings under which a group in a folder is used."""
    folders = {name: home / name.lower() for name in ("LEDGER", "SETTLEMENTS", "UPLOADS")}
    return override_settings(**folders, HOME=home, DEMO=True)


def _tables() -> list[tuple[str, str]]:
    """Each table of the application and the name of its copy."""
    names = sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))
    return [(connection.ops.quote_name(name), connection.ops.quote_name(f"put_by_{name}")) for name in names]


@pytest.fixture(scope="session")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The small group, built once and put by: building it takes as long as all the tests of a file."""
    made = Built(tmp_path_factory.mktemp("built"))
    with _lives_in(made.folder), django_db_blocker.unblock():
        make_sample(made.folder / "data", stores=1, months=3, people=30, orders=150, until=CURRENT)
        demo_build(folder=made.folder, bars=Quiet())
        made.put_by()
    return made


@pytest.fixture(scope="module")
def group(built: Built, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the small group; its rows stand in the database for the whole file, its evidence in a ledger."""
    home = tmp_path_factory.mktemp("home") / "group"
    with _lives_in(home), django_db_blocker.unblock():
        built.bring(home)
        yield home
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def read_anew() -> None:
    """A run is written once and then kept in memory; tests that change one start from the database."""
    run_reader.figures_of.cache_clear()
    run_reader.sums_of.cache_clear()


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
