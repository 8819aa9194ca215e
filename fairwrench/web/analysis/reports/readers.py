"""To whom an approved analysis is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain

from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.users.selectors import group_holders
from fairwrench.web.analysis.models import Analysis
from fairwrench.web.analysis.selectors import heads_of
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import EVERY_STORE


def readers_of(analysis: Analysis, *, besides: Collection[int | None]) -> list[Employee]:
    """Who heads a department of its store today. That of the whole group puts stores side by side: it goes to those who
    see all of them. Left out are accounts (by key) that wrote or approved it."""
    people: Iterable[Employee]
    if analysis.store != EVERY_STORE:
        people = chain.from_iterable(heads_of(stores=[analysis.store]).values())
    else:
        holders = chain.from_iterable(group_holders(role=role) for role in OVERSEERS)
        people = (user.employee for user in holders if user.employee is not None)
    accounts = User.objects.filter(pk__in=[each for each in besides if each]).select_related("employee")
    known = {account.employee for account in accounts}
    return [each for each in dict.fromkeys(people) if each not in known]
