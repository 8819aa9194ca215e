"""What a page reads of a request, found out by asking it and by reading its forms; and requests made of odd values.

Addresses come from the URL configuration, keys from an instrumented QueryDict and from the forms of the pages, so that
a new page is tried without anybody having to think of it.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.http import QueryDict
from django.test import Client

import fairwrench.web

#: texts that somebody may put in the place of any number, month, word or name
ODD = (
    "²", "٣", "１２", "-1", "+1", "1_0", " 1", "1.0", "1e999", "0x10", "NaN", "9" * 19, "9" * 40, "9" * 5000, "true",
    "2026-13", "0000-01", "9999-12", "2026-1", "2026-02-30", "0001-01-01", "9999-12-31", "x:1", "1:x", ":", "1:²",
    "..", "../../etc/passwd", "\0", "\r\nX-Odd: 1", "\ud800", "\ufffe🏁", "'\"><script>", "%s{}{0}", "=1+1", ",", "-",
    "a" * 70_000, "00000000-0000-0000-0000-000000000000", "",
)  # fmt: skip
#: of these an address can hold no more than this many letters, as a web server would refuse a longer one
LONGEST = 2_000
#: headers that something of ours, or of a library, reads
HEADERS = (
    "HX-Request", "HX-Trigger-Name", "HX-Current-URL", "HX-Target", "Referer", "Accept-Language", "X-Forwarded-For",
    "X-Forwarded-Proto", "X-Request-ID", "Authorization", "User-Agent", "If-Modified-Since", "Origin", "Content-Length",
)  # fmt: skip
COOKIES = ("sessionid", "fairwrench_device", "django_language", "csrftoken", "messages")
#: texts that are tried with every key; of the others each key gets some, so that all of them come up with many keys
#: (`make test-round` tries all of them with each)
ALWAYS, IN_TURN = ("²",), 40
#: a form of more kinds of fields gets one text for each: it is long to read, and one piece of code reads it
LONG_FORM = 15
#: keys that one piece of code reads on every page with a table
OF_TABLES = ("q", "sort", "page", "per_page", "export")


@dataclass
class Keys:
    """What a page reads: of the query string and of the form, with values that the form itself would send."""

    query: set[str] = field(default_factory=set)
    sent: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page: address, method, and what each field would send as it stands."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, list[str]]]] = []
        self._fields: dict[str, list[str]] = {}
        self._select = self._area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Forms, and what they hold."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
            self.found.append((told.get("action", ""), told.get("method", "get").lower(), self._fields))
        name = told.get("name", "")
        if tag in ("input", "button") and name:
            self._fields.setdefault(name, []).append(told.get("value", ""))
        if tag == "select":
            self._select = name
            self._fields.setdefault(name, [])
        if tag == "option" and self._select and ("selected" in told or told.get("value")):
            self._fields[self._select] = [told.get("value", "")]
        if tag == "textarea" and name:
            self._fields.setdefault(name, []).append("x")


@contextmanager
def noting() -> Iterator[set[str]]:
    """The keys that anybody asks a QueryDict for within."""
    names = ("get", "getlist", "__getitem__", "__contains__")
    own, keys = dict(vars(QueryDict)), set[str]()

    def noted(before: Any) -> Any:
        def method(given: QueryDict, key: str, *rest: Any, **more: Any) -> Any:
            keys.add(key)
            return before(given, key, *rest, **more)

        return method

    for name in names:
        setattr(QueryDict, name, noted(getattr(QueryDict, name)))
    try:
        yield keys
    finally:
        for name in names:
            if name in own:
                setattr(QueryDict, name, own[name])
            else:
                delattr(QueryDict, name)


def some_of(at: int, *, one: bool = False) -> list[str]:
    """The odd texts for the `at`-th key, or one; all of them where FORGED=all asks for the whole round."""
    if os.environ.get("FORGED") == "all":
        return list(ODD)
    return [ODD[at % len(ODD)]] if one else [*ALWAYS, *ODD[at % IN_TURN :: IN_TURN]]


def sent_by(client: Client, method: str, address: str, **given: Any) -> Any:
    """The answer to a request, with whatever it changed taken back."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = client.generic(method, address, **given)
        answer.getvalue() if answer.streaming else None
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def encoded(pairs: dict[str, list[str]]) -> str:
    """Pairs as a browser sends them, halves of characters included."""
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, values in pairs.items() for value in values)


def quoted(text: str) -> str:
    """A text as an address holds it."""
    return quote(text, safe="", errors="surrogatepass")


def posted(client: Client, address: str, pairs: dict[str, list[str]]) -> Any:
    """The answer to a form."""
    return sent_by(client, "POST", address, data=encoded(pairs), content_type="application/x-www-form-urlencoded")


def literal_keys() -> set[str]:
    """Every key that the source itself names when it reads a request."""
    found: set[str] = set()
    for path in Path(fairwrench.web.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found |= _key_of(node)
    return found


def _key_of(node: ast.AST) -> set[str]:
    source, key = None, None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "getlist"):
        source, key = node.func.value, node.args[0] if node.args else None
    elif isinstance(node, ast.Subscript):
        source, key = node.value, node.slice
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
        source, key = node.comparators[0], node.left
    reads = isinstance(source, ast.Attribute) and source.attr in ("GET", "POST")
    return {key.value} if reads and isinstance(key, ast.Constant) and isinstance(key.value, str) else set()
