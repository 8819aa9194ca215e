"""KPI expressions: a typed whitelist, parsed with sqlglot, checked against a source, rendered for an engine.

An expression is either an aggregate (`count`, `count_distinct(x)`, `sum(x)`, `min(x)`, `max(x)`, `quantile(x, 0.5)`) or a
row condition. There is no division, average, cast, subquery or function besides those listed in docs/metric-language.md:
engines differ on them, and a mean is a sum over a count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import sqlglot
from sqlglot import expressions as e
from sqlglot.errors import SqlglotError

from fairwrench.settlement.problem import nearest
from fairwrench.settlement.source import Source

AGGREGATES = ("count", "count_distinct", "sum", "min", "max", "quantile")
FUNCTIONS = (
    "seconds_between",
    "days_between",
    "local_date",
    "month_of",
    "hour_of",
    "weekday_of",
    "starts_with",
    "contains",
)
#: only these add up over people and units; the others are computed per level by their own query
ADDITIVE = ("count", "sum")


class FormulaError(ValueError):
    """An expression outside the whitelist, or one whose types do not fit; the message says where and what is near."""


@dataclass(frozen=True)
class Dialect:
    """What differs between engines. Functions take rendered SQL and give rendered SQL."""

    name: str
    seconds_between: Callable[[str, str], str]
    days_between: Callable[[str, str], str]
    #: (UTC timestamp, seconds east of UTC as SQL) → local date
    local_date: Callable[[str, str], str]
    hour_of: Callable[[str, str], str]
    #: Monday is 1
    weekday_of: Callable[[str], str]
    month_of: Callable[[str], str]
    instant: Callable[[str], str]
    quantile: Callable[[str, str], str]
    #: "2026-09-30 16:00:00" (UTC) → a timestamp literal
    moment: Callable[[str], str]
    #: (timestamp or date SQL, type, whole days) → the same moved
    later: Callable[[str, str, int], str]
    quote: str = '"'
    starts_with: str = "starts_with"
    anti_join: str = "LEFT ANTI JOIN"
    text_type: str = "VARCHAR"

    def column(self, name: str) -> str:
        """A quoted column name."""
        return f"{self.quote}{name}{self.quote}"


@dataclass(frozen=True)
class Clock:
    """The local time of the stores as UTC offsets: (from this UTC second on, seconds east), in order of time."""

    offsets: tuple[tuple[int, int], ...] = ((0, 0),)

    def east(self, stamp: str, instant: Callable[[str], str]) -> str:
        """SQL for the seconds east of UTC at `stamp`."""
        first = str(self.offsets[0][1])
        if len(self.offsets) == 1:
            return first
        cases = "".join(f" WHEN {instant(stamp)} >= {since} THEN {east}" for since, east in reversed(self.offsets[1:]))
        return f"CASE{cases} ELSE {first} END"


@dataclass(frozen=True)
class Typed:
    """A rendered piece: its SQL, type and, for numbers, the decimals it carries."""

    sql: str
    type: str
    scale: int = 0


@dataclass(frozen=True)
class Aggregate:
    """A parsed `value`: the aggregate's name and its argument's SQL (None for count), type and decimals."""

    name: str
    argument: str | None
    scale: int
    type: str = "number"
    fraction: str = ""
    columns: frozenset[str] = frozenset()

    @property
    def additive(self) -> bool:
        """True when people's values add up to their unit's."""
        return self.name in ADDITIVE


@dataclass
class Renderer:
    """Renders one parsed expression for one source, dialect and clock, collecting the columns it reads."""

    source: Source
    dialect: Dialect
    clock: Clock
    columns: set[str] = field(default_factory=set)

    def render(self, node: e.Expression) -> Typed:
        """The node as typed SQL; FormulaError when it is not in the whitelist."""
        for kinds, method in _RENDERERS:
            if isinstance(node, kinds):
                return method(self, node)
        raise FormulaError(f"`{node.sql()}` is not allowed in a formula")

    def column(self, node: e.Column) -> Typed:
        name = node.name
        if node.table:
            raise FormulaError(f"`{node.sql()}`: a formula reads the columns of one source, without a table name")
        kind = self.source.type_of(name)
        if kind is None:
            near = nearest(name, [*self.source.columns, *self.source.derived_types])
            raise FormulaError(f"there is no column `{name}`" + (f"; did you mean `{near}`?" if near else ""))
        self.columns.add(name)
        declared = self.source.columns.get(name)
        scale = declared.scale if declared and kind == "decimal" else 2 if kind == "decimal" else 0
        kind = {"int": "number", "decimal": "number", "person": "text", "store": "text", "month": "text"}.get(kind, kind)
        return Typed(self.dialect.column(name), kind, scale)

    def literal(self, node: e.Literal) -> Typed:
        if node.is_string:
            return Typed("'" + str(node.this).replace("'", "''") + "'", "text")
        number = Decimal(str(node.this))
        places = max(0, -int(number.as_tuple().exponent))
        return Typed(f"{number:f}", "number", places)

    def boolean(self, node: e.Boolean) -> Typed:
        return Typed("TRUE" if node.this else "FALSE", "bool")

    def parenthesis(self, node: e.Paren) -> Typed:
        inner = self.render(node.this)
        return Typed(f"({inner.sql})", inner.type, inner.scale)

    def arithmetic(self, node: e.Binary) -> Typed:
        left, right = self._numbers(node.this, node.expression, node)
        sign = {e.Add: "+", e.Sub: "-", e.Mul: "*"}[type(node)]
        scale = left.scale + right.scale if sign == "*" else max(left.scale, right.scale)
        return Typed(f"({left.sql} {sign} {right.sql})", "number", scale)

    def negation(self, node: e.Neg) -> Typed:
        inner = self.render(node.this)
        _expect(inner, "number", node)
        return Typed(f"(-{inner.sql})", "number", inner.scale)

    def comparison(self, node: e.Binary) -> Typed:
        left, right = self.render(node.this), self.render(node.expression)
        if left.type != right.type:
            raise FormulaError(f"`{node.sql()}` compares {left.type} with {right.type}")
        self._known_word(node.this, node.expression)
        self._known_word(node.expression, node.this)
        sign = {e.EQ: "=", e.NEQ: "<>", e.GT: ">", e.GTE: ">=", e.LT: "<", e.LTE: "<="}[type(node)]
        return Typed(f"({left.sql} {sign} {right.sql})", "bool")

    def connective(self, node: e.Connector) -> Typed:
        left, right = self.render(node.this), self.render(node.expression)
        for side in (left, right):
            _expect(side, "bool", node)
        return Typed(f"({left.sql} {'AND' if isinstance(node, e.And) else 'OR'} {right.sql})", "bool")

    def inversion(self, node: e.Not) -> Typed:
        inner = self.render(node.this)
        _expect(inner, "bool", node)
        return Typed(f"(NOT {inner.sql})", "bool")

    def membership(self, node: e.In) -> Typed:
        left = self.render(node.this)
        words = [self.render(word) for word in node.expressions]
        if not words or any(word.type != left.type for word in words):
            raise FormulaError(f"`{node.sql()}` needs a list of {left.type} values")
        for word in node.expressions:
            self._known_word(node.this, word)
        return Typed(f"({left.sql} IN ({', '.join(word.sql for word in words)}))", "bool")

    def identity(self, node: e.Is) -> Typed:
        inner = self.render(node.this)
        if isinstance(node.expression, e.Null):
            return Typed(f"({inner.sql} IS NULL)", "bool")
        if isinstance(node.expression, e.Boolean):
            _expect(inner, "bool", node)
            return Typed(f"({inner.sql} IS {'TRUE' if node.expression.this else 'FALSE'})", "bool")
        raise FormulaError(f"`{node.sql()}`: only `is null`, `is true` and `is false`, with or without `not`")

    def choice(self, node: e.Case) -> Typed:
        if node.this is not None:
            raise FormulaError("write `case when <condition> then … else … end`")
        if node.args.get("default") is None:
            raise FormulaError("a case needs an else: nothing missing counts as zero")
        tests = [(self.render(branch.this), self.render(branch.args["true"])) for branch in node.args["ifs"]]
        other = self.render(node.args["default"])
        for test, value in tests:
            _expect(test, "bool", node)
            if value.type != other.type:
                raise FormulaError(f"`{node.sql()}` gives {value.type} in one branch and {other.type} in another")
        body = "".join(f" WHEN {test.sql} THEN {value.sql}" for test, value in tests)
        scale = max(value.scale for value in (*(value for _, value in tests), other))
        return Typed(f"(CASE{body} ELSE {other.sql} END)", other.type, scale)

    def function(self, node: e.Expression) -> Typed:
        name, arguments = _call(node)
        if name not in FUNCTIONS:
            near = nearest(name, FUNCTIONS)
            raise FormulaError(f"there is no function `{name}`" + (f"; did you mean `{near}`?" if near else ""))
        return _FUNCTION_RENDERERS[name](self, [self.render(argument) for argument in arguments], node)

    def _numbers(self, left: e.Expression, right: e.Expression, node: e.Expression) -> tuple[Typed, Typed]:
        pair = self.render(left), self.render(right)
        for side in pair:
            _expect(side, "number", node)
        return pair

    def _known_word(self, column: e.Expression, word: e.Expression) -> None:
        """A text compared with a column that has fixed values must be one of them."""
        if not (isinstance(column, e.Column) and isinstance(word, e.Literal) and word.is_string):
            return
        declared = self.source.columns.get(column.name)
        if declared and declared.one_of and str(word.this) not in declared.one_of:
            near = nearest(str(word.this), declared.one_of)
            hint = f"; did you mean '{near}'?" if near else f"; it has {', '.join(declared.one_of)}"
            raise FormulaError(f"column `{column.name}` never holds '{word.this}'{hint}")


def parse_condition(text: str, source: Source, dialect: Dialect, clock: Clock) -> tuple[str, frozenset[str]]:
    """A `where` as SQL of type bool and the columns it reads."""
    renderer = Renderer(source, dialect, clock)
    typed = renderer.render(_parse(text))
    if typed.type != "bool":
        raise FormulaError(f"`{text}` is a {typed.type}, a condition is expected")
    return typed.sql, frozenset(renderer.columns)


def parse_aggregate(text: str, source: Source, dialect: Dialect, clock: Clock) -> Aggregate:
    """A `value` as an aggregate over one argument."""
    if text.strip() == "count":
        return Aggregate("count", None, 0)
    node = _parse(text)
    name, arguments = _call(node)
    if name not in AGGREGATES:
        near = nearest(name or text, AGGREGATES)
        raise FormulaError(f"`{text}` is not an aggregate" + (f"; did you mean `{near}`?" if near else ""))
    fraction = ""
    if name == "quantile":
        if len(arguments) != 2 or not isinstance(arguments[1], e.Literal):
            raise FormulaError("write quantile(x, 0.5)")
        fraction = str(arguments.pop().this)
    if len(arguments) != 1:
        raise FormulaError(f"`{name}` takes one argument")
    renderer = Renderer(source, dialect, clock)
    inner = renderer.render(arguments[0])
    if name != "count_distinct":
        _expect(inner, "number", node)
    return Aggregate(name, inner.sql, 0 if "count" in name else inner.scale, inner.type, fraction, frozenset(renderer.columns))


def aggregate_sql(aggregate: Aggregate, condition: str, dialect: Dialect) -> str:
    """The aggregate over the rows where `condition` holds, by CASE: the one form all engines share."""
    if aggregate.name == "count":
        return f"COUNT(CASE WHEN {condition} THEN 1 END)"
    kept = f"CASE WHEN {condition} THEN {aggregate.argument} END"
    if aggregate.name == "count_distinct":
        return f"COUNT(DISTINCT {kept})"
    if aggregate.name == "quantile":
        return dialect.quantile(kept, aggregate.fraction)
    return f"{aggregate.name.upper()}({kept})"


def _parse(text: str) -> e.Expression:
    try:
        node = sqlglot.parse_one(text)
    except SqlglotError as error:
        detail = error.errors[0] if getattr(error, "errors", None) else {}
        place = f" at character {detail['col']}" if detail.get("col") else ""
        raise FormulaError(f"`{text}` cannot be read{place}: {detail.get('description') or error}") from None
    if not isinstance(node, e.Expression):
        raise FormulaError(f"`{text}` cannot be read")
    return node


def _call(node: e.Expression) -> tuple[str, list[e.Expression]]:
    """A function's name as written and its arguments, whatever class sqlglot gave it."""
    if isinstance(node, e.Anonymous):
        return str(node.this).lower(), list(node.expressions)
    known: dict[type, str] = {
        e.Sum: "sum",
        e.Min: "min",
        e.Max: "max",
        e.Quantile: "quantile",
        e.StartsWith: "starts_with",
        e.Contains: "contains",
    }
    name = known.get(type(node), "")
    if not name:
        return (node.key if isinstance(node, e.Func) else ""), []
    second = node.args.get("quantile") or node.args.get("expression")
    extra = node.args.get("expressions") or []
    if name in ("min", "max") and extra:
        raise FormulaError(f"`{name}` takes one argument")
    return name, [node.this, second] if second is not None else [node.this]


