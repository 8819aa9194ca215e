"""What people agreed and decided: words and names, decisions, exemptions; `cases/months.yaml` is the plain month."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.csv_export import tables
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.settle import Settlement
from tests.engines.landed import at
from tests.settlement.month_fixtures import OCTOBER, STORE, TECHNICIAN, World, october_world, scheme

SEPTEMBER = OCTOBER.plus(-1)


@pytest.fixture
def october() -> World:
    """The hand-worked October: T1 106.86 (B), T2 96.51 (C), T3 waits for a rating, A1 88.43 (D)."""
    return october_world()


def total(settled: Settlement, person: str) -> dict[str, Any]:
    return settled.totals.filter(pl.col("employee_id") == person).row(0, named=True)


def paid(settled: Settlement, person: str) -> dict[str, Any]:
    return settled.pay.filter(pl.col("employee_id") == person).row(0, named=True)


def line(settled: Settlement, person: str, item: str) -> dict[str, Any]:
    found = settled.lines.filter((pl.col("employee_id") == person) & (pl.col("item") == item))
    return found.row(0, named=True)


def told(settled: Settlement, code: str) -> list[Problem]:
    return [problem for problem in settled.problems if problem.code == code]


def test_a_person_left_out_by_decision_carries_the_reason(october: World, tmp_path: Path) -> None:
    """Fails when somebody HR left out is graded or paid by score all the same."""
    october.decision("exclude", "T1", reason="长期病假")
    settled = october.settled(tmp_path)
    row = total(settled, "T1")
    assert (row["state"], row["reason"], row["score"], row["grade"]) == ("excluded", "decision", None, None)
    assert paid(settled, "T1")["performance_pay"] is None
    assert settled.lines.filter(pl.col("employee_id") == "T1").is_empty()
    # the rows still count for the store
    assert line(settled, "A1", "on_time")["denominator"] == 65


@pytest.mark.parametrize("kind", ["appeal_points", "calibrated_points"])
@pytest.mark.parametrize("word", ["complaints", "投诉率", "Complaint rate"])
def test_points_set_by_people_replace_the_curve(october: World, tmp_path: Path, kind: str, word: str) -> None:
    """Fails when an appeal that was granted changes nothing, be the item named as on the form or as in the scheme."""
    october.decision(kind, "T1", item=word, value="100")
    settled = october.settled(tmp_path)
    # 110.00 × 40 + 102.88 × 30 + 100.00 × 10 + 105.00 × 20 = 10586.40 → 105.86; + 3.00
    assert total(settled, "T1")["score"] == 10886
    changed = line(settled, "T1", "complaints")
    assert (changed["points"], changed["cause"]) == (10000, "appealed")
    # what was counted stays on the form
    assert (changed["numerator"], changed["denominator"]) == (1, 30)
    assert told(settled, "unknown_word") == []


def test_points_set_for_a_missing_rating_settle_the_person(october: World, tmp_path: Path) -> None:
    """Fails when a person whom an appeal gave the missing points stays incomplete."""
    october.decision("appeal_points", "T3", item="团队协作", value="90")
    settled = october.settled(tmp_path)
    # 130.00 × 40 + 55.75 × 30 + 130.00 × 10 + 90.00 × 20 = 9972.50 ÷ 100 = 99.725 → 99.73
    assert (total(settled, "T3")["state"], total(settled, "T3")["score"]) == ("settled", 9973)


def test_the_last_decision_holds_whatever_the_order_of_rows(october: World, tmp_path: Path) -> None:
    """Fails when calibration overrides the appeal that came after it because its row stands lower in the file."""
    october.decision("appeal_points", "T1", item="complaints", value="120", on="2026-11-12", no="D2")
    october.decision("calibrated_points", "T1", item="complaints", value="70", on="2026-11-06", no="D1")
    assert line(october.settled(tmp_path / "a"), "T1", "complaints")["points"] == 12000
    turned = october.reordered(lambda rows: rows[::-1])
    assert line(turned.settled(tmp_path / "b"), "T1", "complaints")["points"] == 12000


def test_a_total_set_by_appeal_counts_for_grade_and_pay(october: World, tmp_path: Path) -> None:
    """Fails when an appealed total is shown but the old one is paid."""
    october.decision("appeal_score", "A1", value="91.20")
    settled = october.settled(tmp_path)
    assert (total(settled, "A1")["score"], total(settled, "A1")["worked_out"]) == (9120, 8843)
    assert (total(settled, "A1")["grade"], total(settled, "A1")["band"]) == ("C", "C")
    # 5000.00 × 0.9120 = 4560.00
    assert paid(settled, "A1")["performance_pay"] == 456000


@pytest.mark.parametrize("word", ["C", "good"])
def test_a_grade_set_by_appeal_counts_for_consequences(october: World, tmp_path: Path, word: str) -> None:
    """Fails when the second D of somebody whose grade was corrected to C still opens a plan."""
    history = [("2026-09", "A1", "settled", 8000, "D")]
    plain = october.settled(tmp_path / "a", history=history)
    assert plain.standing["event"].to_list() == ["improvement_plan"]
    october.decision("appeal_grade", "A1", item=word)
    settled = october.settled(tmp_path / "b", history=history)
    assert (total(settled, "A1")["grade"], total(settled, "A1")["score"]) == ("C", 8843)
    assert settled.standing.is_empty()


def test_a_fine_counts_only_once_confirmed(october: World, tmp_path: Path) -> None:
    """Fails when lateness is deducted without HR, or a confirmed fine is not (S1 ❺ 5.7)."""
    due, late = date(2026, 11, 2), "2026-11-03 09:00"
    row = {"employee_id": "T1", "what": "discipline", "month": "2026-10", "store": STORE}
    october.add("submissions", **row, due_at=at(f"{due} 17:30"), submitted_at=at(late))
    proposed = october.settled(tmp_path / "a")
    assert [(p.subject, p.details["amount"]) for p in told(proposed, "fine_proposed")] == [("T1", "500.00")]
    assert paid(proposed, "T1")["deductions"] == 0
    october.decision("confirm_fine", "T1", value="500", reason="迟交一天")
    settled = october.settled(tmp_path / "b")
    assert paid(settled, "T1")["deductions"] == 50000
    assert paid(settled, "T1")["total"] == 960395 - 50000


@pytest.mark.parametrize(
    ("effect", "score", "deducted"), [("money", 10686, 500), ("points", 10186, 0), ("record", 10686, 0)]
)
def test_what_a_confirmed_fine_takes(october: World, tmp_path: Path, effect: str, score: int, deducted: int) -> None:
    """Fails when a scheme that made lateness points or a mere record still takes money."""
    october.decision("confirm_fine", "T1", value="5")
    settled = october.settled(tmp_path, scheme(cycle={"lateness": {"effect": effect}}))
    assert total(settled, "T1")["score"] == score
    # lateness is no appeal
    assert total(settled, "T1")["worked_out"] == score
    assert paid(settled, "T1")["deductions"] == deducted


def test_deductions_of_decisions_and_payroll_add_up(october: World, tmp_path: Path) -> None:
    """Fails when one of two deductions is lost, or one of another month is taken too."""
    october.decision("deduction", "T1", value="12.50", reason="损坏工具")
    october.decision("deduction", "T1", value="7.50", reason="丢失钥匙")
    october.decision("deduction", "T1", value="99", month=SEPTEMBER, reason="九月的")
    october.rows["payroll"] = [row for row in october.rows["payroll"] if row["employee_id"] != "T1"]
    october.payroll("T1", "6180.00", other_deductions="30")
    settled = october.settled(tmp_path)
    assert paid(settled, "T1")["deductions"] == 5000


def test_a_review_that_ends_in_staying_restarts_the_count(october: World, tmp_path: Path) -> None:
    """Fails when somebody whom HR kept gets the next letter as if nothing had been decided."""
    history = [(f"2026-0{month}", "A1", "settled", 8000, "D") for month in range(6, 10)]
    plain = october.settled(tmp_path / "a", history=history)
    assert plain.standing.select("event", "rule").rows() == [("separation_review", "review")]
    october.decision("review_stays", "A1", month=SEPTEMBER)
    settled = october.settled(tmp_path / "b", history=history)
    assert settled.standing.is_empty()


def test_an_award_that_was_given_stays(october: World, tmp_path: Path) -> None:
    """Fails when an award that HR gave disappears from the register."""
    october.decision("award_confirmed", "T1", item="award")
    settled = october.settled(tmp_path)
    assert settled.standing.select("employee_id", "event").rows() == [("T1", "excellent_employee")]


def test_a_signed_reason_ends_the_question(october: World, tmp_path: Path) -> None:
    """Fails when a store that explained its distribution is asked again, or another store's reason speaks for it."""
    strict = scheme(distribution={"explain_from": 3, "tolerance": 0})
    assert [problem.subject for problem in told(october.settled(tmp_path / "a", strict), "distribution_off")] == [STORE]
    october.decision("distribution_reason", None, item="海淀店")
    assert told(october.settled(tmp_path / "b", strict), "distribution_off")
    october.decision("distribution_reason", None, item=STORE)
    assert told(october.settled(tmp_path / "c", strict), "distribution_off") == []


