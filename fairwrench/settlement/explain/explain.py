"""Why a figure is what it is: the recorded steps of a settlement as a tree, from yuan down to the rows to look up.

Nothing is computed here a second time; a step repeats what the settlement recorded and says where it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from fairwrench.settlement.amounts import figure, money, number, points, ratio, share_beside, yuan
from fairwrench.settlement.exact import POINT_DIGITS, VALUE_DIGITS, as_decimal, half_up, plain, point_units, trimmed
from fairwrench.settlement.inputs.fines import CONFIRMED, TAKING
from fairwrench.settlement.pay.pay import MISSING
from fairwrench.settlement.scheme.cycle import Lateness
from fairwrench.settlement.scheme.scheme import Item, Level, Measure, Metric, Scheme
from fairwrench.settlement.settle import Settlement
from fairwrench.settlement.source.labels import spoken
from fairwrench.settlement.source.source import Source, Text
from fairwrench.settlement.words.curve_words import curve_text, thresholds
from fairwrench.settlement.words.measure_words import measure_text
from fairwrench.settlement.words.metric_words import duration, target_words, value_words
from fairwrench.settlement.words.step_kinds import PAYSLIP, STEP_KINDS
from fairwrench.settlement.words.step_words import EMPTY, step_text
from fairwrench.settlement.words.wording import (
    BASE_KINDS,
    EXCLUDED,
    LEVELS,
    NO_BONUS,
    PARTS,
    POINTS_OFF,
    RATERS,
    SHORT,
    TOTAL_HOW,
    cause_text,
    percent,
)

__all__ = ["RowsBehind", "Step", "explain", "figure", "money", "number", "points", "ratio"]

#: decimals of a factor as people read it
RATIO_DIGITS = 4


@dataclass(frozen=True)
class RowsBehind:
    """Where the rows of a figure are found: the metric's part, its measure, the level and the unit it was taken for."""

    metric: str
    part: str
    measure: Measure
    level: Level
    unit: str


