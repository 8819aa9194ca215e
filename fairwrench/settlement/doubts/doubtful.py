"""Figures that count and can hardly be meant: several times their target, or a part of a whole that is nothing.

Nothing is changed here. Most often a unit is wrong, in the evidence or in the target, and nobody looks at a full score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.exact import VALUE_DIGITS
from fairwrench.settlement.inputs.problem_people import first_few, person_called
from fairwrench.settlement.measure.values import MeasuredFacts, unit_read, values_at
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Metric, Scheme
from fairwrench.settlement.score.card_items import card_items
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.metric_words import target_words, value_words

#: where higher is better, so many times the target is more than anybody does (ours; hours for minutes are 60 times it)
ABOVE = 5
#: where higher is better, such a part of the target, in most figures of a metric, is less than a bad month (ours)
BELOW = 5
#: where lower is better, so many times the target, in most figures of a metric, is more than a bad month (ours); a rate
#: of a few per cent may well be several times its target
BEYOND = 20
#: with fewer figures of a metric than this, all of them have to be off
SEVERAL = 3
#: causes of lines whose own figure has nothing beneath it, or too little
_POOR = ("no_occasion", "neutral", "unit")
_ONE: int = 10**VALUE_DIGITS


class _Figure(NamedTuple):
    """A unit's value n ÷ d of a metric beside its target (10^-6); `called` is the unit, or the person."""

    called: Text
    n: int
    d: int
    target: int


def doubtful(lines: pl.DataFrame, people: pl.DataFrame, found: MeasuredFacts) -> list[Problem]:
    """What is to be looked into before it counts, one problem a metric and direction.

    `lines` as score.LINE has them; `people`: employee_id, name, store, department, scorecard of everybody in service.
    """
    names = dict(people.select("employee_id", "name").iter_rows())
    return [*_far_off(lines, names, found.scheme), *_nothing_beneath(lines, people, names, found)]


def _far_off(lines: pl.DataFrame, names: dict[str, str | None], scheme: Scheme) -> Iterator[Problem]:
    """Figures far from their target: on the good side each, on the bad side only where most of a metric are."""
    # Neutral points and decided ones say nothing of the figure; the department's stands for itself.
    plain = pl.col("cause").is_null() | (pl.col("cause") == "unit")
    counted = lines.filter((pl.col("kind") == "metric") & (pl.col("state") == "counted") & plain)
    aimed = counted.filter((pl.col("target") > 0) & (pl.col("d") > 0) & pl.col("n").is_not_null())
    # Everybody of a store reads the same figure, which is told once.
    told = aimed.select("item", "level", "unit", "n", "d", "target").unique().sort("item", "level", "unit", "target")
    better = pl.col("item").replace_strict(
        {name: metric.better for name, metric in scheme.metrics.items()}, return_dtype=pl.String
    )
    value, aim = _whole("n") * _ONE, _whole("target") * _whole("d")
    marked = told.with_columns(
        above=(better == "higher") & (value > ABOVE * aim),
        # 0 is no slip of the unit.
        below=(better == "higher") & (value > 0) & (BELOW * value < aim),
        beyond=(better == "lower") & (value > BEYOND * aim),
    )
    off = marked.with_columns(below=_mostly("below"), beyond=_mostly("beyond"))
    off = off.filter(pl.any_horizontal("above", "below", "beyond"))
    for (key,), group in off.partition_by("item", as_dict=True, maintain_order=True).items():
        metric = scheme.metrics[str(key)]
        for side, times, high in (("above", ABOVE, True), ("below", BELOW, False), ("beyond", BEYOND, True)):
            figures = group.filter(side).select("level", "unit", "n", "d", "target").rows()
            called = [_Figure(_called(level, unit, names, scheme), *rest) for level, unit, *rest in figures]
            yield from _told(str(key), metric, called, times, high=high)


def _whole(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int128)


def _mostly(side: str) -> pl.Expr:
    """Figures that are off, where at least half of the item's are, and of very few all."""
    figures, off = pl.len().over("item"), pl.col(side).sum().over("item")
    return pl.col(side) & pl.when(figures >= SEVERAL).then(2 * off >= figures).otherwise(off == figures)


