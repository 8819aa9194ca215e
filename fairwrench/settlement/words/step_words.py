"""A recorded calculation of pay in words: whom or what it concerns, the figures that make it, the days it covers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fairwrench.settlement.amounts import points, symbol, yuan
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.exact import VALUE_DIGITS, as_decimal, percentage
from fairwrench.settlement.inputs.fines import ground_and_reason
from fairwrench.settlement.scheme.part import Part
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.labels import spoken
from fairwrench.settlement.source.source import Source, Text
from fairwrench.settlement.words.commission_words import product_words, unit_of
from fairwrench.settlement.words.measure_words import measure_text
from fairwrench.settlement.words.wording import GROUNDS, LEVELS

EMPTY = Text(zh="", en="")
#: a score of 100.00 points, as the factor by score is divided by
_FULL_SCORE = 10_000
_CORRECTION = re.compile(r"correction of (\d{4}-\d{2})")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Book:
    """What rows of `steps` are told with."""

    scheme: Scheme
    sources: Mapping[str, Source]

    def yuan(self, units: int) -> str:
        """An amount with the scheme's sign."""
        return yuan(units, self.scheme.currency)

    def position(self, key: str) -> Text:
        """A position."""
        return named(key, self.scheme.positions)

    def metric(self, key: str) -> Text:
        """A metric, or the score."""
        return Text(zh="考核得分", en="Score") if key == "score" else named(key, self.scheme.metrics)


def named(key: str, parts: Mapping[str, Part]) -> Text:
    """What a part of a scheme is called; its key as words where it has no name."""
    part = parts.get(key)
    return part.name if part and part.name else Text(zh=spoken(key), en=spoken(key))


def step_text(row: Row, scheme: Scheme, sources: Mapping[str, Source]) -> Text:
    """One recorded step; what nobody has words for is left to the title and the figure."""
    told = _STEPS.get(f"{row['part']}.{row['step']}")
    return told(row, Book(scheme, sources)) if told else EMPTY


def _days(row: Row) -> int:
    begin, end = row["from"], row["to"]
    return int((end - begin).days) + 1


def _salary(row: Row, book: Book) -> Text:
    """salary_part: full salary × days ÷ days of the month."""
    return _by_days(row, book, row["numerator"], row["denominator"], "")