@dataclass(frozen=True)
class Step:
    """One figure, how it came about, the article behind it, and the figures that it was made from.

    `words` say the figure as people do, rounded and with its unit, where that is another thing than `figure`.
    """

    key: str
    title: Text
    figure: str
    how: Text
    reference: str = ""
    note: Text | None = None
    parts: tuple[Step, ...] = ()
    rows: tuple[RowsBehind, ...] = ()
    words: Text | None = None

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Step]]:
        """This step and all below it, with their depth."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)


def explain(
    settlement: Settlement, employee_id: str, item: str | None = None, *, sources: Mapping[str, Source]
) -> Step:
    """The explanation of a person's month, or of one item of it; KeyError when the month has no such person or item.

    Figures are those that were recorded; formulas are told with the names that `sources` give their columns now.
    """
    total = _one(settlement.totals, employee_id)
    if item is not None:
        found = settlement.lines.filter((pl.col("employee_id") == employee_id) & (pl.col("item") == item))
        if found.is_empty():
            raise KeyError(item)
        return item_step(settlement.scheme, found.row(0, named=True), total["scorecard"], sources)
    score = score_step(settlement, total, sources)
    paid = settlement.pay.filter(pl.col("employee_id") == employee_id)
    return pay_step(settlement, paid.row(0, named=True), score, sources) if paid.height else score


def _one(frame: pl.DataFrame, employee_id: str) -> dict[str, Any]:
    found = frame.filter(pl.col("employee_id") == employee_id)
    if found.is_empty():
        raise KeyError(employee_id)
    return found.row(0, named=True)


def pay_step(settlement: Settlement, paid: dict[str, Any], score: Step, sources: Mapping[str, Source]) -> Step:
    """Total pay from its parts; performance pay from base and score; each amount from its recorded steps."""
    recorded = _steps_of(settlement, paid["employee_id"], sources)
    reference = settlement.scheme.pay.reference
    base = Step("base", *_named("base", paid["base"]), _base_how(paid), reference, parts=recorded.get("base", ()))
    performance = Step(
        "performance_pay",
        *_named("performance_pay", paid["performance_pay"]),
        _performance_how(paid, settlement.scheme.currency),
        settlement.scheme.pay.coefficient.reference or reference,
        parts=(base, score),
    )
    others = [
        Step(key, *_named(key, paid[key]), EMPTY, parts=recorded.get(key, ()))
        for key in PAYSLIP[1:]
        if paid[key] or (paid[key] is None and paid["state"] != "excluded")
    ]
    return Step(
        "total", *_named("total", paid["total"]), TOTAL_HOW, note=_missing_note(paid), parts=(performance, *others)
    )


def _missing_note(paid: dict[str, Any]) -> Text | None:
    """What keeps the pay from being settled."""
    codes = paid["missing"].split(",") if paid["missing"] else []
    zh, en = "、".join(MISSING[code][0] for code in codes), ", ".join(MISSING[code][1] for code in codes)
    return Text(zh=f"暂不能核算：{zh}", en=f"not settled yet: {en}") if codes else None


def _named(key: str, fen: int | None) -> tuple[Text, str]:
    return STEP_KINDS[key].title, money(fen)


def _steps_of(settlement: Settlement, employee_id: str, sources: Mapping[str, Source]) -> dict[str, tuple[Step, ...]]:
    """A person's recorded steps by the amount that they lead to; a plan's commission stands once, as its result."""
    mine = settlement.steps.filter(pl.col("employee_id") == employee_id).sort("part", "sequence")
    units = _units(_one(settlement.totals, employee_id))
    planned = (mine["part"] == "commission").any()
    found: dict[str, list[Step]] = {}
    for row in mine.iter_rows(named=True):
        kind = STEP_KINDS.get(row["step"])
        target = kind.leads_to if kind else ""
        # Under a plan the payslip's commission is the plan's own result: shown twice it would look like two amounts.
        if target and not (planned and (row["part"], row["step"]) == ("pay", "commission")):
            found.setdefault(target, []).append(_recorded(row, settlement.scheme, sources, units))
    return {target: tuple(steps) for target, steps in found.items()}


def _base_how(paid: dict[str, Any]) -> Text:
    return BASE_KINDS.get(paid["base_kind"] or "", EMPTY)


def _performance_how(paid: dict[str, Any], currency: str) -> Text:
    if paid["performance_pay"] is None:
        return Text(zh="数据不全，尚不能计算", en="evidence is missing, so it cannot be worked out yet")
    if paid["coefficient"] is None:
        # of a month so far (`projection.as_headed`): where it heads for by the score so far
        return Text(
            zh="本月预估：按目前得分推算，月末核算后才是实际金额",
            en="so far: what the score so far comes to; the amount stands once the month is settled",
        )
    base, rate = yuan(paid["base"], currency), percent(paid["coefficient"])
    return Text(
        zh=f"绩效基数 {base} × 系数 {rate}，四舍五入到分",
        en=f"base {base} × coefficient {rate}, rounded half up to the fen",
    )


def _units(total: dict[str, Any]) -> Mapping[str, str]:
    """Level → whose figure somebody's commission may be worked out from."""
    who, store = total["employee_id"], total["store"] or ""
    return {"person": who, "team": who, "department": f"{store}|{total['department'] or ''}", "store": store}


def _recorded(row: dict[str, Any], scheme: Scheme, sources: Mapping[str, Source], units: Mapping[str, str]) -> Step:
    """One recorded step of pay; commission leads to the rows that it was counted from, or to the row handed in."""
    kind = STEP_KINDS[row["step"]]
    key = f"{row['part']}.{row['step']}"
    shown = figure(row["amount"], row["amount_digits"])
    words = None
    # A ratio is recorded as its exact fraction alone; the figure for programs has six decimals, the words fewer.
    if row["amount"] is None and row["denominator"] and kind.unit != "money":
        shown = trimmed(as_decimal(half_up(row["numerator"] * 10**VALUE_DIGITS, row["denominator"]), VALUE_DIGITS))
        words = _ratio_words(row)
    behind, how = _commission_behind(row, scheme, units), step_text(row, scheme, sources)
    return Step(key, kind.title, shown, how, row["reference"] or "", rows=(behind,) if behind else (), words=words)


def _ratio_words(row: dict[str, Any]) -> Text:
    """A recorded ratio: attainment as a percentage, a factor or claim with four decimals."""
    top, below = row["numerator"], row["denominator"]
    if STEP_KINDS[row["step"]].unit == "percent":
        # Told from 100 %: 99.996 % must not read as the target reached.
        words = share_beside(top, below, (10**VALUE_DIGITS,))
    else:
        words = plain(as_decimal(half_up(top * 10**RATIO_DIGITS, below), RATIO_DIGITS))
    return Text(zh=words, en=words)


