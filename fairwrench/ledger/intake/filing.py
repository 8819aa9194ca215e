"""What should be known of the months that a file's rows belong to, beside the one that it was handed in for."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem

_SHOWN = 6
_A_YEAR = 12


def other_months(filed: pl.DataFrame, period: Month) -> list[Problem]:
    """What to tell of rows (`rows`: how many of each store and month, `YYYY-MM`) that were handed in for `period`;
    nothing where all are of it.

    Where no row of a store is of the month, its evidence counts as not handed in.
    """
    # Rows without a month were rejected and told; here they would count as of another month.
    rows = filed.drop_nulls("month")
    elsewhere = rows.filter(pl.col("month") != str(period))
    if elsewhere.is_empty():
        return []
    counts = elsewhere.group_by("month").agg(len=pl.col("rows").sum()).sort("month")
    every, others = int(rows["rows"].sum()), int(elsewhere["rows"].sum())
    here = set(rows.filter(pl.col("month") == str(period))["store"].unique())
    empty = sorted({*elsewhere["store"].drop_nulls().unique()} - here)
    # All of it in the wrong month is most likely the wrong file: that is told alone, and first.
    if others == every:
        return [_none_of(period, counts)]
    return [*([_some_stores(period, empty)] if empty else []), _some_of(period, counts, every - others)]


def _none_of(period: Month, counts: pl.DataFrame) -> Problem:
    shown_zh, shown_en = _shown(counts)
    far_zh, far_en = _far(period, counts)
    return Problem(
        code="other_month",
        zh=f"没有一行属于 {period}：{shown_zh}；{period} 的这项数据仍按未提交处理，请核对是否交错了文件{far_zh}",
        en=f"no row is of {period}: {shown_en}; for {period} this counts as not handed in; see whether it is the right "
        f"file{far_en}",
        severity="warning",
        details=_details(counts),
    )


def _some_stores(period: Month, stores: list[str]) -> Problem:
    shown = "、".join(stores[:_SHOWN]) + ("…" if len(stores) > _SHOWN else "")
    return Problem(
        code="other_month",
        zh=f"{shown} 没有一行属于 {period}，这些门店的这项数据仍按未提交处理",
        en=f"no row of {shown} is of {period}; for these stores this counts as not handed in",
        severity="warning",
        details={"stores": ", ".join(stores)},
    )


def _some_of(period: Month, counts: pl.DataFrame, own: int) -> Problem:
    shown_zh, shown_en = _shown(counts)
    return Problem(
        code="other_months_too",
        zh=f"{own} 行属于 {period}，另有{shown_zh}，计入各自的月份",
        en=f"{number_of(own, 'row is', 'rows are')} of {period}; others are not and count for their own months: "
        f"{shown_en}",
        severity="note",
        details=_details(counts),
    )


def _shown(counts: pl.DataFrame) -> tuple[str, str]:
    """The months with most rows, in order of time."""
    most = counts.sort("len", descending=True).head(_SHOWN).sort("month")
    more = "…" if counts.height > _SHOWN else ""
    zh = "、".join(f"{month} 有 {count} 行" for month, count in most.iter_rows())
    en = ", ".join(f"{count} of {month}" for month, count in most.iter_rows())
    return zh + more, en + more


def _far(period: Month, counts: pl.DataFrame) -> tuple[str, str]:
    """All rows a year or more away are rarely meant: a wrong year, or a workbook whose dates begin in 1904."""
    months = [Month.parse(month) for month in counts["month"].to_list()]
    apart = min(abs((month.year - period.year) * 12 + month.month - period.month) for month in months)
    if apart < _A_YEAR:
        return "", ""
    years = apart // _A_YEAR
    return (
        f"。日期与 {period} 相差 {years} 年以上，请核对年份，或工作簿是否使用 1904 日期系统",
        f". The dates are {number_of(years, 'year')} or more away from {period}: check the year, or whether the "
        "workbook counts its dates from 1904",
    )


def _details(counts: pl.DataFrame) -> dict[str, str]:
    return {str(month): str(count) for month, count in counts.iter_rows()}
