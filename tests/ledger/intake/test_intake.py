"""The main line of intake. What would break: a row lost without a word, or a wrong one paid for."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.ledger.columns import polars_type
from fairwrench.ledger.intake.intake import FileIntake, Intake
from fairwrench.ledger.people.people import Directory
from fairwrench.settlement.calendar.deadlines import Month
from tests.ledger.handed import (
    ATTENDANCE,
    HEADER,
    ORDERS,
    SOURCES,
    codes,
    csv,
    every_problem,
    one,
    order,
    parquet,
    roster,
    take,
    xls,
    xlsx,
)


def reasons(found: Intake) -> list[tuple[int, str, str]]:
    return found.rejected.select("row", "field", "code").rows()


def counts(found: Intake) -> dict[str, int]:
    return {what: number for what, number in found.counts.items() if number}


def test_a_workbook_from_title_to_total(tmp_path: Path) -> None:
    """Title, header, a header printed again, a blank row, a total: told apart, counted, and nothing else dropped."""
    rows: list[Sequence[object]] = [
        ("一店维修工单", None, None, None, None),
        (None,) * 5,
        (*HEADER, "工时费（元）"),
        ("RO1", "一店", datetime(2026, 10, 3, 9, 5), "保养", 120.5),
        (*HEADER, "工时费（元）"),
        ("RO2", "一店", datetime(2026, 10, 4, 9, 5), "首保", 0.1 + 0.2),
        (None,) * 5,
        ("小计", None, None, None, 120.8),
        ("RO3", "一店", "昨天", "美容", -1),
        ("合计：", None, None, None, 119.8),
    ]
    found = one(xlsx(tmp_path / "工单.xlsx", 十月=rows))
    assert found.file == "工单.xlsx" and found.sheet == "十月" and found.source == "repair_orders"
    assert counts(found) == {"rows": 10, "accepted": 2, "rejected": 1, "ignored_header": 3} | {
        "ignored_blank": 2,
        "ignored_total": 2,
    }
    assert found.accepted.select("ro_no", "opened_at", "kind", "labour_amount", "_row").rows() == [
        ("RO1", datetime(2026, 10, 3, 1, 5, tzinfo=UTC), "maintenance", Decimal("120.50"), 4),
        ("RO2", datetime(2026, 10, 4, 1, 5, tzinfo=UTC), "maintenance", Decimal("0.30"), 6),
    ]
    assert reasons(found) == [
        (9, "opened_at", "not_a_date"),
        (9, "kind", "not_in_list"),
        (9, "labour_amount", "too_small"),
    ]
    assert found.rejected["column"].to_list() == ["接车时间", "维修类型", "工时费（元）"]
    assert found.rejected["value"].to_list() == ["昨天", "美容", "-1"]
    assert found.stores == ("一店",) and found.months == ("2026-10",)
    assert found.columns["labour_amount"] == "工时费（元）"
    assert found.originals.rows() == [(9, "RO3", "一店", "昨天", "美容", "-1")]


def test_every_kind_of_file_gives_the_same(tmp_path: Path) -> None:
    """xlsx, xls, csv in two encodings, Parquet: the rows do not depend on the dress."""
    cells = [HEADER, order("RO1"), order("RO2", opened="2026-10-04 09:05:00", kind="维修")]
    frame = pl.DataFrame(cells[1:], schema=list(HEADER), orient="row")
    files: list[Path | bytes] = [
        xlsx(tmp_path / "a.xlsx", S=cells),
        xls(tmp_path / "a.xls", cells),
        csv(cells),
        csv(cells, ";", "gb18030", "\r\n"),
        parquet(frame),
        parquet(frame.with_columns(pl.col("接车时间").str.to_datetime())),
    ]
    first, *others = (one(file).accepted for file in files)
    assert first.height == 2
    assert all(other.equals(first) for other in others)


def test_the_frame_has_the_columns_of_the_ledger() -> None:
    """Landing takes it as it is: canonical order and types, absent columns empty, the row number last."""
    accepted = one(csv([HEADER, order()])).accepted
    wanted = {name: polars_type(column) for name, column in ORDERS.columns.items()}
    assert dict(accepted.schema) == {**wanted, "_row": pl.Int64()}


def test_every_recognised_sheet_counts_and_others_are_told(tmp_path: Path) -> None:
    """A cover sheet beside evidence is a warning, not a refusal."""
    path = xlsx(
        tmp_path / "a.xlsx",
        说明=[("请按时上报",)],
        工单=[HEADER, order()],
        考勤=[("姓名", "月份", "出勤工时"), ("李四", "2026年10月", 160)],
        空=[],
    )
    found = take(path)
    assert [sheet.source for sheet in found.sheets] == ["repair_orders", "attendance"]
    assert [(problem.code, problem.severity) for problem in found.problems] == [("unrecognised", "warning")]
    assert found.sheets[1].accepted.rows() == [("1002", "2026-10", Decimal("160.00"), None, 2)]


def test_a_file_that_cannot_be_read_is_a_problem_with_its_name() -> None:
    """Never an exception."""
    found = take(b"%PDF-1.7", name="一店/工单.xlsx")
    assert not found.sheets and codes(found) == ["not_a_table"]
    assert found.problems[0].file == "一店/工单.xlsx" and found.problems[0].severity == "error"
    assert codes(take(b"")) == ["empty_file"]
    assert codes(take(Path("gone.csv"))) == ["unreadable_file"]
    assert codes(take(b"a,b\n1,2\n")) == ["unrecognised"]


def test_a_missing_required_column_rejects_every_row_and_says_why_once() -> None:
    """Accepting them would leave the metric without its date."""
    found = one(csv([("工单号", "门店", "接车时间"), ("RO1", "一店", "2026-10-03"), ("RO2", "一店", "2026-10-03")]))
    assert counts(found) == {"rows": 3, "rejected": 2, "ignored_header": 1}
    assert [problem.code for problem in found.problems] == ["column_missing"]
    assert found.rejected["column"].to_list() == ["维修类型", "维修类型"], "as the template calls what the file lacks"


def test_stores_by_column_folder_or_question() -> None:
    """Two stores by their column; none by the folder; neither is asked, never guessed."""
    two = one(csv([HEADER, order("RO1", "一店"), order("RO1", " 二 店 ")]))
    assert two.stores == ("一店", "二店") and two.accepted["store"].to_list() == ["一店", "二店"]
    bare = csv([HEADER[:1] + HEADER[2:], ("RO1", "2026-10-03", "保养")])
    placed = one(bare, placed_store="二店")
    assert placed.accepted["store"].to_list() == ["二店"] and placed.stores == ("二店",)
    asked = one(bare)
    assert reasons(asked) == [(2, "store", "store_missing")]
    assert [problem.code for problem in asked.problems] == ["which_store"]
    alone = one(bare, roster=roster([row for row in ROSTER if row[2] == "一店"]))
    assert alone.accepted["store"].to_list() == ["一店"], "there is only one it can be"


ROSTER = (("1001", "张三", "一店", None, None, None), ("2001", "李四", "二店", None, None, None))


def test_the_column_comes_before_the_folder() -> None:
    """A group file in a store's folder still says whose rows they are."""
    found = one(csv([HEADER, order("RO1", "二店"), order("RO2", None)]), placed_store="一店")
    assert found.accepted["store"].to_list() == ["二店", "一店"]


