"""The sentences that explanations are made of, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.inputs.eligibility import REASONS
from fairwrench.settlement.measure.lacking import from_text
from fairwrench.settlement.source.source import Source, Text

#: why a line is not simply counted
CAUSES: dict[str, Text] = {
    "thin": Text(zh="样本不足，本项不计分", en="too few occasions: the item is not scored"),
    "neutral": Text(zh="样本不足，按中性分计", en="too few occasions: the neutral points count"),
    "unit": Text(zh="样本不足，取所在部门的数值", en="too few occasions: the department's value counts"),
    "no_occasion": Text(zh="本月没有发生，权重不计", en="no occasion this month; its weight does not count"),
    "not_handed_in": Text(zh="数据尚未提交", en="the evidence was not handed in"),
    "all_rejected": Text(
        zh="文件已交，但大部分或全部的行被退回", en="a file was handed in, but most or all of its rows were rejected"
    ),
    "other_month": Text(zh="交来的文件里没有本月的数据", en="the file handed in holds nothing of this month"),
    "column_missing": Text(
        zh="交来的文件缺少要用的列（或整列为空）",
        en="the file handed in lacks a column that is needed (or leaves it empty)",
    ),
    "no_row": Text(zh="数据里没有本人（本店）的那一行", en="there is no row about them in the evidence"),
    "not_shared": Text(
        zh="所在班组当月没有可用的份额", en="the team's work of the month is not split: no shares of it hold"
    ),
    "impossible": Text(
        zh="红冲与原单对不上，得出的数不可能（小于 0 或超过 100 %），请核对",
        en="reversals fit no row, so that the figure is impossible (below 0, or above 100 %); look into them",
    ),
    "no_target": Text(zh="没有目标值", en="no target was agreed"),
    "unrated": Text(zh="尚未评分", en="not rated yet"),
    "needs_example": Text(
        zh="评分缺少具体事例，不能计入", en="the rating lacks the example it needs, so it cannot count"
    ),
    "unknown_level": Text(zh="评分等级不在制度中", en="the rating's level is not in the scheme"),
    "level_and_points": Text(
        zh="评分既填了等级又填了不同的分数，不知以哪个为准",
        en="the rating gives a level and points that are not those of the level",
    ),
    "appealed": Text(zh="经申诉或等级评议会改定", en="set by an appeal or calibration"),
}
#: causes of figures that are missing, and what is to be done about each
MISSING = ("not_handed_in", "all_rejected", "other_month", "column_missing", "no_row", "not_shared", "impossible")
#: causes that whoever rates does away with
RATED = ("unrated", "needs_example", "unknown_level", "level_and_points")
#: why somebody's month cannot be settled yet, beside items that wait
SHORT: dict[str, Text] = {
    "nothing_counted": Text(zh="没有一项可以计分", en="nothing could be counted"),
    "too_little_measured": Text(
        zh="有数据的考核项权重不足制度要求的比例",
        en="less of the card's weight is measured than the scheme asks for",
    ),
}
#: what people decide about a person and month
DECISIONS: dict[str, Text] = {
    "appeal_points": Text(zh="申诉改项目分", en="points of an item changed on appeal"),
    "appeal_score": Text(zh="申诉改总分", en="score changed on appeal"),
    "appeal_grade": Text(zh="申诉改等级", en="grade changed on appeal"),
    "confirm_fine": Text(zh="确认考核扣款", en="fine confirmed"),
    "fine_points": Text(zh="考核扣款改扣分", en="fine taken as points"),
    "fine_record": Text(zh="考核扣款只记录", en="fine kept on record"),
    "fine_waived": Text(zh="考核扣款免除", en="fine waived"),
    "deduction": Text(zh="扣款", en="deduction"),
    "reward": Text(zh="奖金", en="reward"),
    "exclude": Text(zh="不参加考核", en="not to be assessed"),
    "review_stays": Text(zh="评审留任", en="stays after the review"),
    "award_confirmed": Text(zh="奖励确认", en="award confirmed"),
    "distribution_reason": Text(zh="等级比例偏差说明", en="reason for the distribution"),
    "calibrated_points": Text(zh="等级评议会定分", en="points set by calibration"),
}
#: on what ground money is taken from somebody
GROUNDS: dict[str, Text] = {
    "compensation": Text(zh="赔偿", en="compensation of a loss"),
    "breach": Text(zh="违纪", en="breach of rules"),
    "agreed": Text(zh="约定", en="agreed"),
}
#: what confirmed lateness takes from a score
POINTS_OFF = Text(zh="迟交扣分", en="Points off for lateness")
NO_BONUS = Text(zh="本月没有加分", en="no bonus this month")
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
#: who rates an item that no data measures
RATERS: dict[str, Text] = {
    "self": Text(zh="本人", en="Self"),
    "line_manager": Text(zh="直接上级", en="Line manager"),
    "next_level": Text(zh="隔级上级", en="Next-level manager"),
    "other": Text(zh="其他评分人", en="Other raters"),
}
BASE_KINDS = {
    "commission": Text(zh="当月提成工资总额", en="the month's commission"),
    "salary": Text(zh="全额工资的一部分", en="a part of the full salary"),
    "mixed": Text(zh="当月换岗，按任职分别计", en="several assignments in the month, each by its own rule"),
}
TOTAL_HOW = Text(
    zh="绩效工资 + 固定工资 + 奖金池 − 扣款 + 补发/补扣",
    en="performance pay + fixed part + pools − deductions + corrections",
)


def cause_text(cause: str, lacks: str, sources: Mapping[str, Source]) -> Text:
    """Why an item does not simply count, with the files or columns that it lacks by their names."""
    plain = CAUSES.get(cause, Text(zh=cause, en=cause))
    # Only what is missing has files and columns to be named.
    if cause not in MISSING or not lacks:
        return plain
    named: dict[str, list[Text]] = {}
    for place, why in from_text(cause, lacks):
        named.setdefault(why, []).append(_called(place, sources))
    zh = (f"{CAUSES[why].zh}：{'、'.join(name.zh for name in names)}" for why, names in named.items())
    en = (f"{CAUSES[why].en}: {', '.join(name.en for name in names)}" for why, names in named.items())
    return Text(zh="；".join(zh), en="; ".join(en))


def _called(place: str, sources: Mapping[str, Source]) -> Text:
    """A source, or a column as `source.column`, by its name; itself where nobody knows it."""
    name, _, column = place.partition(".")
    source = sources.get(name)
    if source is None:
        return Text(zh=place, en=place)
    facts = source.columns.get(column)
    if not column:
        return source.name
    called = facts.name if facts and facts.name else Text(zh=column, en=column)
    return Text(zh=f"{source.name.zh}“{called.zh}”", en=f"{called.en} of {source.name.en}")


def percent(ten_thousandths: int | None) -> str:
    """A coefficient as a percentage with two decimals."""
    return "—" if ten_thousandths is None else f"{as_decimal(ten_thousandths, 2):f} %"
