"""The SQL of derived columns: lookups, shifts, recurrences and existences, as equi-joins over the declared look-back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairwrench.engines.query import current, in_months
from fairwrench.settlement.formula import Dialect
from fairwrench.settlement.measure import Evidence
from fairwrench.settlement.source import Derived, Existence, Lookup, Recurrence, Shift, Source


def closure(source: Source, wanted: Iterable[str]) -> list[str]:
    """The derived columns asked for and those that they are worked out from, in declared order."""
    needed: set[str] = set()
    todo = [name for name in wanted if name in source.derived]
    while todo:
        name = todo.pop()
        needed.add(name)
        todo += [read for read in reads(source.derived[name]) if read in source.derived and read not in needed]
    return [name for name in source.derived if name in needed]


def reads(derived: Derived) -> tuple[str, ...]:
    """The columns of its own source that a derived column is worked out from."""
    if isinstance(derived, Lookup | Existence):
        return tuple(derived.by)
    if isinstance(derived, Shift):
        return (derived.shift,)
    names = (*derived.recurrence, *derived.visit, *derived.order, derived.opened, derived.closed)
    return (*names, *(name for name in (derived.take, derived.largest) if name))


def derive(name: str, columns: Iterable[str], evidence: Evidence, dialect: Dialect) -> str:
    """A query giving `_id` and the columns asked for, over the rows that can matter to the month."""
    source = evidence.sources[name].source
    asked = [column for column in columns if column in source.derived]
    steps = closure(source, asked)
    plain = {
        read for step in steps for read in reads(source.derived[step]) if read in source.columns or read == "store"
    }
    dates = _dates(source)
    base = current(name, evidence, {*plain, *dates}, dialect)
    ctes = [f"base AS ({base})", *_stages(source, steps, evidence, dialect)]
    last = f"stage{len(steps)}" if steps else "base"
    kept = ", ".join(["_id", *(dialect.column(column) for column in asked)])
    return f"WITH {', '.join(ctes)} SELECT {kept} FROM {last} WHERE {_matters(source, steps, dates, evidence, dialect)}"


def _dates(source: Source) -> list[str]:
    return [column for column, kind in source.columns.items() if kind.type in ("date", "timestamp", "month")]


def _matters(source: Source, steps: list[str], dates: list[str], evidence: Evidence, dialect: Dialect) -> str:
    """Rows dated in the month by any own date, shifted into it, or flagged as a return."""
    window = evidence.window(1)
    shifted = [step for step in steps if isinstance(source.derived[step], Shift)]
    zone = evidence.time_zone
    tests = [in_months(source, column, window, zone, dialect) for column in (*dates, *shifted)]
    returning = [s for s in steps if isinstance(d := source.derived[s], Recurrence) and d.flag != "earlier"]
    tests += [f"{dialect.column(step)} IS NOT NULL" for step in returning]
    return "(" + " OR ".join(tests) + ")"


def _stages(source: Source, steps: list[str], evidence: Evidence, dialect: Dialect) -> Iterator[str]:
    """One CTE a derived column, each adding its column to the one before; recurrences of one kind share their pairs."""
    pairs: dict[tuple[object, ...], str] = {}
    for number, step in enumerate(steps, start=1):
        before = f"stage{number - 1}" if number > 1 else "base"
        derived = source.derived[step]
        if isinstance(derived, Recurrence):
            identity = (derived.recurrence, derived.visit, derived.order, derived.opened, derived.closed, derived.days)
            if identity not in pairs:
                pairs[identity] = f"returns{len(pairs)}"
                yield from _pairs(derived, pairs[identity], before, source, steps, dialect)
            body = _recurrence(step, derived, pairs[identity], before, dialect)
        elif isinstance(derived, Lookup):
            body = _lookup(step, derived, before, evidence, dialect)
        elif isinstance(derived, Shift):
            kind = source.type_of(derived.shift) or ""
            moved = dialect.later(f"b.{dialect.column(derived.shift)}", kind, derived.days)
            body = f"SELECT b.*, {moved} AS {dialect.column(step)} FROM {before} b"
        else:
            body = _existence(step, derived, before, evidence, dialect)
        yield f"stage{number} AS ({body})"


def _lookup(step: str, derived: Lookup, before: str, evidence: Evidence, dialect: Dialect) -> str:
    theirs = current(derived.lookup, evidence, {*derived.by.values(), derived.take}, dialect)
    on = _on(derived.by, "b", "t", dialect)
    took = f"t.{dialect.column(derived.take)} AS {dialect.column(step)}"
    return f"SELECT b.*, {took} FROM {before} b LEFT JOIN ({theirs}) t ON {on}"


def _on(by: dict[str, str], ours: str, theirs: str, dialect: Dialect) -> str:
    return " AND ".join(f"{ours}.{dialect.column(a)} = {theirs}.{dialect.column(b)}" for a, b in by.items())


def _existence(step: str, derived: Existence, before: str, evidence: Evidence, dialect: Dialect) -> str:
    other = evidence.sources[derived.exists].source
    theirs = current(derived.exists, evidence, {*derived.by.values(), derived.date}, dialect)
    names = ", ".join(dialect.column(name) for name in derived.by.values())
    window = in_months(other, derived.date, evidence.window(derived.months), evidence.time_zone, dialect)
    found = f"SELECT DISTINCT {names}, TRUE AS _found FROM ({theirs}) x WHERE {window}"
    on = _on(derived.by, "b", "t", dialect)
    return (
        f"SELECT b.*, COALESCE(t._found, FALSE) AS {dialect.column(step)} FROM {before} b LEFT JOIN ({found}) t ON {on}"
    )


def _pairs(
    derived: Recurrence, name: str, before: str, source: Source, steps: list[str], dialect: Dialect
) -> Iterator[str]:
    """Visits (one per `same` and `visit`), and for each returning visit the one just before it."""
    q = dialect.column
    same = [q(column) for column in derived.recurrence]
    visit = [q(column) for column in derived.visit]
    keys = ", ".join(dict.fromkeys([*same, *visit]))
    known = " AND ".join(
        f"{column} IS NOT NULL" + (f" AND {column} <> ''" if text else "")
        for column, text in _texts(derived, source, q)
    )
    yield (
        f"{name}_visits AS (SELECT {keys}, MIN({q(derived.opened)}) AS opened_, MAX({q(derived.closed)}) AS closed_"
        f" FROM {before} WHERE {known} AND {q(derived.opened)} IS NOT NULL GROUP BY {keys})"
    )
    on = " AND ".join(f"l.{column} = e.{column}" for column in same)
    other = " OR ".join(f"l.{column} <> e.{column}" for column in visit)
    limit = dialect.later("e.closed_", source.type_of(derived.closed) or "", derived.days)
    later = ", ".join(f"l.{column} AS {column}" for column in dict.fromkeys([*same, *visit]))
    earlier = ", ".join(f"e.{column} AS e_{column.strip(dialect.quote)}" for column in visit)
    ties = ", ".join(f"e.{column} DESC" for column in visit)
    yield (
        f"{name} AS (SELECT {later}, {earlier},"
        f" ROW_NUMBER() OVER (PARTITION BY {', '.join(f'l.{c}' for c in dict.fromkeys([*same, *visit]))}"
        f" ORDER BY e.closed_ DESC, {ties}) AS nth_"
        f" FROM {name}_visits l JOIN {name}_visits e ON {on}"
        f" WHERE ({other}) AND l.opened_ >= e.closed_ AND l.opened_ <= {limit})"
    )


def _texts(derived: Recurrence, source: Source, q: object) -> list[tuple[str, bool]]:
    kinds = ((column, source.type_of(column)) for column in derived.recurrence)
    return [(q(column), kind in ("text", "person", "store")) for column, kind in kinds]  # type: ignore[operator]


def _recurrence(step: str, derived: Recurrence, pairs: str, before: str, dialect: Dialect) -> str:
    q = dialect.column
    keys = list(dict.fromkeys([*derived.recurrence, *derived.visit]))
    if derived.flag == "earlier":
        same = [q(column) for column in derived.recurrence]
        visits = [f"e_{column}" for column in derived.visit]
        had = f"SELECT DISTINCT {', '.join([*same, *visits])}, TRUE AS _found FROM {pairs}"
        on = [f"b.{column} = t.{column}" for column in same]
        on += [f"b.{q(column)} = t.e_{column}" for column in derived.visit]
        found = f"COALESCE(t._found, FALSE) AS {q(step)}"
        return f"SELECT b.*, {found} FROM {before} b LEFT JOIN ({had}) t ON {' AND '.join(on)}"
    first = _first_rows(derived, before, keys, dialect)
    if derived.flag == "later":
        value, join = "TRUE", ""
    else:
        value, join = f"p.{q(step)}", _taken(step, derived, before, dialect)
    visit = " AND ".join(f"t.{q(column)} = f.{q(column)}" for column in keys)
    found = f"SELECT f.first_id, {value} AS {q(step)} FROM {pairs} t JOIN ({first}) f ON {visit}{join} WHERE t.nth_ = 1"
    return f"SELECT b.*, x.{q(step)} FROM {before} b LEFT JOIN ({found}) x ON b._id = x.first_id"


def _first_rows(derived: Recurrence, before: str, keys: list[str], dialect: Dialect) -> str:
    """The first row of each visit: a visit that came back counts once, however many lines it has."""
    q = dialect.column
    by = ", ".join(q(column) for column in keys)
    order = ", ".join([*(q(column) for column in derived.order), "_id"])
    ranked = (
        f"SELECT {by}, _id AS first_id, ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY {order}) AS place_ FROM {before}"
    )
    return f"SELECT * FROM ({ranked}) r WHERE place_ = 1"


def _taken(step: str, derived: Recurrence, before: str, dialect: Dialect) -> str:
    """The earlier visit's value of `take`, from its row with the most of `largest`."""
    q = dialect.column
    keys = list(dict.fromkeys([*derived.recurrence, *derived.visit]))
    by = ", ".join(q(column) for column in keys)
    largest = f"{q(derived.largest)} DESC, " if derived.largest else ""
    order = largest + ", ".join([*(q(column) for column in derived.order), "_id"])
    taken = q(derived.take or "")
    ranked = f"SELECT {by}, {taken} AS {q(step)}, ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY {order}) AS place_ FROM {before}"
    on = [f"p.{q(column)} = t.{q(column)}" for column in derived.recurrence if column not in derived.visit]
    on += [f"p.{q(column)} = t.e_{column}" for column in derived.visit]
    return f" LEFT JOIN (SELECT * FROM ({ranked}) r WHERE place_ = 1) p ON {' AND '.join(on)}"
