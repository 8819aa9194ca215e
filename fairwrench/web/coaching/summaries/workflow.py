"""The way of a summary as a table: corrected until its month is settled, read and answered by who leads the person."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.coaching.models import Summary
from fairwrench.web.coaching.summaries.selectors import answers
from fairwrench.web.tickets.selectors import is_sealed
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = Summary.State


def _theirs() -> Problem:
    return Problem("not_yours", "由本人或其上级办理", "that is for the person, or for who leads them")


def _not_mine(summary: Summary, user: User) -> Problem | None:
    return None if user.employee_id is not None and user.employee_id == summary.employee_id else _theirs()


def _not_led(summary: Summary, user: User) -> Problem | None:
    return None if answers(user=user, employee=summary.employee) else _theirs()


def _correct(summary: Summary, doing: Doing) -> None:
    summary.versions.create(done=summary.done, plan=summary.plan)
    summary.done, summary.plan = doing.given["done"], doing.given["plan"]


def _settled(summary: Summary, _doing: Doing) -> Iterator[Problem]:
    if is_sealed(month=Month.parse(summary.month)):
        zh = f"{summary.month} 已核算，总结不能再改"
        yield Problem("sealed", zh, f"{summary.month} is settled; its summaries stay as they are")


def _moved_on(_summary: Summary) -> Problem:
    return Problem("moved_on", "总结刚刚有变动，请刷新后再办理", "the summary was changed; reload the page")


def _tell_answered(summary: Summary, doing: Doing) -> list[Message]:
    words = (
        f"{summary.month} 月度总结的回复：{doing.note}",
        f"summary of {summary.month} answered: {doing.note}",
    )
    url = reverse("coaching:summary", args=[summary.month, summary.employee.employee_id])
    return [Message(User.objects.filter(employee=summary.employee), words, url)]


SUMMARIES: Workflow[Summary] = Workflow(
    name="summary",
    words=("月度总结", "A monthly summary"),
    model=Summary,
    states=State,
    acts=(
        Act(
            name="correct",
            words=("更正，原文保留", "correct; what it said is kept"),
            froms=(State.HANDED_IN, State.ANSWERED),
            to=State.HANDED_IN,
            denied=_not_mine,
            denied_says=("别人的总结", "another's summary"),
            guards=(Guard[Summary](("这个月已核算", "its month is settled"), _settled),),
            effect=_correct,
        ),
        Act(
            name="answer",
            words=("阅后回复", "answer"),
            froms=(State.HANDED_IN, State.ANSWERED),
            to=State.ANSWERED,
            denied=_not_led,
            denied_says=("除上级以外的人", "anybody but who leads the person"),
            guards=(with_note(Problem("no_reason", "请写回复", "write an answer")),),
            tells=_tell_answered,
            button=("阅后回复", "Answer it"),
            asks=("写给本人的回复", "Your answer to the person"),
            icon="message",
        ),
    ),
    way=(State.HANDED_IN, State.ANSWERED),
    not_now=_moved_on,
    moved_on=_moved_on,
)
