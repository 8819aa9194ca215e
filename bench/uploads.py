"""Files as people hand them in, of any number of rows, and what taking them in costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import fastexcel
import polars as pl
import xlsxwriter

from bench.making import as_rows, roster, rows_of
from bench.measuring import clocked
from bench.ours import size_of
from bench.sizes import MONTH, SIZES, ZONE
from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.blocks.spill import SCRATCH, spilling
from fairwrench.ledger.blocks.text import Plan
from fairwrench.ledger.intake.intake import intake
from fairwrench.ledger.people.people import Directory

ORDERS = "repair_orders"
#: what a dealer management system exports of an order
EXPORTED = (
    "ro_no",
    "store",
    "vin",
    "plate",
    "opened_at",
    "dispatched_at",
    "first_promised_at",
    "finished_at",
    "delivered_at",
    "settled_at",
    "advisor",
    "technician",
    "kind",
    "mileage_km",
    "labour_amount",
    "parts_amount",
)


def exported(rows: int) -> pl.DataFrame:
    """That many orders of ten stores as an export writes them: Chinese labels, local times."""
    source = load_sources()[ORDERS]
    size = replace(SIZES["M"], stores=10, orders=rows // 10, months=1)
    frame = rows_of(ORDERS, source, MONTH, size, range(10)).select(EXPORTED)
    local = pl.col(pl.Datetime).dt.convert_time_zone(ZONE).dt.strftime("%Y-%m-%d %H:%M:%S")
    labels = {name: source.columns[name].name.zh for name in EXPORTED}  # type: ignore[union-attr]
    return frame.with_columns(local).rename(labels)


def workbook(path: Path, rows: int) -> None:
    """The export as a workbook."""
    frame = exported(rows).with_columns(pl.col(pl.Decimal).cast(pl.Float64))
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("工单")
        sheet.write_row(0, 0, frame.columns)
        for number, row in enumerate(frame.iter_rows(), 1):
            sheet.write_row(number, 0, ["" if cell is None else cell for cell in row])


def taken_in(file: str, scratch: str) -> dict[str, Any]:
    """Recognise, check and land a file into an empty ledger."""
    sources, path = load_sources(), Path(file)
    people = roster(replace(SIZES["M"], stores=10))
    ledger = Ledger(Path(scratch), time_zone=ZONE)
    directory = Directory.of(people)
    stores = people["store"].unique().sort().to_list()

    def work() -> int:
        with spilling(ledger.folder / SCRATCH) as folder:
            plan = Plan(folder)
            found = intake(path, sources=sources, roster=directory, period=MONTH, time_zone=ZONE, plan=plan)
            part = found.sheets[0]
            upload, rows = Upload(path.name, path, sheet=part.sheet), part.spilled or part.accepted
            ledger.land(part.source, sources[part.source], rows, upload, period=MONTH, stores=stores)
            return part.counts["accepted"]

    took, accepted = clocked(work)
    return {**took, "accepted": accepted}


def read_by_calamine(file: str) -> dict[str, Any]:
    """Only read the cells of a workbook, by calamine as fastexcel offers it."""

    def work() -> int:
        return fastexcel.read_excel(file).load_sheet(0).to_polars().height

    took, rows = clocked(work)
    return {**took, "rows": rows}


def copied_by_duckdb(file: str, target: str) -> dict[str, Any]:
    """Let DuckDB turn a csv into Parquet as it sees fit."""

    def work() -> None:
        with duckdb.connect() as connection:
            connection.execute(f"COPY (FROM read_csv('{file}')) TO '{target}' (FORMAT parquet)")

    took, _ = clocked(work)
    return took


def landed(folder: str, name: str, file: str, number: str) -> dict[str, Any]:
    """Read, check and land a file of one store; `number` makes its order numbers new ones."""
    size, sources = size_of(name), load_sources()
    people = roster(size)
    path = Path(file)
    _renumbered(path, number)
    directory = Directory.of(people)

    def work() -> int:
        ledger = Ledger(Path(folder), time_zone=ZONE)
        found = intake(path, sources=sources, roster=directory, placed_store="S0000", period=MONTH, time_zone=ZONE)
        part = found.sheets[0]
        upload = Upload(path.name, path, sheet=part.sheet)
        batch = ledger.land(part.source, sources[part.source], part.accepted, upload, period=MONTH, stores=part.stores)
        return batch.counts["new"]

    took, new = clocked(work)
    return {**took, "new": new}


def _renumbered(path: Path, number: str) -> None:
    """An export of one store with 2 000 orders that nobody has seen yet."""
    source = load_sources()[ORDERS]
    size = replace(SIZES["S"], orders=2_000, months=1)
    frame = rows_of(ORDERS, source, MONTH, size, range(1)).with_columns(ro_no=pl.col("ro_no") + f"N{number}")
    kept = as_rows(frame, source).select(EXPORTED)
    local = pl.col(pl.Datetime).dt.convert_time_zone(ZONE).dt.strftime("%Y-%m-%d %H:%M:%S")
    labels = {name: source.columns[name].name.zh for name in EXPORTED}  # type: ignore[union-attr]
    kept.with_columns(local).rename(labels).write_csv(path)
