"""Units in headers, titles and cells: converted exactly, or the column stops. None passes as if nothing were said.

What would break: 30,000 yuan an order for 300.00, hours of work for days of it, dollars for yuan.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from fairwrench.ledger.cells.numbers import Figure, Reading, read_number
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.cells.units import factor_of, title_units
from fairwrench.settlement.source.source import ColumnUnit, Source
from tests.ledger.cells.test_parsing import one as read_one
from tests.ledger.handed import HEADER, ORDERS, codes, csv, one, order, take, xlsx

MONEY = Source.model_validate(
    {
        **ORDERS.model_dump(),
        "columns": {
            **ORDERS.model_dump()["columns"],
            "labour_amount": {
                **{"type": "decimal", "unit": "money", "min": 0, "aliases": ["工时费", "labour"]},
                "name": {"zh": "工时费", "en": "Labour"},
            },
            "score": {"type": "decimal", "unit": "points", "aliases": ["得分"]},
            "vehicles": {"type": "int", "aliases": ["台次"]},
        },
    }
)


def amount(header: str, cell: str, *title: object) -> object:
    """The labour amount below a header and perhaps a title, or the code of its reason."""
    rows = [*([title] if title else []), (*HEADER, header), (*order("RO1"), cell)]
    found = one(csv(rows, separator="\t"), sources={"repair_orders": MONEY})
    if found.rejected.height:
        return f"[{found.rejected['code'][0]}]"
    return found.accepted["labour_amount"][0]


@pytest.mark.parametrize(
    ("unit", "yuan"),
    [
        ("元", "300"),
        ("人民币", "300"),
        ("RMB", "300"),
        ("分", "3"),
        ("厘", "0.30"),
        ("角", "30"),
        ("百元", "30000"),
        ("十元", "3000"),
        ("K", "300000"),
        ("10k RMB", "3000000"),
        ("RMB '000", "300000"),
        ("in thousands", "300000"),
        ("千元", "300000"),
        ("仟元", "300000"),
        ("万元", "3000000"),
        ("萬元", "3000000"),
        ("百万元", "300000000"),
        ("亿元", "30000000000"),
        ("元，含税", "300"),
        ("人民币，万元", "3000000"),
        ("人民币万元", "3000000"),
        ("万元人民币", "3000000"),
    ],
)
@pytest.mark.parametrize("dress", ["工时费({})", "工时费（{}）", "工时费[{}]", "工时费【{}】", "工时费 ( {} )"])
def test_units_of_money_in_every_bracket(unit: str, yuan: str, dress: str) -> None:
    """Fails when fen are yuan, or a full-width bracket hides the unit."""
    assert amount(dress.format(unit), "300") == Decimal(yuan)


@pytest.mark.parametrize(
    ("header", "yuan"), [("工时费/万元", "3000000"), ("工时费万元", "3000000"), ("工时费/元", "300")]
)
def test_units_without_a_bracket(header: str, yuan: str) -> None:
    """Fails when 工时费/万元 is another column, or yuan."""
    assert amount(header, "300") == Decimal(yuan)


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("美元", "foreign_currency"),
        ("万美元", "foreign_currency"),
        ("USD", "foreign_currency"),
        ("日元", "foreign_currency"),
        ("港币", "foreign_currency"),
        ("€", "foreign_currency"),
        ("小时", "wrong_unit"),
        ("km", "wrong_unit"),
        ("元/美元", "foreign_currency"),
        ("元，万元", "several_units"),
        ("千元、万元", "several_units"),
    ],
)
def test_units_that_cannot_be_yuan_stop_the_column(unit: str, code: str) -> None:
    """Fails when dollars are yuan, or one of two units is chosen silently."""
    assert amount(f"工时费({unit})", "300") == f"[{code}]"


@pytest.mark.parametrize(
    ("title", "yuan"),
    [
        ("单位：万元", "3000000"),
        ("单位:万元", "3000000"),
        ("（单位：万元）", "3000000"),
        ("2026年10月维修工单（单位：千元）", "300000"),
        ("经营月报（万元）", "3000000"),
        ("金额单位：分", "3"),
        ("Unit: 万元", "3000000"),
        ("单位：元", "300"),
        ("单位：北京某某汽车有限公司", "300"),
        ("单位：万元 制表：张三", "3000000"),
        ("币种：人民币", "300"),
        ("货币单位：人民币万元", "3000000"),
        ("币种：人民币 单位：万元", "3000000"),
        ("填报单位：三元汽车销售", "300"),
        ("金额以万元计", "3000000"),
        ("（金额以千元列示）", "300000"),
        ("注：工时费单位为分", "3"),
        ("金额按分计", "3"),
        ("单位：十元", "3000"),
        ("Unit: 10k RMB", "3000000"),
        ("amounts in 10,000 yuan", "3000000"),
        ("Amounts in RMB 10,000", "3000000"),
        ("(in thousands)", "300000"),
        ("(RMB million)", "300000000"),
        ("CNY '000", "300000"),
        ("Unit: RMB", "300"),
        ("Orders in 10 stores", "300"),
        ("Orders in 2026", "300"),
        ("考核按分计", "300"),
        ("提成按工时计算", "300"),
        ("里程单位为公里", "300"),
    ],
)
def test_a_unit_above_the_header_holds_for_columns_of_money(title: str, yuan: str) -> None:
    """Fails when 50 of "单位：万元" is 50 yuan, or a company's name after 单位 stops the file."""
    assert amount("工时费", "300", title) == Decimal(yuan)


