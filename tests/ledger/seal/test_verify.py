"""Verification names what differs: the file and its upload, the person and the column, the row and both values."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.seal.differences import compare_csv
from fairwrench.ledger.seal.seal import Seal, add_derived, roster_csv, seal
from fairwrench.ledger.seal.verify import verify_evidence
from fairwrench.settlement.problem import Problem, Refused
from tests.ledger.landing import OCTOBER, ORDERS, order, table

ROSTER = pl.DataFrame(
    {
        "employee_id": ["E1", "E1", "E2"],
        "hired_on": [date(2020, 5, 1), date(2020, 5, 1), date(2024, 3, 1)],
        "from": [date(2020, 5, 1), date(2026, 1, 1), None],
        "full_salary": [600000, 650000, None],
    }
)


@pytest.fixture
def month(tmp_path: Path) -> tuple[Ledger, Seal]:
    ledger = Ledger(tmp_path / "ledger")
    for name, store in (("东店十月.csv", "S1"), ("西店十月.csv", "S2")):
        rows = table(ORDERS, order("R1", "2026-10-05T01:00", store=store))
        ledger.land("orders", ORDERS, rows, Upload(name, name.encode()), period=OCTOBER, stores=[store], by="wang")
    calendar = pl.DataFrame({"day": [date(2026, 10, 1)], "working": [False]})
    scheme = json.dumps({"bands": {"A": {"from": 110}}})
    made = seal(ledger, OCTOBER, {"orders": (ORDERS, 0)}, roster=ROSTER, scheme=scheme, calendar=calendar, program="0")
    derived = ledger.folder / made.folder / "orders.parquet"
    pl.DataFrame({"_id": [1]}).write_parquet(derived)
    return ledger, add_derived(ledger, made, "orders", derived)


def flip(path: Path, at: int = 100) -> None:
    """Change one byte."""
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1
    overwrite(path, bytes(content))


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_untouched_evidence_has_no_problem(month: tuple[Ledger, Seal]) -> None:
    """Fails when verification cries wolf."""
    ledger, made = month
    assert verify_evidence(made, ledger.folder) == []


@pytest.mark.parametrize("at", [4, 100, 1000, -20])
def test_one_flipped_byte_is_named_with_its_upload(month: tuple[Ledger, Seal], at: int) -> None:
    """Fails when a changed figure in sealed evidence goes unnoticed, or nobody can say whose file it was."""
    ledger, made = month
    file = made.sources["orders"].files[1]
    flip(ledger.folder / file.path, at)
    (problem,) = verify_evidence(made, ledger.folder)
    assert (problem.code, problem.file) == ("file_changed", file.path)
    assert "#2 西店十月.csv (wang)" in problem.text("zh") and "#2 西店十月.csv (wang)" in problem.text("en")


def test_a_missing_file_is_named(month: tuple[Ledger, Seal]) -> None:
    """Fails when evidence can be taken away."""
    ledger, made = month
    file = made.sources["orders"].files[0]
    (ledger.folder / file.path).unlink()
    (problem,) = verify_evidence(made, ledger.folder)
    assert (problem.code, problem.file) == ("file_missing", file.path)
    assert "东店十月.csv" in problem.subject


def test_a_changed_or_missing_upload_is_named(month: tuple[Ledger, Seal]) -> None:
    """Fails when the file that a row is traced to is no longer the one that was handed in."""
    ledger, made = month
    one, other = (ledger.upload(batch.sha256) for batch in ledger.batches())
    flip(one)
    other.unlink()
    found = verify_evidence(made, ledger.folder)
    assert {(problem.code, problem.subject) for problem in found} == {
        ("file_changed", "#1 东店十月.csv (wang)"),
        ("file_missing", "#2 西店十月.csv (wang)"),
    }


def test_a_missing_record_of_a_batch_is_named(month: tuple[Ledger, Seal]) -> None:
    """Fails when a batch's record may vanish unseen."""
    ledger, made = month
    (ledger.folder / "batches/orders/000000002.json").unlink()
    assert "record_missing" in codes(verify_evidence(made, ledger.folder))


def in_words(problem: Problem) -> bool:
    """Whether it says which file, and what to do about it, in both languages."""
    return (
        all(problem.file in text for text in (problem.zh, problem.en))
        and "恢复" in problem.zh
        and "restore" in problem.en
    )


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"source":"orders"}', b'{"files":3}'])
def test_a_damaged_record_of_a_batch_is_named_in_words(month: tuple[Ledger, Seal], damage: bytes) -> None:
    """Fails when a record that was cut short ends in an error of the program."""
    ledger, made = month
    overwrite(ledger.folder / "batches/orders/000000002.json", damage)
    found = verify_evidence(made, ledger.folder)
    assert [(problem.code, problem.file) for problem in found] == [("record_damaged", "batches/orders/000000002.json")]
    assert in_words(found[0])


