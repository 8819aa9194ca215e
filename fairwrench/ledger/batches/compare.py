"""New evidence beside what the ledger holds: which rows are new, changed, moved or only repeated.

Two rows are the same thing when their keys are equal, empty parts included. Where a key has an empty part (a person who
is not on the roster) it may occur several times; such rows are compared in the order of their content.

What was handed in for a later period stays the last word from that period on, though it landed before. So a row that
lands afterwards, for an earlier period, also gets a void that counts from the later period.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from fairwrench.ledger.batches.lookup import Known
from fairwrench.ledger.columns import PARTITION, row_types
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source

_NTH = "_nth"
_OLD = "_old_"
_SHOWN = 5


@dataclass(frozen=True)
class Comparison:
    """What a landing has to write.

    Both frames have the canonical columns, `_row`, `_ordinal`, `_supersedes`, `_void`, `_month`. `rows` are new or
    changed. `voids` take a row away from the month or store it stood in; they keep its key and store, all else is null.
    `_later` of a void is the later period from which it counts, null for the batch's own; its `_gives_way` is then the
    ordinal of the new row that it takes away. `counts`: new, changed, moved (part of changed), repeated, and withdrawn
    where rows end, carried where rows keep what the ledger knows in columns that the file does not have. `filled` are
    those of these columns whose value is known of every row written.
    """

    rows: pl.DataFrame
    voids: pl.DataFrame
    counts: dict[str, int]
    filled: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything has to be written."""
        return not (self.rows.is_empty() and self.voids.is_empty())


