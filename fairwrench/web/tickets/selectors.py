"""Whose tickets somebody sees, for whom one may write, and by which articles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import TicketArticle
from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import scheme_at
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.models import Assignment, Employee, in_service
from fairwrench.web.tickets.models import Ticket


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


def people_led(*, user: User) -> QuerySet[Employee]:
    """Those for whom a user may write a ticket: whom one leads, directly or over one level, and the people of
    departments one heads, in service today."""
    scope = Scope.of(user)
    led = Q(employee_id__in=scope.led | scope.led_next)
    if scope.heads_some:
        held = Assignment.objects.filter(latest(day=scope.day)).filter(scope.headed())
        led |= Q(pk__in=held.order_by().values("employee"))
    found = Employee.objects.filter(in_service(scope.day)).filter(led)
    return found.exclude(employee_id__in=scope.own).order_by("name", "employee_id")


def store_on(*, employee: Employee, day: date) -> str:
    """The store in which somebody worked on a day, or last before it; empty for none."""
    held = Assignment.objects.filter(latest(day=day), employee=employee)
    return held.values_list("store__name", flat=True).first() or ""


def articles_at(*, month: Month) -> Mapping[str, TicketArticle]:
    """The articles by which tickets of a month are written."""
    return scheme_at(month=month).standing.tickets


def is_sealed(*, month: Month) -> bool:
    """Whether the figures of a month are settled, so that nothing is written into it any more."""
    cycle = Cycle.objects.filter(month=str(month)).first()
    return cycle is not None and (cycle.state, cycle.figures_state) != (Cycle.State.OPEN, Cycle.State.OPEN)