def _told(key: str, metric: Metric, off: list[_Figure], times: int, *, high: bool) -> Iterator[Problem]:
    if not off:
        return
    shown = first_few([_beside_target(each, metric) for each in off])
    zh = f"“{metric.name.zh}”有 {len(off)} 个数比目标{'高' if high else '低'} {times} 倍以上，"
    zh += f"请核对单位（小时/分钟、元/万元、百分比）和目标值：{shown.zh}"
    en = f"{number_of(len(off), 'figure')} of {metric.name.en} {agreeing(len(off), 'is', 'are')} "
    en += f"{'more than' if high else 'less than a part in'} {times} {'times' if high else 'of'} the target; "
    en += f"check units (hours or minutes, yuan or 10,000 yuan, percentages) and targets: {shown.en}"
    yield Problem("implausible", zh, en, "warning", subject=key, details=_every(off))


def _beside_target(figure: _Figure, metric: Metric) -> Text:
    value = value_words(figure.n, figure.d, metric, beside=(figure.target,))
    target = target_words(figure.target, metric, beside=(figure.n, figure.d))
    zh, en = f"{figure.called.zh} {value.zh}（目标 {target.zh}）", f"{figure.called.en} {value.en} (target {target.en})"
    return Text(zh=zh, en=en)


def _every(figures: Iterable[_Figure]) -> dict[str, str]:
    return {"about": ", ".join(figure.called.en for figure in figures)}


def _nothing_beneath(
    lines: pl.DataFrame, people: pl.DataFrame, names: dict[str, str | None], found: MeasuredFacts
) -> Iterator[Problem]:
    """Ratios with something above and nothing beneath: no occasion, as it is scored, but then nothing were above."""
    poor = lines.filter((pl.col("kind") == "metric") & pl.col("cause").is_in(_POOR)).select("employee_id", "item")
    if poor.is_empty():
        return
    # The line may show the department's figure by now, so its own is taken from the metric again, at the card's level.
    items = card_items(found).with_row_index("at").filter("ratio").select("at", "scorecard", "item", "metric", "level")
    homes = people.select("employee_id", "store", "department", "scorecard")
    own = poor.join(homes, on="employee_id").join(items, on=["scorecard", "item"]).with_columns(unit=unit_read())
    pairs = own.select("metric", "level").unique().sort("metric", "level").rows()
    nothing = values_at(pairs, found).filter((pl.col("d") <= 0) & (pl.col("n") != 0))
    units = own.join(nothing, on=["metric", "level", "unit"], how="semi").sort("at", "unit")
    told: dict[str, dict[str, Text]] = {}
    for key, level, unit in units.select("item", "level", "unit").unique(maintain_order=True).rows():
        told.setdefault(key, {})[unit] = _called(level, unit, names, found.scheme)
    for key, units_of in sorted(told.items()):
        yield _beneath(key, found.scheme.metrics[key], [*units_of.values()])


def _beneath(key: str, metric: Metric, called: list[Text]) -> Problem:
    shown = first_few(called)
    zh = f"“{metric.name.zh}”有 {len(called)} 处分母为 0 而分子不为 0，按“本月没有发生”处理，"
    zh += f"请核对分母的数据：{shown.zh}"
    en = f"{metric.name.en} has {number_of(len(called), 'figure')} with nothing beneath and something above, which "
    en += f"{agreeing(len(called), 'is', 'are')} scored as no occasion; look into what it is divided by: {shown.en}"
    details = {"about": ", ".join(each.en for each in called)}
    return Problem("nothing_beneath", zh, en, "warning", subject=key, details=details)


def _called(level: str, unit: str, names: dict[str, str | None], scheme: Scheme) -> Text:
    """A unit of a level by its name."""
    if level in ("person", "team"):
        return person_called(unit, names.get(unit))
    if unit == "*":
        return Text(zh="集团", en="the group")
    store, _, department = unit.partition("|")
    if not department:
        return Text(zh=store, en=store)
    named = (
        scheme.departments[department].name if department in scheme.departments else Text(zh=department, en=department)
    )
    return Text(zh=f"{store}/{named.zh}", en=f"{store}/{named.en}")
