"""Who decides a judged column must not be scored by it, nor lead those who are (S3 捌)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from tests.settlement.month_fixtures import ADVISOR, FINISHED, TECHNICIAN, World, october_world, scheme

JUDGED = {
    "name": {"zh": "返修率（判定）", "en": "Rework as judged"},
    "better": "lower",
    "numerator": {**FINISHED, "where": "rework"},
    "denominator": FINISHED,
}


@pytest.fixture
def october() -> World:
    """M1 王主管 leads T1–T4, A1 and A2; only technicians have the judged metric on their card."""
    return october_world()


def judged(decided_by: list[str], card: str = "technician", **more: Any) -> Scheme:
    """The scheme with a judged metric in the place of complaints on one card."""
    items = [
        item for item in {"technician": TECHNICIAN, "advisor": ADVISOR}[card] if item.get("metric") != "complaints"
    ]
    curve = {"of": "value", "steps": [["0.03", "100"]], "beyond": "50"}
    items = [*items, {"metric": "judged", "category": "key", "weight": "10", "curve": curve}]
    metrics = {"judged": {**JUDGED, "decided_by": decided_by, "independent": "complaints", **more}}
    return scheme(metrics=metrics, scorecards={card: {"items": items}})


def conflicts(world: World, folder: Path, under: Scheme) -> list[Problem]:
    return [problem for problem in world.settled(folder, under).problems if problem.code == "conflict_of_interest"]


def test_a_decider_who_is_scored_by_it(october: World, tmp_path: Path) -> None:
    """Fails when those who judge their own rework are not named."""
    found = conflicts(october, tmp_path, judged(["technician"]))
    # T4 is on probation and not assessed; T1, T2 and T3 are
    assert [problem.subject for problem in found] == ["T1", "T2", "T3"]
    assert "张一（T1）" in found[0].zh
    assert "本人又按该指标考核" in found[0].zh
    assert "and is scored by it" in found[0].en


def test_a_decider_who_leads_those_scored(october: World, tmp_path: Path) -> None:
    """Fails when a manager judges what makes the team look good, and nobody is told who and whom."""
    (problem,) = conflicts(october, tmp_path, judged(["workshop_manager"]))
    assert problem.subject == "M1"
    # the mover and the technician without a rating are scored too; the probationer is not
    assert problem.details["led"] == "T1,T2,T3"
    assert "其下属按该指标考核：张一、李二、赵三" in problem.zh
    assert problem.severity == "warning"


def test_the_independent_measure_is_offered(october: World, tmp_path: Path) -> None:
    """Fails when the conflict is told but not the way out."""
    (problem,) = conflicts(october, tmp_path, judged(["workshop_manager"]))
    assert "可改用独立指标“投诉率”" in problem.zh
    assert problem.details["independent"] == "complaints"
    (without,) = conflicts(october, tmp_path / "b", judged(["workshop_manager"], independent=None))
    assert "独立指标" not in without.zh


def test_a_leader_at_any_distance(october: World, tmp_path: Path) -> None:
    """Fails when the manager's manager, who can as well bend the figure, is overlooked."""
    october.person("G1", "总监", "service_advisor", "desk", salary=20000)
    for row in october.roster:
        if row["employee_id"] == "M1":
            row["manager_id"] = "G1"
    found = conflicts(october, tmp_path, judged(["service_advisor"]))
    assert [problem.subject for problem in found] == ["G1"]


def test_a_neutral_decider_is_no_conflict(october: World, tmp_path: Path) -> None:
    """Fails when everybody who decides anything is suspected."""
    assert conflicts(october, tmp_path, judged(["service_advisor"])) == []


def test_a_leader_of_nobody_who_is_scored_is_no_conflict(october: World, tmp_path: Path) -> None:
    """Fails when somebody is named for leading only people who are not assessed."""
    for person in ("T1", "T2", "T3"):
        october.decision("exclude", person)
    assert conflicts(october, tmp_path, judged(["workshop_manager"])) == []


def test_a_metric_that_nobody_is_scored_by_is_no_conflict(october: World, tmp_path: Path) -> None:
    """Fails when a figure that is only shown is called a conflict."""
    shown = scheme(metrics={"judged": {**JUDGED, "decided_by": ["technician"]}})
    assert conflicts(october, tmp_path, shown) == []


def test_a_decision_about_oneself_is_told(october: World, tmp_path: Path) -> None:
    """Fails when a manager raises their own points and nobody is asked to look."""
    october.decision("deduction", "T1", value="10")
    october.decision("appeal_points", "T1", item="complaints", value="100")
    for row in october.rows["decisions"][1:]:
        row["decided_by"] = "T1"
    settled = october.settled(tmp_path)
    (problem,) = [problem for problem in settled.problems if problem.code == "decided_for_oneself"]
    assert (problem.subject, problem.severity) == ("T1", "warning")
    assert "appeal_points" in problem.en
