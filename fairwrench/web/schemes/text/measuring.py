"""How a metric is measured, in the words of the evidence: which rows, which of them, dated and credited by what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fairwrench.report.naming import Names
from fairwrench.settlement.scheme.scheme import Item, Measure, Metric
from fairwrench.settlement.source.labels import column_label, made_of
from fairwrench.settlement.words.measure_words import counted_text, placed_text
from fairwrench.web.schemes.text.curves import value_words

_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_QUOTED = re.compile(r"'[^']*'")
WHEN_THIN = {
    "reweigh": ("本项不计，权重分摊到其他项", "the item is dropped and its weight does not count"),
    "neutral": ("按中性分计", "the neutral points count"),
    "unit": ("取所在部门的数值", "the department's value counts"),
    "hold": ("暂不计算，等待补充", "the item waits"),
}
WHEN_MISSING = {
    "hold": ("待数据补齐后计算", "the person stays incomplete until it is"),
    "reweigh": ("本项不计，权重分摊到其他项", "the item is dropped and its weight does not count"),
}
OVER_TIME = {
    "sum": ("各月数据合并计算", "the months' data taken together"),
    "last": ("取最后一个月", "the last month's"),
    "mean": ("取各月平均", "the mean of the months"),
}
BETTER = {
    "higher": ("越高越好", "higher is better"),
    "lower": ("越低越好", "lower is better"),
    "band": ("在区间内为好", "best within a band"),
}


@dataclass(frozen=True)
class Measured:
    """One measure: what of which rows, and by what they are dated and credited; `derived` says what is worked out from
    what, and `formula` is the measure as it was written."""

    counted: str
    placed: str
    credited: bool
    derived: tuple[tuple[str, str], ...]
    formula: str


def measured(measure: Measure, names: Names) -> Measured:
    """A measure in words."""
    where = f" where {measure.where}" if measure.where else ""
    return Measured(
        counted=names.say(counted_text(measure, names.sources)),
        placed=names.say(placed_text(measure, names.sources, always=True)),
        credited=bool(measure.credit),
        derived=tuple(_worked_out(measure, names)),
        formula=f"{measure.source}: {measure.value}{where}",
    )


def _worked_out(measure: Measure, names: Names) -> Iterable[tuple[str, str]]:
    """The columns of a measure that no file has, each with what it is made of."""
    source = names.sources.get(measure.source)
    # words in quotes are values and no columns
    read = f"{_QUOTED.sub('', f'{measure.value} {measure.where or str()}')} {measure.date} {measure.credit or ''}"
    for word in dict.fromkeys(_WORD.findall(read)):
        if source is not None and word in source.derived and source.derived[word].name:
            made, called = made_of(source, word, names.sources), column_label(source, word, names.sources)
            yield names.say(called), names.say(made)


def notes(metric: Metric, names: Names) -> list[str]:
    """What else holds for a metric, one sentence each."""
    zh_en = [BETTER[metric.better]]
    if metric.bound is not None:
        bound = value_words(metric.bound, metric, names)
        zh_en.append((f"制度规定的界限：{bound}", f"bound set by the regulation: {bound}"))
    if metric.thin_below:
        zh, en = WHEN_THIN[metric.when_thin]
        below = metric.thin_below
        zh_en.append((f"分母不足 {below} 时视为样本不足：{zh}", f"too few occasions below {below}: {en}"))
    zh, en = WHEN_MISSING[metric.when_missing]
    zh_en.append((f"数据未提交时：{zh}", f"when the evidence was not handed in: {en}"))
    if metric.denominator is None and metric.no_rows == "missing":
        zh_en.append(("没有任何记录时视为缺数据", "no row at all means that the figure is missing"))
    zh, en = OVER_TIME[metric.over_time]
    zh_en.append((f"季度、年度：{zh}", f"quarter and year: {en}"))
    if metric.sampled:
        zh_en.append(("抽样指标：列出样本量和 95 % 区间", "a sample: shown with its size and the 95 % interval"))
    return [names.pick(pair) for pair in zh_en]


def exceptions(item: Item, names: Names) -> list[str]:
    """Where an item treats thin or missing evidence otherwise than its metric does."""
    found = []
    if item.when_thin:
        zh, en = WHEN_THIN[item.when_thin]
        found.append(names.pick((f"样本不足时：{zh}", f"too few occasions: {en}")))
    if item.when_missing:
        zh, en = WHEN_MISSING[item.when_missing]
        found.append(names.pick((f"数据未提交时：{zh}", f"evidence not handed in: {en}")))
    return found
