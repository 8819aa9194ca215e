"""Whose appeals somebody sees, and which wait for them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.web.access.models import User
from fairwrench.web.appraisals.appeals.workflow import APPEALS
from fairwrench.web.appraisals.models import Appeal, Signature
from fairwrench.web.appraisals.selectors import forms_as, forms_seen

State, Capacity = Appeal.State, Signature.Capacity
#: state → as what somebody acts on an appeal in it, and the act that is offered then
WAITS: Mapping[str, tuple[tuple[str, ...], str]] = {
    State.ASKED: ((Capacity.LINE_MANAGER,), "uphold"),
    State.UPHELD: ((Capacity.EMPLOYEE,), "raise"),
    State.RAISED: ((Capacity.NEXT_LEVEL, Capacity.HR), "uphold_finally"),
    State.AGREED: ((Capacity.HR,), "correct"),
}


def appeals_seen(*, user: User) -> QuerySet[Appeal]:
    """The appeals against forms that somebody sees."""
    found = Appeal.objects.filter(form__in=forms_seen(user=user).order_by().values("pk"))
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
        for capacity in capacities:
            forms = forms_as(user=user, capacity=capacity).order_by().values("pk")
            for appeal in appeals_seen(user=user).filter(state=state, form__in=forms):
                if any(each.name == act for each in APPEALS.offered(record=appeal, user=user)):
                    found[appeal.pk] = appeal
    return list(found.values())
