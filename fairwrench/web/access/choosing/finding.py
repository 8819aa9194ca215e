"""Whom somebody may choose, found by part of a name or of an employee id. Narrowed by the same scope as the policy."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from fairwrench.web.access.choosing.people import people_kept, people_list
from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.models import Assignment, Employee, in_service

#: how many are proposed at a time
MOST = 20
#: letters of what is typed to find somebody
LETTERS = 100
#: among whom one chooses: see `people_findable`
HERE, SEEN, UNINVITED = "here", "seen", "uninvited"
AMONG = (HERE, SEEN, UNINVITED)


def people_findable(*, user: User, among: str = HERE) -> QuerySet[Employee]:
    """Whom a field may propose and take; KeyError for what is not in `AMONG`.

    `seen`: whom the user sees in the list of people, those who left included; `here`: of these who is in service, who
    leads them (the list names them too), and the colleagues of the user's own store; `uninvited`: people kept who have
    no account.
    """
    found = {HERE: _here, SEEN: _seen, UNINVITED: _uninvited}[among]
    return found(user)


def _here(user: User) -> QuerySet[Employee]:
    last = Assignment.objects.filter(latest(day=Scope.of(user).day))
    own = last.filter(employee=user.employee_id).order_by().values("store")
    held = people_list(user=user).order_by()
    # managers too: a line manager may work in a store that the user does not see
    near = Q(pk__in=held.values("employee")) | Q(pk__in=held.values("manager"))
    near |= Q(pk__in=last.filter(store__in=own).order_by().values("employee"))
    return Employee.objects.filter(near).filter(in_service(Scope.of(user).day))


def _seen(user: User) -> QuerySet[Employee]:
    return Employee.objects.filter(pk__in=people_list(user=user).order_by().values("employee"))


def _uninvited(user: User) -> QuerySet[Employee]:
    return people_kept(user=user).filter(in_service(Scope.of(user).day), user=None)


def people_matching(*, people: QuerySet[Employee], typed: str) -> QuerySet[Employee]:
    """Those of whom every word typed is part of the id, the name or another name."""
    for word in typed.split():
        part = Q(employee_id__icontains=word) | Q(name__icontains=word) | Q(aliases__icontains=word)
        people = people.filter(part)
    return people.order_by("employee_id")


def places_of(*, people: list[Employee], user: User) -> dict[int, Assignment]:
    """The last assignment of each, by the employee's key, so that namesakes are told apart; one query."""
    last = Assignment.objects.filter(latest(day=Scope.of(user).day), employee__in=[each.pk for each in people])
    return {row.employee_id: row for row in last.select_related("store", "position")}
