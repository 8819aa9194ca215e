"""How a metric is measured, in the words of the evidence: which rows, which of them, dated and credited by what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fairwrench.report.naming import Names
from fairwrench.settlement.scheme import Item, Measure, Metric
from fairwrench.settlement.source import Derived, Existence, Lookup, Shift, Source
from fairwrench.web.schemes.curves import value_words

_CALL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_QUOTED = re.compile(r"'[^']*'")
AGGREGATES = {
    "count": ("计数", "count"),
    "count_distinct": ("不重复计数", "distinct count of"),
    "sum": ("合计", "sum of"),
    "min": ("最小值", "least"),
    "max": ("最大值", "most"),
    "avg": ("平均", "mean of"),
    "quantile": ("分位数", "quantile of"),
}
WHEN_THIN = {
    "reweigh": ("本项不计，权重分摊到其他项", "the item is dropped and its weight does not count"),
    "neutral": ("按中性分计", "the neutral points count"),
    "unit": ("取所在部门的数值", "the department's value counts"),
    "hold": ("暂不计算，等待补充", "the item waits"),
}
WHEN_MISSING = {
    "hold": ("待资料补齐后计算", "the person stays incomplete until it is"),
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
    """One measure: what is counted or summed, of which file; `where` as written, with the columns it names."""

    what: str
    source: str
    where: str
    columns: tuple[tuple[str, str], ...]
    date: str
    credit: str
    months: str


def measured(measure: Measure, names: Names) -> Measured:
    """A measure in words."""
    source = names.sources.get(measure.source)
    what, inside = _what(measure, source, names)
    told = _columns(f"{inside} {measure.where or ''}", source, names)
    months = names.pick((f"近 {measure.months} 个月", f"over {measure.months} months")) if measure.months > 1 else ""
    return Measured(
        what=what,
        source=names.source(measure.source),
        where=measure.where or "",
        columns=tuple(told),
        date=column(source, measure.date, names),
        credit=column(source, measure.credit, names) if measure.credit else "",
        months=months,
    )


def _what(measure: Measure, source: Source | None, names: Names) -> tuple[str, str]:
    """What is counted or summed, and the formula inside of it where that is more than one column."""
    found = _CALL.fullmatch(measure.value.strip())
    name, inside = (found[1], found[2]) if found else (measure.value.strip(), "")
    if name not in AGGREGATES:
        return measure.value, measure.value
    word = names.pick(AGGREGATES[name])
    if not inside:
        row = names.say(source.row) if source else measure.source
        return names.pick((f"条数（每行是{row}）", f"number of rows (each is {row})")), ""
    plain = source is not None and source.type_of(inside) is not None
    return (f"{word} {column(source, inside, names)}", "") if plain else (f"{word} {inside}", inside)


def column(source: Source | None, name: str, names: Names) -> str:
    """A column's name in the language; what is worked out is told by what from; else its code."""
    if name == "store":
        return names.pick(("门店", "store"))
    if source is None:
        return name
    if derived := source.derived.get(name):
        return names.pick(_derived(derived, source, names))
    facts = source.columns.get(name)
    return names.say(facts.name, name) if facts else name


def _derived(derived: Derived, source: Source, names: Names) -> tuple[str, str]:
    if isinstance(derived, Shift):
        first = column(source, derived.shift, names)
        return f"{first}后 {derived.days} 天", f"{derived.days} days after {first}"
    if isinstance(derived, Lookup):
        there = names.source(derived.lookup)
        taken = column(names.sources.get(derived.lookup), derived.take, names)
        keys = names.pick(("、", ", ")).join(column(source, key, names) for key in derived.by if key != "store")
        return f"按{keys}查得的{there}{taken}", f"{taken} of {there}, found by {keys}"
    if isinstance(derived, Existence):
        there, months = names.source(derived.exists), derived.months
        return f"近 {months} 个月有{there}", f"has {there} within {months} months"
    if derived.take:
        taken = column(source, derived.take, names)
        return f"上一次的{taken}", f"{taken} of the visit before"
    same = names.pick(("、", ", ")).join(column(source, each, names) for each in derived.recurrence)
    if derived.flag == "earlier":
        return f"{derived.days} 天内同一{same}再次发生", f"same {same} came back within {derived.days} days"
    return f"{derived.days} 天内同一{same}的重复发生", f"same {same} again within {derived.days} days"


def _columns(formula: str, source: Source | None, names: Names) -> Iterable[tuple[str, str]]:
    """The columns that a formula names, each with its words."""
    for word in dict.fromkeys(_WORD.findall(_QUOTED.sub("", formula))):
        if source is not None and source.type_of(word) is not None and (said := column(source, word, names)) != word:
            yield word, said


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
