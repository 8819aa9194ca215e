"""Explanations say what was settled, figure by figure, and can be redone from what they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.csv_export import tables
from fairwrench.settlement.explain.explain import Step, explain
from fairwrench.settlement.settle import Settlement
from tests.settlement.month_fixtures import (
    ADVISOR,
    FINISHED,
    SOURCES,
    STORE,
    TECHNICIAN,
    World,
    october_world,
    scheme,
)

LABOUR = {**FINISHED, "value": "sum(labour_amount)"}
PLAN = {
    "lines": {"labour": {"measure": LABOUR, "tiers": [["0", "0.02"], ["20000", "0.03"]]}},
    "factors": [{"attainment": "output", "of": "store", "cap": "1.00"}, {"score": True}],
}
POOL = {"draw": {"metric": "output", "rate": "0.05"}, "split": {"technician": "70", "service_advisor": "30"}}


@pytest.fixture
def october() -> World:
    """T1 106.86, T2 96.51, A1 88.43; T3 waits for a rating, T4 is on probation."""
    return october_world()


def rich(october: World, folder: Path) -> Settlement:
    """A month with everything on the payslip: plans, a pool, deductions, corrections, an appeal."""
    october.rating("T3", "teamwork", "M1", level="良好")
    october.decision("deduction", "T1", value="12.50", reason="损坏工具")
    october.decision("appeal_score", "A1", value="91.20")
    october.decision("calibrated_points", "T2", item="complaints", value="100")
    under = scheme(pay={"commission": {"technician": PLAN}}, pools={"bonus": POOL})
    return october.settled(folder, under, corrections=[("T2", "2026-09", -1234, "correction of 2026-09")])


def steps(settled: Settlement, person: str) -> dict[str, Step]:
    """The steps of a person's month by key; a key that stands several times keeps the first."""
    found: dict[str, Step] = {}
    for _, step in explain(settled, person, sources=SOURCES).walk():
        found.setdefault(step.key, step)
    return found


def everybody(settled: Settlement) -> list[str]:
    return [str(person) for person in settled.totals["employee_id"]]