def test_a_reason_without_a_store_speaks_for_all(october: World, tmp_path: Path) -> None:
    """Fails when a group of one store has to name it."""
    strict = scheme(distribution={"explain_from": 3, "tolerance": 0})
    october.decision("distribution_reason", "M1")
    assert told(october.settled(tmp_path, strict), "distribution_off") == []


@pytest.mark.parametrize("metric", ["on_time", "准时竣工率"])
@pytest.mark.parametrize("source", ["repair_orders", "维修工单"])
def test_an_exempted_row_leaves_both_figures_and_stays_visible(
    october: World, tmp_path: Path, source: str, metric: str
) -> None:
    """Fails when an exemption only lowers one side of a ratio, touches other metrics, or goes unseen."""
    # T1's thirtieth order is the late one
    october.exempted(source, f"{STORE}|R0030", metric)
    settled = october.settled(tmp_path)
    assert (line(settled, "T1", "on_time")["numerator"], line(settled, "T1", "on_time")["denominator"]) == (29, 29)
    assert line(settled, "T1", "on_time")["points"] == 13000
    assert line(settled, "T1", "complaints")["denominator"] == 30
    assert line(settled, "T1", "output")["numerator"] == 3703500
    assert line(settled, "A1", "on_time")["denominator"] == 64
    (note,) = told(settled, "exempted")
    assert note.severity == "note"
    assert note.details["keys"] == f"{STORE}|R0030"


