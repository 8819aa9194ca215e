"""Rows of targets that cannot be meant: rejected as they are read, with what probably is, and said of the file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from fairwrench.catalog.loader import load_scheme
from fairwrench.closing.folder.landing import Handover, land_part, placed
from fairwrench.closing.folder.target_rows import metrics_by_word, plausible_targets
from fairwrench.ledger.intake.intake import Intake, intake
from tests.closing.small import OCTOBER, SOURCES, Group, roster

METRICS = metrics_by_word(load_scheme("dealership"))


def targets(*rows: tuple[str, str, str]) -> Intake:
    """Targets of 朝阳店 as intake reads them, held against the shipped scheme."""
    lines = [
        "对象,指标,月份,目标值,门店",
        *(f"{subject},{metric},2026-10,{value},朝阳店" for subject, metric, value in rows),
    ]
    text = ("\n".join(lines) + "\n").encode()
    found = intake(text, sources={"targets": SOURCES["targets"]}, roster=roster(), period=OCTOBER, name="目标值.csv")
    part = placed(found.sheets[0], SOURCES["targets"], roster(), "Asia/Shanghai", OCTOBER)
    return plausible_targets(part, METRICS)


@pytest.mark.parametrize(
    ("written", "says"),
    [("6.4", "0.064 (6.4 %)"), ("80", "0.8 (80 %)"), ("200%", "0.02 (2 %)"), ("200", "97 % as 0.97")],
)
def test_a_ratio_beyond_the_whole_is_rejected(written: str, says: str) -> None:
    """Fails when 6.4, 80 or 200 % is agreed for a rate of rework."""
    found = targets(("T1", "rework_rate", written))
    (row,) = found.rejected.to_dicts()
    assert (row["code"], row["row"], row["field"]) == ("implausible_target", 2, "value")
    assert says in row["reason_en"]
    assert (found.counts["accepted"], found.counts["rejected"]) == (0, 1)


@pytest.mark.parametrize("written", ["0.064", "6.4%", "0.8", "80%", "1", "100%"])
def test_parts_of_the_whole_are_taken(written: str) -> None:
    """Fails when a percentage written as one is rejected."""
    assert targets(("T1", "rework_rate", written)).rejected.is_empty()


def test_the_metric_may_be_named_in_words_and_others_stay() -> None:
    """Fails when a target that names its metric in Chinese slips by, or an amount of money is held to be a rate."""
    found = targets(("T1", "返修率", "3"), ("T1", "工单产值", "20000"), ("T2", "返修率", "0.03"))
    assert found.rejected["row"].to_list() == [2]
    assert found.accepted["value"].to_list() == [Decimal(20000), Decimal("0.03")]


def test_a_word_that_is_no_metric_is_left_to_the_settlement() -> None:
    """Fails when a target of an unknown metric stops the file here, where nobody can tell what it is."""
    assert targets(("T1", "没有的指标", "300")).rejected.is_empty()


def test_the_file_says_why_nothing_of_it_counts(tmp_path: Path) -> None:
    """Fails when a file whose only target was refused is said to have "no usable row": the person looks at stores."""
    part = targets(("T1", "rework_rate", "6.4"), ("T2", "rework_rate", "6.4"))
    handed = Handover(b"targets", OCTOBER, None, ["朝阳店"])
    (problem,) = land_part(part, SOURCES["targets"], Group(tmp_path / "ledger").ledger, handed).problems
    assert (problem.code, problem.severity) == ("speaks_for_nobody", "warning")
    assert problem.en.startswith("all of it, 2 rows were rejected")
    assert "did you mean 0.064 (6.4 %)?" in problem.en and "是否想写 0.064（6.4 %）" in problem.zh


@pytest.mark.parametrize(
    ("metric", "written"), [("output", "40%"), ("output", "0.4"), ("advisor_output", "120%"), ("output", "40％")]
)
def test_a_percentage_of_an_amount_of_money_is_rejected(metric: str, written: str) -> None:
    """Fails when a target of 40 % of the year's output is agreed as 0.40 yuan a month."""
    (row,) = targets(("朝阳店", metric, written)).rejected.to_dicts()
    assert (row["code"], row["row"]) == ("implausible_target", 2) and "no rate" in row["reason_en"]


@pytest.mark.parametrize(("metric", "written"), [("output", "3千"), ("output", "40000"), ("rework_rate", "4%")])
def test_targets_that_may_be_meant_stay(metric: str, written: str) -> None:
    """Fails when an amount, or a rate in percent, is taken for a slip."""
    assert targets(("朝阳店", metric, written)).rejected.is_empty()
