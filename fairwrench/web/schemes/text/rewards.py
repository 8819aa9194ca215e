"""Grades, how they spread, and the way from score to yuan: pay, bases, pools, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fairwrench.report.naming import Names
from fairwrench.web.schemes.text.clauses import Clause, base_words, clause
from fairwrench.web.schemes.text.curves import percent, plain

POOLS = {"department": ("部门", "department"), "store": ("门店", "store"), "group": ("集团", "group")}
WITHIN = {"score": ("得分", "score"), "attendance": ("出勤", "attendance")}
BASES = {
    "profit": ("创利部门", "Profit departments"),
    "function": ("职能部门", "Function departments"),
    "manager": ("部门管理人员", "Heads of departments"),
}


@dataclass(frozen=True)
class Band:
    """A grade: its bounds and its expected share."""

    grade: str
    tone: str
    name: str
    bounds: str
    share: str
    coefficient: str


def bands(names: Names) -> list[Band]:
    """The grades, best first."""
    scheme, upper, found = names.scheme, "", []
    by_grade = scheme.pay.coefficient.grades or {}
    for grade in scheme.bands.best_first:
        band = scheme.bands.grades[grade]
        lower = (
            f"≥ {plain(band.from_)}"
            if band.from_ is not None
            else f"> {plain(band.above)}"
            if band.above is not None
            else ""
        )
        words = names.pick(("，", ", ")).join(part for part in (lower, upper) if part)
        rate = plain(by_grade[grade]) if grade in by_grade else ""
        found.append(Band(grade, names.tone(grade), names.say(band.name), words, f"{plain(band.share)} %", rate))
        # a grade ends where the one above it begins: 105 itself is B, but 70 itself is E (S1 ❺ 5.5)
        upper = (
            f"< {plain(band.from_)}"
            if band.from_ is not None
            else f"≤ {plain(band.above)}"
            if band.above is not None
            else ""
        )
    return found


def grading(names: Names) -> list[Clause]:
    """The highest score, the neutral points, and how grades are spread."""
    found = names.scheme.bands
    most, neutral = plain(found.maximum), plain(found.neutral)
    text = [
        names.pick(
            (
                "总分 = Σ（得分 × 权重）÷ Σ 权重 + 加分，四舍五入到两位小数",
                "Score = Σ (points × weight) ÷ Σ weight + bonus, rounded to two decimals",
            )
        ),
        names.pick((f"最高 {most} 分；中性分为 {neutral} 分", f"At most {most}; the neutral points are {neutral}")),
    ]
    whole = clause("grades-score", names.pick(("得分", "The score")), text, found, names)
    rules = names.scheme.distribution
    pool = POOLS[rules.pool]
    if rules.mode == "forced":
        zh = f"在{pool[0]}范围内按名次定等级；不足 {rules.min_pool} 人的并入上一级"
        en = f"Ranks within the {pool[1]} decide the grade; fewer than {rules.min_pool} people merge upward"
    else:
        zh = (
            f"由得分定等级；{pool[0]}内满 {rules.explain_from} 人、与规定比例相差超过 {rules.tolerance} 人的，"
            "须书面说明"
        )
        en = (
            f"The score decides; a {pool[1]} of {rules.explain_from} people or more that is off by more than "
            f"{rules.tolerance} needs a signed reason"
        )
    spread = clause(
        "grades-distribution", names.pick(("等级分布", "Distribution")), [names.pick((zh, en))], rules, names
    )
    return [whole, spread]


def pay(names: Names) -> list[Clause]:
    """From score to yuan."""
    rules = names.scheme.pay
    whole = names.pick(
        (
            "绩效工资 = 绩效基数 × 系数，四舍五入到分；写出来的金额都到分，下一步从它算起",
            "Performance pay = base × coefficient, rounded to the fen; every amount shown is a whole fen, and the next "
            "step starts from it",
        )
    )
    found = [clause("pay-formula", names.pick(("绩效工资", "Performance pay")), [whole], rules, names)]
    for side, base in rules.bases.items():
        who = names.pick(BASES[side])
        found.append(clause(f"pay-base-{side}", who, [base_words(base, names)], base, names))
    found.append(_coefficient(names))
    if drawn := rules.deductions:
        share = percent(drawn.warn_share)
        text = [
            names.pick(
                (f"扣款超过当月工资的 {share} 时提示", f"Deductions above {share} of the month's wage are flagged")
            )
        ]
        if drawn.compensation_share is not None:
            most, article = percent(drawn.compensation_share), drawn.references.get("compensation_share", "")
            zh = f"赔偿损失每月最多扣当月工资的 {most}，扣后不低于当地最低工资（{article}；请咨询法律顾问）"
            en = f"Compensation of a loss takes at most {most} of the month's wage and leaves the local minimum wage "
            text.append(names.pick((zh, f"{en}(check with counsel)")))
        for store, wage in drawn.minimum_wage.items():
            text.append(
                names.pick((f"{store} 最低工资 {plain(wage)} 元", f"Minimum wage of {store}: {plain(wage)} yuan"))
            )
        found.append(clause("pay-deductions", names.pick(("扣款提示", "Deductions")), text, drawn, names))
    return [*found, *pools(names)]


def _coefficient(names: Names) -> Clause:
    rules = names.scheme.pay.coefficient
    if rules.by == "score":
        text = names.pick(("系数 = 得分 ÷ 100", "Coefficient = score ÷ 100"))
    elif rules.by == "grade":
        listed = names.comma.join(f"{grade} {plain(rate)}" for grade, rate in (rules.grades or {}).items())
        text = names.pick((f"按等级：{listed}", f"By grade: {listed}"))
    else:
        listed = names.comma.join(f"{plain(score)} → {plain(rate)}" for score, rate in rules.piecewise or ())
        text = names.pick((f"按得分，其间按直线：{listed}", f"By score, straight lines between: {listed}"))
    return clause("pay-coefficient", names.pick(("系数", "Coefficient")), [text], rules, names)


def pools(names: Names) -> Iterator[Clause]:
    """The bonus pools."""
    for key, pool in names.scheme.pools.items():
        drawn = pool.draw
        text = [
            names.pick(
                (
                    f"提取：{names.metric(drawn.metric)} × {percent(drawn.rate)}",
                    f"Drawn: {names.metric(drawn.metric)} × {percent(drawn.rate)}",
                )
            )
        ]
        if drawn.gate_metric and drawn.gate_attainment is not None:
            gate, share = names.metric(drawn.gate_metric), percent(drawn.gate_attainment)
            text.append(
                names.pick((f"{gate}达到目标的 {share} 才提取", f"Only when {gate} reaches {share} of its target"))
            )
        text += _cuts(drawn.floor, drawn.cap, names)
        shares = names.comma.join(f"{names.position(post)} {plain(share)} %" for post, share in pool.split.items())
        text.append(names.pick((f"按岗位分配：{shares}", f"Split by position: {shares}")))
        within = " × ".join(names.pick(WITHIN[part]) for part in pool.within)
        text.append(names.pick((f"岗位内按{within}分配", f"Within a position by {within}")))
        yield clause(f"pool-{key}", names.say(pool.name, key), text, pool, names)


def _cuts(floor: Decimal | None, cap: Decimal | None, names: Names) -> list[str]:
    found = []
    if floor is not None:
        found.append(names.pick((f"最低 {plain(floor)}", f"At least {plain(floor)}")))
    if cap is not None:
        found.append(names.pick((f"最高 {plain(cap)}", f"At most {plain(cap)}")))
    return found
