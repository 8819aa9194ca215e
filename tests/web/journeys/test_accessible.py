"""Every page in a real browser: it fits the screen, breaks no rule of WCAG 2.2 AA, and draws nothing without figures.

Here each page is opened at a desk in Chinese and light, and on a phone in English and dark, by whoever is shown most of
it; the full round opens everybody's pages in every language, width and theme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from fairwrench.web.access.roles import pages
from tests.web.journeys.conftest import Visitor
from tests.web.links import Answer, Reached, reached

#: of several who may open a page, who is shown most of it
ROLES = ("hr", "admin", "gm", "manager", "provider", "director", "auditor", "technician", "advisor")
LOOKS = {"desk": {"phone": False, "dark": False}, "phone": {"phone": True, "dark": True}}
#: how the pages of each look speak
LANGUAGES = {"desk": "中文", "phone": "English"}
#: pages that are there only where something waits to be done: the journeys look at them on their way
ON_THE_WAY: set[str] = set()


def asked_by(visitor: Visitor) -> Callable[[str], Answer]:
    """What an address answers to somebody, without being drawn."""

    def get(address: str) -> Answer:
        answer = visitor.page.context.request.get(f"{visitor.site.url}{address}")
        page = answer.headers.get("content-type", "").startswith("text/html")
        return Answer(answer.status, answer.text() if page else None)

    return get


def whole_pages(visitor: Visitor) -> dict[str, Reached]:
    """Address → one page of each name that somebody may open; parts of pages are drawn where they belong."""
    found = reached(asked_by(visitor), 1)
    return {address: page for address, page in found.items() if "<html" in page.text}


def looked_at(visitor: Visitor, addresses: Iterator[str]) -> dict[str, list[str]]:
    """Address → what is wrong with the page there."""
    found = {}
    for address in addresses:
        visitor.go(address)
        found[address] = [*visitor.wrong(), *drawn_alone(visitor)]
    return {address: wrong for address, wrong in found.items() if wrong}


def drawn_alone(visitor: Visitor) -> list[str]:
    """Charts without a table of the same figures beside them."""
    told: list[str] = visitor.page.evaluate(
        """() => [...document.querySelectorAll('[data-chart]')].filter((chart) => {
            const rows = [...(chart.parentElement.querySelector('table')?.tBodies[0].rows ?? [])];
            const shown = rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join(' '));
            const told = JSON.parse(chart.dataset.chart).series.map((line) =>
                [line.name, ...line.data.map((figure) => figure ?? '—')].join(' '));
            return shown.join('|') !== told.join('|');
        }).map((chart) => `a chart without its table: ${chart.getAttribute('aria-label')}`)"""
    )
    return told


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_used_by_everybody(visitor: Any, look: str) -> None:
    """Fails when a page cannot be read aloud, by weak eyes, by keyboard or on a phone, or is looked at by nobody."""
    seen, wrong = set[str](), dict[str, list[str]]()
    for role in ROLES:
        me = visitor(**LOOKS[look]).sign_in(role)
        me.speak(LANGUAGES[look])
        found = whole_pages(me)
        new = [address for address, page in found.items() if page.name not in seen]
        seen |= {page.name for page in found.values()}
        wrong |= {f"{role} {address}": told for address, told in looked_at(me, iter(new)).items()}
        me.go("/settings/").speak("中文")
        me.page.context.close()
    assert wrong == {}
    assert sorted({page.name for page in pages()} - seen - ON_THE_WAY) == []


@pytest.mark.round
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("phone", "dark", "language"), product((False, True), (False, True), ("中文", "English")), ids=str
)
def test_the_full_round(visitor: Any, role: str, phone: bool, dark: bool, language: str) -> None:
    """Fails when what one is shown on a page breaks a rule in one language, width or theme alone."""
    me = visitor(phone=phone, dark=dark).sign_in(role)
    me.speak(language)
    assert looked_at(me, iter(whole_pages(me))) == {}
    me.go("/settings/").speak("中文")