def compare(
    source: Source,
    rows: pl.DataFrame,
    known: Known,
    lacking: Collection[int] = frozenset(),
    *,
    ended: pl.DataFrame | None = None,
    absent: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> Comparison:
    """Compare rows (canonical columns, `_row`, `_ordinal`, `_month`) with what the ledger knows of their keys.

    `ended` are known rows that nothing takes the place of; those whose key comes anew among `rows` are simply changed.
    Known rows of the batches `lacking` had not every column that the new ones have, so that an empty value there says
    less than one here: they are replaced though they are equal. `absent` are columns that the new rows do not have,
    each with the batches that lacked it, too: a row keeps in them what is known of it.
    """
    if known.current.is_empty() and known.later.is_empty():
        # Most landings bring keys that nobody knows: they need no sort, no join and no second copy of the rows.
        return _all_new(source, rows)
    keys = [*source.key, _NTH]
    theirs = _numbered(source, known.current).select(*keys, pl.exclude(keys).name.prefix(_OLD))
    # Empty parts of a key are equal to each other here: an uncredited row handed in again is the same row.
    pairs = _numbered(source, rows).join(theirs, on=keys, how="left", nulls_equal=True)
    # What is carried has to be told before the next line fills the gaps, for afterwards nothing shows it.
    pairs = pairs.with_columns(pl.any_horizontal(pl.lit(False), *_carried(absent)).alias("_carries"))
    pairs = pairs.with_columns(pl.coalesce(name, f"{_OLD}{name}").alias(name) for name in absent)
    # Back into the order of the file: `_numbered` sorted by content, and ids follow the ordinals.
    marked = pairs.with_columns(_supersedes=pl.col(f"{_OLD}_id"), _void=pl.lit(False)).sort("_ordinal")
    told = marked.filter(pl.col("_supersedes").is_null() | _differs(source) | _lacked(lacking))
    moved = told.filter(pl.col("_supersedes").is_not_null() & _stands_elsewhere(source))
    changed = told.get_column("_supersedes").count()
    counts = {"new": told.height - changed, "changed": changed, "moved": moved.height}
    carried = int(told["_carries"].sum())
    counts |= {"carried": carried} if carried else {}
    gone = _withdrawn(source, told, ended)
    return Comparison(
        rows=told.select(_shape(source)),
        # A void for each place where a row would otherwise go on counting: moved away, overruled later, withdrawn.
        voids=pl.concat([_left_behind(source, moved), _giving_way(source, told, known.later), gone]),
        counts={**counts, "repeated": rows.height - told.height} | ({"withdrawn": gone.height} if gone.height else {}),
        filled=tuple(name for name, lacking in absent.items() if told.height and _known_of_all(told, lacking)),
    )


def _carried(absent: Iterable[str]) -> list[pl.Expr]:
    return [pl.col(name).is_null() & pl.col(f"{_OLD}{name}").is_not_null() for name in absent]


def _known_of_all(told: pl.DataFrame, lacking: Collection[int]) -> bool:
    """Whether every row takes the place of one whose file had the column."""
    return not told.select((pl.col("_supersedes").is_null() | _lacked(lacking)).any()).item()


def _all_new(source: Source, rows: pl.DataFrame) -> Comparison:
    """The answer for keys that the ledger does not know, which is what most landings bring."""
    fresh = rows.sort("_ordinal").with_columns(_supersedes=pl.lit(None, pl.Int64()), _void=pl.lit(False))
    told = fresh.select(_shape(source))
    types = {**told.schema, "_later": pl.String(), "_gives_way": pl.Int64()}
    counts = {"new": rows.height, "changed": 0, "moved": 0, "repeated": 0}
    return Comparison(told, pl.DataFrame(schema=types), counts)


def refuse_twice(source: Source, rows: pl.DataFrame) -> None:
    """Refused when a whole key occurs twice in `rows`; the people who read files reject such rows before."""
    whole = rows.select(*source.key, "_row").drop_nulls(source.key)
    # Hashes come first, as hardly any file that got so far has a key twice.
    if whole.select(pl.struct(source.key).hash().n_unique()).item() == whole.height:
        return
    again = whole.filter(pl.struct(source.key).is_duplicated())
    if again.height:
        twice = again.group_by(source.key).agg("_row").sort(source.key)
        raise Refused(_key_twice(source, row) for row in twice.head(_SHOWN).iter_rows(named=True))


def _shape(source: Source) -> list[str]:
    return [*row_types(source), "_row", "_ordinal", "_supersedes", "_void", PARTITION]


def _numbered(source: Source, rows: pl.DataFrame, *also: str) -> pl.DataFrame:
    """Count equal keys from 0, in the order of their content."""
    if not any(rows.get_column(column).null_count() for column in source.key):
        return rows.with_columns(pl.lit(0, dtype=pl.Int64).alias(_NTH))
    # Both sides are sorted by content: the first of equal keys meets the first, and a repeated file changes nothing.
    nth = pl.int_range(pl.len(), dtype=pl.Int64).over(*source.key, *also)
    return rows.sort(list(row_types(source))).with_columns(nth.alias(_NTH))


def _differs(source: Source) -> pl.Expr:
    columns = [column for column in row_types(source) if column not in source.key]
    # `ne_missing`: empty beside empty is no difference, empty beside a value is one.
    return pl.any_horizontal(pl.lit(False), *(pl.col(c).ne_missing(pl.col(f"{_OLD}{c}")) for c in columns))


def _lacked(batches: Collection[int]) -> pl.Expr:
    """Whether the row known so far came without columns that the new one has."""
    return pl.col(f"{_OLD}_batch").is_in(sorted(batches)).fill_null(False)


def _stands_elsewhere(source: Source) -> pl.Expr:
    """Whether the row replaced stands in another month or store."""
    other_month = pl.col(PARTITION) != pl.col(f"{_OLD}{PARTITION}")
    # Where the store is part of the key a row in another store is another row; it cannot have moved.
    return other_month if "store" in source.key else other_month | (pl.col("store") != pl.col(f"{_OLD}store"))


def _left_behind(source: Source, moved: pl.DataFrame) -> pl.DataFrame:
    """Voids where the rows stood that moved."""
    store = pl.col("store" if "store" in source.key else f"{_OLD}store").alias("store")
    there = moved.with_columns(store, pl.col(f"{_OLD}{PARTITION}").alias(PARTITION))
    return _emptied(source, there, later=pl.lit(None, pl.String()), gives_way=pl.lit(None, pl.Int64()))


def _withdrawn(source: Source, told: pl.DataFrame, ended: pl.DataFrame | None) -> pl.DataFrame:
    """Voids where rows stood that end, of those that nothing of this landing replaced."""
    never = pl.lit(None, pl.String()), pl.lit(None, pl.Int64())
    if ended is None:
        return _emptied(source, told.head(0), later=never[0], gives_way=never[1])
    # A row that comes anew in this landing is changed or moved, not withdrawn: one void for it is enough.
    gone = ended.join(told.select(_id="_supersedes").drop_nulls(), on="_id", how="anti").sort("_id")
    # The ordinal is not theirs yet: `parts_of` numbers all voids after the rows of the file.
    marked = gone.with_columns(_ordinal=pl.lit(0, pl.Int64()), _supersedes=pl.col("_id"))
    return _emptied(source, marked, later=never[0], gives_way=never[1])


def _giving_way(source: Source, told: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Voids, from the later period on, of rows that land now but were told otherwise for a later period."""
    keys = [*source.key, _NTH]
    # Of several later periods the earliest takes over; from there on the later word holds by itself.
    first = _numbered(source, later, "_period").group_by(keys).agg(_later=pl.col("_period").min())
    overruled = told.join(first, on=keys, how="inner", nulls_equal=True).sort("_ordinal")
    return _emptied(source, overruled, later=pl.col("_later"), gives_way=pl.col("_ordinal"))


def _emptied(source: Source, rows: pl.DataFrame, *, later: pl.Expr, gives_way: pl.Expr) -> pl.DataFrame:
    """Voids with the key, store, month and `_row` of `rows`."""
    lost = [pl.lit(None, t).alias(c) for c, t in row_types(source).items() if c not in (*source.key, "store")]
    marks = [pl.lit(True).alias("_void"), later.alias("_later"), gives_way.alias("_gives_way")]
    return rows.with_columns(*lost, *marks).select(*_shape(source), "_later", "_gives_way")


def _key_twice(source: Source, row: dict[str, object]) -> Problem:
    key = ", ".join(f"{column} {row[column]}" for column in source.key)
    at = str(row["_row"]).strip("[]")
    return Problem("key_twice", f"{key} 在第 {at} 行重复出现", f"{key} occurs more than once, in rows {at}")
