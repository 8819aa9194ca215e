"""The sentences that explanations are made of, in both languages."""

from __future__ import annotations

from typing import Any

from fairwrench.settlement.curve import Curve
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.scheme import Metric
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
    "needs_example": Text(zh="评分缺少具体事例，不能计入", en="the rating lacks the example it needs, so it cannot count"),
    "unknown_level": Text(zh="评分等级不在制度中", en="the rating's level is not in the scheme"),
    "appealed": Text(zh="经申诉或校准改定", en="set by an appeal or calibration"),
}
LEVELS: dict[str, Text] = {
    "person": Text(zh="本人", en="own figure"),
    "team": Text(zh="所带团队", en="the team led"),
    "department": Text(zh="所在部门", en="the department"),
    "store": Text(zh="所在门店", en="the store"),
    "group": Text(zh="全集团", en="the group"),
}
PAY_STEPS: dict[str, Text] = {}


def percent(ten_thousandths: int | None) -> str:
    """A coefficient as a percentage with two decimals."""
    return "—" if ten_thousandths is None else f"{as_decimal(ten_thousandths, 2):f} %"


def step_text(row: dict[str, Any]) -> Text:
    """One recorded calculation: basis × numerator ÷ denominator."""
    basis = f"{as_decimal(row['basis'], row['basis_digits'] or 0):f}" if row["basis"] is not None else ""
    if row["numerator"] is not None and row["denominator"] not in (None, 1):
        basis = f"{basis} × {row['numerator']} ÷ {row['denominator']}"
    elif row["numerator"] is not None:
        basis = f"{basis} × {row['numerator']}"
    span = f" ({row['from']} – {row['to']})" if row["from"] else ""
    subject = f"{row['subject']}: " if row["subject"] else ""
    text = f"{subject}{basis}{span}"
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
