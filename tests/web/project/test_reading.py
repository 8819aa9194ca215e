"""Looking changes nothing: a page that is asked for by GET writes no row of anybody's."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairwrench.web.access.models import User
from fairwrench.web.access.roles import pages
from tests.web.test_roles import address, office

__all__ = ["office"]
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
#: what reading may note: that a session is in use, and who saw what of whom
NOTED = {"django_session", "usersessions_usersession", "access_viewed"}


@pytest.mark.slow
@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("role", ["hr", "administrator", "general_manager", "line_manager"])
def test_no_get_changes_anything(client: Client, role: str) -> None:
    """Fails when a link, a mail program's preview or a reload acts: whatever acts has to be sent by a form."""
    client.raise_request_exception = False
    wrong = []
    for page in pages():
        client.force_login(User.objects.get(username=role), backend="django.contrib.auth.backends.ModelBackend")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address(page))
        tables = {found[1] for query in asked.captured_queries if (found := WRITES.match(query["sql"]))} - NOTED
        wrong += [(page.name, sorted(tables))] if tables else []
    assert wrong == []