def _expect(piece: Typed, kind: str, node: e.Expression) -> None:
    if piece.type != kind:
        raise FormulaError(f"in `{node.sql()}`: `{piece.sql}` is a {piece.type}, a {kind} is expected")


def _signature(name: str, given: list[Typed], *kinds: str) -> None:
    if len(given) != len(kinds):
        raise FormulaError(f"`{name}` takes {len(kinds)} arguments, {len(given)} given")
    for piece, kind in zip(given, kinds, strict=True):
        if piece.type not in kind.split("|"):
            raise FormulaError(f"`{name}` takes {kind}, `{piece.sql}` is a {piece.type}")


def _local(renderer: Renderer, piece: Typed) -> str:
    """A date as it is, a timestamp as its local date."""
    if piece.type == "date":
        return piece.sql
    east = renderer.clock.east(piece.sql, renderer.dialect.instant)
    return renderer.dialect.local_date(piece.sql, east)


def _seconds_between(renderer: Renderer, given: list[Typed], node: e.Expression) -> Typed:
    _signature("seconds_between", given, "timestamp", "timestamp")
    return Typed(renderer.dialect.seconds_between(given[0].sql, given[1].sql), "number")


def _days_between(renderer: Renderer, given: list[Typed], node: e.Expression) -> Typed:
    _signature("days_between", given, "date|timestamp", "date|timestamp")
    return Typed(renderer.dialect.days_between(*(_local(renderer, piece) for piece in given)), "number")


