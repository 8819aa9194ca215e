"""Files → grids of texts. What would break: a file that lies about itself brings the program down, or loses cells."""

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fairwrench.ledger.files.biff import read_records
from fairwrench.ledger.files.extent import Extent
from fairwrench.ledger.files.reading import content_of, read_sheets
from fairwrench.ledger.files.sheet import Limits, Sheet
from fairwrench.ledger.files.special_cells import column_letters, column_number
from fairwrench.settlement.problem import Refused
from tests.ledger.handed import csv, parquet, xls, xlsx

NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheets(source: Path | bytes, limits: Limits | None = None) -> list[Sheet]:
    bounds = limits or Limits()
    return list(read_sheets(content_of(source, bounds), bounds))


def rows(source: Path | bytes) -> list[tuple[str | None, ...]]:
    return sheets(source)[0].grid.rows()


def refused(source: Path | bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as caught:
        sheets(source, limits)
    (problem,) = caught.value.problems
    assert problem.zh and problem.en
    return problem.code


def with_sheet(path: Path, body: bytes, shared: bytes = b"") -> Path:
    """A workbook whose only sheet has this XML between its <sheetData> tags."""
    plain = xlsx(path.with_suffix(".plain"), S=[("x",)])
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml"):
                part = b"<worksheet " + NAMESPACE + b"><sheetData>" + body + b"</sheetData></worksheet>"
            if shared and name == "[Content_Types].xml":
                kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
                part = part.replace(b"</Types>", override)
            if shared and name.endswith("workbook.xml.rels"):
                kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
                link = b'<Relationship Id="rId99" Type="' + kind + b'" Target="sharedStrings.xml"/></Relationships>'
                part = part.replace(b"</Relationships>", link)
            target.writestr(name, part)
        if shared:
            target.writestr("xl/sharedStrings.xml", b"<sst " + NAMESPACE + b">" + shared + b"</sst>")
    return path


def test_a_workbook_keeps_its_row_numbers_and_what_people_see(tmp_path: Path) -> None:
    """Else a reason names another row than the one in Excel, or 0.30000000000000004 where 0.3 stands."""
    path = xlsx(
        tmp_path / "a.xlsx",
        甲=[
            (),
            (None, "标题"),
            ("x", 0.1 + 0.2, datetime(2026, 10, 3, 9, 5, 7), date(2026, 10, 3), True, 12, " 0012 "),
        ],
    )
    assert rows(path) == [
        (None,) * 7,
        (None, "标题", None, None, None, None, None),
        ("x", "0.3", "2026-10-03 09:05:07", "2026-10-03 00:00:00", "true", "12", " 0012 "),
    ]


def test_old_workbooks_are_read(tmp_path: Path) -> None:
    """Many dealer systems still export them."""
    path = xls(tmp_path / "a.xls", [(None, "工单号"), (None, "RO1", datetime(2026, 10, 3, 9, 5), 3.5)])
    assert rows(path) == [("工单号", None, None), ("RO1", "2026-10-03 09:05:00", "3.5")]


def test_hidden_sheets_are_left_out_and_told(tmp_path: Path) -> None:
    """Else figures that nobody sees are paid."""
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    book.add_worksheet("看得见").write(0, 0, "x")
    hidden = book.add_worksheet("旧数据")
    hidden.write(0, 0, "y")
    hidden.hide()
    book.close()
    seen, unseen = sheets(tmp_path / "a.xlsx")
    assert seen.grid.rows() == [("x",)]
    assert unseen.grid.is_empty() and [problem.code for problem in unseen.problems] == ["hidden_sheet"]


def test_cells_in_error_keep_their_error(tmp_path: Path) -> None:
    """The reader gives them as empty; a #REF! technician would silently become nobody."""
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("甲")
    sheet.write(0, 1, "head")
    sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    sheet.write_formula(2, 2, "=1+1", None, 2)
    sheet.write(3, 2, 'r="ZZ9" t="e"')
    book.close()
    assert rows(tmp_path / "a.xlsx") == [
        ("head", None),
        ("#DIV/0!", None),
        (None, "2"),
        (None, 'r="ZZ9" t="e"'),
    ]


def test_formulas_that_were_never_computed_are_told(tmp_path: Path) -> None:
    """Programs write formulas without values; such a cell is not empty."""
    path = xlsx(tmp_path / "a.xlsx", 甲=[("x", "=1+1")])
    assert rows(path) == [("x", "#未计算")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimited_text_in_every_dress(separator: str, encoding: str, end: str) -> None:
    """Excel in Chinese writes GB18030, its “Unicode text” is UTF-16 with tabs, others write what they like."""
    cells = [("工单号", "金额", "备注"), ("RO1", "12.5", None), ("RO2", None, "漏油")]
    assert rows(csv(cells, separator, encoding, end)) == cells


@pytest.mark.parametrize("cell", ["漏油", '"漏油"', '"漏"油'])
def test_an_encoding_that_shows_late(cell: str) -> None:
    """A megabyte of plain ASCII says nothing about the encoding of the one remark behind it."""
    content = b"a,b\n" + b"1,2\n" * 300_000 + f"3,{cell}\n".encode("gb18030")
    assert rows(content)[-1] == ("3", "漏油")


def test_blank_lines_and_titles_keep_their_places() -> None:
    """Else row 5 in the message is row 7 in the file."""
    content = "十月工单\n\nno,amount\n1,2\n\n,,\n3,4".encode()
    assert rows(content) == [
        ("十月工单", None, None),
        (None, None, None),
        ("no", "amount", None),
        ("1", "2", None),
        (None, None, None),
        (None, None, None),
        ("3", "4", None),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n1,"x,y"\n', [("a", "b"), ("1", "x,y")]),
        ('a,b\n1,"two\nlines"\n2,c\n', [("a", "b"), ("1", "two\nlines"), ("2", "c")]),
        ('a,b\n1,he said "no"\n2,c\n', [("a", "b"), ("1", 'he said "no"'), ("2", "c")]),
        ('a,b\n1,5" hose\n2,6" hose\n', [("a", "b"), ("1", '5" hose'), ("2", '6" hose')]),
        ('a,b\n1,"he said ""no"""\n', [("a", "b"), ("1", 'he said "no"')]),
        ('a,b\n"x"y,2\n3,4\n', [("a", "b"), ("xy", "2"), ("3", "4")]),
        ('a,b,c\n""x,y",z\n', [("a", "b", "c"), ("x", 'y"', "z")]),
    ],
)
def test_quotes_never_join_rows(text: str, expected: list[tuple[str, ...]]) -> None:
    """A stray quote that swallows the rest of a file would lose evidence without a word."""
    assert rows(text.encode()) == expected


def test_lines_longer_than_the_header_lose_nothing() -> None:
    """A comma inside an unquoted remark shifts cells; the row must still be there to be rejected."""
    content = b"a,b\n" + b"1,2\n" * 300 + b"1,2,3,4\n"
    assert rows(content)[-1] == ("1", "2", "3", "4")


@pytest.mark.parametrize("after", [b"2,3\n", b"2,3\n" * 50_000, b'2,3\n4,"fine"\n5,6\n'])
def test_a_quote_never_closed_is_told(after: bytes) -> None:
    """The rows after it would vanish inside one cell, up to the next quote or the end."""
    assert refused(b'a,b\n1,"open\n' + after) == "open_quote"


@pytest.mark.parametrize("lines", [['"1,2,3,4', '5",6,7,8'], ['1,"2,3,4', "5,6,7,8", '9,10",11,12']])
def test_quotes_that_pair_by_chance_are_told(lines: list[str]) -> None:
    """Two rows would vanish inside one cell, and their figures with them."""
    assert refused("\n".join(["a,b,c,d", *lines, "13,14,15,16", ""]).encode()) == "open_quote"


def test_remarks_of_several_lines_with_commas_are_text() -> None:
    """Fails when a customer's words are taken for swallowed rows."""
    remark = "came in, waited, left\nand, again, complained"
    assert rows(f'a,b,c,d\n1,2,"{remark}",4\n'.encode()) == [("a", "b", "c", "d"), ("1", "2", remark, "4")]


def test_text_in_no_known_encoding_is_told() -> None:
    """Else names turn to garbage and nobody is credited."""
    assert refused("门店,工单\n一店,1\n".encode() + b"\xff\xff,\x80\n") == "wrong_encoding"


def test_parquet_is_read_as_a_sheet() -> None:
    """Other systems hand over Parquet; its first data row is row 2, as in a workbook."""
    frame = pl.DataFrame({"no": ["1"], "at": [datetime(2026, 10, 3, 9, 5)], "n": [3], "list": [[1, 2]]})
    assert rows(parquet(frame)) == [("no", "at", "n", "list"), ("1", "2026-10-03 09:05:00", "3", None)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\t", "empty_file"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "not_a_table"),
        (b"\x7fELF\x02\x01\x01\x00", "not_a_table"),
        (b"PK\x03\x04 broken", "damaged_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged_file"),
        (b"PAR1 broken PAR1", "damaged_file"),
    ],
)
def test_what_is_no_table_is_named(content: bytes, code: str) -> None:
    """A person who hands in the wrong file must read which, not a traceback."""
    assert refused(content) == code


