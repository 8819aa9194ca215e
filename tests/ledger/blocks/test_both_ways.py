"""A large text read in blocks. What would break: a row, a reason or a sentence that depends on the size of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.ledger.blocks.text import Plan
from fairwrench.ledger.intake.intake import intake
from tests.ledger.blocks.dirty import GIVEN, LINE, ORDER, file_of, line, order, orders
from tests.ledger.both_ways import beside

Rows = Sequence[Sequence[str]]
SOUND = orders(40)
WHO = ("张三", "李四", "某人", "张三/李四", "王五", "甲/乙")
LINES = [line(n, k, who=WHO[(n + k) % 6]) for n in range(20) for k in range(3)]

#: what stands in a file → its rows
ORDERS: dict[str, Rows] = {
    "nothing wrong": SOUND,
    "cells that cannot be read": [
        *SOUND[:20],
        order(50, opened="昨天"),
        order(51, kind="美容"),
        order(52, labour="-1"),
    ],
    "a contradiction blocks apart": [*SOUND[:3], order(90), *SOUND[3:30], order(90, labour="7"), *SOUND[30:]],
    "doubles blocks apart": [*SOUND, SOUND[0], SOUND[20]],
    "a double right behind its row": [*SOUND[:7], SOUND[6], *SOUND[7:]],
    "one number in two spellings": [*SOUND, order(4, no="ro4"), order(9, no="RO 9")],
    "a contradiction and a double of one key": [*SOUND, SOUND[4], order(4, labour="9"), SOUND[9]],
    "people on no roster": [*SOUND[:4], order(50, advisor="某人"), *SOUND[4:], order(51, advisor="李某某")],
    "a stranger who stands twice": [*SOUND, order(50, advisor="某人"), *orders(9), order(50, advisor="某人")],
    "somebody away": [*SOUND, *(order(n, advisor="1005") for n in range(50, 70))],
    "empty cells": [*SOUND[:9], order(50, advisor=""), *SOUND[9:], order(51, advisor="", km=""), order(52, km="")],
    "a column empty throughout": [order(n, km="") for n in range(40)],
    "a column empty in a whole block": [order(n, km="" if 8 <= n < 30 else "1") for n in range(40)],
    "a store that nobody knows": [*SOUND, order(50, store="三店"), order(51, store="四店")],
    "rows without a store": [*SOUND, order(50, store=""), order(51, store="")],
    "wrong numbers of vehicles": [order(n, vin=f"LFV00000{n % 7}000000{n % 5}0") for n in range(40)],
    "too many decimals": [order(n, labour=f"{n}.505") for n in range(40)],
    "days without a time": [order(n, delivered=f"2026-10-{n % 28 + 1:02d}") for n in range(40)],
    "one day without a time": [*SOUND, order(50, delivered="2026-10-05")],
    "rows marked void": [*SOUND[:9], order(50, no="RO50作废"), *SOUND[9:], order(51, no="RO51作废")],
    "rows that only their number tells apart": [order(n % 3, no=f"X{n}") for n in range(40)],
    "totals at the end": [*SOUND[:20], ("",) * 10, *SOUND[20:], ("合计", "", "", "", "", "780.0", "", "", "", "")],
    "blank lines": [*SOUND[:20], (), (), *SOUND[20:], ()],
    "the header printed again": [*SOUND[:10], ORDER, *SOUND[10:]],
    "quoted cells": [order(n, no=f'"RO{n}"', km=f'"{n},{n:03d}"') for n in range(40)],
    "commas for thousands": [order(n, km=f'"{n},{n + 100:03d}"') for n in range(1, 40)],
    "full-width signs in some": [*SOUND[:20], order(50, no="RO①"), *SOUND[20:], order(51, no="ＲＯ５１")],
    "percent signs": [*SOUND, order(50, labour="97%"), order(51, labour="3%")],
    "other months": [*SOUND, order(50, opened="2026-09-30 23:59:59"), order(51, opened="2026-10-31 23:59:59")],
    "dates ahead": [*SOUND, order(50, opened="2026-11-01 00:00:00")],
    "mostly rejected": [order(n, kind="美容" if n % 2 else "保养") for n in range(60)],
}
WRITTEN = {
    "GB18030": {"encoding": "gb18030"},
    "UTF-16": {"encoding": "utf-16"},
    "a byte order mark": {"encoding": "utf-8-sig"},
    "CRLF": {"end": "\r\n"},
    "semicolons": {"separator": ";"},
    "tabs": {"separator": "\t"},
}


@pytest.mark.parametrize("what", ORDERS)
def test_the_same_in_blocks(what: str) -> None:
    """Fails when a file gives other rows, reasons, counts or sentences in blocks than read whole."""
    for size in (150, 1000, 100_000):
        assert beside(file_of(ORDER, ORDERS[what]), size, **GIVEN)


@pytest.mark.parametrize("how", WRITTEN)
def test_however_the_text_is_written(how: str) -> None:
    """Fails when an encoding or a line end is read otherwise in blocks."""
    assert beside(file_of(ORDER, [*SOUND, order(3, labour="8"), order(60, advisor="某人")], **WRITTEN[how]), **GIVEN)


HANDED_IN = [{"placed_store": "一店"}, {"roster": None}, {"period": None}, {"time_zone": "Asia/Kolkata"}]


@pytest.mark.parametrize("told", HANDED_IN)
def test_however_it_was_handed_in(told: dict[str, object]) -> None:
    """Fails when the folder's store, a missing roster or month is taken otherwise in blocks."""
    assert beside(file_of(ORDER, ORDERS["people on no roster"]), **{**GIVEN, **told})