def _commission_behind(row: dict[str, Any], scheme: Scheme, units: Mapping[str, str]) -> RowsBehind | None:
    if row["step"] == "commission_line":
        position, _, line = row["subject"].partition("/")
        paid = scheme.pay.commission[position].lines[line]
        return RowsBehind(f"commission.{position}.{line}", "numerator", paid.measure, paid.of, units[paid.of])
    if (row["part"], row["step"]) == ("pay", "commission"):
        # Commission that was handed in has no plan; the way leads to its row in the payroll.
        measure = Measure(source="payroll", value="sum(commission)", credit="employee_id", date="month")
        return RowsBehind("commission", "numerator", measure, "person", row["employee_id"])
    if (row["part"], row["step"]) == ("pay", "deductions"):
        if row["subject"] == "payroll":
            measure = Measure(source="payroll", value="sum(other_deductions)", credit="employee_id", date="month")
            return RowsBehind("deductions", "numerator", measure, "person", row["employee_id"])
        return _decisions_behind("deductions", TAKING, row["employee_id"])
    return None


def score_step(settlement: Settlement, total: dict[str, Any], sources: Mapping[str, Source]) -> Step:
    """The total score from the items' rounded points and the weights that count."""
    mine = settlement.lines.filter(pl.col("employee_id") == total["employee_id"]).sort("place")
    scheme, card = settlement.scheme, total["scorecard"]
    items = tuple(item_step(scheme, row, card, sources) for row in mine.iter_rows(named=True))
    if total["points_off"]:
        items = (*items, _points_off_step(scheme, total))
    how = _score_how(mine, total)
    return Step(
        "score",
        Text(zh="考核得分", en="Score"),
        _score_figure(total),
        Text(zh=how, en=how),
        settlement.scheme.bands.reference,
        _score_note(settlement.scheme, total),
        items,
    )


def _points_off_step(scheme: Scheme, total: dict[str, Any]) -> Step:
    """What confirmed lateness took from the score, with the decisions that took it."""
    rule, who = scheme.cycle.lateness, total["employee_id"]
    kinds = [kind for kind in ("fine_points", CONFIRMED) if _takes_points(kind, rule, total["store"])]
    how = Text(zh="迟交经确认改为扣分", en="lateness that was confirmed as points off")
    rows = (_decisions_behind("points_off", kinds, who),)
    return Step(
        "points_off", POINTS_OFF, f"-{points(total['points_off'])}", how, rule.reference if rule else "", rows=rows
    )


def _takes_points(kind: str, rule: Lateness | None, store: str | None) -> bool:
    return kind != CONFIRMED or (rule is not None and rule.effect_in(store) == "points")


