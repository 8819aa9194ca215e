"""The embedded engine: DuckDB in process, locked down to exactly the sealed files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from fairwrench.engines import derivation, query
from fairwrench.settlement.formula import Dialect
from fairwrench.settlement.measure import Evidence, Pass, Planned

DIALECT = Dialect(
    name="duckdb",
    seconds_between=lambda a, b: f"date_diff('second', {a}, {b})",
    days_between=lambda a, b: f"date_diff('day', {a}, {b})",
    local_date=lambda stamp, east: f"CAST(make_timestamp(epoch_us({stamp}) + 1000000 * ({east})) AS DATE)",
    hour_of=lambda stamp, east: f"CAST(hour(make_timestamp(epoch_us({stamp}) + 1000000 * ({east}))) AS BIGINT)",
    weekday_of=lambda day: f"CAST(isodow({day}) AS BIGINT)",
    month_of=lambda day: f"strftime({day}, '%Y-%m')",
    instant=lambda stamp: f"(epoch_us({stamp}) // 1000000)",
    quantile=lambda value, fraction: f"quantile_disc({value}, {fraction})",
    moment=lambda utc: f"TIMESTAMPTZ '{utc}+00'",
    later=lambda value, kind, days: (
        f"({value} + INTERVAL {days * 86400} SECOND)" if kind == "timestamp" else f"({value} + {days})"
    ),
    anti_join="ANTI JOIN",
)

TYPES = {
    "text": "VARCHAR",
    "int": "BIGINT",
    "decimal2": "DECIMAL(18,2)",
    "decimal3": "DECIMAL(18,3)",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}


class DuckDB:
    """Runs passes in process. `memory` and `threads` are DuckDB's own settings; results do not depend on them."""

    name = "duckdb"
    dialect = DIALECT

    def __init__(self, *, memory: str = "4GB", threads: int | None = None, spill: Path | None = None) -> None:
        self.memory, self.threads = memory, threads
        self.spill = spill

    def cells(self, asked: Pass, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.cells`."""
        sql = query.cells(asked, evidence, DIALECT)
        return self._integers(sql, asked.source, asked.measures, evidence)

    def slices(self, asked: Pass, credit: str, day: str, movers: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.slices`."""
        sql = query.slices(asked, credit, day, evidence, DIALECT)
        return self._integers(sql, asked.source, asked.measures, evidence, movers=movers)

    def level(self, planned: Planned, members: pl.DataFrame | None, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.level`."""
        sql = query.level(planned, members is None, evidence, DIALECT)
        extra = {} if members is None else {"members": members}
        frame = self._integers(sql, planned.measure.source, (planned,), evidence, **extra)
        return frame.rename({planned.key: "value"}).drop_nulls()

    def rows(
        self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.rows`."""
        sql = query.rows(planned, people, stores, evidence, DIALECT)
        source = planned.measure.source
        with self._open({source: evidence.files_for(source, (planned,))}, evidence) as connection:
            found: pl.DataFrame = connection.sql(sql).pl()
            return found

    def derive(self, source: str, columns: Iterable[str], evidence: Evidence, target: str) -> int:
        """See `Engine.derive`."""
        sql = derivation.derive(source, columns, evidence, DIALECT)
        files = {name: sealed.files for name, sealed in evidence.sources.items()}
        with self._open(files, evidence, target) as connection:
            written = connection.execute(f"COPY ({sql}) TO {query.text(target)} (FORMAT parquet, COMPRESSION zstd)")
            count = written.fetchone()
        return int(count[0]) if count else 0

    def _integers(
        self, sql: str, source: str, measures: tuple[Planned, ...], evidence: Evidence, **frames: pl.DataFrame
    ) -> pl.DataFrame:
        """The query's result with its measures as Int128 units of their last decimal."""
        with self._open({source: evidence.files_for(source, measures)}, evidence) as connection:
            for name, frame in frames.items():
                connection.register(name, frame.to_arrow())
            found: pl.DataFrame = connection.sql(sql).pl()
        exact = [query.units(planned.key, found.schema[planned.key]) for planned in measures]
        return found.with_columns(exact)

    def _open(
        self, files: Mapping[str, tuple[str, ...]], evidence: Evidence, target: str | None = None
    ) -> duckdb.DuckDBPyConnection:
        """A connection that can read these files of these sources, and their derived columns, and nothing else."""
        connection = duckdb.connect()
        derived = [path for name in files for path in evidence.sources[name].derived]
        paths = [*(path for listed in files.values() for path in listed), *derived]
        spill = str(self.spill or Path(tempfile.gettempdir()) / "fairwrench-duckdb")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET memory_limit = {query.text(self.memory)}")
        connection.execute(f"SET temp_directory = {query.text(spill)}")
        connection.execute("SET preserve_insertion_order = false")
        if self.threads:
            connection.execute(f"SET threads = {self.threads}")
        allowed = ", ".join(map(query.text, [*paths, *([target] if target else [])]))
        connection.execute(f"SET allowed_paths = [{allowed}]")
        connection.execute("SET enable_external_access = false")
        for name, listed in files.items():
            sealed = evidence.sources[name]
            rows = _scan(listed) if listed else query.nothing(query.row_types(sealed.source), TYPES)
            side = _scan(sealed.derived) if sealed.derived else query.nothing(query.side_types(sealed.source), TYPES)
            connection.execute(f"CREATE VIEW raw_{name} AS {rows}")
            connection.execute(f"CREATE VIEW side_{name} AS {side}")
        connection.execute("SET lock_configuration = true")
        return connection


def _scan(files: tuple[str, ...]) -> str:
    listed = ", ".join(map(query.text, files))
    return f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
