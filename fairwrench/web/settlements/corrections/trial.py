"""What a correction would change for its person: the month that it concerns, settled once more with the decision in it.

It is the evaluation that settles months, on the sealed evidence of the month as it is known by now, with the decisions
that were approved since and the one that is asked for; nothing is kept of it but the person's figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.core.cache import caches
from django.utils.timezone import localdate

from fairwrench.closing.kept.kept_cells import CachingEngine
from fairwrench.closing.month import Workspace, evidence_of
from fairwrench.closing.run_files import Kept, recorded_problems, sealed_roster
from fairwrench.closing.run_store import NOWHERE
from fairwrench.ledger.columns import row_types
from fairwrench.settlement.case import Case
from fairwrench.settlement.doubts.taking import yuan
from fairwrench.settlement.exact import as_decimal, point_units
from fairwrench.settlement.measure.measure import Evidence, Planned, SealedSource
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Item
from fairwrench.settlement.settle import Settlement, settle
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.days import today
from fairwrench.web.settlements.feeds import correction_number
from fairwrench.web.settlements.models import Correction, Run
from fairwrench.web.settlements.runs.closing import latest_known
from fairwrench.web.settlements.runs.person import settled_one
from fairwrench.web.settlements.workspace import folder_of, records, store_of_run, workspace_read

DECISIONS = "decisions"
#: seconds for which what several corrections change together is kept
KEPT = 600
#: by what two settlings of somebody's month are told apart
PAID = ("performance_pay", "pool_pay", "deductions", "total")
COMPARED = ("state", "score", "grade", *PAID)
#: what settling tells of a decision that it does not honour, or that goes beyond what the regulation lets one deduct
UNHONOURED = (
    "decision_without_effect",
    "negative_deduction",
    # of these settling only warns; here, where the amount can still be another, they refuse
    "deductions_above_share",
    "compensation_above_limit",
    "below_minimum_wage",
    "deduction_not_checked",
)


@dataclass(frozen=True)
class Figures:
    """A person's month: points and score in hundredths, pay in fen; None where it is not settled."""

    state: str = ""
    points: int | None = None
    score: int | None = None
    grade: str | None = None
    performance_pay: int | None = None
    pool_pay: int | None = None
    deductions: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Touched:
    """Somebody else whose month changes with a decision about one person: a pool is shared out anew, a forced rank
    moves."""

    employee_id: str
    store: str
    before: Figures
    after: Figures

    @property
    def difference(self) -> int | None:
        """What their pay of the month differs by, in fen."""
        return difference_of(self.before, self.after)


@dataclass(frozen=True)
class Effect:
    """A person's month without a decision and with it; `store` is where they worked then, whose pay it is. `others`:
    everybody else whose month it changes."""

    store: str
    before: Figures
    after: Figures
    others: tuple[Touched, ...] = ()

    @property
    def difference(self) -> int | None:
        """What the pay of the month differs by, in fen; what is paid for the first time is owed whole."""
        return difference_of(self.before, self.after)

    def as_json(self) -> dict[str, Any]:
        """As a correction keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Effect | None:
        """As a correction keeps it; None for one entered before effects were kept."""
        if not kept:
            return None
        others = tuple(
            Touched(**{**each, "before": Figures(**each["before"]), "after": Figures(**each["after"])})
            for each in kept.get("others", ())
        )
        return cls(kept["store"], Figures(**kept["before"]), Figures(**kept["after"]), others)


def difference_of(before: Figures, after: Figures) -> int | None:
    """What the pay of a month differs by, in fen; None where there is none afterwards."""
    return None if after.total is None else after.total - (before.total or 0)


#: the run of a month, and the corrections of a person's month that were approved
Known = tuple[int, tuple[int, ...]]


@dataclass(frozen=True)
class WithDecisions(CachingEngine):
    """An engine that reads some decisions besides those of the evidence; one that is there under its number already is
    not read twice."""

    added: pl.DataFrame = field(default_factory=pl.DataFrame)
    landed: bool = True

    def rows(
        self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.rows`."""
        if planned.measure.source != DECISIONS:
            return super().rows(planned, people, stores, evidence)
        # the evidence names one file that is not there (`_with_source`), so nothing may be read of it
        if not self.landed:
            return self.added
        there = super().rows(planned, people, stores, evidence)
        # approved, landed and settled already: it has the same number and would count twice
        fresh = self.added.join(there.select("decision_no"), on="decision_no", how="anti")
        return pl.concat([there, fresh], how="diagonal_relaxed")


