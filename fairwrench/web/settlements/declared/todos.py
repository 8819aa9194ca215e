"""What waits for somebody of months: the next step, corrections to decide, ratings to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import deadlines
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import opens
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.corrections.workflow import may_decide
from fairwrench.web.settlements.models import Correction
from fairwrench.web.settlements.months.calendar import step_due
from fairwrench.web.settlements.months.checklist import blocking
from fairwrench.web.settlements.months.months import is_over, months_under_way
from fairwrench.web.settlements.months.workflow import MONTHS, NEXT
from fairwrench.web.settlements.ratings.asked import ratings_asked
from fairwrench.web.settlements.ratings.rating import Place, run_to_rate
from fairwrench.web.settlements.workspace import scheme_of
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.todos import ToDo

State, Role = Cycle.State, Grant.Role
#: act → what is said of a month that waits for it
STEPS = {
    "settle": ("已结束，待锁定数据并核算", "is over and waits to be sealed"),
    "approve_hr": ("待人力资源审核", "waits for HR's approval"),
    "approve": ("待总经理批准", "waits for the general manager's approval"),
    "publish": ("待发布", "waits to be published"),
}
#: acts by which somebody approves, and what their buttons say
APPROVED = ("approve_hr", "approve")
BUTTON = ("去办理", "Do it")
BUTTONS = {"settle": ("去核算", "Settle"), "publish": ("去发布", "Publish")}
BUTTONS |= dict.fromkeys(APPROVED, ("去审核", "Approve"))
#: who takes a step of a month as well
OTHERS: Mapping[str, Words] = {Role.HR: ("集团人力资源均可办理", "anybody of the group's HR may do it")}


def todos_of(user: User) -> Iterator[ToDo]:
    """The next step of months, corrections to decide, and ratings to give."""
    cycles = months_under_way(user=user)
    for cycle in cycles:
        if todo := _next_step(user, cycle):
            yield todo
    yield from _corrections(user, cycles)
    yield from _ratings(user)


def _next_step(user: User, cycle: Cycle) -> ToDo | None:
    """What a month waits for, where it is this user's to do; with how much of the checklist has to be done before."""
    act, role = NEXT.get(State(cycle.state), ("", ""))
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
    words, due = (f"{cycle.month} {zh}", f"{cycle.month} {en}"), step_due(cycle=cycle, act=act)
    decides, button = act in APPROVED, BUTTONS.get(act, BUTTON)
    return ToDo(words, url, "calendar-event", due, button, decides, OTHERS.get(role, ""))


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
            url, due = reverse("settlements:corrections", args=[cycle.month]), step_due(cycle=cycle, act="approve_hr")
            yield ToDo(words, url, "gavel", due, ("去审批", "Decide"), decides=True)


def _ratings(user: User) -> Iterator[ToDo]:
    for cycle, left in ratings_asked(user=user):
        zh, en = (
            f"{cycle.month} 还有 {len(left)} 项评分",
            f"{cycle.month}: {number_of(len(left), 'rating')} still to give",
        )
        if cycle.run_id:
            # sealed already: what is given now counts once HR seals again
            zh, en = f"{zh}（已锁定数据，补评后须重新核算）", f"{en} (sealed; it counts once the month is settled anew)"
        url, still = reverse("settlements:ratings", args=[cycle.month]), ("未评分", "with ratings to give")
        yield ToDo((zh, en), url, "edit", _ratings_due(cycle, left), ("去评分", "Rate"), open=still)


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
