"""The sentences that explanations are made of, in both languages."""

from __future__ import annotations

from typing import Any

from fairwrench.settlement.curve import Curve
from fairwrench.settlement.eligibility import REASONS
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.scheme import Measure, Metric
from fairwrench.settlement.source import Text

#: why a line is not simply counted
CAUSES: dict[str, Text] = {
    "thin": Text(zh="样本不足，按制度处理", en="too few occasions; treated as the scheme says"),
    "neutral": Text(zh="样本不足，按中性分计", en="too few occasions: the neutral points count"),
    "unit": Text(zh="样本不足，取所在部门的数值", en="too few occasions: the department's value counts"),
    "no_occasion": Text(zh="本月没有发生，权重不计", en="no occasion this month; its weight does not count"),
    "not_handed_in": Text(zh="数据尚未提交", en="the evidence was not handed in"),
    "no_target": Text(zh="没有目标值", en="no target was agreed"),
    "unrated": Text(zh="尚未评分", en="not rated yet"),
    "needs_example": Text(
        zh="评分缺少具体事例，不能计入", en="the rating lacks the example it needs, so it cannot count"
    ),
    "unknown_level": Text(zh="评分等级不在制度中", en="the rating's level is not in the scheme"),
    "appealed": Text(zh="经申诉或校准改定", en="set by an appeal or calibration"),
}
#: why a person is not assessed
EXCLUDED: dict[str, Text] = {**REASONS, "decision": Text(zh="经批准不参加考核", en="left out by a decision")}
LEVELS: dict[str, Text] = {
    "person": Text(zh="本人", en="own figure"),
    "team": Text(zh="所带团队", en="the team led"),
    "department": Text(zh="所在部门", en="the department"),
    "store": Text(zh="所在门店", en="the store"),
    "group": Text(zh="全集团", en="the group"),
}
PARTS: dict[str, Text] = {
    "numerator": Text(zh="分子", en="Numerator"),
    "denominator": Text(zh="分母", en="Denominator"),
}
PAY_STEPS: dict[str, Text] = {
    "total": Text(zh="本月合计", en="Pay of the month"),
    "performance_pay": Text(zh="绩效工资", en="Performance pay"),
    "base": Text(zh="绩效基数", en="Pay base"),
    "base_part": Text(zh="按任职天数折算的基数", en="Base by days in the assignment"),
    "salary_part": Text(zh="按任职天数折算的工资", en="Salary by days in the assignment"),
    "commission": Text(zh="提成工资总额", en="Commission"),
    "commission_line": Text(zh="提成项目", en="Commission line"),
    "commission_sum": Text(zh="提成合计", en="Sum of the lines"),
    "commission_attainment": Text(zh="目标达成率", en="Attainment of the target"),
    "commission_factor": Text(zh="提成系数", en="Factor"),
    "fixed_part": Text(zh="固定工资", en="Fixed part"),
    "pool_pay": Text(zh="奖金池分配", en="Share of pools"),
    "pool_claim": Text(zh="本人的分配权数（得分、出勤）", en="Own claim (score, attendance)"),
    "pool_share": Text(zh="在岗位份额中应得", en="Share of the position's part"),
    "deductions": Text(zh="扣款", en="Deductions"),
    "corrections": Text(zh="以前月份更正", en="Corrections of earlier months"),
}
#: a recorded step, or the part it belongs to → the amount of the payslip that it leads to
LEADS_TO = {
    "base_part": "base",
    "commission": "base",
    "commission_line": "base",
    "commission_sum": "base",
    "commission_attainment": "base",
    "commission_factor": "base",
    "salary_part": "fixed_part",
    "pool": "pool_pay",
    "pool_pay": "pool_pay",
    "deductions": "deductions",
    "corrections": "corrections",
}
BASE_KINDS = {
    "commission": Text(zh="当月提成工资总额", en="the month's commission"),
    "salary": Text(zh="全额工资的一部分", en="a part of the full salary"),
    "mixed": Text(zh="当月换岗，按任职分别计", en="several assignments in the month, each by its own rule"),
}
EMPTY = Text(zh="", en="")
TOTAL_HOW = Text(
    zh="绩效工资 + 固定工资 + 奖金池 − 扣款 + 更正",
    en="performance pay + fixed part + pools − deductions + corrections",
)


def measure_text(measure: Measure) -> Text:
    """What a measure counts or sums, of which rows, dated by which column."""
    which_zh = f"，条件 {measure.where}" if measure.where else ""
    which_en = f" where {measure.where}" if measure.where else ""
    months_zh = f"，近 {measure.months} 个月" if measure.months > 1 else ""
    months_en = f", {measure.months} months" if measure.months > 1 else ""
    return Text(
        zh=f"{measure.source}：{measure.value}{which_zh}（按 {measure.date} 归月{months_zh}）",
        en=f"{measure.value} of {measure.source}{which_en} (by {measure.date}{months_en})",
    )


def percent(ten_thousandths: int | None) -> str:
    """A coefficient as a percentage with two decimals."""
    return "—" if ten_thousandths is None else f"{as_decimal(ten_thousandths, 2):f} %"


def step_text(row: dict[str, Any]) -> Text:
    """One recorded calculation: what it concerns, basis × numerator ÷ denominator, the days it covers."""
    factors = [f"{as_decimal(row['basis'], row['basis_digits'] or 0):f}"] if row["basis"] is not None else []
    if row["numerator"] is not None:
        factors.append(str(row["numerator"]))
    reckoned = " × ".join(factors)
    if row["denominator"] not in (None, 1):
        reckoned += f" ÷ {row['denominator']}"
    words = [*([row["subject"]] if row["subject"] else []), *([reckoned] if reckoned else [])]
    span = f" ({row['from']} – {row['to']})" if row["from"] else ""
    text = ": ".join(words) + span
    return Text(zh=text, en=text)


def curve_text(curve: Curve, metric: Metric) -> Text:
    """A curve in words."""
    pairs = curve.piecewise or curve.steps
    axis = Text(zh="按目标达成率", en="by attainment") if curve.of == "attainment" else Text(zh="按数值", en="by value")
    if pairs:
        listed = ", ".join(f"{x:f}→{y:f}" for x, y in pairs)
        kind = Text(zh="折线", en="linear between") if curve.piecewise else Text(zh="分档", en="steps")
        rest = f", …→{curve.beyond:f}" if curve.steps else ""
        return Text(zh=f"{axis.zh}{kind.zh} {listed}{rest}", en=f"{axis.en}, {kind.en} {listed}{rest}")
    shape = curve.proportional or curve.gate or curve.band or curve.deduct
    figures = ", ".join(f"{name} {value:f}" for name, value in shape.model_dump().items()) if shape else ""
    names = {
        "proportional": Text(zh="按目标比例", en="in proportion to the target"),
        "gate": Text(zh="达标或不达标", en="met or missed"),
        "band": Text(zh="区间内满分，区间外递减", en="full inside the band, sloping outside"),
        "deduct": Text(zh="按次扣分", en="points off for each"),
    }
    name = names[curve.shape]
    return Text(zh=f"{name.zh} ({figures})", en=f"{name.en} ({figures})")