def effect_of(*, correction: Correction) -> Effect:
    """What a correction would change. Refused with the reason, and the bound, where settling would not honour it."""
    # what is approved besides counts in both, so that the difference is this correction's alone
    approved = _approved(correction.cycle, correction.concerns)
    # as known before the month that it goes into: what that month's own settling finds is not known yet
    earlier = Cycle.objects.select_related("run__cycle").get(month=correction.concerns)
    run = latest_known(cycle=earlier, month=correction.cycle.at)
    kept = records(run=run)
    before = _settled(run, kept, approved)
    after = _settled(run, kept, [*approved, correction])
    who = correction.employee.employee_id
    wrong = [
        problem
        for problem in after.problems
        # what was wrong without it is not its doing
        if problem.code in UNHONOURED and problem.subject == who and problem not in before.problems
    ]
    if wrong:
        raise Refused(replace(_what_is_left(problem, correction), severity="error") for problem in wrong)
    effect = Effect(
        store_of(after, who),
        figures_of(before, who, correction.item),
        figures_of(after, who, correction.item),
        tuple(_others(before, after, who)),
    )
    if effect.before == effect.after:
        raise Refused([_nothing_changes()])
    return effect


def together(*, corrections: Sequence[Correction]) -> tuple[Touched, ...]:
    """Everybody whose score, grade or pay several corrections of one month change, settled once with all of them.

    What each changes by itself does not add up: two that alone leave a grade as it is may move it together, and of two
    of one item the later one holds.
    """
    cycle, concerns = corrections[0].cycle, corrections[0].concerns
    earlier = Cycle.objects.select_related("run__cycle").get(month=concerns)
    run = latest_known(cycle=earlier, month=cycle.at)
    mine = {each.pk for each in corrections}
    besides = [each for each in _approved(cycle, concerns) if each.pk not in mine]
    # a page asks each time that it is opened, and settling takes its time
    known = repr((run.pk, [each.pk for each in besides], sorted((each.pk, each.state) for each in corrections)))
    key = f"together:{sha256(known.encode()).hexdigest()}"
    found = caches["process"].get(key)
    if found is None:
        kept = records(run=run)
        found = tuple(_others(_settled(run, kept, besides), _settled(run, kept, [*besides, *corrections]), ""))
        caches["process"].set(key, found, KEPT)
    return tuple(found)


def known_of(correction: Correction) -> Known:
    """By what the effect of a correction is worked out of the person's month: the run, and what was approved besides.

    Asked again under a lock (`person_held`), it tells whether an effect that was worked out before still holds.
    """
    earlier = Cycle.objects.select_related("run__cycle").get(month=correction.concerns)
    run = latest_known(cycle=earlier, month=correction.cycle.at)
    theirs = (each.pk for each in _approved(correction.cycle, correction.concerns) if _same_person(each, correction))
    return run.pk, tuple(theirs)


def _same_person(one: Correction, other: Correction) -> bool:
    return one.employee_id == other.employee_id and one.pk != other.pk


def _what_is_left(problem: Problem, correction: Correction) -> Problem:
    """A refusal of compensation with what may still be taken: settling tells the limit of the whole month, of which a
    part is taken already."""
    if problem.code != "compensation_above_limit" or correction.value is None:
        return problem
    most, over = (point_units(Decimal(str(problem.details[name]))) for name in ("most", "over"))
    left = max(0, correction.value - over)
    taken = most + over - correction.value
    if taken <= 0:
        return problem
    zh = f"本月赔偿最多还能扣 {yuan(left)} 元（上限 {yuan(most)} 元，已定 {yuan(taken)} 元）；"
    en = f"compensation may still take {yuan(left)} this month ({yuan(most)} at most, {yuan(taken)} of it decided); "
    zh, en = f"{zh}其余部分请在以后月份另作决定", f"{en}decide on the rest in a later month"
    return replace(problem, zh=zh, en=en, details={**problem.details, "left": yuan(left)})


def card_of(*, settlement: Settlement, employee_id: str) -> list[tuple[Item, int | None]]:
    """The items on a person's card of a settled month, each with its points (hundredths)."""
    lines = settlement.lines.filter(pl.col("employee_id") == employee_id).select("item", "points")
    points = dict(lines.iter_rows())
    # no row: somebody who was not in service in that month has no card
    (card,) = settlement.totals.filter(pl.col("employee_id") == employee_id)["scorecard"].to_list() or [None]
    body = settlement.scheme.scorecards.get(card or "")
    items = {item.key: item for item in body.items} if body else {}
    return [(items[key], points[key]) for key in points if key in items]


def as_known(*, cycle: Cycle, concerns: str, employee_id: str) -> Settlement | None:
    """Somebody's published month as it is known before `cycle`, or `cycle` itself as it is settled and not published
    yet; None where there is no such month."""
    if concerns == cycle.month:
        settled = cycle.run is not None and cycle.figures_state not in (Cycle.State.OPEN, Cycle.State.PUBLISHED)
        return _recorded(cycle.run, employee_id) if settled and cycle.run is not None else None
    published = Cycle.objects.filter(month=concerns, state=Cycle.State.PUBLISHED, run__isnull=False)
    earlier = published.select_related("run__cycle").first()
    return _recorded(latest_known(cycle=earlier, month=cycle.at), employee_id) if earlier else None


