"""The workshop of today: the figures of a store that grow with the month, against their targets."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import FOREMEN
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.days import today
from fairwrench.web.settlements.selectors import latest_cycle, names_of
from fairwrench.web.settlements.stores.daily import (
    Gone,
    latest_run,
    own_store,
    people_seen,
    sees_store,
    store_rows,
    stores_to_choose,
)
from fairwrench.web.ui.words import joined, pick
from fairwrench.web.work.home.figures import Figure

#: figures of the store that stand on the home
SHOWN = 3


def shop_figures(user: User) -> Iterator[Figure]:
    """For who gives out the work of a store: what is furthest from its target comes first."""
    if not Scope.of(user).has(*FOREMEN):
        return
    cycle = latest_cycle(user=user, people=lambda run: people_seen(run=run, user=user))
    run = latest_run(cycle=cycle) if cycle else None
    if cycle is None or run is None:
        return
    store = own_store(run=run, user=user, stores=stores_to_choose(run=run, user=user))
    if not store or not sees_store(user=user, store=store):
        return
    days = cycle.at.days
    gone = Gone(days, min(days, max(0, (today() - cycle.at.first).days + 1)), "")
    url = f"{reverse('settlements:daily')}?{urlencode({'month': cycle.month, 'store': store})}"
    rows = store_rows(run=run, user=user, store=store, names=names_of(run=run), gone=gone)
    aimed = sorted((row for row in rows if row["reached"] is not None), key=lambda row: row["reached"])
    for row in aimed[:SHOWN]:
        aim = pick(f"目标 {row['target']}", f"target {row['target']}")
        pace = pick(f"本月已过 {gone.percent}%", f"{gone.percent}% of the month gone")
        yield Figure(row["name"], f"{row['reached']}%", url, joined((row["value"], aim, pace), "，"))
