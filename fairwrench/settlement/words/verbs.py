"""What comparisons are called between numbers, moments and texts, and how long a span is, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlglot import expressions as e

from fairwrench.settlement.exact import plain
from fairwrench.settlement.source.source import Text

Verbs = dict[type[e.Expr], tuple[str, str]]

OF_NUMBERS: Verbs = {
    e.EQ: ("等于", "equals"),
    e.NEQ: ("不等于", "does not equal"),
    e.GT: ("大于", "is above"),
    e.GTE: ("不小于", "is at least"),
    e.LT: ("小于", "is below"),
    e.LTE: ("不超过", "is at most"),
}
OF_MOMENTS: Verbs = {
    e.EQ: ("等于", "is"),
    e.NEQ: ("不等于", "is not"),
    e.GT: ("晚于", "is after"),
    e.GTE: ("不早于", "is not before"),
    e.LT: ("早于", "is before"),
    e.LTE: ("不晚于", "is not after"),
}
OF_TEXTS: Verbs = {
    e.EQ: ("为", "is"),
    e.NEQ: ("不是", "is not"),
    e.GT: ("（按字符排序）在后于", "comes, in the order of letters, after"),
    e.GTE: ("（按字符排序）不先于", "does not come, in the order of letters, before"),
    e.LT: ("（按字符排序）先于", "comes, in the order of letters, before"),
    e.LTE: ("（按字符排序）不后于", "does not come, in the order of letters, after"),
}
OF_EMPTY_TEXTS: Verbs = {e.EQ: ("是空文本", "is an empty text"), e.NEQ: ("不为空", "is filled in")}
OF_SPANS: Verbs = {
    e.EQ: ("正好", "is exactly"),
    e.NEQ: ("不是", "is not"),
    e.GT: ("超过", "is more than"),
    e.GTE: ("至少", "is at least"),
    e.LT: ("不到", "is less than"),
    e.LTE: ("不超过", "is at most"),
}
#: the same comparison seen from the other side
TURNED: dict[type[e.Expr], type[e.Expr]] = {e.GT: e.LT, e.GTE: e.LTE, e.LT: e.GT, e.LTE: e.GTE}


def _counted(number: Decimal, zh: str, en: str) -> Text:
    return Text(zh=f"{plain(number)} {zh}", en=f"{plain(number)} {en}{'' if number == 1 else 's'}")


def _days(days: Decimal) -> Text:
    return _counted(days, "天", "day")


def _seconds(seconds: Decimal) -> Text:
    """In the largest unit that leaves no rest: 3600 seconds are 1 hour."""
    for size, zh, en in ((3600, "小时", "hour"), (60, "分钟", "minute")):
        if seconds and not seconds % size:
            return _counted(seconds / size, zh, en)
    return _counted(seconds, "秒", "second")


#: function → the length of a span that it gives
LENGTHS: dict[str, Callable[[Decimal], Text]] = {"seconds_between": _seconds, "days_between": _days}
