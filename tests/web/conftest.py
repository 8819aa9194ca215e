"""What the tests of the web application share: homes of installations that are built once and copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web.demo_home import build
from tests.web.work.installation import ON_POSTGRESQL, Installation

BuiltOnce = Callable[[str, Callable[[Path], None]], Path]
MIGRATE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


@pytest.fixture(scope="session")
def demo_home(built_once: BuiltOnce) -> Path:
    """The small demo group as it is served, on SQLite: a home to be copied."""
    return built_once("demo-home", build)


@pytest.fixture(scope="session")
def migrated(built_once: BuiltOnce, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation without anybody in it whose database is up to date: `Installation.at(home, like=migrated)`."""
    if ON_POSTGRESQL:
        made = Installation.at(tmp_path_factory.mktemp("migrated") / "home")
        _migrate(made)
        return made
    return Installation(built_once("migrated", lambda folder: _migrate(Installation(folder))))


def _migrate(made: Installation) -> None:
    done = made.run(MIGRATE)
    assert done.returncode == 0, done.stderr
