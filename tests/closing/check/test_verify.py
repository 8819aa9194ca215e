"""A settled month recomputed: equal, or whatever differs is named. One byte, one fen, one date is enough."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.catalog.loader import load_scheme, scheme_names
from fairwrench.closing.book import Book
from fairwrench.closing.check.verify import verify
from fairwrench.closing.csv_export import KEYS
from fairwrench.closing.month import scheme_json
from fairwrench.closing.run_files import FRAMES, LEDGER, RECORDS, SEAL, read_kept
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.batches.compaction import fold
from fairwrench.ledger.folder import sha256_of
from fairwrench.ledger.seal.seal import read_seal, seal_json
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.rules import RULES
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement, settle
from tests.closing.small import OCTOBER, SOURCES, Group, evidence, scheme

ROOT = Path(__file__).parents[3]


def verified(out: Path) -> list[Problem]:
    return list(verify(out, DuckDB(threads=1)).problems)


def writable(path: Path) -> Path:
    path.chmod(0o644)
    return path


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    writable(path).write_text(after, encoding="utf-8")


def flip(path: Path, at: int = -20) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    writable(path).write_bytes(bytes(content))


def names(problems: list[Problem]) -> str:
    return "\n".join(problem.text("en") for problem in problems)


def test_an_untouched_month_is_equal(out: Path) -> None:
    """Fails when the same evidence and scheme do not give the same bytes."""
    assert verified(out) == []


def test_verifying_changes_nothing(out: Path) -> None:
    """Fails when looking makes it different."""
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    verified(out)
    after = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and path.name != "lock"}
    assert {path: content for path, content in after.items() if path.suffix != ".lock"} == {
        path: content for path, content in before.items() if path.suffix != ".lock"
    }


@pytest.mark.parametrize("source", ["repair_orders", "payroll", "ratings"])
def test_one_byte_of_evidence_is_named(out: Path, source: str) -> None:
    """Fails when a bit of a data file was turned and nobody is told which, and where it came from."""
    path = next((out / LEDGER / source).rglob("_month=2026-10/*.parquet"))
    flip(path)
    found = verified(out)
    assert [problem.code for problem in found] == ["file_changed"]
    assert path.name in found[0].en
    assert f"2026-10/{source}.csv" in found[0].en


def test_one_byte_of_an_uploaded_file_is_named(out: Path) -> None:
    """Fails when the file that somebody handed in was changed after the fact."""
    path = next(path for path in (out / LEDGER / "uploads").rglob("*") if path.is_file())
    flip(path, at=3)
    assert [problem.code for problem in verified(out)] == ["file_changed"]


def test_one_byte_of_derived_columns_is_named(out: Path) -> None:
    """Fails when the comebacks that were worked out are changed on disk."""
    path = next((out / LEDGER / "seals").glob("2026-10-*/job_lines.*.parquet"))
    flip(path)
    assert "derived columns of job_lines" in names(verified(out))


def test_one_fen_of_pay_is_named(out: Path) -> None:
    """Fails when a payslip was raised by a fen: person, column and both amounts must be told."""
    path = out / "pay.csv"
    row = next(line for line in path.read_text(encoding="utf-8").splitlines() if ",T1," in line)
    total = row.split(",")[-1]
    raised = f"{total[:-1]}{(int(total[-1]) + 1) % 10}"
    edit(path, lambda text: text.replace(row, row[: -len(total)] + raised))
    (problem,) = verified(out)
    assert all(word in problem.en for word in ("T1", "total", total, raised)), problem.en
    assert problem.file == "pay.csv"


@pytest.mark.parametrize("name", list(KEYS))
def test_a_changed_or_missing_file_is_named(out: Path, name: str) -> None:
    """Fails when one of the files handed on may differ from what comes out."""
    writable(out / name).write_bytes((out / name).read_bytes().replace(b"2026-10", b"2026-11", 1))
    assert {problem.file for problem in verified(out)} == {name}
    (out / name).unlink()
    assert [problem.code for problem in verified(out)] == ["file_missing"]


def test_one_date_of_the_roster_is_named(out: Path) -> None:
    """Fails when somebody's last day at the desk was moved after the settlement."""
    seal = json.loads((out / SEAL).read_bytes())
    edit(out / LEDGER / seal["documents"]["roster"]["path"], lambda text: text.replace("2026-10-10", "2026-10-20"))
    told = names(verified(out))
    assert all(word in told for word in ("T4", "to", "2026-10-10", "2026-10-20")), told


def test_a_changed_scheme_is_named(out: Path) -> None:
    """Fails when a weight of the sealed scheme was changed: which one, from what to what."""
    seal = json.loads((out / SEAL).read_bytes())
    path = out / LEDGER / seal["documents"]["scheme"]["path"]
    edit(path, lambda text: text.replace('"target": "15000"', '"target": "14000"', 1))
    told = names(verified(out))
    assert all(word in told for word in ("target", "15000", "14000")), told


