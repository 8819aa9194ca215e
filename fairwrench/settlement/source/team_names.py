"""A team (班组) where a person could stand: `机电一组` of a store, told apart from a stranger by what it is called.

Rows booked on a team carry its id in the person column until the members' shares of the month say whose they are.
"""

from __future__ import annotations

import re
import unicodedata

#: before the id of a team, which no employee id begins with
MARK = "team:"
_BLANKS = re.compile(r"\s+")
#: 机电一组, 钣喷班组, 早班, 一班（东区）; Team A, A team, bodyshop team
_NAMED_SO = re.compile(r"(?:.(?:组|班)(?:\(.*\))?$)|(?:^team\b)|(?:\bteam$)", re.IGNORECASE)


def team_name(text: str) -> str:
    """A team's name in one spelling: half-width, Latin letters large (A组, TEAM B), without blanks at its ends, none at
    all in a Chinese one."""
    word = unicodedata.normalize("NFKC", text).strip().upper()
    return _BLANKS.sub("" if not word.isascii() else " ", word)


def reads_as_team(text: str) -> bool:
    """Whether a name that no person has is one of a team."""
    return _NAMED_SO.search(team_name(text)) is not None


def team_id(store: str, name: str) -> str:
    """What stands in a person column for a team of a store."""
    return f"{MARK}{store}/{team_name(name)}"


def team_of(person: str) -> tuple[str, str] | None:
    """The store and name of a team, None where the id is a person's."""
    store, _, name = person.removeprefix(MARK).rpartition("/")
    return (store, name) if person.startswith(MARK) else None
