"""What begins anew when somebody comes back who had left: their login and duties of before do not."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from fairwrench.web.access.models import Delegation, User
from fairwrench.web.access.users.granting import account_close
from fairwrench.web.org.models import Duty, Employee


@transaction.atomic
def employees_returned(*, employees: Iterable[Employee]) -> None:
    """Close the accounts of those who come back, until HR opens them, and take away their duties of before."""
    people = list(employees)
    for user in User.objects.filter(employee__in=people, is_active=True):
        account_close(user=user)
    # `ever`: those ended only by the last day, and would hold again once it is gone
    Duty.ever.filter(employee__in=people).delete()
    Delegation.ever.filter(Q(away__in=people) | Q(stand_in__in=people)).delete()