@pytest.mark.parametrize(
    ("old", "new"), [('"by":"wang"', '"by":"li"'), ('"rejected":0', '"rejected":9'), ("西店", "东店")]
)
def test_a_record_that_was_rewritten_is_named(month: tuple[Ledger, Seal], old: str, new: str) -> None:
    """Fails when who handed something in, or what of it was rejected, can be changed after the month was sealed."""
    ledger, made = month
    path = ledger.folder / "batches/orders/000000002.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    overwrite(path, text.replace(old, new).encode())
    (problem,) = verify_evidence(made, ledger.folder)
    assert (problem.code, problem.file) == ("record_changed", "batches/orders/000000002.json")
    assert in_words(problem)


def test_when_a_batch_landed_decides_nothing(month: tuple[Ledger, Seal]) -> None:
    """Fails when the clock of a machine is part of what is sealed: equal evidence has equal seals."""
    ledger, made = month
    path = ledger.folder / "batches/orders/000000001.json"
    record = json.loads(path.read_bytes())
    overwrite(path, json.dumps({**record, "landed_at": "2030-01-01T00:00:00+00:00"}).encode())
    assert verify_evidence(made, ledger.folder) == []


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("cut", [None, 0, 30, -20])
def test_a_damaged_table_log_is_named_in_words(month: tuple[Ledger, Seal], number: int, cut: int | None) -> None:
    """Fails when a commit of the Delta log is gone or cut, which our engine does not read and others do."""
    ledger, made = month
    path = ledger.folder / f"orders/_delta_log/{number:020d}.json"
    content = path.read_bytes()
    path.unlink()
    if cut is not None:
        path.write_bytes(content[:cut])
    (problem,) = verify_evidence(made, ledger.folder)
    assert (problem.code, problem.file) == ("log_damaged", f"orders/_delta_log/{path.name}")
    assert in_words(problem)


def test_a_table_log_that_knows_other_files_is_named(month: tuple[Ledger, Seal]) -> None:
    """Fails when a sealed file can be taken out of the table without a word."""
    ledger, made = month
    path = ledger.folder / f"orders/_delta_log/{2:020d}.json"
    lines = [line for line in path.read_text().splitlines() if '"add"' not in line]
    path.write_text("\n".join(lines) + "\n")
    (problem,) = verify_evidence(made, ledger.folder)
    assert (problem.code, problem.file) == ("log_differs", made.sources["orders"].files[1].path)
    assert in_words(problem)


def test_a_damaged_checkpoint_of_a_table_is_named(month: tuple[Ledger, Seal]) -> None:
    """Fails when the whole log is there, and the table cannot be opened all the same."""
    ledger, made = month
    DeltaTable(str(ledger.folder / "orders")).create_checkpoint()
    overwrite(next((ledger.folder / "orders/_delta_log").glob("*.checkpoint.parquet")), b"PAR1")
    (problem,) = verify_evidence(made, ledger.folder)
    assert (problem.code, problem.file) == ("log_damaged", "orders/_delta_log")


def test_what_is_damaged_is_said_wherever_it_is_read(month: tuple[Ledger, Seal]) -> None:
    """Fails when settling, or a page, breaks off at a damaged record or table log that `verify` would name."""
    ledger, _ = month
    overwrite(ledger.folder / "batches/orders/000000002.json", b"{")
    with pytest.raises(Refused) as refused:
        Ledger(ledger.folder).batches()
    assert codes([*refused.value.problems]) == ["record_damaged"]
    overwrite(ledger.folder / f"orders/_delta_log/{0:020d}.json", b"{")
    with pytest.raises(Refused) as refused:
        Ledger(ledger.folder).current("orders", ORDERS)
    assert codes([*refused.value.problems]) == ["log_damaged"]


@pytest.mark.parametrize("place", ["readable", "object"])
def test_one_changed_roster_date_is_named_with_person_and_column(month: tuple[Ledger, Seal], place: str) -> None:
    """Fails when somebody's date of entry is changed after the month was sealed, in either copy."""
    ledger, made = month
    document = made.documents["roster"]
    objects = ledger.folder / "objects" / document.sha256[:2] / document.sha256[2:]
    path = ledger.folder / document.path if place == "readable" else objects
    content = path.read_text()
    assert content.count("2024-03-01") == 1
    overwrite(path, content.replace("2024-03-01", "2023-03-01").encode())
    changed, cell = verify_evidence(made, ledger.folder)
    assert changed.code == "file_changed"
    assert (cell.code, cell.subject) == ("cell_differs", "E2")
    assert cell.details == {
        "key": "employee_id E2, from ",
        "column": "hired_on",
        "expected": "2024-03-01",
        "actual": "2023-03-01",
    }


