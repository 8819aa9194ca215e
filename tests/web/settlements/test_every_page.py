"""Every page that a role can reach by clicking, followed link by link: none is refused, broken, or half translated."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from fairwrench.web.access.models import User

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROLES = ("technician", "advisor", "manager", "director", "provider", "hr", "gm", "auditor", "admin")
#: pages of one pattern that are opened: an open month leads elsewhere than a published one
OF_A_KIND = {"zh-hans": 2, "en": 1}
#: addresses that give a file, or go on elsewhere
FILES = ("evidence:blank", "evidence:file", "evidence:rejected", "people:roster_export", "set_language")
#: words of the program's own making that people should not have to read
CODE = re.compile(r"\b[a-z]+(_[a-z0-9]+)+\b")
#: keys of jobs, and figures with more digits than anybody reads
KEY, LONG = re.compile(r"\b[a-z][a-z_]*:\d+:\d+"), re.compile(r"\d\.\d{4,}")
#: English words, of which a Chinese page has no more than a name or two in a row
ENGLISH = re.compile(r"[A-Za-z]{3,}(?:[ -][a-z]{2,})+")
#: what stands in Latin letters on purpose: names of products and licences, what is typed, what others call so
LATIN = re.compile(r"Excel|Apache License|Microsoft|Google")
#: where codes may stand: what is typed, what a file or a document of the scheme is called
QUIET = {"script", "style", "code", "pre", "option", "textarea", "template"}
#: pages for those who declare kinds of file or write schemes: ids and places in documents are what they work with
OF_CODES = ("evidence:sources", "evidence:source", "evidence:blanks", "schemes:upload", "schemes:version")
#: the log, which tells the English names of positions and units as they were given
OF_NAMES = ("settings:log",)
CHINESE = re.compile("[一-鿿]")


class Page(HTMLParser):
    """The links and the words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self._within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember where links lead and which quiet element one is in."""
        told = dict(attrs)
        if tag == "a" and told.get("href") and "download" not in told:
            self.links.append(str(told["href"]))
        if told.get("hx-get"):  # what a page fetches as somebody unfolds it
            self.links.append(str(told["hx-get"]))
        if tag in QUIET:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave a quiet element."""
        if tag in QUIET and tag in self._within:
            self._within.remove(tag)

    def handle_data(self, data: str) -> None:
        """Words that are read."""
        if not self._within and data.strip():
            self.words.append(data.strip())


def pages_of(client: Client, most: int) -> dict[str, tuple[str, Any]]:
    """Address → (name of the page, answer) of what is reached from the first page by links alone."""
    waiting, found, kinds = ["/", "/settings/"], {}, Counter[str]()
    while waiting:
        address = waiting.pop(0)
        name = resolve(urlsplit(address).path).view_name
        if address in found or name in FILES or kinds[name] >= most:
            continue
        kinds[name] += 1
        answer = client.get(address, follow=True)
        found[address] = (name, answer)
        if not answer.get("Content-Type", "").startswith("text/html"):
            del found[address]
            continue
        for link in Page(answer.text).links if answer.status_code == 200 else []:
            target = urlsplit(urljoin(address, link))
            if not target.netloc and target.path.startswith("/") and not target.path.startswith("/static/"):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return found


@pytest.mark.parametrize(
    ("role", "language"), [*((role, "zh-hans") for role in ROLES), ("hr", "en"), ("technician", "en")]
)
def test_every_page_opens_and_speaks_as_people_do(signed_in: Any, role: str, language: str) -> None:
    """Fails when a page offers somebody a way that is closed to them or that breaks, when it shows a word of the
    program's own making, or an English one the marks of Chinese writing."""
    User.objects.filter(username=role).update(language=language)
    found = pages_of(signed_in(role), OF_A_KIND[language])
    assert len(found) > 8, sorted(found)
    assert {address: answer.status_code for address, (_, answer) in found.items() if answer.status_code != 200} == {}
    odd = {address: strange(name, answer.text, language) for address, (name, answer) in found.items()}
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
