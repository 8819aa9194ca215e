"""People in problems by name and number: a bare number says nothing to whoever has to talk to the person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Text

#: people, stores or units named in a sentence; all of them stand in its details
SHOWN = 5


def with_names(problems: Iterable[Problem], roster: pl.DataFrame) -> tuple[Problem, ...]:
    """The problems with every employee id that their sentences begin to name as `张三（E03006）`, `张三 (E03006)`.

    `roster` has employee_id and name. A sentence that names the person already is left as it is.
    """
    latest = roster.drop_nulls(["employee_id", "name"]).unique("employee_id", keep="last")
    names = dict(latest.select("employee_id", "name").iter_rows())
    return tuple(_named(problem, names) for problem in problems)


def _named(problem: Problem, names: dict[str, str]) -> Problem:
    name = names.get(problem.subject)
    if name is None:
        return problem
    # Not within another word, nor in brackets, where a name stands before it already.
    number = rf"(?<![\w（(]){re.escape(problem.subject)}(?![\w）)])"
    zh = _once(f"{number} ?", f"{name}（{problem.subject}）", problem.zh, name)
    return replace(problem, zh=zh, en=_once(number, f"{name} ({problem.subject})", problem.en, name))


def _once(number: str, called: str, sentence: str, name: str) -> str:
    # By a function: a backslash in a name would be read as a reference to a group.
    return sentence if name in sentence else re.sub(number, lambda _: called, sentence, count=1)


def person_called(employee_id: str, name: str | None) -> Text:
    """A person by name and number, by the number alone where no name is known."""
    if not name:
        return Text(zh=employee_id, en=employee_id)
    return Text(zh=f"{name}（{employee_id}）", en=f"{name} ({employee_id})")


def first_few(names: Sequence[Text]) -> Text:
    """The first of several names; a sign of more where there are more, whose number the sentence tells."""
    more = "…" if len(names) > SHOWN else ""
    zh, en = "、".join(name.zh for name in names[:SHOWN]), ", ".join(name.en for name in names[:SHOWN])
    return Text(zh=zh + more, en=en + more)
