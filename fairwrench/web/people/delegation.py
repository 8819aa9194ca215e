"""Standing in for somebody who is away: asked for, approved by the next level where pay is to be seen by it, ended.

It is for a stated time, sixty days at most, and never for days gone by. Who leads people, hands in evidence of pay, or
holds a role by which one sees results and pay, is stood in for once their manager or HR has said yes; the two concerned
never decide. Of roles only those pass on by which nobody's pay is seen (`scope.HANDED_OVER`).
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.access.predicates import held_in_reach
from fairwrench.web.access.reach import PAY_SOURCES
from fairwrench.web.access.scope import HANDED_OVER, Scope
from fairwrench.web.org.assignments import current, latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Duty, Employee
from fairwrench.web.people.delegation_workflow import STAND_INS, STANDING, may_decide, told_of_set
from fairwrench.web.work.inbox.notices import messages_send

State, Role = Delegation.State, Grant.Role
#: days that one stand-in lasts at most; who is away for longer asks anew
LONGEST = 60
#: days for which what is over is still listed
LISTED = 90


@transaction.atomic
def delegation_ask(
    *, away: Employee, stand_in: Employee, begin: date, end: date, reason: str, by: User | None
) -> Delegation:
    """Ask for somebody to stand in between two days. What needs no approval, or is asked by who may give it, counts at
    once; `by` is None for the program itself. Refused for oneself, and for days that cannot be meant."""
    Employee.objects.select_for_update().get(pk=away.pk)  # of two who ask at once, one comes first
    if problem := _unfit(away, stand_in, begin, end):
        raise Refused([problem])
    found = Delegation(away=away, stand_in=stand_in, begin=begin, end=end, reason=reason, asked_by=by)
    # kept with it: who comes to lead people later is not stood in for in that without an approval
    found.leads = shows_pay(employee=away)
    if not found.leads:
        found.state = State.APPROVED
    elif by is None or may_decide(user=by, delegation=found):
        found.state, found.decided_by, found.decided_at = State.APPROVED, by, timezone.now()
    found.save()
    if found.state == State.APPROVED:
        messages_send(told_of_set(found), besides=by)
    return found


def _unfit(away: Employee, stand_in: Employee, begin: date, end: date) -> Problem | None:
    if stand_in.pk == away.pk:
        return Problem("own_stand_in", "不能由本人代理本人", "nobody stands in for themselves")
    if end < begin:
        return Problem("backwards", "结束日期早于开始日期", "it ends before it begins")
    if begin < today():
        return Problem("retroactive", "开始日期不能早于今天", "it cannot begin before today")
    if (end - begin).days >= LONGEST:
        zh = f"代理最长 {LONGEST} 天，到期可以续期；请改为 {begin + timedelta(LONGEST - 1)} 或更早结束"
        en = f"it lasts {LONGEST} days at most and may be renewed; let it end by {begin + timedelta(LONGEST - 1)}"
        return Problem("too_long", zh, en)
    # days that wait for an approval are taken as well, else two could be approved for the same ones
    taken = Delegation.objects.filter(away=away, state__in=STANDING, begin__lte=end, end__gte=begin)
    if taken.exists():
        return Problem("overlap", "这段日期已有代理人", "somebody stands in on some of these days already")
    return None


def shows_pay(*, employee: Employee) -> bool:
    """Whether who stands in for a person may come to see others' results and pay: of those led now or before, by the
    duty to hand in evidence of pay, or by a role beyond those handed over."""
    if Assignment.objects.filter(manager=employee).exists():
        return True
    if Duty.objects.filter(employee=employee, kind=Duty.Kind.PROVIDE, subject__in=PAY_SOURCES).exists():
        return True
    return Grant.objects.filter(user__employee=employee).exclude(role__in=HANDED_OVER).exists()


def delegation_decide(*, delegation: Delegation, by: User, approve: bool, note: str = "") -> Delegation:
    """Approve what waits, or refuse it with the reason. Of two who decide at once, the first does."""
    return STAND_INS.act(record=delegation, name="approve" if approve else "refuse", by=by, note=note)


def delegation_end(*, delegation: Delegation, by: User) -> Delegation:
    """End a delegation at once, or take back what waits. Refused for what is over already."""
    return STAND_INS.act(record=delegation, name="end", by=by)


def delegations_seen(*, user: User) -> QuerySet[Delegation]:
    """What a user may look at: where one is away or stands in, and that of people led or of the stores of HR; not what
    is long over."""
    people = ("asked_by__employee", "decided_by__employee", "ended_by__employee")
    rows = Delegation.objects.select_related("away", "stand_in", *people)
    since = today() - timedelta(days=LISTED)
    me = user.employee_id
    own = Q(asked_by=user) | (Q(away=me) | Q(stand_in=me) if me is not None else Q())
    return rows.filter(own | _of_ones_people(user), end__gte=since).order_by("-begin", "-id")


def delegations_waiting(*, user: User) -> list[Delegation]:
    """What a user is to approve, the first to begin first; one query."""
    rows = Delegation.objects.select_related("away", "stand_in", "asked_by__employee")
    # whom one leads or is HR of is among what one may look at (`delegations_seen`)
    waiting = rows.filter(_of_ones_people(user), state=State.WAITING, end__gte=today())
    if user.employee_id is not None:
        # not shown as waiting for the two concerned, who never decide
        waiting = waiting.exclude(Q(away=user.employee_id) | Q(stand_in=user.employee_id))
    return list(waiting.order_by("begin", "id"))


def _of_ones_people(user: User) -> Q:
    """Those of people whom one leads, or whose store one is HR of."""
    scope = Scope.of(user)
    stores = scope.stores(Role.HR)
    if stores is None:
        # Q~everything, said as a condition: an empty Q joined by `or` falls away and would leave the other side alone
        return ~Q(pk=None)
    found = Q(away__employee_id__in=scope.led)
    if stores:
        held = Assignment.objects.filter(latest(day=scope.day), store__name__in=stores)
        found |= Q(away__in=held.order_by().values("employee"))
    return found


def deciders(*, away: Employee, besides: tuple[int | None, ...]) -> list[str]:
    """The names of those who could approve for a person: their manager, and HR of their store or of the group."""
    managers = current(day=today()).filter(employee=away).values("manager")
    hr = User.objects.filter(grants__role=Role.HR).distinct()
    of_hr = (each for each in hr if held_in_reach(each, away.employee_id, Role.HR))
    asked = [*User.objects.filter(employee__in=managers), *of_hr]
    # named to who asks, so only who can act: no closed account, and none of the two
    fit = (each for each in asked if each.is_active and each.employee_id not in besides)
    return list(dict.fromkeys(str(each) for each in fit))
