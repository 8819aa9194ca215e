"""The cluster engine: Apache Spark, for groups that outgrow one machine. The same queries give the same integers."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl
from pyspark.errors import PySparkRuntimeError
from pyspark.sql import DataFrame, SparkSession

from fairwrench.engines import derivation, query
from fairwrench.engines.asking import Asking
from fairwrench.engines.traced import as_wide
from fairwrench.settlement.measure.measure import Evidence, Planned, SealedSource
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.dialect import Dialect

# pyspark speaks of pandas wherever it hands over a list; nothing here goes through pandas
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)


def _quantile(value: str, fraction: str) -> str:
    """The least value with at least that part of all values up to it; Spark's own percentile_disc gives a float."""
    # The fraction is a decimal literal, so the product is exact; of no values there is no element, and no error.
    place = f"CAST(GREATEST(1, CEIL({fraction} * COUNT({value}))) AS INT)"
    return f"TRY_ELEMENT_AT(ARRAY_SORT(COLLECT_LIST({value})), {place})"


DIALECT = Dialect(
    name="spark",
    seconds_between=lambda a, b: f"(unix_timestamp({b}) - unix_timestamp({a}))",
    days_between=lambda a, b: f"CAST(datediff({b}, {a}) AS BIGINT)",
    local_date=lambda stamp, east: f"to_date(timestamp_seconds(unix_timestamp({stamp}) + ({east})))",
    hour_of=lambda stamp, east: f"CAST(hour(timestamp_seconds(unix_timestamp({stamp}) + ({east}))) AS BIGINT)",
    # Spark's Monday is 0, ours and DuckDB's is 1.
    weekday_of=lambda day: f"CAST(weekday({day}) + 1 AS BIGINT)",
    month_of=lambda day: f"date_format({day}, 'yyyy-MM')",
    instant=lambda stamp: f"unix_timestamp({stamp})",
    quantile=_quantile,
    moment=lambda utc: f"TIMESTAMP '{utc}+00:00'",
    later=lambda value, kind, days: (
        f"timestamp_seconds(unix_timestamp({value}) + {days * 86400})"
        if kind == "timestamp"
        else f"date_add({value}, {days})"
    ),
    hash_of=lambda columns: f"xxhash64({columns})",
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
#: whatever could make an integer differ is settled here: local time, overflow, decimals cut short, instants in files,
#: a `${word}` in a text taken for a variable
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.variable.substitute": "false",
}
#: a session of our own: in this process, on few cores, quiet, and open to nobody
LOCAL = {
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


class Spark(Asking):
    """Runs passes on a Spark session: beside the one given (whose settings stay), else one in this process."""

    name = "spark"
    dialect = DIALECT

    def __init__(self, session: SparkSession | None = None) -> None:
        self.session = (session or _local()).newSession()
        for name, value in SETTINGS.items():
            self.session.conf.set(name, value)
        self._sources: Mapping[str, SealedSource] = {}
        self._offered: dict[str, tuple[str, ...]] = {}

    def rows(
        self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.rows`."""
        sql = query.rows(planned, people, stores, evidence, DIALECT)
        source = planned.measure.source
        self._offer(source, evidence.files_for(source, (planned,)), evidence)
        return as_wide(_as_polars(self.session.sql(sql)))

    def derive(self, source: str, columns: Iterable[str], evidence: Evidence, target: str) -> int:
        """See `Engine.derive`. The cluster writes many parts; they become the one file that a seal names."""
        sql = derivation.derive(source, columns, evidence, DIALECT)
        for name in derivation.sources_read(source, columns, evidence):
            self._offer(name, evidence.sources[name].files, evidence)
        parts = Path(f"{target}.parts")
        self.session.sql(sql).coalesce(1).write.mode("overwrite").parquet(str(parts))
        (part,) = parts.glob("*.parquet")
        part.replace(target)
        shutil.rmtree(parts)
        return int(pl.scan_parquet(target, glob=False).select(pl.len()).collect().item())

    def _frame(self, sql: str, files: Mapping[str, tuple[str, ...]], evidence: Evidence) -> pl.DataFrame:
        """See `Asking._frame`."""
        for source, paths in files.items():
            self._offer(source, paths, evidence)
        return _as_polars(self.session.sql(sql))

    def _integers(
        self, sql: str, source: str, measures: tuple[Planned, ...], evidence: Evidence, **frames: pl.DataFrame
    ) -> pl.DataFrame:
        """The query's result with its measures as Int128 units of their last decimal."""
        self._offer(source, evidence.files_for(source, measures), evidence)
        for name, frame in frames.items():
            # sent along with the query, as no worker can read a file of this machine
            sent = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            self.session.createDataFrame(sent).createOrReplaceTempView(name)
        return query.exact(_as_polars(self.session.sql(sql)), measures, evidence, DIALECT)

    def _offer(self, name: str, files: tuple[str, ...], evidence: Evidence) -> None:
        """The views `raw_` and `side_` of a source over some of its files, made once for the passes that share them."""
        # Views bear a source's name, whatever the seal: those over another month's files must not be taken for these.
        if self._sources is not evidence.sources:
            self._sources, self._offered = evidence.sources, {}
        if self._offered.get(name) == files:
            return
        sealed = evidence.sources[name]
        self._read(files, query.row_types(sealed.source)).createOrReplaceTempView(f"raw_{name}")
        self._read(sealed.derived, query.side_types(sealed.source)).createOrReplaceTempView(f"side_{name}")
        self._offered[name] = files

    def _read(self, files: tuple[str, ...], columns: dict[str, str]) -> DataFrame:
        """These columns of parquet files, empty where a file was written before there was such a column."""
        schema = ", ".join(f"{DIALECT.column(name)} {TYPES[word]}" for name, word in columns.items())
        if not files:
            return self.session.createDataFrame([], schema)
        # each path is a file, whatever its name holds: no pattern, no partition that would add a column
        reader = self.session.read.schema(schema).option("recursiveFileLookup", "true").option("__globPaths__", "false")
        return reader.parquet(*files)


def _local() -> SparkSession:
    """A session in this process; Refused where there is no Java to run it."""
    builder = SparkSession.builder.master("local[*]").appName("fairwrench")
    for name, value in LOCAL.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as error:
        # Only a missing Java is the reader's to mend; anything else is a fault and keeps its trace.
        if error.getCondition() != "JAVA_GATEWAY_EXITED":
            raise
        zh, en = "Spark 需要 Java 17 或更高版本", "Spark needs Java 17 or later; none could be started"
        raise Refused([Problem("no_java", zh, en)]) from error


def _as_polars(frame: DataFrame) -> pl.DataFrame:
    return pl.DataFrame(frame.toArrow())
