"""Numbers that name a row or a person: what is certain is brought to one form, what is lost is told.

What would break: ="A0001" finds no order, a long number that lost its digits is two people in one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.files.delimited import read_delimited
from fairwrench.ledger.files.sheet import Limits
from tests.ledger.handed import HEADER, PEOPLE, SOURCES, csv, one, order, roster, take, xlsx

COMPLAINTS = load_sources()["complaints"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ('="A0001"', "A0001"),
        (' ="A0001" ', "A0001"),
        ("A0001\u200b", "A0001"),
        ("\ufeffA0001", "A0001"),
        ("A\u200d0001", "A0001"),
        ("\u2060A0001\u200f", "A0001"),
        ("A0001\u00a0", "A0001"),
        ("\u3000A0001 ", "A0001"),
        ("Ａ０００１", "A0001"),
        ("A0001", "A0001"),
        ("0001", "0001"),
        ("1", "1"),
        ('="0001"', "0001"),
        ("a0001", "a0001"),
    ],
)
def test_a_key_in_every_dress_is_one_key(written: str, key: str) -> None:
    """Fails when a sign that nobody sees makes another order; and when 0001 and 1, which may be two, become one."""
    assert one(csv([HEADER, order(written)], separator="\t")).accepted["ro_no"].to_list() == [key]


@pytest.mark.parametrize("written", ['="A0001"', "A0001\u200b", "Ａ０００１", "A0001\u00a0"])
def test_what_names_a_row_elsewhere_is_brought_to_the_same_form(written: str) -> None:
    """Fails when a complaint's order number in full-width digits finds no order, though its key would have."""
    rows = csv(
        [("投诉编号", "门店", "工单号", "受理时间"), ("C1", "一店", written, "2026-10-03 09:00:00")], separator="\t"
    )
    found = one(rows, sources={"complaints": COMPLAINTS}, name="客户投诉.csv")
    assert found.accepted["ro_no"].to_list() == ["A0001"]


@pytest.mark.parametrize("number", ["RO1\nRO2", "RO1\r\nRO2"])
def test_a_key_with_a_line_break_is_rejected(number: str) -> None:
    """Fails when two rows that quotes have joined are one order of a strange number; one at its end is nothing."""
    rows = [",".join(HEADER), f'"{number}",一店,2026-10-03,保养', '"RO3\n",一店,2026-10-03,保养', ""]
    found = one("\n".join(rows).encode())
    assert found.rejected.select("row", "code").rows() == [(2, "line_break")]
    assert found.accepted["ro_no"].to_list() == ["RO3"]


def test_signs_that_nobody_sees_in_headers_names_and_words_of_a_list() -> None:
    """Fails when a header or an advisor copied from a web page is unknown."""
    rows = [
        ("\ufeff工单号", "门店\u200b", "接车时间", "维修类型", "服务顾问\u00a0"),
        (*order(kind="保\u200b养"), "张\u200b三"),
    ]
    (row,) = one(csv(rows)).accepted.to_dicts()
    assert (row["kind"], row["advisor"]) == ("maintenance", "1001")


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("00077", "00077"),
        ("77", "00077"),
        ('="00077"', "00077"),
        ("０００７７", "00077"),
        ("77 ", "00077"),
        ("孙七(77)", "00077"),
    ],
)
def test_a_person_s_id_that_lost_its_zeros_is_certain_where_one_has_it(written: str, person: str) -> None:
    """Fails when a spreadsheet's 77 is nobody, though one person alone has 00077."""
    rows = [(*HEADER, "服务顾问"), (*order(store="二店"), written)]
    assert one(csv(rows, separator="\t")).accepted["advisor"].to_list() == [person]


def test_an_id_that_two_may_have_lost_is_nobody_s() -> None:
    """Fails when 77 is given to one of 077 and 00077."""
    people = roster([*PEOPLE, ("077", "周八", "二店", None, None, None)])
    found = one(csv([(*HEADER, "服务顾问"), (*order(store="二店"), "77")]), roster=people)
    assert found.accepted["advisor"].to_list() == [None]
    assert found.uncredited["value"].to_list() == ["77"]


@pytest.mark.parametrize("written", ["4.40301E+17", "4.4E+17", "1E+12", "4.40301e+17", "4.40301e17"])
def test_a_number_without_its_last_digits_is_rejected_wherever_it_is_a_text(written: str) -> None:
    """Fails when two orders, or two people, become the one number that a spreadsheet has left of both."""
    assert one(csv([HEADER, order(written)])).rejected["code"].to_list() == ["digits_lost"]
    assert one(csv([(*HEADER, "服务顾问"), (*order(), written)])).rejected["code"].to_list() == ["digits_lost"]


@pytest.mark.parametrize("written", ["E17", "4E5", "4.40301", "1e3x"])
def test_a_number_that_only_looks_so_stays(written: str) -> None:
    """Fails when an order that is really called 4E5 is rejected."""
    assert one(csv([HEADER, order(written)])).accepted["ro_no"].to_list() == [written]


def test_long_numbers_of_a_workbook_keep_all_their_digits(tmp_path: Path) -> None:
    """Fails when a long number in a workbook, written as a number, arrives in scientific notation without a word."""
    found = take(xlsx(tmp_path / "a.xlsx", S=[HEADER, order(123456789012345), order("440301199001011234")]))
    assert found.sheets[0].accepted["ro_no"].to_list() == ["123456789012345", "440301199001011234"]


def test_a_text_without_such_signs_says_so() -> None:
    """Fails when every large file is searched cell by cell for signs that it does not have."""
    assert read_delimited(csv([("工单号", "a"), ("1", "2")]), Limits()).clean
    assert not read_delimited(csv([("工单号", "a"), ('="1"', "2")]), Limits()).clean
    assert not read_delimited(csv([("工单号", "a"), ("1\u200b", "2")]), Limits()).clean


def test_an_exporter_s_quoted_number_in_quotes_counts_too() -> None:
    """Fails when a csv doubles the quotes of ="0012", as csv asks for, and the key keeps them."""
    text = ",".join(HEADER) + '\n"=""0012""",一店,2026-10-03,保养\n'
    assert one(text.encode()).accepted["ro_no"].to_list() == ["0012"]


def test_sources_of_the_tests_are_as_they_were() -> None:
    """Fails when the columns by which rows find each other are forgotten for a source that looks into another one."""
    assert SOURCES["repair_orders"].matching == {"store", "ro_no"}
    assert {"ro_no", "complaint_no"} <= COMPLAINTS.matching
    assert "first_ro_no" in load_sources()["repair_orders"].matching