def test_other_archives_are_named(tmp_path: Path) -> None:
    """A Word file, a plain zip: each with its own sentence."""
    for name in ("word/document.xml", "anything.txt", "content.xml"):
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as archive:
            archive.writestr(name, "x")
        assert refused(kept.getvalue()) == "not_a_table"


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    """Not a traceback, either."""
    assert refused(tmp_path / "gone.xlsx") == "unreadable_file"
    assert refused(tmp_path) == "unreadable_file"


def test_the_extension_does_not_matter(tmp_path: Path) -> None:
    """Systems export csv as .xls, people rename files."""
    path = tmp_path / "a.xls"
    path.write_bytes(csv([("a", "b"), ("1", "2")]))
    assert rows(path) == [("a", "b"), ("1", "2")]
    assert rows(xlsx(tmp_path / "b.csv", S=[("a", "b")])) == [("a", "b")]


def test_a_file_larger_than_allowed_is_not_read(tmp_path: Path) -> None:
    """The size is asked before the content."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" * 1000)
    assert refused(path, Limits(file_bytes=100)) == "file_too_large"
    assert refused(path, Limits(rows=10)) == "too_many_rows"


def test_a_million_columns_are_refused() -> None:
    """Each would cost memory in every step."""
    assert refused(b",".join([b"a"] * 1_000_000) + b"\n1\n") == "too_many_columns"
    assert refused(b"a,b\n1,2\n" + b"1," * 1_000_000 + b"\n") == "too_many_columns"


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """1 MB that unpacks to 1 GB, whatever size the archive claims."""
    path = with_sheet(tmp_path / "a.xlsx", b'<row r="1"><c r="A1"><v>1</v></c></row>' + b" " * 50_000_000)
    assert path.stat().st_size < 100_000
    assert refused(path, Limits(unpacked_bytes=10_000_000)) == "too_large_unpacked"


def test_two_cells_in_opposite_corners_are_refused(tmp_path: Path) -> None:
    """The reader would lay out 17 thousand million cells and the process would be killed."""
    body = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(with_sheet(tmp_path / "a.xlsx", body)) == "too_many_columns"


@pytest.mark.parametrize(
    "body",
    [
        b'<row><c r="A1"><v>1</v></c></row><row><c s="1" r="XFD9"><v>1</v></c></row>',
        b"<row><c r='A1'><v>1</v></c></row><row><c r='XFD9'><v>1</v></c></row>",
        b'<row><c r="A1"><v>1</v></c></row><row><c r="xfd9"><v>1</v></c></row>',
        b'<row><c r="A1"><v>1</v></c></row><row>' + b"<c><v>1</v></c>" * 700 + b"</row>",
        b'<row><c r="A1"><v>1</v></c></row>' + b" " * 5_000_000 + b'<row><c r="XFD9"><v>1</v></c></row>',
    ],
)
def test_a_far_cell_is_found_however_it_is_written(tmp_path: Path, body: bytes) -> None:
    """XML may be written in many ways; a check that knows one of them is none."""
    assert refused(with_sheet(tmp_path / "a.xlsx", body)) == "too_many_columns"


def test_formats_far_out_are_no_cells(tmp_path: Path) -> None:
    """People format whole rows up to XFD; these cells are empty and cost nothing."""
    body = b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>'
    assert rows(with_sheet(tmp_path / "a.xlsx", body)) == [("1",)]


def test_one_long_text_used_by_many_cells_is_refused(tmp_path: Path) -> None:
    """Each cell gets a copy of it: 1.5 MB would become 10 GB."""
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 30_001))
    path = with_sheet(tmp_path / "a.xlsx", cells, b"<si><t>" + b"x" * 32_000 + b"</t></si>")
    assert refused(path, Limits(unpacked_bytes=100_000_000)) == "too_large_unpacked"
    short = with_sheet(tmp_path / "b.xlsx", cells, b"<si><t>short</t></si><si><t>" + b"x" * 32_000 + b"</t></si>")
    assert len(rows(short)) == 30_000


def test_a_chain_of_sectors_in_a_circle_is_refused(tmp_path: Path) -> None:
    """The reader would follow it until the process is killed."""
    content = bytearray(xls(tmp_path / "a.xls", [("x" * 100, n) for n in range(500)]).read_bytes())
    (table,) = struct.unpack_from("<I", content, 76)
    start = (table + 1) * 512
    struct.pack_into("<I", content, start, 0)
    assert refused(bytes(content)) == "damaged_file"


def test_an_old_workbook_is_measured(tmp_path: Path) -> None:
    """Rows, columns and what its shared texts swell to are known before it is opened."""
    content = xls(tmp_path / "a.xls", [("故障描述" * 300, n, n, n, n) for n in range(200)]).read_bytes()
    read_records(content, Limits(rows=200, columns=5, unpacked_bytes=3 * 1200 * 200))
    for limits in (Limits(rows=199), Limits(columns=4), Limits(unpacked_bytes=3 * 1200 * 200 - 1)):
        with pytest.raises(Refused):
            read_records(content, limits)


@given(number=st.integers(1, 20_000))
@example(number=26)
@example(number=27)
@example(number=702)
@example(number=703)
def test_column_letters_and_numbers_agree(number: int) -> None:
    """A wrong letter would lift or lower the bound of every sheet."""
    assert column_number(column_letters(number).encode()) == number


places = st.tuples(st.integers(1, 2_000_000), st.integers(1, 20_000))


@given(cells=st.lists(places, min_size=1, max_size=30), cut=st.integers(20, 400))
@settings(max_examples=200)
def test_no_cell_lies_beyond_the_bounds(cells: list[tuple[int, int]], cut: int) -> None:
    """The fast bounds hold for every order of cells and every cut into pieces; the exact ones are exact."""
    xml = b"".join(b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (r, column_letters(c).encode(), r) for r, c in cells)
    pieces = [xml[at : at + cut] for at in range(0, len(xml), cut)]
    extent = Extent()
    for piece in pieces:
        extent.look(piece)
    last_row, last_column = max(r for r, _ in cells), max(c for _, c in cells)
    assert extent.unsure(Limits()) or (extent.rows >= last_row and extent.columns == last_column)
    extent.measure(pieces)
    assert (extent.rows, extent.columns) == (last_row, last_column)


plain_text = st.text(st.characters(exclude_characters='"\r\n\x00\ufeff', exclude_categories=["Cs"]), max_size=6)


@given(cells=st.lists(st.lists(plain_text, min_size=3, max_size=3), min_size=2, max_size=8))
def test_every_cell_of_a_csv_arrives(cells: list[list[str]]) -> None:
    """Whatever people type, quoted as Excel quotes it, comes back cell by cell."""
    quoted = [['"' + cell + '"' if any(sign in cell for sign in ",;\t|") else cell for cell in row] for row in cells]
    text = "工单,门店,时间\n" + "".join(",".join(row) + "\n" for row in quoted)
    expected = [("工单", "门店", "时间"), *(tuple(cell or None for cell in row) for row in cells)]
    assert rows(text.encode()) == expected
