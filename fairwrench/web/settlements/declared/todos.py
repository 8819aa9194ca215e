"""What waits for somebody of months: the next step, corrections to decide, ratings to give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import deadlines
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.days import today
from fairwrench.web.settlements.corrections.workflow import may_decide
from fairwrench.web.settlements.models import Correction
from fairwrench.web.settlements.months.checklist import blocking
from fairwrench.web.settlements.months.months import is_over
from fairwrench.web.settlements.months.workflow import MONTHS, NEXT
from fairwrench.web.settlements.ratings.rating import Place, ratings_left, run_to_rate
from fairwrench.web.settlements.workspace import scheme_of
from fairwrench.web.work.inbox.todos import ToDo

State = Cycle.State
#: states in which ratings are still asked for: until somebody approved what they led to
RATED = (State.OPEN, State.SEALING, State.SETTLED)
#: how long before a month is over its ratings are asked for
RATED_BEFORE = timedelta(days=3)
#: act → what is said of a month that waits for it
STEPS = {
    "settle": ("已结束，待锁定数据并核算", "is over and waits to be sealed"),
    "approve_hr": ("待人力资源审核", "waits for HR's approval"),
    "approve": ("待总经理批准", "waits for the general manager's approval"),
    "publish": ("待发布", "waits to be published"),
}


def todos_of(user: User) -> Iterator[ToDo]:
    """The next step of months, corrections to decide, and ratings to give."""
    cycles = list(Cycle.objects.exclude(state=State.PUBLISHED).order_by("month").select_related("run"))
    for cycle in cycles:
        if todo := _next_step(user, cycle):
            yield todo
    yield from _corrections(user, cycles)
    yield from _ratings(user, cycles)


def _next_step(user: User, cycle: Cycle) -> ToDo | None:
    """What a month waits for, where it is this user's to do; with how much of the checklist has to be done before."""
    act, _role = NEXT.get(State(cycle.state), ("", ""))
    sent_back = act == "settle" and cycle.run_id is not None
    # a month that runs waits for its end; one that was sent back waits at once
    if not act or (act == "settle" and not sent_back and not is_over(cycle)):
        return None
    offered = {each.name for each in MONTHS.offered(record=cycle, user=user)}
    if act not in offered:
        return None
    zh, en = ("被退回，待重新核算", "was sent back and waits to be settled anew") if sent_back else STEPS[act]
    # the checklist keeps nobody from settling, only from what comes after
    hindered = 0 if act == "settle" else len(blocking(cycle=cycle, by=user))
    if hindered:
        zh = f"{zh}；检查清单还有 {hindered} 项要先处理"
        en = f"{en}; first {number_of(hindered, 'point')} of the checklist"
    url = reverse("settlements:month", args=[cycle.month])
    return ToDo((f"{cycle.month} {zh}", f"{cycle.month} {en}"), url, "calendar-event")


def _corrections(user: User, cycles: list[Cycle]) -> Iterator[ToDo]:
    if not opens(user, "settlements.decide_correction"):
        return
    for cycle in cycles:
        asked = Correction.objects.filter(cycle=cycle, state=Correction.State.ASKED)
        rows = asked.select_related("employee", "cycle")
        # one by one, as one's own requests and one's own month are for others to decide
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
    for cycle in (each for each in cycles if each.state in RATED and _rating_begins(each) <= today()):
        left = ratings_left(cycle=cycle, user=user)
        if not left:
            continue
        zh, en = (
            f"{cycle.month} 还有 {len(left)} 项评分",
            f"{cycle.month}: {number_of(len(left), 'rating')} still to give",
        )
        if cycle.run_id:
            # sealed already: what is given now counts once HR seals again
            zh, en = f"{zh}（已锁定数据，补评后须重新核算）", f"{en} (sealed; it counts once the month is settled anew)"
        yield ToDo((zh, en), reverse("settlements:ratings", args=[cycle.month]), "edit", _ratings_due(cycle, left))


def _rating_begins(cycle: Cycle) -> date:
    """The day from which ratings of a month are asked for: some days before it is over, or as HR turned to it."""
    return cycle.at.first if cycle.turned_at else cycle.at.last - RATED_BEFORE


def _ratings_due(cycle: Cycle, left: Sequence[Place]) -> datetime | None:
    """The first deadline of the categories that the items left are of."""
    run = run_to_rate(month=cycle.month)
    if run is None:
        return None
    scheme, asked = scheme_of(run=run), {place.item.category for place in left}
    steps = [
        step for step in deadlines(cycle.at, scheme.cycle)[0] if asked & {*scheme.cycle.steps[step.step].categories}
    ]
    return min((step.due for step in steps), default=None)
