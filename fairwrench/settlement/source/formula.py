"""KPI expressions: a typed whitelist, parsed with sqlglot, checked against a source, rendered for an engine.

An expression is either an aggregate (`count`, `count_distinct(x)`, `sum(x)`, `min(x)`, `max(x)`, `quantile(x, 0.5)`) or
a row condition. There is no division, average, cast, subquery or function besides those listed in
docs/metric-language.md: engines differ on them, and a mean is a sum over a count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

import sqlglot
from sqlglot import expressions as e
from sqlglot.errors import ParseError, SqlglotError

from fairwrench.settlement.problem import nearest
from fairwrench.settlement.source.dialect import Clock, Dialect
from fairwrench.settlement.source.expression import (
    FUNCTIONS,
    MEANS,
    MOST_DIGITS,
    NO_DIVISION,
    NO_MEAN,
    FormulaError,
    Renderer,
    call,
)
from fairwrench.settlement.source.source import Source

__all__ = [
    "ADDITIVE",
    "AGGREGATES",
    "FUNCTIONS",
    "Aggregate",
    "Clock",
    "Dialect",
    "FormulaError",
    "aggregate_name",
    "aggregate_sql",
    "columns_of",
    "parse_aggregate",
    "parse_condition",
    "parsed",
    "reversal_sql",
]

AGGREGATES = ("count", "count_distinct", "sum", "min", "max", "quantile")
#: only these add up over people and units; the others are computed per level by their own query
ADDITIVE = ("count", "sum")
#: the parser works down in C: a text beyond this could end the process instead of raising
LONGEST = 2000

Result = TypeVar("Result")


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


def parse_condition(text: str, source: Source, dialect: Dialect, clock: Clock) -> tuple[str, frozenset[str]]:
    """A `where` as SQL of type bool and the columns it reads."""
    return _shallow(text, lambda: _condition(text, Renderer(source, dialect, clock)))


def parse_aggregate(text: str, source: Source, dialect: Dialect, clock: Clock) -> Aggregate:
    """A `value` as an aggregate over one argument."""
    # sqlglot would take `count` alone for a column.
    if aggregate_name(text) == "count" and "(" not in text:
        return Aggregate("count", None, 0)
    return _shallow(text, lambda: _aggregate(text, Renderer(source, dialect, clock)))


def aggregate_name(text: str) -> str:
    """The word a `value` begins with, in small letters: what it aggregates by, if it can be read at all."""
    return text.partition("(")[0].strip().lower()


def reversal_sql(source: Source, dialect: Dialect) -> str:
    """Whether a row is a reversal, which intake lets have negative amounts and no positive ones."""
    tests = [f"COALESCE({dialect.column(name)} < 0, FALSE)" for name in source.reversible]
    return f"({' OR '.join(tests)})"


def aggregate_sql(aggregate: Aggregate, condition: str, dialect: Dialect, reversal: str = "") -> str:
    """The aggregate over the rows where `condition` holds, by CASE: the one form all engines share.

    Where `reversal` says which rows take another one back (their amounts turned positive), these are taken off counts
    and sums; of the least, the most, the middle and of different values they are no part.
    """
    if aggregate.name == "count" and reversal:
        # A count of nothing is 0, where a sum of nothing is null.
        return f"COALESCE(SUM(CASE WHEN {condition} THEN CASE WHEN {reversal} THEN -1 ELSE 1 END END), 0)"
    if aggregate.name == "count":
        return f"COUNT(CASE WHEN {condition} THEN 1 END)"
    argument = aggregate.argument
    if reversal and aggregate.additive:
        argument = f"CASE WHEN {reversal} THEN -({argument}) ELSE {argument} END"
    # What a reversal takes back is no value of its own among the others.
    elif reversal:
        condition = f"({condition} AND NOT {reversal})"
    kept = f"CASE WHEN {condition} THEN {argument} END"
    if aggregate.name == "count_distinct":
        return f"COUNT(DISTINCT {kept})"
    if aggregate.name == "quantile":
        return dialect.quantile(kept, aggregate.fraction)
    return f"{aggregate.name.upper()}({kept})"


def _condition(text: str, renderer: Renderer) -> tuple[str, frozenset[str]]:
    typed = renderer.render(parsed(text))
    if typed.type != "bool":
        raise FormulaError(f"`{text}` is a {typed.type}, a condition is expected")
    return typed.sql, frozenset(renderer.columns)


def _aggregate(text: str, renderer: Renderer) -> Aggregate:
    node = parsed(text)
    name, arguments = call(node)
    if isinstance(node, e.Div):
        raise FormulaError(f"`{text}`: {NO_DIVISION}")
    if name in MEANS:
        raise FormulaError(f"`{text}`: {NO_MEAN}")
    if name not in AGGREGATES:
        near = nearest(name or text, AGGREGATES)
        raise FormulaError(f"`{text}` is not an aggregate" + (f"; did you mean `{near}`?" if near else ""))
    if name == "count":
        raise FormulaError("write `count` alone; what is counted stands in `where`")
    # It is taken off first, so that what is left is the one argument of all aggregates.
    fraction = _fraction(arguments) if name == "quantile" else ""
    if len(arguments) != 1:
        raise FormulaError(f"`{name}` takes one argument")
    any_type = name == "count_distinct"
    inner = renderer.render(arguments[0]) if any_type else renderer.of_type(arguments[0], "number", node)
    scale = 0 if any_type else inner.scale
    return Aggregate(name, inner.sql, scale, inner.type, fraction, frozenset(renderer.columns))


def _fraction(arguments: list[e.Expr]) -> str:
    """The second argument of a quantile, taken off the list: a number from 0 to 1."""
    part = arguments.pop() if len(arguments) == 2 else None
    number = Decimal(str(part.this)) if isinstance(part, e.Literal) and not part.is_string else Decimal(-1)
    if not 0 <= number <= 1 or len(f"{number:f}") > MOST_DIGITS:
        raise FormulaError("write quantile(x, 0.5), with a number from 0 to 1")
    return f"{number:f}"


@lru_cache(maxsize=4096)
def parsed(text: str) -> e.Expr:
    """The one expression that a text holds; nobody changes it."""
    if len(text) > LONGEST:
        raise FormulaError(f"a formula has at most {LONGEST} characters; this one has {len(text)}")
    try:
        # Comments, like second statements, could carry SQL past the whitelist.
        if any(token.comments for token in sqlglot.tokenize(text)):
            raise FormulaError(f"`{text}`: a formula has no comments; write them into `note`")
        nodes = sqlglot.parse(text)
    except SqlglotError as error:
        raise FormulaError(f"`{text}` cannot be read{_where(error)}") from None
    if len(nodes) != 1 or nodes[0] is None:
        raise FormulaError(f"`{text}` is {'nothing' if not any(nodes) else 'more than one expression'}")
    return nodes[0]


def columns_of(text: str) -> frozenset[str]:
    """The columns that a formula names, whatever it makes of them."""
    return frozenset(column.name for column in parsed(text).find_all(e.Column))


def _where(error: SqlglotError) -> str:
    """Where the parser stumbled and over what."""
    details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    place = f" at character {details['col']}" if details.get("col") else ""
    said = str(details.get("description") or error)
    return f"{place}: {'something is missing' if said.startswith('Required keyword') else said}"


def _shallow(text: str, work: Callable[[], Result]) -> Result:
    """The result of reading a formula, unless it is nested beyond what anybody could read."""
    try:
        return work()
    except RecursionError:
        raise FormulaError(f"`{text[:40]}…` is nested too deeply") from None