def _recorded(run: Run, employee_id: str) -> Settlement:
    """Somebody's month as a run recorded it."""
    store = store_of_run(run=run).store_of(employee_id)
    return settled_one(run=run, store=NOWHERE if store is None else store, employee_id=employee_id)


def _approved(cycle: Cycle, concerns: str) -> list[Correction]:
    """What was approved about a month, for the one that it goes into or one before."""
    found = Correction.objects.filter(concerns=concerns, state=Correction.State.APPROVED)
    found = found.filter(cycle__month__lte=cycle.month).select_related("employee", "decided_by__employee")
    return list(found.order_by("decided_at", "pk"))


def _settled(run: Run, kept: Kept, decisions: list[Correction]) -> Settlement:
    """A month with some decisions besides those of its evidence; without any as it was recorded."""
    if not decisions:
        return replace(kept.settlement, problems=recorded_problems(folder_of(run=run)))
    at, ledger = workspace_read(), Path(settings.LEDGER)
    scheme, roster = kept.settlement.scheme, sealed_roster(kept.seal, ledger)
    evidence = evidence_of(kept.seal, at, (scheme,))
    told, landed = _with_source(evidence, at)
    engine = WithDecisions(at.engine, ledger, kept.seal, added=_rows(decisions, at), landed=landed)
    return settle(Case(scheme, at.sources, roster, told, kept.history, kept.corrections), engine)


def _others(before: Settlement, after: Settlement, who: str) -> Iterator[Touched]:
    """Everybody but one whose score, grade or pay differs between two settlings of a month, by store and person."""
    then, now = _side(before, "before"), _side(after, "after")
    differs = pl.any_horizontal(*(pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in COMPARED))
    # who is settled is the same in both: a decision puts nobody on the roster
    rows = now.join(then, on="employee_id").filter(differs, pl.col("employee_id") != who)
    for row in rows.sort("store_after", "employee_id").iter_rows(named=True):
        sides = [Figures(**{name: row[f"{name}_{side}"] for name in COMPARED}) for side in ("before", "after")]
        yield Touched(row["employee_id"], row["store_after"], *sides)


def _side(settlement: Settlement, side: str) -> pl.DataFrame:
    totals = settlement.totals.select("employee_id", "store", "state", "score", "grade")
    pay = settlement.pay.select("employee_id", *PAID)
    joined = totals.join(pay, on="employee_id", how="left")
    return joined.rename({name: f"{name}_{side}" for name in joined.columns if name != "employee_id"})


def _with_source(evidence: Evidence, at: Workspace) -> tuple[Evidence, bool]:
    """The evidence with a place for decisions, and whether any had landed."""
    there = evidence.sources.get(DECISIONS)
    if there is not None and there.files:
        return evidence, True
    empty = there or SealedSource(at.sources[DECISIONS], ())
    # a source without files is passed over by settling; the one empty name has the engine asked for its rows
    return replace(evidence, sources={**evidence.sources, DECISIONS: replace(empty, files=("",), filed=())}), False


def _rows(decisions: list[Correction], at: Workspace) -> pl.DataFrame:
    """Decisions as the ledger would hold them, in the order given, which is the order in which they count."""
    source = at.sources[DECISIONS]
    rows = [
        {
            # decisions of one day count in the order of their numbers; `~` sorts behind every digit, as the newest
            "decision_no": correction_number(decision) if decision.pk else "W~",
            "employee_id": decision.employee.employee_id,
            "month": decision.concerns,
            "kind": decision.kind,
            "item": decision.item or None,
            "value": None if decision.value is None else as_decimal(decision.value, 2),
            "reason": decision.reason or "—",
            "ground": decision.ground or None,
            "decided_by": None,
            "decided_on": localdate(decision.decided_at) if decision.decided_at else today(),
        }
        for decision in decisions
    ]
    return pl.DataFrame(rows, schema=row_types(source))


def figures_of(settlement: Settlement, employee_id: str, item: str) -> Figures:
    """A person's figures in a settled month, with the points of one item."""
    mine = pl.col("employee_id") == employee_id
    (total,) = settlement.totals.filter(mine).select("state", "score", "grade").to_dicts() or [{}]
    (pay,) = settlement.pay.filter(mine).select(*PAID).to_dicts() or [{}]
    points = settlement.lines.filter(mine, pl.col("item") == item)["points"].to_list()
    return Figures(points=points[0] if points else None, **total, **pay)


def store_of(settlement: Settlement, employee_id: str) -> str:
    """Where a person worked in a settled month; empty where they did not."""
    found = settlement.totals.filter(pl.col("employee_id") == employee_id)["store"].to_list()
    return str(found[0]) if found else ""


def _nothing_changes() -> Problem:
    zh = "这样更正后与现在完全一样，没有需要登记的"
    en = "with it the month is just as it is now; there is nothing to enter"
    return Problem("nothing_changes", zh, en)