def test_a_scheme_that_is_none_any_more_is_named(out: Path) -> None:
    """Fails when a broken document ends in an error of the program instead of a finding."""
    seal = json.loads((out / SEAL).read_bytes())
    path = out / LEDGER / seal["documents"]["scheme"]["path"]
    writable(path).write_text("{", encoding="utf-8")
    found = verified(out)
    assert "file_changed" in {problem.code for problem in found}


def test_a_changed_history_is_named(out: Path) -> None:
    """Fails when a grade of August was changed, which decides what October leads to."""
    edit(out / RECORDS / "history.csv", lambda text: text.replace(",E\n", ",C\n", 1))
    (problem,) = verified(out)
    assert (problem.code, problem.file) == ("input_changed", "records/history.csv")


def test_a_history_that_is_none_any_more_is_named(out: Path) -> None:
    """Fails when text in the place of a score ends in an error of the program."""
    writable(out / RECORDS / "history.csv").write_text("month,employee_id\nx,y\n", encoding="utf-8")
    assert [problem.code for problem in verified(out)] == ["input_changed"]


@pytest.mark.parametrize("name", ["lines", "steps", "totals"])
def test_a_changed_record_is_named(out: Path, name: str) -> None:
    """Fails when explanations could read other figures than were settled."""
    flip(out / RECORDS / f"{name}.parquet", at=30)
    assert [problem.file for problem in verified(out)] == [f"records/{name}.parquet"]


def test_a_record_changed_with_its_digest_is_named(out: Path) -> None:
    """Fails when somebody who also mends the digest can change what explanations read."""
    path = out / RECORDS / "lines.parquet"
    lines = pl.read_parquet(path)
    lines.with_columns(points=pl.col("points") + 1).write_parquet(path)
    about = json.loads((out / RECORDS / "about.json").read_bytes())
    about["records"]["lines.parquet"] = sha256_of(path)
    (out / RECORDS / "about.json").write_text(json.dumps(about), encoding="utf-8")
    (problem,) = verified(out)
    assert (problem.code, problem.file) == ("record_differs", "records/lines.parquet")


def test_a_changed_seal_is_named(out: Path) -> None:
    """Fails when a line of the manifest itself was changed."""
    edit(out / SEAL, lambda text: text.replace('"time_zone":"Asia/Shanghai"', '"time_zone":"Asia/Tokyo"'))
    assert "seal_changed" in {problem.code for problem in verified(out)}


@pytest.mark.parametrize("broken", [SEAL, f"{RECORDS}/about.json"])
def test_what_cannot_be_read_is_refused(out: Path, broken: str) -> None:
    """Fails when a broken file ends in an error of the program."""
    writable(out / broken).write_text("{", encoding="utf-8")
    with pytest.raises(Refused):
        verified(out)


def test_a_folder_without_a_settlement_is_refused(tmp_path: Path) -> None:
    """Fails when nothing counts as equal."""
    with pytest.raises(Refused):
        verified(tmp_path)


def test_evidence_that_landed_later_changes_nothing(out: Path) -> None:
    """Fails when a sealed month depends on what was handed in after it was sealed."""
    group = Group(out / LEDGER)
    group.land("repair_orders", [{**evidence(OCTOBER)["repair_orders"][0], "ro_no": "late"}], OCTOBER.plus(1))
    assert verified(out) == []


