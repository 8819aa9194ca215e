"""The way of a ticket as a table: written, answered by the person, confirmed by HR or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import ONESELF, OfStore, Target
from fairwrench.web.tickets.evidence import ticket_tell
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.queue.services import job_start
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, off_roster, with_note

State = Ticket.State
#: how long a penalty waits for the person's answer before HR may confirm it without one
ANSWER = timedelta(days=3)


def _oneself(_ticket: Ticket) -> Target:
    return ONESELF


def _store(ticket: Ticket) -> Target:
    return OfStore(ticket.store)


def _not_mine(ticket: Ticket, user: User) -> Problem | None:
    return None if user.employee_id == ticket.employee_id else _theirs()


def _not_written_by(ticket: Ticket, user: User) -> Problem | None:
    return None if ticket.by_id == user.pk else _theirs()


def may_decide(ticket: Ticket, user: User) -> Problem | None:
    """Why a user may not decide a ticket, None when one may: neither one's own nor one that one wrote."""
    if not may(user, "tickets.decide", about=OfStore(ticket.store)):
        return _not_hr()
    if user.employee_id is not None and user.employee_id == ticket.employee_id:
        return _own()
    if ticket.by_id == user.pk:
        return _wrote()
    # the row of evidence says by employee id who decided
    return off_roster() if user.employee is None else None


def _unanswered(ticket: Ticket, _doing: Doing) -> Iterator[Problem]:
    # `locked.state` is still the one from before while guards are asked
    if ticket.penal and ticket.state == State.WRITTEN and timezone.now() < ticket.at + ANSWER:
        yield _no_answer()


def _appealed_before(ticket: Ticket, _doing: Doing) -> Iterator[Problem]:
    if TICKETS.steps(ticket).filter(act="uphold").exists():
        zh, en = "申诉已有结论，仍有异议请找总经理", "the appeal was decided; turn to the general manager"
        yield Problem("appealed_before", zh, en)


def _decide(ticket: Ticket, doing: Doing) -> None:
    """Confirmed or taken back: it counts from now on, or does no more."""
    before = ticket.decided_at
    ticket.decided_by, ticket.decided_at = doing.by, timezone.now()
    # one that never counted has nothing to be taken out of the ledger
    if ticket.state == State.CONFIRMED or before is not None:
        ticket_tell(ticket=ticket, by=doing.by)
        ticket.job = job_start(kind="tickets_land", key=f"ticket:{ticket.pk}", by=doing.by, ticket_id=ticket.pk)


def _moved_on(ticket: Ticket) -> Problem:
    label = State(ticket.state).label
    zh, en = f"这张奖惩单现在是“{label}”，请刷新", f"the ticket is in the state “{label}” by now; reload the page"
    return Problem("moved_on", zh, en)


def _theirs() -> Problem:
    return Problem("not_yours", "由本人或开单人办理", "that is for the person, or for who wrote it")


def _not_hr() -> Problem:
    return Problem("not_yours", "由该门店的人力资源办理", "HR of that store decides it")


def _own() -> Problem:
    return Problem("about_you", "这是给您的奖惩单，须由别人办理", "the ticket is about you, so somebody else decides")


def _wrote() -> Problem:
    return Problem("own_request", "自己开的奖惩单须由别人办理", "nobody decides a ticket that they wrote")


def _no_answer() -> Problem:
    zh = f"本人还没有确认；处罚须等本人确认，满 {ANSWER.days} 天仍不确认也不申诉的可以直接生效"
    en = f"the person has not answered yet; a penalty waits for the answer, {ANSWER.days} days at most"
    return Problem("not_answered", zh, en)


def _tell(ticket: Ticket, words: tuple[str, str], *, writer: bool = True, person: bool = True) -> list[Message]:
    told = (f"奖惩单 {ticket.number}（{ticket.employee.name}，{ticket.article_zh}）{words[0]}",
            f"ticket {ticket.number} ({ticket.employee.name}, {ticket.article_en}) {words[1]}")  # fmt: skip
    concerned = [*User.objects.filter(employee=ticket.employee)] if person else []
    return [Message([*concerned, *([ticket.by] if writer else [])], told, reverse("tickets:ticket", args=[ticket.pk]))]


def _tell_appealed(ticket: Ticket, doing: Doing) -> list[Message]:
    return _tell(ticket, (f"本人申诉：{doing.note}", f"was appealed: {doing.note}"), person=False)