def test_unknown_stores_are_rejected_with_the_nearest() -> None:
    """A store that the roster does not have has nobody to credit."""
    found = one(csv([HEADER, order("RO1", "一点"), order("RO2", "一店")]))
    assert reasons(found) == [(2, "store", "unknown_store")]
    assert "一店" in found.rejected["reason"][0]
    code = one(csv([HEADER, order("RO1", "GZ001"), order("RO2", "GZ001")]), placed_store="一店")
    assert code.accepted["store"].to_list() == ["一店", "一店"], "a code of the system, but the folder says it"
    assert [problem.code for problem in code.problems] == ["store_by_folder"]
    codes_ = one(csv([HEADER, order("RO1", "GZ001"), order("RO2", "GZ002")]), placed_store="一店")
    assert codes_.rejected["code"].to_list() == ["unknown_store"] * 2, "two codes cannot both be the folder's store"


def test_a_store_column_helps_to_resolve_names_where_the_source_has_none() -> None:
    """A group's attendance lists names with their store; 张三 is in both."""
    rows = [("张三", "一店", "2026-10", "160"), ("张三", "二店", "2026-10", "150")]
    found = one(csv([("姓名", "所属门店", "月份", "出勤工时"), *rows]))
    assert found.accepted["employee_id"].to_list() == ["1001", "2001"]
    assert found.accepted.columns == [*ATTENDANCE.columns, "_row"] and found.stores == ("一店", "二店")
    unplaced = one(csv([("姓名", "月份", "出勤工时"), ("张三", "2026-10", "160")]))
    assert reasons(unplaced) == [(2, "employee_id", "namesakes")]


