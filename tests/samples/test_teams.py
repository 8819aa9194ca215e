"""The body shop's team in the sample: its members' figures by plain loops over the rows, and what is split is all."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.samples.sample import UNTIL, make_sample
from fairwrench.samples.teams import TEAM
from fairwrench.settlement.inputs.recorded_inputs import rows_of
from fairwrench.settlement.measure.values import value_at
from fairwrench.settlement.source.team_names import team_id
from tests.closing.quiet import Quiet

HERE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One store, one month, by the plans of commission."""
    folder: Path = tmp_path_factory.mktemp("teams")
    make_sample(folder / "data", stores=1, months=1)
    asked = SettleOptions(UNTIL, folder / "data", folder / "out", scheme="dealership_commission", lang="en")
    return settle_folder(asked, DuckDB(), Quiet())


def shares_on(settled: Run) -> dict[date, dict[str, Fraction]]:
    """First day of a set → member → share, by the file of shares alone."""
    found = settled.book.closed[UNTIL].settlement.found
    assert found is not None
    rows = rows_of("team_shares", settled.book.workspace.engine, found.evidence)
    assert rows is not None
    sets: dict[date, dict[str, Fraction]] = defaultdict(dict)
    for row in rows.to_dicts():
        sets[row["begin"]][row["employee_id"]] = Fraction(row["share"])
    return dict(sets)


def by_hand(settled: Run, what: str = "labour_amount") -> tuple[dict[str, Fraction], Fraction]:
    """Labour of customers' jobs by technician, and all of it, whoever did it."""
    found = settled.book.closed[UNTIL].settlement.found
    assert found is not None
    rows = rows_of("job_lines", settled.book.workspace.engine, found.evidence, "finished_at")
    assert rows is not None
    sets, (store,) = shares_on(settled), rows["store"].unique()
    each: dict[str, Fraction] = defaultdict(Fraction)
    whole = Fraction(0)
    for row in rows.to_dicts():
        if row["internal"] or row["order_kind"] == "internal" or row[what] is None:
            continue
        part = Fraction(row[what]) * (1 if row["share"] is None else Fraction(row["share"]))
        whole += part
        if row["technician"] == team_id(store, TEAM):
            day = row["finished_at"].astimezone(HERE).date()
            for member, share in sets[max(begin for begin in sets if begin <= day)].items():
                each[member] += part * share
        elif row["technician"]:
            each[row["technician"]] += part
    return each, whole


def test_members_have_their_part_and_all_of_it_is_split(settled: Run) -> None:
    """Fails when a member's labour is not one's own and one's share of the team's, to the last decimal."""
    settlement = settled.book.closed[UNTIL].settlement
    assert settlement.found is not None
    metric = settlement.scheme.metrics["labour_output"]
    found = {
        level: {
            unit: Fraction(int(n), int(d))
            for unit, n, d in value_at("labour_output", metric, level, settlement.found).select("unit", "n", "d").rows()
        }
        for level in ("person", "store")
    }
    expected, whole = by_hand(settled)
    members = {member for shares in shares_on(settled).values() for member in shares}
    assert len(members) >= 3
    assert found["person"] == expected
    assert sum(found["store"].values()) == whole
    assert [problem.code for problem in settlement.problems if problem.code.startswith("team_")] == []


def test_commission_follows(settled: Run) -> None:
    """Fails when panels that the team painted are paid to nobody, or whole to each member: the painter's are those of
    lines of one's own and one's share of the team's."""
    settlement = settled.book.closed[UNTIL].settlement
    paid = settlement.steps.filter(pl.col("subject") == "painter/panels").select("employee_id", "basis", "basis_digits")
    expected = by_hand(settled, "panels")[0]
    assert paid.height > 0
    for painter, basis, places in paid.rows():
        assert Fraction(basis, 10**places) == expected[painter] > 10
