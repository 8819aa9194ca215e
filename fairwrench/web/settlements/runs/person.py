"""What is recorded of one person, or of everybody in a store, read from the files of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from fairwrench.settlement.settle import Settlement
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.workspace import scheme_of, store_of_run

#: one item of somebody's month: columns of `Settlement.lines`
Line = dict[str, Any]


def card_lines(*, result: Result) -> list[Line]:
    """The items of a result in the order of the card."""
    return _recorded("lines", result)


def events_of(*, result: Result) -> list[dict[str, Any]]:
    """What somebody's run of grades leads to: columns of `Settlement.standing`."""
    return _recorded("standing", result)


def lifts_of(*, result: Result) -> list[dict[str, Any]]:
    """The changes that lift somebody most: item, goal, change, points, score, grade, pay (fen)."""
    return _recorded("lifts", result)


def points_of(*, result: Result) -> Mapping[str, int | None]:
    """The points of each item of a result, in hundredths."""
    return {line["item"]: line["points"] for line in card_lines(result=result)}


def done_in_store(
    *, run: Run, store: str, people: Collection[str]
) -> tuple[Mapping[str, list[Line]], Mapping[str, Mapping[str, int]]]:
    """Of some people of a store by employee id: the items of each, and how much of each counted kind of work, by
    metric."""
    parts = store_of_run(run=run).parts(("lines", "work"), store, people)
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in parts["lines"].iter_rows(named=True):
        lines[line["employee_id"]].append(line)
    work: dict[str, dict[str, int]] = defaultdict(dict)
    for person, metric, count in parts["work"].iter_rows():
        work[person][metric] = count
    return lines, work


def settled_of(*, result: Result) -> Settlement:
    """One person's month with every recorded step, and nobody else's."""
    return settled_one(run=result.run, store=result.store, employee_id=result.employee_id)


def settled_one(*, run: Run, store: str, employee_id: str) -> Settlement:
    """The same of somebody in a store of a run; without rows where they are not in it."""
    return store_of_run(run=run).settled(scheme_of(run=run), run.cycle.at, store, employee_id)


def _recorded(part: str, result: Result) -> list[dict[str, Any]]:
    rows = store_of_run(run=result.run).part(part, result.store, (result.employee_id,))
    return list(rows.iter_rows(named=True))
