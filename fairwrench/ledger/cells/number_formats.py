"""What a workbook's number formats say of cells: `[h]:mm` is a duration, `0.00"万元"` names the unit of the number."""

from __future__ import annotations

import re

from fairwrench.ledger.cells.units import COUNTS, MAGNITUDES, MONEY, is_unit, words_of

_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_LITERAL = re.compile(r'"([^"]*)"|\[\$([^\]-]*)(?:-[^\]]*)?\]|[\\!](.)')
#: a comma behind the last digit, or a point that is only drawn: the cell shows less than the number it holds
_SCALED = re.compile(r"[0#?],+(?![0#?])|[\\!]\.|\"\.\"")
_BRACKETED = re.compile(r"\[[^\]]*\]")
#: signs of currencies that a format puts before a number
_SIGNS = {"$": "usd", "us$": "usd", "€": "eur", "£": "gbp", "hk$": "hkd"}


def shows_time(code: str) -> bool:
    """Whether a number format shows a time without a date: `[h]:mm`, `hh:mm:ss`, but not `yyyy-mm-dd hh:mm`."""
    # The first section is that of positive numbers; quoted texts may hold any letter (`0"h"` shows no time).
    bare = _QUOTED.sub("", code.split(";", maxsplit=1)[0]).lower()
    elapsed = re.search(r"\[(?:h+|m+|s+)\]", bare) is not None
    bare = _BRACKETED.sub("", bare)
    return (elapsed or "h" in bare or "s" in bare) and not re.search(r"[yd年月日]", bare)


def shown_unit(code: str) -> str:
    """The unit that a number format writes beside the number: 万元 of `0.00"万元"`; empty where there is none.

    A format that also makes the number smaller (`0!.0,"万"`, `#,##0,"千元"`) says how it is shown, and not what it is.
    """
    positive = code.split(";", maxsplit=1)[0]
    placed = _BRACKETED.sub("", _QUOTED.sub("", positive)).lower().replace("general", "0")
    # A format that scales shows 1.2万 for a cell that holds 12000: converting it again would be ten thousand times off.
    if re.search(r"[ymdhs]", placed) or _SCALED.search(positive):
        return ""
    literal = "".join(part for parts in _LITERAL.findall(positive) for part in parts)
    bare = re.sub(r"[a-z0#?.,%@;_*()+\-\s/]", "", placed)
    word = _SIGNS.get((literal + bare).strip().lower(), (literal + bare).strip())
    words = words_of(word)
    known = len(words) == 1 and is_unit(words[0]) and words[0] not in COUNTS
    plain = known and MONEY.get(words[0], MAGNITUDES.get(words[0], 0)) == 1
    return words[0] if known and not plain else ""
