"""What waits for somebody of months: the next step, corrections to decide, ratings to give."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, opens
from fairwrench.web.access.targets import GROUP
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.corrections.workflow import may_decide
from fairwrench.web.settlements.models import Correction
from fairwrench.web.settlements.months.months import is_over
from fairwrench.web.settlements.months.workflow import NEXT
from fairwrench.web.settlements.ratings.rating import places
from fairwrench.web.work.inbox.todos import ToDo

State = Cycle.State
#: act → what is said of a month that waits for it, and the permission that it takes
STEPS = {
    "settle": ("已结束，待封账结算", "is over and waits to be sealed", "settlements.settle"),
    "approve_hr": ("待人力资源审核", "waits for HR's approval", "settlements.approve_hr"),
    "approve": ("待总经理批准", "waits for the general manager's approval", "settlements.approve_gm"),
    "publish": ("待公布", "waits to be published", "settlements.publish"),
}


def todos_of(user: User) -> Iterator[ToDo]:
    """The next step of months, corrections to decide, and ratings to give."""
    cycles = list(Cycle.objects.exclude(state=State.PUBLISHED).order_by("month").select_related("run"))
    for cycle in cycles:
        act, _role = NEXT.get(State(cycle.state), ("", ""))
        if not act or (act == "settle" and not is_over(cycle)):
            continue
        zh, en, permission = STEPS[act]
        if may(user, permission, about=GROUP):
            url = reverse("settlements:month", args=[cycle.month])
            yield ToDo((f"{cycle.month} {zh}", f"{cycle.month} {en}"), url, "calendar-event")
    yield from _corrections(user, cycles)
    yield from _ratings(user, cycles)


def _corrections(user: User, cycles: list[Cycle]) -> Iterator[ToDo]:
    if not opens(user, "settlements.decide_correction"):
        return
    for cycle in cycles:
        asked = Correction.objects.filter(cycle=cycle, state=Correction.State.ASKED)
        rows = asked.select_related("employee", "cycle")
        count = sum(1 for correction in rows if may_decide(correction=correction, user=user) is None)
        if count:
            words = (
                f"{cycle.month} 有 {count} 条更正待审批",
                f"{cycle.month}: {number_of(count, 'correction')} to decide",
            )
            yield ToDo(words, reverse("settlements:corrections", args=[cycle.month]), "gavel")


def _ratings(user: User, cycles: list[Cycle]) -> Iterator[ToDo]:
    if not opens(user, "ratings.asked"):
        return
    for cycle in (each for each in cycles if each.state == State.OPEN):
        found = places(cycle=cycle, user=user)
        left = sum(1 for place in found if not place.rated and not place.by_file_alone)
        if left:
            words = (f"{cycle.month} 还有 {left} 项评分", f"{cycle.month}: {number_of(left, 'rating')} still to give")
            yield ToDo(words, reverse("settlements:ratings", args=[cycle.month]), "edit")
