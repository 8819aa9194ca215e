"""Which stores a problem of a month concerns: those of the people and stores that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fairwrench.settlement.problem import Problem

#: what may be an employee id in a text
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
Told = dict[str, Any]


def told_with_stores(problems: Iterable[Problem], places: Mapping[str, str]) -> list[Told]:
    """Problems as JSON, each with the `stores` that it concerns; `places` is employee id → store of everybody.

    Empty where its subject is neither a person nor a store: whose it is cannot be told then.
    """
    stores = set(places.values())
    return [{**asdict(problem), "stores": _stores(asdict(problem), places, stores)} for problem in problems]


def told_to(problems: Sequence[Told], stores: frozenset[str] | None) -> list[Told]:
    """Of problems with their `stores`, those that concern none but some stores (None: all of them), as problems are
    shown."""
    theirs = (
        problem
        for problem in problems
        if stores is None or (problem.get("stores") and stores.issuperset(problem["stores"]))
    )
    return [{name: value for name, value in problem.items() if name != "stores"} for problem in theirs]


def told_of(problems: Sequence[Told], places: Mapping[str, str], stores: frozenset[str] | None) -> list[Told]:
    """The same of problems that were written down without their stores, such as those of a job."""
    if stores is None:
        return list(problems)
    every = set(places.values())
    return told_to([{**problem, "stores": _stores(problem, places, every)} for problem in problems], stores)


def _stores(problem: Mapping[str, Any], places: Mapping[str, str], stores: set[str]) -> list[str]:
    subject = problem["subject"]
    if subject not in places and subject not in stores:
        return []
    # the words may name further people and stores; all of them have to be the reader's
    text = " ".join((subject, problem["zh"], problem["en"], *(problem["details"] or {}).values()))
    people = {places[word] for word in (subject, *_WORD.findall(text)) if word in places}
    # a name within a longer one counts for both stores: rather told to fewer than to too many
    return sorted(people | {store for store in stores if store in text})
