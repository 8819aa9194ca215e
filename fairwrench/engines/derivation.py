"""The SQL of derived columns: lookups, shifts, recurrences and existences as equi-joins over the declared look-back.

Each column is one common table expression (`stage1`, `stage2`, …) that adds it to the rows before it, so that later
columns may use earlier ones. No stage ever adds or drops a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fairwrench.engines.query import current, in_months
from fairwrench.settlement.dialect import Dialect
from fairwrench.settlement.measure import Evidence, SealedSource
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source import Existence, Lookup, Recurrence, Shift, Source, reads

DATES = ("date", "timestamp", "month")


def closure(source: Source, wanted: Iterable[str]) -> list[str]:
    """The derived columns asked for and those that they are worked out from, in declared order."""
    needed: set[str] = set()
    todo = [name for name in wanted if name in source.derived]
    while todo:
        name = todo.pop()
        needed.add(name)
        todo += [read for read in reads(source.derived[name]) if read in source.derived and read not in needed]
    return [name for name in source.derived if name in needed]


def derive(name: str, columns: Iterable[str], evidence: Evidence, dialect: Dialect) -> str:
    """A query giving `_id` and the columns asked for, over the rows that can matter to the month.

    Refused when a column looks into a source that is not sealed, or by less than that source's key: rows would double.
    """
    source = evidence.sources[name].source
    asked = [column for column in columns if column in source.derived]
    steps = closure(source, asked)
    dates = [column for column, kind in source.columns.items() if kind.type in DATES]
    own = {read for step in steps for read in reads(source.derived[step]) if read not in source.derived}
    base = current(name, evidence, sorted({*own, *dates}), dialect)
    stages = _Stages(source, evidence, dialect)
    tables = ", ".join([f"stage0 AS ({base})", *(table for step in steps for table in stages.add(step))])
    kept = ", ".join(["_id", *map(dialect.column, asked)])
    dated = [*dates, *(step for step in steps if source.derived_types[step] in DATES)]
    window = evidence.window(1)
    tests = " OR ".join(in_months(source, column, window, evidence.time_zone, dialect) for column in dated)
    return f"WITH {tables} SELECT {kept} FROM {stages.last} WHERE {tests}"


@dataclass
class _Stages:
    """Adds one derived column after another; recurrences of one kind share their pairs of visits."""

    source: Source
    evidence: Evidence
    dialect: Dialect
    count: int = 0

    def __post_init__(self) -> None:
        self.pairs: dict[tuple[object, ...], _Returns] = {}

    @property
    def last(self) -> str:
        """The table that holds every column so far."""
        return f"stage{self.count}"

    def add(self, step: str) -> Iterator[str]:
        """The tables that a column takes; the last of them is the next stage."""
        derived, before = self.source.derived[step], self.last
        added = self.dialect.column(step)
        if isinstance(derived, Recurrence):
            yield from self._returns(derived, before)
            body = self.pairs[_kind(derived)].column(derived, before, added)
        elif isinstance(derived, Lookup):
            body = self._lookup(step, derived, before, added)
        elif isinstance(derived, Shift):
            kind = self.source.type_of(derived.shift) or ""
            moved = self.dialect.later(f"b.{self.dialect.column(derived.shift)}", kind, derived.days)
            body = f"SELECT b.*, {moved} AS {added} FROM {before} b"
        else:
            body = self._existence(derived, before, added)
        self.count += 1
        yield f"{self.last} AS ({body})"

    def _returns(self, derived: Recurrence, before: str) -> Iterator[str]:
        if _kind(derived) not in self.pairs:
            returns = _Returns(f"returns{len(self.pairs)}", derived, self.source, self.dialect)
            self.pairs[_kind(derived)] = returns
            yield from returns.tables(before)

    def _lookup(self, step: str, derived: Lookup, before: str, added: str) -> str:
        other = _other(self.evidence, derived.lookup)
        if not set(other.source.key) <= set(derived.by.values()):
            raise _refused("lookup_doubles", step, derived.lookup, "没有用到全部主键", "does not go by its whole key")
        amount = self.source.derived_types[step] == "decimal"
        if amount and other.source.scale_of(derived.take) != self.source.scale_of(step):
            raise _refused("lookup_decimals", step, derived.lookup, "小数位数不同", "takes a number of other decimals")
        wanted = sorted({*derived.by.values(), derived.take})
        theirs = current(derived.lookup, self.evidence, wanted, self.dialect)
        took = f"t.{self.dialect.column(derived.take)} AS {added}"
        return f"SELECT b.*, {took} FROM {before} b LEFT JOIN ({theirs}) t ON {self._equal(derived.by)}"

    def _existence(self, derived: Existence, before: str, added: str) -> str:
        other = _other(self.evidence, derived.exists)
        theirs = current(derived.exists, self.evidence, sorted({*derived.by.values(), derived.date}), self.dialect)
        names = ", ".join(map(self.dialect.column, derived.by.values()))
        months = self.evidence.window(derived.months)
        window = in_months(other.source, derived.date, months, self.evidence.time_zone, self.dialect)
        found = f"SELECT DISTINCT {names}, TRUE AS found_ FROM ({theirs}) x WHERE {window}"
        on = self._equal(derived.by)
        return f"SELECT b.*, COALESCE(t.found_, FALSE) AS {added} FROM {before} b LEFT JOIN ({found}) t ON {on}"

    def _equal(self, by: dict[str, str]) -> str:
        column = self.dialect.column
        return " AND ".join(f"b.{column(ours)} = t.{column(theirs)}" for ours, theirs in by.items())


def _kind(derived: Recurrence) -> tuple[object, ...]:
    return derived.recurrence, derived.visit, derived.opened, derived.closed, derived.days


class _Returns:
    """Pairs of visits: one that came back (`same` and `visit` columns) and an earlier one (`e_` columns).

    `nth_` counts the earlier visits of a return from the one closed last.
    """

    def __init__(self, name: str, derived: Recurrence, source: Source, dialect: Dialect) -> None:
        self.name, self.derived, self.source, self.dialect = name, derived, source, dialect
        self.same = [dialect.column(column) for column in derived.recurrence]
        self.visit = [dialect.column(column) for column in derived.visit]
        self.earlier = [dialect.column(f"e_{column}") for column in derived.visit]
        self.keys = list(dict.fromkeys([*self.same, *self.visit]))

    def tables(self, before: str) -> Iterator[str]:
        """The visits, one per `same` and `visit` with every `same` known, and their pairs."""
        derived, keys = self.derived, ", ".join(self.keys)
        opened, closed = self.dialect.column(derived.opened), self.dialect.column(derived.closed)
        yield (
            f"{self.name}_visits AS (SELECT {keys}, MIN({opened}) AS opened_, MAX({closed}) AS closed_ FROM {before}"
            f" WHERE {self._known()} AND {opened} IS NOT NULL GROUP BY {keys})"
        )
        limit = self.dialect.later("e.closed_", self.source.type_of(derived.closed) or "", derived.days)
        order = ", ".join(["e.closed_ DESC", *(f"e.{column} DESC" for column in self.visit)])
        columns = [f"l.{column} AS {column}" for column in self.keys]
        columns += [f"e.{column} AS {alias}" for column, alias in zip(self.visit, self.earlier, strict=True)]
        other = " OR ".join(f"l.{column} <> e.{column}" for column in self.visit)
        yield (
            f"{self.name} AS (SELECT {', '.join(columns)},"
            f" ROW_NUMBER() OVER (PARTITION BY {', '.join(f'l.{key}' for key in self.keys)} ORDER BY {order}) AS nth_"
            f" FROM {self.name}_visits l JOIN {self.name}_visits e ON {_equal('l', 'e', self.same)}"
            f" WHERE ({other}) AND l.opened_ >= e.closed_ AND l.opened_ <= {limit})"
        )

    def column(self, derived: Recurrence, before: str, added: str) -> str:
        """The rows with the column that a recurrence yields."""
        if derived.flag == "earlier":
            found = f"SELECT DISTINCT {', '.join([*self.same, *self.earlier])}, TRUE AS found_ FROM {self.name}"
            on = f"{_equal('b', 't', self.same)} AND {_equal('b', 't', self.visit, self.earlier)}"
            return f"SELECT b.*, COALESCE(t.found_, FALSE) AS {added} FROM {before} b LEFT JOIN ({found}) t ON {on}"
        first = self._ranked(before, derived.order, "_id AS first_id")
        back = f"{self.name} t JOIN ({first}) f ON {_equal('t', 'f', self.keys)}"
        if derived.flag == "later":
            found = f"SELECT f.first_id, TRUE AS found_ FROM {back} WHERE t.nth_ = 1"
            taken = f"COALESCE(x.found_, FALSE) AS {added}"
        else:
            found = f"SELECT f.first_id, p.taken_ FROM {back}{self._taken(derived, before)} WHERE t.nth_ = 1"
            taken = f"x.taken_ AS {added}"
        return f"SELECT b.*, {taken} FROM {before} b LEFT JOIN ({found}) x ON b._id = x.first_id"

    def _taken(self, derived: Recurrence, before: str) -> str:
        """Joins the earlier visit's row with the most of `largest`, or its first."""
        column = self.dialect.column
        largest = [f"{column(derived.largest)} DESC"] if derived.largest else []
        row = self._ranked(before, derived.order, f"{column(derived.take or '')} AS taken_", largest)
        own = [key for key in self.same if key not in self.visit]
        on = [*([_equal("p", "t", own)] if own else []), _equal("p", "t", self.visit, self.earlier)]
        return f" LEFT JOIN ({row}) p ON {' AND '.join(on)}"

    def _ranked(self, before: str, order: Sequence[str], chosen: str, ahead: Sequence[str] = ()) -> str:
        """One row of each visit: the first by `ahead`, then by `order`; empty values come last on every engine."""
        by = ", ".join(self.keys)
        placed = ", ".join(f"{word} NULLS LAST" for word in (*ahead, *map(self.dialect.column, order), "_id"))
        place = f"ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY {placed}) AS place_"
        return f"SELECT * FROM (SELECT {by}, {chosen}, {place} FROM {before}) r WHERE place_ = 1"

    def _known(self) -> str:
        """Every `same` column holds something; an empty text is nothing."""
        tests = []
        for column, name in zip(self.derived.recurrence, self.same, strict=True):
            tests.append(f"{name} IS NOT NULL")
            if self.source.type_of(column) in ("text", "person", "store"):
                tests.append(f"{name} <> ''")
        return " AND ".join(tests)


def _equal(ours: str, theirs: str, columns: Sequence[str], named: Sequence[str] | None = None) -> str:
    """Equality of columns in two tables; `named` are their names in the second."""
    pairs = zip(columns, named or columns, strict=True)
    return " AND ".join(f"{ours}.{column} = {theirs}.{other}" for column, other in pairs)


def _other(evidence: Evidence, name: str) -> SealedSource:
    """The source that a derived column looks into."""
    if name not in evidence.sources:
        zh, en = f"派生列要查的数据源 {name} 未封账", f"{name}, which a derived column looks into, is not sealed"
        raise Refused([Problem("not_sealed", zh, en, subject=name)])
    return evidence.sources[name]


def _refused(code: str, step: str, other: str, zh: str, en: str) -> Refused:
    return Refused(
        [Problem(code, f"派生列 {step} 查 {other} 时{zh}", f"derived column {step}: its lookup of {other} {en}")]
    )
