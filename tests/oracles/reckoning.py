"""The same metric twice: by its oracle over plain tables, and by the program over the ledger's files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

import duckdb
import polars as pl

from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import Cells, Evidence, Placed, Plan, SealedSource, digits, plan, run
from fairwrench.settlement.scheme.cycle import Cycle
from fairwrench.settlement.scheme.scheme import Bands, Measure, Metric, Pay, Scheme, Standing
from fairwrench.settlement.source.source import Source, Text
from tests.oracles.evidence import PEOPLE, SEALED_BATCH, STORES, ZONE, current

FOLDER = Path(__file__).parent
#: what lines of commission are paid by
COMMISSION = FOLDER / "commission"
#: (level, subject) → (numerator, denominator); a plain sum has no denominator
Figures = dict[tuple[str, str], tuple[Fraction, Fraction | None]]

PERSONS = pl.DataFrame({
    "employee_id": PEOPLE,
    "store": [STORES[number % len(STORES)] for number in range(len(PEOPLE))],
    "department": ["service"] * len(PEOPLE),
})  # fmt: skip
MOVERS = pl.DataFrame(schema={"employee_id": pl.Utf8, "first": pl.Date, "last": pl.Date, "department": pl.Utf8})
TEAMS = pl.DataFrame(schema={"employee_id": pl.Utf8, "unit": pl.Utf8})


def stems(oracles: Path = FOLDER) -> list[str]:
    """What has an oracle in the folder: the metrics, unless said otherwise."""
    return sorted(path.stem for path in oracles.glob("*.sql"))


def counts_for_persons(stem: str, oracles: Path = FOLDER) -> bool:
    """True when the oracle works its figure out for persons too."""
    return "'person' AS level" in (oracles / f"{stem}.sql").read_text(encoding="utf-8")


def open_tables(frames: Mapping[str, pl.DataFrame], month: Month) -> duckdb.DuckDBPyConnection:
    """A connection that holds the current rows of every source and the variables that oracles read."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, frame in frames.items():
        connection.register("incoming", current(frame))
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')
        connection.unregister("incoming")
    begin, end = month.bounds_utc(ZONE)
    variables = {
        "month_first": f"DATE '{month.first}'",
        "next_month_first": f"DATE '{month.plus(1).first}'",
        "utc_begin": f"TIMESTAMPTZ '{begin.isoformat()}'",
        "utc_end": f"TIMESTAMPTZ '{end.isoformat()}'",
        "time_zone": f"'{ZONE}'",
    }
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = {value}")
    return connection


def by_oracle(connection: duckdb.DuckDBPyConnection, stem: str, oracles: Path = FOLDER) -> Figures:
    """What the oracle says."""
    found = connection.execute((oracles / f"{stem}.sql").read_text(encoding="utf-8")).fetchall()
    return {
        (level, subject): (Fraction(top or 0), None if bottom is None else Fraction(bottom))
        for level, subject, top, bottom in found
    }


class Program:
    """All metrics worked out by the program in one run, over the ledger's files in a folder."""

    def __init__(
        self, sources: Mapping[str, Source], metrics: Mapping[str, Metric], frames: Mapping[str, pl.DataFrame],
        month: Month, folder: Path,
    ) -> None:  # fmt: skip
        self.sources, self.metrics, self.engine = sources, metrics, DuckDB(memory="1GB", threads=1)
        bare = {name: SealedSource(sources[name], written_files(name, frame, folder), upto_batch=SEALED_BATCH)
                for name, frame in frames.items()}  # fmt: skip
        plain = Evidence(month, ZONE, bare)
        whole = {name: self._with_derived(name, sealed, plain, folder) for name, sealed in bare.items()}
        self.plan: Plan = plan(metrics_alone(metrics), sources)
        self.cells: Cells = run(self.plan, self.engine, Evidence(month, ZONE, whole), Placed(PERSONS, MOVERS, TEAMS))

    def figures(self, stem: str) -> Figures:
        """What the program says."""
        metric = self.metrics[stem]
        tops = self._part(stem, "numerator", metric.numerator)
        if metric.denominator is None:
            return {unit: (top, None) for unit, top in tops.items()}
        bottoms = self._part(stem, "denominator", metric.denominator)
        nothing = Fraction(0)
        return {unit: (tops.get(unit, nothing), bottoms.get(unit, nothing)) for unit in {*tops, *bottoms}}

    def _with_derived(self, name: str, sealed: SealedSource, plain: Evidence, folder: Path) -> SealedSource:
        columns = tuple(sealed.source.derived)
        if not columns:
            return sealed
        target = str(folder / f"{name}.derived.parquet")
        self.engine.derive(name, columns, plain, target)
        return SealedSource(sealed.source, sealed.files, derived=(target,), upto_batch=sealed.upto_batch, kept=columns)

    def _part(self, stem: str, part: str, measure: Measure) -> dict[tuple[str, str], Fraction]:
        planned = self.plan.of(stem, part)
        assert planned is not None, f"{stem} has no planned {part}"
        unit = 10 ** digits(measure, self.sources[measure.source], self.engine.dialect)
        levels = ("person", "store") if measure.credit else ("store",)
        return {
            (level, row["unit"]): Fraction(int(row["value"] or 0), unit)
            for level in levels
            for row in self.cells.at(planned.key, level, TEAMS).iter_rows(named=True)
        }


