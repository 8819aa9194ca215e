"""From a figure to the rows behind it, and from a row to the cells that somebody uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fairwrench.closing.month import Office, evidence_of
from fairwrench.closing.out import Kept
from fairwrench.ledger.seal import Seal
from fairwrench.settlement import recorded
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.eligibility import assess
from fairwrench.settlement.explain import RowsBehind, Step
from fairwrench.settlement.measure import Evidence, Planned
from fairwrench.settlement.scheme import Scheme
from fairwrench.settlement.source import Source
from fairwrench.settlement.stages import homes, leaders, movers


def rows_behind(behind: RowsBehind, office: Office, sealed: Seal, scheme: Scheme) -> pl.DataFrame:
    """The rows that a figure counts: the source's columns, `_batch`, `_row`, and `_id`, in the order they landed."""
    evidence = recorded.excuse(office.engine, evidence_of(sealed, office, (scheme,)), scheme)
    excused = behind.metric if (behind.measure.source, behind.metric) in evidence.exempted else ""
    planned = Planned("rows", behind.measure, excused)
    people, stores = _asked(behind, office, scheme, evidence.month)
    rows = office.engine.rows(planned, people, stores, evidence)
    if behind.level == "department" and behind.measure.credit:
        rows = _while_there(rows, behind, office, scheme, evidence)
    return rows


def _asked(
    behind: RowsBehind, office: Office, scheme: Scheme, month: Month
) -> tuple[list[str] | None, list[str] | None]:
    """The people and stores whose rows a level takes; None asks for all."""
    if behind.level == "group":
        return None, None
    if behind.level == "store":
        return None, [behind.unit]
    if behind.level == "person":
        return [behind.unit], None
    people = assess(office.roster, scheme, month).people
    if behind.level == "team":
        return leaders(people).filter(pl.col("unit") == behind.unit)["employee_id"].to_list(), None
    store, _, department = behind.unit.partition("|")
    here = homes(people, office.roster).filter((pl.col("store") == store) & (pl.col("department") == department))
    moved = movers(office.roster, people, month).filter(pl.col("department") == department)
    return sorted({*here["employee_id"], *moved["employee_id"]}), [store]


def _while_there(
    rows: pl.DataFrame, behind: RowsBehind, office: Office, scheme: Scheme, evidence: Evidence
) -> pl.DataFrame:
    """Of people who moved, only the rows dated while they were in the department."""
    people = assess(office.roster, scheme, evidence.month).people
    moved = movers(office.roster, people, evidence.month)
    if moved.is_empty():
        return rows
    _, _, department = behind.unit.partition("|")
    there = moved.filter(pl.col("department") == department)
    day = local_day(rows, behind, evidence)
    credit = behind.measure.credit or ""
    inside = rows.with_columns(day_=day).join(there, left_on=credit, right_on="employee_id", how="inner")
    ids = inside.filter((pl.col("day_") >= pl.col("first")) & (pl.col("day_") <= pl.col("last")))["_id"]
    stay = ~pl.col(credit).is_in(moved["employee_id"].unique().implode())
    return rows.filter(stay | pl.col("_id").is_in(ids.implode()))


def local_day(rows: pl.DataFrame, behind: RowsBehind, evidence: Evidence) -> pl.Expr:
    """The local date of the measure's date column."""
    column = pl.col(behind.measure.date)
    kind = rows.schema[behind.measure.date]
    if isinstance(kind, pl.Datetime):
        return column.dt.convert_time_zone(evidence.time_zone).dt.date()
    return column if kind == pl.Date else (column + "-01").str.to_date()


def columns_shown(source: Source, behind: RowsBehind) -> Mapping[str, str]:
    """The columns worth showing with a figure: key, people, dates and what the measure reads → their Chinese names."""
    wanted = [*source.key, behind.measure.date, behind.measure.credit or ""]
    words = behind.measure.value + " " + (behind.measure.where or "")
    wanted += [name for name in (*source.columns, *source.derived) if name in words]
    named = {name: column.name.zh if column.name else name for name, column in source.columns.items()}
    return {name: named.get(name, name) for name in dict.fromkeys(wanted) if name}


@dataclass(frozen=True)
class Traced:
    """The rows behind one figure as a table: where each was uploaded, then the columns worth showing."""

    source: str
    count: int
    names: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, ...], ...]

    def headers(self, lang: str) -> list[str]:
        """The table's headers in `lang`."""
        return [zh if lang == "zh" else en for zh, en in self.names]


def traced(step: Step, office: Office, kept: Kept, limit: int = 0) -> list[Traced]:
    """The rows behind each part of a step; `limit` rows at most are shown (0 shows all), `count` counts them all."""
    found = []
    for behind in step.rows:
        rows = rows_behind(behind, office, kept.seal, kept.settlement.scheme)
        shown = rows.head(limit) if limit else rows
        found.append(_table(behind, shown, rows.height, office))
    return found


def _table(behind: RowsBehind, rows: pl.DataFrame, count: int, office: Office) -> Traced:
    source = office.sources[behind.measure.source]
    columns = columns_shown(source, behind)
    names = (
        ("文件", "file"),
        ("工作表", "sheet"),
        ("行", "row"),
        ("提交人", "by"),
        *((zh, name) for name, zh in columns.items()),
    )
    zone = office.ledger.time_zone
    shown = rows.with_columns(pl.col(pl.Datetime).dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M:%S"))
    cells = []
    for row in shown.iter_rows(named=True):
        batch = office.ledger.records(behind.measure.source).one(row["_batch"])
        told = (batch.file, batch.sheet, str(row["_row"]), batch.by)
        cells.append((*told, *("" if row.get(name) is None else str(row[name]) for name in columns)))
    return Traced(behind.measure.source, count, names, tuple(cells))
