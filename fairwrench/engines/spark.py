"""The cluster engine: Apache Spark, for groups that outgrow one machine. The same queries give the same integers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from pyspark.sql import DataFrame, SparkSession

from fairwrench.engines import derivation, query
from fairwrench.settlement.dialect import Dialect
from fairwrench.settlement.measure import Evidence, Pass, Planned

DIALECT = Dialect(
    name="spark",
    seconds_between=lambda a, b: f"(unix_timestamp({b}) - unix_timestamp({a}))",
    days_between=lambda a, b: f"CAST(datediff({b}, {a}) AS BIGINT)",
    local_date=lambda stamp, east: f"to_date(timestamp_seconds(unix_timestamp({stamp}) + ({east})))",
    hour_of=lambda stamp, east: f"CAST(hour(timestamp_seconds(unix_timestamp({stamp}) + ({east}))) AS BIGINT)",
    weekday_of=lambda day: f"CAST(weekday({day}) + 1 AS BIGINT)",
    month_of=lambda day: f"date_format({day}, 'yyyy-MM')",
    instant=lambda stamp: f"unix_timestamp({stamp})",
    quantile=lambda value, fraction: f"percentile_disc({fraction}) WITHIN GROUP (ORDER BY {value})",
    moment=lambda utc: f"TIMESTAMP '{utc}+00:00'",
    later=lambda value, kind, days: (
        f"timestamp_seconds(unix_timestamp({value}) + {days * 86400})"
        if kind == "timestamp"
        else f"date_add({value}, {days})"
    ),
    quote="`",
    starts_with="startswith",
    anti_join="LEFT ANTI JOIN",
    text_type="STRING",
    # Spark reads backslashes in a literal; left as they are, one at the end would open the quotes
    literal=lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'",
)
TYPES = {
    "text": "STRING",
    "int": "BIGINT",
    "decimal2": "DECIMAL(18,2)",
    "decimal3": "DECIMAL(18,3)",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
#: whatever could make an integer differ is settled here: local time, overflow, decimals cut short
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class Spark:
    """Runs passes on a Spark session: the one given, else one in this process (`local[*]`)."""

    name = "spark"
    dialect = DIALECT

    def __init__(self, session: SparkSession | None = None) -> None:
        self.session = session or _local()
        for name, value in SETTINGS.items():
            if self.session.conf.isModifiable(name):
                self.session.conf.set(name, value)

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
        with self._views({source: evidence.files_for(source, (planned,))}, evidence):
            return _as_polars(self.session.sql(sql))

    def derive(self, source: str, columns: Iterable[str], evidence: Evidence, target: str) -> int:
        """See `Engine.derive`. The cluster writes many parts; they become the one file that a seal names."""
        sql = derivation.derive(source, columns, evidence, DIALECT)
        parts = Path(f"{target}.parts")
        read = derivation.sources_read(source, columns, evidence)
        with self._views({name: evidence.sources[name].files for name in read}, evidence):
            self.session.sql(sql).coalesce(1).write.mode("overwrite").parquet(str(parts))
        (part,) = parts.glob("*.parquet")
        part.replace(target)
        shutil.rmtree(parts)
        return int(pl.scan_parquet(target, glob=False).select(pl.len()).collect().item())

    def _integers(
        self, sql: str, source: str, measures: tuple[Planned, ...], evidence: Evidence, **frames: pl.DataFrame
    ) -> pl.DataFrame:
        with self._views({source: evidence.files_for(source, measures)}, evidence, frames):
            frame = _as_polars(self.session.sql(sql))
        return query.exact(frame, measures, evidence, DIALECT)

    @contextmanager
    def _views(
        self, files: Mapping[str, tuple[str, ...]], evidence: Evidence, frames: dict[str, pl.DataFrame] | None = None
    ) -> Iterator[None]:
        """The sealed files of these sources, and small frames, as temporary views."""
        with tempfile.TemporaryDirectory(prefix="fairwrench-spark-") as scratch:
            for name, listed in files.items():
                self._view(name, listed, evidence)
            for name, frame in (frames or {}).items():
                path = f"{scratch}/{name}.parquet"
                frame.write_parquet(path)
                self.session.read.parquet(path).createOrReplaceTempView(name)
            yield

    def _view(self, name: str, files: tuple[str, ...], evidence: Evidence) -> None:
        sealed = evidence.sources[name]
        rows = self._read(files) if files else self._nothing(query.row_types(sealed.source))
        side = self._read(sealed.derived) if sealed.derived else self._nothing(query.side_types(sealed.source))
        rows.createOrReplaceTempView(f"raw_{name}")
        side.createOrReplaceTempView(f"side_{name}")

    def _read(self, files: tuple[str, ...]) -> DataFrame:
        # each path is a file, so that the partition folder's name adds no column
        return self.session.read.option("mergeSchema", "true").option("recursiveFileLookup", "true").parquet(*files)

    def _nothing(self, columns: dict[str, str]) -> DataFrame:
        return self.session.sql(query.nothing(columns, TYPES))


def _local() -> SparkSession:
    builder = SparkSession.builder.master("local[*]").appName("fairwrench")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _as_polars(frame: DataFrame) -> pl.DataFrame:
    return pl.DataFrame(frame.toArrow())