class Both:
    """The figures of one body of evidence, by the oracles of a folder and by the program."""

    def __init__(
        self, sources: Mapping[str, Source], metrics: Mapping[str, Metric], frames: Mapping[str, pl.DataFrame],
        month: Month, folder: Path, *, oracles: Path = FOLDER,
    ) -> None:  # fmt: skip
        self.tables = open_tables(frames, month)
        self.program = Program(sources, metrics, frames, month, folder)
        self.metrics, self.oracles = metrics, oracles

    def by_oracle(self, stem: str) -> Figures:
        """What the oracle says."""
        return by_oracle(self.tables, stem, self.oracles)

    def compared(self, stem: str) -> list[str]:
        """Where the two disagree about a metric, at the levels that both work out."""
        oracle, program = self.by_oracle(stem), self.program.figures(stem)
        if not (counts_for_persons(stem, self.oracles) and self.metrics[stem].numerator.credit):
            oracle, program = without(oracle, ["person"]), without(program, ["person"])
        return differences(oracle, program)


def differences(oracle: Figures, program: Figures) -> list[str]:
    """Where the two disagree, one line a subject; nothing counted and no row at all are the same here."""
    lines = []
    plain = {bottom is None for _, bottom in (*oracle.values(), *program.values())}
    for unit in sorted({*oracle, *program}):
        nothing = (Fraction(0), None if plain == {True} else Fraction(0))
        expected, found = oracle.get(unit, nothing), program.get(unit, nothing)
        if expected != found:
            lines.append(f"{' '.join(unit)}: oracle {_words(expected)}, program {_words(found)}")
    return lines


def _words(pair: tuple[Fraction, Fraction | None]) -> str:
    return " ÷ ".join("nothing" if part is None else f"{float(part):.10g}" for part in pair)


def written_files(name: str, frame: pl.DataFrame, folder: Path) -> tuple[str, ...]:
    """One file per month and batch, in the partition's folder, without the partition's column, as the ledger writes."""
    return tuple(_written(part, folder / name) for part in frame.partition_by("_month", "_batch", maintain_order=True))


def _written(part: pl.DataFrame, folder: Path) -> str:
    month, batch = part.item(0, "_month"), part.item(0, "_batch")
    path = folder / f"_month={month}" / f"part-{batch}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    part.drop("_month").write_parquet(path)
    return str(path)


def metrics_alone(metrics: Mapping[str, Metric]) -> Scheme:
    """A scheme of metrics alone."""
    return Scheme(
        scheme="oracles", version="1", name=Text(zh="核对", en="Oracles"), positions={}, metrics=dict(metrics),
        scorecards={}, cycle=Cycle(), bands=Bands(maximum=130, grades={}), pay=Pay(bases={}),
        standing=Standing(counters={}, rules={}),
    )  # fmt: skip


def without(figures: Figures, levels: Iterable[str]) -> Figures:
    """The figures of other levels."""
    return {unit: pair for unit, pair in figures.items() if unit[0] not in set(levels)}
