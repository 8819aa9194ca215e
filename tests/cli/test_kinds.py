"""`--kind FILES=KIND`: somebody's word about what a file is, and what the command says of what it read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shop, Told, run


def settle(shop: Shop, out: Path, *more: object) -> Told:
    words = ("--data", shop.data, "--out", out, "--scheme", shop.scheme, "--no-reports", "--lang", "en")
    return run("settle", "2026-10", *words, *more)


def test_what_each_file_was_read_as_is_said_and_kept(shop: Shop, tmp_path: Path) -> None:
    """Fails when the command does not say as what it read a file, or says otherwise on the screen, in JSON and csv."""
    told = settle(shop, tmp_path / "new", "--json")
    listed = {row["file"]: row["source"] for row in json.loads(told.out)["files"]}
    assert listed["2026-10/complaints.csv"] == "complaints"
    with (tmp_path / "new" / "files.csv").open(encoding="utf-8") as file:
        assert {row["file"]: row["source"] for row in csv.DictReader(file)} == listed
    screen = settle(shop, tmp_path / "other")
    assert "Complaints (complaints)" in screen.out and "files.csv" in screen.out


def test_a_kind_that_is_told_wins_over_the_header(shop: Shop, tmp_path: Path) -> None:
    """Fails when the person knows better than the header, says so, and is not heard."""
    told = settle(shop, tmp_path / "new", "--json", "--kind", "2026-10/complaints.csv=incidents")
    sources = {row["file"]: row["source"] for row in json.loads(told.out)["files"]}
    assert sources.get("2026-10/complaints.csv") in (None, "incidents")
    assert sources["2026-09/complaints.csv"] == "complaints"


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("complaints.csv", "is not of the form"),
        ("=complaints", "is not of the form"),
        ("x.csv=", "is not of the form"),
        ("x.csv=complaint", "the nearest is 'complaints'"),
    ],
)
def test_a_slip_in_the_word_is_refused(word: str, says: str, shop: Shop, tmp_path: Path) -> None:
    """Fails when a slip is passed over and the file read as before."""
    told = settle(shop, tmp_path / "new", "--kind", word)
    assert told.code == 2 and says in told.err + told.out
    assert not (tmp_path / "new").exists()
