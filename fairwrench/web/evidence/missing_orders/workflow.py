"""The way of a question about a missing order, as a table: asked, answered by who hands in the store's job lines."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import FOREMEN, HANDERS, Role
from fairwrench.web.access.targets import Handing, Target
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.evidence.sources.names import JOBS
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Workflow, with_note

State = MissingOrder.State
#: letters of an answer
NOTE = 400
#: who answers in their stores, besides those whose duty the job lines are: who dispatches, the service manager, and HR,
#: who hands in all
ANSWERERS = (*FOREMEN, Role.SERVICE_MANAGER, *HANDERS)


def about(question: MissingOrder) -> Target:
    """What a question concerns: the job lines of its store."""
    return Handing.of(JOBS, [question.store])


def _denied(question: MissingOrder, user: User) -> Problem | None:
    own = question.asked_by_id == user.pk or (user.employee_id is not None and user.employee_id == question.employee_id)
    return Problem("own_request", "自己提的须由别人答复", "nobody answers their own question") if own else None


def _not_asked_by(question: MissingOrder, user: User) -> Problem | None:
    if question.asked_by_id == user.pk:
        return None
    return Problem("not_yours", "由提出的人撤回", "whoever asked takes it back")


def _answer(question: MissingOrder, doing: Doing) -> None:
    question.answered_by, question.answered_at, question.answer = doing.by, timezone.now(), doing.note[:NOTE]


def _tell(question: MissingOrder, doing: Doing) -> list[Message]:
    zh, en = TOLD[State(question.state)]
    word = (f"：{doing.note}", f": {doing.note}") if doing.note else ("", "")
    told = (f"您反馈的漏单 {question} {zh}{word[0]}", f"your missing order {question}, {en}{word[1]}")
    return [Message([question.asked_by], told, reverse("evidence:missing_order", args=[question.pk]))]


def _answered(_question: MissingOrder) -> Problem:
    zh, en = "这一条已有答复或已撤回，请刷新", "it was answered or withdrawn before; reload the page"
    return Problem("answered_before", zh, en)


#: what the one who asked is told of each answer
TOLD = {
    # the answer changes no data: whoever reads it may look for the order in vain until the next file
    State.ADDED: ("已补录，重新导入工单明细后才计入", "it was added, and counts once the job lines came in anew"),
    State.NOT_THEIRS: ("非本人作业", "it is not yours"),
    State.ON_ORDER: ("已在单上", "it is on the order already"),
}
FOUR_EYES = ("自己提的", "one's own question")
_WHY = Problem("no_reason", "请写一句说明", "say a word to it")


def _answering(name: str, words: tuple[str, str], to: str, *, with_word: bool) -> Act[MissingOrder]:
    return Act(
        name=name,
        words=words,
        froms=(State.ASKED,),
        to=to,
        permission="evidence.answer_missing_order",
        about=about,
        denied=_denied,
        denied_says=FOUR_EYES,
        guards=(with_note(_WHY),) if with_word else (),
        effect=_answer,
        tells=_tell,
    )


MISSING_ORDERS: Workflow[MissingOrder] = Workflow(
    name="missing_order",
    words=("漏单反馈", "A missing order"),
    model=MissingOrder,
    states=State,
    acts=(
        _answering("added", ("已补录", "added"), State.ADDED, with_word=False),
        _answering("not_theirs", ("非本人作业", "not theirs"), State.NOT_THEIRS, with_word=True),
        _answering("on_order", ("已在单上", "on the order already"), State.ON_ORDER, with_word=True),
        Act(
            name="withdraw",
            words=("撤回", "withdraw"),
            froms=(State.ASKED,),
            to=State.WITHDRAWN,
            # no permission: it is whoever asked, wherever they work by now
            denied=_not_asked_by,
            denied_says=("别人提的", "what somebody else asked"),
        ),
    ),
    way=(State.ASKED, State.ADDED),
    not_now=_answered,
    moved_on=_answered,
)
