"""What is recorded of one person, or of everybody in a store, read from the files of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairwrench.closing.run_store import Rows, rows_of_one
from fairwrench.settlement.settle import Settlement
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.workspace import scheme_of, store_of_run

#: one item of somebody's month: columns of `Settlement.lines`
Line = dict[str, Any]


@dataclass(frozen=True)
class Recorded:
    """What a run recorded of somebody: the items in the order of the card; what the run of grades leads to (columns of
    `Settlement.standing`); the changes that lift most (item, goal, change, points, score, grade, pay in fen)."""

    lines: list[Line]
    standing: list[dict[str, Any]]
    lifts: list[dict[str, Any]]


def recorded_of(*, result: Result) -> Recorded:
    """What stands behind a result."""
    return Recorded(**_rows([result], ("lines", "standing", "lifts"))[0])


def card_lines(*, result: Result) -> list[Line]:
    """The items of a result in the order of the card."""
    return _rows([result], ("lines",))[0]["lines"]


def points_of(*, results: Sequence[Result]) -> list[Mapping[str, int | None]]:
    """The points of each item of some results of one person, in hundredths."""
    return [{line["item"]: line["points"] for line in rows["lines"]} for rows in _rows(results, ("lines",))]


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


def _rows(results: Sequence[Result], parts: Sequence[str]) -> list[dict[str, Rows]]:
    """Parts of the runs of some results of one person, who may have moved between stores."""
    runs = [store_of_run(run=result.run) for result in results]
    found: dict[int, dict[str, Rows]] = {}
    for store in {result.store for result in results}:
        places = [place for place, result in enumerate(results) if result.store == store]
        employee_id = results[places[0]].employee_id
        rows = rows_of_one(store, employee_id, parts, [runs[place] for place in places])
        found |= dict(zip(places, rows, strict=True))
    return [found[place] for place in range(len(results))]
