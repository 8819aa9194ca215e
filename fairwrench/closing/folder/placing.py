"""Where evidence about a person belongs: sources without a store column are placed by the person's assignment."""

from __future__ import annotations

import polars as pl

from fairwrench.ledger.columns import filed_month
from fairwrench.settlement.source.source import Source

#: the place of what concerns the whole group, or a person without any assignment
GROUP = "*"


def with_store(rows: pl.DataFrame, source: Source, roster: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """Accepted rows with `store`: their own, else that of the assignment their person holds in the filing month.

    A target's subject may be a store or `store/department`. What concerns nobody in particular lies under `*`.
    """
    if "store" in source.columns:
        # The ledger refuses a row without a store; what concerns everybody lies under `*`.
        return rows.with_columns(pl.col("store").fill_null(GROUP)) if "store" in rows.columns else rows
    if "store" in rows.columns:
        rows = rows.drop("store")
    about = _subject(source)
    numbered = rows.with_row_index("at_").with_columns(about_=about, month_=filed_month(source, time_zone))
    stores = roster["store"].drop_nulls().unique()
    named = numbered.select("at_", store=pl.col("about_").str.split("/").list.first()).filter(
        pl.col("store").is_in(stores.implode())
    )
    # A target's subject that is a store is never looked for among people: numbers of stores and people may be alike.
    by_person = _of_people(numbered, roster).join(named, on="at_", how="anti")
    placed = pl.concat([named, by_person])
    found = numbered.join(placed, on="at_", how="left", maintain_order="left")
    return found.with_columns(pl.col("store").fill_null(GROUP)).drop("at_", "about_", "month_")


def _subject(source: Source) -> pl.Expr:
    """Whom a row is about: the first person of the key, else the first person, else the subject."""
    people = [name for name, column in source.columns.items() if column.type == "person"]
    keyed = [name for name in source.key if name in people]
    chosen = keyed[0] if keyed else people[0] if people else "subject" if "subject" in source.columns else ""
    return pl.col(chosen).cast(pl.String) if chosen else pl.lit(None, pl.String)


def _of_people(rows: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """at_, store: of the assignment that reaches furthest into the row's month, else of the last one known."""
    month = pl.col("month_").str.to_date("%Y-%m", strict=False)
    about = rows.select("at_", "about_", first=month, last=month.dt.month_end())
    posts = roster.select(about_="employee_id", store="store", begin="from", end="to").drop_nulls(["about_", "store"])
    joined = about.join(posts, on="about_")
    begin = pl.max_horizontal(pl.col("begin"), "first").fill_null(pl.col("first"))
    end = pl.min_horizontal(pl.col("end"), "last").fill_null(pl.col("last"))
    # Negative where the assignment lies outside of the month, so that the nearest one still wins.
    days = (end - begin).dt.total_days()
    return (
        joined.with_columns(days=days)
        # By store at last, so that two posts of equal length always give the same one.
        .sort("at_", "days", "begin", "store", nulls_last=False)
        .unique("at_", keep="last", maintain_order=True)
        .select("at_", "store")
    )
