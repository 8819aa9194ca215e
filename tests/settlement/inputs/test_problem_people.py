"""Problems name people, not only numbers."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.inputs.problem_people import with_names
from fairwrench.settlement.problem import Problem

ROSTER = pl.DataFrame({"employee_id": ["E1", "E10", "E1"], "name": ["旧名", "李二", "张一"]})


def said(zh: str, en: str, subject: str) -> tuple[str, str]:
    (problem,) = with_names([Problem("x", zh, en, subject=subject)], ROSTER)
    return problem.zh, problem.en


def test_a_number_alone_gets_its_name() -> None:
    """Fails when the settling clerk has to look up who E1 is, or E10 is taken for E1."""
    assert said("E1 的工资暂不能核算", "the pay of E1 cannot be settled", "E1") == (
        "张一（E1）的工资暂不能核算",
        "the pay of 张一 (E1) cannot be settled",
    )
    assert said("E10 和 E1", "E10 and E1", "E1")[1] == "E10 and 张一 (E1)"


def test_who_is_named_is_not_named_twice() -> None:
    """Fails when somebody is called 张一（张一（E1））."""
    assert said("张一（E1）有扣款", "张一 (E1) has a deduction", "E1") == (
        "张一（E1）有扣款",
        "张一 (E1) has a deduction",
    )


def test_other_subjects_stay_as_they_are() -> None:
    """Fails when a store or a kind of file is taken for a person."""
    assert said("朝阳店的等级", "the grades of 朝阳店", "朝阳店") == ("朝阳店的等级", "the grades of 朝阳店")
