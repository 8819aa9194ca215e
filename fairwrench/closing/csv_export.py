"""The csv files of a settled month: fixed columns, exact decimals as text, one order of rows, the same bytes always.

Totals, items, pay and standing come from the settlement, rejected rows from the intake.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fairwrench.settlement.settle import Settlement

#: file name → the columns that name a row
KEYS: dict[str, tuple[str, ...]] = {
    "totals.csv": ("month", "employee_id"),
    "items.csv": ("month", "employee_id", "item"),
    "pay.csv": ("month", "employee_id"),
    "standing.csv": ("month", "employee_id", "event", "rule"),
}
#: the same of files that are there only when there is something to tell
SOMETIMES: dict[str, tuple[str, ...]] = {
    "periods.csv": ("period", "employee_id"),
    "standing_changes.csv": ("month", "employee_id", "event", "rule"),
}
PAY = ("base", "coefficient", "performance_pay", "fixed_part", "pool_pay", "deductions", "corrections", "total")
REJECTED = ("file", "sheet", "row", "column", "value", "reason")


def decimal_text(column: str, digits: int) -> pl.Expr:
    """An integer of 10^-digits as text with exactly that many decimals; null stays null."""
    value = pl.col(column).cast(pl.Int128)
    # Sign and size apart: `//` rounds towards minus infinity, so -0.50 would be written as -1.50.
    size = value.abs()
    if digits == 0:
        return value.cast(pl.String).alias(column)
    whole, rest = size // 10**digits, size % 10**digits
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    text = pl.concat_str(sign, whole.cast(pl.String), pl.lit("."), rest.cast(pl.String).str.zfill(digits))
    return pl.when(value.is_not_null()).then(text).alias(column)


def various_digits(frame: pl.DataFrame, column: str, digits: str) -> pl.DataFrame:
    """The same where each row says its own number of decimals."""
    text = pl.lit(None, pl.String)
    for places in frame[digits].drop_nulls().unique().to_list():
        text = pl.when(pl.col(digits) == places).then(decimal_text(column, places)).otherwise(text)
    return frame.with_columns(text.alias(column))


def totals_table(settled: Settlement) -> pl.DataFrame:
    """totals.csv: one row a person in service in the month."""
    missing = pl.when(pl.col("held").list.len() > 0).then(pl.col("held").list.join(","))
    held = pl.coalesce(missing, "short")
    reason = pl.coalesce("reason", pl.when(pl.col("state") == "incomplete").then(held), pl.lit(""))
    frame = settled.totals.sort("employee_id").with_columns(decimal_text("score", 2), reason=reason)
    columns = [
        "month",
        "employee_id",
        "name",
        "store",
        "department",
        "position",
        "scorecard",
        "state",
        "reason",
        "score",
        "grade",
    ]
    return frame.select(columns)


def items_table(settled: Settlement) -> pl.DataFrame:
    """items.csv: one row an item of a person; weight 0 and no points where it does not count."""
    # A bonus is no part of the weighted mean, so it has no weight even where it counts (design, items.csv).
    dropped = (pl.col("kind") != "bonus") & (pl.col("state") == "dropped")
    shown = pl.col("n") * 2 * 10**6
    column_missing = pl.when(pl.col("cause").is_in(["column_missing", "no_row", "not_shared"])).then("cause")
    # Half up to six decimals, away from zero when negative, with integers alone.
    value = (shown.abs() + pl.col("d")) // (2 * pl.col("d")) * shown.sign()
    frame = settled.lines.sort("employee_id", "place").with_columns(
        month=pl.lit(str(settled.month)),
        weight=pl.when(dropped | (pl.col("kind") == "bonus")).then(0).otherwise("weight"),
        points=pl.when(pl.col("state") == "counted").then("points"),
        value=pl.when(pl.col("d") > 0).then(value),
        note=pl.coalesce(pl.concat_str(column_missing, pl.lit(": "), "lacks"), "cause", pl.lit("")),
        category=pl.coalesce("category", pl.lit("bonus")),
    )
    for part in ("numerator", "denominator"):
        frame = various_digits(frame, part, f"{part}_digits")
    frame = frame.with_columns(
        decimal_text("weight", 2), decimal_text("target", 6), decimal_text("value", 6), decimal_text("points", 2)
    )
    columns = [
        "month",
        "employee_id",
        "item",
        "category",
        "weight",
        "target",
        "numerator",
        "denominator",
        "value",
        "points",
        "note",
    ]
    return frame.select(columns)


def pay_table(settled: Settlement) -> pl.DataFrame:
    """pay.csv: one row a person assessed, yuan with two decimals; empty where evidence is missing."""
    digits = {name: 4 if name == "coefficient" else 2 for name in PAY}
    frame = settled.pay.sort("employee_id").with_columns(month=pl.lit(str(settled.month)))
    frame = frame.with_columns([decimal_text(name, places) for name, places in digits.items()])
    return frame.select("month", "employee_id", "base_kind", *PAY)


def standing_table(settled: Settlement, lang: str) -> pl.DataFrame:
    """standing.csv: what the run of grades leads to in this month."""
    frame = settled.standing.sort("employee_id", "event", "rule")
    return frame.select("month", "employee_id", "event", "rule", detail=pl.col(f"detail_{lang}"))


def tables(settled: Settlement, lang: str = "zh") -> dict[str, pl.DataFrame]:
    """All contract files of the settlement by file name."""
    return {
        "totals.csv": totals_table(settled),
        "items.csv": items_table(settled),
        "pay.csv": pay_table(settled),
        "standing.csv": standing_table(settled, lang),
    }


def periods_table(settled: Settlement) -> pl.DataFrame:
    """periods.csv: quarter and year scores, in the months that end one."""
    return settled.periods.sort("period", "employee_id").with_columns(decimal_text("score", 2))


def write_tables(settled: Settlement, out: Path, lang: str = "zh") -> None:
    """Write the contract files into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables(settled, lang).items():
        frame.write_csv(out / name, line_terminator="\n")
    write_if_any(periods_table(settled), out / "periods.csv")


def write_if_any(frame: pl.DataFrame, path: Path) -> None:
    """Write a file that is there only when there is something to tell; one of another month is taken away."""
    # OUT may hold an earlier run: its file would be read as this month's.
    path.unlink(missing_ok=True)
    if frame.height:
        frame.write_csv(path, line_terminator="\n")
