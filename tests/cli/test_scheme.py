"""`fairwrench check-scheme`, and what all commands share: help, version, refusals."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from fairwrench.catalog.loader import scheme_names
from fairwrench.cli.available import LISTED
from tests.cli.conftest import Shop, run

BROKEN = """\
base: dealership
scheme: ours
version: "1"
name: {zh: 我们的, en: Ours}
scorecards:
  technician:
    items:
      - {metric: one_time_fix_rat, category: key, weight: 50, curve: {of: value, piecewise: [[0.9, 60], [1.0, 130]]}}
      - {metric: rework_rate, category: key, weight: 40, curve: {steps: [[0.01, 60], [0.03, 130]], beyond: 50}}
positions:
  technician: {pay_base: {kind: salary, share: 30}}
pools:
  bonus:
    draw: {metric: output, rate: 0.05}
    split: {technician: 60, service_advisor: 30}
"""

#: written so that nothing of it can be read as a scheme
UNREADABLE = """\
scheme: ours
version: "1"
name: {zhh: 我们的}
positions:
  technician: {name: {zh: 技师, en: Technician}, department: workshop, side: profits, wage: 3000}
"""


@pytest.mark.parametrize("name", scheme_names())
def test_every_shipped_scheme_is_sound(name: str) -> None:
    """Fails when a scheme that we ship could not be settled under."""
    told = run("check-scheme", name, "--lang", "en")
    assert told.code == 0, told.err
    assert "no error" in told.out
    assert "error:" not in told.err


def test_every_problem_of_a_broken_scheme_with_its_line(tmp_path: Path) -> None:
    """Fails when somebody mends one mistake only to be told the next, or has to look for the place."""
    path = tmp_path / "ours.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    told = run("check-scheme", path, "--lang", "en")
    assert told.code == 2
    places = {int(line): text for line, text in re.findall(r"error: .*ours\.yaml:(\d+) ([^\n]+)", told.err)}
    expected = {
        7: "weights",
        8: "one_time_fix_rate",
        9: "points go the other way",
        11: "share",
        15: "adds to 90",
    }
    for line, words in expected.items():
        near = " ".join(text for at, text in places.items() if abs(at - line) <= 1)
        assert words in near, (line, words, told.err)


def test_a_document_that_is_no_scheme_tells_each_part(tmp_path: Path) -> None:
    """Fails when a document with unknown words and missing parts is refused by a single sentence, or a traceback."""
    path = tmp_path / "ours.yaml"
    path.write_text(UNREADABLE, encoding="utf-8")
    told = run("check-scheme", path, "--lang", "zh")
    assert told.code == 2
    lines = [line for line in told.err.splitlines() if "ours.yaml:" in line]
    assert any("side" in line for line in lines) and any("wage" in line for line in lines)
    assert any(":3" in line for line in lines), told.err
    # what is missing from the whole is told with the file all the same
    missing = [line for line in lines if "缺少必填" in line]
    assert all(any(part in line for line in missing) for part in ("scorecards", "bands", "pay", "standing")), told.err


def test_a_file_that_is_no_yaml(tmp_path: Path) -> None:
    """Fails when a stray tab ends in an error of the program."""
    path = tmp_path / "ours.yaml"
    path.write_text("scheme: [\n\t", encoding="utf-8")
    told = run("check-scheme", path, "--lang", "en")
    assert told.code == 2
    assert "ours.yaml" in told.err


def test_a_scheme_of_ones_own(settled: Shop) -> None:
    """Fails when a sound scheme is refused, or its name is not said."""
    told = run("check-scheme", settled.scheme, "--lang", "zh")
    assert told.code == 0
    assert "3 张考核表" in told.out


def test_a_name_nearly_right() -> None:
    """Fails when a slip in a name is not met with the nearest scheme."""
    told = run("check-scheme", "field_servise", "--lang", "en")
    assert told.code == 2
    assert "field_service" in told.err


def test_help_shows_a_first_round() -> None:
    """Fails when somebody new is not told how to begin, or a command has no help of its own."""
    told = run("--help")
    assert told.code == 0
    assert all(word in told.out for word in ("sample", "settle", "explain", "Exit codes"))
    for name, listed in LISTED.items():
        assert run(name, "--help").code == 0
        assert listed.short_help in told.out, name


def test_the_version_is_the_packages() -> None:
    """Fails when a report of a mistake names another version."""
    assert version("fairwrench") in run("--version").out


def test_the_language_follows_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a Chinese terminal is answered in English, or any other in Chinese."""
    for locale, word in (("zh_CN.UTF-8", "没有"), ("de_DE.UTF-8", "there is no scheme"), ("C", "there is no scheme")):
        monkeypatch.setenv("LC_ALL", locale)
        assert word in run("check-scheme", "zzz").err


def test_an_engine_that_is_not_there(settled: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a missing extra ends in an error of the program instead of how to get it."""

    def missing(_: str) -> None:
        raise ImportError("No module named pyspark")

    monkeypatch.setattr("fairwrench.cli.engine.import_module", missing)
    words = ("--data", settled.data, "--out", tmp_path / "new", "--engine", "spark", "--lang", "en")
    told = run("settle", "2026-10", *words)
    assert told.code == 2
    assert "fairwrench[spark]" in told.err
    assert not (tmp_path / "new").exists()
