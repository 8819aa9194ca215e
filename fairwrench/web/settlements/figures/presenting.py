"""A result as pages show it: each line with its words, its figures, its months before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from fairwrench.report.charts import trend
from fairwrench.report.lifting import change_words
from fairwrench.report.naming import Names
from fairwrench.settlement.scheme.scheme import Item
from fairwrench.settlement.words.curve_words import thresholds
from fairwrench.settlement.words.metric_words import target_words, value_words
from fairwrench.settlement.words.wording import MISSING
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.runs.person import Line, points_of

#: months before that the line of an item goes over
TREND = 6


@dataclass(frozen=True)
class Shown:
    """One item of somebody's month in words; `points`, `weight` and `aim` (the mark of the bar) in hundredths."""

    key: str
    name: str
    category: str
    kind: str
    value: str
    target: str
    count: str
    points: int | None
    weight: int
    state: str
    cause: str
    note: str
    trend: SafeString
    aim: int = 10_000


def lines_shown(lines: Iterable[Line], result: Result, names: Names, before: Sequence[Result] = ()) -> list[Shown]:
    """The lines of a result in words; `before` are the person's months up to it."""
    items, shown = _items(result, names), before[-TREND:]
    points = points_of(results=shown)
    months = [(past.run.cycle.month, told) for past, told in zip(shown, points, strict=True)]
    return [_shown(line, items.get(line["item"]), names, months) for line in lines]


def _items(result: Result, names: Names) -> dict[str, Item]:
    card = names.scheme.scorecards.get(result.scorecard)
    return {item.key: item for item in card.items} if card else {}


def _shown(
    line: Line, item: Item | None, names: Names, months: Iterable[tuple[str, Mapping[str, int | None]]]
) -> Shown:
    metric = names.scheme.metrics.get(line["item"])
    currency = names.scheme.currency
    # what was not handed in is no figure, rather than a zero that nobody earned
    there = metric is not None and line["cause"] not in MISSING
    aim = line["target"]
    # decimals until it differs from what it is held against: a target missed by a hair must not look met
    beside = (aim, *thresholds(item.curve if item else None))
    value = (line["n"], line["d"])
    words = value_words(*value, metric, currency, beside=beside) if metric and there else None
    goal = target_words(aim, metric, currency, beside=value) if metric and aim is not None else None
    values = [(month, told.get(line["item"])) for month, told in months]
    known = [(month, points) for month, points in values if points is not None]
    name = names.say(item.name) if item and item.name else names.item(line["item"])
    return Shown(
        key=line["item"],
        name=name,
        category=names.category(line["category"]),
        kind=line["kind"],
        value=names.say(words),
        target=names.say(goal),
        count=_count(line, names),
        points=line["points"],
        weight=line["weight"],
        state=line["state"],
        cause=line["cause"] or "",
        note=names.cause(line["cause"], line["lacks"]),
        # drawn by ourselves; the words in it are escaped there
        trend=mark_safe(trend(known, f"{name} {known[0][0]}–{known[-1][0]}" if known else "")),
    )


def _count(line: Line, names: Names) -> str:
    """n: how many occasions stand behind a ratio of counts."""
    below, digits = line["denominator"], line["denominator_digits"]
    # a denominator with decimals is an amount, which says nothing of how many occasions there were
    return names.pick((f"样本 {below:,}", f"n={below:,}")) if below is not None and not digits else ""


def lifts_shown(found: Iterable[dict[str, Any]], names: Names, grade: str) -> list[dict[str, Any]]:
    """What would lift, in words: the item, the change, what it brings."""
    shown = []
    # a change that no figure shows would be advice for nothing
    for lift in (each for each in found if each["score"] or each["pay"]):
        metric = names.scheme.metrics[lift["item"]]
        better = lift["grade"] if lift["grade"] != grade else ""
        told = {
            "name": names.item(lift["item"]),
            "change": names.pick(change_words(lift["change"], metric)),
            "better": better,
        }
        shown.append({**lift, **told})
    return shown
