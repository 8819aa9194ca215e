"""`fairwrench verify`: 0 and “equal”, or 1 and what differs; 2 where there is nothing to verify."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shop, run


@pytest.mark.parametrize(("lang", "word"), [("zh", "一致"), ("en", "equal")])
def test_an_untouched_month_is_equal(settled: Shop, lang: str, word: str) -> None:
    """Fails when a month that nobody touched is not what comes out."""
    told = run("verify", settled.out, "--lang", lang)
    assert (told.code, told.err) == (0, "")
    assert word in told.out


def test_a_changed_fen_is_named_and_fails(shop: Shop) -> None:
    """Fails when a script that checks the exit code takes a changed payslip for sound."""
    text = (shop.out / "pay.csv").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if ",A1," in line)
    total = row.rsplit(",", 1)[1]
    (shop.out / "pay.csv").write_text(text.replace(row, row[: -len(total)] + "9999.99"), encoding="utf-8")
    told = run("verify", shop.out, "--lang", "en")
    assert told.code == 1
    assert all(word in told.err for word in ("pay.csv", "A1", "total", total, "9999.99")), told.err
    assert "equal" not in told.out


def test_every_altered_file_is_named(shop: Shop) -> None:
    """Fails when an altered payslip hides behind an altered list of which the same can be said."""
    altered = ("totals.csv", "items.csv", "pay.csv")
    for name in altered:
        path = shop.out / name
        path.write_text(path.read_text(encoding="utf-8").replace(",A1,", ",A7,"), encoding="utf-8")
    told = run("verify", shop.out, "--lang", "en")
    assert told.code == 1
    assert all(name in told.err for name in altered), told.err


def test_whoever_looks_writes_nothing(settled: Shop) -> None:
    """Fails when an auditor who may only read, or a backup that nobody may change, cannot be checked."""
    before = {path: path.stat().st_mtime_ns for path in settled.out.rglob("*")}
    assert run("verify", settled.out).code == 0
    assert run("explain", "A1", "2026-10", "--out", settled.out, "--rows").code == 0
    assert {path: path.stat().st_mtime_ns for path in settled.out.rglob("*")} == before


def test_changed_evidence_is_named_with_its_file(shop: Shop) -> None:
    """Fails when a turned bit in the ledger does not lead to the file that was handed in."""
    path = next((shop.out / "ledger" / "complaints").rglob("_month=2026-10/*.parquet"))
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    told = run("verify", shop.out, "--lang", "zh")
    assert told.code == 1
    assert "2026-10/complaints.csv" in told.err and "改动" in told.err


def test_nothing_to_verify(tmp_path: Path) -> None:
    """Fails when an empty folder is equal to anything."""
    told = run("verify", tmp_path, "--lang", "en")
    assert told.code == 2
    assert "no whole settlement" in told.err
    assert run("verify", tmp_path / "none").code == 2


def test_a_folder_is_found_by_its_ledger(settled: Shop) -> None:
    """Fails when the ledger of a settled month does not lead to the month."""
    told = run("verify", "--ledger", settled.out / "ledger", "--month", "2026-10", "--lang", "en")
    assert (told.code, told.out) == (0, "2026-10 equal: settled again from the seal, byte for byte.\n")


def test_another_month_than_the_folders_is_refused(settled: Shop) -> None:
    """Fails when a month that is not there counts as equal."""
    told = run("verify", settled.out, "--month", "2026-09", "--lang", "en")
    assert told.code == 2
    assert "2026-10" in told.err and "2026-09" in told.err


def test_the_cause_is_said_before_what_differs(shop: Shop) -> None:
    """Fails when somebody has to tell from a list of files whether evidence or results were altered."""
    text = (shop.out / "pay.csv").read_text(encoding="utf-8")
    (shop.out / "pay.csv").write_text(text.replace("1", "2", 1), encoding="utf-8")
    assert run("verify", shop.out, "--lang", "en").out.startswith("2026-10 output altered:")
    for path in (shop.out / "ledger" / "batches" / "payroll").glob("*.json"):
        path.write_bytes(b"{")
    told = run("verify", shop.out, "--lang", "zh")
    assert told.out.startswith("2026-10 数据被改动")
    assert "batches/payroll/00000000" in told.err and "Traceback" not in told.err


def test_where_the_application_keeps_nothing_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when `verify` without a folder makes a home, or counts one that is not there as equal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FAIRWRENCH_HOME", raising=False)
    told = run("verify", "--lang", "en")
    assert told.code == 2
    assert "fairwrench-data" in told.err and "--ledger" in told.err
    assert [*tmp_path.iterdir()] == []


def test_an_older_settled_month_is_refused_with_the_way_out(shop: Shop) -> None:
    """Fails when a folder of version 0.1 is settled into, explained or verified as one of now."""
    for path in (shop.out / "seal.json", shop.out / "ledger" / "ledger.json"):
        document = json.loads(path.read_bytes())
        del document["format"]
        path.write_text(json.dumps(document), encoding="utf-8")
    words = ("settle", "2026-10", "--data", shop.data, "--out", shop.out, "--scheme", shop.scheme)
    for command in (("verify", shop.out), ("explain", "T1", "2026-10", "--out", shop.out), words):
        told = run(*command, "--lang", "en")
        assert told.code == 2
        assert "hand the same files in again" in told.err, told
