"""`fairwrench verify`: 0 and “equal”, or 1 and what differs; 2 where there is nothing to verify."""

from __future__ import annotations

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
