"""Whose appeals somebody sees, and which wait for them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.appraisals.appeals.services import undecided
from fairwrench.web.appraisals.appeals.workflow import APPEALS
from fairwrench.web.appraisals.models import Appeal, Signature
from fairwrench.web.appraisals.selectors import forms_as, forms_seen
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.models import Assignment

State, Capacity = Appeal.State, Signature.Capacity
#: state → as what somebody acts on an appeal in it, and the act that is offered then
WAITS: Mapping[str, tuple[tuple[str, ...], str]] = {
    State.ASKED: ((Capacity.LINE_MANAGER,), "uphold"),
    State.UPHELD: ((Capacity.EMPLOYEE,), "raise"),
    State.RAISED: ((Capacity.NEXT_LEVEL, Capacity.HR), "uphold_finally"),
    State.AGREED: ((Capacity.HR,), "correct"),
    # its correction was refused or withdrawn: HR returns it, or enters another
    State.CORRECTED: ((Capacity.HR,), "return"),
}
#: where people work today, so that whoever keeps their pay by now sees what was granted to them
GRANTED = (State.AGREED, State.CORRECTED)


def appeals_seen(*, user: User) -> QuerySet[Appeal]:
    """The appeals against forms that somebody sees."""
    seen = Q(form__in=forms_seen(user=user).order_by().values("pk"))
    stores = Scope.of(user).stores(Grant.Role.HR)
    if stores:
        moved_here = Assignment.objects.filter(latest(day=Scope.of(user).day), store__name__in=stores)
        seen |= Q(state__in=GRANTED, form__employee__in=moved_here.order_by().values("employee"))
    found = Appeal.objects.filter(seen)
    along = ("employee", "cycle", "run", "line_manager", "next_level")
    return found.select_related("correction", *(f"form__{name}" for name in along))


def appeal_seen(*, user: User, appeal_id: int) -> Appeal:
    """One appeal for somebody who may look at it; Http404 for every other."""
    return get_object_or_404(appeals_seen(user=user), pk=appeal_id)


def appeals_waiting(*, user: User) -> list[Appeal]:
    """The appeals that wait for a user, by the very acts that are offered."""
    found: dict[int, Appeal] = {}
    # mostly there is none, and every page of to-dos asks
    if not Appeal.objects.filter(state__in=list(WAITS)).exists():
        return []
    for state, (capacities, act) in WAITS.items():
        seen = appeals_seen(user=user).filter(undecided(), state=state)
        for capacity in capacities:
            theirs = seen
            # what was granted is for HR of where the person works today, whose forms these need not be
            if state not in GRANTED:
                forms = forms_as(user=user, capacity=capacity).order_by().values("pk")
                theirs = seen.filter(form__in=forms)
            for appeal in theirs:
                if any(each.name == act for each in APPEALS.offered(record=appeal, user=user)):
                    found[appeal.pk] = appeal
    return list(found.values())
