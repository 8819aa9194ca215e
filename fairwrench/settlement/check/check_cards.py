"""Scorecards: weights that add to 100, items that can be scored, curves that reward what is better (S1 ❺ 5.1, 5.3)."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from fairwrench.settlement.check.problems import Path, ProblemList
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.inputs.target_bounds import BOUND, implausible
from fairwrench.settlement.scheme.cycle import Category
from fairwrench.settlement.scheme.scheme import Item, Metric, Scheme, Scorecard, Side

HUNDRED, HUNDREDTH = Decimal(100), Decimal("0.01")
#: levels that read the people's own figures, so the metric must count for persons
OF_PERSONS = ("person", "team", "department")
#: S1 ❺ 5.3: the four categories of a side; discipline and attitude may stand on both
FOUR: dict[Side, tuple[Category, ...]] = {
    "profit": ("finance", "customer", "key", "learning"),
    "function": ("objective", "internal_customer", "key", "discipline"),
}
ON_BOTH: tuple[Category, ...] = ("discipline", "attitude")


def check_cards(scheme: Scheme, found: ProblemList) -> None:
    """Every scorecard, its items and what it can reach."""
    used = {position.scorecard for position in scheme.positions.values()}
    for name, card in scheme.scorecards.items():
        path: Path = ("scorecards", name)
        _check_weights(card, path, found)
        _check_count(card, scheme, path, found)
        _check_repeats(card, path, found)
        _check_categories(name, card, scheme, path, found)
        for place, item in enumerate(card.items):
            _check_item(item, scheme, (*path, "items", place), found)
        _note_reach(card, scheme, path, found)
        if name not in used:
            found.add("unused_scorecard", path, "没有岗位使用此考核表", "no position uses this scorecard", "note")


def _check_weights(card: Scorecard, path: Path, found: ProblemList) -> None:
    """Weights add to 100; a bonus is added after weighing and has none."""
    weighed = [item for item in card.items if item.kind != "bonus"]
    total = sum((item.weight or Decimal(0) for item in weighed), Decimal(0))
    if total != HUNDRED:
        zh, en = f"权重合计为 {total}，应为 100", f"the weights add to {total}, not to 100"
        found.add("weights", (*path, "items"), zh, en)
    for place, item in enumerate(card.items):
        if item.kind != "bonus" and (item.weight or 0) <= 0:
            found.add("weight", (*path, "items", place, "weight"), "权重应大于 0", "a weight is more than 0")
        if item.kind == "bonus" and item.weight is not None:
            zh, en = "加分项在加权之后计入，不带权重", "a bonus is added after weighing and has no weight"
            found.add("bonus_weight", (*path, "items", place, "weight"), zh, en)


def _check_count(card: Scorecard, scheme: Scheme, path: Path, found: ProblemList) -> None:
    """S1 ❺ 5.1.1: three to eight goals in all, MBO and KPI together; a "should", so a warning."""
    if scheme.cycle.goals is None:
        return
    low, high = scheme.cycle.goals
    count = sum(item.kind != "bonus" for item in card.items)
    if not low <= count <= high:
        zh, en = f"共 {count} 项，宜为 {low} 至 {high} 项", f"{number_of(count, 'item')}; {low} to {high} are advised"
        found.warn("item_count", (*path, "items"), zh, en)


def _check_repeats(card: Scorecard, path: Path, found: ProblemList) -> None:
    uses = Counter(item.key for item in card.items)
    for place, item in enumerate(card.items):
        if uses[item.key] > 1:
            zh, en = f"“{item.key}”在此考核表中出现多次", f"`{item.key}` stands on this scorecard more than once"
            found.add("repeated_item", (*path, "items", place), zh, en)


def _check_categories(name: str, card: Scorecard, scheme: Scheme, path: Path, found: ProblemList) -> None:
    sides = {position.side for position in scheme.positions.values() if position.scorecard == name}
    # One card may serve positions of both sides, each with four categories of its own (S1 ❺ 5.3).
    for side in sorted(sides):
        for place, item in enumerate(card.items):
            if item.category and item.category not in (*FOUR[side], *ON_BOTH):
                zh = f"{_SIDES[side][0]}的考核表不宜有类别 {item.category}"
                en = f"category {item.category} is not one of a {_SIDES[side][1]} position"
                found.warn("category_side", (*path, "items", place, "category"), zh, en)
        missing = [word for word in FOUR[side] if word not in {item.category for item in card.items}]
        if missing:
            zh, en = f"缺少类别：{'、'.join(missing)}", f"no item of category {', '.join(missing)}"
            found.add("category_missing", path, zh, en, "note")


_SIDES: dict[Side, tuple[str, str]] = {"profit": ("创利部门", "profit"), "function": ("职能部门", "function")}


def _check_item(item: Item, scheme: Scheme, path: Path, found: ProblemList) -> None:
    if item.metric is not None:
        if found.known(("指标", "metric"), item.metric, scheme.metrics, (*path, "metric")):
            _check_metric_item(item, scheme.metrics[item.metric], path, found)
    else:
        _check_rated_item(item, path, found)
    top = highest(item)
    if top > scheme.bands.maximum:
        zh = f"最高可得 {top} 分，超过满分 {scheme.bands.maximum}"
        en = f"can bring {top} points, above the maximum of {scheme.bands.maximum}"
        found.add("above_maximum", path, zh, en)


def _check_metric_item(item: Item, metric: Metric, path: Path, found: ProblemList) -> None:
    if item.of in OF_PERSONS and metric.numerator.credit is None:
        zh = f"“{metric.name.zh}”不记在个人名下，请写 of: store"
        en = f"{metric.name.en} counts for no person; write `of: store`"
        found.add("no_credit", (*path, "of"), zh, en)
    assert item.curve is not None
    if item.curve.needs_target and item.target is None:
        zh = "计分需要目标值，而此处没有；每月须在目标表中给出"
        en = "the curve needs a target and there is none here; the targets must give one each month"
        found.add("no_target", path, zh, en, "note")
    if item.target is not None and item.target <= 0 and item.curve.needs_target:
        found.add("target", (*path, "target"), "目标值应大于 0", "a target is more than 0")
    if item.target is not None and (why := implausible(metric, item.target)):
        found.add("implausible_target", (*path, "target"), why.zh, why.en)
    # an attainment may have any bound
    for bound in item.curve.bends() if item.curve.of == "value" else ():
        if why := implausible(metric, bound, BOUND):
            found.add("implausible_bound", (*path, "curve"), why.zh, why.en)
    # Of a band neither more nor less is better.
    against = item.curve.against_the_grain(metric.better) if metric.better != "band" else ""
    if against:
        words = {"higher": ("越高越好", "higher is better"), "lower": ("越低越好", "lower is better")}[metric.better]
        zh, en = (
            f"指标{words[0]}，而分数反向变化（{against}）",
            f"{words[1]}, yet the points go the other way ({against})",
        )
        found.add("curve_direction", (*path, "curve"), zh, en)


def _check_rated_item(item: Item, path: Path, found: ProblemList) -> None:
    if item.raters is not None and sum(item.raters.values(), Decimal(0)) != HUNDRED:
        total = sum(item.raters.values(), Decimal(0))
        zh, en = f"评分人的份额合计为 {total}%，应为 100%", f"the raters' shares add to {total} %, not to 100 %"
        found.add("rater_shares", (*path, "raters"), zh, en)
    levels = item.levels or {}
    for word in item.described or {}:
        found.known(("评分等级", "level"), word, levels, (*path, "described", word))
    if item.kind == "rating" and item.described and set(levels) - set(item.described):
        missing = "、".join(word for word in levels if word not in item.described)
        zh, en = f"等级没有说明：{missing}", f"levels without a description: {missing}"
        found.warn("undescribed_level", (*path, "described"), zh, en)


def highest(item: Item) -> Decimal:
    """The most points an item can bring."""
    if item.up_to is not None and item.kind == "bonus":
        return item.up_to
    if item.curve is not None:
        return item.curve.highest()
    return max((item.levels or {"": Decimal(0)}).values())


def lowest(item: Item) -> Decimal:
    """The fewest points an item can bring."""
    if item.kind == "bonus":
        return Decimal(0)
    if item.curve is not None:
        return item.curve.lowest()
    return min((item.levels or {"": Decimal(0)}).values())


def reach(card: Scorecard, scheme: Scheme) -> tuple[Decimal, Decimal]:
    """The lowest and the highest score of a scorecard, the bonus included and the maximum kept."""
    # Wrong weights are told elsewhere; here they must only not divide by nothing.
    weights = sum((item.weight or Decimal(0) for item in card.items), Decimal(0)) or HUNDRED
    ends = []
    for end in (lowest, highest):
        weighed = sum((end(item) * (item.weight or 0) for item in card.items if item.kind != "bonus"), Decimal(0))
        bonus = sum((end(item) for item in card.items if item.kind == "bonus"), Decimal(0))
        ends.append(min((weighed / weights).quantize(HUNDREDTH, ROUND_HALF_UP) + bonus, scheme.bands.maximum))
    return ends[0], ends[1]


def _note_reach(card: Scorecard, scheme: Scheme, path: Path, found: ProblemList) -> None:
    """S1 ❺ 5.5: an A must be attainable."""
    low, high = reach(card, scheme)
    best = next(iter(scheme.bands.grades.values()), None)
    if best is not None and best.from_ is not None and high < best.from_:
        zh = f"最高只能得 {high} 分，够不到最高等级的 {best.from_} 分"
        en = f"the highest reachable score is {high}; the best grade begins at {best.from_}"
        found.warn("best_grade_out_of_reach", path, zh, en)
    zh, en = f"可得分数从 {low} 到 {high}", f"scores from {low} to {high} can be reached"
    found.add("reach", path, zh, en, "note")