def test_lines_of_several_people() -> None:
    """Fails when shares of people in different blocks are added up otherwise, or strangers in a key are one person."""
    again = [line(n, k, who=("李四", "丙")[(n + k) % 2], hours="2") for n in range(20) for k in range(3)]
    for rows in (LINES, [*LINES, *again]):
        assert beside(file_of(LINE, rows), **GIVEN)


WHOLE: dict[str, bytes] = {
    "a line cut short": file_of(ORDER, [*SOUND[:20], SOUND[20][:4], *SOUND[21:]]),
    "another header": file_of(ORDER, [*SOUND[:20], tuple(reversed(ORDER)), *SOUND[20:]]),
    "a cell of two lines": file_of(ORDER, [*SOUND, order(50, no='"RO50\n"')]),
    "a stray quote": file_of(ORDER, [*SOUND, order(50, no='RO"50')]),
    "a bad byte": file_of(ORDER, SOUND)[:-30] + b"\xff" + file_of(ORDER, SOUND)[-30:],
    "line ends of old Macs": file_of(ORDER, SOUND, end="\r"),
    "no header": file_of(("a", "b"), [("1", "2")] * 40),
    "a unit below the table": file_of(ORDER, [*SOUND, ("单位：万元",)]),
}


@pytest.mark.parametrize("what", WHOLE)
def test_what_only_the_whole_file_tells(what: str, tmp_path: Path) -> None:
    """Fails when such a file is read in blocks all the same, leaves blocks behind, or is not read whole instead."""
    path, scratch = tmp_path / "orders.csv", tmp_path / "scratch"
    path.write_bytes(WHOLE[what])
    scratch.mkdir()
    found = intake(path, plan=Plan(scratch, from_bytes=0, block_bytes=200), **GIVEN)
    assert not any(sheet.spilled for sheet in found.sheets) and list(scratch.iterdir()) == []
    whole = intake(path, **GIVEN)
    assert found.problems == whole.problems
    assert [sheet.problems for sheet in found.sheets] == [sheet.problems for sheet in whole.sheets]


@st.composite
def _files(draw: st.DrawFn) -> bytes:
    """A file with anything wrong anywhere: doubles and contradictions near and far, in any order."""
    wrong: list[dict[str, str]] = [
        {},
        {},
        {"labour": "7"},
        {"opened": "昨天"},
        {"kind": "美容"},
        {"advisor": "某人"},
        {"advisor": "李四"},
        {"km": ""},
        {"store": "三店"},
        {"delivered": "2026-10-05"},
        {"vin": "LFV1"},
        {"labour": "1.005"},
    ]
    some = draw(st.lists(st.tuples(st.integers(0, 15), st.sampled_from(wrong)), min_size=1, max_size=40))
    rows: list[Sequence[str]] = [order(n, **told) for n, told in some]
    for at in draw(st.lists(st.integers(0, len(rows)), max_size=3)):
        rows.insert(at, draw(st.sampled_from([(), ("",) * 10, ORDER, ("合计", *("",) * 9)])))
    how = draw(st.sampled_from([{}, *WRITTEN.values()]))
    return file_of(ORDER, rows, **how)


@given(_files(), st.integers(100, 900))
@settings(max_examples=60, deadline=None)
def test_anything_wrong_anywhere(content: bytes, size: int) -> None:
    """Fails when any mix of faults comes out otherwise in blocks, whatever the size of these."""
    beside(content, size, **GIVEN)
