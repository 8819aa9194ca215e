"""The log: what was refused is one line that says who, what and whence; a fault of ours keeps its traceback."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fairwrench.web.project.serving.log_lines import HEADER, OneLine
from tests.web.small_office import member, office, roster, signed_in  # noqa: F401  fixtures of the small group

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What is written to the log."""
    (handler,) = (each for each in logging.root.handlers if any(isinstance(part, OneLine) for part in each.filters))
    assert isinstance(handler, logging.StreamHandler)
    told = StringIO()
    before = handler.setStream(told)
    yield told
    handler.setStream(before)


def test_what_is_refused_is_one_line(signed_in: SignIn, log: StringIO) -> None:  # noqa: F811  the fixture
    """Fails when a refusal fills the log with a traceback, or does not say of whom, from where and what."""
    client = signed_in("E102")
    asked = {"/people/": 403, "/nothing/": 404, "/evidence/?month=%00": 400, "/months/": 403}
    for path, status in asked.items():
        log.truncate(0)
        log.seek(0)
        answer = client.get(path, REMOTE_ADDR="203.0.113.9")
        assert answer.status_code == status
        (line,) = log.getvalue().splitlines()
        assert f"[{answer.headers[HEADER]}]" in line
        assert line.endswith(f"status={status} GET {path.partition('?')[0]} user=e102 address=203.0.113.9")
        assert re.search(r" WARNING django\.request ", line)


def test_who_looks_as_somebody_else_is_named_with_them(signed_in: SignIn, member: Any, log: StringIO) -> None:  # noqa: F811
    """Fails when what support did stands in the log as if the other person had."""
    client, other = signed_in("E001", ("administrator", None)), member("E102")
    client.post(reverse("settings:view_as", args=[other.pk]), {"reason": "x"})
    client.get("/people/")
    assert "user=e001 as=e102 " in log.getvalue()


def test_no_request_writes_a_line_of_its_own_making(client: Client, log: StringIO) -> None:
    """Fails when somebody makes up lines of the log by what they ask for."""
    client.get("/nothing%0A2026-01-01 ERROR%1b[31m/")
    (line,) = log.getvalue().splitlines()
    assert r"/nothing\n2026-01-01 ERROR\x1b[31m/" in line


def test_a_fault_keeps_its_traceback_and_says_its_number(signed_in: SignIn, log: StringIO, monkeypatch: Any) -> None:  # noqa: F811
    """Fails when a fault of ours cannot be found in the log by what the person sees."""

    def broken(**_: Any) -> None:
        raise ZeroDivisionError("bolt")

    monkeypatch.setattr("fairwrench.web.people.views.people.person_page", broken)
    client = signed_in("E102")
    client.raise_request_exception = False
    answer = client.get("/people/of/E102/")
    assert answer.status_code == 500
    number = answer.headers[HEADER]
    assert f"编号 {number}" in answer.text
    assert "ZeroDivisionError: bolt" in log.getvalue()
    assert f"[{number}]" in log.getvalue().splitlines()[0]


def test_a_number_that_was_sent_along_is_not_believed(client: Client) -> None:
    """Fails when somebody gives their requests the number of another's."""
    assert client.get("/healthz", headers={"X-Request-ID": "mine"}).headers[HEADER] != "mine"