def _decisions_behind(metric: str, kinds: Sequence[str], employee_id: str) -> RowsBehind:
    """The rows by which somebody decided something about a person."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    where = f"kind in ({listed})"
    measure = Measure(source="decisions", value="sum(value)", where=where, credit="employee_id", date="month")
    return RowsBehind(metric, "numerator", measure, "person", employee_id)


def _score_how(mine: pl.DataFrame, total: dict[str, Any]) -> str:
    """Σ points × weight ÷ Σ weight, then what is added and taken off."""
    counted = mine.filter((pl.col("kind") != "bonus") & (pl.col("state") == "counted"))
    terms = [f"{points(row['points'])}×{points(row['weight'])}" for row in counted.iter_rows(named=True)]
    bonus = f" + {points(total['bonus'])}" if total["bonus"] else ""
    off = f" − {points(total['points_off'])}" if total["points_off"] else ""
    return f"({' + '.join(terms)}) ÷ {points(total['counted_weight'])}{bonus}{off}" if terms else ""


def _score_figure(total: dict[str, Any]) -> str:
    return f"{points(total['score'])} {total['grade'] or ''}".strip() if total["score"] is not None else "—"


#: what leads the items that lack behind the score of a month so far
_SO_FAR = (
    "本月预估：尚未计量的部分按已计量部分推算；尚缺：",
    "so far: what is not measured yet is taken to go as what is; still missing: ",
)


def _score_note(scheme: Scheme, total: dict[str, Any]) -> Text | None:
    if total["reason"]:
        unknown = Text(zh=f"不参加考核：{total['reason']}", en=f"not assessed: {total['reason']}")
        return EXCLUDED.get(total["reason"], unknown)
    # The nearest reason first: items that wait, then the card as a whole, then what was taken off or set.
    if total["held"]:
        held = [item_name(scheme, item, total["scorecard"]) for item in total["held"]]
        zh, en = "、".join(name.zh for name in held), ", ".join(name.en for name in held)
        # a score though items wait: the month so far (`projection.as_headed`)
        so_far = total["score"] is not None
        zh_led, en_led = _SO_FAR if so_far else ("尚缺：", "still missing: ")
        return Text(zh=f"{zh_led}{zh}", en=f"{en_led}{en}")
    if total["score"] is None and total["short"] in SHORT:
        return SHORT[total["short"]]
    if total["worked_out"] != total["score"]:
        was = points(total["worked_out"])
        return Text(zh=f"经申诉改定，原为 {was}", en=f"set by an appeal; worked out as {was}")
    if total["points_off"]:
        off = points(total["points_off"])
        return Text(zh=f"因迟交扣 {off} 分", en=f"{off} points off for handing in late")
    best = points(point_units(scheme.bands.maximum))
    return Text(zh=f"满分 {best} 封顶", en=f"at most {best}") if _is_cut(scheme, total) else None


def _is_cut(scheme: Scheme, total: dict[str, Any]) -> bool:
    """Whether the score stands at the maximum with a bonus that may have led beyond it."""
    return bool(total["bonus"]) and total["score"] == point_units(scheme.bands.maximum)


def item_step(scheme: Scheme, line: dict[str, Any], card: str, sources: Mapping[str, Source]) -> Step:
    """One item of a scorecard: its points from value, target and curve; its value from numerator and denominator."""
    item, name = _item(scheme, line["item"], card), item_name(scheme, line["item"], card)
    shown = points(line["points"])
    note = _line_note(item, line, sources)
    if item.metric is None:
        behind = (_ratings_behind(item, line["employee_id"]),)
        return Step(
            f"item.{item.key}", name, shown, _weighed(_raters_text(item), line), item.reference, note, rows=behind
        )
    metric = scheme.metrics[item.metric]
    value = _value_step(item, metric, line, scheme.currency, sources)
    how = _weighed(_scored_text(item, metric, line, scheme.currency), line)
    return Step(f"item.{item.key}", name, shown, how, item.reference or metric.reference, note, (value,))


def _line_note(item: Item, line: dict[str, Any], sources: Mapping[str, Source]) -> Text | None:
    """Why the item does not simply count."""
    if item.bonus and line["cause"] == "no_occasion":
        return NO_BONUS
    return cause_text(line["cause"], line["lacks"] or "", sources) if line["cause"] else None


def _weighed(how: Text, line: dict[str, Any]) -> Text:
    """How an item was scored, and the weight by which the score is made of it; a bonus has none."""
    if line["kind"] == "bonus":
        return how
    weight = plain(as_decimal(line["weight"], POINT_DIGITS))
    return Text(zh=f"{how.zh}；权重 {weight}", en=f"{how.en}; weight {weight}")


def _raters_text(item: Item) -> Text:
    """Who rates an item, with the shares where there are several."""
    raters = item.raters or {}
    shares = {role: f" {plain(share)} %" if len(item.counting) > 1 else "" for role, share in item.counting.items()}
    told = [(RATERS[role], share) for role, share in shares.items()]
    zh, en = "、".join(f"{who.zh}{share}" for who, share in told), ", ".join(f"{who.en}{share}" for who, share in told)
    beside = [RATERS[role] for role, share in raters.items() if not share]
    more_zh = f"；{'、'.join(who.zh for who in beside)}的评分供参考" if beside else ""
    more_en = f"; for reference {', '.join(who.en for who in beside)}".lower() if beside else ""
    return Text(zh=f"由{zh}评分{more_zh}", en=f"rated by {en.lower()}{more_en}")


def _scored_text(item: Item, metric: Metric, line: dict[str, Any], currency: str) -> Text:
    """Value, target and curve; a value that is not there is left to the note."""
    told = [_value_words(item, metric, line, currency)] if line["d"] else []
    if line["target"] is not None:
        aim = target_words(line["target"], metric, currency, beside=(line["n"], line["d"]))
        told.append(Text(zh=f"目标 {aim.zh}", en=f"target {aim.en}"))
    aimed = (line["d"] or 0) * (line["target"] or 0)
    if item.curve and item.curve.of == "attainment" and aimed > 0:
        marks = (10**VALUE_DIGITS, *thresholds(item.curve, "attainment"))
        share = share_beside(line["n"] * 10**VALUE_DIGITS, aimed, marks)
        told.append(Text(zh=f"达成率 {share}", en=f"attainment {share}"))
    shape = curve_text(item.curve, metric, currency) if item.curve else EMPTY
    zh, en = "，".join(text.zh for text in told), ", ".join(text.en for text in told)
    return Text(zh=f"{zh}；{shape.zh}" if zh else shape.zh, en=f"{en}; {shape.en}" if en else shape.en)


def _value_words(item: Item, metric: Metric, line: dict[str, Any], currency: str) -> Text:
    """The value with its unit, told from the target and from where the curve bends."""
    return value_words(line["n"], line["d"], metric, currency, beside=(line["target"], *thresholds(item.curve)))


def _ratings_behind(item: Item, employee_id: str) -> RowsBehind:
    """The rating rows of an item, by its word or either name."""
    # Raters' files name an item by any of its words, and the rows stand as they were handed in.
    words = [item.key, *((item.name.zh, item.name.en) if item.name else ())]
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in dict.fromkeys(words))
    measure = Measure(source="ratings", value="count", where=f"item in ({listed})", credit="employee_id", date="month")
    return RowsBehind(item.key, "numerator", measure, "person", employee_id)


def item_name(scheme: Scheme, key: str, card: str) -> Text:
    """The name of an item of a scorecard: its own, else its metric's."""
    item = _item(scheme, key, card)
    return item.name or (scheme.metrics[item.metric].name if item.metric else Text(zh=spoken(key), en=spoken(key)))


