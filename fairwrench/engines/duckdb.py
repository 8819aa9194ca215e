"""The embedded engine: DuckDB in process, locked down to exactly the sealed files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from fairwrench.engines import derivation, query
from fairwrench.engines.asking import Asking
from fairwrench.engines.traced import as_wide
from fairwrench.settlement.measure.measure import Evidence, Planned, SealedSource
from fairwrench.settlement.source.dialect import Dialect


def _local(stamp: str, east: str) -> str:
    """The local wall clock as a timestamp without zone; a product of plain numbers would overflow 32 bits."""
    return f"make_timestamp(epoch_us({stamp}) + CAST(1000000 AS BIGINT) * ({east}))"


DIALECT = Dialect(
    name="duckdb",
    seconds_between=lambda a, b: f"date_diff('second', {a}, {b})",
    days_between=lambda a, b: f"date_diff('day', {a}, {b})",
    local_date=lambda stamp, east: f"CAST({_local(stamp, east)} AS DATE)",
    hour_of=lambda stamp, east: f"CAST(hour({_local(stamp, east)}) AS BIGINT)",
    weekday_of=lambda day: f"CAST(isodow({day}) AS BIGINT)",
    month_of=lambda day: f"strftime({day}, '%Y-%m')",
    # `//` stays an integer, `/` would make a double of it.
    instant=lambda stamp: f"(epoch_us({stamp}) // 1000000)",
    quantile=lambda value, fraction: f"quantile_disc({value}, {fraction})",
    moment=lambda utc: f"TIMESTAMPTZ '{utc}+00'",
    # Days of 86 400 seconds, as Spark counts them: an instant knows no change of clocks.
    later=lambda value, kind, days: (
        f"({value} + INTERVAL {days * 86400} SECOND)" if kind == "timestamp" else f"({value} + {days})"
    ),
    hash_of=lambda columns: f"hash({columns})",
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


@dataclass
class _Held:
    """An open connection, the evidence it reads, and which files each source's views are over."""

    sources: Mapping[str, SealedSource]
    connection: duckdb.DuckDBPyConnection
    stack: ExitStack
    offered: dict[str, tuple[str, ...]] = field(default_factory=dict)


