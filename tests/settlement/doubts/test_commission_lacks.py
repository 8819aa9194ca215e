"""What keeps a plan's commission from being worked out is named, and not the payroll, which the plan sets aside."""

from __future__ import annotations

import polars as pl

from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.doubts.commission_lacks import commission_problems, lines_without_evidence

PLANNED = load_scheme("dealership_commission")


def test_all_who_lack_the_same_are_told_in_one_sentence() -> None:
    """Fails when somebody is sent for another file than the one that lacks, or forty people get forty sentences."""
    earned = pl.DataFrame({"employee_id": ["E1", "E2", "E3", "E4"], "missing": ["panels", "panels", "", "output"]})
    positions = pl.DataFrame({"employee_id": ["E1", "E2", "E3", "E4"], "position": ["painter"] * 3 + ["technician"]})
    told = [*commission_problems(earned, positions, PLANNED)]
    assert [(problem.code, problem.details["people"]) for problem in told] == [
        ("commission_lacks", "E1, E2"),
        ("commission_lacks", "E4"),
    ]
    assert "“喷漆面数”" in told[0].zh
    assert "“产值”" in told[1].zh


def test_people_wait_for_what_their_lines_count() -> None:
    """Fails when the list of what to hand in does not name the file of a line that could not be worked out."""
    steps = pl.DataFrame(
        {
            "employee_id": ["E1", "E1", "E2", "E2"],
            "step": ["commission_line", "commission_line", "commission_line", "commission_factor"],
            "subject": ["service_advisor/care_products", "service_advisor/renewals", "painter/panels", "output"],
            "amount": [None, None, 2_800, None],
        }
    )
    assert lines_without_evidence(steps, PLANNED).rows() == [("E1", "care_products"), ("E1", "renewals")]
