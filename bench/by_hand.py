"""The leanest hand-written DuckDB queries for the same ten indicators on the same files, per person.

They take what a person who knows these very files would take: no exemptions, no movers, no other levels, no points, no
pay. Superseded rows are left out and comebacks found as the regulation says, so the integers are those of the program.
`derive` works the comebacks out of the raw files; without it the seal's side file is read, as the program does.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from bench.measuring import clocked
from bench.ours import seal_path
from bench.sizes import MONTH, ZONE
from fairwrench.ledger.seal.seal import Seal, read_seal

_LINES = """
SELECT technician AS employee_id,
  count(*) FILTER (matures) AS one_time_fix_d, count(*) FILTER (matures AND NOT returned) AS one_time_fix_n,
  count(*) FILTER (finished) AS rework_d,
  sum(labour_amount * coalesce(share, 1)) FILTER (finished) AS labour_output_n,
  sum(billed_hours * coalesce(share, 1)) FILTER (finished) AS efficiency_n,
  sum(clocked_hours * coalesce(share, 1)) FILTER (finished) AS efficiency_d
FROM lines WHERE technician IS NOT NULL AND (matures OR finished) GROUP BY ALL"""
_REWORK = """
SELECT original_technician AS employee_id, count(*) AS rework_n FROM {0}
WHERE original_technician IS NOT NULL AND repeated AND finished GROUP BY ALL"""
_SIDE = """
CREATE TEMP VIEW lines AS
SELECT technician, labour_amount, share, billed_hours, clocked_hours, repeat_within_30d AS repeated,
  original_technician, finished_at >= {begin} AND finished_at < {end} AS finished,
  coalesce(d.matures_on >= {begin} AND d.matures_on < {end}, false) AS matures, d.returned_within_30d AS returned
FROM read_parquet({job_lines}) l LEFT JOIN read_parquet({side}) d USING (_id)
WHERE NOT _void AND l._id NOT IN (SELECT _supersedes FROM read_parquet({job_lines}) WHERE _supersedes IS NOT NULL)"""
# Visits that came back: only orders of vehicles seen twice can be part of a pair, and these are few.
_OWN = """
CREATE TEMP TABLE orders AS SELECT store, ro_no, vin, opened_at, delivered_at
FROM read_parquet({repair_orders}) WHERE NOT _void AND _id NOT IN
  (SELECT _supersedes FROM read_parquet({repair_orders}) WHERE _supersedes IS NOT NULL);
CREATE TEMP TABLE seen_twice AS SELECT o.* FROM orders o
  WHERE vin IN (SELECT vin FROM orders WHERE vin <> '' GROUP BY vin HAVING count(*) > 1);
CREATE TEMP VIEW jobs AS SELECT * FROM read_parquet({job_lines}) WHERE NOT _void AND _id NOT IN
  (SELECT _supersedes FROM read_parquet({job_lines}) WHERE _supersedes IS NOT NULL);
CREATE TEMP TABLE few AS SELECT j._id, store, ro_no, line, technician, share, fault_system, j.opened_at, finished_at,
  vin, delivered_at FROM jobs j JOIN seen_twice USING (store, ro_no) WHERE fault_system <> '';
CREATE TEMP TABLE visits AS SELECT vin, fault_system, store, ro_no, min(opened_at) AS opened,
  max(delivered_at) AS closed,
  arg_min(_id, (line, coalesce(technician, '~'), _id)) AS first_id,
  first(technician ORDER BY share DESC NULLS LAST, opened_at, line, technician NULLS LAST, _id) AS main
FROM few GROUP BY ALL;
CREATE TEMP TABLE pairs AS SELECT l.first_id, e.vin, e.fault_system, e.store, e.ro_no, e.main,
  row_number() OVER (PARTITION BY l.first_id ORDER BY e.closed DESC, e.store DESC, e.ro_no DESC) AS nth
FROM visits l JOIN visits e USING (vin, fault_system) WHERE (l.store, l.ro_no) <> (e.store, e.ro_no)
  AND l.opened >= e.closed AND l.opened <= e.closed + INTERVAL 30 DAY;
CREATE TEMP TABLE returned AS SELECT DISTINCT _id FROM few JOIN pairs USING (vin, fault_system, store, ro_no);
CREATE TEMP TABLE mature AS SELECT store, ro_no FROM orders
  WHERE delivered_at + INTERVAL 30 DAY >= {begin} AND delivered_at + INTERVAL 30 DAY < {end};
CREATE TEMP VIEW comebacks AS SELECT p.main AS original_technician, true AS repeated,
  f.finished_at >= {begin} AND f.finished_at < {end} AS finished
  FROM pairs p JOIN few f ON p.first_id = f._id WHERE nth = 1;
CREATE TEMP VIEW lines AS SELECT technician, labour_amount, share, billed_hours, clocked_hours,
  finished_at >= {begin} AND finished_at < {end} AS finished,
  m.ro_no IS NOT NULL AS matures, r._id IS NOT NULL AS returned
FROM jobs j LEFT JOIN mature m USING (store, ro_no) LEFT JOIN returned r USING (_id)"""
_OTHERS = {
    "orders": """
SELECT advisor AS employee_id, count(*) FILTER (finished) AS on_time_d,
  count(*) FILTER (finished AND finished_at <= first_promised_at) AS on_time_n,
  sum(coalesce(labour_amount, 0) + coalesce(parts_amount, 0)) FILTER (finished) AS advisor_output_n,
  count(*) FILTER (opened) AS complaint_d
