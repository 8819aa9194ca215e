"""Every page that a role can reach by clicking, followed link by link: none is refused, broken, or half translated."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.web.access.models import Tally, User, Viewed
from tests.web.links import Answer, Page, reached

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROLES = (
    *("technician", "advisor", "manager", "director", "provider", "hr", "gm", "auditor", "admin"),
    *("service", "dispatcher", "care", "finance", "assistant"),
)
#: pages of one pattern that are opened: an open month leads elsewhere than a published one
OF_A_KIND = {"zh-hans": 2, "en": 1}
#: words of the program's own making that people should not have to read
CODE = re.compile(r"\b[a-z]+(_[a-z0-9]+)+\b")
#: keys of jobs, and figures with more digits than anybody reads: a factor has four
KEY, LONG = re.compile(r"\b[a-z][a-z_]*:\d+:\d+"), re.compile(r"\d\.\d{5,}")
#: English words, of which a Chinese page has no more than a name or two in a row
ENGLISH = re.compile(r"[A-Za-z]{3,}(?:[ -][a-z]{2,})+")
#: what stands in Latin letters on purpose: names of products and licences, what is typed, what others call so
LATIN = re.compile(r"Excel|Apache License|Microsoft|Google")
#: pages for those who declare kinds of file or write schemes: ids and places in documents are what they work with
OF_CODES = ("evidence:sources", "evidence:source", "evidence:blanks", "schemes:upload", "schemes:version")
#: the log, which tells the English names of positions and units as they were given
OF_NAMES = ("settings:log",)
CHINESE = re.compile("[一-鿿]")
#: who looks at every page in English, too; the others do in the full round
IN_ENGLISH = ("hr", "technician")


#: what looking at a page leaves behind: the session and when it was used, whose figures were looked at, how often
LEFT_BEHIND = frozenset({Session, UserSession, Viewed, Tally})
#: a statement that changes rows, and of which table
CHANGES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)


class Changes:
    """The tables in which statements change rows, but for what looking leaves behind."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Look at a statement before it is done."""
        changed = CHANGES.match(sql)
        if changed and changed[1] not in {model._meta.db_table for model in LEFT_BEHIND}:
            self.tables.add(changed[1])
        return execute(sql, params, many, context)


def asked_by(client: Client, changes: dict[str, set[str]]) -> Callable[[str], Answer]:
    """What an address answers to somebody's browser; `changes` is told the tables that it changed."""

    def get(address: str) -> Answer:
        with connection.execute_wrapper(seen := Changes()):
            answer = client.get(address, follow=True)
        if seen.tables:
            changes[address] = seen.tables
        page = answer.get("Content-Type", "").startswith("text/html")
        return Answer(answer.status_code, answer.text if page else None)

    return get


@pytest.mark.parametrize(
    ("role", "language"),
    [
        *((role, "zh-hans") for role in ROLES),
        *((role, "en") for role in IN_ENGLISH),
        *(pytest.param(role, "en", marks=pytest.mark.round) for role in ROLES if role not in IN_ENGLISH),
    ],
)
def test_every_page_opens_and_speaks_as_people_do(
    signed_in: Any, monkeypatch: pytest.MonkeyPatch, role: str, language: str
) -> None:
    """Fails when a page offers somebody a way that is closed to them or that breaks, when it shows a word of the
    program's own making, or an English one the marks of Chinese writing, or when looking at it changes anything."""
    User.objects.filter(username=role).update(language=language)
    changes: dict[str, set[str]] = {}
    recovered: list[str] = []
    monkeypatch.setattr(Ledger, "_recover", lambda _, name: recovered.append(name))
    found = reached(asked_by(signed_in(role), changes), OF_A_KIND[language])
    assert (changes, recovered) == ({}, []), "looking changes no row and finishes nothing in the ledger"
    assert len(found) > 8, sorted(found)
    assert {address: page.status for address, page in found.items() if page.status != 200} == {}
    odd = {address: strange(page.name, page.text, language) for address, page in found.items()}
    assert {address: words for address, words in odd.items() if words} == {}


def strange(name: str, text: str, language: str) -> list[str]:
    """The first words of a page that nobody should have to read in a language."""
    words = [] if name in OF_CODES else Page(text).words
    own = [word for word in words if not word.endswith((".xlsx", ".csv", ".xls"))]
    odd = [word for word in own if CODE.search(word) or KEY.search(word) or LONG.search(word)]
    if language != "en" and name not in OF_NAMES:
        odd += [word for word in own if ENGLISH.search(word) and not LATIN.search(word)]
    if language == "en":
        odd += [word for word in words if re.search("[，；：（）]", word) and not CHINESE.search(word)]
    return odd[:5]