def test_an_exemption_of_another_month_counts_for_that_month(october: World, tmp_path: Path) -> None:
    """Fails when an order is exempted from every month's figures."""
    october.exempted("repair_orders", f"{STORE}|R0030", "on_time", month=SEPTEMBER)
    assert line(october.settled(tmp_path), "T1", "on_time")["denominator"] == 30


def test_words_that_nobody_knows_are_told_with_the_nearest(october: World, tmp_path: Path) -> None:
    """Fails when a slip of the pen in a file silently drops a target, a rating, a decision or an exemption."""
    october.target("T2", "产直", 1000)
    october.rating("T2", "团队合作", "M1", level="良好")
    october.decision("appeal_points", "T2", item="on_tim", value="100")
    october.decision("appeal_grade", "T2", item="F")
    october.exempted("repair_order", f"{STORE}|R0001", "on_time")
    october.exempted("repair_orders", f"{STORE}|R0001", "ontime")
    problems = told(october.settled(tmp_path), "unknown_word")
    assert [problem.subject for problem in problems] == [
        *("targets", "ratings", "decisions", "decisions", "exemptions", "exemptions")
    ]
    assert "“产值”" in problems[0].zh
    assert "'on_time'" in problems[2].en
    assert "'repair_orders'" in problems[4].en


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        ({"kind": "appeal_score", "employee": "T4", "value": "100"}, "not assessed"),
        ({"kind": "appeal_points", "employee": "A1", "item": "complaints", "value": "100"}, "scorecard"),
        ({"kind": "appeal_points", "employee": "T1", "item": "complaints"}, "no figure"),
        ({"kind": "appeal_grade", "employee": "T3", "item": "C"}, "no grade to change"),
        ({"kind": "exclude", "employee": "X9"}, "not in service"),
        ({"kind": "award_confirmed", "employee": "T1", "item": "awrad"}, "does not have"),
    ],
)
def test_a_decision_without_effect_is_told(october: World, tmp_path: Path, decision: dict[str, Any], why: str) -> None:
    """Fails when somebody decides something, nothing happens, and nobody says so."""
    october.decision(**decision)
    settled = october.settled(tmp_path)
    (problem,) = told(settled, "decision_without_effect")
    assert why in problem.en
    assert total(settled, "T4")["score"] is None
    assert total(settled, "T3")["grade"] is None
    assert total(settled, "T1")["score"] == 10686


