"""Whose ratings somebody reviews: HR those of its stores' people, a next-level manager those of the people below."""

from __future__ import annotations

from django.db.models import Q

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.settlements.models import Run

#: who reviews the ratings of whole stores
REVIEWERS = (Grant.Role.HR, Grant.Role.GENERAL_MANAGER)


def people_reviewed(*, run: Run, user: User) -> frozenset[str]:
    """The employee ids of those whose ratings by others a user looks at: never one's own."""
    scope = Scope.of(user)
    stores = scope.stores(*REVIEWERS)
    theirs = Q(employee_id__in=scope.led_next)
    theirs = Q() if stores is None else theirs | Q(store__in=stores)
    found = run.results.filter(theirs).exclude(employee_id__in=scope.own).exclude(state="excluded")
    return frozenset(found.values_list("employee_id", flat=True))
