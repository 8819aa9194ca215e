"""Exports put one below the other in a sheet. What would break: parts read as labour, 0.03 of 10 000 yuan as 3 fen."""

from __future__ import annotations

import pytest

from tests.ledger.handed import HEADER, Cells, codes, csv, one, order, take

FIRST = [(*HEADER, "工时费", "里程"), (*order("RO1"), "300", "90"), (*order("RO2"), "300", "90")]


def below(header: tuple[str, ...], *rows: tuple[object, ...]) -> Cells:
    return [*FIRST, header, *rows]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ((*HEADER, "工时费（万元）", "里程"), (*order("RO3"), "0.03", "90")),
        ((*HEADER, "里程", "工时费"), (*order("RO3"), "90", "300")),
        ((*HEADER, "里程"), (*order("RO3"), "90")),
        ((*HEADER, "工时费", "里程", "车架号"), (*order("RO3"), "300", "90", "LSV")),
        (("门店", "工单号", *HEADER[2:], "工时费", "里程"), ("一店", "RO3", *order("RO3")[2:], "300", "90")),
    ],
)
def test_another_header_ends_what_can_be_read(header: tuple[str, ...], row: tuple[object, ...]) -> None:
    """Fails when a row below a header of other columns, order or units is read by the first header."""
    found = take(csv(below(header, row, ()), separator="\t"))
    (sheet,) = found.sheets
    assert sheet.accepted["ro_no"].to_list() == ["RO1", "RO2"]
    assert sheet.rejected.select("row", "code").rows() == [(4, "another_header"), (5, "another_header")]
    assert "row 4" in sheet.rejected["reason_en"][0] and "another_header" in codes(found)
    assert sheet.counts["rows"] == sum(count for what, count in sheet.counts.items() if what != "rows")


@pytest.mark.parametrize("header", [FIRST[0], (*FIRST[0], "第2页"), tuple(f" {label} " for label in FIRST[0])])
def test_the_same_header_again_is_passed_over(header: tuple[str, ...]) -> None:
    """Fails when a header printed on every page stops the sheet."""
    rows = [(*FIRST[0], None), *FIRST[1:], header, (*order("RO3"), "300", "90")]
    found = one(csv(rows, separator="\t"))
    assert found.accepted["ro_no"].to_list() == ["RO1", "RO2", "RO3"]
    assert found.counts["ignored_header"] == 2 and found.rejected.is_empty()


def test_the_rows_of_a_header_of_two_rows_are_no_other_header() -> None:
    """Fails when the lower of two rows of labels, printed again, ends the sheet."""
    upper, lower = (*HEADER, "金额", None), (None, None, None, None, "工时费", "里程")
    rows = [upper, lower, FIRST[1], upper, lower, (*order("RO3"), "300", "90")]
    assert one(csv(rows, separator="\t")).accepted["ro_no"].to_list() == ["RO1", "RO3"]


def test_a_store_below_another_header_is_not_said_to_have_had_nothing() -> None:
    """Fails when rows of which nobody knows the store let the file speak for every store."""
    assert one(csv(below((*HEADER, "里程", "工时费"), (*order("RO3", "二店"), "90", "300")))).unplaced == 2
