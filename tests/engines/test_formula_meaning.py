"""Formulas evaluated twice: by the engine, and in fractions with unknown values as SQL has them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.settlement.source.dialect import Clock
from fairwrench.settlement.source.formula import parse_aggregate
from tests.engines.landed import Row, evidence, landed
from tests.engines.orders import ENGINE, ORDERS, cells, order, planned

# A language evaluated twice: by the engine and in fractions


numbers = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["amount", "share", "lines", "2", "0.5", "10"]).map(lambda word: (word, word)),
        st.tuples(st.sampled_from("+-*"), leaves, leaves).map(lambda t: (f"({t[1][0]} {t[0]} {t[2][0]})", t)),
        leaves.map(lambda t: (f"(-{t[0]})", ("neg", t))),
        st.tuples(tests_, leaves, leaves).map(
            lambda t: (f"case when {t[0][0]} then {t[1][0]} else {t[2][0]} end", ("case", *t))
        ),
    )
)
leaves = st.sampled_from(["amount", "share", "lines", "2", "0.5"]).map(lambda word: (word, word))
tests_ = st.deferred(
    lambda: st.one_of(
        st.just(("rework", "rework")),
        st.tuples(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), numbers, leaves).map(
            lambda t: (f"({t[1][0]} {t[0]} {t[2][0]})", t)
        ),
        st.tuples(st.sampled_from(["and", "or"]), tests_, tests_).map(lambda t: (f"({t[1][0]} {t[0]} {t[2][0]})", t)),
        tests_.map(lambda t: (f"(not {t[0]})", ("not", t))),
        leaves.map(lambda t: (f"({t[0]} is null)", ("null", t))),
        st.tuples(leaves, leaves).map(lambda t: (f"({t[0][0]} in (2, {t[1][0]}))", ("in", *t))),
    )
)
OPERATORS: dict[str, Callable[..., Any]] = {
    "not": lambda a: not a,
    "neg": lambda a: -a,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def value_of(tree: Any, row: Row) -> Any:
    """A formula's value for one row in fractions; None is unknown, as in SQL."""
    if isinstance(tree, str):
        return word_of(tree, row)
    kind, parts = tree[0], [value_of(part[1], row) for part in tree[1:]]
    if kind == "case":
        return parts[1] if parts[0] is True else parts[2]
    if kind == "null":
        return parts[0] is None
    if kind == "in":
        same = [None if None in (parts[0], other) else parts[0] == other for other in (Fraction(2), parts[1])]
        return joined(same, decisive=True)
    if kind in ("and", "or"):
        return joined(parts, decisive=kind == "or")
    return None if None in parts else OPERATORS[kind](*parts)


def joined(parts: list[bool | None], *, decisive: bool) -> bool | None:
    """`or` (one true decides) and `and` (one false decides) with unknown parts."""
    return decisive if decisive in parts else None if None in parts else not decisive


def word_of(word: str, row: Row) -> Any:
    if word in row:
        found = row[word]
        return found if found is None or isinstance(found, bool) else Fraction(found)
    return Fraction(word)


maybe = st.none()
some_rows = st.lists(
    st.fixed_dictionaries(
        {
            "amount": maybe | st.integers(-500, 500).map(lambda n: Decimal(n).scaleb(-2)),
            "share": maybe | st.integers(0, 1000).map(lambda n: Decimal(n).scaleb(-3)),
            "lines": maybe | st.integers(-3, 3),
            "rework": maybe | st.booleans(),
        }
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60)
@given(some_rows, numbers, tests_)
def test_formulas_mean_what_they_say(rows: list[Row], number: Any, test: Any) -> None:
    """Fails when a formula would be grouped, compared or counted otherwise than it reads, or lose decimals."""
    kept = [value_of(number[1], row) for row in rows if value_of(test[1], row) is True]
    known = [value for value in kept if value is not None]
    asked = planned(f"sum({number[0]})", test[0], key="s"), planned("count", test[0], key="n")
    with TemporaryDirectory() as folder:
        whole = [order(str(n), **row) for n, row in enumerate(rows)]
        seen = evidence(orders=landed(Path(folder), "orders", ORDERS, whole))
        ((total, count),) = cells(seen, *asked).values()
    assert count == len(kept)
    assert total == (None if not known else sum(known) * 10 ** decimals(number[0]))


def decimals(text: str) -> int:
    return parse_aggregate(f"sum({text})", ORDERS, ENGINE.dialect, Clock()).scale
