"""On which database these tests run."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from tests.web.postgres import EXPECTED


@pytest.mark.django_db
def test_the_tests_run_on_the_database_that_was_asked_for() -> None:
    """Fails when `make test-postgres` passes because it quietly ran on SQLite a second time."""
    assert connection.vendor == os.environ.get(EXPECTED, "sqlite")
