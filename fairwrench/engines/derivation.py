"""The SQL of derived columns: lookups, shifts, recurrences and existences as equi-joins over the declared look-back.

Each column is added to the rows before it, so that later columns may use earlier ones; none ever adds or drops a row.
Rows become a common table expression (`stage1`, …) only where several queries read them: engines keep these whole. What
is kept of everything is narrow, a number and a few dates a row; whole rows are taken of the few things that come again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from fairwrench.engines.query import current, in_months
from fairwrench.settlement.measure.measure import Evidence, SealedSource
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.dialect import Dialect
from fairwrench.settlement.source.formula import FormulaError, parse_condition, reversal_sql
from fairwrench.settlement.source.source import Existence, Lookup, Recurrence, Shift, Source, Total, reads

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


def sources_read(name: str, columns: Iterable[str], evidence: Evidence) -> list[str]:
    """The sources that working out these derived columns reads: its own, looked-up and searched ones."""
    source = evidence.sources[name].source
    steps = [source.derived[step] for step in closure(source, columns)]
    looked_up = [step.lookup for step in steps if isinstance(step, Lookup)]
    searched = [step.exists for step in steps if isinstance(step, Existence)]
    others = [*looked_up, *searched, *(step.total for step in steps if isinstance(step, Total))]
    return list(dict.fromkeys([name, *others]))


def derive(name: str, columns: Iterable[str], evidence: Evidence, dialect: Dialect) -> str:
    """A query giving `_id` and the columns asked for, over the rows that can matter to the month.

    Refused when a column looks into a source that is not sealed, or by less than that source's key: rows would double.
    """
    source = evidence.sources[name].source
    asked = [column for column in columns if column in source.derived]
    steps = closure(source, asked)
    # Dates are always read: by whichever of them a measure goes, the row has to be in the side file.
    dates = [column for column, kind in source.columns.items() if kind.type in DATES]
    own = {read for step in steps for read in reads(source.derived[step]) if read not in source.derived}
    taken_back = source.reversible if evidence.sources[name].reversals else ()
    base = current(name, evidence, sorted({*own, *dates, *taken_back}), dialect)
    real = f"NOT {reversal_sql(source, dialect)}" if taken_back else ""
    stages = _Stages(source, evidence, dialect, base, tuple(steps), frozenset(asked), real)
    tables = ", ".join(table for step in steps for table in stages.add(step))
    kept = ", ".join(["_id", *map(dialect.column, asked)])
    return f"{f'WITH {tables} ' if tables else ''}SELECT {kept} FROM {stages.rows} w WHERE {stages.matters()}"


@dataclass
class _Stages:
    """Adds one derived column after another; recurrences of one kind share their pairs of visits.

    `base` is the query of the rows to begin with, `steps` are the columns to come, `told` those that are asked for.
    `rows` is what a query reads to have every column so far: a table's name, or a query in brackets. A reversal is
    no visit: nobody comes back by it.
    """

    source: Source
    evidence: Evidence
    dialect: Dialect
    base: str
    steps: tuple[str, ...]
    told: frozenset[str]
    #: rows that happened, as a condition; empty where none of them takes another one back
    real: str = ""

    def __post_init__(self) -> None:
        self.rows = f"({self.base})"
        self.tables = 0
        self.there = set(self.source.columns)
        #: columns by which a stage has looked already whether a row matters (`matters_`)
        self.looked_at: set[str] = set()
        self.pairs: dict[tuple[object, ...], _Returns] = {}
        #: what makes of rows to begin with the rows with every column so far
        self.layers: list[Callable[[str], str]] = []

    def add(self, step: str) -> Iterator[str]:
        """Add a column, if it is not there yet; gives the tables that it takes."""
        # Lookups into the same rows are added together, so a later step may stand here already.
        if step in self.there:
            return
        derived = self.source.derived[step]
        added = self.dialect.column(step)
        layer: Callable[[str], str]
        if isinstance(derived, Recurrence):
            yield from self._returns(step, derived)
            layer = partial(self.pairs[_kind(derived)].column, derived, added)
        elif isinstance(derived, Lookup):
            together = [name for name in self.steps if _looks_alike(self.source.derived[name], derived)]
            layer = self._lookups(together, derived)
            self.there.update(together)
        elif isinstance(derived, Shift):
            kind = self.source.type_of(derived.shift) or ""
            moved = self.dialect.later(f"b.{self.dialect.column(derived.shift)}", kind, derived.days)
            layer = partial("SELECT b.*, {} AS {} FROM {} b".format, moved, added)
        elif isinstance(derived, Existence):
            layer = self._existence(derived, added)
        else:
            layer = self._total(step, derived, added)
        self.there.add(step)
        self.layers.append(layer)
        self.rows = f"({layer(self.rows)})"

    def matters(self) -> str:
        """The condition that a row can matter to the month: one of its dates lies in it."""
        # Earlier rows are read (a visit may have come back by them) but need no columns of their own in this month.
        window, zone = self.evidence.window(1), self.evidence.time_zone
        dates = [name for name in (*self.source.columns, *self.steps) if self.source.type_of(name) in DATES]
        fresh = [name for name in dates if name in self.there and name not in self.looked_at]
        tests = [in_months(self.source, name, window, zone, self.dialect) for name in fresh]
        return " OR ".join([*(["matters_"] if self.looked_at else []), *tests]) or "FALSE"

    def _returns(self, step: str, derived: Recurrence) -> Iterator[str]:
        kind = _kind(derived)
        # Pairs made of an earlier stage lack what was derived since; they are made anew where that is read.
        if kind in self.pairs and self.pairs[kind].there >= {*reads(derived)} & {*self.source.derived}:
            return
        self.tables += 1
        returns = _Returns(
            f"returns{self.tables}", derived, self.source, self.dialect, frozenset(self.there), self.real
        )
        self.pairs[kind] = returns
        stage = f"stage{self.tables}"
        yield f"{stage} AS ({self._narrow(step, kind, returns)})"
        self.rows = stage
        yield from returns.tables(stage, self._whole(returns.few))

    def _narrow(self, step: str, kind: tuple[object, ...], returns: _Returns) -> str:
        """All rows with what is still read of each of them, and the number of what may come again."""
        read = {*self.told, *(self.source.reversible if self.real else ())}
        for later in self.steps[self.steps.index(step) :]:
            derived = self.source.derived[later]
            # Columns of these pairs are found by the row's number alone.
            if later not in self.there and not (isinstance(derived, Recurrence) and _kind(derived) == kind):
                read |= {*reads(derived)}
        columns = [self.dialect.column(name) for name in sorted(read & self.there)]
        matters = f"COALESCE({self.matters()}, FALSE) AS matters_"
        self.looked_at |= self.there
        return f"SELECT {', '.join(['_id', *columns, matters, returns.number()])} FROM {self.rows} b"

    def _whole(self, few: str) -> str:
        """The rows of `few` with every column so far, worked out from the rows to begin with."""
        rows = f"(SELECT b.* FROM ({self.base}) b JOIN {few} f ON b._id = f.few_id)"
        for layer in self.layers:
            rows = f"({layer(rows)})"
        return rows

    def _lookups(self, steps: Sequence[str], derived: Lookup) -> Callable[[str], str]:
        """Columns looked up in the same rows of another source, all at once."""
        other = _other(self.evidence, derived.lookup)
        found = {step: each for step in steps if isinstance(each := self.source.derived[step], Lookup)}
        for step, each in found.items():
            self._check(step, each, other.source)
        wanted = sorted({*derived.by.values(), *(each.take for each in found.values())})
        theirs = current(derived.lookup, self.evidence, wanted, self.dialect)
        column = self.dialect.column
        took = ", ".join(f"t.{column(each.take)} AS {column(step)}" for step, each in found.items())
        on = self._equal(derived.by)
        return lambda rows: f"SELECT b.*, {took} FROM {rows} b LEFT JOIN ({theirs}) t ON {on}"

    def _check(self, step: str, derived: Lookup, other: Source) -> None:
        # By less than the whole key a row would find several partners, and be counted several times.
        if not set(other.key) <= set(derived.by.values()):
            raise _refused("lookup_doubles", step, derived.lookup, "没有用到全部识别列", "does not go by its whole key")
        self._check_decimals(step, derived.take, derived.lookup, other)

    def _check_decimals(self, step: str, take: str, name: str, other: Source) -> None:
        # An amount comes over as it lies there: with other decimals it would be off by a power of ten.
        amount = self.source.derived_types[step] == "decimal"
        if amount and other.scale_of(take) != self.source.scale_of(step):
            raise _refused("lookup_decimals", step, name, "小数位数不同", "takes a number of other decimals")

    def _existence(self, derived: Existence, added: str) -> Callable[[str], str]:
        other = _other(self.evidence, derived.exists)
        theirs = current(derived.exists, self.evidence, sorted({*derived.by.values(), derived.date}), self.dialect)
        names = ", ".join(map(self.dialect.column, derived.by.values()))
        months = self.evidence.window(derived.months)
        window = in_months(other.source, derived.date, months, self.evidence.time_zone, self.dialect)
        # Distinct before the join: a vehicle that came five times must not make five rows of one.
        found = f"SELECT DISTINCT {names}, TRUE AS found_ FROM ({theirs}) x WHERE {window}"
        on = self._equal(derived.by)
        yes = f"COALESCE(t.found_, FALSE) AS {added}"
        return lambda rows: f"SELECT b.*, {yes} FROM {rows} b LEFT JOIN ({found}) t ON {on}"

    def _total(self, step: str, derived: Total, added: str) -> Callable[[str], str]:
        other, column = _other(self.evidence, derived.total), self.dialect.column
        self._check_decimals(step, derived.take, derived.total, other.source)
        test, read = self._condition(step, derived, other.source)
        wanted = sorted({*derived.by.values(), derived.take, *read})
        theirs = current(derived.total, self.evidence, wanted, self.dialect)
        names = ", ".join(map(column, derived.by.values()))
        # Added up before the join: three leaves of somebody must not make three rows of one.
        found = f"SELECT {names}, SUM({column(derived.take)}) AS total_ FROM ({theirs}) x WHERE {test} GROUP BY {names}"
        amount, on = "COALESCE(t.total_, 0)", self._equal(derived.by)
        if derived.at_most:
            left = f"COALESCE(b.{column(derived.at_most)}, 0)"
            left += f" - COALESCE(b.{column(derived.less)}, 0)" if derived.less else ""
            amount = f"GREATEST(LEAST({amount}, {left}), 0)"
        # An engine's sum has more digits than the side file, whose type every reader expects.
        kind = "DECIMAL(18, 2)" if self.source.derived_types[step] == "decimal" else "BIGINT"
        cast = f"CAST({amount} AS {kind}) AS {added}"
        return lambda rows: f"SELECT b.*, {cast} FROM {rows} b LEFT JOIN ({found}) t ON {on}"

    def _condition(self, step: str, derived: Total, other: Source) -> tuple[str, frozenset[str]]:
        """Which rows of the other source are added up, and the columns that takes."""
        if not derived.where:
            return "TRUE", frozenset()
        try:
            return parse_condition(derived.where, other, self.dialect, self.evidence.clock())
        except FormulaError as error:
            raise _refused("total_where", step, derived.total, f"条件无法读取：{error}", f"{error}") from None

    def _equal(self, by: dict[str, str]) -> str:
        column = self.dialect.column
        return " AND ".join(f"b.{column(ours)} = t.{column(theirs)}" for ours, theirs in by.items())


def _kind(derived: Recurrence) -> tuple[object, ...]:
    return derived.recurrence, derived.visit, derived.opened, derived.closed, derived.days


def _looks_alike(derived: object, other: Lookup) -> bool:
    return isinstance(derived, Lookup) and (derived.lookup, derived.by) == (other.lookup, other.by)


class _Returns:
    """Pairs of visits: one that came back (`same` and `visit` columns) and an earlier one (`e_` columns).

    `nth_` counts the earlier visits of a return from the one closed last. What all of it is worked out from is the
    table `…_rows`: few of all rows, as most things do not even come twice. `there` are the columns that it has.
    """

    def __init__(  # noqa: PLR0917 - one caller, and each of them is of another kind
        self,
        name: str,
        derived: Recurrence,
        source: Source,
        dialect: Dialect,
        there: frozenset[str],
        real: str,
    ) -> None:
        self.real = real
        self.name, self.derived, self.source, self.dialect, self.there = name, derived, source, dialect, there
        self.same = [dialect.column(column) for column in derived.recurrence]
        self.visit = [dialect.column(column) for column in derived.visit]
        self.earlier = [dialect.column(f"e_{column}") for column in derived.visit]
        self.keys = list(dict.fromkeys([*self.same, *self.visit]))
        self.rows, self.few = f"{name}_rows", f"{name}_few"

    def number(self) -> str:
        """What tells most things apart: a number of the `same` columns, nothing where one of them holds nothing."""
        # Two things may share a number; of these whole rows are taken in vain, and joined by their columns.
        return f"CASE WHEN {self._known()} THEN {self.dialect.hash_of(', '.join(self.same))} END AS same_"

    def tables(self, numbered: str, whole: str) -> Iterator[str]:
        """The rows whose `same` comes again, the visits (one per `same` and `visit`), and their pairs.

        `numbered` has `_id` and `same_` of all rows, `whole` is a query of the rows of `few` with all their columns.
        """
        derived, keys = self.derived, ", ".join(self.keys)
        opened, closed = self.dialect.column(derived.opened), self.dialect.column(derived.closed)
        again = f"SELECT same_ FROM {numbered} WHERE same_ IS NOT NULL GROUP BY same_ HAVING COUNT(*) > 1"
        yield f"{self.few} AS (SELECT b._id AS few_id FROM {numbered} b JOIN ({again}) a ON b.same_ = a.same_)"
        yield f"{self.rows} AS (SELECT b.* FROM {whole} b)"
        yield (
            f"{self.name}_visits AS (SELECT {keys}, MIN({opened}) AS opened_, MAX({closed}) AS closed_"
            # One visit has several job lines: it begins with the first of them and is over with the last.
            f" FROM {self.rows} WHERE {opened} IS NOT NULL GROUP BY {keys})"
        )
        limit = self.dialect.later("e.closed_", self.source.type_of(derived.closed) or "", derived.days)
        # Of two visits closed in the same second the greater number is the one before: the same on every engine.
        order = ", ".join(["e.closed_ DESC", *(f"e.{column} DESC" for column in self.visit)])
        columns = [f"l.{column} AS {column}" for column in self.keys]
        columns += [f"e.{column} AS {alias}" for column, alias in zip(self.visit, self.earlier, strict=True)]
        other = " OR ".join(f"l.{column} <> e.{column}" for column in self.visit)
        yield (
            f"{self.name} AS (SELECT {', '.join(columns)},"
            f" ROW_NUMBER() OVER (PARTITION BY {', '.join(f'l.{key}' for key in self.keys)} ORDER BY {order}) AS nth_"
            # An equi-join: 6.7 s over 20 million rows, far slower as a window (design, ledger).
            f" FROM {self.name}_visits l JOIN {self.name}_visits e ON {_equal('l', 'e', self.same)}"
            # After, not at: a comeback at the very second of delivery is no comeback (decision 5).
            f" WHERE ({other}) AND l.opened_ > e.closed_ AND l.opened_ <= {limit})"
        )

    def column(self, derived: Recurrence, added: str, before: str) -> str:
        """The rows with the column that a recurrence yields."""
        if derived.flag == "earlier":
            on = f"{_equal('r', 't', self.same)} AND {_equal('r', 't', self.visit, self.earlier)}"
            found = f"SELECT DISTINCT r._id AS found_id, TRUE AS found_ FROM {self.rows} r JOIN {self.name} t ON {on}"
        else:
            # A visit comes back once, however many lines it has: the first line bears the mark.
            first = self._ranked(derived.order, "_id AS found_id")
            back = f"{self.name} t JOIN ({first}) f ON {_equal('t', 'f', self.keys)}"
            found = f"SELECT f.found_id, TRUE AS found_ FROM {back} WHERE t.nth_ = 1"
            if derived.take:
                found = f"SELECT f.found_id, p.taken_ FROM {back}{self._taken(derived)} WHERE t.nth_ = 1"
        taken = "x.taken_" if derived.take else "COALESCE(x.found_, FALSE)"
        return f"SELECT b.*, {taken} AS {added} FROM {before} b LEFT JOIN ({found}) x ON b._id = x.found_id"

    def _taken(self, derived: Recurrence) -> str:
        """Joins the earlier visit's row with the most of `largest`, or its first."""
        column = self.dialect.column
        largest = [f"{column(derived.largest)} DESC"] if derived.largest else []
        row = self._ranked(derived.order, f"{column(derived.take or '')} AS taken_", largest)
        # Visit columns of a pair are those of the return; the earlier visit's stand under `e_…`.
        own = [key for key in self.same if key not in self.visit]
        on = [*([_equal("p", "t", own)] if own else []), _equal("p", "t", self.visit, self.earlier)]
        return f" LEFT JOIN ({row}) p ON {' AND '.join(on)}"

    def _ranked(self, order: Sequence[str], chosen: str, ahead: Sequence[str] = ()) -> str:
        """One row of each visit: the first by `ahead`, then by `order`; empty values come last on every engine."""
        by = ", ".join(self.keys)
        placed = ", ".join(f"{word} NULLS LAST" for word in (*ahead, *map(self.dialect.column, order), "_id"))
        place = f"ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY {placed}) AS place_"
        return f"SELECT * FROM (SELECT {by}, {chosen}, {place} FROM {self.rows}) r WHERE place_ = 1"

    def _known(self) -> str:
        """Every `same` column holds something; an empty text is nothing."""
        tests = []
        for column, name in zip(self.derived.recurrence, self.same, strict=True):
            tests.append(f"{name} IS NOT NULL")
            # An empty fault system or number plate is no fault and no vehicle in common (design, comebacks).
            if self.source.type_of(column) in ("text", "person", "store"):
                tests.append(f"{name} <> ''")
        return " AND ".join([*tests, *([self.real] if self.real else [])])


def _equal(ours: str, theirs: str, columns: Sequence[str], named: Sequence[str] | None = None) -> str:
    """Equality of columns in two tables; `named` are their names in the second."""
    pairs = zip(columns, named or columns, strict=True)
    return " AND ".join(f"{ours}.{column} = {theirs}.{other}" for column, other in pairs)


def _other(evidence: Evidence, name: str) -> SealedSource:
    """The source that a derived column looks into."""
    if name not in evidence.sources:
        zh, en = f"推算列要查的数据报表 {name} 没有锁定", f"{name}, which a derived column looks into, is not sealed"
        raise Refused([Problem("not_sealed", zh, en, subject=name)])
    return evidence.sources[name]


def _refused(code: str, step: str, other: str, zh: str, en: str) -> Refused:
    return Refused(
        [Problem(code, f"推算列 {step} 查 {other} 时{zh}", f"derived column {step}: its lookup of {other} {en}")]
    )
