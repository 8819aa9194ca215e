"""A ledger of made-up evidence of any size: written by DuckDB, landed by the ledger's own ways.

Of the orders 3 % are comebacks (the same vehicle with the same fault 4 to 23 days later, one in ten of them in another
store), 1 % of orders and job lines are handed in again with changes, 0.5 % of the lines name nobody. Every number comes
from a hash of store, month and order, so the same size always gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from bench.sizes import ZONE, Size
from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.columns import row_types
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.roster import ROSTER
from fairwrench.settlement.source.source import Source

#: rows that are made and landed at once
CHUNK = 400_000
#: stores whose changed rows are handed in as one file
STORES_A_FILE = 50
SOURCES = ("repair_orders", "job_lines", "surveys", "complaints", "attendance", "payroll")

# `random(salt)` is even from 0 to 9999 and always the same for an order. Delivered vehicles of the last days of a month
# come back in the next. The check digit of a VIN is worked out, so that the same rows can be uploaded without warnings.
_MACROS = """
CREATE MACRO vin_of(g) AS 'LFV' || lpad((g // 100000000 % 100000)::VARCHAR, 5, '0') || '#'
 || lpad((g % 100000000)::VARCHAR, 8, '0');
CREATE MACRO digit(t, n) AS (ascii(substr(t, n, 1)) - 48);
CREATE MACRO checked(t) AS replace(t, '#', ['0','1','2','3','4','5','6','7','8','9','X'][1 + (96
 + 5*digit(t,4) + 4*digit(t,5) + 3*digit(t,6) + 2*digit(t,7) + 10*digit(t,8)
 + 9*digit(t,10) + 8*digit(t,11) + 7*digit(t,12) + 6*digit(t,13)
 + 5*digit(t,14) + 4*digit(t,15) + 3*digit(t,16) + 2*digit(t,17)) % 11]);
CREATE MACRO fault_of(s, k, i) AS ['engine','gearbox','brake','steering','suspension','electric','cooling','body','']
 [1 + (hash(s, k, i, 71) % 9)::INT];
"""
_ORDERS = """
WITH raw AS (
  SELECT s, i, {k} AS k, (i * 2419200 // {n}) AS since,
    (hash(s, {k}, i, 1) % 10000)::INT AS r1, (hash(s, {k}, i, 2) % 10000)::INT AS r2,
    (hash(s, {k}, i, 3) % 10000)::INT AS r3, (hash(s, {k}, i, 4) % 10000)::INT AS r4
  FROM range({first}, {last}) t(s), range({n}) u(i)
), back AS (
  SELECT *, i - ({n} * (4 + r2 % 20) // 28) AS j0, r1 < 300 AS maybe,
    CASE WHEN r3 % 10 = 0 THEN (s + 1) % {stores} ELSE s END AS os FROM raw
), seen AS (
  SELECT *, maybe AND (j0 >= 0 OR {k} > 0) AS comeback,
    CASE WHEN j0 >= 0 THEN {k} ELSE {k} - 1 END AS ok,
    CASE WHEN j0 >= 0 THEN j0 ELSE (j0 + {n}) * {before} // {n} END AS oi FROM back
)
SELECT s, i, k, r1, r2, r3, r4, comeback, os, ok, oi,
  'R' || '{month}'[3:4] || '{month}'[6:7] || lpad(i::VARCHAR, 6, '0') AS ro_no,
  'S' || lpad(s::VARCHAR, 4, '0') AS store,
  TIMESTAMPTZ '{start}' + to_seconds(since) AS opened_at,
  CASE WHEN r3 % 100 = 0 THEN NULL ELSE TIMESTAMPTZ '{start}' + to_seconds(since + 3600 + r4 * 2) END AS finished_at,
  CASE WHEN r3 % 100 = 0 THEN NULL ELSE TIMESTAMPTZ '{start}' + to_seconds(since + 5400 + r4 * 2) END AS delivered_at,
  checked(vin_of(CASE WHEN comeback THEN (ok * {stores} + os) * 1000000 + oi
    ELSE (k * {stores} + s) * 1000000 + i END)) AS vin,
  (CASE WHEN comeback THEN fault_of(os, ok, oi) ELSE fault_of(s, k, i) END) AS fault
FROM seen
"""
_COLUMNS = {
    "repair_orders": """
SELECT ro_no, store, vin, 'A' || right(vin, 5) AS plate, opened_at,
  opened_at + INTERVAL 600 SECOND AS dispatched_at,
  opened_at + to_seconds(14400 + 3600 * (r1 % 5)) AS first_promised_at, finished_at, delivered_at,
  delivered_at AS settled_at, store || 'P' || lpad((1 + {technicians} + r2 % {advisors})::VARCHAR, 2, '0') AS advisor,
  store || 'P' || lpad((1 + r4 % {technicians})::VARCHAR, 2, '0') AS technician,
  ['maintenance','repair','repair','warranty'][1 + r1 % 4] AS kind, (5000 + r2 * 7)::BIGINT AS mileage_km,
  ((10000 + r3 * 6 + {more}) / 100)::DECIMAL(18,2) AS labour_amount,
  CASE WHEN r4 % 7 = 0 THEN NULL ELSE ((8000 + r4 * 9) / 100)::DECIMAL(18,2) END AS parts_amount, i + 2 AS _row, s, i
FROM orders""",
    "job_lines": """
SELECT ro_no, line::BIGINT AS line, CASE WHEN r3 % 200 = 1 THEN NULL
    ELSE store || 'P' || lpad((1 + (r4 + second * (1 + r2 % ({technicians} - 1))) % {technicians})::VARCHAR, 2, '0') END
    AS technician,
  store, opened_at, CASE WHEN line = 1 THEN fault ELSE fault_of(s, k, -i) END AS fault_system,
  (1 + (r2 % 40) / 10)::DECIMAL(18,2) AS billed_hours, (1 + (r1 % 40) / 10)::DECIMAL(18,2) AS clocked_hours,
  share::DECIMAL(18,3) AS share, ((10000 + r3 * 6 + {more}) / 100)::DECIMAL(18,2) AS labour_amount,
  finished_at - INTERVAL 300 SECOND AS finished_at, 2 * i + second + 2 AS _row, s, i
FROM (SELECT *, 0 AS second, 1 AS line, CASE WHEN r1 % 10 = 0 THEN 0.6 ELSE 1 END AS share FROM orders
  UNION ALL SELECT *, 1, CASE WHEN r1 % 10 = 0 THEN 1 ELSE 2 END, CASE WHEN r1 % 10 = 0 THEN 0.4 ELSE 1 END
  FROM orders WHERE r1 % 10 IN (0, 1))""",
    "surveys": """
SELECT 'Q' || ro_no AS survey_no, store, ro_no,
  store || 'P' || lpad((1 + {technicians} + r2 % {advisors})::VARCHAR, 2, '0') AS advisor,
  (delivered_at + INTERVAL 3 DAY)::DATE AS due_on, (delivered_at + INTERVAL 2 DAY)::DATE AS asked_on,
  r3 % 5 <> 1 AS reached, CASE WHEN r3 % 5 <> 1 THEN r4 % 12 <> 0 END AS satisfied, i + 2 AS _row, s, i
FROM orders WHERE delivered_at IS NOT NULL AND r1 % 10 < 3
  AND strftime((delivered_at + INTERVAL 3 DAY)::DATE, '%Y-%m') = '{month}'""",
    "complaints": """
SELECT 'C' || ro_no AS complaint_no, store, ro_no, delivered_at AS received_at, r4 % 4 <> 0 AS valid,
  store || 'P' || lpad((1 + {technicians} + r2 % {advisors})::VARCHAR, 2, '0') AS responsible, i + 2 AS _row, s, i
FROM orders WHERE r1 % 100 = 50 AND delivered_at < TIMESTAMPTZ '{end}'""",
}
_PEOPLE = """
SELECT 'S' || lpad(s::VARCHAR, 4, '0') || 'P' || lpad((1 + p)::VARCHAR, 2, '0') AS employee_id, '{month}' AS month,
  'S' || lpad(s::VARCHAR, 4, '0') AS store, 168.00::DECIMAL(18,2) AS scheduled_hours,
  (168 - (hash(s, p, {k}) % 24)::INT)::DECIMAL(18,2) AS attended_hours,
  (3000 + (hash(s, p, {k}, 9) % 500000)::INT / 100)::DECIMAL(18,2) AS commission, p + 2 AS _row
FROM range({stores}) t(s), range({people}) u(p)
"""


@dataclass(frozen=True)
class Made:
    """A ledger that was made, and what it was made for."""

    folder: Path
    size: Size
    roster: pl.DataFrame


def make(folder: Path, size: Size) -> Made:
    """Fill a ledger in `folder`, which must not be there yet."""
    sources = load_sources()
    ledger = Ledger(folder, time_zone=ZONE)
    for month in size.span:
        for name in SOURCES:
            ledger.land_bulk(name, sources[name], _parts(name, sources[name], month, size), period=month)
        for name in ("repair_orders", "job_lines"):
            for rows in changed(name, sources[name], month, size):
                _land_changed(ledger, name, sources[name], rows, month)
    return Made(folder, size, roster(size))


def roster(size: Size) -> pl.DataFrame:
    """Everybody of every store, there since 2020."""
    each = [("technician", size.technicians), ("service_advisor", size.advisors), ("workshop_manager", 1)]
    posts = [post for post, count in each for _ in range(count)]
    rows = [
        {
            "employee_id": f"S{store:04d}P{number:02d}",
            "name": f"员工{store:04d}{number:02d}",
            "store": f"S{store:04d}",
            "department": "service",
            "position": post,
            "manager_id": None if post == "workshop_manager" else f"S{store:04d}P{len(posts):02d}",
            "status": "regular",
            "hired_on": date(2020, 1, 1),
            "full_salary": 800_000,
            "_row": store * len(posts) + number + 1,
        }
        for store in range(size.stores)
        for number, post in enumerate(posts, 1)
    ]
    return pl.DataFrame([{name: row.get(name) for name in ROSTER} for row in rows], schema=dict(ROSTER))


def rows_of(
    name: str, source: Source, month: Month, size: Size, stores: range, *, changes: bool = False
) -> pl.DataFrame:
    """The rows of one source, month and run of stores, as first handed in, or those that are handed in changed."""
    start, end = month.bounds_utc(ZONE)
    filled: Mapping[str, object] = {
        "k": size.span.index(month),
        "n": size.orders_in(month),
        "before": size.orders_in(month.plus(-1)),
        "first": stores.start,
        "last": stores.stop,
        "stores": size.stores,
        "technicians": size.technicians,
        "advisors": size.advisors,
        "people": size.technicians + size.advisors + 1,
        "month": month,
        "start": f"{start:%Y-%m-%d %H:%M:%S}+00",
        "end": f"{end:%Y-%m-%d %H:%M:%S}+00",
        "more": 1_000 if changes else 0,
    }
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(_MACROS)
        if name in _COLUMNS:
            connection.execute(f"CREATE VIEW orders AS {_ORDERS.format(**filled)}")
            chosen = " WHERE hash(s, i, 5) % 100 = 0" + (" AND technician IS NOT NULL" if name == "job_lines" else "")
            inner = _COLUMNS[name].format(**filled)
            sql = f"SELECT * EXCLUDE (s, i) FROM ({inner}){chosen if changes else ''} ORDER BY s, _row"
        else:
            sql = _PEOPLE.format(**filled)
        return as_rows(connection.sql(sql).pl(), source)


def as_rows(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """A frame with the canonical columns of a source; those that it lacks are empty."""
    types = {**row_types(source), "_row": pl.Int64()}
    given = [pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in types]
    return frame.select([column.cast(types[column.meta.output_name()]) for column in given])


def changed(name: str, source: Source, month: Month, size: Size) -> Iterator[pl.DataFrame]:
    """The rows of a month that are handed in again with another amount, a few stores at a time."""
    for first in range(0, size.stores, STORES_A_FILE):
        stores = range(first, min(first + STORES_A_FILE, size.stores))
        rows = rows_of(name, source, month, size, stores, changes=True)
        if rows.height:
            yield rows


def _parts(name: str, source: Source, month: Month, size: Size) -> Iterator[pl.DataFrame]:
    """The bulk of a month in pieces of whole stores."""
    at_once = size.stores if name not in _COLUMNS else max(1, CHUNK // size.orders_in(month))
    for first in range(0, size.stores, at_once):
        rows = rows_of(name, source, month, size, range(first, min(first + at_once, size.stores)))
        if rows.height:
            yield rows


def _land_changed(ledger: Ledger, name: str, source: Source, rows: pl.DataFrame, month: Month) -> None:
    stores = rows["store"].unique().sort().to_list()
    upload = Upload(f"{month}-{name}-{stores[0]}.csv", f"{month}-{name}-{stores}".encode())
    ledger.land(name, source, rows, upload, period=month, stores=stores)
