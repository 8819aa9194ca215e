"""Units of measure as headers, titles and cells name them → by what a number is multiplied, or why it cannot be read.

A unit is converted or it stops the column; it never passes. 分 is a hundredth of a yuan in a column of money, a minute
in one of time, a point in one of points, and where nobody knows which the numbers are rejected.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from fairwrench.ledger.cells.reasons import Reason
from fairwrench.settlement.source.source import Column, ColumnUnit

#: units of money → yuan
# Fractions, not floats: a hundredth of a yuan or a mile in kilometres is exact.
MONEY = {
    **dict.fromkeys(("元", "圆", "块", "rmb", "cny", "¥", "人民币", "人民币元", "元整", "yuan"), Fraction(1)),
    "厘": Fraction(1, 1000),
    "角": Fraction(1, 10),
    "十元": Fraction(10),
    "百元": Fraction(100),
    **dict.fromkeys(("千元", "仟元", "k元"), Fraction(1_000)),
    **dict.fromkeys(("万元", "萬元", "w元"), Fraction(10_000)),
    "十万元": Fraction(100_000),
    "百万元": Fraction(1_000_000),
    "千万元": Fraction(10_000_000),
    "亿元": Fraction(100_000_000),
}
#: names of the currency that amounts are in; beside another unit they say nothing
OWN_CURRENCY = ("人民币", "rmb", "cny", "¥")
#: units of time → seconds
TIME = {
    **dict.fromkeys(("秒", "秒钟", "s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("分钟", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("时", "小时", "工时", "h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("天", "日", "工作日", "d", "day", "days"), 86_400),
}
#: units of distance → km
DISTANCE = {
    **dict.fromkeys(("km", "公里", "千米", "里"), Fraction(1)),
    "米": Fraction(1, 1000),
    **dict.fromkeys(("mile", "miles", "英里", "mi"), Fraction(1_609_344, 1_000_000)),
}
#: how many of whatever is counted
MAGNITUDES = {
    **{"十": 10, "百": 100, "千": 1_000, "万": 10_000, "十万": 100_000},
    **{"百万": 1_000_000, "千万": 10_000_000, "亿": 10**8},
}
#: words that leave a number as it is
COUNTS = frozenset((
    *("个", "台", "台次", "次", "人", "人次", "名", "辆", "件", "项", "单"),
    *("条", "笔", "份", "套", "位", "户", "家", "张", "批"),
    # painted panels, cans of care products, parts
    *("面", "幅", "瓶", "桶", "罐", "盒", "支", "根", "片", "只", "对", "包", "袋", "级", "pcs", "times"),
    *("必填", "选填", "可选", "required", "optional"),
))  # fmt: skip
POINTS = frozenset(("分数", "点", "points", "pts"))
#: a hundredth of a yuan, a minute or a point
FEN = "分"
PERCENT = frozenset(("%", "％", "百分比", "percent", "pct"))

# The longest first, or 百万 would be taken for 百 and a unit called 万.
_SIZES = sorted(MAGNITUDES, key=len, reverse=True)
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_SAID_BY_NAME: dict[str, ColumnUnit] = {
    "seconds": "seconds",
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "km": "km",
}
_DAY = 86_400
_BETWEEN = re.compile(r"[,，、;；/|\s]+")
_NAMED = r"(?:货币单位|单位|币种|货币|units?|currency)"
_TITLE = re.compile(rf"{_NAMED}\s*(?:均?为|是|of\b)?\s*:?\s*(?P<unit>(?:(?!{_NAMED})[^:()\]】])+)", re.IGNORECASE)
#: units in free words: 金额以万元计, 按千元列示, amounts in 10,000 yuan
_FREE = re.compile(
    r"[以按用](?P<zh>[^以按用,。;:()]{1,8}?)(?:为单位|为计量单位|计算?|列示|列报|表示|统计|填[列写报]|反映)"
    r"|\b(?:in|expressed as)\s+(?P<en>[^.;:()]+)",
    re.IGNORECASE,
)
_OF_MONEY = re.compile("金额|货币|单位|人民币|费|工资|提成")
#: how a number of yuan is called beside 万元: 10k RMB, 10,000 yuan, RMB '000, in thousands
_OWN = r"(?:rmb|cny|renminbi|yuan|人民币|¥|元)"
_SIZED = re.compile(
    rf"(?<![a-z0-9.])(?:in)?\s*(?P<before>{_OWN})?\s*"
    r"(?:(?P<power>1[0,]*0)\s*(?P<size>k|w|thousands?|millions?|千|万|百万)?|(?P<ten>ten|hundred)?\s*"
    r"(?P<word>k|w|thousands?|millions?|mn)|'(?P<zeros>(?:000)+)s?)"
    rf"\s*(?:of)?\s*(?P<after>{_OWN})?(?![a-z0-9])"
)
_SIZES_IN_WORDS = {"k": 3, "w": 4, "thousand": 3, "million": 6, "mn": 6, "千": 3, "万": 4, "百万": 6, "": 0}
_POWERS = {size: power for power, size in enumerate(("", "十", "百", "千", "万", "十万", "百万", "千万", "亿"))}
_LABEL = re.compile(rf".{{0,4}}{_NAMED}\s*[:：]?", re.IGNORECASE)
_IN_NAMES = re.compile(r"[-_\s.()\[\]【】+]+")
_SURE_TIMES = frozenset(("秒", "分钟", "小时", "天", "工作日", "minutes", "hours", "days"))
_BRACKETS = re.compile(r"[(（\[【](?P<unit>[^()（）\[\]【】]+)[)）\]】]\s*$")
_SIGNS = r"usd|eur|hkd|jpy|gbp|aud|us\$|hk\$|\$|€|£|dollars?|euros?|英镑|美金"
#: in the brackets of a header whatever ends so is a currency; after 单位 it may be the name of a company
_CURRENCY = re.compile(rf".+(?:元|币|圆)|{_SIGNS}")
_FOREIGN = re.compile(rf"[百千万亿]*(?:[美日欧港澳加新韩台外](?:元|币|圆)|新台币|新加坡元|{_SIGNS})")


def unit_of(name: str, column: Column) -> ColumnUnit | None:
    """What the numbers of a column are in; of time and distance the last word of its name says it, too."""
    return column.unit or _SAID_BY_NAME.get(name.rpartition("_")[2])


def words_of(unit: str) -> list[str]:
    """The words of what a header or title says in brackets: `元，含税` are two, `人民币万元` is 万元."""
    bare = _in_chinese(unicodedata.normalize("NFKC", unit).lower())
    return [_without_currency(word) for word in _BETWEEN.split(bare.removeprefix("单位").lstrip(":： ")) if word]


def _in_chinese(text: str) -> str:
    """The text with numbers of yuan as Chinese units: `10k rmb` is 万元, `in thousands` 千."""
    return _SIZED.sub(_sized, text)


def _sized(found: re.Match[str]) -> str:
    """What a number of yuan is called, `万元`; the text itself where a number has no name or no currency beside it."""
    size = (found["size"] or found["word"] or "").removesuffix("s")
    digits = (found["power"] or "").replace(",", "")
    power = len(digits) - 1 if digits else len(found["zeros"] or "") or {"ten": 1, "hundred": 2}.get(found["ten"], 0)
    power += _SIZES_IN_WORDS[size]
    currency = "元" if found["before"] or found["after"] else ""
    bare_number = digits and not size and not currency
    names = [name for name, of in _POWERS.items() if of == power]
    return f" {names[0]}{currency}" if names and not bare_number else found[0]


def _without_currency(word: str) -> str:
    for name in OWN_CURRENCY:
        if word.removeprefix(name).removesuffix(name):
            word = word.removeprefix(name).removesuffix(name)
    return word


def factor_of(word: str, own: ColumnUnit | None) -> Fraction | Reason | None:
    """By how much a number in the unit `word` is multiplied to be in `own`, the column's unit (None: not known).

    A Reason where the unit is known and cannot be converted; None where the word is no unit that anybody knows.
    """
    # 万 alone multiplies whatever is counted: yuan, kilometres or cars.
    if word in COUNTS or word in MAGNITUDES:
        return Fraction(MAGNITUDES.get(word, 1))
    for known, fits, convert in _TABLES:
        if word in known:
            return convert(word, own) if own is None or own in fits else _other_kind(word, own)
    led_by = next((size for size in _SIZES if word.startswith(size)), "")
    # 万 in front of a unit that has no entry of its own (万公里): the number times the rest, if the rest is known.
    if led_by:
        plain = factor_of(word.removeprefix(led_by), own)
        return plain * MAGNITUDES[led_by] if isinstance(plain, Fraction) else plain
    return _foreign(word) if _CURRENCY.fullmatch(word) else None


def _money(word: str, _own: ColumnUnit | None) -> Fraction | Reason:
    return MONEY[word]


def _distance(word: str, _own: ColumnUnit | None) -> Fraction | Reason:
    return DISTANCE[word]


def _points(_word: str, _own: ColumnUnit | None) -> Fraction | Reason:
    return Fraction(1)


def _time(word: str, own: ColumnUnit | None) -> Fraction | Reason | None:
    """Time that passes has 24 hours a day; time worked does not, and nobody but the shop knows how many it has."""
    if own is None:
        return None
    of_day, in_days = TIME[word] == _DAY, own == "days"
    # Waiting times run round the clock and are kept in seconds or minutes; hours and days are those of work.
    if of_day != in_days and own not in ("seconds", "minutes"):
        return _worked_days(word, own)
    return Fraction(TIME[word], _SECONDS[own])


def _fen(_word: str, own: ColumnUnit | None) -> Fraction | Reason | None:
    """A hundredth of a yuan, a minute or a point, by what the column holds."""
    if own is None:
        return Reason(
            "unclear_unit",
            "单位“分”可能指钱（百分之一元），也可能指得分；请改写为“元”或“得分”",
            "the unit 分 may be money (a hundredth of a yuan) or points; write 元 or 得分 instead",
        )
    # One sign for three things: what the column holds decides.
    if own == "money":
        return Fraction(1, 100)
    return Fraction(1) if own == "points" else _time("分钟", own)


def _percent(_word: str, _own: ColumnUnit | None) -> Fraction | Reason:
    return Fraction(1, 100)


_Converter = Callable[[str, ColumnUnit | None], Fraction | Reason | None]
#: the words of a kind of unit, the columns that take it, and how it is converted
_TABLES: tuple[tuple[Container[str], tuple[ColumnUnit, ...], _Converter], ...] = (
    (MONEY, ("money",), _money),
    (TIME, ("seconds", "minutes", "hours", "days"), _time),
    (DISTANCE, ("km",), _distance),
    (POINTS, ("points",), _points),
    (frozenset((FEN,)), ("money", "points", "seconds", "minutes", "hours", "days"), _fen),
    # of nothing that has a unit: 95 % of a full score is 95 points or 0.95, and nobody can tell
    (PERCENT, (), _percent),
)
_KINDS: dict[str, tuple[str, str]] = {
    "money": ("金额", "an amount of money"),
    "points": ("得分", "points"),
    "km": ("里程", "a distance"),
    **dict.fromkeys(_SECONDS, ("时间", "a time")),
}


def counts_things(word: str, own: ColumnUnit | None) -> Reason | None:
    """Why a number of things (`3面`, `12台`) cannot stand in a column of money, time, points or distance."""
    return _other_kind(word, own) if own is not None and word in COUNTS else None


def _other_kind(word: str, own: ColumnUnit) -> Reason:
    zh, en = _KINDS[own]
    return Reason(
        "wrong_unit",
        f"单位“{word}”与本列不符，本列是{zh}；请核对列名和数据",
        f"the unit {word!r} does not fit the column, which is {en}; check its name and its numbers",
    )


def measures(word: str) -> bool:
    """Whether a word is a unit of time, money or distance, of which a number of things has none."""
    return word in TIME or word in MONEY or word in DISTANCE or is_foreign(word)


def no_count(word: str) -> Reason:
    """Why a column that counts things takes no number in such a unit."""
    return Reason(
        "wrong_unit",
        f"单位“{word}”与本列不符，本列是个数；请核对列名和数据",
        f"the unit {word!r} does not fit the column, which is a number of things; check its name and its numbers",
    )


def _worked_days(word: str, own: ColumnUnit) -> Reason:
    wanted_zh, wanted_en = ("天", "days") if own == "days" else ("小时", "hours")
    return Reason(
        "unit_not_convertible",
        f"单位是“{word}”，本列要{wanted_zh}：一天折多少工时各店不同，不能换算；请按{wanted_zh}填写",
        f"the unit is {word!r} and the column takes {wanted_en}: how many hours a working day has differs from shop to "
        f"shop; hand it in in {wanted_en}",
    )


def _foreign(word: str) -> Reason:
    return Reason(
        "foreign_currency",
        f"单位“{word}”不是人民币，不能换算；请按元填写",
        f"{word!r} is no unit of yuan and cannot be converted; hand it in in yuan",
    )


@lru_cache(maxsize=1 << 12)
def title_units(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The units that lines above a header name for the whole sheet: `单位：万元`, `经营月报（万元）`, `万元` alone."""
    units: list[str] = []
    for text in texts:
        bare = unicodedata.normalize("NFKC", text).strip()
        named = [word for title in _TITLE.finditer(bare) for word in words_of(title["unit"])]
        named += [word for free in _FREE.finditer(bare) for word in _in_free_words(free["zh"] or free["en"], bare)]
        inside = _BRACKETS.search(bare)
        if named:
            units += named
        elif inside:
            units += [word for word in words_of(inside["unit"]) if is_unit(word) and word not in COUNTS]
        # A line that is nothing but a unit of money; any other word in it makes it a title of something.
        elif not {*words_of(bare)} - {*MONEY}:
            units += words_of(bare)
    return tuple(dict.fromkeys(word for word in units if word not in OWN_CURRENCY))


