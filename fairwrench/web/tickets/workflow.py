"""The way of a ticket as a table: written, answered by the person, confirmed by HR or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import ONESELF, OfStore, Target
from fairwrench.web.tickets.deciding import may_decide
from fairwrench.web.tickets.evidence import ticket_tell
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import answer_until
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.queue.services import job_start
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = Ticket.State


def _oneself(_ticket: Ticket) -> Target:
    return ONESELF


def _store(ticket: Ticket) -> Target:
    return OfStore(ticket.store)


def _not_mine(ticket: Ticket, user: User) -> Problem | None:
    return None if user.employee_id == ticket.employee_id else _theirs()


def _not_written_by(ticket: Ticket, user: User) -> Problem | None:
    return None if ticket.by_id == user.pk else _theirs()


def _unanswered(ticket: Ticket, _doing: Doing) -> Iterator[Problem]:
    if until := answer_until(ticket=ticket):
        yield _no_answer(until)


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
        # with `rerun`, as a landing that runs already may have claimed what waited before this
        key = f"ticket:{ticket.pk}"
        ticket.job = job_start(kind="tickets_land", key=key, by=doing.by, rerun=True, ticket_id=ticket.pk)


def _moved_on(ticket: Ticket) -> Problem:
    label = State(ticket.state).label
    zh, en = f"这张奖惩单现在是“{label}”，请刷新", f"the ticket is in the state “{label}” by now; reload the page"
    return Problem("moved_on", zh, en)


def _theirs() -> Problem:
    return Problem("not_yours", "由本人或开单人办理", "that is for the person, or for who wrote it")


def _no_answer(until: datetime) -> Problem:
    day = f"{timezone.localtime(until):%m-%d %H:%M}"
    zh = f"本人还没有确认；处罚须等本人确认，到 {day} 仍不确认也不申诉的可以直接生效"
    en = f"the person has not answered yet; a penalty waits for the answer, until {day} at most"
    return Problem("not_answered", zh, en)


def _tell(ticket: Ticket, words: tuple[str, str], *, writer: bool = True, person: bool = True) -> list[Message]:
    brings = ticket.brings
    about_zh = "，".join(filter(None, (ticket.employee.name, ticket.article_zh, brings[0])))
    about_en = ", ".join(filter(None, (ticket.employee.name, ticket.article_en, brings[1])))
    told = f"奖惩单 {ticket.number}（{about_zh}）{words[0]}", f"ticket {ticket.number} ({about_en}) {words[1]}"
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


FOUR_EYES: Words = (
    "自己开的、给自己的；总经理仅在没有人力资源可办时",
    "one's own, one about oneself; a general manager while HR of the store can",
)
OTHERS: Words = ("除本人以外的人", "anybody but the person")
ANSWERED = Guard[Ticket](
    (
        "处罚尚未确认，且不满制度规定的天数（已离职的不等）",
        "a penalty that was not answered, within the days of the scheme (of who left, none)",
    ),
    _unanswered,
    of_person=True,
)
# known before it is pressed, so that the button goes; not of the state, as what was upheld is in force like any other
ONCE = Guard[Ticket](("申诉已有结论", "an appeal was decided before"), _appealed_before, of_person=True)
WHY = with_note(Problem("no_reason", "请写明原因", "say why"))
ASKS_WHY: Words = ("请写明原因", "Say why")
#: what is the person's to say, and what is HR's to decide
_answer = partial(Act[Ticket], permission="tickets.answer", about=_oneself, denied=_not_mine, denied_says=OTHERS)
_decision = partial(
    Act[Ticket],
    permission="tickets.decide",
    about=_store,
    denied=may_decide,
    denied_says=FOUR_EYES,
    effect=_decide,
)
TICKETS: Workflow[Ticket] = Workflow(
    name="ticket",
    words=("奖惩单", "A ticket"),
    model=Ticket,
    states=State,
    acts=(
        _answer(
            name="acknowledge",
            words=("已知晓", "acknowledge"),
            froms=(State.WRITTEN,),
            to=State.ACKNOWLEDGED,
            button=("我已知晓", "I have read it"),
        ),
        _answer(
            name="appeal",
            words=("申诉", "appeal"),
            froms=(State.WRITTEN, State.ACKNOWLEDGED, State.CONFIRMED),
            to=State.APPEALED,
            guards=(ONCE, WHY),
            tells=_tell_appealed,
            button=("我有异议，申诉", "I object"),
            asks=("哪里不对？", "What is wrong with it?"),
            icon="message",
        ),
        _decision(
            name="confirm",
            words=("生效", "confirm"),
            froms=(State.WRITTEN, State.ACKNOWLEDGED),
            to=State.CONFIRMED,
            guards=(ANSWERED,),
            tells=_tell_confirmed,
            button=("核实无误，生效", "It is right: in force"),
        ),
        _decision(
            name="uphold",
            words=("维持", "uphold"),
            froms=(State.APPEALED,),
            to=State.CONFIRMED,
            guards=(WHY,),
            tells=_tell_upheld,
            button=("申诉不成立，维持", "Uphold it"),
            asks=ASKS_WHY,
        ),
        _decision(
            name="take_back",
            words=("撤销", "take back"),
            froms=(State.WRITTEN, State.ACKNOWLEDGED, State.APPEALED, State.CONFIRMED),
            to=State.TAKEN_BACK,
            guards=(WHY,),
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
            quiet=True,
        ),
    ),
    way=(State.WRITTEN, State.ACKNOWLEDGED, State.CONFIRMED),
    not_now=_moved_on,
    moved_on=_moved_on,
)
