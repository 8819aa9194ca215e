"""To whom an approved analysis is sent."""

from __future__ import annotations

from itertools import chain

from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.users.selectors import group_holders
from fairwrench.web.analysis.models import Analysis
from fairwrench.web.analysis.selectors import heads_of
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import EVERY_STORE


def readers_of(analysis: Analysis) -> list[Employee]:
    """Who heads a department of its store today. That of the whole group puts stores side by side: it goes to those who
    see all of them, besides who submitted it."""
    if analysis.store != EVERY_STORE:
        found = chain.from_iterable(heads_of(stores=[analysis.store]).values())
        return list(dict.fromkeys(found))
    holders = chain.from_iterable(group_holders(role=role) for role in OVERSEERS)
    people = (user.employee for user in holders if user.pk != analysis.submitted_by_id)
    return list(dict.fromkeys(employee for employee in people if employee is not None))
