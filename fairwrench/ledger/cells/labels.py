"""Words in files brought to one form: “ 工时费（元） ” and "工时费(元)" are the same label."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from fairwrench.ledger.cells.units import is_unit

_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_MARKS = "*#:;·.、,?!'\"_-"
#: the dot in a name of several parts, as fonts and input methods write it: 买买提・艾力
_DOTS = re.compile("[•・‧∙⋅●.．]")
_UNIT = re.compile(r"^(?P<base>.+?)[(\[{【〔「<](?P<unit>[^()\[\]{}【】〔〕「」<>]*)[)\]}】〕」>]$")
_CJK = re.compile(r"[\u3400-\u9fff]")
_SLASHED = re.compile(r"^(?P<base>.+)/(?P<unit>[^/]+)$")
#: amounts are often named with their unit and no bracket: 产值万元
_SUFFIXED = re.compile(r"^(?P<base>.+?)(?P<unit>万元|千元|百元|百万元|亿元)$")


@lru_cache(maxsize=1 << 16)
def label_key(text: str) -> str:
    """A header as it is compared: half-width, lower case, without blanks, line breaks and marks at its ends."""
    word = _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower()
    # Stars of required columns, colons of forms: dress at the ends, while a mark inside may mean something.
    word = word.strip(_MARKS)
    return word.replace("_", "").replace("-", "") if word.isascii() else word


@lru_cache(maxsize=1 << 16)
def without_unit(text: str) -> tuple[str, str]:
    """A compared header and the unit it names in brackets or after a slash: `工时费(元)` → (`工时费`, `元`).

    Several brackets name several things: `工时费(元)(含税)` → (`工时费`, `元,含税`).
    """
    key, units = label_key(text), list[str]()
    while bracketed := _UNIT.match(key):
        key = bracketed["base"].strip(_MARKS)
        units.insert(0, bracketed["unit"].strip(_MARKS))
    if units:
        return key, ",".join(units)
    slashed = _SLASHED.match(key)
    # Only what is a unit: 姓名/工号 names two things and no unit.
    if slashed and is_unit(slashed["unit"]):
        return slashed["base"], slashed["unit"]
    suffixed = _SUFFIXED.match(key)
    return (suffixed["base"], suffixed["unit"]) if suffixed else (key, "")


@lru_cache(maxsize=1 << 16)
def name_key(text: str) -> str:
    """A person's or store's name as it is compared: half-width, lower case, Chinese names without blanks inside."""
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    # Blanks part the words of a Latin name; in a Chinese one they are there to line up two signs with three.
    if not _CJK.search(word):
        return _BLANK.sub(" ", word)
    return _DOTS.sub("·", _BLANK.sub("", word))
