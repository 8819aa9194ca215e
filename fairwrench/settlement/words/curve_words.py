"""Curves as sentences, in both languages: which value, or attainment of the target, brings how many points."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from fairwrench.settlement.amounts import percentage, plain
from fairwrench.settlement.exact import value_units
from fairwrench.settlement.scheme.curve import Curve
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.metric_words import target_words

At = Callable[[Decimal], Text]


def value_of(value: Decimal, metric: Metric, currency: str) -> Text:
    """A value of a metric as a document writes it, with its unit."""
    return target_words(value_units(value), metric, currency)


def curve_text(curve: Curve, metric: Metric, currency: str = "") -> Text:
    """A curve in a sentence."""

    def at(x: Decimal) -> Text:
        if curve.of == "attainment":
            return Text(zh=percentage(x), en=percentage(x))
        return value_of(x, metric, currency)

    told = _SHAPES[curve.shape](curve, metric, at)
    if curve.of == "attainment" and curve.shape not in ("proportional", "gate"):
        return Text(zh=f"按目标达成率：{told.zh}", en=f"by attainment of the target: {told.en}")
    return told


def thresholds(curve: Curve | None, of: str = "value") -> tuple[int, ...]:
    """The values (or attainments) at which a curve bends or steps, in 10^-6; none where it is of the other."""
    if curve is None or curve.of != of:
        return ()
    places = [x for x, _ in curve.piecewise or curve.steps or ()]
    return tuple(map(value_units, [*places, *((curve.band.low, curve.band.high) if curve.band else ())]))


def _piecewise(curve: Curve, _metric: Metric, at: At) -> Text:
    knots = [(at(x), plain(points)) for x, points in curve.piecewise or ()]
    zh = "，".join(f"{x.zh} → {points}" for x, points in knots)
    en = ", ".join(f"{x.en} → {points}" for x, points in knots)
    return Text(zh=f"{zh} 分；其间按直线计算，两端不再增减", en=f"{en}; straight lines between, flat outside")


def _steps(curve: Curve, metric: Metric, at: At) -> Text:
    steps = list(curve.steps or ())
    rising = metric.better == "lower" or (metric.better == "band" and steps[0][0] <= steps[-1][0])
    zh_bound, en_bound = ("不超过", "up to") if rising else ("达到", "from")
    zh = [f"{zh_bound} {at(x).zh} 得 {plain(points)} 分" for x, points in steps]
    en = [f"{en_bound} {at(x).en}: {plain(points)}" for x, points in steps]
    rest = plain(curve.beyond or Decimal(0))
    return Text(zh="；".join([*zh, f"其余 {rest} 分"]), en="; ".join([*en, f"else {rest}"]))


def _proportional(curve: Curve, metric: Metric, _at: At) -> Text:
    assert curve.proportional is not None
    floor, cap = plain(curve.proportional.floor), plain(curve.proportional.cap)
    lower = metric.better == "lower"
    zh = f"得分 = {'目标 ÷ 实际' if lower else '实际 ÷ 目标'} × 100，最低 {floor} 分，最高 {cap} 分"
    en = f"{'target ÷ actual' if lower else 'actual ÷ target'} × 100, at least {floor}, at most {cap}"
    return Text(zh=zh, en=en)


def _gate(curve: Curve, _metric: Metric, _at: At) -> Text:
    assert curve.gate is not None
    met, missed = plain(curve.gate.met), plain(curve.gate.missed)
    return Text(zh=f"达到目标得 {met} 分，未达到得 {missed} 分", en=f"target reached: {met}; missed: {missed}")


def _band(curve: Curve, metric: Metric, at: At) -> Text:
    assert curve.band is not None
    band = curve.band
    per, one = _per_one(curve, metric, band.per)
    inside, floor, low, high = plain(band.inside), plain(band.floor), at(band.low), at(band.high)
    zh = f"{low.zh} 至 {high.zh} 得 {inside} 分，区间外每偏离{one.zh}减 {per} 分，最低 {floor} 分"
    en = f"{inside} from {low.en} to {high.en}; outside, {per} less for each {one.en}, at least {floor}"
    return Text(zh=zh, en=en)


def _deduct(curve: Curve, metric: Metric, _at: At) -> Text:
    assert curve.deduct is not None
    deduct = curve.deduct
    per, one = _per_one(curve, metric, deduct.per)
    zh = f"从 {plain(deduct.start)} 分起，每{one.zh}减 {per} 分，最低 {plain(deduct.floor)} 分"
    en = f"{plain(deduct.start)} less {per} for each {one.en}, at least {plain(deduct.floor)}"
    return Text(zh=zh, en=en)


def _per_one(curve: Curve, metric: Metric, per: Decimal) -> tuple[str, Text]:
    """What one step costs; a percentage is told by its points."""
    if metric.unit == "percent" or curve.of == "attainment":
        return plain(per / 100), Text(zh=" 1 个百分点", en="percentage point")
    return plain(per), Text(zh=" 1 ", en="1")


_SHAPES: dict[str, Callable[[Curve, Metric, At], Text]] = {
    "piecewise": _piecewise,
    "steps": _steps,
    "proportional": _proportional,
    "gate": _gate,
    "band": _band,
    "deduct": _deduct,
}
