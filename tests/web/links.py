"""The pages that somebody can reach by clicking, followed link by link from the first one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import resolve

#: addresses that give a file, or go on elsewhere
FILES = ("evidence:blank", "evidence:file", "evidence:rejected", "people:roster_export", "set_language")
#: where codes may stand: what is typed, what a file or a document of the scheme is called
QUIET = {"script", "style", "code", "pre", "option", "textarea", "template"}


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


@dataclass(frozen=True)
class Answer:
    """What an address answers: its status, and the page; None where it is something else than a page."""

    status: int
    text: str | None


@dataclass(frozen=True)
class Reached:
    """A page that was reached: the name of its address, its status, its text."""

    name: str
    status: int
    text: str


def reached(get: Callable[[str], Answer], most: int) -> dict[str, Reached]:
    """Address → what is reached from the first page by links alone; of pages of one name, so many at most."""
    waiting, found, kinds = ["/", "/settings/"], dict[str, Reached](), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        name = resolve(urlsplit(address).path).view_name
        if address in found or name in FILES or kinds[name] >= most:
            continue
        kinds[name] += 1
        answer = get(address)
        if answer.text is None:
            continue
        found[address] = Reached(name, answer.status, answer.text)
        for link in Page(answer.text).links if answer.status == 200 else []:
            target = urlsplit(urljoin(address, link))
            if not target.netloc and target.path.startswith("/") and not target.path.startswith("/static/"):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return found
