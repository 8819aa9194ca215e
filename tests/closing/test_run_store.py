"""A settled month as pages read it: a file a store, a person a row, taken over where nothing changed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from fairwrench.closing import run_store
from fairwrench.closing.run_store import FIGURES, INDICATORS, MANIFEST, PEOPLE, WORK, RunStore, write_run_store
from fairwrench.settlement.problem import Refused

#: what Int128 holds and 64 bits do not
LARGE = 12_345_678_901_234_567_890_123
EAST, WEST = "东城店", "西郊店"
LINES = {"employee_id": pl.String, "item": pl.String, "n": pl.Int128, "points": pl.Int64}
STEPS = {"employee_id": pl.String, "step": pl.String, "from": pl.Date, "amount": pl.Int128}
TOTALS = {"employee_id": pl.String, "store": pl.String, "held": pl.List(pl.String), "score": pl.Int64}


def people(count: int = 3) -> list[tuple[str, str]]:
    """Employee ids with their stores: E1 and E3 … in the east, E2 … in the west."""
    return [(f"E{number:03}", EAST if number % 2 else WEST) for number in range(1, count + 1)]


def parts(points: int = 100, count: int = 3) -> dict[str, pl.DataFrame]:
    """The frames of a month; E001 has two items, the others one; `points` are those of E002 alone."""
    who = [person for person, _ in people(count)]
    lines = [("E001", "rework", LARGE, 90), ("E001", "output", None, None)]
    lines += [(person, "output", -LARGE, points if person == "E002" else 80) for person in who[1:]]
    totals = [(person, store, ["output"] if person == "E001" else [], 9000) for person, store in people(count)]
    paid = [*((person, 500_000) for person in who), ("GONE", 1_200)]
    return {
        "totals": pl.DataFrame(totals, schema=TOTALS, orient="row"),
        "lines": pl.DataFrame(lines, schema=LINES, orient="row"),
        "pay": pl.DataFrame(paid, schema={"employee_id": pl.String, "total": pl.Int64}, orient="row"),
        "steps": pl.DataFrame([("E003", "base", date(2026, 10, 1), 7)], schema=STEPS, orient="row"),
        "standing": pl.DataFrame(schema={"employee_id": pl.String, "event": pl.String}),
        "work": pl.DataFrame([("E001", "visits", 12)], schema=WORK, orient="row"),
        "heads": pl.DataFrame(schema={"employee_id": pl.String, "score": pl.Int64}),
        "lifts": pl.DataFrame(schema={"employee_id": pl.String, "item": pl.String}),
    }


def places(count: int = 3) -> pl.DataFrame:
    return pl.DataFrame([*people(count), ("GONE", "")], schema=["employee_id", "store"], orient="row")


def figures() -> pl.DataFrame:
    rows = [
        (0, "rework", "key", EAST, LARGE, 7, None, 7, "", True, False),
        (0, "rework", "key", WEST, None, None, 30_000, None, "", False, False),
        (0, "rework", "key", None, LARGE, 7, None, 7, "", True, False),
        (1, "output", "finance", EAST, 5, 1, None, None, "better", True, False),
        (1, "output", "finance", None, 5, 1, None, None, "", True, True),
    ]
    return pl.DataFrame(rows, schema=dict(FIGURES), orient="row")


def written(folder: Path, before: RunStore | None = None, **other: Any) -> RunStore:
    count = other.get("count", 3)
    return write_run_store(folder, parts(**other), places(count), figures(), before)


def test_everybody_is_read_back_as_settled(tmp_path: Path) -> None:
    """Fails when a figure of a person is rounded, cut or another's after it was written and read."""
    store = written(tmp_path / "run")
    assert store.stores == [EAST, WEST]
    for name, frame in parts().items():
        assert store.of_everybody(name).equals(frame.sort("employee_id", maintain_order=True)), name
    mine = store.part("lines", EAST, ("E001",))
    assert mine.equals(parts()["lines"].filter(employee_id="E001"))
    assert mine["n"].to_list() == [LARGE, None]
    assert store.part("lines", WEST, ("E001",)).height == 0
    assert store.part("lines", "北城店").height == 0


def test_one_person_s_month_has_all_of_it_and_nobody_else(tmp_path: Path) -> None:
    """Fails when an explanation lacks a step, or has one of somebody else's."""
    scheme: Any = None
    month: Any = None
    settled = written(tmp_path / "run").settled(scheme, month, EAST, "E003")
    assert settled.steps.to_dicts() == [
        {"employee_id": "E003", "step": "base", "from": date(2026, 10, 1), "amount": 7},
    ]
    frames = (settled.totals, settled.lines, settled.pay)
    assert [frame["employee_id"].to_list() for frame in frames] == [["E003"]] * 3


def test_who_is_only_owed_something_is_found_in_no_store(tmp_path: Path) -> None:
    """Fails when what is owed to somebody who left cannot be read any more, or somebody is sought in vain."""
    store = written(tmp_path / "run")
    assert [store.store_of(who) for who in ("E001", "E002", "GONE", "E999")] == [EAST, WEST, "", None]
    assert store.part("pay", "", ("GONE",)).to_dicts() == [{"employee_id": "GONE", "total": 1_200}]


def test_other_engines_read_the_numbers(tmp_path: Path) -> None:
    """Fails when DuckDB reads bytes where a figure stands."""
    store = written(tmp_path / "run")
    query = "SELECT item.n FROM (SELECT unnest(lines) AS item FROM read_parquet(?) WHERE employee_id = 'E001')"
    with duckdb.connect() as connection:
        found = connection.execute(query, [str(store.file(EAST))]).fetchall()
    assert [row[0] for row in found] == [LARGE, None]


