"""Standing in as a table: approved or refused by who leads the person away or by HR, ended by whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.access.policy import may
from fairwrench.web.access.predicates import held_in_reach
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.org.days import today
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = Delegation.State
#: states in which the days are taken
STANDING = (State.WAITING, State.APPROVED)


def may_decide(*, user: User, delegation: Delegation) -> bool:
    """Whether a user may approve or refuse: who leads the person away, or HR of their store; not the two concerned."""
    # HR and managers may be one of the two themselves: nobody approves a reach of their own
    if user.employee_id in (delegation.away_id, delegation.stand_in_id):
        return False
    person = delegation.away.employee_id
    return person in Scope.of(user).led or held_in_reach(user, person, Grant.Role.HR)


def may_end(*, user: User, delegation: Delegation) -> bool:
    """Whether a user may end a delegation: the two concerned, who may decide on it, and who may ask for one."""
    if user.employee_id is not None and user.employee_id in (delegation.away_id, delegation.stand_in_id):
        return True
    person = delegation.away.employee_id
    return may_decide(user=user, delegation=delegation) or may(user, "people.delegate", about=OfPerson(person))


def _decides(delegation: Delegation, user: User) -> Problem | None:
    return None if may_decide(user=user, delegation=delegation) else _not_theirs()


def _ends(delegation: Delegation, user: User) -> Problem | None:
    return None if may_end(user=user, delegation=delegation) else _not_theirs()


def _not_theirs() -> Problem:
    return Problem("delegation", "由他人办理", "that is somebody else's to do")


def _days_over(delegation: Delegation, _doing: Doing) -> Iterator[Problem]:
    if delegation.end < today():
        yield Problem("over", "代理期已过，不需要再批准", "its days are over; there is nothing to approve")


def _is_over(delegation: Delegation, _doing: Doing) -> Iterator[Problem]:
    if delegation.end < today():
        yield moved_on(delegation)


def _decide(delegation: Delegation, doing: Doing) -> None:
    delegation.decided_by, delegation.decided_at = doing.by, timezone.now()


def _refuse(delegation: Delegation, doing: Doing) -> None:
    _decide(delegation, doing)
    delegation.note = doing.note


def _end(delegation: Delegation, doing: Doing) -> None:
    delegation.ended_by, delegation.ended_at = doing.by, timezone.now()


def moved_on(delegation: Delegation) -> Problem:
    """What is said of one in another state than the page showed."""
    zh = f"该代理现在是“{State(delegation.state).label}”，请刷新页面查看"
    en = f"it is in the state “{State(delegation.state).label}” by now; reload the page"
    return Problem("moved_on", zh, en)


def _tell(delegation: Delegation, words: tuple[str, str]) -> list[Message]:
    away, other, days = delegation.away.name, delegation.stand_in.name, (delegation.begin, delegation.end)
    about = (
        f"{away} 由 {other} 代理（{days[0]} 至 {days[1]}）{words[0]}",
        f"{other} for {away} ({days[0]} to {days[1]}), {words[1]}",
    )
    # also who asked, who may be neither of the two (HR); who acts is told nothing (`messages_send`)
    concerned = User.objects.filter(employee__in=(delegation.away_id, delegation.stand_in_id))
    return [Message([*concerned, delegation.asked_by], about, reverse("people:stand_ins"))]


def told_of_set(delegation: Delegation) -> list[Message]:
    """What the two are told of a stand-in that counts at once."""
    return _tell(delegation, ("已设置", "set"))


def _tell_approved(delegation: Delegation, _doing: Doing) -> list[Message]:
    return _tell(delegation, ("已批准", "approved"))


def _tell_refused(delegation: Delegation, doing: Doing) -> list[Message]:
    return _tell(delegation, (f"未批准：{doing.note}", f"refused: {doing.note}"))


def _tell_ended(delegation: Delegation, _doing: Doing) -> list[Message]:
    if delegation.leads and delegation.decided_at is None:  # it never counted
        return _tell(delegation, ("已撤回", "taken back"))
    return _tell(delegation, ("已提前结束", "ended early"))


BY_THE_LEADER: Words = (
    "直接上级和该门店人力资源以外的人，以及当事两人",
    "all but the line manager and HR; the two concerned",
)
IN_TIME = Guard[Delegation](("代理期已过", "its days are over"), _days_over)
STAND_INS: Workflow[Delegation] = Workflow(
    name="delegation",
    words=("职务代理", "Standing in"),
    model=Delegation,
    states=State,
    acts=(
        Act(
            name="approve",
            words=("批准", "approve"),
            froms=(State.WAITING,),
            to=State.APPROVED,
            denied=_decides,
            denied_says=BY_THE_LEADER,
            guards=(IN_TIME,),
            effect=_decide,
            tells=_tell_approved,
        ),
        Act(
            name="refuse",
            words=("不批准", "refuse"),
            froms=(State.WAITING,),
            to=State.REFUSED,
            denied=_decides,
            denied_says=BY_THE_LEADER,
            guards=(IN_TIME, with_note(Problem("no_reason", "请写明不批准的原因", "say why it is refused"))),
            effect=_refuse,
            tells=_tell_refused,
        ),
        Act(
            name="end",
            words=("结束", "end"),
            froms=STANDING,
            to=State.ENDED,
            denied=_ends,
            denied_says=("与此无关的人", "whoever it does not concern"),
            guards=(Guard(("代理期已过", "its days are over"), _is_over),),
            effect=_end,
            tells=_tell_ended,
        ),
    ),
    way=(State.WAITING, State.APPROVED),
    not_now=moved_on,
    moved_on=moved_on,
)
