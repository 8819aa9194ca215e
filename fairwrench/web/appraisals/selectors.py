"""Whose forms somebody sees, and whose it is to interview, to sign and to file."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.appraisals.models import Appraisal, Signature
from fairwrench.web.org.assignments import current
from fairwrench.web.org.models import Employee, in_service
from fairwrench.web.settlements.models import Result
from fairwrench.web.work.models import Step

Role, State, Capacity = Grant.Role, Appraisal.State, Signature.Capacity
#: who reads the forms of a whole store
READERS = (Role.HR, Role.GENERAL_MANAGER, Role.AUDITOR)
#: who files them
FILERS = (Role.HR, Role.GENERAL_MANAGER)
#: as whom one holds the interview of the next level, beside the capacities of signatures
TALK = "talk"
#: a form whose interview by the next level is asked for and was not noted yet
TALK_OPEN = Q(next_due=True, next_on=None, next_not_held="") & ~Q(state=State.FILED)
#: state → as what one acts on a form in it
WAITS: Mapping[str, str] = {
    State.INTERVIEW: Capacity.LINE_MANAGER,
    State.EMPLOYEE: Capacity.EMPLOYEE,
    State.MANAGER: Capacity.LINE_MANAGER,
    State.NEXT_LEVEL: Capacity.NEXT_LEVEL,
    State.HR: Capacity.HR,
}


def forms() -> QuerySet[Appraisal]:
    """Every form with the people and the run on it."""
    return Appraisal.objects.select_related("employee", "line_manager", "next_level", "cycle", "run")


def forms_seen(*, user: User) -> QuerySet[Appraisal]:
    """One's own forms from the interview on; those of people whom one manages, or managed in that month; those of
    departments one heads and of stores whose forms one reads."""
    scope = Scope.of(user)
    stores = scope.stores(*READERS)
    found = Q()
    if stores is not None:
        found = Q(employee__employee_id__in=scope.led | scope.led_next) | Q(store__in=stores)
        found |= scope.headed(store="store", department="department")
        found |= Q(line_manager__in=scope.leads_for) | Q(next_level__in=scope.leads_for)
    if user.employee_id is None:
        return forms().filter(found)
    # nobody reads what is written for a talk with them before they had it, whatever else they are
    own = Q(employee=user.employee_id)
    return forms().filter(own & ~Q(state=State.INTERVIEW) | found & ~own)


def with_scores(found: QuerySet[Appraisal]) -> QuerySet[Appraisal]:
    """Some forms, each with the `score` (hundredths), the `grade` and the `position` of its run."""
    result = Result.objects.filter(run=OuterRef("run"), employee_id=OuterRef("employee__employee_id"))
    return found.annotate(**{name: Subquery(result.values(name)[:1]) for name in ("score", "grade", "position")})


def form_seen(*, user: User, form_id: int) -> Appraisal:
    """One form for somebody who may look at it; Http404 for every other."""
    return get_object_or_404(forms_seen(user=user), pk=form_id)


def forms_as(*, user: User, capacity: str) -> QuerySet[Appraisal]:
    """The forms on which somebody acts in a capacity, in whatever state they are; nobody on their own but as employee.

    A manager who has left, or whom the month does not name, is replaced by who leads the person today; where nobody
    does, HR of the store holds the interview. Nobody stands above themselves: who is the line manager of a form, or
    signed in their place, is not its next level, whomever they stand in for.
    """
    me = user.employee_id
    if me is None:
        return forms().none()
    # nobody acts on what is filed away with its month
    found = forms().filter(cycle__closed_at=None)
    if capacity == Capacity.EMPLOYEE:
        return found.filter(employee=me)
    return found.filter(_acting(Scope.of(user), capacity)).exclude(employee=me)


def waiting(*, user: User, state: str) -> QuerySet[Appraisal]:
    """The forms in a state that wait for a user."""
    return forms_as(user=user, capacity=WAITS[state]).filter(state=state)


def talks_waiting(*, user: User) -> QuerySet[Appraisal]:
    """The forms whose interview by the next level waits for a user: from the interview by the line manager on."""
    return forms_as(user=user, capacity=TALK).filter(TALK_OPEN).exclude(state=State.INTERVIEW)


def waiting_counts(*, user: User) -> list[tuple[str, str, int]]:
    """Month and state of the forms that wait for a user, with how many, in one query; what `waiting` lists."""
    me = user.employee_id
    if me is None:
        return []
    scope, found = Scope.of(user), Q(state=State.EMPLOYEE, employee=me)
    for state, capacity in WAITS.items():
        # a general manager may file, and is not asked to
        asked = capacity != Capacity.HR or scope.has(Role.HR)
        if capacity != Capacity.EMPLOYEE and asked:
            found |= Q(state=state) & _acting(scope, capacity) & ~Q(employee=me)
    counted = (
        Appraisal.objects.filter(found, cycle__closed_at=None)
        .order_by("cycle__month")
        .values_list("cycle__month", "state")
    )
    rows = counted.annotate(n=Count("pk"))
    order = list(WAITS)
    return sorted(rows, key=lambda row: (order.index(row[1]), row[0]))


def _acting(scope: Scope, capacity: str) -> Q:
    if capacity == Capacity.HR:
        return _of_stores(scope.stores(*FILERS))
    next_level = Q(next_level__in=scope.leads_for)
    next_level |= _gone("next_level", scope) & Q(employee__employee_id__in=scope.led_next)
    next_level &= ~_below(scope.user)
    if capacity == Capacity.NEXT_LEVEL:
        return next_level
    if capacity == TALK:
        # nobody stands above, or they were passed over
        vacant = (_gone("next_level", scope) | Q(state=State.HR)) & ~_noted_by_another(scope.user)
        return next_level | vacant & _of_stores(scope.stores(Role.HR))
    gone = _gone("line_manager", scope)
    led_now = current(day=scope.day).filter(
        in_service(scope.day, "manager__"), employee=OuterRef("employee"), manager__isnull=False
    )
    nobody = gone & ~Q(Exists(led_now)) & _of_stores(scope.stores(Role.HR))
    return Q(line_manager__in=scope.leads_for) | gone & Q(employee__employee_id__in=scope.led) | nobody


def _below(user: User) -> Q:
    """For forms: those whose line manager somebody is, or acted as: signed, or noted that the employee does not."""
    given = Signature.objects.filter(appraisal=OuterRef("pk"), void_at=None).exclude(capacity=Capacity.NEXT_LEVEL)
    mine = given.filter(Q(by=user) | Q(signer=user.employee_id))
    return Q(line_manager=user.employee_id) | Q(Exists(mine))


def _noted_by_another(user: User) -> Q:
    """For forms: those whose interview by the next level somebody else wrote down, and said what was said in it."""
    steps = Step.objects.filter(workflow="appraisal", record=OuterRef("pk"), act__in=("talk", "no_talk"))
    mine = Q(Exists(steps.filter(by=user))) & ~Q(Exists(steps.exclude(by=user)))
    return ~Q(next_on=None, next_not_held="") & ~mine


def _of_stores(stores: set[str] | None) -> Q:
    return Q() if stores is None else Q(store__in=stores)


def _gone(role: str, scope: Scope) -> Q:
    """A manager whom nobody is any more."""
    left = Q(**{f"{role}__left_on__lt": scope.day})
    left |= Q(**{f"{role}__left_on__isnull": True, f"{role}__status": Employee.Status.LEFT})
    return Q(**{f"{role}__isnull": True}) | left
