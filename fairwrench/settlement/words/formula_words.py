"""Formulas as people say them, in both languages: what docs/metric-language.md allows, walked node by node.

Columns go by their names, fixed values by their spellings, 3600 seconds by “1 hour”. What cannot be read, and a node
that nobody has words for, stands as it is written; nothing here fails, and no column and no constant is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlglot import expressions as e

from fairwrench.settlement.exact import plain
from fairwrench.settlement.source.expression import FormulaError, call
from fairwrench.settlement.source.formula import aggregate_name, parsed
from fairwrench.settlement.source.labels import column_facts, column_label, word_label
from fairwrench.settlement.source.source import Source
from fairwrench.settlement.words.verbs import (
    LENGTHS,
    OF_EMPTY_TEXTS,
    OF_MOMENTS,
    OF_NUMBERS,
    OF_SPANS,
    OF_TEXTS,
    TURNED,
)

#: how tightly a piece holds together: one that holds less than its place asks for is put in brackets
OR, AND, SAYS, CHOICE, SUM, PRODUCT, ATOM = range(7)
#: types of columns and of pieces that are compared as numbers, and as moments
NUMBERS, MOMENTS = {"int", "decimal", "number"}, {"date", "timestamp", "month", "moment"}
_QUOTED = re.compile(r"(「[^」]*」|“[^”]*”)")
_BESIDE = re.compile(r"(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z−])|(?<=[0-9A-Za-z%])(?=[\u4e00-\u9fff])")


@dataclass(frozen=True)
class Said:
    """A piece in both languages; `kind` is its type, `binds` how tightly it holds, `whole` that it is a statement."""

    zh: str
    en: str
    kind: str = "number"
    binds: int = ATOM
    whole: bool = False

    def within(self, binds: int) -> Said:
        """The piece for a place that asks for so much hold: in brackets when it has less."""
        return self if self.binds >= binds else replace(self, zh=f"（{self.zh}）", en=f"({self.en})", binds=ATOM)

    def that(self, zh: str, en: str) -> Said:
        """The statement that this piece is so."""
        inner = self.within(SUM)
        return Said(f"{inner.zh}{zh}", f"{inner.en} {en}", "bool", SAYS, whole=True)


@dataclass(frozen=True)
class Value:
    """What a `value` aggregates, and by what: `count` has no argument; `fraction` is that of a quantile."""

    name: str
    of: Said | None = None
    fraction: Decimal | None = None


def condition_words(text: str, source: Source | None, sources: Mapping[str, Source]) -> Said:
    """A `where` as a statement."""
    try:
        return Teller(source, sources).statement(parsed(text))
    except (FormulaError, RecursionError):
        return Said(text, text, "bool", whole=True)


def value_words(text: str, source: Source | None, sources: Mapping[str, Source]) -> Value:
    """A `value` taken apart, its argument in words; a text that cannot be read is its own name."""
    if aggregate_name(text) == "count" and "(" not in text:
        return Value("count")
    try:
        name, arguments = call(parsed(text))
        if not arguments:
            return Value(text.strip())
        fraction = Decimal(str(arguments[1].this)) if name == "quantile" and len(arguments) > 1 else None
        return Value(name, Teller(source, sources).say(arguments[0]), fraction)
    except (FormulaError, RecursionError, InvalidOperation):
        return Value(text.strip())


def spaced(text: str) -> str:
    """Chinese with a space beside figures and Latin words, but not within what is quoted."""
    # `split` with one group gives what is quoted at the odd places; names of columns stay as they are.
    return "".join(part if place % 2 else _BESIDE.sub(" ", part) for place, part in enumerate(_QUOTED.split(text)))


@dataclass(frozen=True)
class Teller:
    """Says the nodes of formulas over one source."""

    source: Source | None
    sources: Mapping[str, Source]

    def say(self, node: e.Expr) -> Said:
        """A node in words; one of an unknown kind as it is written."""
        known = _WORDS.get(type(node))
        return known(self, node) if known else Said(node.sql(), node.sql())

    def statement(self, node: e.Expr) -> Said:
        """A node as something that holds or does not: a yes/no column alone is “… is true”."""
        said = self.say(node)
        return said if said.whole else said.that("为“是”", "is true")

    def beside(self, node: e.Expr, other: e.Expr) -> Said:
        """A node that stands beside another: a fixed value of its column goes by its spelling."""
        if not (isinstance(node, e.Literal) and node.is_string and isinstance(other, e.Column)):
            return self.say(node)
        label = word_label(column_facts(self.source, other.name, self.sources), str(node.this))
        return Said(f"“{label.zh}”", f"“{label.en}”", "text")


def _column(self: Teller, node: e.Column) -> Said:
    label = column_label(self.source, node.name, self.sources)
    return Said(f"「{label.zh}」", label.en, (self.source.type_of(node.name) if self.source else None) or "text")


def _literal(_self: Teller, node: e.Literal) -> Said:
    if node.is_string:
        return Said(f"“{node.this}”", f"“{node.this}”", "text")
    try:
        shown = plain(Decimal(str(node.this)))
    except InvalidOperation:
        shown = str(node.this)
    return Said(shown, shown)


def _boolean(_self: Teller, node: e.Boolean) -> Said:
    return Said("“是”", "true", "bool") if node.this else Said("“否”", "false", "bool")


def _brackets(self: Teller, node: e.Paren) -> Said:
    """Brackets come back where they are needed."""
    return self.say(node.this)


#: the sign, how tightly the result holds, and what it asks of its right side
_SIGNS: dict[type[e.Expr], tuple[str, int, int]] = {
    e.Add: ("+", SUM, SUM),
    e.Sub: ("−", SUM, PRODUCT),
    e.Mul: ("×", PRODUCT, PRODUCT),
}


def _arithmetic(self: Teller, node: e.Binary) -> Said:
    sign, binds, asked = _SIGNS[type(node)]
    left, right = self.say(node.this).within(binds), self.say(node.expression).within(asked)
    return Said(f"{left.zh}{sign}{right.zh}", f"{left.en} {sign} {right.en}", binds=binds)


def _negative(self: Teller, node: e.Neg) -> Said:
    inner = self.say(node.this).within(ATOM)
    return Said(f"−{inner.zh}", f"−{inner.en}", binds=PRODUCT)


def _comparison(self: Teller, node: e.Binary) -> Said:
    left, right = node.this, node.expression
    kind: type[e.Expr] = type(node)
    constant = e.Literal | e.Boolean
    # `3 < x` is said as “x is above 3”: people name the thing first.
    if isinstance(left, constant) and not isinstance(right, constant):
        left, right, kind = right, left, TURNED.get(kind, kind)
    if known := _with_constant(self, left, right, kind):
        return known
    one, other = self.beside(left, right), self.beside(right, left).within(SUM)
    kinds = {one.kind, other.kind}
    verbs = OF_MOMENTS if kinds & MOMENTS else OF_NUMBERS if kinds & NUMBERS else OF_TEXTS
    zh, en = verbs[kind]
    return one.that(f"{zh}{other.zh}", f"{en} {other.en}")


def _with_constant(self: Teller, left: e.Expr, right: e.Expr, kind: type[e.Expr]) -> Said | None:
    """What is said in a way of its own: yes and no, an empty text, a span of time; None for anything else."""
    if isinstance(right, e.Boolean) and kind in (e.EQ, e.NEQ):
        holds = bool(right.this) is (kind is e.EQ)
        return self.statement(left) if holds else self.say(left).that("为“否”", "is false")
    if not isinstance(right, e.Literal):
        return None
    if right.is_string:
        empty = None if right.this else OF_EMPTY_TEXTS.get(kind)
        return self.say(left).that(*empty) if empty else None
    name, arguments = call(left)
    if name not in LENGTHS or len(arguments) != 2:
        return None
    length, (zh, en) = LENGTHS[name](Decimal(str(right.this))), OF_SPANS[kind]
    begin, end = (self.say(argument).within(SUM) for argument in arguments)
    span = Said(f"从{begin.zh}到{end.zh}", f"the time from {begin.en} to {end.en}")
    return span.that(f"{zh} {length.zh}", f"{en} {length.en}")


_JOINED: dict[type[e.Expr], tuple[str, str, int]] = {e.And: ("且", "and", AND), e.Or: ("或", "or", OR)}


def _connective(self: Teller, node: e.Connector) -> Said:
    """Several conditions; those joined otherwise stand in brackets, which nobody has to think about."""
    zh, en, binds = _JOINED[type(node)]
    sides = [self.statement(side) for side in (node.this, node.expression)]
    # “a and b or c” is read in two ways, so other connectives stand in brackets even where the grammar needs none.
    left, right = (side if side.binds in (binds, SAYS, ATOM) else side.within(ATOM) for side in sides)
    return Said(f"{left.zh}{zh}{right.zh}", f"{left.en} {en} {right.en}", "bool", binds, whole=True)


def _inversion(self: Teller, node: e.Not) -> Said:
    inner = node.this
    if isinstance(inner, e.Is):
        return _identity(self, inner, turned=True)
    if isinstance(inner, e.In):
        return _membership(self, inner, turned=True)
    # A yes/no column that is not true is told as false; a statement keeps its “not”.
    said = self.say(inner)
    if not said.whole:
        return said.that("为“否”", "is false")
    return Said(f"并非（{said.zh}）", f"not ({said.en})", "bool", SAYS, whole=True)


def _membership(self: Teller, node: e.In, turned: bool = False) -> Said:
    words = [self.beside(word, node.this).within(SUM) for word in node.expressions]
    zh, en = "、".join(word.zh for word in words), ", ".join(word.en for word in words)
    said = self.say(node.this)
    if len(words) == 1:
        return said.that(f"不是{zh}" if turned else f"为{zh}", f"is not {en}" if turned else f"is {en}")
    if turned:
        return said.that(f"不是{zh}中的任何一个", f"is none of {en}")
    return said.that(f"为{zh}之一", f"is one of {en}")


#: what a thing is said to be → it is, it is not
_STATES: dict[object, tuple[tuple[str, str], tuple[str, str]]] = {
    None: (("为空", "is empty"), ("不为空", "is filled in")),
    True: (("为“是”", "is true"), ("不为“是”", "is not true")),
    False: (("为“否”", "is false"), ("不为“否”", "is not false")),
}


def _identity(self: Teller, node: e.Is, turned: bool = False) -> Said:
    state = bool(node.expression.this) if isinstance(node.expression, e.Boolean) else None
    return self.say(node.this).that(*_STATES[state][turned])


def _choice(self: Teller, node: e.Case) -> Said:
    ways = [(way.this, way.args["true"]) for way in node.args["ifs"]]
    other = node.args.get("default")
    if filled := _filled(self, ways, other):
        return filled
    told = [(self.statement(test), self.say(value).within(SUM)) for test, value in ways]
    zh = "，".join(f"{test.zh}时取{value.zh}" for test, value in told)
    en = ", ".join(f"{value.en} if {test.en}" for test, value in told)
    if other is None:
        return Said(zh, en, told[0][1].kind, CHOICE)
    rest = self.say(other).within(SUM)
    return Said(f"{zh}，否则取{rest.zh}", f"{en}, else {rest.en}", rest.kind, CHOICE)


def _filled(self: Teller, ways: list[tuple[e.Expr, e.Expr]], other: e.Expr | None) -> Said | None:
    """`case when x is null then 0 else x end`, in either order: x, where an empty one counts as 0."""
    (test, value), *more = ways
    turned = isinstance(test, e.Not)
    asked = test.this if turned else test
    kept, given = (value, other) if turned else (other, value)
    if more or not isinstance(asked, e.Is) or not isinstance(asked.expression, e.Null):
        return None
    if not isinstance(kept, e.Column) or asked.this != kept or not isinstance(given, e.Literal):
        return None
    column, instead = self.say(kept), self.beside(given, kept)
    return replace(
        column, zh=f"{column.zh}（为空按 {instead.zh} 计）", en=f"{column.en} (empty counts as {instead.en})"
    )


#: function → its words in Chinese and English, and the type that it gives
_CALLS: dict[str, tuple[str, str, str]] = {
    "seconds_between": ("从{0}到{1}的秒数", "the seconds from {0} to {1}", "number"),
    "days_between": ("从{0}到{1}的天数", "the days from {0} to {1}", "number"),
    "local_date": ("{0}的日期", "the date of {0}", "moment"),
    "settled_month": ("考核月份", "the settled month", "moment"),
    "month_of": ("{0}的月份", "the month of {0}", "moment"),
    "hour_of": ("{0}的钟点", "the hour of {0}", "number"),
    "weekday_of": ("{0}是星期几（周一为 1）", "the weekday of {0} (Monday is 1)", "number"),
    "starts_with": ("{0}以{1}开头", "{0} begins with {1}", "bool"),
    "contains": ("{0}包含{1}", "{0} contains {1}", "bool"),
}


def _function(self: Teller, node: e.Expr) -> Said:
    name, arguments = call(node)
    zh, en, kind = _CALLS.get(name, ("", "", ""))
    if not kind or len(arguments) < zh.count("{"):
        return Said(node.sql(), node.sql())
    told = [self.say(argument).within(SUM) for argument in arguments]
    words = (zh.format(*(each.zh for each in told)), en.format(*(each.en for each in told)))
    return Said(*words, kind, SAYS if kind == "bool" else ATOM, whole=kind == "bool")


_WORDS: dict[type[e.Expr], Callable[[Teller, Any], Said]] = {
    e.Column: _column,
    e.Literal: _literal,
    e.Boolean: _boolean,
    e.Paren: _brackets,
    **dict.fromkeys(_SIGNS, _arithmetic),
    e.Neg: _negative,
    **dict.fromkeys(OF_NUMBERS, _comparison),
    **dict.fromkeys(_JOINED, _connective),
    e.Not: _inversion,
    e.In: _membership,
    e.Is: _identity,
    e.Case: _choice,
    **dict.fromkeys((e.Anonymous, e.StartsWith, e.Contains), _function),
}
