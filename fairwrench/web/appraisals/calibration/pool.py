"""A pool at a calibration meeting: everybody with a score, who stands close to a bound or ties, what is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairwrench.report.naming import Names
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.scheme.scheme import Bands
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.corrections.shown import Entry, entry_of
from fairwrench.web.settlements.corrections.trial import Effect, Touched, together
from fairwrench.web.settlements.models import Correction, Result, Run
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.runs.person import done_in_store

KIND = "calibrated_points"
#: hundredths of a point from a bound within which somebody stands on the edge
EDGE = 100


@dataclass(frozen=True)
class Member:
    """Somebody in the pool: `rated` are the items that raters gave, with their points; `up` and `down` how far the next
    better and the next worse grade are, in hundredths, where that is close; `ties`: others have the same score."""

    result: Result
    rated: Sequence[tuple[str, str, int | None]]
    up: int | None
    down: int | None
    ties: bool
    asked: Sequence[Entry]


@dataclass(frozen=True)
class Pool:
    """The people of a store in a settled month, the best first. `after`: how many would have each grade with what is
    asked for; `budget`: what the pay of all of them would change by, in fen, None where it is not the reader's."""

    members: Sequence[Member]
    after: Mapping[str, int]
    budget: int | None


def pool_of(*, run: Run, store: str, names: Names, user: User) -> Pool:
    """The pool of a store as a user sees it."""
    results = list(run.results.filter(store=store, score__isnull=False).order_by("-score", "employee_id"))
    lines, _ = done_in_store(run=run, store=store, people=[each.employee_id for each in results])
    scores = Counter(each.score for each in results)
    asked = _asked(run.cycle, names, user)
    members = [
        Member(
            result,
            [
                (line["item"], names.item(line["item"]), line["points"])
                for line in lines[result.employee_id]
                if line["kind"] == "rating"
            ],
            *_edges(result.score or 0, names.scheme.bands),
            scores[result.score] > 1,
            asked.get(result.employee_id, ()),
        )
        for result in results
    ]
    entries = [entry for member in members for entry in member.asked]
    changed = {each.employee_id: each for each in _changed([entry.correction for entry in entries])}
    after = Counter(_grade_after(each, changed) for each in results)
    budget = sum(each.difference or 0 for each in changed.values())
    return Pool(members, after, budget if all(entry.pay for entry in entries) else None)


def _grade_after(result: Result, changed: Mapping[str, Touched]) -> str:
    """The grade that somebody would have with everything that is asked for of anybody."""
    touched = changed.get(result.employee_id)
    return (touched.after.grade if touched else None) or result.grade


def _changed(corrections: Sequence[Correction]) -> Sequence[Touched]:
    """Everybody whose month differs with all that is asked for: of one alone as it was worked out when it was asked."""
    alone = Effect.read(corrections[0].effect) if len(corrections) == 1 else None
    if alone is None:
        return together(corrections=corrections) if corrections else ()
    person = corrections[0].employee.employee_id
    return [Touched(person, alone.store, alone.before, alone.after), *alone.others]


def _asked(cycle: Cycle, names: Names, user: User) -> Mapping[str, list[Entry]]:
    """What was asked for or approved at the meeting and is not in the figures yet, by employee id."""
    open_states = (Correction.State.ASKED, Correction.State.APPROVED)
    found = Extent.of(user).corrections(cycle).filter(kind=KIND, concerns=cycle.month, state__in=open_states)
    entries: dict[str, list[Entry]] = {}
    for correction in found.order_by("at", "pk"):
        approved = correction.decided_at
        # approved before the run was begun, it is in the figures already
        if approved is not None and cycle.run is not None and approved <= cycle.run.made_at:
            continue
        entry = entry_of(correction=correction, names=names, user=user)
        entries.setdefault(correction.employee.employee_id, []).append(entry)
    return entries


def _edges(score: int, bands: Bands) -> tuple[int | None, int | None]:
    """How far the next better and the next worse grade are, each None where that is further than EDGE."""
    # the least score of each grade; of a bound that is not its grade's own, the next hundredth above it
    least = [point_units(band.from_) for band in bands.grades.values() if band.from_ is not None]
    least += [point_units(band.above) + 1 for band in bands.grades.values() if band.above is not None]
    up = min((bound - score for bound in least if bound > score), default=None)
    down = min((score - bound for bound in least if bound <= score), default=None)
    return (up if up is not None and up <= EDGE else None), (down if down is not None and down <= EDGE else None)
