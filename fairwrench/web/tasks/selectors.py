"""Whose tasks somebody sees, whom they may give one, and which wait for them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.web.access.choosing.finding import people_findable
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import may
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee, in_service
from fairwrench.web.tasks.models import UNDONE, UNSETTLED, Task

State = Task.State
#: who gives tasks to anybody of their stores, and sees them
GIVERS = (Grant.Role.HR, Grant.Role.GENERAL_MANAGER)
#: what waits for somebody → how one says so of tasks
WAITS: Mapping[str, tuple[str, str]] = {
    "answer": ("同事请您帮忙，待答复", "asked of you by colleagues, to answer"),
    "do": ("待完成", "to do"),
    "confirm": ("已完成，待您确认", "done, for you to confirm"),
}


def tasks_seen(*, user: User) -> QuerySet[Task]:
    """One's own tasks, those one gave, those of people one leads or who gave them, and those of the people of stores
    whose HR or general manager one is."""
    found = Task.objects.select_related("assignee", "by__employee")
    scope = Scope.of(user)
    stores = scope.stores(*GIVERS)
    if stores is None:
        return found
    near = list(scope.own | scope.led | scope.led_next)
    mine = Q(by=user) | Q(assignee__employee_id__in=near) | Q(by__employee__employee_id__in=near)
    if stores:
        held = Assignment.objects.filter(latest(day=scope.day), store__name__in=stores)
        mine |= Q(assignee__in=held.order_by().values("employee"))
    return found.filter(mine)


def task_seen(*, user: User, task_id: int) -> Task:
    """One task for somebody who may look at it; Http404 for every other."""
    return get_object_or_404(tasks_seen(user=user), pk=task_id)


def gives(*, user: User, employee: Employee) -> bool:
    """Whether what a user gives somebody needs no consent: to oneself, to those one leads, in one's stores as HR or
    general manager."""
    return may(user, "tasks.give", about=OfPerson(employee.employee_id))


def asks(*, user: User, employee: Employee) -> bool:
    """Whether a user may at least ask somebody, who may decline: whom the field for people proposes."""
    return gives(user=user, employee=employee) or people_findable(user=user).filter(pk=employee.pk).exists()


def settles(*, user: User, task: Task) -> bool:
    """Whether a user confirms, returns and withdraws a task: who gave it, and once they have gone who may give the
    assignee tasks; nobody confirms what another gave them."""
    if task.by_id == user.pk:
        return True
    if user.employee_id is not None and user.employee_id == task.assignee_id:
        return False
    gone = task.by is None or not task.by.is_active or task.by.has_left
    return gone and gives(user=user, employee=task.assignee)


def waiting(*, user: User, waits: str) -> QuerySet[Task]:
    """The tasks that wait for a user in one of the ways of `WAITS`; KeyError for another."""
    seen = tasks_seen(user=user)
    own = seen.filter(assignee=user.employee_id) if user.employee_id else seen.none()
    found = {
        "answer": own.filter(state=State.ASKED),
        "do": own.filter(state=State.OPEN),
        "confirm": seen.filter(_settled_by(user), state=State.DONE),
    }
    return found[waits]


def _settled_by(user: User) -> Q:
    """The same as `settles`, of many: those one gave, and those of givers who went of people one may give tasks."""
    gone = _giver_gone()
    scope = Scope.of(user)
    stores = scope.stores(*GIVERS)
    if stores is None:
        theirs = Q()
    else:
        held = Assignment.objects.filter(latest(day=scope.day), store__name__in=stores).order_by()
        theirs = Q(assignee__employee_id__in=list(scope.led | scope.led_next))
        theirs |= Q(assignee__in=held.values("employee"))
    not_own = ~Q(assignee=user.employee_id) if user.employee_id else Q()
    return Q(by=user) | (gone & theirs & not_own)


def _giver_gone() -> Q:
    """For tasks: those whose giver does not come in any more."""
    left = Q(by__employee__isnull=False) & ~in_service(today(), "by__employee__")
    return Q(by=None) | Q(by__is_active=False) | left


def overdue_of(*, tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Those of some tasks whose day is over and that are not done."""
    return tasks.filter(state__in=UNDONE, due__lt=today())


def others_of(*, user: User) -> QuerySet[Task]:
    """The tasks of people one leads, that are not settled."""
    scope = Scope.of(user)
    led = list(scope.led | scope.led_next)
    return Task.objects.filter(assignee__employee_id__in=led, state__in=UNSETTLED)
