"""Targets that cannot be meant: 6.4 where 6.4 % was, 200 % of a part of the whole, 40 % of an amount of money."""

from __future__ import annotations

from decimal import Decimal

from fairwrench.settlement.exact import percentage, trimmed
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.source.source import Text

_HUNDRED = Decimal(100)
#: a percentage is a part of the whole, unless its metric says how far beyond it may go
_WHOLE = Decimal(1)
#: what is counted in these is never a share of something
_ABSOLUTE = ("money", "count", "hours", "days", "seconds")
TARGET = Text(zh="目标值", en="a target")
BOUND = Text(zh="计分界限", en="a bound")


def most_of(metric: Metric) -> Decimal | None:
    """The largest target that a metric may have, None where there is no such bound."""
    if metric.target_most is not None:
        return metric.target_most
    return _WHOLE if metric.unit == "percent" else None


def implausible(metric: Metric, target: Decimal, what: Text = TARGET) -> Text | None:
    """Why a target, or another value of a metric that somebody wrote down, cannot be meant, with what probably is; None
    where it can."""
    most = most_of(metric)
    if most is None or target <= most:
        return None
    written, as_percent = trimmed(target), percentage(target)
    zh = f"“{metric.name.zh}”的{what.zh} {written} 即 {as_percent}，超过 {percentage(most)}"
    en = f"{what.en} of {written} for {metric.name.en} means {as_percent}, more than {percentage(most)}"
    # Even taken as a percentage it would be too much, so there is nothing to propose.
    if target > _HUNDRED * most:
        return Text(zh=f"{zh}；比率按小数写，97% 写作 0.97", en=f"{en}; rates are written as decimals, 97 % as 0.97")
    meant, share = percentage(target / _HUNDRED), trimmed(target / _HUNDRED)
    return Text(zh=f"{zh}；是否想写 {share}（{meant}）？", en=f"{en}; did you mean {share} ({meant})?")


def no_percentage(metric: Metric, target: Decimal, *, signed: bool) -> Text | None:
    """Why a percentage (`signed`: written with its sign) is no target of a metric of amounts, hours or counts; None
    where it is none. Less than a yuan is one that lost its sign."""
    lost = metric.unit == "money" and 0 < target < 1
    if metric.unit not in _ABSOLUTE or not (signed or lost):
        return None
    written = percentage(target)
    return Text(
        zh=f"“{metric.name.zh}”不是比率，目标值不能写成百分比（{written}）；请写数值",
        en=f"{metric.name.en} is no rate, so its target cannot be a percentage ({written}); write the amount itself",
    )