def test_figures_of_some_stores_and_metrics_are_read_alone(tmp_path: Path) -> None:
    """Fails when a page of one store reads those of all, or the group's own figure is lost."""
    store = written(tmp_path / "run")
    told = store.indicators([WEST], ["rework"])
    assert told.select("store", "n").rows() == [(None, LARGE), (WEST, None)]
    assert store.indicators([EAST], whole=False)["metric"].sort().to_list() == ["output", "rework"]
    assert store.indicators([], whole=False).height == 0
    assert store.indicators().height == 5


def test_a_person_s_page_reads_the_file_of_one_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when the page of one person opens the files of other stores, or reads everybody of the store."""
    store = written(tmp_path / "run", count=200)
    opened: list[Path] = []
    scan = pl.scan_parquet
    monkeypatch.setattr(run_store.pl, "scan_parquet", lambda path, **options: opened.append(path) or scan(path))
    assert store.part("lines", EAST, ("E151",)).height == 1
    assert opened == [store.file(EAST)]
    counted = "SELECT count(DISTINCT row_group_id) FROM parquet_metadata(?)"
    with duckdb.connect() as connection:
        groups = connection.execute(counted, [str(store.file(EAST))]).fetchone()
    assert groups == (4,), "100 people of the store in groups of 32"


def test_stores_in_which_nothing_changed_are_taken_over(tmp_path: Path) -> None:
    """Fails when one rating in one store writes the files of the whole group again, or the file of a store that changed
    is taken over."""
    first = written(tmp_path / "first")
    second = written(tmp_path / "second", first, points=70)
    same, other = ([each.file(store).stat().st_ino for each in (first, second)] for store in (EAST, WEST))
    assert same[0] == same[1]
    assert other[0] != other[1]
    assert second.part("lines", WEST)["points"].to_list() == [70]
    assert first.part("lines", WEST)["points"].to_list() == [100]


def test_what_was_taken_over_stays_when_the_earlier_run_goes(tmp_path: Path) -> None:
    """Fails when pages of the month so far break once an older estimate is forgotten."""
    first = written(tmp_path / "first")
    second = written(tmp_path / "second", first)
    for path in first.folder.iterdir():
        path.unlink()
    assert second.altered() == []
    assert second.part("lines", EAST).height == 3


def test_where_links_are_not_possible_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a folder on another disk cannot be written."""

    def refuse(*_paths: object) -> None:
        raise OSError

    first = written(tmp_path / "first")
    monkeypatch.setattr(run_store.os, "link", refuse)
    second = written(tmp_path / "second", first)
    (tmp_path / "gone").mkdir()
    third = written(tmp_path / "third", RunStore(tmp_path / "gone"))
    assert second.altered() == third.altered() == []


def test_without_its_manifest_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when what a killed worker left half-written is read as if it were whole."""

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as while_killed, pytest.raises(KeyboardInterrupt):
        while_killed.setattr(run_store, "write_json", killed)
        written(tmp_path / "run")
    assert (tmp_path / "run" / INDICATORS).exists()
    with pytest.raises(Refused) as refused:
        RunStore(tmp_path / "run").part("lines", EAST)
    assert refused.value.problems[0].code == "no_run_store"


@pytest.mark.parametrize("name", [PEOPLE, INDICATORS, EAST])
def test_files_that_somebody_altered_are_named(tmp_path: Path, name: str) -> None:
    """Fails when a figure of pages can be changed on disk and nobody is told."""
    store = written(tmp_path / "run")
    path = store.file(EAST) if name == EAST else store.folder / name
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    assert store.altered() == [path.name]
    path.unlink()
    assert store.altered() == [path.name]


def test_files_are_not_to_be_written_again(tmp_path: Path) -> None:
    """Fails when a file that several runs share can be written by mistake."""
    store = written(tmp_path / "run")
    files = [path for path in store.folder.iterdir() if path.name != MANIFEST]
    assert len(files) == 5
    assert {path.stat().st_mode & 0o222 for path in files} == {0}
    assert json.loads((store.folder / MANIFEST).read_text(encoding="utf-8"))["format"] == run_store.FORMAT


@pytest.mark.parametrize("content", [b"", b"PAR1 cut short"])
def test_a_damaged_file_is_not_passed_on(tmp_path: Path, content: bytes) -> None:
    """Fails when one damaged file becomes what every later run says of a store, the final one included."""
    first = written(tmp_path / "first")
    first.file(EAST).chmod(0o644)
    first.file(EAST).write_bytes(content)
    again = written(tmp_path / "again", first)
    assert again.altered() == []
    assert again.part("lines", EAST).height == 3


READ = {
    EAST: lambda store: store.part("lines", EAST),
    INDICATORS: lambda store: store.indicators(),
    PEOPLE: lambda store: store.store_of("E001"),
}


@pytest.mark.parametrize("name", READ)
def test_a_file_that_is_gone_or_damaged_is_refused_by_name(tmp_path: Path, name: str) -> None:
    """Fails when a page meets a lost file and answers with a fault of ours."""
    store = written(tmp_path / "run")
    path = store.file(EAST) if name == EAST else store.folder / name
    path.chmod(0o644)
    path.write_bytes(b"no parquet")
    with pytest.raises(Refused, match=path.name):
        READ[name](store)
    path.unlink()
    with pytest.raises(Refused, match=path.name):
        READ[name](store)