def same(figure: str, cell: str | None) -> bool:
    """A figure of the tree and a cell of a csv: both empty, or the same number."""
    number = figure.removesuffix(" %").split(" ")[0]
    if cell in (None, "") or number == "—":
        return (cell or "—") == number
    if not figure.endswith(" %"):
        return Decimal(number) == Decimal(cell or 0)
    return Decimal(number) == (Decimal(cell or 0) * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def test_every_figure_is_that_of_the_files(october: World, tmp_path: Path) -> None:
    """Fails when somebody reads another figure in the explanation than on the payslip or the form."""
    settled = rich(october, tmp_path)
    files = tables(settled)
    checked = 0
    for person in everybody(settled):
        found = steps(settled, person)
        pay = files["pay.csv"].filter(pl.col("employee_id") == person).row(0, named=True)
        total = files["totals.csv"].filter(pl.col("employee_id") == person).row(0, named=True)
        for key in ("total", "performance_pay", "base", "fixed_part", "pool_pay", "deductions", "corrections"):
            # what is nothing is not shown
            shown = found[key].figure if key in found else "0"
            assert same(shown, pay[key] or "0" if key not in found else pay[key]), (person, key, shown, pay[key])
        assert same(found["score"].figure, total["score"])
        assert found["score"].figure.partition(" ")[2] == (total["grade"] or "")
        for row in files["items.csv"].filter(pl.col("employee_id") == person).iter_rows(named=True):
            step = found[f"item.{row['item']}"]
            assert same(step.figure, row["points"]), (person, row)
            for part in ("numerator", "denominator", "value"):
                if inner := found.get(f"{part}.{row['item']}"):
                    assert same(inner.figure, row[part]), (person, part, inner.figure, row)
                    checked += 1
    assert checked > 20


def test_the_score_can_be_redone_from_what_is_shown(october: World, tmp_path: Path) -> None:
    """Fails when points, weights and bonus as shown do not give the score as shown."""
    settled = october.settled(tmp_path)
    for person in ("T1", "T2", "A1"):
        step = steps(settled, person)["score"]
        terms, weights, bonus = re.fullmatch(r"\((.+)\) ÷ ([\d.]+)(?: \+ ([\d.]+))?", step.how.zh).groups()  # type: ignore[union-attr]
        top = sum(Decimal(a) * Decimal(b) for a, b in (term.split("×") for term in terms.split(" + ")))
        assert half_up(Fraction(top) / Fraction(weights)) + Decimal(bonus or 0) == Decimal(step.figure.split(" ")[0])


def test_performance_pay_can_be_redone(october: World, tmp_path: Path) -> None:
    """Fails when base × coefficient as shown is not the performance pay as shown."""
    settled = rich(october, tmp_path)
    for person in ("T1", "T2", "T3", "A1"):
        step = steps(settled, person)["performance_pay"]
        base, rate = re.search(r"base ¥([\d.,]+) × coefficient ([\d.]+) %", step.how.en).groups()  # type: ignore[union-attr]
        assert half_up(Fraction(base.replace(",", "")) * Fraction(rate) / 100) == Decimal(step.figure)


def test_the_total_is_the_sum_of_its_parts(october: World, tmp_path: Path) -> None:
    """Fails when an amount of the payslip is explained but not counted, or counted but not explained."""
    settled = rich(october, tmp_path)
    for person in ("T1", "T2", "A1"):
        root = explain(settled, person, sources=SOURCES)
        signs = {"deductions": -1}
        parts = sum(Decimal(part.figure) * signs.get(part.key, 1) for part in root.parts)
        assert parts == Decimal(root.figure), person


def test_a_planned_commission_is_explained_line_by_line(october: World, tmp_path: Path) -> None:
    """Fails when commission that the scheme works out is explained by the payroll, or a tier is missing."""
    base = steps(rich(october, tmp_path), "T1")["base"]
    # 20000 × 0.02 and 17035 × 0.03, together 911.05; the store's factor is cut at 1.00, the score's is 1.0686
    assert [(part.key, part.figure) for part in base.parts] == [
        ("commission.commission_line", "400.00"),
        ("commission.commission_line", "511.05"),
        ("commission.commission_sum", "911.05"),
        ("commission.commission_attainment", "1.003031"),
        ("commission.commission_factor", "1"),
        ("commission.commission_factor", "1.0686"),
        ("commission.commission", "973.55"),
    ]
    (behind,) = base.parts[0].rows
    assert (behind.measure.source, behind.level, behind.unit) == ("repair_orders", "person", "T1")
    assert base.parts[-1].rows == ()


def test_commission_handed_in_leads_to_its_row(october: World, tmp_path: Path) -> None:
    """Fails when a payroll figure leads nowhere."""
    (part,) = steps(october.settled(tmp_path), "T1")["base"].parts
    assert (part.figure, part.rows[0].measure.source) == ("6180.00", "payroll")


def test_a_share_of_a_pool_shows_the_own_claim(october: World, tmp_path: Path) -> None:
    """Fails when somebody cannot see by what the pool was shared."""
    parts = steps(rich(october, tmp_path), "T1")["pool_pay"].parts
    claim = next(part for part in parts if part.key == "pool.pool_claim")
    assert claim.figure == "106.86"
    share = next(part for part in parts if part.key == "pool.pool_share")
    assert Decimal(share.figure) == Decimal(steps_total(parts))


def steps_total(parts: tuple[Step, ...]) -> str:
    return next(part.figure for part in parts if part.key == "pay.pool_pay")


def test_each_scorecard_explains_its_own_curve(october: World, tmp_path: Path) -> None:
    """Fails when two cards score one metric by different curves and the explanation shows the other card's."""
    gate = {"gate": {"met": "130", "missed": "0"}}
    items = [
        {**ADVISOR[0], "target": "0.80", "curve": gate, "name": {"zh": "全店准时", "en": "Store on time"}},
        ADVISOR[1],
    ]
    settled = october.settled(tmp_path, scheme(scorecards={"advisor": {"items": items}}))
    advisor, technician = steps(settled, "A1")["item.on_time"], steps(settled, "T1")["item.on_time"]
    assert (advisor.title.zh, advisor.figure, advisor.reference) == ("全店准时", "130.00", "S1 ❶")
    assert "达到目标得 130 分" in advisor.how.zh
    assert (technician.title.zh, technician.reference) == ("准时竣工率", "S3 叁")
    assert "95 % → 100" in technician.how.zh
    assert explain(settled, "A1", "on_time", sources=SOURCES) == advisor


def test_a_stores_figure_is_told_without_whom_rows_are_credited_to(october: World, tmp_path: Path) -> None:
    """Fails when a store's output seems to leave out the orders of those who are not technicians."""
    settled = october.settled(tmp_path)
    own, stores = steps(settled, "T1")["value.output"], steps(settled, "A1")["value.output"]
    assert own.how.en == "sum of Labour amount in Repair orders (dated by Finished, credited to Technician)"
    assert stores.how.en == "sum of Labour amount in Repair orders (dated by Finished)"
    assert stores.rows[0].measure == own.rows[0].measure


def test_a_thin_figure_shows_the_departments_that_counts(october: World, tmp_path: Path) -> None:
    """Fails when 3 of 4 is shown where the department's 51 of 56 gave the points."""
    few = World(october.roster, {**october.rows})
    few.rows["repair_orders"] = [row for row in few.rows["repair_orders"] if row["technician"] != "T3"]
    few.orders("T3", "2026-10-14", finished=4, on_time=3)
    items = [{**TECHNICIAN[0], "when_thin": "unit", "weight": "100"}]
    found = steps(few.settled(tmp_path, scheme(scorecards={"technician": {"items": items}})), "T3")
    # T1 29/30, T2 8/8 here, T4 4/8, T3 3/4
    assert (found["numerator.on_time"].figure, found["denominator.on_time"].figure) == ("44", "50")
    assert found["value.on_time"].figure == "88 %"
    assert found["numerator.on_time"].rows[0].unit == f"{STORE}|workshop"
    assert found["numerator.on_time"].rows[0].level == "department"
    # 0.88: 60 + 40 × 0.08 ÷ 0.15 = 81.33
    assert found["item.on_time"].figure == "81.33"
    assert found["item.on_time"].note is not None


def test_why_somebody_has_no_score(october: World, tmp_path: Path) -> None:
    """Fails when people read a code instead of a reason."""
    october.decision("exclude", "T2", reason="长期病假")
    settled = october.settled(tmp_path)
    notes = {person: steps(settled, person)["score"].note for person in ("T2", "T3", "T4", "M1")}
    assert {person: note.zh for person, note in notes.items() if note} == {
        "T2": "经批准不参加考核",
        "T3": "尚缺：团队协作",
        "T4": "试用期超过当月天数的一半，不参加考核",
        "M1": "所任岗位没有考核表，不参加考核",
    }


def test_why_somebody_is_not_paid_yet(october: World, tmp_path: Path) -> None:
    """Fails when a payslip is empty and does not say what it waits for."""
    october.rows["payroll"] = []
    october.missing = frozenset({"repair_orders"})
    settled = october.settled(tmp_path, scheme(pools={"bonus": POOL}))
    root = explain(settled, "T1", sources=SOURCES)
    assert root.figure == "—"
    assert root.note is not None
    assert root.note.zh == "暂不能核算：当月提成缺数据、考核得分未定、奖金池尚未确定"
    assert {part.key: part.figure for part in root.parts} == {
        **{"performance_pay": "—", "fixed_part": "3000.00", "pool_pay": "—"}
    }


def test_what_people_decided_is_said(october: World, tmp_path: Path) -> None:
    """Fails when an appeal, a calibration, lateness or the cap changes a figure and the explanation keeps silent."""
    october.decision("appeal_score", "A1", value="91.20")
    october.decision("calibrated_points", "T1", item="complaints", value="100")
    october.decision("confirm_fine", "T2", value="5")
    october.rating("T3", "teamwork", "M1", level="优秀", evidence="连续加班")
    october.rating("T3", "urgent", "M1", points=5)
    always = {"piecewise": [["0.0", "130"], ["1.0", "130"]]}
    items = [{**item, **({"curve": always} if item.get("metric") == "output" else {})} for item in TECHNICIAN]
    under = scheme(cycle={"lateness": {"effect": "points"}}, scorecards={"technician": {"items": items}})
    settled = october.settled(tmp_path, under)
    told = {person: steps(settled, person) for person in ("A1", "T1", "T2", "T3")}
    assert told["A1"]["score"].note is not None and "原为 88.43" in told["A1"]["score"].note.zh
    assert told["T1"]["item.complaints"].note is not None and "等级评议会" in told["T1"]["item.complaints"].note.zh
    assert told["T2"]["score"].note is not None and "扣 5.00 分" in told["T2"]["score"].note.zh
    assert told["T2"]["score"].how.zh.endswith("− 5.00")
    # 130 in all four items and 5 on top
    assert told["T3"]["score"].figure == "130.00 A"
    assert told["T3"]["score"].note is not None and "130.00" in told["T3"]["score"].note.zh


def test_only_what_was_recorded_is_read(october: World, tmp_path: Path) -> None:
    """Fails when an explanation computes anything: without evidence, and read back from disk, it is the same."""
    settled = rich(october, tmp_path)
    kept = replace(settled, found=None, **reread(settled, tmp_path))
    for person in everybody(settled):
        assert explain(kept, person, sources=SOURCES) == explain(settled, person, sources=SOURCES)


def reread(settled: Settlement, folder: Path) -> dict[str, Any]:
    frames = {}
    for field in fields(settled):
        if isinstance(frame := getattr(settled, field.name), pl.DataFrame):
            frame.write_parquet(folder / f"{field.name}.parquet")
            frames[field.name] = pl.read_parquet(folder / f"{field.name}.parquet")
    return frames


def test_every_sentence_is_whole_in_both_languages(october: World, tmp_path: Path) -> None:
    """Fails when a page shows a code, half a sentence, or nothing in one of the languages."""
    settled = rich(october, tmp_path)
    for person in everybody(settled):
        for step in walk(explain(settled, person, sources=SOURCES)):
            assert step.title.zh and step.title.en, step
            for text in (step.title.zh, step.title.en, step.how.zh, step.how.en, step.note.en if step.note else ""):
                assert "_" not in text, step
                assert not text.endswith((": ", "：", "× ", "÷ ")), step
                assert "None" not in text, step


def walk(step: Step) -> Iterator[Step]:
    return (each for _, each in step.walk())


def test_somebody_or_something_unknown(october: World, tmp_path: Path) -> None:
    """Fails when an unknown person gets somebody else's explanation, or a person an item of another card."""
    settled = october.settled(tmp_path)
    for person, item in (("X9", None), ("A1", "teamwork")):
        with pytest.raises(KeyError):
            explain(settled, person, item, sources=SOURCES)


def half_up(value: Fraction) -> Decimal:
    """Two decimals, by another way than the program's."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
