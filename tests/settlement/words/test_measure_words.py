"""Measures and columns in words: the sentences of the shipped metrics, and what has no name of its own."""

from __future__ import annotations

from typing import Any

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.settlement.scheme.scheme import Measure
from fairwrench.settlement.source.labels import column_label, made_of, source_label, word_label
from fairwrench.settlement.source.source import Source
from fairwrench.settlement.words.measure_words import measure_text, placed_text

SOURCES = load_sources()


def measure(source: str, date: str, **more: Any) -> Measure:
    return Measure(source=source, date=date, **more)


@pytest.mark.parametrize(
    ("asked", "zh", "en"),
    [
        (
            measure("job_lines", "matures_on", where="returned_within_30d is not true", credit="technician"),
            "「工单项目明细」中「30天内返修」不为“是”的行数（按「交车满30天」归月，记在「维修技师」名下）",
            "number of rows of Job lines where Returned within 30 days is not true "
            "(dated by 30 days after delivery, credited to Technician)",
        ),
        (
            measure("attendance", "month", value="sum(attended_hours)", credit="employee_id"),
            "「考勤」的「实际出勤工时」合计（按「月份」）",
            "sum of Attended hours in Attendance (dated by Month)",
        ),
        (
            measure("parts_stock", "month", value="sum(cost_of_sales * 12)", where="aged_days > 180", months=12),
            "「配件库存」中「库龄(天)」大于 180 的行，逐行计算「出库成本」×12，再合计（按「月份」，近 12 个月）",
            "sum of Cost of sales × 12 in Parts stock where Age in days is above 180 (dated by Month, over 12 months)",
        ),
        (
            measure("incidents", "resolved_at", value="quantile(seconds_between(opened_at, resolved_at), 0.5)"),
            "「服务台事件单」逐行计算从「提交时间」到「解决时间」的秒数，再取中位数（按「解决时间」归月）",
            "median of the seconds from Opened to Resolved in Incidents (dated by Resolved)",
        ),
        (
            measure("incidents", "resolved_at", value="quantile(owners, 0.95)"),
            "「服务台事件单」的「经手人数」 95 % 分位数（按「解决时间」归月）",
            "95 % quantile of Owners in Incidents (dated by Resolved)",
        ),
        (
            measure("repair_orders", "finished_at", value="count_distinct(vin)"),
            "「维修工单」的「车架号」不重复个数（按「竣工时间」归月）",
            "number of different values of VIN in Repair orders (dated by Finished)",
        ),
        (
            measure("repair_orders", "finished_at", value="max(case when booked then 1 else 0 end)"),
            "「维修工单」逐行计算「是否预约」为“是”时取 1，否则取 0，再取最大值（按「竣工时间」归月）",
            "greatest (1 if Booked is true, else 0) in Repair orders (dated by Finished)",
        ),
    ],
)
def test_a_measure_in_a_sentence(asked: Measure, zh: str, en: str) -> None:
    """Fails when somebody reads another count than the one that was taken, or needs the formula to know it."""
    assert (measure_text(asked, SOURCES).zh, measure_text(asked, SOURCES).en) == (zh, en)


def test_whom_rows_count_for_is_told_where_it_is_a_question() -> None:
    """Fails when “who of the two” stays open, or a table with one person column is told whose rows it has."""
    one, several = (
        measure("training", "held_on", credit="employee_id"),
        measure("surveys", "asked_on", credit="advisor"),
    )
    assert placed_text(one, SOURCES).zh == "按「培训日期」归月"
    assert placed_text(one, SOURCES, always=True).zh == "按「培训日期」归月，记在「工号」名下"
    assert placed_text(several, SOURCES).en == "dated by Asked on, credited to Service advisor"


def test_a_source_that_is_gone_goes_by_its_word() -> None:
    """Fails when the explanation of an old month ends in an error because its kind of file was taken away."""
    text = measure_text(measure("wash_bays", "done_on", where="paid_late", credit="done_by"), {})
    assert text.en == "number of rows of wash bays where paid late is true (dated by done on)"


BIKES = {
    "name": {"zh": "单车", "en": "Bikes"},
    "row": {"zh": "一次维修", "en": "one repair"},
    "key": ["store", "repair_no"],
    "filed_by": "opened_at",
    "columns": {
        "repair_no": {"name": {"zh": "维修单号", "en": "Repair number"}},
        "store": {"type": "store", "aliases": ["门店"]},
        "opened_at": {"type": "timestamp", "required": True, "aliases": ["opened", "接车时间"]},
        "frame_no": {},
        "closed_at": {"type": "timestamp", "aliases": ["完工时间"]},
    },
    "derived": {
        "mature": {"shift": "closed_at", "days": 7},
        "owner": {"lookup": "bikes", "by": {"store": "store", "repair_no": "repair_no"}, "take": "frame_no"},
        "again": {
            **{"recurrence": ["frame_no"], "visit": ["repair_no"], "order": ["opened_at"], "flag": "later"},
            **{"opened": "opened_at", "closed": "closed_at", "days": 7},
        },
        "seen": {"exists": "bikes", "by": {"frame_no": "frame_no"}, "date": "opened_at", "months": 6},
        "paid": {"total": "bikes", "by": {"frame_no": "frame_no"}, "take": "repair_no"},
    },
    "derived_types": {"mature": "timestamp", "owner": "text", "again": "bool", "seen": "bool", "paid": "decimal"},
}


@pytest.mark.parametrize(
    ("column", "zh", "en"),
    [
        ("repair_no", "维修单号", "Repair number"),
        ("opened_at", "接车时间", "Opened at"),
        ("frame_no", "frame no", "Frame no"),
        ("mature", "完工时间后 7 天", "7 days after Closed at"),
        ("owner", "按维修单号查得的单车的frame no", "Frame no of Bikes, found by Repair number"),
        ("again", "同一frame no 7 天内已来过", "the same Frame no had been here within 7 days"),
        ("seen", "近 6 个月有单车", "Bikes within 6 months"),
        ("paid", "按frame no合计的单车的维修单号", "sum of Repair number of Bikes by Frame no"),
    ],
)
def test_a_column_without_a_name_is_told_by_what_is_known_of_it(column: str, zh: str, en: str) -> None:
    """Fails when a kind of file that somebody made in a hurry is explained by ids."""
    bikes = Source.model_validate(BIKES)
    label = column_label(bikes, column, {"bikes": bikes})
    assert (label.zh, label.en) == (zh, en)


def test_names_come_before_what_things_are_made_of() -> None:
    """Fails when the name that the catalog gives a derived column is not the one people read."""
    lines = SOURCES["job_lines"]
    assert column_label(lines, "returned_within_30d", SOURCES).zh == "30天内返修"
    assert made_of(lines, "returned_within_30d", SOURCES).zh == "同一车架号、故障系统 30 天内再次进厂"
    assert made_of(lines, "original_technician", SOURCES).zh == "30 天内同一车架号、故障系统上一次的维修技师"
    assert column_label(SOURCES["store_month"], "store", SOURCES).zh == "门店"
    assert source_label("job_lines", SOURCES).en == "Job lines"


def test_a_fixed_value_by_its_spelling_and_any_other_as_it_is() -> None:
    """Fails when people read `end_of_life`, or a value that no list has is changed."""
    outcome = SOURCES["community_repairs"].columns["repair_status"]
    assert (word_label(outcome, "end_of_life").zh, word_label(outcome, "end_of_life").en) == ("报废", "end of life")
    assert word_label(outcome, "X_1").en == word_label(None, "X_1").zh == "X_1"
