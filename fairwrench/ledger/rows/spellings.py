"""Numbers written in two ways: RO0001 and ro0001 are one order to whoever wrote them, and two rows to a ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from unicodedata import normalize

import polars as pl

from fairwrench.ledger.cells.reasons import Failures, Reason
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source

_BLANKS = r"\s+"
_FULL_WIDTH = "[\uff01-\uff5e\u3000]"
_SHOWN = 3
#: keys of several files that are compared at once
_AT_ONCE = 2_000_000


def text_keys(source: Source) -> list[str]:
    """The columns of the key that hold numbers as texts; persons, stores and dates have one form already."""
    return [name for name in source.key if source.columns[name].type == "text" and not source.columns[name].one_of]


def reject_two_spellings(frame: pl.DataFrame, key: Sequence[str], source: Source, failures: Failures) -> None:
    """Reject rows of `frame` whose keys differ in case, width or blanks alone. `key` are the columns of the key."""
    texts = text_keys(source)
    if not texts or frame.is_empty():
        return
    folded = frame.select(_fold(name) if name in texts else pl.col(name) for name in key)
    hashes = folded.select(pl.struct(key).hash().alias("_")).to_series()
    # As many folded keys as keys: no two of them differ in dress alone, as in nearly every file.
    if hashes.n_unique() == frame.select(pl.struct(list(key)).hash().alias("_")).to_series().n_unique():
        return
    rows = frame.select("_at", "_row", *key).with_columns(folded.select(pl.col(texts).name.prefix("_folded_")))
    same = [f"_folded_{name}" if name in texts else name for name in key]
    groups = rows.group_by(same, maintain_order=True).agg(
        _ways=pl.struct(texts).n_unique(),
        _rows=pl.col("_row").unique().sort(),
        _first=pl.col(texts[-1]).unique().sort(),
    )
    wrong = rows.join(groups.filter(pl.col("_ways") > 1), on=same, nulls_equal=True).sort("_at")
    reasons = [_two_ways(ways, lines) for ways, lines in wrong.select("_first", "_rows").iter_rows()]
    failures.add_rows(wrong["_at"].to_list(), texts[-1], wrong[texts[-1]].to_list(), reasons)


def spelled_in_two_ways(source: Source, keys: Iterable[pl.DataFrame]) -> list[Problem]:
    """What to tell of the keys of several files (frames of the key's columns) that differ in case or blanks alone."""
    texts, frames = text_keys(source), list(keys)
    if not texts or len(frames) < 2:
        return []
    rows = pl.concat(frames).unique(maintain_order=True)
    folded = [_fold(name).name.prefix("_folded_") for name in texts]
    same = [f"_folded_{name}" if name in texts else name for name in source.key]
    groups = rows.with_columns(folded).group_by(same, maintain_order=True).agg(_ways=pl.col(texts[-1]).unique().sort())
    twice = groups.filter(pl.col("_ways").list.len() > 1)["_ways"]
    if not len(twice):
        return []
    shown = twice.head(_SHOWN).list.join(" / ").to_list()
    return [
        Problem(
            code="key_written_twice",
            zh=f"“{source.name.zh}”有 {len(twice)} 个单号在不同文件里写法不同（大小写、空格），按两行计："
            f"{'、'.join(shown)}；请统一写法后重新提交",
            en=f"{number_of(len(twice), 'number')} of {source.name.en} stand in several files in two ways (case, "
            f"blanks) and count twice: {', '.join(shown)}; write them in one way and hand them in again",
            severity="warning",
            details={"count": str(len(twice))},
        )
    ]


def keys_in_several(
    source: Source, files: Sequence[Callable[[], Iterable[pl.DataFrame]]], rows: int
) -> list[pl.DataFrame]:
    """Of the keys of several files (each gives frames of the key's columns, `rows` in all) those that another file may
    write otherwise: what is large is never in memory together."""
    if len(files) < 2:
        return []
    pieces = rows // _AT_ONCE + 1
    several = pl.concat([_several(source, files, pieces, piece) for piece in range(pieces)]).implode()
    return [
        pl.concat([keys.filter(key_hashes(keys, source.key, source).is_in(several)) for keys in file()])
        for file in files
    ]


def _several(
    source: Source, files: Sequence[Callable[[], Iterable[pl.DataFrame]]], pieces: int, piece: int
) -> pl.Series:
    """Some of the hashes that the keys of several files have."""
    mine = pl.col("_") % pieces == piece
    of_each = [
        key_hashes(keys, source.key, source).to_frame("_").filter(mine).to_series().unique()
        for file in files
        for keys in file()
    ]
    every = pl.concat(of_each)
    return every.filter(every.is_duplicated()).unique()


def key_hashes(frame: pl.DataFrame, key: Sequence[str], source: Source) -> pl.Series:
    """A hash of each row's key, the same for all spellings of it. `key` are the columns of the key."""
    texts = text_keys(source)
    folded = frame.select(_fold(name) if name in texts else pl.col(name) for name in key)
    return folded.select(pl.struct(list(key)).hash().alias("_")).to_series()


def folded(text: str) -> str:
    """A number as all its spellings are compared: without blanks, in one width and case, as `_fold` does columns."""
    return normalize("NFKC", re.sub(_BLANKS, "", text).lower())


def _fold(name: str) -> pl.Expr:
    bare = pl.col(name).str.replace_all(_BLANKS, "").str.to_lowercase()
    # Normalizing changes nothing where no full-width sign stands, which is in nearly every cell.
    return pl.when(pl.col(name).str.contains(_FULL_WIDTH)).then(bare.str.normalize("NFKC")).otherwise(bare).alias(name)


def _two_ways(ways: Sequence[str], lines: Sequence[int]) -> Reason:
    shown, numbers = "、".join(ways[:_SHOWN]), [str(line) for line in lines[: _SHOWN + 2]]
    return Reason(
        "key_written_twice",
        f"第 {'、'.join(numbers)} 行的单号只有大小写、全半角或空格的差别（{shown}），会计两次；请统一写法，只留一行",
        f"the numbers in rows {', '.join(numbers)} differ in case, width or blanks alone ({', '.join(ways[:_SHOWN])}) "
        "and would count twice; write them in one way and keep one row",
    )
