"""What a request says, read in one place: whole numbers, months, days, choices.

A browser sends what our pages gave it. Whatever else stands there somebody made up, and it is a bad request (400):
never a fault of ours, never taken for something that was not said. What people type into a field, a form checks.
"""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import date

from django.core.exceptions import BadRequest
from django.http import QueryDict

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.ui.requests.bare_text import bare_text

#: as every database keeps them; `str.isdigit` takes digits that `int` does not, and `int` such of any script and length
DIGITS = 9
_WHOLE = re.compile(r"-?[0-9]+")
#: the years that a month may lie in, and those of a day that one looks from
MONTHS, DAYS = range(1990, 2101), range(1900, 3000)


def whole_number(text: str, *, digits: int = DIGITS, signed: bool = False) -> int | None:
    """The number that a text of some plain digits says, below 0 only where it is `signed`; None for any other text."""
    known = _WHOLE.fullmatch(text) and len(text.removeprefix("-")) <= digits and (signed or text[0] != "-")
    return int(text) if known else None


def number_said(text: str) -> int:
    """The number that a text of up to nine plain digits says; BadRequest for any other text."""
    number = whole_number(text)
    if number is None:
        raise BadRequest("number")
    return number


def number_of(sent: QueryDict, name: str, default: int) -> int:
    """The number sent under a name; `default` where nothing is."""
    text = sent.get(name, "")
    return number_said(text) if text else default


def month_said(text: str) -> Month:
    """The month `2026-10` says; BadRequest for any other text, and for a month that nobody settles."""
    try:
        month = Month.parse(text)
    except ValueError:
        raise BadRequest("month") from None
    if month.year not in MONTHS:
        raise BadRequest("month")
    return month


def day_of(sent: QueryDict, name: str) -> date | None:
    """The day sent under a name, as `2026-10-31`; None where nothing is."""
    text = sent.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRequest("day") from None
    # `fromisoformat` also reads 20261031 and 2026-W44-6, which no page of ours sends
    if day.year not in DAYS or day.isoformat() != text:
        raise BadRequest("day")
    return day


def text_of(sent: QueryDict, name: str, most: int) -> str:
    """The text typed under a name, as it is seen; BadRequest for more letters than its field takes."""
    text = bare_text(sent.get(name, ""))
    if len(text) > most:
        raise BadRequest(name)
    return text


def choice_of(sent: QueryDict, name: str, choices: Container[str], default: str = "") -> str:
    """What was chosen under a name; `default` where nothing was."""
    text = sent.get(name, "")
    if not text:
        return default
    if text not in choices:
        raise BadRequest(name)
    return text
