"""Which row is the header, which source it is, which column holds what. What would break: money read into costs."""

import polars as pl
import pytest

from fairwrench.ledger.cells.labels import label_key, name_key, without_unit
from fairwrench.ledger.files.sheet import Sheet, column_names
from fairwrench.ledger.header.header import Header, best_matches, index_of
from fairwrench.ledger.header.recognition import named_sources, recognise
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source
from tests.ledger.handed import SOURCES, Cells

FULL = ("工单号", "门店", "接车时间", "维修类型", "工时费")


def sheet(rows: Cells, name: str = "") -> Sheet:
    width = max(map(len, rows))
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    return Sheet(name, pl.DataFrame(padded, schema=dict.fromkeys(column_names(width), pl.String), orient="row"))


def recognised(
    rows: Cells, name: str = "", file: str = "", sources: dict[str, Source] | None = None
) -> tuple[Header | None, list[Problem]]:
    known = sources or SOURCES
    return recognise(sheet(rows, name), file, known, index_of(known))


def header(rows: Cells, **told: str) -> Header:
    found, problems = recognised(rows, **told)
    assert found, [problem.en for problem in problems]
    return found


def bound(found: Header) -> dict[str, int]:
    return {binding.column: binding.at for binding in reversed(found.bindings)}


def test_a_header_is_found_below_titles() -> None:
    """Exports begin with the shop's name, a period, an empty line."""
    found = header(
        [
            ("一店维修工单明细",),
            ("2026年10月", None, "制表：张三"),
            (),
            FULL,
            ("RO1", "一店", "2026-10-03", "保养", "1"),
        ]
    )
    assert (found.source, found.first, found.last) == ("repair_orders", 3, 3)
    assert bound(found) == {"ro_no": 0, "store": 1, "opened_at": 2, "kind": 3, "labour_amount": 4}


@pytest.mark.parametrize(
    "label",
    [
        "工时费",
        " 工时费 ",
        "工 时 费",
        "工时\n费",
        "*工时费",
        "工时费：",
        "工时费（元）",
        "工时费(元)",
        "工时费【元】",
        "工时费/元",
        "LABOUR",
        "labour_amount",
    ],
)
def test_labels_are_known_however_they_are_dressed(label: str) -> None:
    """Full-width signs, blanks, line breaks, marks, units in brackets."""
    found = header([(*FULL[:4], label)])
    assert bound(found)["labour_amount"] == 4


def test_the_unit_of_a_header_is_kept() -> None:
    """工时费(万元) read as yuan would be wrong by ten thousand."""
    units = {
        binding.column: binding.unit for binding in header([(*FULL[:4], "工时费（万元）", "待料时长(分钟)")]).bindings
    }
    assert (units["labour_amount"], units["waiting_parts_seconds"]) == ("万元", "分钟")


def test_two_header_rows_are_read_as_one() -> None:
    """Merged cells: 时间 stands over 接车 and 交车, 费用 over 工时费."""
    found = header(
        [
            ("工单号", "门店", "时间", None, "维修类型", "费用"),
            (None, None, "接车", "交车", None, "工时费"),
            ("RO1", "一店", "2026-10-03", None, "保养", "1"),
        ]
    )
    assert (found.first, found.last) == (0, 1)
    assert bound(found) == {"ro_no": 0, "store": 1, "opened_at": 2, "delivered_at": 3, "kind": 4, "labour_amount": 5}


def test_one_header_row_stays_one() -> None:
    """A data row must never become part of the header and get lost."""
    assert header([FULL, ("RO1", None, None, None, None)]).last == 0
    assert header([("一店",), FULL, ("RO1",)]).first == 1


def test_the_source_that_explains_more_columns_is_taken() -> None:
    """Orders carry a running number, job lines an order number: one column alone decides nothing."""
    assert header([("序号", *FULL, "里程", "服务顾问")]).source == "repair_orders"
    assert header([("工单号", "序号", "技师", "接车时间", "工时")]).source == "job_lines"
    assert header([("姓名", "月份", "出勤工时")]).source == "attendance"


