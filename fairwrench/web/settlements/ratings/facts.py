"""What was noted of a person in a month, for who rates: the items measured so far, tickets, and what apps declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.figures.presenting import Shown, lines_shown
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.runs.person import card_lines
from fairwrench.web.settlements.selectors import names_of, results_seen
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import tickets_seen
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words


@dataclass(frozen=True)
class Fact:
    """Something noted of a person: what kind of thing in words, what it says, when, where it stands, and what is to be
    said to it (`more`).

    What is `near` is for the person and who leads them alone, whoever else may look at the month."""

    words: Words
    text: str
    day: date | None = None
    url: str = ""
    near: bool = False
    more: str = ""


@dataclass(frozen=True)
class RaterFacts:
    """Gives what an app noted of some people in a month (`2026-10`), by employee id; what is kept from the person
    is not among it. `words` stand above it."""

    words: Words
    of: Callable[[str, Sequence[str]], Mapping[str, Sequence[Fact]]]


@dataclass(frozen=True)
class Noted:
    """What one app noted of a person, with the words above it."""

    words: Words
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Facts:
    """A person's month so far: the result, the items that are measured, the tickets that the reader may see, and what
    was noted besides."""

    result: Result
    lines: Sequence[Shown]
    tickets: Sequence[Ticket]
    noted: Sequence[Noted] = ()


def facts_of(*, cycle: Cycle, result: Result, run: Run, user: User) -> Facts:
    """The facts of somebody by a result that the user sees; of tickets those that the user may read."""
    lines = [line for line in lines_shown(card_lines(result=result), result, names_of(run=run)) if _measured(line)]
    month = (cycle.at.first, cycle.at.last)
    tickets = tickets_seen(user=user).filter(employee__employee_id=result.employee_id, day__range=month)
    noted = facts_noted(month=cycle.month, employee_id=result.employee_id, user=user)
    return Facts(result, lines, list(tickets.order_by("day", "id")), noted)


def facts_noted(*, month: str, employee_id: str, user: User) -> list[Noted]:
    """What apps noted of a person in a month, as far as a reader of that month may know it."""
    scope = Scope.of(user)
    near = employee_id in scope.own | scope.led | scope.led_next
    found = []
    for part in declared(RaterFacts):
        facts = [fact for fact in part.of(month, [employee_id]).get(employee_id, ()) if near or not fact.near]
        found += [Noted(part.words, facts)] if facts else []
    return found


def _measured(line: Shown) -> bool:
    return line.kind == "metric"


def with_facts(*, run: Run | None, people: Iterable[str], user: User) -> set[str]:
    """Those of some people whose facts the user may read: who rates by duty alone does not see everything."""
    asked, scope = set(people), Scope.of(user)
    near = asked & (scope.own | scope.led | scope.led_next)
    if run is None or near == asked:
        return near
    seen = results_seen(run=run, user=user).filter(employee_id__in=asked - near).order_by()
    return near | set(seen.values_list("employee_id", flat=True))