def test_decisions_about_nobody_are_told_and_pay_nobody(october: World, tmp_path: Path) -> None:
    """Fails when a deduction of somebody who is on no roster becomes a payslip without a name."""
    october.decision("deduction", None, value="100")
    october.payroll(None, "5000.00")  # type: ignore[arg-type]  # as the ledger keeps somebody unknown
    settled = october.settled(tmp_path)
    assert {problem.subject for problem in told(settled, "nobody_concerned")} == {"decisions", "payroll"}
    assert settled.pay["employee_id"].null_count() == 0
    assert tables(settled)["pay.csv"].height == 7


def test_of_one_rater_s_words_under_several_names_of_an_item_the_last_counts(october: World, tmp_path: Path) -> None:
    """Fails when a file that calls the item by its name and a later word that calls it by its key count both: 优秀 of
    130 and 良好 of 105 make no 117.50."""
    october.rating("T2", "团队协作", "M1", level="优秀", evidence="抢修")
    october.rating("T2", "teamwork", "M1", level="良好")
    october.rating("T2", "Teamwork", "M1")
    settled = october.settled(tmp_path)
    assert line(settled, "T2", "teamwork")["points"] == 10500
    assert [problem.subject for problem in told(settled, "rated_twice")] == ["T2"]


def test_of_several_targets_for_one_thing_the_largest_counts(october: World, tmp_path: Path) -> None:
    """Fails when two targets, one under each name of the metric, make the result depend on their order."""
    october.target("T1", "output", 40000)
    for number, world in enumerate((october, october.reordered(lambda rows: rows[::-1]))):
        settled = world.settled(tmp_path / str(number))
        assert line(settled, "T1", "output")["target"] == 40000 * 10**6
        assert [problem.subject for problem in told(settled, "several_targets")] == ["T1"]


def test_a_target_of_a_department_by_any_of_its_names(october: World, tmp_path: Path) -> None:
    """Fails when “store/department” in a file does not reach the people measured against it."""
    items = [{"metric": "on_time", "category": "key", "weight": "100", "curve": {"gate": {"met": 130, "missed": 0}}}]
    for name in ("车间", "workshop", "Workshop"):
        world = october_world()
        world.target(f"{STORE}/{name}", "on_time", "0.9")
        settled = world.settled(tmp_path / name, scheme(scorecards={"technician": {"items": items}}))
        assert line(settled, "T1", "on_time")["target"] == 900000
        assert total(settled, "T1")["score"] == 13000


def test_an_exemption_that_names_no_row_is_told(october: World, tmp_path: Path) -> None:
    """Fails when a slip in an order number lets the row count, while somebody believes that it was exempted."""
    october.exempted("repair_orders", f"{STORE}|R0030", "on_time")
    october.exempted("repair_orders", f"{STORE}|R9999", "on_time")
    october.exempted("repair_orders", "R0001", "on_time")
    (problem,) = told(october.settled(tmp_path), "exemption_without_row")
    assert problem.en.startswith("2 exemptions")
    assert "Store|Order number" in problem.en
    # one of the three keys is a row's
    (note,) = told(october.settled(tmp_path / "again"), "exempted")
    assert note.en.startswith("1 row of")


