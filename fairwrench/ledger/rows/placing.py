"""Which store each row belongs to: by its own column, else by where the file was placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import polars as pl

from fairwrench.ledger.body.sheet_rows import Handed
from fairwrench.ledger.body.tales import Told
from fairwrench.ledger.cells.labels import name_key
from fairwrench.ledger.cells.reasons import Failures, Reason
from fairwrench.ledger.people.people import Directory
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem, nearest
from fairwrench.settlement.source.source import Text

UNPLACED = Reason(
    "store_missing",
    "不知道这一行属于哪个门店：这一行没有写门店，文件也没有放在门店的文件夹里",
    "no store: the row names none, and the file lies in no store's folder",
)


_SHOWN = 5


@dataclass(slots=True)
class Placing:
    """Where the rows of a sheet belong, an entry a row: `stores`, null where none is known, and whether `named`."""

    stores: pl.Series
    named: pl.Series
    told: list[Told] = field(default_factory=list)


def place_rows(texts: Sequence[pl.Series], height: int, handed: Handed, failures: Failures) -> Placing:
    """The store of every row. `texts` are the columns that name stores, the preferred one first.

    A store that the roster does not have is rejected with the nearest one, unless the whole file names that one word
    and is a known store's by its folder or name; then these decide, with a warning.
    """
    directory, placed_store = handed.directory, handed.placed_store
    placed = placed_in(directory, placed_store)
    known = {word: _known(word, directory) for text in texts for word in text.unique().drop_nulls().to_list()}
    stores = pl.repeat(None, height, dtype=pl.String, eager=True)
    written = stores
    for text in texts:
        # A store's number that the roster does not have leaves the word to the store's name beside it.
        stores = _first(stores, text.replace_strict(known, default=None, return_dtype=pl.String))
        written = _first(written, text)
    placing = Placing(stores, written.is_not_null())
    unknown = (written.is_not_null() & stores.is_null()).arg_true()
    if len(unknown):
        _settle_unknown(placing, unknown, written.gather(unknown), failures, handed)
    if placed and placed_store and directory:
        _tell_other_stores(placing, placed, handed)
    if placed and placing.stores.has_nulls():
        # Only where nothing is written: a store that nobody knows is rejected and not put where the file lies.
        placing.stores = _first(placing.stores, pl.select(pl.when(written.is_null()).then(pl.lit(placed))).to_series())
    return placing


def _placed_by(placed: str, handed: Handed) -> Text:
    """What tells the store that a file was placed in."""
    *folders, name = PurePath(handed.file).parts or ("",)
    if handed.placed_store is None:
        return Text(zh="因花名册上只有这一家门店", en="as the only store of the roster")
    if any(name_key(placed) in name_key(folder) for folder in folders):
        return Text(zh="按文件夹", en="by its folder")
    if name_key(placed) in name_key(name):
        return Text(zh="按文件名", en="by its name")
    return Text(zh="按提交时选的门店", en="by the store it was handed in for")


@dataclass(frozen=True, slots=True)
class _OtherStores:
    """How many rows name another store than the folder or name of their file, and which."""

    placed: str
    by: Text
    rows: int
    stores: frozenset[str]

    def joined(self, later: _OtherStores) -> _OtherStores:
        return replace(self, rows=self.rows + later.rows, stores=self.stores | later.stores)

    def problems(self) -> list[Problem]:
        if not self.rows:
            return []
        names = "、".join(sorted(self.stores)[:_SHOWN])
        return [
            Problem(
                code="store_differs",
                zh=f"文件{self.by.zh}属于“{self.placed}”，但有 {self.rows} 行的门店列写的是 {names}；按门店列计，"
                "请核对",
                en=f"the file is one of {self.placed!r} {self.by.en}, but "
                f"{number_of(self.rows, 'row names', 'rows name')} {names}; the column counts, see which is right",
                severity="warning",
                subject=self.placed,
                details={"rows": str(self.rows)},
            )
        ]


def _tell_other_stores(placing: Placing, placed: str, handed: Handed) -> None:
    """Tell of rows that name another store than the folder or name of their file: the row's own word counts."""
    others = placing.stores.filter((placing.stores != placed).fill_null(False))
    placing.told.append(_OtherStores(placed, _placed_by(placed, handed), len(others), frozenset(others.unique())))


def placed_in(directory: Directory | None, placed_store: str | None) -> str | None:
    """The store a file was placed in, as the roster spells it; the only store there is, when it was placed nowhere."""
    if directory is None:
        return placed_store
    if placed_store is None:
        return next(iter(directory.stores.values())) if len(directory.stores) == 1 else None
    # A store of nobody on the roster yet (a new one) keeps the name of its folder.
    return directory.store(placed_store) or placed_store


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """How many rows name no store and lie nowhere."""

    rows: int

    def joined(self, later: _Nowhere) -> _Nowhere:
        return _Nowhere(self.rows + later.rows)

    def problems(self) -> list[Problem]:
        if not self.rows:
            return []
        return [
            Problem(
                code="which_store",
                zh=f"有 {self.rows} 行不知道属于哪个门店：请把文件放进以门店命名的文件夹，或在“门店”一列填写",
                en=f"{number_of(self.rows, 'row names', 'rows name')} "
                "no store: put the file into a folder named after its store, or fill in a store column",
            )
        ]


def require_stores(placing: Placing, failures: Failures) -> None:
    """Reject rows that name no store and lie nowhere."""
    at = (placing.stores.is_null() & ~placing.named).arg_true()
    failures.add("store", at, pl.repeat(None, len(at), dtype=pl.String, eager=True), UNPLACED)
    placing.told.append(_Nowhere(len(at)))


def _first(preferred: pl.Series, other: pl.Series) -> pl.Series:
    return preferred.zip_with(preferred.is_not_null(), other)


def _known(word: str, directory: Directory | None) -> str | None:
    return directory.store(word) if directory else word


def _settle_unknown(placing: Placing, at: pl.Series, words: pl.Series, failures: Failures, handed: Handed) -> None:
    directory = handed.directory
    placed = placed_in(directory, handed.placed_store)
    # One word throughout is how that store calls itself in its own system; two words are two stores.
    one = words.n_unique() == 1 and placing.stores.null_count() == len(placing.stores)
    if placed and one:
        placing.stores, by = placing.stores.scatter(at, placed), _placed_by(placed, handed)
        placing.told.append(
            Problem(
                code="store_by_folder",
                zh=f"花名册中没有门店“{words[0]}”，文件{by.zh}归入“{placed}”",
                en=f"the roster has no store {words[0]!r}; the file was placed in {placed!r} {by.en}",
                severity="warning",
                subject=placed,
            )
        )
        return
    failures.add_each("store", at, words, lambda word: _unknown(word, directory))


def _unknown(word: str, directory: Directory | None) -> Reason:
    near = nearest(word, directory.stores.values()) if directory else ""
    hint_zh, hint_en = (f"，最接近的是“{near}”", f"; the nearest is {near!r}") if near else ("", "")
    return Reason("unknown_store", f"花名册中没有这个门店{hint_zh}", f"the roster has no such store{hint_en}")