def _drawn(row: Row, book: Book) -> Text:
    """base_part: full salary × (days × share) ÷ (days × 1), the share told by itself."""
    share = Decimal(row["numerator"]) / _days(row) / 10**VALUE_DIGITS
    return _by_days(row, book, _days(row), row["denominator"] // 10**VALUE_DIGITS, f" × {percentage(share)}")


def _by_days(row: Row, book: Book, days: int, month: int, share: str) -> Text:
    post = book.position(row["subject"] or "")
    begun = Text(zh=f"{post.zh}，{row['from']} 至 {row['to']}", en=f"{post.en}, {row['from']} to {row['to']}")
    if row["basis"] is None:
        return Text(zh=f"{begun.zh}：全额工资未知", en=f"{begun.en}: the full salary is not known")
    salary = book.yuan(row["basis"])
    return Text(
        zh=f"{begun.zh}：全额工资 {salary}{share} × 任职 {days} 天 ÷ 当月 {month} 天",
        en=f"{begun.en}: full salary {salary}{share} × {number_of(days, 'day')} held ÷ {month} days of the month",
    )


def _line(row: Row, book: Book) -> Text:
    """commission_line: quantity × rate, and what the quantity is; the subject is position/line."""
    position, _, key = (row["subject"] or "").partition("/")
    line = book.scheme.pay.commission[position].lines[key]
    name, counted = named(key, book.scheme.pay.commission[position].lines), measure_text(line.measure, book.sources)
    if row["basis"] is None:
        return Text(zh=f"{name.zh}：数据尚未提交", en=f"{name.en}: the evidence was not handed in")
    quantity, rate = as_decimal(row["basis"], row["basis_digits"] or 0), as_decimal(row["numerator"], VALUE_DIGITS)
    product = product_words(quantity, rate, unit_of(key, book.scheme), symbol(book.scheme.currency))
    whose = EMPTY if line.of == "person" else LEVELS[line.of]
    of_zh, of_en = (f"{whose.zh}的", f" ({whose.en})") if whose.zh else ("", "")
    return Text(
        zh=f"{name.zh}：{product.zh}；数量为{of_zh}{counted.zh}",
        en=f"{name.en}: {product.en}; the quantity is the {counted.en}{of_en}",
    )


def _attained(row: Row, book: Book) -> Text:
    """commission_attainment, commission_factor: the attainment of a target, or the score."""
    metric, top, below = book.metric(row["subject"] or ""), row["numerator"], row["denominator"]
    if top is None or below is None:
        return metric
    # Cut at floor or cap it is a number of 10^-6 and no score any more.
    if row["subject"] == "score" and below == _FULL_SCORE:
        return Text(zh=f"{metric.zh} {points(top)} ÷ 100", en=f"{metric.en} {points(top)} ÷ 100")
    # Both are scaled by the same power of ten; people know the numbers without it.
    while top % 10 == below % 10 == 0 and top:
        top, below = top // 10, below // 10
    kept = Text(zh="（计入上下限）", en=" (cut at floor and cap)") if _cut(row, book) else EMPTY
    ratio = f"{top:,} ÷ {below:,}"
    if row["subject"] == "score":
        return Text(zh=f"{metric.zh}{kept.zh} {ratio}", en=f"{metric.en}{kept.en} {ratio}")
    return Text(zh=f"{metric.zh}的目标达成率{kept.zh} {ratio}", en=f"attainment of {metric.en}{kept.en} {ratio}")


def _cut(row: Row, book: Book) -> bool:
    """Whether a factor as applied is one that a floor or cap may have cut."""
    every = (factor for plan in book.scheme.pay.commission.values() for factor in plan.factors)
    named_so = (factor for factor in every if row["subject"] == ("score" if factor.score else factor.attainment))
    bounds = (bound for factor in named_so for bound in (factor.floor, factor.cap))
    return row["step"] == "commission_factor" and any(bound is not None for bound in bounds)


def _pool_and_position(row: Row, book: Book) -> Text:
    pool, _, position = (row["subject"] or "").partition("/")
    of_pool, of_position = named(pool, book.scheme.pools), book.position(position)
    return Text(zh=f"{of_pool.zh} · {of_position.zh}", en=f"{of_pool.en} · {of_position.en}")


def _claim(row: Row, book: Book) -> Text:
    """pool_claim: weight × score × attendance as a fraction."""
    about, top, below = _pool_and_position(row, book), row["numerator"], row["denominator"]
    ratio = "" if top is None else f"：{top:,}" if below == 1 else f"：{top:,} ÷ {below:,}"
    return Text(zh=about.zh + ratio, en=about.en + ratio.replace("：", ": "))


def _share(row: Row, book: Book) -> Text:
    """pool_share: the position's part × the own claim ÷ all claims."""
    about = _pool_and_position(row, book)
    if row["numerator"] is None or row["basis"] is None:
        return about
    part, ratio = book.yuan(row["basis"]), f"{row['numerator']:,} ÷ {row['denominator']:,}"
    return Text(
        zh=f"{about.zh}：岗位份额 {part} × 本人权数占比 {ratio}",
        en=f"{about.en}: the position's part {part} × own share of all claims {ratio}",
    )


def _paid_out(row: Row, book: Book) -> Text:
    return named(row["subject"] or "", book.scheme.pools)


def _deducted(row: Row, book: Book) -> Text:
    """A deduction's ground and its reason as somebody wrote it; `payroll` is what the payroll hands in besides."""
    reason = row["subject"] or ""
    if reason != "payroll":
        ground, why = ground_and_reason(reason)
        led = GROUNDS.get(ground)
        return Text(zh=f"{led.zh}：{why}", en=f"{led.en}: {why}") if led else Text(zh=why, en=why)
    return Text(zh="薪资数据中的其他扣款", en="other deductions of the payroll")


def _corrected(row: Row, _book: Book) -> Text:
    reason = row["subject"] or ""
    month = _CORRECTION.fullmatch(reason)
    return Text(zh=f"{month[1]} 补发/补扣", en=reason) if month else Text(zh=reason, en=reason)


#: part and step → how it is told
_STEPS: dict[str, Callable[[Row, Book], Text]] = {
    "pay.salary_part": _salary,
    "pay.base_part": _drawn,
    "commission.commission_line": _line,
    "commission.commission_attainment": _attained,
    "commission.commission_factor": _attained,
    "pool.pool_claim": _claim,
    "pool.pool_share": _share,
    "pay.pool_pay": _paid_out,
    "pay.deductions": _deducted,
    "pay.corrections": _corrected,
}
