"""Which assignments hold on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from fairwrench.web.org.models import Assignment, Employee


def current(*, day: date) -> QuerySet[Assignment]:
    """The assignments that hold on a day; none of who has left before it."""
    return current_from(day=day).filter(Q(begin__isnull=True) | Q(begin__lte=day))


def current_from(*, day: date) -> QuerySet[Assignment]:
    """The assignments that hold on a day or come to hold later."""
    # who left without any day being known holds nothing on whatever day
    over = Q(end__lt=day) | Q(left_on__lt=day) | Q(status=Employee.Status.LEFT, left_on=None, end=None)
    return Assignment.objects.exclude(over)


def latest(*, day: date) -> Q:
    """For assignments: that of each person which holds on a day, else the last before it.

    It is the one that none follows. Asked so, the database finds all of them in one pass, which sorting each person's
    assignments is not.
    """
    # no begin is since ever; a null would compare with nothing
    begin = Coalesce("begin", Value(date.min))
    begun = Assignment.objects.filter(employee=OuterRef("employee")).filter(Q(begin=None) | Q(begin__lte=day))
    follows = Q(at__gt=Coalesce(OuterRef("begin"), Value(date.min)))
    same_day = Q(at=Coalesce(OuterRef("begin"), Value(date.min)))
    follows |= same_day & Q(place__gt=OuterRef("place"))
    follows |= same_day & Q(place=OuterRef("place"), id__gt=OuterRef("id"))
    return (Q(begin=None) | Q(begin__lte=day)) & Q(~Exists(begun.annotate(at=begin).filter(follows)))
