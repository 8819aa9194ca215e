"""What evidence puts on a home: how the files stand that somebody hands in or sees to, questions about orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import opens
from fairwrench.web.access.predicates import FOREMEN
from fairwrench.web.access.scope import Scope
from fairwrench.web.evidence.freshness.freshness import Freshness, freshness_now
from fairwrench.web.evidence.missing_orders.missing_orders import missing_orders_seen
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.org.days import now_local
from fairwrench.web.ui.words import joined, of, pick
from fairwrench.web.work.home.figures import Figure
from fairwrench.web.work.inbox.todos import left_words

Role = Grant.Role
#: who hands in files of their own
PROVIDERS = (Role.PROVIDER, Role.CUSTOMER_SERVICE, Role.FINANCE)
#: state of a place (`ui.components.HEAT`) → what so many places in it are called
CALLED = {
    "missing": ("缺数据的报表", "Files missing"),
    "partial": ("有退回或待导入的报表", "Files rejected or to land"),
    "waiting": ("未到期的报表", "Files not due yet"),
    "landed": ("已导入的报表", "Files landed"),
}
#: states that have a deadline to come
AHEAD = ("missing", "waiting")


def files_figures(user: User) -> Iterator[Figure]:
    """For who hands in files: how each kind of file of each of their stores stands in the month."""
    if not Scope.of(user).has(*PROVIDERS) or not opens(user, "evidence.land"):
        return
    found = freshness_now(user=user)
    if any(line.states for line in found.lines):
        yield from (_places(found, state) for state in CALLED)


def watched_figures(user: User) -> Iterator[Figure]:
    """For HR: what is overdue and what was rejected, by kind of file and store."""
    if not Scope.of(user).has(Role.HR):
        return
    found = freshness_now(user=user)
    yield from (_places(found, state) for state in ("missing", "partial"))


def _places(found: Freshness, state: str) -> Figure:
    """How many places are in a state, by the very map that lists them."""
    lines = [line for line in found.lines if state in line.states.values()]
    count = sum(1 for line in lines for each in line.states.values() if each == state)
    url = f"{reverse('evidence:places')}?{urlencode({'month': str(found.month), 'state': state})}"
    due = min((line.due for line in lines if line.due), default=None)
    note = [str(found.month), _by(due) if due and state in AHEAD else ""]
    return Figure(pick(*CALLED[state]), str(count), url, joined(note, "，"))


def _by(due: datetime) -> str:
    first = pick(f"最早截止 {due:%m-%d}", f"first due {due:%m-%d}")
    return joined((first, of(left_words(due, now_local()))), "，")


def orders_of_shop(user: User) -> Iterator[Figure]:
    """For who gives out the work of a store: questions about missing orders."""
    if Scope.of(user).has(*FOREMEN):
        yield _orders(user)


def orders_of_team(user: User) -> Iterator[Figure]:
    """The same for service managers."""
    if Scope.of(user).has(Role.SERVICE_MANAGER):
        yield _orders(user)


def _orders(user: User) -> Figure:
    asked = MissingOrder.State.ASKED
    count = missing_orders_seen(user=user).filter(state=asked).count()
    url = f"{reverse('evidence:missing_orders')}?state={asked}"
    return Figure(pick("待答复的漏单反馈", "Missing orders to answer"), str(count), url)