def test_a_month_may_be_told_by_the_folder() -> None:
    """Loudly: a September sheet in the folder of October would count for October."""
    cells = [("工号", "出勤工时"), ("1001", "160")]
    found = one(csv(cells))
    assert found.accepted["month"].to_list() == ["2026-10"]
    assert [(problem.code, problem.severity) for problem in found.problems] == [("month_by_folder", "warning")]
    assert reasons(one(csv(cells), period=None)) == [(2, "month", "required")]


def test_totals_of_sheets_without_dates() -> None:
    """Where a name is the only thing a row must have, 合计 is still no person; 合计师傅 is."""
    cells = [
        ("姓名", "月份", "出勤工时"),
        ("李四", "2026-10", "160"),
        ("合 计", None, "160"),
        ("合计师傅", "2026-10", "1"),
    ]
    found = one(csv(cells))
    assert counts(found) == {"rows": 4, "accepted": 2, "ignored_header": 1, "ignored_total": 1}
    assert found.uncredited["value"].to_list() == ["合计师傅"]


def test_identical_rows_count_once_and_contradictions_are_both_rejected() -> None:
    """Exports overlap; but two truths about one order cannot both land."""
    rows = [order("RO1"), order("RO1"), order("RO2"), order("RO2", kind="维修"), order("ＲＯ３"), order("RO3")]
    found = one(csv([HEADER, *rows]))
    assert found.accepted["ro_no"].to_list() == ["RO1", "RO3"]
    assert counts(found) == {"rows": 7, "accepted": 2, "rejected": 2, "ignored_header": 1, "ignored_duplicate": 2}
    assert reasons(found) == [(4, "ro_no", "contradiction"), (5, "ro_no", "contradiction")]
    assert all("4、5" in reason for reason in found.rejected["reason"])


def test_the_same_number_in_two_stores_is_two_orders() -> None:
    """Numbers are the store's own."""
    found = one(csv([HEADER, order("RO1", "一店"), order("RO1", "二店", kind="维修")]))
    assert found.accepted.height == 2


def test_a_row_rejected_for_one_name_gives_up_the_other_too() -> None:
    """Row 2 contradicts row 3 about 张三; 李四's part of row 2 must not stay alone, nor row 4 vanish as its repeat."""
    header = ("工单号", "门店", "项次", "技师", "接车时间", "份额")
    rows = [
        ("RO1", "一店", 1, "张三/李四", "2026-10-03", "1"),
        ("RO1", "一店", 1, "张三", "2026-10-03", "0.3"),
        ("RO1", "一店", 1, "李四", "2026-10-03", "0.5"),
    ]
    found = one(csv([header, *rows]))
    assert found.accepted.select("technician", "share", "_row").rows() == [("1002", Decimal("0.500"), 4)]
    assert found.rejected["row"].to_list() == [2, 3]
    assert counts(found) == {"rows": 4, "accepted": 1, "rejected": 2, "ignored_header": 1}


def test_dates_ahead_are_rejected() -> None:
    """Handed in for October, a date may lie in November (it is handed in then), not in December."""
    rows = [order("RO1", opened="2026-11-30 23:59:59"), order("RO2", opened="2026-12-01")]
    assert reasons(one(csv([HEADER, *rows]))) == [(3, "opened_at", "future")]
    assert one(csv([HEADER, *rows]), period=None).accepted.height == 2


def test_wrong_vins_are_a_warning() -> None:
    """A mistyped VIN loses a comeback; the order still happened."""
    rows = [(*order("RO1"), "1M8GDM9AXKP042788"), (*order("RO2"), "1M8GDM9A1KP042788"), (*order("RO3"), None)]
    found = one(csv([(*HEADER, "VIN"), *rows]))
    assert found.accepted.height == 3
    assert [(p.code, p.severity, p.details["count"]) for p in found.problems] == [("vin_check", "warning", "1")]
    # the sentence names the column as people do; our own word for it would stand before it
    assert found.problems[0].text("zh").startswith("有 1 个车架号")