def _item(scheme: Scheme, key: str, card: str) -> Item:
    """Two scorecards may score the same metric by different curves, so the card matters."""
    return next(item for item in scheme.scorecards[card].items if item.key == key)


def _value_step(item: Item, metric: Metric, line: dict[str, Any], currency: str, sources: Mapping[str, Source]) -> Step:
    name, level = item.metric or "", LEVELS[line["level"]]
    words = _value_words(item, metric, line, currency) if line["d"] else None
    top = _part_step(name, "numerator", metric.numerator, line, sources)
    if metric.unit == "seconds" and line["numerator"] is not None:
        top = replace(top, words=duration(as_decimal(line["numerator"], line["numerator_digits"] or 0)))
    below = _part_step(name, "denominator", metric.denominator, line, sources) if metric.denominator else None
    if below is None:
        about = (metric.name, top.figure, top.how, metric.reference, level)
        return Step(f"value.{name}", *about, rows=top.rows, words=words)
    shown = number(ratio(line["n"], line["d"]), metric)
    # Of a figure that was set aside as missing the parts are not shown either.
    known = line["numerator"] is not None and line["denominator"] is not None
    how = f"{_grouped(line, 'numerator')} ÷ {_grouped(line, 'denominator')}" if known else ""
    divided = Text(zh=how, en=how)
    return Step(f"value.{name}", metric.name, shown, divided, metric.reference, level, (top, below), words=words)


def _part_step(name: str, part: str, measure: Measure, line: dict[str, Any], sources: Mapping[str, Source]) -> Step:
    behind = RowsBehind(name, part, measure, line["level"], line["unit"])
    shown = figure(line[part], line[f"{part}_digits"])
    # a store's and the group's figure takes all rows, whomever they are credited to
    told = measure.model_copy(update={"credit": None}) if line["level"] in ("store", "group") else measure
    return Step(f"{part}.{name}", PARTS[part], shown, measure_text(told, sources), rows=(behind,))


def _grouped(line: dict[str, Any], part: str) -> str:
    """A numerator or denominator with thousands separated."""
    return plain(as_decimal(line[part], line[f"{part}_digits"] or 0))
