"""Lines of tables in a form: what was typed into fields called `c-0-id`, and what words and numbers it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: a line of a table: field → text; `pairs` holds lines of their own
Line = dict[str, Any]
#: lines of one table that are read at most: a form that somebody made up must not keep the site busy
MOST = 300
#: fields that are never empty, and so tell nothing of a line
CHOSEN = ("type", "scale", "yields", "drop", "was", "pairs")
_BETWEEN = re.compile(r"[、,，\n]")


def lines(posted: Mapping[str, str], prefix: str, fields: Iterable[str], pairs: bool = False) -> list[Line]:
    """The lines of a table as they were sent, empty ones too; with `pairs`, the fields `l-0-ours-0` and so on."""
    # three digits at most: a number of any length would make as many lines
    found = re.compile(rf"{prefix}-(\d{{1,3}})-")
    numbers = [int(match[1]) for name in posted if (match := found.match(name))]
    # to the highest number sent: lines that a browser left out in between are empty ones
    count, names = min(max(numbers, default=-1) + 1, MOST), list(fields)
    made = [{name: _text(posted, f"{prefix}-{at}-{name}") for name in (*names, "drop")} for at in range(count)]
    return [{**line, "pairs": _pairs(posted, f"{prefix}-{at}")} if pairs else line for at, line in enumerate(made)]


def is_told(line: Line) -> bool:
    """Whether anything is filled in that says something of a column."""
    pairs = [value for pair in line.get("pairs", ()) for value in pair.values()]
    return any([*pairs, *(value for name, value in line.items() if name not in CHOSEN)])


def words_in(text: str) -> list[str]:
    """Words separated by commas of either language, `、` or lines."""
    return [word.strip() for word in _BETWEEN.split(text) if word.strip()]


def _pairs(posted: Mapping[str, str], begin: str) -> list[Line]:
    found: list[Line] = []
    while len(found) < MOST and f"{begin}-ours-{len(found)}" in posted:
        found.append({name: _text(posted, f"{begin}-{name}-{len(found)}") for name in ("ours", "theirs")})
    return found


def _text(posted: Mapping[str, str], name: str) -> str:
    # browsers end the lines of a field in two signs; documents have one
    return posted.get(name, "").replace("\r\n", "\n").strip()
