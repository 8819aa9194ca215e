"""The sheet that says what a month stands on and what is wrong or missing: seal, coverage, conflicts, problems."""

from __future__ import annotations

from typing import Any

import polars as pl

from fairwrench.report.cells import Column, Sheet
from fairwrench.report.figures import cell_number
from fairwrench.report.naming import STATES
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.coverage import Place, places, wanted
from fairwrench.report.workbook.indicators import indicators
from fairwrench.report.workbook.sheets import value_cell
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.exact import rounded_mean
from fairwrench.settlement.explain.explain import ratio

NOTES = (
    Column("栏目", "About"),
    Column("代码", "Code", "code"),
    Column("对象", "Concerns"),
    Column("内容", "What", "long"),
)
DISTRIBUTION = (
    Column("范围", "Pool"),
    Column("部门", "Department"),
    Column("等级", "Grade", "grade"),
    Column("等级名称", "Grade name"),
    Column("实际人数", "People", "whole"),
    Column("占比", "Share", "percent"),
    Column("规定人数", "Expected people", "points"),
    Column("规定比例", "Expected share", "percent"),
    Column("偏差人数", "Off by", "points"),
    Column("须书面说明", "Needs a reason"),
)
REJECTED = (
    Column("文件", "File"),
    Column("工作表", "Sheet"),
    Column("行", "Row", "whole"),
    Column("列", "Column"),
    Column("内容", "Value", "long"),
    Column("原因", "Reason", "long"),
)
INDICATORS = (
    Column("指标", "Metric"),
    Column("指标代码", "Metric code", "code"),
    Column("类别", "Category"),
    Column("门店", "Store"),
    Column("实际值", "Value", "plain"),
    Column("样本数", "n", "whole"),
    Column("目标", "Target", "plain"),
    Column("与目标比", "Against target"),
    Column("说明", "Note"),
)
AGAINST = {
    "better": ("▲ 优于目标", "▲ better"),
    "worse": ("▼ 未达目标", "▼ worse"),
    "even": ("＝ 达标", "= met"),
    "": ("", ""),
}
COVERAGE = {
    "landed": ("已提交", "landed"),
    "waiting": ("缺，有人待核算", "missing, people wait"),
    "dropped": ("缺，权重不计", "missing, weight dropped"),
    "absent": ("未提交", "not handed in"),
}
#: what one sheet of a workbook can hold
MOST_ROWS = 1_000_000


def distribution_sheet(material: ReportContext) -> Sheet:
    """Grades against their expected shares in every pool (S1 ❺ 5.5)."""
    names, bands = material.names, material.settled.scheme.bands.grades
    # The same part of the whole as on the page: shares need not add up to a hundred.
    whole = sum(band.share for band in bands.values())
    rows: list[Any] = [
        (
            row["store"] or names.pick(("全集团", "the group")),
            names.department(row["department"]) if row["department"] else names.pick(("全部", "all")),
            *(row["grade"], names.grade(row["grade"]), row["actual"]),
            row["actual"] / row["people"] if row["people"] else None,
            cell_number(row["expected"], 2),
            float(bands[row["grade"]].share / whole),
            cell_number(row["off"], 2),
            names.pick(("是", "yes")) if row["needs_reason"] else "",
        )
        for row in material.settled.shares.iter_rows(named=True)
    ]
    return Sheet("等级分布", "Distribution", DISTRIBUTION, rows, frozen=0)


def rejected_sheet(material: ReportContext) -> Sheet:
    """Every rejected row's reasons; what a sheet cannot hold stands in rejected.csv."""
    reason = "reason_en" if material.lang == "en" and "reason_en" in material.rejected.columns else "reason"
    frame = material.rejected.select("file", "sheet", "row", "column", "value", reason)
    # Cut before it becomes rows of Python: a folder of wrong files may have many millions of reasons.
    rows: list[Any] = frame.head(MOST_ROWS).rows()
    above = []
    if frame.height > MOST_ROWS:
        rest = frame.height - MOST_ROWS
        above = [material.names.pick((f"另有 {rest} 条，见 rejected.csv", f"{rest} more in rejected.csv"))]
    return Sheet("被拒绝的行", "Rejected rows", REJECTED, rows, above=above, frozen=0)


def indicators_sheet(material: ReportContext) -> Sheet:
    """Store × KPI as a list."""
    names, rows = material.names, list[Any]()
    for each in indicators(material):
        for figure in (*each.figures, each.whole):
            store = names.pick(("全集团", "the group")) if figure.store == "*" else figure.store
            note = "" if figure.handed_in else names.pick(("数据未提交", "not handed in"))
            if figure.thin:
                note = names.pick(("样本不足", "few occasions"))
            rows.append(
                (
                    *(names.metric(each.key), each.key, names.category(each.category), store),
                    value_cell(ratio(figure.n, figure.d), each.metric),
                    *(figure.occasions, value_cell(figure.target, each.metric), names.pick(AGAINST[figure.against])),
                    note,
                )
            )
    return Sheet("门店指标", "Store KPIs", INDICATORS, rows, frozen=1)