def _local_date(renderer: Renderer, given: list[Typed], node: e.Expression) -> Typed:
    _signature("local_date", given, "date|timestamp")
    return Typed(_local(renderer, given[0]), "date")


def _month_of(renderer: Renderer, given: list[Typed], node: e.Expression) -> Typed:
    _signature("month_of", given, "date|timestamp")
    return Typed(renderer.dialect.month_of(_local(renderer, given[0])), "text")


def _hour_of(renderer: Renderer, given: list[Typed], node: e.Expression) -> Typed:
    _signature("hour_of", given, "timestamp")
    east = renderer.clock.east(given[0].sql, renderer.dialect.instant)
    return Typed(renderer.dialect.hour_of(given[0].sql, east), "number")


def _weekday_of(renderer: Renderer, given: list[Typed], node: e.Expression) -> Typed:
    _signature("weekday_of", given, "date|timestamp")
    return Typed(renderer.dialect.weekday_of(_local(renderer, given[0])), "number")


def _starts_with(renderer: Renderer, given: list[Typed], node: e.Expression) -> Typed:
    _signature("starts_with", given, "text", "text")
    return Typed(f"{renderer.dialect.starts_with}({given[0].sql}, {given[1].sql})", "bool")


def _contains(renderer: Renderer, given: list[Typed], node: e.Expression) -> Typed:
    _signature("contains", given, "text", "text")
    return Typed(f"contains({given[0].sql}, {given[1].sql})", "bool")


