"""What pages link to opens: nobody is led to a page that is refused to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.links import Answer, reached
from tests.web.one_store.two_stores import EAST, PAID, ROLES, Group, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
#: pages of one kind that are followed
MOST = 6
HELD = tuple(role for role in ROLES if role != "administrator")


@pytest.mark.parametrize("who", [*(f"{role}@{EAST}" for role in HELD), *(person(EAST, post) for post in PAID)])
def test_every_link_opens(signed_in: Callable[[str], Client], group: Group, who: str) -> None:
    """Fails when a page of somebody of one store links to what is refused to them, or is not there."""
    client = signed_in(who)

    def get(address: str) -> Answer:
        answer = client.get(address, follow=True)
        page = not answer.streaming and answer["Content-Type"].startswith("text/html")
        return Answer(answer.status_code, answer.text if page else None)

    found = reached(get, MOST)
    assert len(found) > 3
    assert {address: page.status for address, page in found.items() if page.status != 200} == {}
