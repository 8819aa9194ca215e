"""Names, months and words as fonts, input methods and other countries write them; and messages that say where.

What would break: 买买提・艾力 is nobody, a folder 2026年10月份 is no month, a bad byte has to be searched for.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from fairwrench.ledger.cells.labels import name_key
from fairwrench.ledger.files.delimited import read_delimited
from fairwrench.ledger.files.sheet import Limits
from fairwrench.ledger.intake.discovery import find_files
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.source.source import Text
from tests.ledger.handed import HEADER, PEOPLE, csv, one, order, roster, xlsx

UYGHUR = ("3001", "买买提·艾力", "一店", None, None, None)


@pytest.mark.parametrize("dot", ["·", "・", "•", "‧", "∙", "⋅", "●", ".", "．", " · ", "･"])
def test_the_dot_in_a_name_however_it_is_written(dot: str) -> None:
    """Fails when the dot of another font or input method makes another person."""
    rows = [(*HEADER, "服务顾问"), (*order(), f"买买提{dot}艾力")]
    found = one(csv(rows), roster=roster([*PEOPLE, UYGHUR]))
    assert found.accepted["advisor"].to_list() == ["3001"]


@pytest.mark.parametrize(
    ("one_way", "another"),
    [
        ("张　三", "张三"),
        ("ＡＮＮ　Lee", "ann lee"),
        ("朝阳（一）店", "朝阳(一)店"),
        ("Ann  Lee", "ann lee"),
        ("欧阳 修", "欧阳修"),
    ],
)
def test_names_in_full_width_and_half_width(one_way: str, another: str) -> None:
    """Fails when brackets or letters of another width are another name."""
    assert name_key(one_way) == name_key(another)


def test_a_dot_in_a_western_name_or_number_stays() -> None:
    """Fails when J.Smith becomes another word, or 1.2 an id of other signs."""
    assert name_key("J.Smith") == "j.smith"


@pytest.mark.parametrize(
    "folder",
    [
        *("2026-10", "202610", "2026年10月", "2026年10月份", "2026.10", "2026_10", "２０２６年１０月", "2026年 10月"),
        *("2026年/10月份", "2026/10月", "2026/10", "2026-10/一店", "2026年/10月/二店"),
    ],
)
def test_a_folder_of_a_month_however_it_is_written(folder: str, tmp_path: Path) -> None:
    """Fails when 2026年10月份 is no month, so that its files are there from the start."""
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "维修工单.csv").write_text("x", encoding="utf-8")
    (file,) = find_files(tmp_path).files
    assert str(file.period) == "2026-10"


@pytest.mark.parametrize("folder", ["2026年13月", "2026", "10月", "20261001", "备份"])
def test_a_folder_that_is_no_month(folder: str, tmp_path: Path) -> None:
    """Fails when a year, a day or a backup is guessed to be a month."""
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "维修工单.csv").write_text("x", encoding="utf-8")
    assert [file.period for file in find_files(tmp_path).files] == [None]


@pytest.mark.parametrize("line", [1, 2, 7, 40_000])
def test_a_bad_byte_is_told_with_its_line(line: int) -> None:
    """Fails when one wrong byte makes GB18030 of a file in UTF-8, or its line is not said."""
    rows = ["工单号,备注"] + [f"RO{number},正常的备注文字" for number in range(2, 50_000)]
    lines = [text.encode() for text in rows]
    lines[line - 1] += b"\xff"
    with pytest.raises(Refused) as refused:
        read_delimited(b"\n".join(lines), Limits())
    (problem,) = refused.value.problems
    assert problem.code == "wrong_encoding"
    assert f"in line {line} " in problem.en and f"第 {line} 行" in problem.zh


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_line_is_right_whatever_ends_lines(end: bytes) -> None:
    """Fails when lines are counted by a sign that the file does not end them with."""
    lines = ["工单号,备注".encode(), *["RO1,正常的备注文字".encode()] * 5, "RO7,坏".encode() + b"\xff", b"RO8,x"]
    with pytest.raises(Refused) as refused:
        read_delimited(end.join(lines), Limits())
    assert "in line 7 " in refused.value.problems[0].en


def test_a_text_in_gb18030_is_no_bad_utf_8() -> None:
    """Fails when the encoding of most offices is refused at its first line."""
    sheet = read_delimited("工单号,备注\nRO1,漏油\n".encode("gb18030"), Limits())
    assert sheet.grid.rows() == [("工单号", "备注"), ("RO1", "漏油")]


@pytest.mark.parametrize("blank", [" ", "\t", "　"])
def test_a_far_blank_cell_refuses_no_sheet(blank: str, tmp_path: Path) -> None:
    """Fails when a blank typed into row 5,000 of column 500, seen by nobody, is a sheet too large to be read."""
    path = xlsx(tmp_path / "a.xlsx", S=[HEADER, order("RO1")])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.cell(5_000, 500).value = blank
    book.save(path)
    found = one(path)
    assert found.accepted["ro_no"].to_list() == ["RO1"]
    assert found.counts["ignored_blank"] == found.counts["rows"] - 2


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ({"zh": "工单", "en": "Orders"}, "工单", "Orders"),
        ({"zh": "工单"}, "工单", "工单"),
        ({"en": "Orders"}, "Orders", "Orders"),
        ("工单", "工单", "工单"),
        ({"zh": "工单", "en": ""}, "工单", "工单"),
    ],
)
def test_a_name_in_one_language_is_enough(given: object, zh: str, en: str) -> None:
    """Fails when a shop has to invent English names for its own kinds of file."""
    assert Text.model_validate(given) == Text(zh=zh, en=en)
