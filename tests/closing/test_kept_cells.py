"""What is kept of a sealed month: the same figures as measured anew, and never figures of something else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.looking import ASKED
from bench.making import make
from bench.ours import NO_CORRECTIONS, NO_HISTORY, office, scheme
from bench.sizes import MONTH, TINY
from fairwrench.closing.check.tracing import rows_behind
from fairwrench.closing.csv_export import tables
from fairwrench.closing.kept.kept_cells import CELLS
from fairwrench.closing.month import Workspace, seal_month, settle_sealed
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.explain.explain import RowsBehind
from fairwrench.settlement.measure.measure import Evidence, Pass


class Counting(DuckDB):
    """DuckDB that tells which measures it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def cells(self, asked: Pass, evidence: Evidence) -> pl.DataFrame:
        """Note and answer."""
        self.asked += [planned.key for planned in asked.measures]
        return super().cells(asked, evidence)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Seal]]:
    folder = tmp_path_factory.mktemp("kept") / "ledger"
    make(folder, TINY)
    here = replace(office(folder, TINY), engine=Counting())
    yield here, seal_month(here, (scheme(),), MONTH)


def settled(here: Workspace, seal: Seal, rules: str = "scheme") -> dict[str, pl.DataFrame]:
    return tables(settle_sealed(here, scheme(rules), seal, NO_HISTORY, NO_CORRECTIONS).settlement)


def asked(here: Workspace) -> list[str]:
    engine: Any = here.engine
    told, engine.asked = engine.asked, []
    return list(told)


def test_what_was_measured_is_only_scored_again_with_the_same_figures(sealed: tuple[Workspace, Seal]) -> None:
    """Else a replay would cost a pass over the evidence, or come to other figures than the month itself."""
    here, seal = sealed
    first = settled(here, seal)
    assert len(asked(here)) > 10
    again = settled(here, seal)
    assert asked(here) == []
    assert all(again[name].equals(first[name]) for name in first)
    other = settled(here, seal, "scheme_against")
    assert asked(here) == []
    assert not other["totals.csv"].equals(first["totals.csv"])


def test_a_kept_file_that_was_changed_is_worked_out_anew(sealed: tuple[Workspace, Seal]) -> None:
    """Else a file cut short by a kill, or touched by a hand, would be paid out: its pass is run again."""
    here, seal = sealed
    first = settled(here, seal)
    asked(here)
    kept = sorted(Path(here.ledger.folder, seal.folder, CELLS).glob("*.parquet"))
    frame = pl.read_parquet(kept[0])
    frame.with_columns(pl.col("value") + 1).write_parquet(kept[0])
    again = settled(here, seal)
    # the measures of that file's source, and of no other
    assert 1 <= len(asked(here)) < 10
    assert all(again[name].equals(first[name]) for name in first)


def test_rows_behind_a_figure_are_the_same_with_and_without_kept_cells(sealed: tuple[Workspace, Seal]) -> None:
    """Else looking only into the stores that the cells name would hide rows."""
    here, seal = sealed
    settled(here, seal)
    bare = Workspace(here.ledger, DuckDB(), here.sources, here.roster)
    rules = scheme()
    for metric, _ in ASKED:
        measure = rules.metrics[metric].numerator
        for person in ("S0000P01", "S0001P02", "S0000P05"):
            behind = RowsBehind(metric, "numerator", measure, "person", person)
            quick = rows_behind(behind, here, seal, rules)
            unkept = replace(seal, program="another")
            assert quick.equals(rows_behind(behind, bare, unkept, rules))
