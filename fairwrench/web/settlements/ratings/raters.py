"""Whose rating of a person counts in which role: by the lines of the run, as settling takes them, and by duty."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import Q, QuerySet

from fairwrench.report.papers.raters import USUAL
from fairwrench.settlement.inputs.reporting_lines import superiors
from fairwrench.settlement.scheme.scheme import Item
from fairwrench.web.access.reach import stores_of_unit
from fairwrench.web.org.models import Duty, Unit
from fairwrench.web.settlements.models import Result, Run

#: line manager and next-level manager
Line = tuple[str | None, str | None]
#: a rater who is none of a person's line, but has the duty to rate an item
OTHER = "other"


@dataclass(frozen=True)
class Charge:
    """Somebody's duty to rate an item: of the people of some stores (None: of all), of one department or all ("")."""

    employee_id: str
    item: str
    stores: frozenset[str] | None
    department: str

    def covers(self, result: Result) -> bool:
        """Whether a person falls under it."""
        here = self.stores is None or result.store in self.stores
        return here and self.department in ("", result.department)


@dataclass(frozen=True)
class Raters:
    """Who rates whom in a run: employee id → line manager and next-level manager, None where there is none in service
    in that month, and the duties to rate."""

    lines: Mapping[str, Line]
    charges: Sequence[Charge]

    @classmethod
    def of(cls, run: Run, people: Collection[str] | None = None) -> Raters:
        """By the roster that the run stands on and the duties as they are now; the lines of some `people` alone where
        no others are asked for."""
        duties = Duty.objects.filter(kind=Duty.Kind.RATE).select_related("employee", "unit__parent__parent")
        charges = [
            Charge(duty.employee.employee_id, duty.subject, stores_of_unit(duty.unit), _department_of(duty.unit))
            for duty in duties
        ]
        known = run.results.all() if people is None else _line_above(run, people)
        return cls(lines_of(known.values_list("employee_id", "manager_id")), charges)

    def named(self, result: Result, item: Item, role: str) -> list[str]:
        """The employee ids of those who may rate a person on an item in a role; empty where nobody can."""
        manager, above = self.lines.get(result.employee_id, (None, None))
        line = {"self": result.employee_id, "line_manager": manager, "next_level": above}
        if role != OTHER:
            return [rater for rater in (line.get(role),) if rater]
        charged = {each.employee_id for each in self.charges if each.item == item.key and each.covers(result)}
        # who is of the person's line rates in that role alone, duty or not
        return sorted(charged - set(line.values()))

    def role_of(self, employee_id: str, rater: str) -> str:
        """In which role somebody rates a person, as settling takes it (`settlement.score.rating.with_roles`)."""
        manager, above = self.lines.get(employee_id, (None, None))
        # the later entry wins: one's own manager is line manager, though next level as well, as in settling
        roles = {above: "next_level", manager: "line_manager", employee_id: "self"}
        return roles.get(rater, OTHER)

    def concerned(self, raters: set[str]) -> set[str]:
        """The employee ids of those whom somebody of `raters` leads, or leads at the next level, and of themselves."""
        return raters | {who for who, line in self.lines.items() if raters & {*line}}

    def charged(self, raters: set[str]) -> list[Charge]:
        """The duties of some raters."""
        return [each for each in self.charges if each.employee_id in raters]


def _line_above(run: Run, people: Collection[str]) -> QuerySet[Result]:
    """Some people and the two above each: who is not among the results is not in service, and rates nobody."""
    own = Q(employee_id__in=people)
    managers = run.results.filter(own).order_by().values("manager_id")
    above = run.results.filter(employee_id__in=managers).order_by().values("manager_id")
    return run.results.filter(own | Q(employee_id__in=managers) | Q(employee_id__in=above))


def lines_of(managers: Iterable[tuple[str, str]]) -> dict[str, Line]:
    """Employee id → line manager and next-level manager, as settling works them out of the manager's id of each."""
    known = {who: manager or None for who, manager in managers}
    schema = {"employee_id": pl.String, "manager_id": pl.String}
    # by settling's own function: a manager who is not in service in that month rates nobody
    above = superiors(pl.DataFrame(list(known.items()), schema=schema, orient="row"))
    return {who: (manager, higher) for who, manager, higher in above.iter_rows()}


def roles_of(item: Item) -> Sequence[str]:
    """The roles in which an item is rated."""
    return tuple(item.raters or USUAL)


def _department_of(unit: Unit) -> str:
    """The scheme's id of the department that a unit is, or belongs to; empty for stores and what is above them."""
    above: Unit | None = unit
    while above is not None and above.kind == Unit.Kind.TEAM:
        above = above.parent
    return above.code if above is not None and above.kind == Unit.Kind.DEPARTMENT else ""