def test_rounded_numbers_are_told() -> None:
    """Somebody may want to know that 0.005 yuan went up."""
    rows = [(*order("RO1"), "1.005"), (*order("RO2"), "2.00"), (*order("RO3"), "0.30000000000000004")]
    found = one(csv([(*HEADER, "工时费"), *rows]))
    assert found.accepted["labour_amount"].to_list() == [Decimal("1.01"), Decimal("2.00"), Decimal("0.30")]
    assert [(p.code, p.severity, p.details["count"]) for p in found.problems] == [("rounded", "note", "1")]


def test_units_in_headers_change_numbers_or_are_told() -> None:
    """万元 is ten thousand yuan; what 含税 would change nobody can know."""
    rows = [(*order("RO1"), "1.5", "30")]
    found = one(csv([(*HEADER, "工时费(万元)", "待料时长(分钟)"), *rows]))
    assert found.accepted.select("labour_amount", "waiting_parts_seconds").rows() == [(Decimal("15000.00"), 1800)]
    assert found.problems == ()
    taxed = one(csv([(*HEADER, "工时费(含税)", "待料时长"), *rows]))
    assert taxed.accepted.select("labour_amount", "waiting_parts_seconds").rows() == [(Decimal("1.50"), 30)]
    assert [(problem.code, problem.severity) for problem in taxed.problems] == [("unknown_unit", "warning")]


def test_cells_in_error_reject_their_row(tmp_path: Path) -> None:
    """#REF! where the advisor stood must not become “nobody”."""
    path = xlsx(tmp_path / "a.xlsx", S=[(*HEADER, "服务顾问"), (*order("RO1"), "#REF!"), (*order("RO2"), "=A1")])
    assert reasons(one(path)) == [(2, "advisor", "cell_error"), (3, "advisor", "uncomputed")]


def test_without_a_roster_names_pass_with_a_warning() -> None:
    """Public data has no roster; but nobody should believe that names were checked."""
    found = one(csv([(*HEADER, "服务顾问"), (*order("RO1", "任何店"), "Ann")]), roster=None)
    assert found.accepted.select("store", "advisor").rows() == [("任何店", "Ann")]
    assert [problem.code for problem in found.problems] == ["no_roster"]


def test_a_directory_may_be_made_once() -> None:
    """A group hands in thousands of files; the roster is indexed for all of them."""
    content = csv([(*HEADER, "服务顾问"), (*order(), "张三")])
    assert one(content, roster=Directory.of(roster())).accepted.equals(one(content).accepted)


def test_time_zones() -> None:
    """The same wall clock is another instant elsewhere, and so may be the month."""
    found = one(csv([HEADER, order(opened="2026-10-01 00:30:00")]), time_zone="Europe/Berlin")
    assert found.accepted["opened_at"].to_list() == [datetime(2026, 9, 30, 22, 30, tzinfo=UTC)]
    assert found.months == ("2026-10",)


def test_an_empty_placed_file_still_speaks_for_its_store() -> None:
    """No complaints in a month is evidence, too."""
    found = one(csv([HEADER]), placed_store="一店", period=Month(2026, 10))
    assert found.accepted.is_empty() and found.stores == ("一店",) and found.months == ()
    assert counts(found) == {"rows": 1, "ignored_header": 1}


def test_files_in_any_order_of_rows_give_the_same_rows() -> None:
    """Sorting a sheet in Excel changes nothing but row numbers."""
    rows = [order(f"RO{n}", kind=("保养", "维修")[n % 2]) for n in range(50)]
    shuffled = random.Random(7).sample(rows, len(rows))
    first, second = (one(csv([HEADER, *some])).accepted.drop("_row").sort("ro_no") for some in (rows, shuffled))
    assert first.equals(second)


numbers = st.sampled_from(["RO1", "RO2", "RO3", "", "合计", "工单号", "=1+1"])
stores = st.sampled_from(["一店", "二店", "", "三店"])
times = st.sampled_from(["2026-10-03", "2026/10/3 9:05", "", "昨天", "接车时间", "46298"])
kinds = st.sampled_from(["保养", "维修", "", "美容", "维修类型"])
people = st.sampled_from(["张三", "李四", "王五", "外援", "", "张三/李四", "1001"])
amounts = st.sampled_from(["1", "1,000.50", "", "-1", "abc", "1.005"])