@pytest.mark.parametrize("title", [("单位：", "万元"), ("单位", "万元"), (None, None, "万元"), ("单位", None, "万元")])
def test_a_unit_in_a_cell_of_its_own_above_the_header_holds_too(title: tuple[object, ...]) -> None:
    """Fails when the word 单位 and the unit stand in two cells and nobody reads them together."""
    assert amount("工时费", "300", *title) == Decimal("3000000")


@pytest.mark.parametrize(
    "title",
    [
        "in USD thousands",
        "金额以美元计",
        "单位：美元",
        "单位：万美元",
        "币种：USD",
        "币种：美元",
        "Currency: EUR",
        "（美元）",
    ],
)
def test_a_foreign_currency_above_the_header_stops_columns_of_money(title: str) -> None:
    """Fails when a report in dollars is paid out in yuan."""
    assert amount("工时费", "300", title) == "[foreign_currency]"


@pytest.mark.parametrize(
    ("file", "yuan"),
    [
        ("一店_维修工单（单位：万元）.csv", "3000000"),
        ("一店_维修工单_万元.csv", "3000000"),
        ("一店_维修工单(千元)_10月.csv", "300000"),
        ("一店_维修工单（美元）.csv", "[foreign_currency]"),
        ("一店_维修工单(1).csv", "300"),
        ("一店_维修工单_分.csv", "300"),
        ("单位_维修工单（10月）.csv", "300"),
    ],
)
def test_a_unit_in_the_name_of_the_file(file: str, yuan: str) -> None:
    """Fails when 维修工单（单位：万元） is read in yuan, or a copy's number is taken for a unit."""
    found = one(csv([(*HEADER, "工时费"), (*order("RO1"), "300")]), sources={"repair_orders": MONEY}, name=file)
    amounts = [str(amount.to_integral_value()) for amount in found.accepted["labour_amount"]]
    assert amounts + [f"[{code}]" for code in found.rejected["code"]] == [yuan]


def test_a_unit_in_the_name_of_the_sheet(tmp_path: Path) -> None:
    """Fails when 维修工单(万元) on the tab is nothing."""
    path = xlsx(tmp_path / "a.xlsx", **{"维修工单(万元)": [(*HEADER, "工时费"), (*order("RO1"), 0.03)]})
    assert one(path, sources={"repair_orders": MONEY}).accepted["labour_amount"].to_list() == [Decimal("300.00")]


def test_a_unit_in_a_title_that_contradicts_the_name_of_the_file_stops_the_column() -> None:
    """Fails when one of the two is believed."""
    rows = [("单位：千元",), (*HEADER, "工时费"), (*order("RO1"), "300")]
    found = one(csv(rows), sources={"repair_orders": MONEY}, name="维修工单（万元）.csv")
    assert found.rejected["code"].to_list() == ["several_units"]


def test_a_note_below_the_table_names_the_unit() -> None:
    """Fails when 注：金额单位为分 is passed over, and fen are yuan; the note itself is no row."""
    rows = [(*HEADER, "工时费"), (*order("RO1"), "300"), ("注：金额单位为分",)]
    found = one(csv(rows, separator="\t"), sources={"repair_orders": MONEY})
    assert found.accepted["labour_amount"].to_list() == [Decimal("3.00")]
    assert set(found.rejected["row"]) == {3} and "unit_in_title" in {problem.code for problem in found.problems}


def test_a_line_that_names_another_unit_between_the_rows_stops_the_column() -> None:
    """Fails when rows below a second title in 万元 are yuan, or those above it 万元."""
    head = (*HEADER, "工时费")
    rows = [head, (*order("RO1"), "300"), ("单位：万元",), head, (*order("RO2"), "0.03")]
    found = one(csv(rows, separator="\t"), sources={"repair_orders": MONEY})
    assert found.accepted.is_empty()
    assert found.rejected.filter(code="unit_between")["row"].to_list() == [2, 5]


