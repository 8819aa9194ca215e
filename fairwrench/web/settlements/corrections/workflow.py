"""The way of a correction as a table: asked for, decided by a second person, taken back until it is settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import OfPerson, Target
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.corrections.trial import known_of
from fairwrench.web.settlements.feeds import correction_tell
from fairwrench.web.settlements.models import Correction
from fairwrench.web.ui.declarations import declared
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, off_roster, with_note

State = Correction.State
#: letters of what is said to a decision
NOTE = 400
#: the code by which an approval is worked out once more
KNOWN_OTHERWISE = "known_otherwise"


def about(correction: Correction) -> Target:
    """Whom a correction concerns."""
    return OfPerson(correction.employee.employee_id)


def may_decide(*, correction: Correction, user: User) -> Problem | None:
    """Why a user may not decide a correction, None when one may: it is neither one's own request nor one's own pay."""
    if not may(user, "settlements.decide_correction", about=about(correction)):
        return _not_yours()
    if correction.by_id == user.pk:
        return _own_request()
    # the row of evidence says by employee id who decided
    if user.employee is None:
        return off_roster()
    return own_month() if user.employee == correction.employee else None


def may_withdraw(*, correction: Correction, user: User) -> bool:
    """Whether a user may withdraw a correction now: who asked for it, until it is settled."""
    offered = CORRECTIONS.offered(record=correction, user=user)
    return any(act.name == "withdraw" for act in offered) and not settled(correction)


def settled(correction: Correction) -> bool:
    """Whether a correction is in the figures of its month: it was approved before the run in force was begun."""
    cycle = correction.cycle
    if cycle.state == Cycle.State.PUBLISHED:
        return True
    if cycle.figures_state == Cycle.State.OPEN or cycle.run is None or correction.state != State.APPROVED:
        return False
    # `made_at` of a settlement lies before its decisions were landed, so nothing later is in it
    return correction.decided_at is not None and correction.decided_at <= cycle.run.made_at


def published(cycle: Cycle) -> Problem:
    """Why nothing is corrected in a month that is published."""
    zh = f"{cycle.month} 已发布，不再改动；请在下一个月份登记更正"
    en = f"{cycle.month} is published and does not change; enter the correction in the next month"
    return Problem("published", zh, en)


def own_month() -> Problem:
    """Why nobody sees to their own month."""
    zh, en = "这是您自己的月份，须由别人处理", "this is your own month; somebody else has to see to it"
    return Problem("not_by_them", zh, en)


def _denied(correction: Correction, user: User) -> Problem | None:
    return may_decide(correction=correction, user=user)


def _not_asked_by(correction: Correction, user: User) -> Problem | None:
    return None if correction.by_id == user.pk else _not_yours()


def _month_open(correction: Correction, _doing: Doing) -> Iterator[Problem]:
    """With the month held, so that it is not published meanwhile."""
    # of=self: the run may be missing, and PostgreSQL locks no row that an outer join may leave empty
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("run").get(pk=correction.cycle_id)
    correction.cycle = cycle
    if cycle.state == Cycle.State.PUBLISHED:
        yield published(cycle)


def person_held(employee: int) -> None:
    """Hold somebody's month until the end of the transaction, whichever month a decision about it goes into: of two
    that each go up to a limit the second sees the first. The month that it goes into is held before, always."""
    # no_key: rows that only name the person need not wait
    Employee.objects.select_for_update(no_key=True).get(pk=employee)


def _known_still(correction: Correction, doing: Doing) -> Iterator[Problem]:
    person_held(correction.employee_id)
    if known_of(correction) != doing.given["known"]:
        zh = "此人这个月刚有别的更正生效，请重新核对后再审批"
        en = "another correction of this person's month was approved just now; look again, then decide"
        yield Problem(KNOWN_OTHERWISE, zh, en)


def _not_settled(correction: Correction, _doing: Doing) -> Iterator[Problem]:
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("run").get(pk=correction.cycle_id)
    correction.cycle = cycle
    # the state that follows stands on the row only once every guard let it pass
    if settled(correction):
        yield _settled(cycle)


def _decide(correction: Correction, doing: Doing) -> None:
    correction.decided_by, correction.decided_at, correction.note = doing.by, timezone.now(), doing.note[:NOTE]


def _approve(correction: Correction, doing: Doing) -> None:
    _decide(correction, doing)
    correction.effect = doing.given["effect"]
    correction_tell(correction=correction, by=doing.by)


def _withdraw(correction: Correction, doing: Doing) -> None:
    correction.withdrawn_at = timezone.now()
    if correction.decided_at is not None:  # approved before, it counted
        correction_tell(correction=correction, by=doing.by)


def _decided(_correction: Correction) -> Problem:
    zh, en = "这条更正已有结果，请刷新", "the correction was decided or withdrawn before; reload the page"
    return Problem("decided_before", zh, en)


def _own_request() -> Problem:
    return Problem("own_request", "自己登记的更正须由别人审批", "nobody decides a correction that they asked for")


def _not_yours() -> Problem:
    zh, en = (
        "由此人所在门店的人力资源或总经理审批",
        "HR or the general manager of the person’s store decides it",
    )
    return Problem("not_yours", zh, en)


def _settled(cycle: Cycle) -> Problem:
    zh = f"已随 {cycle.month} 的核算入账，不能撤回；请另登记一条更正"
    en = f"it is settled with {cycle.month} and cannot be withdrawn; enter another correction"
    return Problem("settled", zh, en)


def _tell(correction: Correction, words: tuple[str, str]) -> list[Message]:
    told = (
        f"{correction.employee.name} {correction.concerns} 的更正{words[0]}",
        f"the correction of {correction.employee.name}, {correction.concerns}, {words[1]}",
    )
    return [Message([correction.by], told, reverse("settlements:corrections", args=[correction.cycle.month]))]


@dataclass(frozen=True)
class AfterCorrection:
    """Whom an app further on tells that a correction was approved, refused or withdrawn, and what."""

    tells: Callable[[Correction], Iterable[Message]]


def _tell_others(correction: Correction) -> list[Message]:
    return [message for each in declared(AfterCorrection) for message in each.tells(correction)]


def _tell_approved(correction: Correction, _doing: Doing) -> list[Message]:
    return _tell(correction, ("已同意", "was approved")) + _tell_others(correction)


def _tell_refused(correction: Correction, doing: Doing) -> list[Message]:
    return _tell(correction, (f"未同意：{doing.note}", f"was refused: {doing.note}")) + _tell_others(correction)


def _tell_withdrawn(correction: Correction, _doing: Doing) -> list[Message]:
    return _tell_others(correction)


FOUR_EYES = ("自己登记的、自己的月份", "one's own request, one's own month")
MONTH_OPEN = Guard(("所在月份已发布", "the month that it counts in is published"), _month_open)
KNOWN_STILL = Guard(
    ("此人这个月刚有别的更正生效", "another correction of the month was approved meanwhile"), _known_still
)
CORRECTIONS: Workflow[Correction] = Workflow(
    name="correction",
    words=("更正", "A correction"),
    model=Correction,
    states=State,
    acts=(
        Act(
            name="approve",
            words=("同意", "approve"),
            froms=(State.ASKED,),
            to=State.APPROVED,
            permission="settlements.decide_correction",
            about=about,
            denied=_denied,
            denied_says=FOUR_EYES,
            guards=(MONTH_OPEN, KNOWN_STILL),
            effect=_approve,
            tells=_tell_approved,
        ),
        Act(
            name="refuse",
            words=("不同意", "refuse"),
            froms=(State.ASKED,),
            to=State.REFUSED,
            permission="settlements.decide_correction",
            about=about,
            denied=_denied,
            denied_says=FOUR_EYES,
            guards=(with_note(Problem("no_reason", "不同意须写明意见", "say why it is refused")), MONTH_OPEN),
            effect=_decide,
            tells=_tell_refused,
        ),
        Act(
            name="withdraw",
            words=("撤回", "withdraw"),
            froms=(State.ASKED, State.APPROVED),
            to=State.WITHDRAWN,
            # no permission: it is whoever asked for it, whatever their roles are by now
            denied=_not_asked_by,
            denied_says=("别人登记的", "what somebody else asked for"),
            guards=(Guard(("已随月份核算入账", "it is settled with its month"), _not_settled),),
            effect=_withdraw,
            tells=_tell_withdrawn,
        ),
    ),
    way=(State.ASKED, State.APPROVED),
    not_now=_decided,
    moved_on=_decided,
)