def test_an_exemption_without_a_row_is_called_no_row_that_does_not_count(october: World, tmp_path: Path) -> None:
    """Fails when the report says that a row was left out, and it was not."""
    october.exempted("repair_orders", f"{STORE}|R9999", "on_time")
    settled = october.settled(tmp_path)
    assert told(settled, "exempted") == []
    assert len(told(settled, "exemption_without_row")) == 1


@pytest.mark.parametrize("value", ["-1", "130.01", "500"])
@pytest.mark.parametrize("kind", ["appeal_points", "appeal_score"])
def test_points_that_no_form_can_show_are_not_taken(october: World, tmp_path: Path, kind: str, value: str) -> None:
    """Fails when a slip of a digit gives somebody 500 points, and so the maximum."""
    october.decision(kind, "T1", item="complaints", value=value)
    settled = october.settled(tmp_path)
    assert total(settled, "T1")["score"] == 10686
    (problem,) = told(settled, "decision_without_effect")
    assert "maximum" in problem.en


def test_ratings_that_do_not_count_are_told(october: World, tmp_path: Path) -> None:
    """Fails when somebody rates in vain: a colleague whom the scheme does not ask, or an item of another card."""
    october.rating("A1", "teamwork", "M1", level="良好")
    problems = told(october.settled(tmp_path), "rating_not_counted")
    # T1 rated T3 in the hand-worked month already; nobody is told of those left out of the month
    assert [(problem.subject, problem.en.split(": ")[1]) for problem in problems] == [
        ("A1", "the item is not on the scorecard"),
        ("T3", "the rater is none of those whom the scheme asks"),
    ]


def test_a_level_and_other_points_wait_and_are_told(october: World, tmp_path: Path) -> None:
    """Fails when 良好 counts and the 60 beside it are passed over, or nobody hears why the item waits."""
    october.rating("T2", "teamwork", "M1", level="良好", points="60")
    settled = october.settled(tmp_path)
    assert line(settled, "T2", "teamwork")["cause"] == "level_and_points"
    (problem,) = told(settled, "level_and_points")
    assert (problem.subject, problem.severity) == ("T2", "warning")
    assert "105.00" in problem.en and "60.00" in problem.en and "“良好”（105.00 分）" in problem.zh


def test_a_scheme_that_asks_colleagues_counts_them(october: World, tmp_path: Path) -> None:
    """Fails when a rater whom the scheme names is called none of its raters."""
    items = [{**item, "raters": {"other": "100"}} if "rating" in item else item for item in TECHNICIAN]
    settled = october.settled(tmp_path, scheme(scorecards={"technician": {"items": items}}))
    # the colleague's 优秀 of T3, with its example; those whom only the manager rated wait now
    assert line(settled, "T3", "teamwork")["points"] == 13000
    assert {problem.subject for problem in told(settled, "rating_not_counted")} == {"T1", "T2"}


@pytest.mark.parametrize("subject", ["张一", "朝阳", f"{STORE}/仓库", "T11"])
def test_targets_of_nobody_are_told(october: World, tmp_path: Path, subject: str) -> None:
    """Fails when a target set for a name, a misspelt store or an unknown department is silently not used."""
    october.target(subject, "output", 1000)
    (problem,) = told(october.settled(tmp_path), "target_of_nobody")
    assert subject in problem.zh
    assert problem.severity == "warning"


def test_targets_of_somebody_are_not(october: World, tmp_path: Path) -> None:
    """Fails when a good target is called one of nobody."""
    for subject in ("T4", STORE, f"{STORE}/车间", "group", "集团"):
        october.target(subject, "on_time", "0.9")
    assert told(october.settled(tmp_path), "target_of_nobody") == []