@pytest.mark.parametrize(
    ("units", "yuan"),
    [
        ((None, None, None, None, "万元"), "3000000"),
        (("", "", "", "", "(分)"), "3"),
        ((None, None, "时", None, "元"), "300"),
    ],
)
def test_a_row_of_units_below_the_header_is_part_of_it(units: tuple[str | None, ...], yuan: str) -> None:
    """Fails when 万元, in a row of its own below the labels, is a rejected row, and all amounts below it are yuan."""
    found = one(csv([(*HEADER, "工时费"), units, (*order("RO1"), "300")]), sources={"repair_orders": MONEY})
    assert found.rejected.is_empty() and found.counts["ignored_header"] == 2
    assert found.accepted["labour_amount"].to_list() == [Decimal(yuan)]


def test_the_header_s_own_unit_comes_before_the_title_s() -> None:
    """Fails when 工时费(元) below 单位：万元 is multiplied by 10,000."""
    assert amount("工时费(元)", "300", "单位：万元") == Decimal("300")


def test_a_title_of_money_leaves_counts_points_and_times_alone() -> None:
    """Fails when 30 vehicles are 300,000 because the amounts are in 万元; and it is said which column was converted."""
    rows = [("单位：万元",), (*HEADER, "工时费", "台次", "得分", "待料时长"), (*order("RO1"), "1.5", "30", "97", "60")]
    found = one(csv(rows), sources={"repair_orders": MONEY})
    (row,) = found.accepted.select("labour_amount", "vehicles", "score", "waiting_parts_seconds").rows()
    assert row == (Decimal("15000.00"), 30, Decimal("97.00"), 60)
    assert [(problem.code, problem.details["column"]) for problem in found.problems] == [
        ("unit_in_title", "labour_amount")
    ]


def test_a_title_of_money_above_an_amount_of_unknown_unit_asks() -> None:
    """Fails when a decimal column that does not say what it holds is read as yuan below 单位：万元."""
    found = one(csv([("单位：万元",), (*HEADER, "工时费"), (*order("RO1"), "1.5")]))
    assert found.rejected["code"].to_list() == ["title_unit_unclear"]


@pytest.mark.parametrize("title", ["单位：%", "完成率（%）", "单位：百分比"])
@pytest.mark.parametrize(("cell", "value"), [("97", "[unclear_percent]"), ("97%", "0.97")])
def test_percent_above_the_header_asks_for_percent_signs(title: str, cell: str, value: str) -> None:
    """Fails when 0.5 below 单位：% is a half, or a half of a hundredth, as somebody guesses."""
    found = one(csv([(title,), (*HEADER, "工时费"), (*order("RO1"), cell)]))
    amounts = [str(amount) for amount in found.accepted["labour_amount"]]
    assert amounts + [f"[{code}]" for code in found.rejected["code"]] == [value]


def test_two_units_of_money_above_the_header_stop_columns_of_money() -> None:
    """Fails when one of 元 and 万元 is chosen because it is written first."""
    assert amount("工时费", "300", "单位：元、万元") == "[several_units]"


@pytest.mark.parametrize(
    ("name", "kind", "unit", "cell", "value"),
    [
        ("attended_hours", "decimal", "天", "22", "[unit_not_convertible]"),
        ("attended_hours", "decimal", "日", "22", "[unit_not_convertible]"),
        ("attended_hours", "decimal", "分钟", "90", Decimal("1.50")),
        ("attended_hours", "decimal", "小时", "8", Decimal("8.00")),
        ("attended_hours", "decimal", "分", "90", Decimal("1.50")),
        ("attended_days", "decimal", "小时", "176", "[unit_not_convertible]"),
        ("attended_days", "decimal", "天", "22", Decimal("22.00")),
        ("waiting_parts_seconds", "int", "天", "2", 172_800),
        ("waiting_parts_seconds", "int", "小时", "1.5", 5_400),
        ("late_minutes", "int", "小时", "2", 120),
        ("late_minutes", "int", "秒", "90", "[not_whole]"),
        ("late_minutes", "int", "元", "90", "[wrong_unit]"),
        ("mileage_km", "int", "万公里", "1.2", 12_000),
        ("mileage_km", "int", "米", "12000", 12),
        ("mileage_km", "int", "小时", "12", "[wrong_unit]"),
    ],
)
def test_time_and_distance(name: str, kind: str, unit: str, cell: str, value: object) -> None:
    """Fails when days of work, which have as many hours as the shop says, become hours by 24, or pass as hours."""
    assert read_one(cell, kind, name=name, unit=unit) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("own", "factor"),
    [
        ("money", Fraction(1, 100)),
        ("points", Fraction(1)),
        ("minutes", Fraction(1)),
        ("seconds", Fraction(60)),
        ("hours", Fraction(1, 60)),
        (None, "unclear_unit"),
        ("km", "wrong_unit"),
    ],
)
def test_fen_are_what_the_column_holds(own: ColumnUnit | None, factor: Fraction | str) -> None:
    """Fails when 分 is a point in a column of money, or a fen where nobody knows."""
    found = factor_of("分", own)
    assert (found.code if isinstance(found, Reason) else found) == factor


