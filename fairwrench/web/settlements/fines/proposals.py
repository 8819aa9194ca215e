"""Fines that settling proposed, as HR sees them: for whom, for how many days, what may be chosen, what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from fairwrench.settlement.exact import point_units
from fairwrench.settlement.inputs.fines import FINES
from fairwrench.settlement.scheme.cycle import FineEffect, Lateness
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Correction, Result
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.selectors import run_of_month
from fairwrench.web.settlements.workspace import scheme_of

#: what settling calls a fine that waits for HR
PROPOSED = "fine_proposed"


@dataclass(frozen=True)
class Proposal:
    """A fine as proposed: `days` late at the `steps`, in the `store` where the person works; `result` is their month,
    `decision` what was decided, None while nothing was."""

    employee: Employee
    store: str
    days: int
    steps: tuple[str, ...]
    rule: Lateness
    scheme: Scheme
    result: Result | None
    decision: Correction | None

    @property
    def choices(self) -> tuple[FineEffect, ...]:
        """What the scheme lets HR choose from for this person: of who has left nothing is taken any more."""
        every = self.rule.choices_in(self.store)
        return tuple(effect for effect in every if effect == "record") if self.employee.has_left() else every

    def units(self, effect: FineEffect) -> int:
        """What the days late come to: fen, hundredths of a point, or 0."""
        return point_units(self.rule.a_day(effect)) * self.days

    @property
    def money(self) -> int:
        """Fen, were it taken as money."""
        return self.units("money")

    @property
    def points(self) -> int:
        """Hundredths of a point, were it taken as points."""
        return self.units("points")

    @property
    def at(self) -> list[tuple[str, str]]:
        """The steps that were late, by name in both languages."""
        known = self.scheme.cycle.steps
        return [(known[step].name.zh, known[step].name.en) if step in known else (step, step) for step in self.steps]


def proposals_of(*, cycle: Cycle, user: User) -> list[Proposal]:
    """The fines proposed in a month to people of the stores that a user oversees, by employee id."""
    run, extent = run_of_month(cycle=cycle), Extent.of(user)
    told = {problem["subject"]: problem for problem in extent.problems(run) if problem["code"] == PROPOSED}
    if run is None or not told:
        return []
    scheme = scheme_of(run=run)
    rule = scheme.cycle.lateness
    people = Employee.objects.filter(employee_id__in=told).order_by("employee_id")
    results = {row.employee_id: row for row in extent.results(run).filter(employee_id__in=told)}
    decided = decisions_of(cycle=cycle)
    if rule is None:
        return []
    found = []
    for each in people:
        details = told[each.employee_id]["details"] or {}
        result = results.get(each.employee_id)
        # a run of an earlier program told the amount alone; its days are known once the month is settled anew
        days, steps = int(details.get("days", 0)), tuple(filter(None, details.get("steps", "").split(", ")))
        store = result.store if result else ""
        found.append(Proposal(each, store, days, steps, rule, scheme, result, decided.get(each.pk)))
    return found


def proposal_seen(*, cycle: Cycle, user: User, employee_id: str) -> Proposal:
    """One of them; Http404 for every other, so that a number guessed leads to no other store's."""
    for each in proposals_of(cycle=cycle, user=user):
        if each.employee.employee_id == employee_id:
            return each
    raise Http404


def decisions_of(*, cycle: Cycle) -> dict[int, Correction]:
    """What was decided about fines of a month and stands, by the person's key."""
    found = Correction.objects.filter(cycle=cycle, kind__in=FINES, state=Correction.State.APPROVED)
    return {each.employee_id: each for each in found.select_related("employee", "decided_by__employee", "by")}