def _tell_confirmed(ticket: Ticket, _doing: Doing) -> list[Message]:
    return _tell(ticket, ("已生效", "is in force"))


def _tell_upheld(ticket: Ticket, doing: Doing) -> list[Message]:
    return _tell(ticket, (f"申诉未采纳，维持：{doing.note}", f"was upheld: {doing.note}"))


def _tell_taken_back(ticket: Ticket, doing: Doing) -> list[Message]:
    return _tell(ticket, (f"已撤销：{doing.note}", f"was taken back: {doing.note}"))


def _tell_withdrawn(ticket: Ticket, _doing: Doing) -> list[Message]:
    return _tell(ticket, ("已由开单人撤回", "was withdrawn by who wrote it"), writer=False)


FOUR_EYES: Words = ("自己开的、给自己的", "one's own, one about oneself")
OTHERS: Words = ("除本人以外的人", "anybody but the person")
ANSWERED = Guard[Ticket](
    (f"处罚尚未确认，且不满 {ANSWER.days} 天", f"a penalty that was not answered, in the first {ANSWER.days} days"),
    _unanswered,
)
# asked of who acts, so that the button goes; not of the record's state, as what was upheld is in force like any other
ONCE = Guard[Ticket](("申诉已有结论", "an appeal was decided before"), _appealed_before, of_person=True)
WHY = with_note(Problem("no_reason", "请写明原因", "say why"))
ASKS_WHY: Words = ("请写明原因", "Say why")
TICKETS: Workflow[Ticket] = Workflow(
    name="ticket",
    words=("奖惩单", "A ticket"),
    model=Ticket,
    states=State,
    acts=(
        Act(
            name="acknowledge",
            words=("确认", "acknowledge"),
            froms=(State.WRITTEN,),
            to=State.ACKNOWLEDGED,
            permission="tickets.answer",
            about=_oneself,
            denied=_not_mine,
            denied_says=OTHERS,
            button=("我已知晓并确认", "I have read it"),
        ),
        Act(
            name="appeal",
            words=("申诉", "appeal"),
            froms=(State.WRITTEN, State.ACKNOWLEDGED, State.CONFIRMED),
            to=State.APPEALED,
            permission="tickets.answer",
            about=_oneself,
            denied=_not_mine,
            denied_says=OTHERS,
            guards=(ONCE, WHY),
            tells=_tell_appealed,
            button=("我有异议，申诉", "I object"),
            asks=("哪里不对？", "What is wrong with it?"),
            icon="message",
        ),
        Act(
            name="confirm",
            words=("生效", "confirm"),
            froms=(State.WRITTEN, State.ACKNOWLEDGED),
            to=State.CONFIRMED,
            permission="tickets.decide",
            about=_store,
            denied=may_decide,
            denied_says=FOUR_EYES,
            guards=(ANSWERED,),
            effect=_decide,
            tells=_tell_confirmed,
            button=("核实无误，生效", "It is right: in force"),
        ),
        Act(
            name="uphold",
            words=("维持", "uphold"),
            froms=(State.APPEALED,),
            to=State.CONFIRMED,
            permission="tickets.decide",
            about=_store,
            denied=may_decide,
            denied_says=FOUR_EYES,
            guards=(WHY,),
            effect=_decide,
            tells=_tell_upheld,
            button=("申诉不成立，维持", "Uphold it"),
            asks=ASKS_WHY,
        ),
        Act(
            name="take_back",
            words=("撤销", "take back"),
            froms=(State.WRITTEN, State.ACKNOWLEDGED, State.APPEALED, State.CONFIRMED),
            to=State.TAKEN_BACK,
            permission="tickets.decide",
            about=_store,
            denied=may_decide,
            denied_says=FOUR_EYES,
            guards=(WHY,),
            effect=_decide,
            tells=_tell_taken_back,
            button=("撤销这张单", "Take it back"),
            asks=ASKS_WHY,
            icon="x",
        ),
        Act(
            name="withdraw",
            words=("撤回", "withdraw"),
            froms=(State.WRITTEN, State.ACKNOWLEDGED),
            to=State.WITHDRAWN,
            denied=_not_written_by,
            denied_says=("开单人以外的人", "anybody but who wrote it"),
            tells=_tell_withdrawn,
            button=("我开错了，撤回", "I wrote it by mistake"),
        ),
    ),
    way=(State.WRITTEN, State.ACKNOWLEDGED, State.CONFIRMED),
    not_now=_moved_on,
    moved_on=_moved_on,
)
