"""Values of metrics as people say them, with their unit: time in hours and minutes, a value told from its target."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from fairwrench.settlement.amounts import NONE, units_text, value_text
from fairwrench.settlement.exact import plain, trimmed
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.source.source import Text

#: a metric's unit where it is worth writing
UNITS = {
    "hours": Text(zh="小时", en="h"),
    "days": Text(zh="天", en="days"),
    "seconds": Text(zh="秒", en="s"),
    "times": Text(zh="次", en="times"),
    "points": Text(zh="分", en="points"),
}
MINUTE, HOUR = 60, 3600


def value_words(
    n: int | None, d: int | None, metric: Metric, currency: str = "", *, beside: Iterable[int | None] = ()
) -> Text:
    """A worked-out value with its unit; `beside` as `value_text` takes it."""
    return with_unit(value_text(n, d, metric, currency, beside=beside), metric)


def target_words(
    units: int | None, metric: Metric, currency: str = "", *, beside: tuple[int | None, int | None] = (None, None)
) -> Text:
    """A target or threshold (10^-6) as it was written, with its unit; `beside` as `units_text` takes it."""
    return with_unit(units_text(units, metric, currency, beside=beside), metric)


def with_unit(shown: str, metric: Metric) -> Text:
    """A figure of a metric with its unit behind it; seconds as hours, minutes and seconds."""
    unit = UNITS.get(metric.unit)
    if unit is None or shown == NONE:
        return Text(zh=shown, en=shown)
    if metric.unit == "seconds":
        return duration(Decimal(shown.replace(",", "")))
    return Text(zh=f"{shown} {unit.zh}", en=f"{shown} {unit.en}")


def duration(seconds: Decimal) -> Text:
    """A length of time: 1 hour 30 min 23 s. Parts of nothing are left out."""
    sign = "−" if seconds < 0 else ""
    hours, rest = divmod(abs(seconds), HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = [(plain(hours), "小时", "h"), (plain(minutes), "分", "min"), (trimmed(rest), "秒", "s")]
    kept = [part for part in parts if part[0] != "0"] or [("0", "秒", "s")]
    # 30 分 alone would be thirty points or fen; beside hours and seconds 分 is a minute.
    if len(kept) == 1 and kept[0][1] == "分":
        kept = [(kept[0][0], "分钟", "min")]
    zh, en = (" ".join(f"{part[0]} {part[at]}" for part in kept) for at in (1, 2))
    return Text(zh=sign + zh, en=sign + en)
