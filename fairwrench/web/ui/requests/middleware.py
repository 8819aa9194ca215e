"""No text of a request holds a NUL: no name or word has one, and PostgreSQL takes none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\0"


class PlainCookies:
    """Passes over cookies with marks that no cookie of ours has: they lead to a lookup in the database like a text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as if such cookies had not been sent."""
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if value.isprintable()}
        return self.get_response(request)


class PlainTexts:
    """Refuses a request with such a text (400), before a view asks the database for it and breaks off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handed on; what was sent is looked at once it is known that the sender may send it."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """BadRequest for a NUL in the address or in a form. Files are none of these: they are read elsewhere."""
        if any(NUL in text for text in _texts(request)):
            raise BadRequest("NUL")


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path
    for sent in (request.GET, request.POST):
        for name, values in sent.lists():
            yield name
            yield from (value for value in values if isinstance(value, str))
