"""Who cannot be settled or paid yet, and why: the one list behind the terminal, the report and the pages."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that a person waits for: why it does not count, and what is lacking for it (`lacks` of the line)."""

    item: str
    cause: str
    lacks: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A person whose month or pay cannot be settled: items that wait, why the card as a whole says too little (a key of
    wording.SHORT, or empty), and what keeps the pay open (codes of `pay.MISSING`)."""

    employee_id: str
    name: str
    store: str
    items: tuple[Waiting, ...]
    short: str
    unpaid: tuple[str, ...]


def incomplete(totals: pl.DataFrame, lines: pl.DataFrame, pay: pl.DataFrame) -> list[Incomplete]:
    """Everybody who waits, by store and employee id; the frames are a settlement's own."""
    held = lines.filter(pl.col("state") == "held").sort("employee_id", "place")
    waits = held.group_by("employee_id", maintain_order=True).agg(pl.struct("item", "cause", "lacks").alias("waits"))
    unpaid = pay.filter(pl.col("state") == "incomplete").select("employee_id", "missing")
    about = totals.select("employee_id", "name", "store", "state", "short")
    for frame in (waits, unpaid):
        about = about.join(frame, on="employee_id", how="left", maintain_order="left")
    open_ = about.filter((pl.col("state") == "incomplete") | pl.col("missing").is_not_null())
    return [_incomplete(row) for row in open_.sort("store", "employee_id").iter_rows(named=True)]


def _incomplete(row: dict[str, object]) -> Incomplete:
    waits, missing = row["waits"], row["missing"]
    listed = waits if isinstance(waits, list) and row["state"] == "incomplete" else []
    # That the score is open is what the items beside it say already.
    codes = [code for code in str(missing or "").split(",") if code not in ("", "score")]
    # Items that wait are the nearer reason; the card as a whole may be full enough once they are there.
    short = "" if row["state"] != "incomplete" or listed else str(row["short"] or "")
    return Incomplete(
        str(row["employee_id"]),
        str(row["name"] or ""),
        str(row["store"] or ""),
        tuple(Waiting(wait["item"], wait["cause"] or "", wait["lacks"] or "") for wait in listed),
        short,
        tuple(codes),
    )
