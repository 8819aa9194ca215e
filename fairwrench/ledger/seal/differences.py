"""How two files that should be equal differ: cell by cell for csv, leaf by leaf for JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from fairwrench.settlement.problem import Problem, dotted

#: differences told one by one; that there are more is said
SHOWN = 1000
_NTH = "_nth"
_THEIRS = ".actual"
Path_ = tuple[str | int, ...]


def compare_csv(expected: Path, actual: Path, keys: Sequence[str]) -> list[Problem]:
    """How a csv file differs from what is expected: row key, column, both values; rows are told apart by `keys`."""
    missing = [path for path in (expected, actual) if not path.exists()]
    if missing:
        return [file_missing(path.name) for path in missing]
    return compare_csv_bytes(expected.read_bytes(), actual.read_bytes(), keys, file=actual.name)


def compare_csv_bytes(expected: bytes, actual: bytes, keys: Sequence[str], *, file: str) -> list[Problem]:
    """The same for the content of two csv files; empty only when they are equal byte for byte."""
    return [] if expected == actual else _told(_csv_differences(expected, actual, keys, file), file)


def compare_json_bytes(expected: bytes, actual: bytes, *, file: str) -> list[Problem]:
    """How a JSON document differs from what is expected, each value with its path; empty only for equal bytes."""
    return [] if expected == actual else _told(_json_differences(expected, actual, file), file)


def file_missing(file: str, subject: str = "") -> Problem:
    """A file is not there."""
    return Problem("file_missing", f"缺少文件 {file}", f"{file} is missing", file=file, subject=subject)


def _told(found: Iterator[Problem], file: str) -> list[Problem]:
    # One more than is shown, to know that there are more without working all of them out.
    shown = list(islice(found, SHOWN + 1))
    if len(shown) > SHOWN:
        more = f"{file} differs in more places than the {SHOWN} told"
        return [*shown[:SHOWN], Problem("more_differences", f"{file} 的差异超过所列的 {SHOWN} 处", more, file=file)]
    # The bytes differ although no value does (order of rows, line ends): never answered with "equal".
    return shown or [_bytes_differ(file)]


def _csv_differences(expected: bytes, actual: bytes, keys: Sequence[str], file: str) -> Iterator[Problem]:
    ours, theirs = _as_text(expected), _as_text(actual)
    if ours is None or theirs is None:
        yield _bytes_differ(file)
        return
    for column in (column for column in [*ours.columns, *theirs.columns] if (column in ours) != (column in theirs)):
        yield _column_differs(file, column, expected=column in ours)
    shared = [column for column in ours.columns if column in theirs]
    # Without any key column the whole row is the key: what is there once too often still shows.
    by = [key for key in keys if key in shared] or shared
    for row in _unequal_rows(ours.select(shared), theirs.select(shared), by).iter_rows(named=True):
        yield from _row_differences(row, by, shared, file)


def _as_text(content: bytes) -> pl.DataFrame | None:
    try:
        # As text: read as numbers, 1 and 1.00 or 007 and 7 would be equal.
        return pl.read_csv(content, infer_schema=False).fill_null("")
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        return None


def _unequal_rows(ours: pl.DataFrame, theirs: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Rows beside each other by key (equal keys by place): missing ones have nulls, as csv text itself never has."""
    nth = pl.int_range(pl.len()).over(by).alias(_NTH)
    values = pl.exclude(*by, _NTH).name.suffix(_THEIRS)
    there = theirs.with_columns(nth).select(*by, _NTH, values, pl.lit(True).alias(_THEIRS))
    here = ours.with_columns(nth, pl.lit(True).alias("_here"))
    pairs = here.join(there, on=[*by, _NTH], how="full", coalesce=True).sort(*by, _NTH)
    rest = [column for column in ours.columns if column not in by]
    unequal = [pl.col(column).ne_missing(pl.col(f"{column}{_THEIRS}")) for column in rest]
    return pairs.filter(pl.any_horizontal(pl.col("_here").is_null(), pl.col(_THEIRS).is_null(), *unequal))


def _row_differences(row: Mapping[str, str | None], by: list[str], columns: list[str], file: str) -> Iterator[Problem]:
    key = ", ".join(f"{column} {row[column]}" for column in by)
    subject = str(row["employee_id" if "employee_id" in by else by[0]])
    if row["_here"] is None or row[_THEIRS] is None:
        yield _row_differs(file, key, subject, expected=row["_here"] is not None)
        return
    for column in (column for column in columns if column not in by):
        if row[column] != row[f"{column}{_THEIRS}"]:
            yield _cell_differs(file, key, subject, column, (str(row[column]), str(row[f"{column}{_THEIRS}"])))


def _json_differences(expected: bytes, actual: bytes, file: str) -> Iterator[Problem]:
    try:
        ours, theirs = dict(_leaves(json.loads(expected))), dict(_leaves(json.loads(actual)))
    except ValueError:
        yield _bytes_differ(file)
        return
    for path in sorted({*ours, *theirs}, key=dotted):
        pair = ours.get(path, "—"), theirs.get(path, "—")
        if pair[0] != pair[1]:
            yield _leaf_differs(file, path, pair)


def _leaves(value: object, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    # An empty list or object is a leaf, too: otherwise taking everything out of it would not show.
    if not inner:
        yield path, json.dumps(value, ensure_ascii=False)
    for name, each in inner:
        yield from _leaves(each, (*path, name))


def _cell_differs(file: str, key: str, subject: str, column: str, pair: tuple[str, str]) -> Problem:
    expected, actual = pair
    zh = f"{key} 的 {column}：应为“{expected}”，实为“{actual}”"
    en = f"{column} of {key} should be {expected!r} and is {actual!r}"
    details = {"key": key, "column": column, "expected": expected, "actual": actual}
    return Problem("cell_differs", zh, en, file=file, subject=subject, details=details)


def _leaf_differs(file: str, path: Path_, pair: tuple[str, str]) -> Problem:
    zh, en = f"应为 {pair[0]}，实为 {pair[1]}", f"should be {pair[0]} and is {pair[1]}"
    return Problem("value_differs", zh, en, path=path, file=file, details={"expected": pair[0], "actual": pair[1]})


def _row_differs(file: str, key: str, subject: str, *, expected: bool) -> Problem:
    zh = f"{key} 的行{'缺失' if expected else '是多出的'}"
    en = f"the row of {key} {'is missing' if expected else 'should not be there'}"
    return Problem("row_missing" if expected else "row_extra", zh, en, file=file, subject=subject, details={"key": key})


def _column_differs(file: str, column: str, *, expected: bool) -> Problem:
    zh = f"列 {column} {'缺失' if expected else '是多出的'}"
    en = f"the column {column} {'is missing' if expected else 'should not be there'}"
    return Problem("column_missing" if expected else "column_extra", zh, en, file=file, details={"column": column})


def _bytes_differ(file: str) -> Problem:
    zh = f"{file} 的字节不同（顺序、编码或格式），内容无法逐格比较或逐格相同"
    en = f"the bytes of {file} differ (order, encoding or form), though no single value can be named"
    return Problem("bytes_differ", zh, en, file=file)
