"""Every page in a real browser: it fits the screen, breaks no rule of WCAG 2.2 AA, and draws nothing without figures.

Here each page is opened at a desk in Chinese and light, and on a phone in English and dark, by whoever is shown most of
it; the full round opens everybody's pages in every language, width and theme.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import product
from typing import Any
from urllib.parse import urljoin

import pytest
from django.urls import reverse

from fairwrench.web.access.roles import pages
from tests.web.journeys.conftest import Visitor
from tests.web.links import Answer, Reached, reached

#: of several who may open a page, who is shown most of it
ROLES = (
    *("hr", "admin", "gm", "manager", "provider", "director", "auditor", "technician", "advisor"),
    *("service", "dispatcher", "care", "finance", "assistant"),
)
#: addresses of one name that are followed: an open month leads elsewhere than a published one
OF_A_KIND = 2
LOOKS = {"desk": {"phone": False, "dark": False}, "phone": {"phone": True, "dark": True}}
#: how the pages of each look speak
LANGUAGES = {"desk": "中文", "phone": "English"}
#: pages that no link leads to, opened by HR; and those that are opened by somebody who is not signed in
UNLINKED = (
    "account_logout",
    "account_reauthenticate",
    "socialaccount_connections",
    "socialaccount_login_cancelled",
)
BEFORE_THE_DOOR = ("account_login", "account_inactive", "account_reset_password")
#: pages that are there only while something waits to be done: the journeys look at most of them on their way
WHILE_SOMETHING_WAITS = {
    "settings:invitation",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_view_recovery_codes",
    "people:roster_preview",
    "people:stay",
    "people:take_back",
    "people:unit_remove",
    "appraisals:appeal",
    "appraisals:papers",
    "appraisals:signed",
    "goals:edit",
    "goals:grid",
    "goals:signed",
    "coaching:summary",
    "evidence:exemption",
    "evidence:header",
    "evidence:source_retire",
    "evidence:unknown",
    "evidence:upload",
    "settlements:choices",
    "settlements:correction",
    "settlements:decided",
    "settlements:fine",
    "settlements:unsettled",
    "schemes:acknowledgements",
    "surveys:of_store",
    "tickets:ticket",
}
#: addresses that answer with no page of their own: what a button sends, parts of pages, files, ways that lead on
NO_PAGES = re.compile(
    r"(account_(set_password|signup)|mfa_(reauthenticate|download_recovery_codes)|socialaccount_(login_error|signup)"
    r"|(dingtalk|feishu|weixin|openid_connect)_(login|callback)|set_language|health|metrics"
    r"|settings:(invite_again|grant|close|reopen|take_step|view_as|view_as_end|revoke|session_end)"
    r"|people:(roster_apply|roster_export|delegation_decide|undelegate)|jobs:(progress|retry)|inbox:(bell|open|read)"
    r"|notices:(own_bot|again|bot_try|bot_end|urge)"
    r"|evidence:(drop|waiting|land_ready|land|place|set_aside|file|rejected|adopt|exemption_decide|blank"
    r"|missing_order_answer|missing_order_withdraw)"
    r"|schemes:(propose|take_back|approve|send_back|withdraw|document|publish|discuss|acknowledge|on_paper"
    r"|paper_undo|paper_object|remind)"
    r"|tasks:(act|progress|hand_on)|comments:add|coaching:(answer|correct|act)|goals:(start|act|change|results)"
    r"|surveys:act|voice:(by_code|act)|tickets:(act|photo)|teams:withdraw|appraisals:(interview|decline|talk|serve|act|appeal_act|paper)"
    r"|analysis:(draft|ask|answer|owner|kpi_act|confirm|act|section)"
    r"|settlements:(rate|rows|check|correction_decide|correction_withdraw|fine_withdraw|rating_return|act))"
)


def asked_by(visitor: Visitor) -> Callable[[str], Answer]:
    """What an address answers to somebody, without being drawn."""

    def get(address: str) -> Answer:
        answer = visitor.page.context.request.get(f"{visitor.site.url}{address}")
        page = answer.headers.get("content-type", "").startswith("text/html")
        return Answer(answer.status, answer.text() if page else None)

    return get


def whole_pages(visitor: Visitor) -> dict[str, Reached]:
    """Address → page, for all that somebody may open; parts of pages are drawn where they belong."""
    found = reached(asked_by(visitor), OF_A_KIND)
    return {address: page for address, page in found.items() if "<html" in page.text}


def looked_at(visitor: Visitor, addresses: Iterable[str]) -> dict[str, list[str]]:
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


def unseen(seen: set[str]) -> set[str]:
    """The pages that somebody still has to look at."""
    return {page.name for page in pages() if not NO_PAGES.fullmatch(page.name)} - seen - WHILE_SOMETHING_WAITS


@pytest.fixture(scope="module")
def followed() -> dict[str, dict[str, str]]:
    """Role → page → its address, once somebody followed all of the role's links: they are the same at every width."""
    return {}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_used_by_everybody(visitor: Any, look: str, followed: dict[str, dict[str, str]]) -> None:
    """Fails when a page cannot be read aloud, by weak eyes, by keyboard or on a phone, or is looked at by nobody."""
    stranger = visitor(**LOOKS[look], language="en" if LANGUAGES[look] == "English" else "zh-CN")
    wrong, seen = looked_at(stranger, map(reverse, BEFORE_THE_DOOR)), set(BEFORE_THE_DOOR)
    for role in ROLES:
        if not unseen(seen):
            break  # whoever comes now is shown less of what somebody before was shown
        me = visitor(**LOOKS[look]).sign_in(role)
        me.speak(LANGUAGES[look])
        if role not in followed:
            followed[role] = {page.name: address for address, page in reversed(whole_pages(me).items())}
        new = {name: address for name, address in followed[role].items() if name not in seen}
        if role == "hr":
            new |= {name: reverse(name) for name in UNLINKED}
            new["settlements:person"] = urljoin(new["settlements:person_of"], "../")
        wrong |= {f"{role} {address}": told for address, told in looked_at(me, new.values()).items()}
        seen |= set(new)
        me.go("/settings/").speak("中文")
        me.page.context.close()
    assert wrong == {}
    assert unseen(seen) == set(), f"nobody looked at {sorted(unseen(seen))}"


@pytest.mark.round
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("phone", "dark", "language"), product((False, True), (False, True), ("中文", "English")), ids=str
)
def test_the_full_round(visitor: Any, role: str, phone: bool, dark: bool, language: str) -> None:
    """Fails when what one is shown on a page breaks a rule in one language, width or theme alone."""
    me = visitor(phone=phone, dark=dark).sign_in(role)
    me.speak(language)
    assert looked_at(me, whole_pages(me)) == {}
    me.go("/settings/").speak("中文")
