"""The ratings that are asked of somebody now: the to-do, and the figure on the home, are both made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.days import today
from fairwrench.web.settlements.months.months import months_under_way
from fairwrench.web.settlements.ratings.rating import Place, ratings_left
from fairwrench.web.ui.requests.once import once

State = Cycle.State
#: states in which ratings are still asked for: until somebody approved what they led to
RATED = (State.OPEN, State.SEALING, State.SETTLED)
#: how long before a month is over its ratings are asked for
RATED_BEFORE = timedelta(days=3)
Left = Sequence[tuple[Cycle, Sequence[Place]]]


def ratings_asked(*, user: User) -> Left:
    """The months in which a user has ratings to give, the earliest first, with the ratings that are left."""
    if not opens(user, "ratings.asked"):
        return ()
    return once(f"ratings {user.pk}", lambda: _asked(user))


def _asked(user: User) -> Left:
    cycles = months_under_way(user=user)
    asked = [each for each in cycles if each.state in RATED and _rating_begins(each) <= today()]
    found = [(cycle, ratings_left(cycle=cycle, user=user)) for cycle in asked]
    return [(cycle, left) for cycle, left in found if left]


def _rating_begins(cycle: Cycle) -> date:
    """The day from which ratings of a month are asked for: some days before it is over, or as HR turned to it."""
    return cycle.at.first if cycle.turned_at else cycle.at.last - RATED_BEFORE
