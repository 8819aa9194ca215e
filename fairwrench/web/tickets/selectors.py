"""Whose tickets somebody sees, for whom one may write, and by which articles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import metric_sources
from fairwrench.settlement.scheme.scheme import Scheme, TicketArticle
from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.events.events import event_batch
from fairwrench.web.evidence.kept_on_pages import settled_with
from fairwrench.web.evidence.selectors import ledger_read, scheme_at
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.models import Assignment, Employee, in_service
from fairwrench.web.tickets.evidence import TICKETS as SOURCE
from fairwrench.web.tickets.evidence import keys_of
from fairwrench.web.tickets.models import Ticket

#: states in which nobody has decided yet whether a ticket counts
UNDECIDED = (Ticket.State.WRITTEN, Ticket.State.ACKNOWLEDGED, Ticket.State.APPEALED)
#: how long after somebody moved their former leader may still write about the days before
LATELY = timedelta(days=62)


def tickets_seen(*, user: User) -> QuerySet[Ticket]:
    """One's own tickets, those one wrote, those of the stores that one oversees, and those of people who worked that
    day in a department that one heads."""
    found = Ticket.objects.select_related("employee", "by__employee", "decided_by__employee", "job")
    stores = Scope.of(user).stores(*OVERSEERS)
    if stores is None:
        return found
    mine = Q(by=user) | Q(store__in=stores) | Q(Exists(_headed_then(user)))
    return found.filter(mine | Q(employee=user.employee_id) if user.employee_id else mine)


def _headed_then(user: User) -> QuerySet[Assignment]:
    """For tickets: the assignment that the person held that day in the ticket's store, in a department headed."""
    begun = Q(begin__isnull=True) | Q(begin__lte=OuterRef("day"))
    lasts = Q(end__isnull=True) | Q(end__gte=OuterRef("day"))
    theirs = Assignment.objects.filter(begun, lasts, employee=OuterRef("employee"), store__name=OuterRef("store"))
    return theirs.filter(Scope.of(user).headed())


def ticket_seen(*, user: User, ticket_id: int) -> Ticket:
    """One ticket for somebody who may look at it; Http404 for every other."""
    return get_object_or_404(tickets_seen(user=user), pk=ticket_id)


def undecided_of(*, month: Month, stores: Collection[str] | None) -> QuerySet[Ticket]:
    """The tickets of a month and of some stores (None: all) that nobody has decided yet."""
    found = Ticket.objects.filter(day__range=(month.first, month.last), state__in=UNDECIDED)
    return found if stores is None else found.filter(store__in=stores)


def people_led(*, user: User) -> QuerySet[Employee]:
    """Those for whom a user may write a ticket: whom one leads, directly or over one level, and the people of
    departments one heads, in service today; and whom one led until lately (`LATELY`), about days of then."""
    scope = Scope.of(user)
    found = Q(employee_id__in=scope.led | scope.led_next)
    if user.employee_id:
        # a closed post that one led: who moved is another's from then on, not before
        moved = Assignment.objects.filter(manager=user.employee_id, end__gte=scope.day - LATELY)
        found |= Q(assignments__in=moved)
    if scope.heads_some:
        held = Assignment.objects.filter(latest(day=scope.day)).filter(scope.headed())
        found |= Q(pk__in=held.order_by().values("employee"))
    people = Employee.objects.filter(in_service(scope.day), found).exclude(employee_id__in=scope.own)
    return people.distinct().order_by("name", "employee_id")


def led_on(*, user: User, employee: Employee, day: date) -> bool:
    """Whether a user was somebody's line manager, or that manager's, on a day."""
    if user.employee_id is None or user.employee_id == employee.pk:
        return False
    managers = _manager_on(employee.pk, day)
    return user.employee_id in {*managers, *(over for manager in managers for over in _manager_on(manager, day))}


def _manager_on(employee: int, day: date) -> list[int]:
    held = Assignment.objects.filter(latest(day=day), employee=employee, manager__isnull=False)
    return [manager for manager in held.values_list("manager_id", flat=True) if manager is not None]


def store_on(*, employee: Employee, day: date) -> str:
    """The store in which somebody worked on a day, or last before it; empty for none."""
    held = Assignment.objects.filter(latest(day=day), employee=employee)
    return held.values_list("store__name", flat=True).first() or ""


def articles_at(*, month: Month) -> Mapping[str, TicketArticle]:
    """The articles by which tickets of a month are written."""
    return scheme_at(month=month).standing.tickets.ticket_articles


def answer_until(*, ticket: Ticket) -> datetime | None:
    """Up to when a penalty waits for the person's answer; None where it waits for none: a reward, an answered one, one
    of somebody who has left, and one whose days have passed."""
    if not ticket.penal or ticket.state != Ticket.State.WRITTEN or ticket.employee.has_left():
        return None
    days = scheme_at(month=Month.parse(ticket.month)).standing.tickets.answer_days
    until = ticket.at + timedelta(days=days)
    return until if timezone.now() < until else None


def points_count(*, people: Iterable[Employee], day: date) -> set[bool]:
    """Whether the scorecards that some people have on a day read tickets, so that points move a score: True, False, or
    both where they differ."""
    scheme = scheme_at(month=Month.of(day))
    held = Assignment.objects.filter(latest(day=day), employee__in=people).order_by()
    positions = [scheme.positions.get(code) for code in held.values_list("position__code", flat=True).distinct()]
    return {_reads_tickets(scheme, position.scorecard or "" if position else "") for position in positions}


def _reads_tickets(scheme: Scheme, card: str) -> bool:
    items = scheme.scorecards[card].items if card in scheme.scorecards else ()
    metrics = [scheme.metrics[item.metric] for item in items if item.metric in scheme.metrics]
    return any(SOURCE in metric_sources(metric) for metric in metrics)


def in_run(*, ticket: Ticket) -> bool:
    """Whether the figures of its month, as they were settled last, hold a ticket that is in force."""
    ledger = ledger_read()
    batches = [event_batch(ledger=ledger, source=source, key=key) for source, key in keys_of(ticket).items()]
    return all(batch is not None and settled_with(ticket.month, batch) for batch in batches)


def is_sealed(*, month: Month) -> bool:
    """Whether the figures of a month are settled, so that nothing is written into it any more."""
    cycle = Cycle.objects.filter(month=str(month)).first()
    return cycle is not None and (cycle.state, cycle.figures_state) != (Cycle.State.OPEN, Cycle.State.OPEN)
