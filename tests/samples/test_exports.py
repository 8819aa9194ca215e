"""Values as the systems write them; expected cells written by hand."""

from __future__ import annotations

from datetime import date

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.samples.exports import (
    OFFICE,
    PLANT,
    SYSTEMS,
    Place,
    Raw,
    Sheet,
    Writer,
    header,
    plain,
    serial,
    slashed,
)
from fairwrench.samples.hours import minute_of
from fairwrench.settlement.source.source import Column
from tests.samples.taken import cells_of

MONEY, MOMENT, DAY, MONTH, COUNT = (Column(type=kind) for kind in ("decimal", "timestamp", "date", "month", "int"))
NINE_FIVE = minute_of(date(2026, 10, 3), 9 * 60 + 5)


@pytest.mark.parametrize(
    ("write", "column", "value", "cell"),
    [
        (plain, MONEY, 123456, 1234.56),
        (plain, MOMENT, NINE_FIVE, "2026-10-03 09:05:00"),
        (slashed, MONEY, 123456789, "1,234,567.89"),
        (slashed, MONEY, -52005, "-520.05"),
        (slashed, MOMENT, NINE_FIVE, "2026/10/3 9:05"),
        (slashed, DAY, date(2026, 10, 3), "2026/10/3"),
        (slashed, MONTH, "2026-09", "2026年9月"),
        (serial, DAY, date(2026, 10, 3), 46298),
        (serial, MOMENT, minute_of(date(2026, 10, 3), 720), 46298.5),
        (serial, MONEY, 90, "０．９０"),
        (serial, COUNT, 45168, "４５１６８"),
        (serial, Column(type="decimal", scale=3), 1000, "１．０００"),
    ],
)
def test_values(write, column, value, cell):
    assert write(column, value) == cell


def test_headers_differ_by_system():
    source = load_sources()["repair_orders"]
    assert [header("technician", source, system.headers) for system in SYSTEMS] == ["维修技师", "技师", "维修工"]


@pytest.fixture
def writer(tmp_path) -> Writer:
    return Writer(tmp_path, load_sources(), {"E1": "张三"})


def test_titles_total_names_and_places(writer, tmp_path):
    rows = [
        {"claim_no": "S1", "clerk": "E1", "amount": 10_050, "accepted": True},
        {"claim_no": "S2", "clerk": Raw("外人"), "amount": 5, "accepted": False, PLANT: ("x",)},
    ]
    sheet = Sheet("索赔", "claims", ["claim_no", "clerk", "amount", "accepted"], rows, ["甲店", "期间"], True, 100)
    writer.write("m/a.xlsx", SYSTEMS[0], [sheet])
    table = cells_of(tmp_path / "m/a.xlsx", "索赔")
    assert [row[0] for row in table[:2]] == ["甲店", "期间"]
    assert table[2] == ["索赔单号", "索赔员", "申报金额", "是否通过"]
    assert table[3:] == [["S1", "张三", 100.5, "是"], ["S2", "外人", 0.05, "否"], ["合计", None, 101.55, None]]
    assert writer.places["x"] == [Place("m/a.xlsx", "索赔", 5)]


def test_text_files_keep_ids_and_quote_thousands(writer, tmp_path):
    rows = [{"claim_no": "S1", "store": "甲店", "clerk": "E1", "amount": 1_234_500}]
    writer.write("b.csv", SYSTEMS[1], [Sheet("", "claims", ["claim_no", "store", "clerk", "amount"], rows)])
    text = (tmp_path / "b.csv").read_bytes().decode("gb18030")
    assert text == '索赔编号,店名,索赔专员,索赔金额\r\nS1,甲店,E1,"12,345.00"\r\n'


def test_offices_add_name_and_store_for_the_reader(writer, tmp_path):
    rows = [{"employee_id": "E1", "name": "张三", "store": "甲店", "month": "2026-10"}]
    writer.write("c.xlsx", OFFICE, [Sheet("考勤", "attendance", ["employee_id", "name", "store", "month"], rows)])
    table = cells_of(tmp_path / "c.xlsx", "考勤")
    assert table == [["工号", "姓名", "门店", "月份"], ["E1", "张三", "甲店", "2026-10"]]