@pytest.mark.parametrize(
    ("unit", "cell", "value"),
    [
        ("%", "97%", Decimal("0.97")),
        ("%", "97", "[unclear_percent]"),
        ("百分比", "0.97", "[unclear_percent]"),
        ("％", "97％", Decimal("0.97")),
        ("", "97%", Decimal("0.97")),
        ("", "200%", Decimal("2.00")),
    ],
)
def test_percentages(unit: str, cell: str, value: object) -> None:
    """Fails when 97 under a header of percent is guessed to be 97 % or 9700 %."""
    assert read_one(cell, unit=unit) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.2万", Decimal("12000")),
        ("300分", Decimal("3")),
        ("3万元", Decimal("30000")),
        ("300美元", "[foreign_currency]"),
        ("$300", "[not_a_number]"),
        ("300小时", "[wrong_unit]"),
        ("300箱", "[not_a_number]"),
    ],
)
def test_a_unit_in_the_cell(cell: str, value: object) -> None:
    """Fails when the cell's own unit is dropped."""
    assert amount("工时费", cell) == value
    assert amount("工时费(万元)", "3元") == Decimal("3"), "the cell's own unit comes first"


def test_a_word_that_is_no_unit_is_told_and_a_required_mark_is_not() -> None:
    """Fails when 含税 passes without a word, or 必填 of our own templates is one."""
    odd, usual = (
        take(csv([(*HEADER, f"工时费({word})"), (*order("RO1"), "300")]), sources={"repair_orders": MONEY})
        for word in ("含税", "必填")
    )
    assert codes(odd) == ["unknown_unit"] and codes(usual) == []


def test_titles_name_units_and_nothing_else() -> None:
    """Fails when a period in brackets is a unit, or several units are lost."""
    assert title_units(("2026年10月（10月）", "制表：张三")) == ()
    assert title_units(("单位：万元，小时",)) == ("万元", "小时")


@pytest.mark.parametrize(
    ("column", "cell"),
    [("工时费", "5%"), ("工时费", "100%"), ("得分", "95%"), ("台次", "100%"), ("台次", "5％"), ("标准工时", "95%")],
)
def test_a_percentage_is_no_amount_no_time_and_no_count(column: str, cell: str) -> None:
    """Fails when 5 % of a wage is deducted as five fen, or 95 % of the hours are 0.95 hours."""
    hours = {**MONEY.model_dump()["columns"], "standard_hours": {"type": "decimal", "aliases": ["标准工时"]}}
    source = Source.model_validate({**MONEY.model_dump(), "columns": hours})
    found = one(csv([(*HEADER, column), (*order("RO1"), cell)], separator="\t"), sources={"repair_orders": source})
    assert found.rejected["code"].to_list() == ["percent_of_amount"] and found.accepted.is_empty()


def test_a_header_of_points_in_percent_is_refused_with_its_unit() -> None:
    """Fails when 95 below 得分(%) is refused with the advice to write 95%, which is refused as well."""
    found = one(csv([(*HEADER, "得分(%)"), (*order("RO1"), "95")]), sources={"repair_orders": MONEY})
    assert found.rejected.select("code").to_series().to_list() == ["wrong_unit"]
    assert "本列是得分" in found.rejected["reason"][0]


@pytest.mark.parametrize("unit", ["分钟", "元", "小时", "公里"])
def test_a_unit_of_measure_is_none_of_a_count(unit: str) -> None:
    """Fails when minutes late are taken for times late, with a word that the unit is not known."""
    source = {"repair_orders": MONEY}
    found = one(csv([(*HEADER, f"台次（{unit}）"), (*order("RO1"), "30")], separator="\t"), sources=source)
    assert found.rejected["code"].to_list() == ["wrong_unit"]


@pytest.mark.parametrize(("cell", "value"), [("3面", "3"), ("1瓶", "1"), ("12 台", "12"), ("2.5 幅", "2.5")])
def test_a_word_for_counting_leaves_the_number(cell: str, value: str) -> None:
    """Fails when a painter's 3面 rejects the line with its hours and money."""
    assert read_number(cell, 2, Reading()) == Figure(Decimal(value), rounded=False)


@pytest.mark.parametrize(("cell", "unit"), [("3面", "money"), ("12台", "hours"), ("2个", "points"), ("1瓶", "km")])
def test_a_number_of_things_is_no_amount(cell: str, unit: ColumnUnit) -> None:
    """Fails when three panels are three yuan."""
    found = read_number(cell, 2, Reading(unit))
    assert isinstance(found, Reason)
    assert found.code == "wrong_unit"