def _in_free_words(text: str, bare: str) -> list[str]:
    """The units of money in a part of a sentence: 提成按工时计算 says nothing of what the hours are in."""
    of_money = [word for word in words_of(text) if word in MONEY or word in MAGNITUDES or is_foreign(word)]
    return [*of_money, FEN] if text.strip() == FEN and _OF_MONEY.search(bare) else of_money


@lru_cache(maxsize=1 << 12)
def name_units(*names: str) -> tuple[str, ...]:
    """The units that the names of a sheet and a file name: `维修工单（单位：万元）`, `维修工单_万元`.

    A single letter, or 千 and 分 without the word 单位, may be anything else there.
    """
    units: list[str] = []
    for name in names:
        bare = unicodedata.normalize("NFKC", name).strip().lower()
        named = [word for title in _TITLE.finditer(bare) for word in words_of(title["unit"])]
        parts = [word for part in _IN_NAMES.split(bare) for word in words_of(part)]
        # Names of files are full of letters and numbers, so only words that can be nothing else are taken from them.
        sure = [word for word in parts if word in MONEY or is_foreign(word) or word in _SURE_TIMES]
        units += [word for word in (*named, *sure) if is_unit(word) and word not in COUNTS]
    return tuple(dict.fromkeys(word for word in units if word not in OWN_CURRENCY))


def title_texts(rows: Iterable[Sequence[str | None]]) -> tuple[str, ...]:
    """The cells of the rows above a header; 单位 and its unit, told in two cells, are one text."""
    texts: list[str] = []
    for row in rows:
        cells = [cell.strip() for cell in row if cell and cell.strip()]
        texts += cells
        texts += [label + unit for label, unit in pairwise(cells) if _LABEL.fullmatch(label)]
    return tuple(texts)


def is_foreign(word: str) -> bool:
    """Whether a word of a title is surely another currency, alone or with a number of them (万美元)."""
    return _FOREIGN.fullmatch(word) is not None


def is_unit(word: str) -> bool:
    """Whether a word is a unit of measure; 必填 and 10月 are none."""
    known = word in PERCENT or word in MAGNITUDES or word in COUNTS or word == FEN
    return known or any(word in table for table in (MONEY, TIME, DISTANCE)) or bool(_CURRENCY.fullmatch(word))
