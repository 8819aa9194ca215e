"""What a measure counts or sums, of which rows, of which month, for whom: in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.exact import percentage
from fairwrench.settlement.scheme.scheme import Measure
from fairwrench.settlement.source.labels import column_label, source_label
from fairwrench.settlement.source.source import Source, Text
from fairwrench.settlement.words.formula_words import SUM, Said, Value, condition_words, spaced, value_words

Sources = Mapping[str, Source]

#: aggregate → how Chinese ends, how English begins
AGGREGATES = {
    "sum": ("合计", "sum of"),
    "min": ("最小值", "least"),
    "max": ("最大值", "greatest"),
    "count_distinct": ("不重复个数", "number of different values of"),
}
MEDIAN = Decimal("0.5")
_COLUMN = re.compile(r"「[^」]*」")


def measure_text(measure: Measure, sources: Sources) -> Text:
    """A measure in one sentence: what of which rows, then by which column they are dated and credited."""
    counted, placed = counted_text(measure, sources), placed_text(measure, sources)
    return Text(zh=f"{counted.zh}（{placed.zh}）", en=f"{counted.en} ({placed.en})")


def counted_text(measure: Measure, sources: Sources) -> Text:
    """What is counted or summed, of which rows of which source."""
    source, name = sources.get(measure.source), source_label(measure.source, sources)
    value = value_words(measure.value, source, sources)
    where = condition_words(measure.where, source, sources) if measure.where else None
    en = f"{_begun(value)} {name.en}" + (f" where {where.en}" if where else "")
    return Text(zh=spaced(_chinese(value, f"「{name.zh}」", where)), en=en)


def _chinese(value: Value, name: str, where: Said | None) -> str:
    if value.name == "count":
        return f"{name}中{where.zh}的行数" if where else f"{name}的行数"
    if value.of is None:
        return f"{name}的 {value.name}" + (f"，只计{where.zh}的行" if where else "")
    tail = _tail(value)[0]
    if _COLUMN.fullmatch(value.of.zh):
        return f"{name}中{where.zh}的行的{value.of.zh}{tail}" if where else f"{name}的{value.of.zh}{tail}"
    rows = f"{name}中{where.zh}的行，" if where else name
    return f"{rows}逐行计算{value.of.zh}，再{tail if value.name == 'sum' else f'取{tail}'}"


def _begun(value: Value) -> str:
    """The English sentence up to the source's name."""
    if value.name == "count":
        return "number of rows of"
    return f"{_tail(value)[1]} {value.of.within(SUM).en} in" if value.of else f"{value.name} of"


def _tail(value: Value) -> tuple[str, str]:
    if value.name != "quantile":
        return AGGREGATES.get(value.name, (f" {value.name}", f"{value.name} of"))
    if value.fraction == MEDIAN:
        return "中位数", "median of"
    share = percentage(value.fraction or Decimal(0))
    return f" {share} 分位数", f"{share} quantile of"


def placed_text(measure: Measure, sources: Sources, *, always: bool = False) -> Text:
    """By which column rows are dated, over how many months, and whom they count for: `always`, or where that is a
    question."""
    source = sources.get(measure.source)
    dated = column_label(source, measure.date, sources)
    is_month = source is not None and source.type_of(measure.date) == "month"
    zh, en = f"按「{dated.zh}」" + ("" if is_month else "归月"), f"dated by {dated.en}"
    if measure.months > 1:
        zh, en = f"{zh}，近 {measure.months} 个月", f"{en}, over {number_of(measure.months, 'month')}"
    if measure.credit and (always or (source is not None and _people(source) > 1)):
        person = column_label(source, measure.credit, sources)
        zh, en = f"{zh}，记在「{person.zh}」名下", f"{en}, credited to {person.en}"
    return Text(zh=zh, en=en)


def _people(source: Source) -> int:
    """How many columns name people; where there is one, nobody asks which."""
    return sum(source.type_of(name) == "person" for name in (*source.columns, *source.derived))
