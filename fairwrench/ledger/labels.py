"""Words in files brought to one form: “ 工时费（元） ” and "工时费(元)" are the same label. And units of measure."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache

_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_MARKS = "*#:;·.、,?!'\"_-"
_UNIT = re.compile(r"^(?P<base>.+?)[(\[{【〔「<](?P<unit>[^()\[\]{}【】〔〕「」<>]*)[)\]}】〕」>]$")
_CJK = re.compile(r"[\u3400-\u9fff]")
_SLASHED = re.compile(r"^(?P<base>.+)/(?P<unit>[^/]+)$")

#: units that money may be written in → yuan
MONEY = {
    **dict.fromkeys(("元", "圆", "块", "rmb", "cny", "¥", "人民币", "人民币元", "元整"), 1),
    "千元": 1_000,
    **dict.fromkeys(("万", "万元"), 10_000),
    "百万元": 1_000_000,
    **dict.fromkeys(("亿", "亿元"), 100_000_000),
}
#: units of time → seconds
TIME = {
    **dict.fromkeys(("秒", "秒钟", "s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("分", "分钟", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("时", "小时", "工时", "h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("天", "日", "工作日", "d", "day", "days"), 86_400),
}
#: units that leave a number as it is
PLAIN = frozenset(
    [
        *("", "km", "公里", "千米", "里", "个", "台", "台次", "次", "人", "人次", "辆", "件", "项", "单", "条", "笔"),
        *("份", "套", "位", "户", "张", "批", "分", "分数", "级", "mile", "pcs", "times"),
        *("必填", "选填", "可选", "required", "optional"),
    ]
)
PERCENT = frozenset(("%", "百分比", "percent"))


@lru_cache(maxsize=1 << 16)
def label_key(text: str) -> str:
    """A header as it is compared: half-width, lower case, without blanks, line breaks and marks at its ends."""
    word = _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower()
    word = word.strip(_MARKS)
    return word.replace("_", "").replace("-", "") if word.isascii() else word


@lru_cache(maxsize=1 << 16)
def without_unit(text: str) -> tuple[str, str]:
    """A compared header and the unit it names in brackets or after a slash: `工时费(元)` → (`工时费`, `元`)."""
    key = label_key(text)
    found = _UNIT.match(key)
    if found:
        return found["base"].strip(_MARKS), found["unit"].removeprefix("单位:").strip(_MARKS)
    found = _SLASHED.match(key)
    if found and (found["unit"] in MONEY or found["unit"] in TIME or found["unit"] in PLAIN | PERCENT):
        return found["base"], found["unit"]
    return key, ""


@lru_cache(maxsize=1 << 16)
def name_key(text: str) -> str:
    """A person's or store's name as it is compared: half-width, lower case, Chinese names without blanks inside."""
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    return _BLANK.sub("" if _CJK.search(word) else " ", word).replace("•", "·")


def unit_factor(unit: str, column: str, money: bool) -> Fraction | None:
    """By how much a number in `unit` is multiplied to be in the unit of `column`; None when that is not known.

    The unit of a column of time is the last word of its name (`waiting_parts_seconds`, `billed_hours`); `money` says
    whether the column may hold an amount.
    """
    own = TIME.get(column.rpartition("_")[2])
    if own and unit in TIME:
        return Fraction(TIME[unit], own)
    if unit in PLAIN:
        return Fraction(1)
    return Fraction(MONEY[unit]) if money and unit in MONEY else None


def known_unit(unit: str, column: str) -> bool:
    """Whether a unit says how numbers of a column are to be read; no unit does."""
    return unit in PERCENT or unit_factor(unit, column, money=True) is not None
