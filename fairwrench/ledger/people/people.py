"""Who is meant by a name or number in a file: employee ids, resolved within the row's store."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from fairwrench.ledger.cells.labels import name_key
from fairwrench.ledger.cells.reasons import Reason

#: what stands between several names in one cell
SEPARATORS = "/、,，;；+＋&＆|｜\n"
BETWEEN_NAMES = f"[{re.escape(SEPARATORS)}]"
_WORDS = re.compile(r"[0-9A-Za-z_.-]+")
_BRACKETS = re.compile(r"[()（）\[\]【】<>:：#|-]+")


class Person(NamedTuple):
    """Who a text stands for: `employee_id`, or None with the ids of the `candidates`, or with the stores `elsewhere`
    in which somebody has that name.
    """

    employee_id: str | None
    candidates: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(slots=True)
class Directory:
    """The roster as intake asks it: ids, names within stores, stores. Built once for many files."""

    roster: pl.DataFrame
    stores: dict[str, str] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _bare_ids: dict[str, set[str]] = field(default_factory=dict)
    _names: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _anywhere: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    _shown: dict[str, str] = field(default_factory=dict)
    _service: pl.DataFrame | None = field(default=None, repr=False)

    @staticmethod
    def of(roster: pl.DataFrame) -> Directory:
        """The directory of a roster frame; a column `aliases` (names separated by 、) is heeded where there is one."""
        directory = Directory(roster)
        aliases = pl.col("aliases") if "aliases" in roster.columns else pl.lit(None, pl.String).alias("aliases")
        rows = roster.select("employee_id", "name", "store", aliases).unique(maintain_order=True)
        for employee_id, name, store, others in rows.iter_rows():
            if store:
                directory.stores.setdefault(name_key(store), store)
            if employee_id:
                directory._add(employee_id, name or "", store or "", others or "")
        return directory

    def _add(self, employee_id: str, name: str, store: str, aliases: str) -> None:
        self._ids.setdefault(name_key(employee_id), employee_id)
        # A spreadsheet that takes 0012 for a number leaves 12;
        # the bare form finds it, unless another person has it, too.
        if employee_id.isdigit():
            self._bare_ids.setdefault(employee_id.lstrip("0"), set()).add(employee_id)
        self._shown.setdefault(employee_id, name)
        for word in filter(None, (name_key(part) for part in (name, *re.split(BETWEEN_NAMES, aliases)))):
            # By store as well: two namesakes in two stores are told apart by where the row belongs.
            self._names.setdefault((store, word), set()).add(employee_id)
            self._anywhere.setdefault(word, set()).add((store, employee_id))

    def shown(self, employee_id: str) -> str:
        """A person as people read it: 张三 (1001)."""
        return f"{self._shown.get(employee_id, '')} ({employee_id})"

    def store(self, text: str) -> str | None:
        """The roster's spelling of a store, None when the roster has no such store."""
        return self.stores.get(name_key(text))

    def find(self, text: str, store: str | None) -> Person:
        """Who `text` stands for in a row of `store`; without a store, among everybody."""
        key = name_key(text)
        employee_id = self._by_id(key) or self._by_both(text)
        if employee_id:
            return Person(employee_id)
        found = self._named(key, store)
        if len(found) == 1:
            return Person(next(iter(found)))
        # Only a hint for people: who works in another store is not credited with rows of this one by name alone.
        elsewhere = {place for place, _ in self._anywhere.get(key, ()) if place != store} if not found else set()
        return Person(None, tuple(sorted(found)), tuple(sorted(elsewhere)))

    def _named(self, key: str, store: str | None) -> set[str]:
        if store is None:
            return {employee_id for _, employee_id in self._anywhere.get(key, ())}
        return self._names.get((store, key), set())

    def _by_id(self, key: str) -> str | None:
        """An id as written, or as a spreadsheet leaves it that took it for a number: without leading zeros."""
        found = self._ids.get(key)
        bare = self._bare_ids.get(key.lstrip("0"), set()) if key.isdigit() else set()
        # An id as written always wins; of two that differ in leading zeros alone the bare form means neither.
        return found or (next(iter(bare)) if len(bare) == 1 else None)

    def _by_both(self, text: str) -> str | None:
        """`张三(1001)` and `1001 张三`: an id and the name that belongs to it."""
        for word in _WORDS.findall(text):
            employee_id = self._by_id(name_key(word))
            name = name_key(_BRACKETS.sub(" ", text.replace(word, " ", 1)))
            # Both must belong together: an id with somebody else's name is a slip, and no one of the two is surer.
            if employee_id and any(found == employee_id for _, found in self._anywhere.get(name, ())):
                return employee_id
        return None

    def service(self) -> pl.DataFrame:
        """Everybody's first and last day: employee_id, begin, end (inclusive, null is open)."""
        if self._service is None:
            self._service = self._first_and_last()
        return self._service

    def _first_and_last(self) -> pl.DataFrame:
        begin, end = pl.max_horizontal("from", "hired_on"), pl.min_horizontal("to", "left_on")
        spans = self.roster.filter(pl.col("employee_id").is_not_null()).select("employee_id", begin=begin, end=end)
        # Whoever moves has a row for each posting: service runs
        # from the first beginning to the last end, gaps included.
        return spans.group_by("employee_id").agg(
            # One posting without a first day makes all of it open:
            # nobody is told to have been absent by a gap in the roster.
            begin=pl.when(pl.col("begin").null_count() == 0).then(pl.col("begin").min()),
            end=pl.when(pl.col("end").null_count() == 0).then(pl.col("end").max()),
        )

    def terms(self, candidates: tuple[str, ...], store: str | None) -> pl.DataFrame:
        """The assignments of some people in a store: employee_id, begin, end (inclusive, null is open)."""
        frame = self.roster.filter(pl.col("employee_id").is_in(candidates))
        if store is not None:
            frame = frame.filter(pl.col("store") == store)
        begin, end = pl.max_horizontal("from", "hired_on"), pl.min_horizontal("to", "left_on")
        return frame.select("employee_id", begin=begin, end=end)


def ambiguous(text: str, person: Person, directory: Directory) -> Reason:
    """Why a name is rejected that several people have."""
    shown = [directory.shown(employee_id) for employee_id in person.candidates]
    return Reason(
        "namesakes",
        f"有 {len(shown)} 人叫“{text}”：{'、'.join(shown)}；请改填工号",
        f"{text!r} may be {' or '.join(shown)}; write the employee id instead",
    )


def several(text: str) -> Reason:
    """Why several names are rejected in a column that takes one."""
    return Reason(
        "several_people",
        f"这一列只能填一人（或一个班组），不能填“{text}”",
        f"this column takes one person (or one team), not {text!r}",
    )


def contradictory(first: str, second: str, directory: Directory) -> Reason:
    """Why a row is rejected whose id and name belong to two people."""
    return Reason(
        "id_and_name_differ",
        f"工号与姓名不是同一人：{directory.shown(first)}、{directory.shown(second)}",
        f"the id and the name belong to two people: {directory.shown(first)} and {directory.shown(second)}",
    )