def test_another_roster_is_told_apart_cell_by_cell(month: tuple[Ledger, Seal]) -> None:
    """Fails when a roster put in the place of the sealed one cannot be told apart by person and column."""
    ledger, made = month
    salary = pl.when(pl.col("from") == date(2026, 1, 1)).then(660000).otherwise("full_salary")
    other = roster_csv(ROSTER.with_columns(full_salary=salary).head(2))
    overwrite(ledger.folder / made.documents["roster"].path, other)
    changed, *found = verify_evidence(made, ledger.folder)
    assert changed.code == "file_changed"
    assert [(problem.code, problem.subject) for problem in found] == [("cell_differs", "E1"), ("row_missing", "E2")]
    assert found[0].details["key"] == "employee_id E1, from 2026-01-01"
    assert (found[0].details["expected"], found[0].details["actual"]) == ("650000", "660000")


def test_a_changed_scheme_is_named_by_its_path(month: tuple[Ledger, Seal]) -> None:
    """Fails when a bound of a grade is changed after the month was sealed."""
    ledger, made = month
    overwrite(ledger.folder / made.documents["scheme"].path, json.dumps({"bands": {"A": {"from": 105}}}).encode())
    _, value = verify_evidence(made, ledger.folder)
    assert (value.code, value.path, value.details) == (
        "value_differs",
        ("bands", "A", "from"),
        {"expected": "110", "actual": "105"},
    )


def test_both_copies_changed_is_still_a_problem(month: tuple[Ledger, Seal]) -> None:
    """Fails when changing every copy hides the change."""
    ledger, made = month
    document = made.documents["roster"]
    for path in (ledger.folder / document.path, ledger.folder / "objects" / document.sha256[:2] / document.sha256[2:]):
        overwrite(path, b"employee_id\nE9\n")
    assert codes(verify_evidence(made, ledger.folder)) == ["file_changed", "file_changed"]


def test_derived_columns_and_the_seal_itself_are_verified(month: tuple[Ledger, Seal]) -> None:
    """Fails when a comeback, or the manifest, can be edited unseen."""
    ledger, made = month
    flip(ledger.folder / made.derived["orders"].path)
    assert codes(verify_evidence(made, ledger.folder)) == ["file_changed"]
    assert "seal_changed" in codes(verify_evidence(replace(made, program="other"), ledger.folder))


def test_verification_writes_nothing(month: tuple[Ledger, Seal]) -> None:
    """Fails when looking at a ledger changes it."""
    ledger, made = month
    before = {path: path.stat().st_mtime_ns for path in ledger.folder.rglob("*")}
    verify_evidence(made, ledger.folder)
    assert {path: path.stat().st_mtime_ns for path in ledger.folder.rglob("*")} == before


@pytest.mark.parametrize(
    ("actual", "told"),
    [
        ("id,score\nE1,90.00\nE2,80.00\n", []),
        ("id,score\nE1,90.01\nE2,80.00\n", [("cell_differs", "E1", "score")]),
        ("id,score\nE1,90.00\n", [("row_missing", "E2", "")]),
        ("id,score\nE1,90.00\nE2,80.00\nE2,80.00\n", [("row_extra", "E2", "")]),
        ("id,score\nE2,80.00\nE1,90.00\n", [("bytes_differ", "", "")]),
        ("id,score,grade\nE1,90.00,A\nE2,80.00,B\n", [("column_extra", "", "grade")]),
        ("id\nE1\nE2\n", [("column_missing", "", "score")]),
        ("id,score\nE1,\nE2,80.00\n", [("cell_differs", "E1", "score")]),
        ("", [("bytes_differ", "", "")]),
    ],
)
def test_csv_files_are_compared_cell_by_cell(tmp_path: Path, actual: str, told: list[tuple[str, str, str]]) -> None:
    """Fails when a recomputed figure that differs by one fen is not named by person and column."""
    for name, content in (("expected.csv", "id,score\nE1,90.00\nE2,80.00\n"), ("actual.csv", actual)):
        (tmp_path / name).write_text(content)
    found = compare_csv(tmp_path / "expected.csv", tmp_path / "actual.csv", ["id"])
    assert [(problem.code, problem.subject, problem.details.get("column", "")) for problem in found] == told


def test_a_csv_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Fails when a missing result passes for an equal one."""
    (tmp_path / "a.csv").write_text("id\n")
    assert codes(compare_csv(tmp_path / "a.csv", tmp_path / "b.csv", ["id"])) == ["file_missing"]


def test_thousands_of_differences_are_cut_and_said_to_be(tmp_path: Path) -> None:
    """Fails when a whole wrong column drowns the reader, or what was cut is not said."""
    for name, first in (("a.csv", 0), ("b.csv", 1)):
        (tmp_path / name).write_text("id,x\n" + "".join(f"{n},{n + first}\n" for n in range(1500)))
    found = compare_csv(tmp_path / "a.csv", tmp_path / "b.csv", ["id"])
    assert (len(found), found[-1].code) == (1001, "more_differences")
