"""What was noted of a person in a month, for who rates: the items measured so far, tickets, and what
apps further on have to say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairwrench.settlement.calendar.deadlines import Month
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


@dataclass(frozen=True)
class Fact:
    """Something noted of a person in a month, in the language of the page: the heading it stands under, what it says,
    what it is about, what came of it, a word to it, and where it leads."""

    heading: str
    words: str
    about: str = ""
    came: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class RaterFacts:
    """What an app further on has to say of people in a month to who rates them: employee id → facts, set-wise."""

    of: Callable[[Month, Collection[str]], Mapping[str, Sequence[Fact]]]


@dataclass(frozen=True)
class Facts:
    """A person's month so far: the result, the items that are measured, the tickets that the reader may see, and what
    apps further on noted (`RaterFacts`), by heading."""

    result: Result
    lines: Sequence[Shown]
    tickets: Sequence[Ticket]
    noted: Mapping[str, Sequence[Fact]]


def facts_of(*, cycle: Cycle, result: Result, run: Run, user: User) -> Facts:
    """The facts of somebody by a result that the user sees; of tickets those that the user may read."""
    lines = [line for line in lines_shown(card_lines(result=result), result, names_of(run=run)) if _measured(line)]
    month = (cycle.at.first, cycle.at.last)
    noted = tickets_seen(user=user).filter(employee__employee_id=result.employee_id, day__range=month)
    return Facts(result, lines, list(noted.order_by("day", "id")), _noted(cycle.at, result.employee_id))


def _noted(month: Month, employee_id: str) -> Mapping[str, Sequence[Fact]]:
    found: dict[str, list[Fact]] = {}
    for part in declared(RaterFacts):
        for fact in part.of(month, [employee_id]).get(employee_id, ()):
            found.setdefault(fact.heading, []).append(fact)
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