FROM (SELECT *, finished_at >= {begin} AND finished_at < {end} AS finished,
    opened_at >= {begin} AND opened_at < {end} AS opened
  FROM read_parquet({repair_orders})) WHERE NOT _void AND advisor IS NOT NULL AND (finished OR opened) AND _id NOT IN
  (SELECT _supersedes FROM read_parquet({repair_orders}) WHERE _supersedes IS NOT NULL) GROUP BY ALL""",
    "surveys": """
SELECT advisor AS employee_id, count(*) FILTER (satisfied) AS satisfaction_n, count(*) AS satisfaction_d
FROM read_parquet({surveys}) WHERE reached AND asked_on BETWEEN '{first}' AND '{last}' AND NOT _void AND _id NOT IN
  (SELECT _supersedes FROM read_parquet({surveys}) WHERE _supersedes IS NOT NULL) GROUP BY ALL""",
    "complaints": """
SELECT responsible AS employee_id, count(*) AS complaint_n FROM read_parquet({complaints})
WHERE valid AND received_at >= {begin} AND received_at < {end} AND NOT _void AND _id NOT IN
  (SELECT _supersedes FROM read_parquet({complaints}) WHERE _supersedes IS NOT NULL) GROUP BY ALL""",
    "attendance": """
SELECT employee_id, sum(attended_hours) AS attendance_n, sum(scheduled_hours) AS attendance_d
FROM read_parquet({attendance})
WHERE month = '{month}' AND NOT _void AND _id NOT IN
  (SELECT _supersedes FROM read_parquet({attendance}) WHERE _supersedes IS NOT NULL) GROUP BY ALL""",
}
#: the program's item → the queries' columns of numerator and denominator
COLUMNS = {
    "one_time_fix_rate": ("one_time_fix_n", "one_time_fix_d"),
    "rework_rate": ("rework_n", "rework_d"),
    "labour_output": ("labour_output_n", None),
    "efficiency": ("efficiency_n", "efficiency_d"),
    "attendance_rate": ("attendance_n", "attendance_d"),
    "advisor_output": ("advisor_output_n", None),
    "on_time_delivery": ("on_time_n", "on_time_d"),
    "satisfaction": ("satisfaction_n", "satisfaction_d"),
    "complaint_rate": ("complaint_n", "complaint_d"),
    "revenue_per_order": ("advisor_output_n", "on_time_d"),
}


def queried(folder: str, derive: str, out: str) -> dict[str, Any]:
    """Run the queries (`derive` is `derive` or `side`) and keep their figures in `out` as Parquet."""
    place = Path(folder)
    seal = read_seal(seal_path(place))
    took, frames = clocked(lambda: by_person(place, seal, derive == "derive"))
    together(frames).write_parquet(out)
    return took


def by_person(folder: Path, seal: Seal, derive: bool) -> list[pl.DataFrame]:
    """The figures of every query, a row a person."""
    words = _words(folder, seal)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SET memory_limit = '4GB'")
        for statement in (_OWN if derive else _SIDE).split(";\n"):
            connection.execute(statement.format(**words))
        asked = [_LINES, _REWORK.format("comebacks" if derive else "lines"), *_OTHERS.values()]
        return [connection.sql(sql.format(**words)).pl() for sql in asked]


def together(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One row a person with every query's columns as integers of their last decimal; 0 where there was nothing."""
    joined = pl.DataFrame(schema={"employee_id": pl.String})
    for frame in frames:
        whole = [_units(name, frame.schema[name]) for name in frame.columns if name != "employee_id"]
        joined = joined.join(frame.select("employee_id", *whole), on="employee_id", how="full", coalesce=True)
    return joined.fill_null(0).sort("employee_id")


def _units(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    return (column.to_physical() if isinstance(kind, pl.Decimal) else column).cast(pl.Int64)


def _words(folder: Path, seal: Seal) -> dict[str, str]:
    """What the queries have to be told: files and bounds."""
    begin, end = (f"TIMESTAMPTZ '{bound:%Y-%m-%d %H:%M:%S}+00'" for bound in MONTH.bounds_utc(ZONE))
    files = {name: str(source.paths(folder)) for name, source in seal.sources.items() if source.files}
    side = str(folder / seal.derived["job_lines"].path)
    days = {"first": str(MONTH.first), "last": str(MONTH.last), "month": str(MONTH)}
    return {**files, **days, "side": f"'{side}'", "begin": begin, "end": end}


def differing(ours: pl.DataFrame, theirs: pl.DataFrame, people: Iterable[str] | None = None) -> list[str]:
    """Where the program's items (`figures`) and the queries' differ, as sentences; store-wide items are left out."""
    ours = ours.filter(~pl.col("employee_id").is_in(_managers(ours)) | (pl.col("item") == "attendance_rate"))
    if people is not None:
        ours, theirs = (frame.filter(pl.col("employee_id").is_in(list(people))) for frame in (ours, theirs))
    wrong = []
    for item, (over, under) in COLUMNS.items():
        mine = ours.filter(pl.col("item") == item).select("employee_id", "numerator", "denominator")
        both = mine.join(theirs, on="employee_id", how="left").fill_null(0)
        bad = both.filter(pl.col("numerator") != pl.col(over))
        if under:
            bad = pl.concat([bad, both.filter(pl.col("denominator") != pl.col(under))])
        told = bad.select("employee_id", "numerator", "denominator", over).head(3)
        wrong += [f"{item} of {row[0]}: {row[1:]}" for row in told.rows()]
    return wrong


def _managers(ours: pl.DataFrame) -> list[str]:
    """People whose card has items of the whole store."""
    both = ours.group_by("employee_id").agg(pl.col("item").unique())
    mixed = pl.col("item").list.contains("one_time_fix_rate") & pl.col("item").list.contains("satisfaction")
    return both.filter(mixed)["employee_id"].to_list()
