"""The typed whitelist of what a formula may say, each piece rendered as SQL with its type and its decimals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlglot import expressions as e

from fairwrench.settlement.problem import nearest
from fairwrench.settlement.source.dialect import Clock, Dialect
from fairwrench.settlement.source.source import Source

#: as many digits as an exact decimal of an engine holds
MOST_DIGITS = 18
#: how the types of columns are told apart here
PLAIN = {"int": "number", "decimal": "number", "person": "text", "store": "text", "month": "text"}
SIGNS: dict[type[e.Expr], str] = {
    **{e.Add: "+", e.Sub: "-", e.Mul: "*", e.And: "AND", e.Or: "OR"},
    **{e.EQ: "=", e.NEQ: "<>", e.GT: ">", e.GTE: ">=", e.LT: "<", e.LTE: "<="},
}


class FormulaError(ValueError):
    """An expression outside the whitelist, or one whose types do not fit; the message says where and what is near."""


@dataclass(frozen=True)
class Typed:
    """A rendered piece: its SQL, type (number, text, bool, date, timestamp) and, for numbers, its decimals."""

    sql: str
    type: str
    scale: int = 0


@dataclass
class Renderer:
    """Renders one parsed expression for one source, dialect and clock, collecting the columns it reads."""

    source: Source
    dialect: Dialect
    clock: Clock
    columns: set[str] = field(default_factory=set)

    def render(self, node: e.Expr) -> Typed:
        """The node as typed SQL; FormulaError when it is not in the whitelist."""
        method = _RENDERERS.get(type(node))
        if method is None:
            raise FormulaError(f"`{node.sql()}` is not allowed in a formula")
        return method(self, node)

    def of_type(self, node: e.Expr, kind: str, whole: e.Expr) -> Typed:
        """The node as SQL of a type; FormulaError naming the `whole` expression when it is of another."""
        piece = self.render(node)
        if piece.type != kind:
            raise FormulaError(f"in `{whole.sql()}`: `{node.sql()}` is a {piece.type}, a {kind} is expected")
        return piece

    def local(self, piece: Typed) -> str:
        """A date as it is, a timestamp as its local date."""
        if piece.type == "date":
            return piece.sql
        return self.dialect.local_date(piece.sql, self.east(piece))

    def east(self, piece: Typed) -> str:
        """The seconds east of UTC at a timestamp."""
        return self.clock.east(piece.sql, self.dialect.instant)


#: what a formula has no word for, because engines disagree on it, and how to say it instead
NO_DIVISION = "there is no division; a rate has a `numerator` and a `denominator`, each a count or a sum of its own"
NO_MEAN = "a mean is a sum over a count: write `sum(x)` as the numerator and `count` as the denominator"
MEANS = ("avg", "mean", "average")


def _column(self: Renderer, node: e.Column) -> Typed:
    name = node.name
    if node.table:
        raise FormulaError(f"`{node.sql()}`: a formula reads the columns of one source, without a table name")
    kind = self.source.type_of(name)
    if kind is None and node.this.quoted:
        raise FormulaError(
            f'"{name}" in double quotes is the name of a column, and there is none: a text stands in single quotes, '
            f"'{name}'"
        )
    if kind is None:
        start = node.this.meta.get("start")
        place = f" (character {start + 1})" if start is not None else ""
        raise FormulaError(f"there is no column `{name}`{place}{_hint(name, self.source)}")
    self.columns.add(name)
    return Typed(self.dialect.column(name), PLAIN.get(kind, kind), self.source.scale_of(name))


def _hint(name: str, source: Source) -> str:
    near = nearest(name, [*source.columns, *source.derived_types])
    return f"; did you mean `{near}`?" if near else ""


def _literal(self: Renderer, node: e.Literal) -> Typed:
    if node.is_string:
        return Typed(self.dialect.literal(str(node.this)), "text")
    # A number is written out without exponent: `1e3` is a double to both engines.
    number = f"{Decimal(str(node.this)):f}" if len(str(node.this)) <= MOST_DIGITS else ""
    if not 0 < len(number) <= MOST_DIGITS:
        raise FormulaError(f"the number `{node.this}` has too many digits")
    return Typed(number, "number", len(number.partition(".")[2]))


def _boolean(self: Renderer, node: e.Boolean) -> Typed:
    return Typed("TRUE" if node.this else "FALSE", "bool")


def _parenthesis(self: Renderer, node: e.Paren) -> Typed:
    inner = self.render(node.this)
    return Typed(f"({inner.sql})", inner.type, inner.scale)


def _arithmetic(self: Renderer, node: e.Binary) -> Typed:
    left, right = (self.of_type(side, "number", node) for side in (node.this, node.expression))
    product = isinstance(node, e.Mul)
    # The decimals that both engines give a product; `exact` refuses a result that has others.
    scale = left.scale + right.scale if product else max(left.scale, right.scale)
    return Typed(f"({left.sql} {SIGNS[type(node)]} {right.sql})", "number", scale)


def _division(self: Renderer, node: e.Div) -> Typed:
    raise FormulaError(f"`{node.sql()}`: {NO_DIVISION}")


def _negation(self: Renderer, node: e.Neg) -> Typed:
    inner = self.of_type(node.this, "number", node)
    return Typed(f"(-{inner.sql})", "number", inner.scale)


def _comparison(self: Renderer, node: e.Binary) -> Typed:
    # Engines turn `'5' = 5` into a number each in its own way, so types have to agree.
    left, right = self.render(node.this), self.render(node.expression)
    if left.type != right.type:
        raise FormulaError(f"`{node.sql()}` compares {left.type} with {right.type}")
    _check_word(self.source, node.this, node.expression)
    _check_word(self.source, node.expression, node.this)
    return Typed(f"({left.sql} {SIGNS[type(node)]} {right.sql})", "bool")


def _connective(self: Renderer, node: e.Connector) -> Typed:
    left, right = (self.of_type(side, "bool", node) for side in (node.this, node.expression))
    return Typed(f"({left.sql} {SIGNS[type(node)]} {right.sql})", "bool")


def _inversion(self: Renderer, node: e.Not) -> Typed:
    return Typed(f"(NOT {self.of_type(node.this, 'bool', node).sql})", "bool")


def _membership(self: Renderer, node: e.In) -> Typed:
    left = self.render(node.this)
    words = [self.render(word) for word in node.expressions]
    if not words or any(word.type != left.type for word in words):
        raise FormulaError(f"`{node.sql()}` needs a list of {left.type} values")
    for word in node.expressions:
        _check_word(self.source, node.this, word)
    return Typed(f"({left.sql} IN ({', '.join(word.sql for word in words)}))", "bool")


def _identity(self: Renderer, node: e.Is) -> Typed:
    if isinstance(node.expression, e.Null):
        return Typed(f"({self.render(node.this).sql} IS NULL)", "bool")
    if isinstance(node.expression, e.Boolean):
        truth = "TRUE" if node.expression.this else "FALSE"
        return Typed(f"({self.of_type(node.this, 'bool', node).sql} IS {truth})", "bool")
    raise FormulaError(f"`{node.sql()}`: only `is null`, `is true` and `is false`, with or without `not`")


def _choice(self: Renderer, node: e.Case) -> Typed:
    if node.this is not None:
        raise FormulaError("write `case when <condition> then … else … end`")
    if node.args.get("default") is None:
        raise FormulaError("a case needs an else: nothing missing counts as zero")
    other = self.render(node.args["default"])
    tests = [(self.of_type(way.this, "bool", node), self.render(way.args["true"])) for way in node.args["ifs"]]
    for _, value in tests:
        if value.type != other.type:
            raise FormulaError(f"`{node.sql()}` gives {value.type} in one branch and {other.type} in another")
    body = "".join(f" WHEN {test.sql} THEN {value.sql}" for test, value in tests)
    # A branch of fewer decimals is widened by the engine to the most of them.
    scale = max(value.scale for value in (*(value for _, value in tests), other))
    return Typed(f"(CASE{body} ELSE {other.sql} END)", other.type, scale)


def _check_word(source: Source, column: e.Expr, word: e.Expr) -> None:
    """A text compared with a column that has fixed values must be one of them."""
    if not (isinstance(column, e.Column) and isinstance(word, e.Literal) and word.is_string):
        return
    declared = source.columns.get(column.name)
    if declared and declared.one_of and str(word.this) not in declared.one_of:
        near = nearest(str(word.this), declared.one_of)
        hint = f"; did you mean '{near}'?" if near else f"; it has {', '.join(declared.one_of)}"
        raise FormulaError(f"column `{column.name}` never holds '{word.this}'{hint}")


@dataclass(frozen=True)
class Function:
    """A function of the language: the types it takes (`a|b`: either), the type it gives, and how it is rendered."""

    takes: tuple[str, ...]
    gives: str
    render: Callable[..., str]


DAY = "date|timestamp"
FUNCTIONS = {
    "seconds_between": Function(
        ("timestamp", "timestamp"), "number", lambda r, a, b: r.dialect.seconds_between(a.sql, b.sql)
    ),
    "days_between": Function((DAY, DAY), "number", lambda r, a, b: r.dialect.days_between(r.local(a), r.local(b))),
    "local_date": Function((DAY,), "date", lambda r, a: r.local(a)),
    "settled_month": Function((), "text", lambda r: r.dialect.literal(r.clock.month)),
    "month_of": Function((DAY,), "text", lambda r, a: r.dialect.month_of(r.local(a))),
    "hour_of": Function(("timestamp",), "number", lambda r, a: r.dialect.hour_of(a.sql, r.east(a))),
    "weekday_of": Function((DAY,), "number", lambda r, a: r.dialect.weekday_of(r.local(a))),
    "starts_with": Function(("text", "text"), "bool", lambda r, a, b: f"{r.dialect.starts_with}({a.sql}, {b.sql})"),
    "contains": Function(("text", "text"), "bool", lambda r, a, b: f"contains({a.sql}, {b.sql})"),
}


def _function(self: Renderer, node: e.Expr) -> Typed:
    name, nodes = call(node)
    function = FUNCTIONS.get(name)
    if function is None and name in MEANS:
        raise FormulaError(f"there is no function `{name}`: {NO_MEAN}")
    if function is None:
        near = nearest(name, FUNCTIONS)
        raise FormulaError(f"there is no function `{name}`" + (f"; did you mean `{near}`?" if near else ""))
    if len(nodes) != len(function.takes):
        raise FormulaError(f"`{name}` takes {len(function.takes)} arguments, {len(nodes)} given")
    given = [self.render(argument) for argument in nodes]
    for piece, argument, kinds in zip(given, nodes, function.takes, strict=True):
        if piece.type not in kinds.split("|"):
            raise FormulaError(f"`{name}` takes {kinds.replace('|', ' or ')}, `{argument.sql()}` is a {piece.type}")
    return Typed(function.render(self, *given), function.gives)


#: the functions that sqlglot knows itself and gives a class of their own
_OWN_CLASS: dict[type[e.Expr], tuple[str, str]] = {
    e.Sum: ("sum", ""),
    e.Min: ("min", ""),
    e.Max: ("max", ""),
    e.Quantile: ("quantile", "quantile"),
    e.StartsWith: ("starts_with", "expression"),
    e.Contains: ("contains", "expression"),
}


def call(node: e.Expr) -> tuple[str, list[e.Expr]]:
    """A function's name in small letters and its arguments, whatever class sqlglot gave it; no name for other nodes."""
    if isinstance(node, e.Anonymous):
        return str(node.this).lower(), list(node.expressions)
    # sqlglot gives well-known functions classes of their own; a new one that it learns falls out of the whitelist.
    if type(node) not in _OWN_CLASS:
        return (node.key if isinstance(node, e.Func) else ""), []
    name, second = _OWN_CLASS[type(node)]
    further = [node.args[second]] if second and node.args.get(second) is not None else []
    return name, [node.this, *further, *(node.args.get("expressions") or [])]


_RENDERERS: dict[type[e.Expr], Callable[[Renderer, Any], Typed]] = {
    e.Column: _column,
    e.Literal: _literal,
    e.Boolean: _boolean,
    e.Paren: _parenthesis,
    **dict.fromkeys((e.Add, e.Sub, e.Mul), _arithmetic),
    e.Div: _division,
    e.Neg: _negation,
    **dict.fromkeys((e.EQ, e.NEQ, e.GT, e.GTE, e.LT, e.LTE), _comparison),
    **dict.fromkeys((e.And, e.Or), _connective),
    e.Not: _inversion,
    e.In: _membership,
    e.Is: _identity,
    e.Case: _choice,
    **dict.fromkeys((e.Anonymous, e.StartsWith, e.Contains, e.Avg), _function),
}
