"""An error in the roster stops every command that pays by it: exit code 2, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shop, run

#: what stands in roster.csv → what a slip makes of it, and a word of what is said
SLIPS = {
    "two people with one id": ("T2,李二", "T1,李二", "T1"),
    "ids that lost digits": ("T2,李二", "4.40301E+17,李二", "long number"),
    "a manager whom nobody knows": (",M2,", ",M9,", "M9"),
    "no name": ("T2,李二", "T2,", "required"),
    "a person without an id": ("T2,李二", ",李二", "id"),
    "a position that the scheme does not have": (",technician,", ",astronaut,", "astronaut"),
}


def meddled(shop: Shop, before: str, after: str) -> None:
    path = shop.data / "roster.csv"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize("slip", SLIPS)
def test_a_roster_error_stops_before_anything_is_written(slip: str, shop: Shop, tmp_path: Path) -> None:
    """Fails when a person vanishes, or is paid for two, with a line of text and exit code 0."""
    before, after, words = SLIPS[slip]
    meddled(shop, before, after)
    told = run(
        "settle", "2026-10", "--data", shop.data, "--out", tmp_path / "new", "--scheme", shop.scheme, "--lang", "en"
    )
    assert told.code == 2, told
    assert words in told.err + told.out and "roster.csv" in told.err + told.out
    assert not (tmp_path / "new").exists()


def test_a_month_settled_before_stays_as_it_was(shop: Shop) -> None:
    """Fails when a refused run leaves files of the month behind that nobody has seen settled."""
    before = {path: path.read_bytes() for path in shop.out.glob("*.csv")}
    meddled(shop, "T2,李二", "T1,李二")
    told = run("settle", "2026-10", "--data", shop.data, "--out", shop.out, "--scheme", shop.scheme)
    assert told.code == 2 and before
    assert {path: path.read_bytes() for path in shop.out.glob("*.csv")} == before


def test_simulating_stops_too(shop: Shop, tmp_path: Path) -> None:
    """Fails when another scheme is judged by people that the roster mixes up."""
    meddled(shop, "T2,李二", "T1,李二")
    words = ("--scheme", shop.scheme, "--against", shop.scheme, "--data", shop.data, "--out", tmp_path / "new")
    told = run("simulate", "2026-10", *words)
    assert told.code == 2 and not (tmp_path / "new").exists()