@given(
    rows=st.lists(st.tuples(numbers, stores, times, kinds, people, amounts), max_size=25),
    placed=st.sampled_from([None, "一店"]),
)
@settings(max_examples=150)
def test_every_row_is_accounted_for(rows: list[tuple[str, ...]], placed: str | None) -> None:
    """accepted + rejected + ignored = rows, every rejected row has a reason, no row is both, keys are unique."""
    found = one(csv([(*HEADER, "服务顾问", "工时费"), *rows], separator="\t"), placed_store=placed)
    told = found.counts
    assert told["rows"] == len(rows) + 1 == sum(told.values()) - told["rows"]
    accepted, rejected = set(found.accepted["_row"]), set(found.rejected["row"])
    assert not accepted & rejected and len(accepted) == told["accepted"] and len(rejected) == told["rejected"]
    assert sorted(found.originals["_row"]) == sorted(rejected)
    assert not found.accepted.select(ORDERS.key).is_duplicated().any()
    assert found.accepted.select(*ORDERS.key, "opened_at", "kind").null_count().sum_horizontal()[0] == 0


technicians = st.lists(st.sampled_from(["张三", "李四", "王五", "外援", "路人", "1001"]), min_size=1, max_size=3).map(
    "/".join
)


@given(rows=st.lists(st.tuples(st.integers(1, 2), technicians, st.sampled_from(["", "0.5", "1"])), max_size=12))
@settings(max_examples=150)
def test_split_rows_are_accounted_for(rows: list[tuple[int, str, str]]) -> None:
    """The same where one row of the file becomes several."""
    header = ("工单号", "门店", "项次", "技师", "接车时间", "份额")
    cells = [("RO1", "一店", line, names, "2026-10-03", share) for line, names, share in rows]
    found = one(csv([header, *cells], separator="\t"))
    assert sum(found.counts.values()) == 2 * found.counts["rows"] == 2 * (len(rows) + 1)
    assert not set(found.accepted["_row"]) & set(found.rejected["row"])
    known = found.accepted.drop_nulls("technician")
    assert not known.select("store", "ro_no", "line", "technician").is_duplicated().any()


def fine(found: FileIntake) -> bool:
    """Every problem has both sentences, every sheet its sum."""
    sums = [sum(sheet.counts.values()) == 2 * sheet.counts["rows"] for sheet in found.sheets]
    return all(sums) and all(problem.zh and problem.en for problem in every_problem(found))


@given(content=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
@settings(max_examples=300)
def test_no_bytes_raise(content: bytes) -> None:
    """Whatever is uploaded gives a sentence."""
    assert fine(take(content))


@pytest.mark.parametrize("kind", ["xlsx", "xls", "parquet", "csv"])
def test_no_damage_raises(kind: str, tmp_path: Path) -> None:
    """A file cut short, with bytes changed, lost or added: a sentence or its rows, never a traceback."""
    cells = [HEADER, *(order(f"RO{n}") for n in range(20))]
    whole = {
        "xlsx": lambda: xlsx(tmp_path / "a.xlsx", S=cells).read_bytes(),
        "xls": lambda: xls(tmp_path / "a.xls", cells).read_bytes(),
        "parquet": lambda: parquet(pl.DataFrame(cells[1:], schema=list(HEADER), orient="row")),
        "csv": lambda: csv(cells),
    }[kind]()
    chance = random.Random(11)
    for _ in range(60):
        content = bytearray(whole)
        at = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content = content[:at]
            case 1:
                content[at] = chance.randrange(256)
            case 2:
                del content[at : at + chance.randrange(1, 100)]
            case _:
                content[at:at] = chance.randbytes(chance.randrange(1, 50))
        assert fine(take(bytes(content)))


def test_dates_without_a_time_are_local_days() -> None:
    """A day of October in Shanghai begins on the 2nd in UTC, and stays in October."""
    found = one(csv([HEADER, order(opened="2026-10-01")]))
    assert found.months == ("2026-10",) and found.accepted["opened_at"][0].date() == date(2026, 9, 30)


def test_sources_are_not_mixed_up() -> None:
    """The name of the file decides between equals only."""
    cells = [("工单号", "序号", "技师", "接车时间", "工时", "门店"), ("RO1", "1", "张三", "2026-10-03", "1", "一店")]
    assert one(csv(cells), name="一店工单.csv").source == "job_lines"
    assert set(SOURCES) == {"repair_orders", "job_lines", "attendance"}
