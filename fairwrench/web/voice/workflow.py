"""What readers do with a suggestion, as a table: answered, published in their own words, closed.

What its writer does stands in no table, as each step of a table says who took it and when.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import OfStore
from fairwrench.web.org.days import today
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.voice.selectors import reads
from fairwrench.web.voice.services import WORDS, reply_add
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = Suggestion.State


def _not_read(suggestion: Suggestion, user: User) -> Problem | None:
    return None if reads(user, suggestion) else Problem("not_yours", "不是写给您的", "it was not written to you")


def _moved_on(suggestion: Suggestion) -> Problem:
    label = State(suggestion.state).label
    return Problem("moved_on", f"这条意见现在是“{label}”，请刷新", f"it is “{label}” by now; reload the page")


def _said(*names: str) -> Guard[Suggestion]:
    def problems(_suggestion: Suggestion, doing: Doing) -> Iterator[Problem]:
        for name in names:
            said = doing.given.get(name, "")
            if not said:
                yield Problem("no_words", "请写内容", "say what it is", path=(name,))
            elif len(said) > WORDS:
                yield Problem("too_long", f"最多 {WORDS} 字", f"{WORDS} letters at most", path=(name,))

    return Guard(("没有写内容", "nothing is said"), problems)


def _answer(suggestion: Suggestion, doing: Doing) -> None:
    suggestion.reply = doing.given["reply"]
    reply_add(suggestion=suggestion, words=suggestion.reply, by=doing.by)


def _publish(suggestion: Suggestion, doing: Doing) -> None:
    suggestion.public_question = doing.given["public_question"]
    suggestion.public_answer = doing.given["public_answer"]
    suggestion.public_on = today()


def _unpublish(suggestion: Suggestion, _doing: Doing) -> None:
    suggestion.public_on = None


WHY = with_note(Problem("no_reason", "请写明原因", "say why"))
_for_readers = partial(
    Act[Suggestion],
    permission="voice.read",
    about=lambda suggestion: OfStore(suggestion.store),
    denied=_not_read,
    denied_says=("不是收件角色的人", "who does not hold the role that it was written to"),
)
SUGGESTIONS: Workflow[Suggestion] = Workflow(
    name="suggestion",
    words=("意见", "A suggestion"),
    model=Suggestion,
    states=State,
    acts=(
        _for_readers(
            name="answer",
            words=("回复", "answer"),
            froms=(State.NEW, State.ANSWERED),
            to=State.ANSWERED,
            guards=(_said("reply"),),
            effect=_answer,
        ),
        _for_readers(
            name="publish",
            words=("公开答复", "publish an answer"),
            froms=(State.ANSWERED, State.CLOSED),
            to="",
            guards=(_said("public_question", "public_answer"),),
            effect=_publish,
        ),
        _for_readers(
            name="unpublish",
            words=("撤回公开", "take the published answer back"),
            froms=(State.NEW, State.ANSWERED, State.CLOSED),
            to="",
            guards=(
                Guard(
                    ("没有公开", "nothing is published"),
                    lambda suggestion, _doing: [] if suggestion.public_on else [_moved_on(suggestion)],
                    of_person=True,
                ),
                WHY,
            ),
            effect=_unpublish,
            asks=("请写明原因", "Say why"),
            icon="x",
            quiet=True,
        ),
        _for_readers(
            name="set_aside",
            words=("不予回复，归档", "close without an answer"),
            froms=(State.NEW,),
            to=State.CLOSED,
            guards=(WHY,),
            asks=("请写明原因（如重复、辱骂）", "Say why (a repetition, an insult)"),
            icon="archive",
            quiet=True,
        ),
        _for_readers(
            name="close",
            words=("归档", "close"),
            froms=(State.ANSWERED,),
            to=State.CLOSED,
            icon="archive",
            quiet=True,
        ),
    ),
    not_now=_moved_on,
    moved_on=_moved_on,
)