class DuckDB(Asking):
    """Runs passes in process. `memory` (in GB or MB) and `threads` are DuckDB's own settings; results do not depend on
    them. Columns are derived in five eighths of the memory.

    What does not fit into memory goes to a folder of its own below `spill` (the system's place for such by default),
    which is gone when the query is done.
    """

    name = "duckdb"
    dialect = DIALECT

    def __init__(self, *, memory: str = "3600MB", threads: int | None = None, spill: Path | None = None) -> None:
        self.memory, self.threads = memory, threads
        self.spill = spill
        self._held: _Held | None = None

    def rows(
        self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.rows`."""
        sql = query.rows(planned, people, stores, evidence, DIALECT)
        source = planned.measure.source
        connection = self._reading(source, evidence.files_for(source, (planned,)), evidence)
        return as_wide(connection.sql(sql).pl())

    def derive(self, source: str, columns: Iterable[str], evidence: Evidence, target: str) -> int:
        """See `Engine.derive`."""
        sql = derivation.derive(source, columns, evidence, DIALECT)
        with self._open(evidence, target) as connection:
            for name in derivation.sources_read(source, columns, evidence):
                _offer(connection, name, evidence.sources[name].files, evidence.sources[name])
            # no file beside the target: nothing but the target may be written
            options = "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false"
            written = connection.execute(f"COPY ({sql}) TO {query.text(target)} ({options})").fetchone()
        return int(written[0]) if written else 0

    def _frame(self, sql: str, files: Mapping[str, tuple[str, ...]], evidence: Evidence) -> pl.DataFrame:
        """See `Asking._frame`."""
        connections = [self._reading(source, paths, evidence) for source, paths in files.items()]
        found: pl.DataFrame = connections[-1].sql(sql).pl()
        return found

    def _integers(
        self, sql: str, source: str, measures: tuple[Planned, ...], evidence: Evidence, **frames: pl.DataFrame
    ) -> pl.DataFrame:
        """The query's result with its measures as Int128 units of their last decimal."""
        connection = self._reading(source, evidence.files_for(source, measures), evidence)
        for name, frame in frames.items():
            connection.register(name, frame.to_arrow())
        found: pl.DataFrame = connection.sql(sql).pl()
        for name in frames:
            connection.unregister(name)
        return query.exact(found, measures, evidence, DIALECT)

    def _reading(self, source: str, files: tuple[str, ...], evidence: Evidence) -> duckdb.DuckDBPyConnection:
        """A connection with the views of a source over some of its files.

        One connection serves all passes over the same evidence: opening one costs more than a pass over a small month.
        """
        # By identity: evidence is made anew when rows are exempted, but its mapping of sources stays the same one.
        if self._held is None or self._held.sources is not evidence.sources:
            self.close()
            stack = ExitStack()
            self._held = _Held(evidence.sources, stack.enter_context(self._open(evidence)), stack)
        held = self._held
        if held.offered.get(source) != files:
            _offer(held.connection, source, files, evidence.sources[source])
            held.offered[source] = files
        return held.connection

    def close(self) -> None:
        """Let go of the evidence read last; the next query opens it anew."""
        if self._held is not None:
            self._held.stack.close()
            self._held = None

    @contextmanager
    def _open(self, evidence: Evidence, target: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that can read the evidence's files and nothing else, and write `target` when one is named."""
        sealed = evidence.sources.values()
        paths = [path for source in sealed for path in (*source.files, *source.derived)]
        with TemporaryDirectory(prefix="fairwrench-", dir=self.spill) as spill, duckdb.connect() as connection:
            # What is derived of 20 million rows is joined and written at once; DuckDB counts neither what it reads into
            # nor what it writes from.
            memory = _most_of(self.memory) if target else self.memory
            for setting in self._settings(spill, memory, [*paths, *([target] if target else [])]):
                connection.execute(f"SET {setting}")
            # No text that slips into a query can open the door again.
            connection.execute("SET lock_configuration = true")
            yield connection

    def _settings(self, spill: str, memory: str, paths: Iterable[str]) -> list[str]:
        """What a connection is told before it sees any row; the last one shuts the door."""
        return [
            # Instants are cut into local days by `Clock`; the machine's own zone must not matter.
            "TimeZone = 'UTC'",
            f"memory_limit = {query.text(memory)}",
            f"temp_directory = {query.text(spill)}",
            # Sums know no order and `rows` sorts by itself; keeping the files' order would cost memory.
            "preserve_insertion_order = false",
            *([f"threads = {int(self.threads)}"] if self.threads else []),
            # A query names a source several times over, and each time every file would be asked for its columns anew.
            "parquet_metadata_cache = true",
            # Once external access is off the list of paths is fixed, so it is told first.
            f"allowed_paths = [{', '.join(map(query.text, paths))}]",
            "enable_external_access = false",
        ]


def _most_of(memory: str) -> str:
    """Five eighths of so much memory, as DuckDB writes it: of 4GB 2500MB."""
    number, unit = memory[:-2], memory[-2:]
    thousands = {"GB": 1000, "MB": 1}
    return f"{int(number) * thousands[unit] * 5 // 8}MB"


def _offer(connection: duckdb.DuckDBPyConnection, name: str, files: tuple[str, ...], sealed: SealedSource) -> None:
    """The views `raw_` and `side_` of a source; a column declared after all its files were written is empty."""
    types = query.row_types(sealed.source)
    rows = _rows(connection, files, types) if files else query.nothing(types, TYPES, DIALECT.column)
    side = query.nothing(query.side_types(sealed.source), TYPES, DIALECT.column)
    connection.execute(f"CREATE OR REPLACE VIEW raw_{name} AS {rows}")
    connection.execute(f"CREATE OR REPLACE VIEW side_{name} AS {_scan(sealed.derived) if sealed.derived else side}")


def _rows(connection: duckdb.DuckDBPyConnection, files: tuple[str, ...], types: Mapping[str, str]) -> str:
    """A query of the rows of some files with every declared column."""
    # Files that hold the same columns are taken one by one as they come; to put different ones together every file is
    # opened each time that a query names the source, and a month has thousands.
    alike = _scan(files, alike=True)
    try:
        there = _columns(connection, alike)
        if types.keys() <= there:
            # No row has such a batch: each file is asked for its columns, and none for its rows.
            connection.execute(f"SELECT * FROM ({alike}) WHERE _batch < 0").fetchall()
            return alike
    except duckdb.Error:
        # A file of before a column was declared: below it is put together with the others.
        pass
    rows = _scan(files)
    there = _columns(connection, rows)
    missing = [column for column in types if column not in there]
    empty = "".join(f", CAST(NULL AS {TYPES[types[column]]}) AS {DIALECT.column(column)}" for column in missing)
    return f"SELECT *{empty} FROM ({rows})" if missing else rows


def _columns(connection: duckdb.DuckDBPyConnection, rows: str) -> set[str]:
    return {str(row[0]) for row in connection.execute(f"DESCRIBE {rows}").fetchall()}


def _scan(files: tuple[str, ...], *, alike: bool = False) -> str:
    listed = ", ".join(map(query.text, files))
    # A folder called `store=1` on the way would add a column; files of before a column was declared lack one.
    together = "false" if alike else "true"
    return f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false, union_by_name = {together})"
