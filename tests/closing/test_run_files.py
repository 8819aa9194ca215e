"""A settled month written and read back; earlier months as somebody hands them in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from fairwrench.closing.book import Book, totals_as_history
from fairwrench.closing.csv_export import KEYS, decimal_text, various_digits
from fairwrench.closing.history import history_from
from fairwrench.closing.run_files import FRAMES, RECORDS, read_kept, write_closed
from fairwrench.closing.run_lock import sole_use
from fairwrench.ledger.formats import FORMAT
from fairwrench.settlement.case import HISTORY
from fairwrench.settlement.explain.explain import explain
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.rules import RULES
from tests.closing.small import AUGUST, MONTHS, OCTOBER, SEPTEMBER, SOURCES, Group, scheme

COLUMNS = {
    "totals.csv": "month,employee_id,name,store,department,position,scorecard,state,reason,score,grade",
    "items.csv": "month,employee_id,item,category,weight,target,numerator,denominator,value,points,note",
    "pay.csv": "month,employee_id,base_kind,base,coefficient,performance_pay,fixed_part,pool_pay,deductions,corrections"
    ",total",
    "standing.csv": "month,employee_id,event,rule,detail",
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_files_keep_to_the_contract(out: Path) -> None:
    """Fails when a program that reads the files finds other columns, endings or orders than agreed."""
    for name, header in COLUMNS.items():
        content = (out / name).read_bytes()
        assert content.split(b"\n")[0].decode() == header, name
        assert b"\r" not in content
        assert content.endswith(b"\n")
        keys = [tuple(row[key] for key in KEYS[name] if key != "item") for row in rows(out / name)]
        assert keys == sorted(keys), name
    assert len({tuple(row[key] for key in KEYS["items.csv"]) for row in rows(out / "items.csv")}) == 37


def test_what_is_written_is_read_back(group: Group, tmp_path: Path) -> None:
    """Fails when a frame, a problem, the scheme or the seal changes on its way to disk and back."""
    book = Book(group.office, scheme())
    for month in MONTHS:
        done = book.close(month)
    write_closed(done, tmp_path / "out", "en")
    # the ledger lies inside OUT for those who read it there
    group.folder.rename(tmp_path / "out" / "ledger")
    kept = read_kept(tmp_path / "out")
    for name in FRAMES:
        assert getattr(kept.settlement, name).equals(getattr(done.settlement, name)), name
    assert kept.settlement.problems == done.settlement.problems
    assert kept.settlement.scheme == done.settlement.scheme
    assert kept.seal == done.seal
    assert kept.history.sort("month", "employee_id").equals(done.case.history.sort("month", "employee_id"))
    assert kept.about["lang"] == "en"
    assert kept.settlement.found is None
    for person in done.settlement.totals["employee_id"]:
        assert explain(kept.settlement, person, sources=SOURCES) == explain(done.settlement, person, sources=SOURCES)


def test_nothing_of_another_month_stays(group: Group, tmp_path: Path) -> None:
    """Fails when the quarter of September lies in the folder of October."""
    out, book = tmp_path / "out", Book(group.office, scheme())
    for month in (AUGUST, SEPTEMBER):
        done = book.close(month)
    write_closed(done, out, "zh")
    assert {row["period"] for row in rows(out / "periods.csv")} == {"2026-Q3"}
    (out / "standing_changes.csv").write_text("from another run\n")
    write_closed(book.close(OCTOBER), out, "zh")
    assert not (out / "periods.csv").exists()
    assert not (out / "standing_changes.csv").exists()


def test_a_month_half_written_is_no_month(out: Path) -> None:
    """Fails when a run that was killed while writing leaves something that looks whole."""
    (out / RECORDS / "about.json").unlink()
    with pytest.raises(Refused, match="no whole settlement"):
        read_kept(out)


def test_writing_begins_by_taking_the_old_mark_away(
    group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a kill in the middle of a second run leaves new files under the old month's mark."""
    out, book = tmp_path / "out", Book(group.office, scheme())
    write_closed(book.close(AUGUST), out, "zh")
    done = book.close(SEPTEMBER)

    def killed(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("fairwrench.closing.run_files.seal_json", killed)
    with pytest.raises(KeyboardInterrupt):
        write_closed(done, out, "zh")
    with pytest.raises(Refused):
        read_kept(out)


@pytest.mark.parametrize(
    ("units", "digits", "text"),
    [
        (12345, 2, "123.45"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (-123456, 4, "-12.3456"),
        (0, 2, "0.00"),
        (7, 0, "7"),
        (-7, 0, "-7"),
        (10**20 + 1, 6, "100000000000000.000001"),
        (None, 2, None),
    ],
)
def test_integers_are_written_as_exact_decimals(units: int | None, digits: int, text: str | None) -> None:
    """Fails when an amount loses a digit, a sign or its zeros on the way into a file."""
    frame = pl.DataFrame({"amount": pl.Series([units], dtype=pl.Int128)})
    assert frame.select(decimal_text("amount", digits))["amount"].to_list() == [text]


def test_every_row_may_have_its_own_decimals() -> None:
    """Fails when a count is written with the decimals of the sum above it."""
    frame = pl.DataFrame(
        {"n": [123450, 12, None, 5], "places": [2, 0, 2, None]}, schema={"n": pl.Int128, "places": pl.Int64}
    )
    assert various_digits(frame, "n", "places")["n"].to_list() == ["1234.50", "12", None, None]


def test_the_settlements_own_totals_serve_as_history(out: Path, group: Group) -> None:
    """Fails when the file that one run writes cannot be given to the next."""
    told = history_from(out / "totals.csv", scheme())
    assert dict(told.schema) == HISTORY
    book = Book(group.office, scheme())
    done = [book.close(month) for month in MONTHS][-1]
    assert told.sort("employee_id").equals(totals_as_history(done).sort("employee_id"))


def test_forced_ranks_are_no_history(tmp_path: Path) -> None:
    """Fails when the grade of a forced rank, read from a file, opens a plan that the score does not (S1 ❺ 5.5)."""
    path = tmp_path / "totals.csv"
    path.write_text("month,employee_id,state,score,grade\n2026-09,T1,settled,95.00,D\n", encoding="utf-8")
    assert history_from(path, scheme(distribution={"mode": "forced"}))["grade"].to_list() == ["C"]
    assert history_from(path, scheme())["grade"].to_list() == ["D"]


def refused(path: Path, text: str) -> tuple[Problem, ...]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as told:
        history_from(path, scheme())
    return told.value.problems


def test_everything_wrong_with_a_history_is_told_at_once(tmp_path: Path) -> None:
    """Fails when a slip in a handed-in history ends in an error of the program, or is only half told."""
    text = "\n".join(
        [
            "month,employee_id,state,score,grade",
            "2026-09,T1,settled,95.00,C",
            "2026-13,T2,settled,95.00,C",
            "2026-09,,settled,95.00,C",
            "2026-09,T3,gone,95.00,C",
            "2026-09,T4,settled,fine,C",
            "2026-09,T5,settled,95.00,",
            "2026-09,T6,settled,95.00,F",
            "2026-09,T1,settled,90.00,C",
            "2026-09,T7,excluded,,",
        ]
    )
    problems = refused(tmp_path / "h.csv", text)
    told = {problem.line: problem.en for problem in problems}
    assert set(told) == {2, 3, 4, 5, 6, 7, 8, 9}
    assert "twice" in told[2] and "twice" in told[9]
    assert "month" in told[3] and "employee_id" in told[4] and "state" in told[5]
    assert "score" in told[6] and "grade" in told[7] and "grade" in told[8]


@pytest.mark.parametrize("text", ["", "month;employee_id\n", "month,employee_id,state,score\n2026-09,T1,settled,9\n"])
def test_what_is_no_history_is_refused(tmp_path: Path, text: str) -> None:
    """Fails when any file is taken for a history."""
    assert refused(tmp_path / "h.csv", text)[0].code == "not_a_history"


def test_the_seal_tells_what_the_month_stands_on(out: Path) -> None:
    """Fails when somebody cannot see from the seal which files, roster, scheme and program a month came from."""
    seal = json.loads((out / "seal.json").read_bytes())
    assert seal["month"] == "2026-10"
    assert {"roster", "scheme", "calendar", "sources"} == set(seal["documents"])
    assert (seal["format"], seal["rules"]) == (FORMAT, RULES)
    for document in (*seal["documents"].values(), *seal["derived"].values()):
        assert (out / "ledger" / document["path"]).exists()
        assert not document["path"].startswith("/")
    assert seal["sources"]["repair_orders"]["coverage"]["2026-10"] == ["朝阳店", "海淀店"]


def test_a_folder_of_another_version_says_so(out: Path) -> None:
    """Fails when a month settled before an update ends in a traceback instead of saying what to do."""
    about = out / RECORDS / "about.json"
    content = json.loads(about.read_text(encoding="utf-8"))
    del content["records"]["standing_changes.csv"]
    about.write_text(json.dumps(content), encoding="utf-8")
    (out / RECORDS / "standing_changes.csv").unlink()
    with pytest.raises(Refused) as refused:
        read_kept(out)
    (problem,) = refused.value.problems
    assert problem.code == "another_version"
    assert "standing_changes.csv" in problem.en


def test_one_settlement_at_a_time(tmp_path: Path) -> None:
    """Fails when two settlements may write into one folder, or a hold outlives its settlement."""
    folder = tmp_path / "out"
    with sole_use(folder):
        with pytest.raises(Refused, match="another settlement"), sole_use(folder):
            pass
        assert folder.exists()
    assert not folder.exists()
    with sole_use(folder):
        (folder / "totals.csv").touch()
    with sole_use(folder):
        pass
    assert (folder / "totals.csv").exists()
