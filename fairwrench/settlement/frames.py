"""The plain frames that rules take: their columns are checked before anything is computed from them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fairwrench.settlement.problem import Problem, Refused

Schema = Mapping[str, type[pl.DataType]]


def conform(frame: pl.DataFrame, schema: Schema, name: str, key: tuple[str, ...] = ()) -> pl.DataFrame:
    """The columns of `schema` alone, in its order and of its types; Refused, naming all of them, when some do not fit.

    Integers may come in any width and wholly empty columns without a type; a binary float or a text never becomes
    a number here. Refused too when two rows agree in `key`: a join would count one of them twice.
    """
    wrong = [column for column, wanted in schema.items() if not _fits(frame, column, wanted)]
    if wrong:
        raise Refused([_misfit(name, column, schema[column], frame) for column in wrong])
    if key and (twice := frame.filter(frame.select(key).is_duplicated())).height:
        raise Refused([_repeated(name, row) for row in twice.select(key).unique().sort(key).rows()])
    return frame.select(pl.col(column).cast(wanted) for column, wanted in schema.items())


def empty(schema: Schema) -> pl.DataFrame:
    """A frame of these columns without a row."""
    return pl.DataFrame(schema=dict(schema))


def _fits(frame: pl.DataFrame, column: str, wanted: type[pl.DataType]) -> bool:
    found = frame.schema.get(column)
    if found is None:
        return False
    return found in (wanted, pl.Null) or (found.is_integer() and wanted.is_integer())


def _misfit(name: str, column: str, wanted: type[pl.DataType], frame: pl.DataFrame) -> Problem:
    found = frame.schema.get(column)
    return Problem(
        code="wrong_column",
        zh=f"“{name}”表的“{column}”列应为 {wanted}，实际为 {found if found is not None else '缺失'}",
        en=f"column {column!r} of {name} should be {wanted}, but is {found if found is not None else 'missing'}",
        subject=name,
    )


def _repeated(name: str, row: tuple[object, ...]) -> Problem:
    words = " ".join(str(value) for value in row)
    return Problem(
        code="repeated_key",
        zh=f"“{name}”表中 {words} 出现多次，无法判断以哪一行为准",
        en=f"{words} stands several times in {name}, and nobody knows which row counts",
        subject=name,
    )
