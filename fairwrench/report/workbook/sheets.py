"""The tables of the workbook that hold a row a person, an item, an event: totals, items, pay, standing, periods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from fairwrench.report.cells import Column, Sheet, Shown, total_of
from fairwrench.report.figures import cell_number
from fairwrench.report.report_context import ReportContext
from fairwrench.settlement.exact import VALUE_DIGITS
from fairwrench.settlement.explain.explain import ratio
from fairwrench.settlement.scheme.scheme import Metric

PERSON = (Column("工号", "Employee"), Column("姓名", "Name"), Column("门店", "Store"))
PLACE = (
    Column("部门", "Department"),
    Column("部门代码", "Department code", "code"),
    Column("岗位", "Position"),
    Column("岗位代码", "Position code", "code"),
)
TOTALS = (
    *PERSON,
    *PLACE,
    Column("考核表", "Scorecard"),
    Column("考核表代码", "Scorecard code", "code"),
    Column("状态", "State"),
    Column("得分", "Score", "points"),
    Column("等级", "Grade", "grade"),
    Column("等级名称", "Grade name"),
    Column("加分", "Bonus", "points"),
    Column("计入权重", "Weight that counts", "points"),
    Column("说明", "Note", "long"),
)
ITEMS = (
    *PERSON,
    Column("考核项", "Item"),
    Column("考核项代码", "Item code", "code"),
    Column("类别", "Category"),
    Column("取值范围", "Figure of"),
    Column("权重", "Weight", "points"),
    Column("目标", "Target", "plain"),
    Column("分子", "Numerator", "plain"),
    Column("分母", "Denominator", "plain"),
    Column("实际值", "Value", "plain"),
    Column("得分", "Points", "points"),
    Column("状态", "State"),
    Column("说明", "Note", "long"),
    Column("说明代码", "Note code", "code"),
)
PAY = (
    *PERSON,
    Column("部门", "Department"),
    Column("岗位", "Position"),
    Column("得分", "Score", "points"),
    Column("等级", "Grade", "grade"),
    Column("基数来源", "Base from"),
    Column("绩效基数", "Pay base", "money"),
    Column("绩效系数", "Coefficient", "rate"),
    Column("绩效工资", "Performance pay", "money"),
    Column("固定工资", "Fixed part", "money"),
    Column("奖金池", "Pools", "money"),
    Column("扣款", "Deductions", "money"),
    Column("补发/补扣", "Corrections", "money"),
    Column("合计", "Total", "money"),
    Column("状态", "State"),
    Column("缺什么", "What is missing", "long"),
)
PAY_TOTAL = [column.en for column in PAY].index("Total")
STANDING = (
    *PERSON,
    Column("岗位", "Position"),
    Column("结果", "Event"),
    Column("结果代码", "Event code", "code"),
    Column("规则", "Rule", "long"),
    Column("规则代码", "Rule code", "code"),
    Column("责任人", "By"),
    Column("依据", "Because", "long"),
    Column("改进期", "Months to improve"),
    Column("条款", "Article", "code"),
)
PERIODS = (
    *PERSON,
    Column("周期", "Period"),
    Column("得分", "Score", "points"),
    Column("等级", "Grade", "grade"),
    Column("计入月数", "Months counted", "whole"),
    Column("未计月数", "Months left out", "whole"),
    Column("状态", "State"),
    Column("结果", "Event", "long"),
)
_YEAR_EVENTS = {
    "raise_candidate": ("年终加薪人选", "candidate for a raise"),
    "raise_considered_next": ("调薪、晋升优先考虑", "considered next, with preference"),
}


def with_people(frame: pl.DataFrame, material: ReportContext) -> pl.DataFrame:
    """The rows with name, store, department and position."""
    about = material.settled.totals.select("employee_id", "name", "store", "department", "position")
    extra = ["employee_id", *(name for name in about.columns[1:] if name not in frame.columns)]
    return frame.join(about.select(extra), on="employee_id", how="left")


def ordered(frame: pl.DataFrame, *more: str) -> pl.DataFrame:
    """By store, department, position, employee."""
    return frame.sort("store", "department", "position", "employee_id", *more, nulls_last=True)


def totals_sheet(material: ReportContext) -> Sheet:
    """One row a person in service."""
    names = material.names
    rows: list[Any] = [
        (
            *(row["employee_id"], row["name"], row["store"]),
            *(names.department(row["department"]), row["department"]),
            *(names.position(row["position"]), row["position"]),
            *(names.scorecard(row["scorecard"]), row["scorecard"], names.state(row["state"])),
            *(cell_number(row["score"], 2), row["grade"], names.grade(row["grade"])),
            # An empty cell, not 0.00: a bonus is the exception.
            cell_number(row["bonus"] or None, 2),
            cell_number(row["counted_weight"], 2) if row["state"] == "settled" else None,
            _total_note(row, material),
        )
        for row in ordered(with_people(material.settled.totals, material)).iter_rows(named=True)
    ]
    return Sheet("汇总", "Totals", TOTALS, rows)


def _total_note(row: dict[str, Any], material: ReportContext) -> str:
    names = material.names
    if row["reason"]:
        return names.reason(row["reason"])
    if row["held"]:
        return names.pick(("尚缺：", "missing: ")) + names.comma.join(map(names.item, row["held"]))
    if row["worked_out"] != row["score"]:
        return names.pick(("经申诉改定", "set by an appeal"))
    return ""


def items_sheet(material: ReportContext) -> Sheet:
    """One row an item of a person."""
    frame = ordered(with_people(material.settled.lines, material), "place")
    return Sheet("考核项", "Items", ITEMS, list(_item_rows(frame, material)))


def _item_rows(frame: pl.DataFrame, material: ReportContext) -> Iterator[tuple[Any, ...]]:
    names, metrics = material.names, material.settled.scheme.metrics
    for row in frame.iter_rows(named=True):
        key = row["item"]
        metric = metrics.get(key) if row["kind"] == "metric" else None
        # What was dropped weighs nothing: the column adds up to the weight that counts.
        weighs = row["state"] != "dropped"
        yield (
            *(row["employee_id"], row["name"], row["store"]),
            *(names.item(key), key),
            names.category(row["category"] or "bonus"),
            names.level(row["level"]) if metric else "",
            None if row["kind"] == "bonus" else cell_number(row["weight"] if weighs else 0, 2),
            value_cell(row["target"], metric),
            cell_number(row["numerator"], row["numerator_digits"] or 0),
            cell_number(row["denominator"], row["denominator_digits"] or 0),
            value_cell(ratio(row["n"], row["d"]), metric),
            cell_number(row["points"] if row["state"] == "counted" else None, 2),
            *(names.line_state(row["state"]), names.cause(row["cause"], row["lacks"]), row["cause"]),
        )


def value_cell(units: int | None, metric: Metric | None) -> Shown | None:
    """A value or target (10^-6) in the format of its metric."""
    if units is None or metric is None:
        return None
    kind = {"percent": "percent", "money": "money"}.get(metric.unit, "plain")
    return Shown(cell_number(units, VALUE_DIGITS), kind)  # type: ignore[arg-type]


def pay_sheet(material: ReportContext) -> Sheet:
    """One row a person with pay, a row that adds up who can be paid, and one of what is known of the others.

    So each row of totals cross-foots, and both together are the sums of the columns.
    """
    names = material.names
    graded = material.settled.totals.select("employee_id", "score", "grade", "reason")
    frame = with_people(material.settled.pay.join(graded, on="employee_id", how="left"), material)
    rows: list[Any] = [
        (
            *(row["employee_id"], row["name"], row["store"]),
            *(names.department(row["department"]), names.position(row["position"])),
            *(cell_number(row["score"], 2), row["grade"], names.base_kind(row["base_kind"])),
            *(cell_number(row["base"], 2), cell_number(row["coefficient"], 4)),
            *(cell_number(row[name], 2) for name in ("performance_pay", "fixed_part", "pool_pay")),
            *(cell_number(row[name], 2) for name in ("deductions", "corrections", "total")),
            *(names.state(row["state"]), names.missing(row["missing"]) or names.reason(row["reason"])),
        )
        for row in ordered(frame).iter_rows(named=True)
    ]
    # Whoever waits has amounts, too (a fixed part, a correction), but no total: added up together no row cross-foots.
    payable = [row for row in rows if row[PAY_TOTAL] is not None]
    waiting = [row for row in rows if row[PAY_TOTAL] is None]
    totals = [total_of(PAY, payable, names.pick(("可发放合计", "Payable")))]
    totals += [total_of(PAY, waiting, names.pick(("待定，未计入合计", "Open, not payable yet")))] if waiting else []
    return Sheet("工资", "Pay", PAY, rows, totals)


def standing_sheet(material: ReportContext) -> Sheet:
    """What the runs of grades lead to in this month."""
    names = material.names
    frame = with_people(material.settled.standing, material)
    rows: list[Any] = [
        (
            *(row["employee_id"], row["name"], row["store"], names.position(row["position"])),
            *(names.event(row["event"]), row["event"], names.rule(row["rule"]), row["rule"], names.role(row["by"])),
            *(row[f"detail_{material.lang}"], row["plan_months"].replace(",", names.pick(("、", ", ")))),
            row["reference"],
        )
        for row in ordered(frame, "event").iter_rows(named=True)
    ]
    return Sheet("结果应用", "Standing", STANDING, rows)


def periods_sheet(material: ReportContext) -> Sheet:
    """Quarter and year results; without rows in months that end neither."""
    names = material.names
    frame = with_people(material.settled.periods, material)
    rows: list[Any] = [
        (
            *(row["employee_id"], row["name"], row["store"], row["period"]),
            *(cell_number(row["score"], 2), row["grade"], row["months"], row["left_out"], names.state(row["state"])),
            names.pick(_YEAR_EVENTS[row["event"]]) if row["event"] in _YEAR_EVENTS else row["event"],
        )
        for row in ordered(frame, "period").iter_rows(named=True)
    ]
    return Sheet("季度年度", "Quarter and year", PERIODS, rows)