def test_equals_are_told_apart_by_name_or_asked() -> None:
    """Two sources fit equally: the file's or sheet's name decides, else somebody must."""
    thin = [("工单号", "序号", "技师", "接车时间", "维修类型")]
    twin = {**SOURCES, "job_lines": SOURCES["job_lines"], "other": SOURCES["job_lines"].model_copy()}
    found, problems = recognised(thin, sources=twin)
    assert found is None
    assert [problem.code for problem in problems] == ["which_source"]
    assert problems[0].details["sources"] == "job_lines other"
    assert recognised(thin, sources=twin, file="other_2026-10.xlsx")[0].source == "other"  # type: ignore[union-attr]
    assert recognised(thin, sources=twin, file="x.xlsx", name="other")[0].source == "other"  # type: ignore[union-attr]


def test_the_longest_name_in_a_file_name_counts() -> None:
    """工单明细.xlsx holds job lines, although 工单 is in it, too."""
    assert named_sources(("", "一店_工单明细_2026-10"), SOURCES) == ["job_lines"]
    assert named_sources(("", "一店工单"), SOURCES) == ["repair_orders"]
    assert named_sources(("考勤", "一店工单"), SOURCES) == ["attendance"]
    assert named_sources(("Sheet1", "2026"), SOURCES) == []


def test_a_missing_key_is_named() -> None:
    """The person reads which column to add, not that the file is bad."""
    found, problems = recognised([("接车时间", "维修类型", "工时费")])
    assert found is None and [problem.code for problem in problems] == ["key_missing"]
    assert "维修工单" in problems[0].zh and "ro_no" in problems[0].zh


def test_a_missing_required_column_is_named_once() -> None:
    """Every row will be rejected for it; one sentence says why."""
    found, problems = recognised([("工单号", "门店", "接车时间", "工时费")])
    assert found and [problem.code for problem in problems] == ["column_missing"]


def test_unknown_and_doubled_columns_are_told() -> None:
    """Nobody may believe that a column counts which nothing reads."""
    found, problems = recognised([(*FULL, "备注", "VIN", "车架号", "退回原因")])
    assert found and found.unknown == ("备注",)
    assert [(problem.code, problem.severity) for problem in problems] == [("unknown_columns", "note")]
    assert bound(found)["vin"] == 7, "the alias that the catalog names first"
    assert [binding.label for binding in found.aside("vin")] == ["VIN"]


def test_columns_of_one_name_are_counted() -> None:
    """Fails when a name is said to be the same as itself."""
    _, problems = recognised([(*FULL, "门店")])
    assert [problem.code for problem in problems] == ["column_twice"]
    assert problems[0].text("zh") == "有 2 列都叫“门店”，每列都读；内容不同的行退回"


def test_sheets_of_another_kind_are_told() -> None:
    """A cover sheet is no evidence."""
    found, problems = recognised([("填写说明",), ("1. 请如实填写",)])
    assert found is None and [problem.code for problem in problems] == ["unrecognised"]


def test_key_columns_alone_say_nothing() -> None:
    """A list of names is no attendance: each would get an empty month."""
    assert recognised([("姓名", "月份"), ("张三", "2026-10")])[0] is None
    assert recognised([("姓名", "月份"), ("张三", "2026-10")], file="考勤.xlsx")[0] is not None


def test_words_are_compared_in_one_form() -> None:
    """The same word typed twice must be the same word."""
    assert label_key(" ＶＩＮ码： ") == "vin码"
    assert label_key("RO_No.") == label_key("ro no")
    assert without_unit("金额（元）") == ("金额", "元")
    assert without_unit("迟到/早退") == ("迟到/早退", "")
    assert name_key("欧阳　 修") == name_key("欧阳修")
    assert name_key("John  SMITH") == "john smith"


def test_scoring_looks_at_the_first_rows_only() -> None:
    """A file of a million rows is not searched for headers."""
    rows = [("x", "y")] * 50 + [FULL]
    assert best_matches(sheet(rows).grid, SOURCES, index_of(SOURCES), []) == []
