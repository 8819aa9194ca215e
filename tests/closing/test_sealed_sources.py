"""What decides is sealed: a month goes by its sources as they were defined then, whatever is in force today."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl

from fairwrench.closing.book import Book
from fairwrench.closing.check.verify import verify
from fairwrench.closing.month import Closed, evidence_of, seal_month, settle_sealed
from fairwrench.closing.run_files import FRAMES, LEDGER, read_kept, sealed_roster
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.seal.seal import sealed_sources
from fairwrench.settlement.case import CORRECTIONS, HISTORY
from fairwrench.settlement.source.source import Recurrence, Source
from tests.closing.small import MONTHS, OCTOBER, SOURCES, Group, evidence, scheme

NONE = pl.DataFrame(schema=HISTORY), pl.DataFrame(schema=CORRECTIONS)


def with_days(source: Source, days: int) -> Source:
    """A source whose comebacks are told within other days."""
    derived = {
        name: column.model_copy(update={"days": days}) if isinstance(column, Recurrence) else column
        for name, column in source.derived.items()
    }
    return source.model_copy(update={"derived": derived})


#: a vehicle comes back on the 25th day of the month in every month; within five days none does
CHANGED = {**SOURCES, "job_lines": with_days(SOURCES["job_lines"], 5)}


def figures(closed: Closed) -> dict[str, pl.DataFrame]:
    return {name: getattr(closed.settlement, name) for name in FRAMES}


def test_the_change_of_these_tests_decides_something(group: Group) -> None:
    """Fails when the tests below would be kept by a change that no figure depends on."""
    before = seal_month(group.office, (scheme(),), OCTOBER)
    now = replace(group.office, sources=CHANGED)
    after = seal_month(now, (scheme(),), OCTOBER)
    assert before.digest != after.digest
    points = [settle_sealed(now, scheme(), sealed, *NONE).settlement.lines["points"] for sealed in (before, after)]
    assert not points[0].equals(points[1])


def test_a_seal_holds_the_definitions_of_its_sources(out: Path) -> None:
    """Fails when a source, or the order of its derived columns, is not the one that the month was settled by."""
    kept = read_kept(out)
    assert set(kept.sources) == set(kept.seal.sources)
    for name, source in kept.sources.items():
        assert source == SOURCES[name]
        assert list(source.derived) == list(SOURCES[name].derived) and list(source.columns) == list(
            SOURCES[name].columns
        )


def test_a_sealed_month_is_settled_by_the_definitions_of_then(group: Group) -> None:
    """Fails when changing `days` of a derived column changes a month that was sealed before: 83 figures of one did."""
    sealed = seal_month(group.office, (scheme(),), OCTOBER)
    then = settle_sealed(group.office, scheme(), sealed, *NONE)
    now = replace(group.office, sources=CHANGED)
    again = settle_sealed(now, scheme(), sealed, *NONE)
    assert {name: frame.equals(figures(then)[name]) for name, frame in figures(again).items()} == dict.fromkeys(
        FRAMES, True
    )
    assert evidence_of(sealed, now, (scheme(),)).sources["job_lines"].source == SOURCES["job_lines"]


def test_verify_reads_nothing_but_the_seal(out: Path) -> None:
    """Fails when a month is equal only as long as the program's own kinds of file stay as they are."""
    sealed = json.loads((out / "seal.json").read_bytes())["documents"]["sources"]
    assert "job_lines" in json.loads((out / LEDGER / sealed["path"]).read_bytes())
    assert verify(out, DuckDB(threads=1)).equal


def test_one_changed_definition_is_named(out: Path) -> None:
    """Fails when somebody changes in the seal within how many days a comeback counts, and is not told which value."""
    kept = read_kept(out)
    path = out / LEDGER / kept.seal.documents["sources"].path
    path.chmod(0o644)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"days":30', '"days":5', 1), encoding="utf-8")
    verification = verify(out, DuckDB(threads=1))
    assert verification.cause == "evidence"
    told = [problem.text("en") for problem in verification.problems]
    assert any("days" in line and "30" in line and "5" in line for line in told), told
    # the other copy is whole, so explanations go by that
    assert sealed_sources(kept.seal, out / LEDGER)["job_lines"] == SOURCES["job_lines"]


def test_a_correction_goes_by_the_definitions_of_the_month_it_corrects(group: Group) -> None:
    """Fails when late evidence of one kind pays out what a changed definition of another would have given."""
    book = Book(group.office, scheme())
    for month in MONTHS:
        book.close(month)
    november = OCTOBER.plus(1)
    paid = next(row for row in evidence(OCTOBER)["payroll"] if row["employee_id"] == "T2")
    group.land("payroll", [{**paid, "commission": paid["commission"] + 100}], november)
    group.land_month(november)
    corrections = []
    for sources in (SOURCES, CHANGED):
        known = dict(book.known)
        later = Book(replace(group.office, sources=sources), scheme(), closed=dict(book.closed), known=known)
        corrections.append(later.close(november).case.corrections)
    assert corrections[0].equals(corrections[1])
    assert corrections[0].select("employee_id", "month").rows() == [("T2", "2026-10")]


def test_the_roster_beside_it_is_read_as_before(out: Path) -> None:
    """Fails when the further document takes the place of another."""
    kept = read_kept(out)
    assert sealed_roster(kept.seal, out / LEDGER)["employee_id"].n_unique() == 9
