"""Side files of derived columns: taken over where nothing that they hang on has changed, worked out anew elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from fairwrench.closing.month import Workspace, seal_month
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.measure.measure import Evidence
from tests.closing.small import CHAOYANG, OCTOBER, SEPTEMBER, Group, evidence, roster, scheme


class Deriving(DuckDB):
    """DuckDB that tells of which sources it worked out derived columns."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.derived: list[str] = []

    def derive(self, source: str, columns: Iterable[str], evidence: Evidence, target: str) -> int:
        """Note and answer."""
        self.derived.append(source)
        return super().derive(source, columns, evidence, target)


@pytest.fixture
def engine() -> Deriving:
    return Deriving()


def sealed(group: Group, engine: Deriving) -> Seal:
    office: Workspace = replace(group.office, engine=engine)
    return seal_month(office, (scheme(),), OCTOBER)


def side(group: Group, seal: Seal) -> Path:
    return group.folder / seal.derived["job_lines"].path


def rows(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path).sort("_id")


def rating() -> dict[str, str]:
    """A rating of T1 in another word than the first one."""
    (row,) = (row for row in evidence(OCTOBER)["ratings"] if row["employee_id"] == "T1")
    return {**row, "level": "优秀"}


def test_a_rating_or_a_roster_makes_a_new_seal_and_no_new_columns(group: Group, engine: Deriving) -> None:
    """Fails when comebacks are looked for again because somebody was rated or has another salary."""
    first = sealed(group, engine)
    group.land("ratings", [rating()], OCTOBER, [CHAOYANG])
    rated = sealed(group, engine)
    paid = sealed(replace(group, people=roster().with_columns(full_salary=pl.col("full_salary") + 100)), engine)
    assert len({first.digest, rated.digest, paid.digest}) == 3
    assert engine.derived == ["job_lines"]
    # one file on the disk under three names, each in the folder of its own seal
    places = [side(group, seal) for seal in (first, rated, paid)]
    assert len({place.parent for place in places}) == 3
    assert all(place.samefile(places[0]) for place in places)
    assert first.derived["job_lines"].sha256 == paid.derived["job_lines"].sha256


@pytest.mark.parametrize("source", ["job_lines", "repair_orders"])
def test_a_landing_of_what_they_are_worked_out_from_makes_new_columns(
    group: Group, engine: Deriving, source: str
) -> None:
    """Fails when a visit handed in later is no comeback because columns of before were taken over."""
    first = sealed(group, engine)
    changed = {**evidence(OCTOBER)[source][0], "opened_at": evidence(OCTOBER)[source][3]["opened_at"]}
    group.land(source, [changed], OCTOBER, [CHAOYANG])
    after = sealed(group, engine)
    assert engine.derived == ["job_lines", "job_lines"]
    assert side(group, first).name.split(".")[1] != side(group, after).name.split(".")[1]
    # the row that gave way has no columns any more where it was a job's own
    gone = rows(side(group, first)).join(rows(side(group, after)), on="_id", how="anti")
    assert gone.height == (1 if source == "job_lines" else 0)


def test_another_month_or_another_engine_takes_nothing_over(group: Group, engine: Deriving) -> None:
    """Fails when October is settled with the comebacks of September: the window is another one."""
    office = replace(group.office, engine=engine)
    seals = [seal_month(office, (scheme(),), month) for month in (SEPTEMBER, OCTOBER)]
    assert engine.derived == ["job_lines", "job_lines"]
    assert not rows(side(group, seals[0])).equals(rows(side(group, seals[1])))


def test_a_changed_side_file_is_not_taken_over(group: Group, engine: Deriving) -> None:
    """Fails when a byte changed by hand, or cut off by a full disk, would reach the next seal."""
    first = sealed(group, engine)
    whole, path = rows(side(group, first)), side(group, first)
    path.chmod(0o644)
    whole.with_columns(repeat_within_30d=pl.lit(True)).write_parquet(path)
    group.land("ratings", [rating()], OCTOBER, [CHAOYANG])
    after = sealed(group, engine)
    assert engine.derived == ["job_lines", "job_lines"]
    assert rows(side(group, after)).equals(whole)


def test_where_files_cannot_be_linked_they_are_copied(
    group: Group, engine: Deriving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a ledger on a file system without links cannot be sealed twice."""

    def refused(*_: object) -> None:
        raise OSError("no links here")

    first = sealed(group, engine)
    monkeypatch.setattr("fairwrench.closing.kept.derived_columns.os.link", refused)
    group.land("ratings", [rating()], OCTOBER, [CHAOYANG])
    after = sealed(group, engine)
    assert engine.derived == ["job_lines"]
    assert not side(group, after).samefile(side(group, first))
    assert side(group, after).read_bytes() == side(group, first).read_bytes()
