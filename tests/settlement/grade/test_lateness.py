"""Late hand-ins and the fines proposed for them (S1 ❺ 5.7): 500 yuan a started working day and person, if confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from tests.engines.landed import at
from tests.settlement.month_fixtures import STORE, World, october_world, scheme


@pytest.fixture
def october() -> World:
    """October 2026 is assessed in November: discipline by Monday 2nd 17:30, learning by the 3rd, key by the 4th."""
    return october_world()


def handed_in(world: World, person: str | None, what: str, submitted: str | None) -> None:
    times = {"due_at": at("2026-11-02 17:30"), "submitted_at": at(submitted) if submitted else None}
    world.add("submissions", employee_id=person, what=what, month="2026-10", store=STORE, **times)


def fines(world: World, folder: Path, under: Scheme | None = None) -> list[Problem]:
    return [problem for problem in world.settled(folder, under).problems if problem.code == "fine_proposed"]


def test_in_time_is_no_fine(october: World, tmp_path: Path) -> None:
    """Fails when the minute of the deadline itself is late, or local time is read as UTC."""
    handed_in(october, "M1", "discipline", "2026-11-02 17:30")
    assert fines(october, tmp_path) == []


def test_started_working_days_are_counted_per_person(october: World, tmp_path: Path) -> None:
    """Fails when two forms late on one day are fined twice, or the weekend is counted."""
    # due Tuesday 3rd and Wednesday 4th, both handed in on Monday 9th at noon: late from the 3rd, 4th, 5th, 6th at 17:30
    handed_in(october, "M1", "learning", "2026-11-09 12:00")
    handed_in(october, "M1", "key", "2026-11-09 12:00")
    (fine,) = fines(october, tmp_path)
    assert (fine.subject, fine.details["amount"], fine.severity) == ("M1", "2000.00", "note")
    assert "4 天" in fine.zh
    assert "unlawful" in fine.en


def test_what_names_no_step_is_left_alone(october: World, tmp_path: Path) -> None:
    """Fails when a report that the cycle does not know is fined, or stops the settlement."""
    handed_in(october, "M1", "库存盘点表", "2026-12-01 12:00")
    assert fines(october, tmp_path) == []


def test_what_was_never_handed_in_is_not_fined_yet(october: World, tmp_path: Path) -> None:
    """Fails when somebody is fined for days that nobody has counted."""
    handed_in(october, "M1", "discipline", None)
    assert fines(october, tmp_path) == []


def test_people_who_are_on_no_roster_stop_nothing(october: World, tmp_path: Path) -> None:
    """Fails when a name that nobody knows ends the settlement of everybody."""
    handed_in(october, None, "discipline", "2026-11-05 12:00")
    handed_in(october, "M1", "discipline", "2026-11-03 12:00")
    assert [fine.subject for fine in fines(october, tmp_path)] == ["M1"]


@pytest.mark.parametrize(("effect", "words"), [("points", "500.00 points off"), ("record", "a record only")])
def test_a_scheme_may_make_it_points_or_a_record(october: World, tmp_path: Path, effect: str, words: str) -> None:
    """Fails when a scheme that gave up fines still proposes yuan."""
    handed_in(october, "M1", "discipline", "2026-11-03 12:00")
    (fine,) = fines(october, tmp_path, scheme(cycle={"lateness": {"effect": effect}}))
    assert words in fine.en


def test_a_scheme_without_the_rule_proposes_nothing(october: World, tmp_path: Path) -> None:
    """Fails when lateness is fined although the scheme has no such article."""
    handed_in(october, "M1", "discipline", "2026-11-05 12:00")
    assert fines(october, tmp_path, scheme(cycle={"lateness": None})) == []
