"""What the columns of a source are in Polars and in Delta, and the columns that the ledger adds to every row."""

from __future__ import annotations

import polars as pl
from deltalake.schema import Field, PrimitiveType, Schema

from fairwrench.settlement.source.source import Column, Source

#: batch · 2^32 + ordinal of the accepted row
ID_BITS = 32
#: the month's folder says it; it is no column of the files
PARTITION = "_month"
INSTANT = pl.Datetime("us", "UTC")
#: what the ledger adds: see the module of the landing for how each is filled
ADDED: dict[str, pl.DataType] = {
    "_id": pl.Int64(),
    "_batch": pl.Int64(),
    "_row": pl.Int64(),
    "_supersedes": pl.Int64(),
    "_void": pl.Boolean(),
}


def polars_type(column: Column) -> pl.DataType:
    """The type of a canonical column in frames and files."""
    match column.type:
        case "int":
            return pl.Int64()
        case "decimal":
            # Eighteen digits fit 64 bits, so a value counted in units of its last place is an exact integer.
            return pl.Decimal(18, column.scale)
        case "bool":
            return pl.Boolean()
        case "date":
            return pl.Date()
        case "timestamp":
            return INSTANT
        case _:
            return pl.String()


def row_types(source: Source) -> dict[str, pl.DataType]:
    """The canonical columns of a source's rows; `store` comes last where the source itself has none."""
    types = {name: polars_type(column) for name, column in source.columns.items()}
    # Every row has a store, as names are resolved and figures seen within it.
    return {**types, "store": pl.String()}


def file_types(source: Source) -> dict[str, pl.DataType]:
    """The columns of a source's data files, in the order in which they are written."""
    return {**row_types(source), **ADDED}


def delta_schema(source: Source) -> Schema:
    """The schema of a source's table."""
    fields = [Field(name, PrimitiveType(_delta_type(kind))) for name, kind in file_types(source).items()]
    return Schema([*fields, Field(PARTITION, PrimitiveType("string"))])


def _delta_type(kind: pl.DataType) -> str:
    if isinstance(kind, pl.Decimal):
        return f"decimal({kind.precision},{kind.scale})"
    names: dict[pl.DataType, str] = {
        pl.Int64(): "long",
        pl.Boolean(): "boolean",
        pl.Date(): "date",
        INSTANT: "timestamp",
        pl.String(): "string",
    }
    return names[kind]


def filed_month(source: Source, time_zone: str) -> pl.Expr:
    """The local month a row is filed under, as `YYYY-MM`; null where the column is empty."""
    column = pl.col(source.filed_by)
    match source.columns[source.filed_by].type:
        case "month":
            return column
        case "timestamp":
            # The stores' zone first: the first eight hours of a month in Shanghai are still the month before in UTC.
            return column.dt.convert_time_zone(time_zone).dt.strftime("%Y-%m")
        case "date":
            return column.dt.strftime("%Y-%m")
        case other:
            raise ValueError(f"rows cannot be filed by {source.filed_by!r}: it is {other}, no date")


def filed_for_good(source: Source) -> bool:
    """Whether equal keys are always filed in the same month, because the key holds what they are filed by."""
    return source.filed_by in source.key


def bounded_key(source: Source) -> list[str]:
    """The key columns whose least and greatest value every file states; a decimal or a yes/no prunes nothing."""
    return [column for column in source.key if source.columns[column].type not in ("decimal", "bool")]
