"""Lines of the log: each names the request that it came of, and what was refused is one line and no traceback.

Logging begins before the applications are loaded, so nothing of them is asked here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from secrets import token_hex
from typing import Any

from django.http import HttpRequest, HttpResponse

#: the number of the request that is being answered; a dash for none
_number: ContextVar[str] = ContextVar("request", default="-")
#: what the answer tells the number by, so that a person can name it to whoever reads the log
HEADER = "X-Request-ID"


#: what is written without a name is refused without one, too; what its readers do is theirs
UNNAMED = re.compile(r"/voice/(?!received/)|/surveys/[0-9]+/answer/")


class NumberedRequests:
    """Gives each request a number of its own; one that was sent along is not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the answer says the number."""
        number = token_hex(6)
        vars(request)["number"] = number  # some lines are written once the answer is there
        token = _number.set(number)
        try:
            response = self.get_response(request)
        finally:
            _number.reset(token)
        response.headers[HEADER] = number
        return response


def number_of_request() -> str:
    """The number of the request that is being answered; a dash for none."""
    return _number.get()


class OneLine(logging.Filter):
    """Adds the number of the request to every line, and to those of a request who sent it and whence.

    A refusal (a status below 500) is told in one line: there is nothing to mend in the program, so no traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record is completed."""
        request, status = getattr(record, "request", None), getattr(record, "status_code", None)
        record.request_number = getattr(request, "number", _number.get())
        if isinstance(request, HttpRequest) and not hasattr(record, "told"):
            record.told = True  # a record may pass several handlers
            record.msg, record.args = f"{_one_line(record.getMessage())} {_about(request, status)}", None
        if isinstance(status, int) and status < 500:
            record.exc_info = record.exc_text = None
        return True


def _about(request: HttpRequest, status: Any) -> str:
    """Status, method, address, who and whence. Nothing is looked up for it: the database may be what is wrong."""
    if UNNAMED.match(request.path):
        return f"status={status} {request.method} {_one_line(request.path)}"
    who = getattr(request, "real_user", None) or getattr(request, "_cached_user", None)
    name = who.get_username() if who is not None and who.is_authenticated else "-"
    viewed = getattr(request, "viewing_as", None)
    seen_as = f" as={_one_line(viewed.get_username())}" if viewed is not None else ""
    path, address = _one_line(request.path), request.META.get("REMOTE_ADDR", "")
    return f"status={status} {request.method} {path} user={_one_line(name)}{seen_as} address={address}"


def _one_line(text: str) -> str:
    """A text without line breaks and other marks by which one line could be made to look like several."""
    # 500 letters: a path may be of any length
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[:500])
