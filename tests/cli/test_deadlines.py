"""`fairwrench deadlines`: who by when, and why some are moved (S1 ❺ 5.1, 5.7)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import run


def due(month: str, *more: str) -> dict[str, tuple[str, str, str]]:
    """Step → nominal, due, why moved."""
    told = run("deadlines", month, "--json", "--lang", "en", *more)
    assert told.code == 0
    rows = json.loads(told.out)
    assert all(set(row) == {"step", "responsible", "nominal", "due", "moved"} for row in rows)
    return {row["step"]: (row["nominal"], row["due"], row["moved"]) for row in rows}


def by_day(found: dict[str, tuple[str, str, str]], nominal: str) -> tuple[str, str]:
    return next((due, moved) for at, due, moved in found.values() if at == f"{nominal} 17:30")


def test_the_deadlines_of_a_month() -> None:
    """Fails when a deadline of the regulation is missing, or Saturday and Sunday do not move to Monday."""
    found = due("2026-10")
    # November 2026 begins on a Sunday: the 2nd is a Monday, the 7th a Saturday
    assert by_day(found, "2026-11-02")[0] == "2026-11-02 17:30"
    moved, why = by_day(found, "2026-11-07")
    assert moved == "2026-11-09 17:30"
    assert why
    assert {nominal for nominal, _, _ in found.values()} >= {f"2026-11-0{day} 17:30" for day in (2, 3, 4, 5, 7)}


def test_holidays_move_only_where_asked_for() -> None:
    """Fails when the National Day holiday moves a deadline under the written rule, or does not under working days."""
    # the deadlines of September 2025 fall into 1–8 October 2025, all of it holiday
    plain, strict = due("2025-09"), due("2025-09", "--postpone", "workdays")
    assert by_day(plain, "2025-10-03")[0] == "2025-10-03 17:30"
    assert by_day(strict, "2025-10-03")[0] == "2025-10-09 17:30"


def test_a_year_without_an_official_calendar_is_told() -> None:
    """Fails when weekends are silently taken for the working days of a year that is not published."""
    told = run("deadlines", "2031-05", "--postpone", "workdays", "--json", "--lang", "en")
    assert told.code == 0
    assert "2031" in told.err and "warning" in told.err
    json.loads(told.out)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("步骤", "责任人", "实际截止")), ("en", ("step", "responsible", "due"))]
)
def test_the_table_in_both_languages(lang: str, words: tuple[str, ...]) -> None:
    """Fails when the table cannot be read by those whom it concerns."""
    told = run("deadlines", "2026-10", "--lang", lang)
    assert told.code == 0
    assert all(word in told.out for word in words)
    assert "2026-11-09 17:30" in told.out


def test_other_schemes_have_other_deadlines(settled: Path) -> None:
    """Fails when a scheme of one's own is ignored."""
    found = due("2026-10", "--scheme", str(settled.scheme))  # type: ignore[attr-defined]  # the fixture is a Shop
    assert list(found) == ["all figures"]


@pytest.mark.parametrize(
    "words", [("2026-00",), ("2026-10", "--scheme", "nothing"), ("2026-10", "--postpone", "never")]
)
def test_what_cannot_be_met_is_refused(words: tuple[str, ...]) -> None:
    """Fails when a slip gives the deadlines of something else."""
    assert run("deadlines", *words).code == 2