_FUNCTION_RENDERERS: dict[str, Callable[[Renderer, list[Typed], e.Expression], Typed]] = {
    "seconds_between": _seconds_between,
    "days_between": _days_between,
    "local_date": _local_date,
    "month_of": _month_of,
    "hour_of": _hour_of,
    "weekday_of": _weekday_of,
    "starts_with": _starts_with,
    "contains": _contains,
}

_RENDERERS: tuple[tuple[tuple[type, ...], Callable[[Renderer, e.Expression], Typed]], ...] = (
    ((e.Column,), Renderer.column),
    ((e.Literal,), Renderer.literal),
    ((e.Boolean,), Renderer.boolean),
    ((e.Paren,), Renderer.parenthesis),
    ((e.Add, e.Sub, e.Mul), Renderer.arithmetic),
    ((e.Neg,), Renderer.negation),
    ((e.EQ, e.NEQ, e.GT, e.GTE, e.LT, e.LTE), Renderer.comparison),
    ((e.And, e.Or), Renderer.connective),
    ((e.Not,), Renderer.inversion),
    ((e.In,), Renderer.membership),
    ((e.Is,), Renderer.identity),
    ((e.Case,), Renderer.choice),
    ((e.Anonymous, e.StartsWith, e.Contains), Renderer.function),
)