def test_folded_evidence_gives_the_same_month(out: Path) -> None:
    """Fails when a month can no longer be verified once its files were folded into fewer."""
    ledger = Group(out / LEDGER).ledger
    for name in ("repair_orders", "job_lines"):
        group = Group(out / LEDGER)
        for number in range(2):
            row = {**evidence(OCTOBER)[name][0], "ro_no": f"F{number}"}
            group.land(name, [row], OCTOBER)
        assert fold(ledger, name, SOURCES[name], many=2) is not None
    assert verified(out) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("threads", "zone", "locale"), [(2, "Asia/Shanghai", "C"), (1, "America/St_Johns", "zh_CN.UTF-8"), (2, "UTC", "C")]
)
def test_threads_zone_and_locale_say_nothing(
    closed: Path, tmp_path: Path, threads: int, zone: str, locale: str
) -> None:
    """Fails when another machine, with another clock and language, gives another byte.

    A process of its own closes the three months anew from the landed evidence and writes October out.
    """
    shutil.copytree(closed / LEDGER, tmp_path / "ledger")
    shutil.rmtree(tmp_path / "ledger" / "seals")
    script = (
        "import sys; from pathlib import Path; from fairwrench.closing.book import Book;"
        "from fairwrench.closing.run_files import write_closed; from tests.closing.small import MONTHS, Group, scheme;"
        f"book = Book(Group(Path(sys.argv[1]), threads={threads}).office, scheme());"
        "done = [book.close(month) for month in MONTHS][-1]; write_closed(done, Path(sys.argv[2]), 'zh')"
    )
    changed = {"TZ": zone, "LC_ALL": locale, "POLARS_MAX_THREADS": str(threads), "PYTHONHASHSEED": str(threads)}
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "ledger"), str(tmp_path / "out")],
        cwd=ROOT,
        env={**os.environ, **changed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    for name in (*KEYS, f"{RECORDS}/history.csv", f"{RECORDS}/corrections.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (closed / name).read_bytes(), name
    # the rows of a side file come in no fixed order, so its own digest is no part of what is sealed (`Seal.digest`)
    assert read_seal(tmp_path / "out" / SEAL).digest == read_seal(closed / SEAL).digest


def test_the_kept_month_is_the_closed_one(out: Path) -> None:
    """Fails when what is read back is not what was written."""
    kept = read_kept(out)
    assert (str(kept.settlement.month), kept.seal.month) == ("2026-10", "2026-10")
    assert set(kept.history["month"]) == {"2026-08", "2026-09"}
    done = Book(Group(out / LEDGER).office, scheme(), history=kept.history).close(OCTOBER)
    assert kept.seal == done.seal
    for name in FRAMES:
        assert getattr(kept.settlement, name).equals(getattr(done.settlement, name)), name


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose rules are newer, and give T1 a point more."""

    def settled(*given: Any) -> Settlement:
        done = settle(*given)
        more = pl.when(pl.col("employee_id") == "T1").then(pl.col("score") + 100).otherwise("score")
        return replace(done, totals=done.totals.with_columns(score=more))

    monkeypatch.setattr("fairwrench.closing.check.verify.settle", settled)
    for module in ("verify", "verification"):
        monkeypatch.setattr(f"fairwrench.closing.check.{module}.RULES", RULES + 1)


@pytest.mark.usefixtures("raised")
def test_newer_rules_are_told_from_altered_figures(out: Path) -> None:
    """Fails when a month is called altered because the program settles otherwise than it used to."""
    verification = verify(out, DuckDB(threads=1))
    assert verification.cause == "rules"
    first, *others = verification.problems
    assert (first.code, first.details) == ("rules_newer", {"sealed": str(RULES), "program": str(RULES + 1)})
    assert {problem.subject for problem in others if problem.file == "totals.csv"} == {"T1"}
    assert "rules newer" in verification.verdict("en") and "规则更新" in verification.verdict("zh")


@pytest.mark.usefixtures("raised")
def test_newer_rules_exemption_no_altered_figure(out: Path) -> None:
    """Fails when a payslip can be raised by a fen once the program's rules have changed."""
    edit(out / "pay.csv", lambda text: text.replace("1", "2", 1))
    verification = verify(out, DuckDB(threads=1))
    assert (verification.cause, [problem.code for problem in verification.problems]) == ("output", ["output_changed"])


def test_a_month_of_newer_rules_is_for_a_newer_program(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a program that cannot know how a month was settled calls it altered."""
    for module in ("verify", "verification"):
        monkeypatch.setattr(f"fairwrench.closing.check.{module}.RULES", RULES - 1)
    verification = verify(out, DuckDB(threads=1))
    assert (verification.cause, [problem.code for problem in verification.problems]) == ("rules", ["rules_unknown"])


def test_altered_evidence_is_told_from_altered_output(out: Path) -> None:
    """Fails when somebody cannot tell whether what was handed in, or what came of it, was changed."""
    edit(out / "pay.csv", lambda text: text.replace("1", "2", 1))
    verification = verify(out, DuckDB(threads=1))
    assert verification.cause == "output"
    assert "output altered" in verification.verdict("en") and "结果被改动" in verification.verdict("zh")
    flip(next((out / LEDGER / "payroll").rglob("_month=2026-10/*.parquet")))
    verification = verify(out, DuckDB(threads=1))
    assert verification.cause == "evidence"
    assert "evidence altered" in verification.verdict("en") and "数据被改动" in verification.verdict("zh")


def test_a_seal_made_anew_is_not_the_one_that_was_settled_from(out: Path) -> None:
    """Fails when somebody who also renames the seal's folder can put another manifest in its place."""
    path, seal = out / SEAL, read_seal(out / SEAL)
    forged = replace(seal, program="another")
    place = (out / LEDGER / seal.folder).rename(out / LEDGER / forged.folder)
    moved = {name: replace(doc, path=f"{forged.folder}/{Path(doc.path).name}") for name, doc in seal.documents.items()}
    derived = {name: replace(doc, path=f"{forged.folder}/{Path(doc.path).name}") for name, doc in seal.derived.items()}
    writable(path).write_bytes(seal_json(replace(forged, documents=moved, derived=derived)))
    assert place.is_dir() and read_seal(path).digest == forged.digest
    assert [problem.code for problem in verified(out)] == ["seal_changed"]


@pytest.mark.parametrize("name", scheme_names())
def test_a_sealed_scheme_keeps_its_order(name: str) -> None:
    """Fails when a month is settled again with positions, steps or tiers in another order than the scheme's.

    A pool's odd fen goes to the position named first, and the steps behind a share stand in that order too.
    """
    scheme = load_scheme(name)
    again = Scheme.model_validate(json.loads(scheme_json(scheme)))
    assert again.model_dump_json(by_alias=True) == scheme.model_dump_json(by_alias=True)
