"""What no text may hold: a NUL is told to whoever sent it, on every page and on either database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

SignIn = Callable[..., Client]


@pytest.mark.parametrize(
    "path",
    [
        "/people/?q=%00",
        "/people/find/?q=%00",
        "/people/?store=a%00b",
        "/evidence/?month=%00",
        "/stores/%00/",
        "/results/%00/",
    ],
)
def test_an_address_with_a_nul_is_a_bad_request(signed_in: SignIn, path: str) -> None:
    """Fails when PostgreSQL, which takes no NUL, makes a fault of ours out of a pasted text."""
    answer = signed_in("E104", ("hr", None)).get(path)
    assert answer.status_code == 400
    assert "请求有误" in answer.text


@pytest.mark.parametrize("sent", [{"manager": "E1\0"}, {"name": "\0", "store": "1"}, {"a\0b": "1"}])
def test_a_form_with_a_nul_is_a_bad_request(signed_in: SignIn, sent: dict[str, Any]) -> None:
    """Fails when a field that looks somebody up hands a NUL on to the database."""
    assert signed_in("E104", ("hr", None)).post("/people/hire/", sent).status_code == 400


def test_strangers_are_asked_to_sign_in_whatever_they_send(client: Client, db: None) -> None:
    """Fails when a malformed address tells somebody unknown that it leads to a page."""
    assert client.get("/people/?q=%00").status_code == 302
    assert client.get("/people/?q=1").status_code == 302


def test_texts_without_one_are_handed_on(signed_in: SignIn) -> None:
    """Fails when the guard refuses what people write."""
    client = signed_in("E104", ("hr", None))
    assert client.get("/people/", {"q": "张 %00 \\0 0"}).status_code == 200