def notes_sheet(material: ReportContext) -> Sheet:
    """What the month stands on, what is missing and who should hand it in, conflicts of interest, problems."""
    rows = [*_facts(material), *_missing(material), *_coverage(material), *_problems(material)]
    return Sheet("说明", "Notes", NOTES, rows, frozen=0)


def _facts(material: ReportContext) -> list[Any]:
    settled, seal, names = material.settled, material.kept.seal, material.names
    scheme, head = settled.scheme, names.pick(("核算", "Settlement"))
    states = dict(settled.totals.group_by("state").len().iter_rows())
    people = names.comma.join(f"{names.state(state)} {states.get(state, 0)}" for state in STATES)
    facts = [
        ("month", ("考核月份", "month"), str(settled.month)),
        ("scheme", ("制度", "scheme"), f"{names.say(scheme.name)} {scheme.version} ({scheme.scheme})"),
        ("people", ("人数", "people"), people),
        ("seal", ("锁定数据摘要", "seal digest"), seal.digest),
        ("roster", ("花名册摘要", "roster digest"), seal.documents["roster"].sha256),
        ("scheme_digest", ("制度摘要", "scheme digest"), seal.documents["scheme"].sha256),
        ("program", ("程序版本", "program"), seal.program),
        ("time_zone", ("时区", "time zone"), seal.time_zone),
    ]
    return [(head, code, names.pick(about), text) for code, about, text in facts]


def _missing(material: ReportContext) -> list[Any]:
    names, head = material.names, material.names.pick(("待补数据", "To hand in"))
    rows = []
    for each in wanted(material):
        who = f"{names.role(each.position)} {each.person}".strip()
        zh = f"请{who}提交“{names.source(each.source)}”，{each.waiting} 人待核算" + (
            f"；截止 {each.due}" if each.due else ""
        )
        en = f"{who}: hand in {names.source(each.source)}; {number_of(each.waiting, 'person waits', 'people wait')}" + (
            f"; due {each.due}" if each.due else ""
        )
        rows.append((head, each.source, each.store, names.pick((zh, en))))
    return rows


def _coverage(material: ReportContext) -> list[Any]:
    """A line a source: how many stores handed it in with how many rows, and which did not."""
    names, head = material.names, material.names.pick(("数据提报", "Coverage"))
    by_source: dict[str, list[Place]] = {}
    for place in places(material):
        by_source.setdefault(place.source, []).append(place)
    rows = []
    for source, told in by_source.items():
        landed = [place for place in told if place.state == "landed"]
        count = sum(place.rows for place in landed)
        zh = f"{len(landed)}/{len(told)} 店已提交，共 {count:,} 行"
        words = [names.pick((zh, f"{len(landed)} of {number_of(len(told), 'store')}, {number_of(count, 'row')}"))]
        words += [f"{place.store}: {names.pick(COVERAGE[place.state])}" for place in told if place.state != "landed"]
        rows.append((head, source, names.source(source), names.comma.join(words)))
    return rows


def _problems(material: ReportContext) -> list[Any]:
    names, rows = material.names, []
    rank = {"error": 0, "warning": 1, "note": 2}
    # Stable: within one severity the order of the work stays, file by file.
    for problem in sorted(material.problems, key=lambda problem: rank[problem.severity]):
        conflict = problem.code == "conflict_of_interest"
        head = names.pick(("利益回避", "Conflict of interest")) if conflict else names.severity(problem.severity)
        rows.append((head, problem.code, problem.subject, problem.text(material.lang)))
    return rows


def stores_sheet(material: ReportContext) -> Sheet:
    """What each store comes to; in the workbook of a group that has one workbook a store."""
    names = material.names
    columns = (
        Column("门店", "Store"),
        Column("人数", "People", "whole"),
        Column("已核算", "Settled", "whole"),
        Column("平均分", "Mean score", "points"),
        Column("绩效工资", "Performance pay", "money"),
        Column("合计", "Total", "money"),
    )
    paid = material.settled.pay.select("employee_id", "performance_pay", "total")
    sums = (
        material.settled.totals.join(paid, on="employee_id", how="left")
        .group_by("store")
        .agg(
            people=pl.len(),
            settled=(pl.col("state") == "settled").sum(),
            mean=rounded_mean(pl.col("score")),
            performance_pay=pl.col("performance_pay").sum(),
            total=pl.col("total").sum(),
        )
        .sort("store")
    )
    rows: list[Any] = [
        (
            *(row["store"], row["people"], row["settled"]),
            cell_number(row["mean"], 2),
            *(cell_number(row["performance_pay"], 2), cell_number(row["total"], 2)),
        )
        for row in sums.iter_rows(named=True)
    ]
    total: list[Any] = [names.pick(("合计", "Total"))]
    total += [sum(row[place] or 0 for row in rows) for place in (1, 2)] + [None]
    total += [cell_number(sums[name].sum(), 2) for name in ("performance_pay", "total")]
    return Sheet("门店", "Stores", columns, rows, [total], frozen=1)
