"""On which database these tests run."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.db import connection

import fairwrench
from tests.web.postgres import EXPECTED


@pytest.mark.django_db
def test_the_tests_run_on_the_database_that_was_asked_for() -> None:
    """Fails when `make test-postgres` passes because it quietly ran on SQLite a second time."""
    assert connection.vendor == os.environ.get(EXPECTED, "sqlite")


def test_accounts_are_held_alone() -> None:
    """Fails when an account is held together with what its manager joins: PostgreSQL refuses to hold the side of a join
    that may be missing, and SQLite, which holds nothing, says nothing."""
    code = {path: path.read_text("utf-8") for path in Path(fairwrench.__file__).parent.rglob("*.py")}
    bare = re.compile(r"User\.objects\.select_for_update\(\)|select_for_update\(\)\.select_related\(")
    assert [str(path) for path, text in code.items() if bare.search(text)] == []
