"""The way of an analysis as a table: drafted and submitted by HR, approved by the general manager, sent, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from django.urls import reverse

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import OfStore, Target
from fairwrench.web.access.users.selectors import store_holders
from fairwrench.web.analysis.models import Analysis, Reading, Section
from fairwrench.web.analysis.reports.readers import readers_of
from fairwrench.web.analysis.selectors import WRITERS
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = Analysis.State
#: letters of a section, and of what is said to an act
LETTERS, NOTE = 20_000, 400
#: acts on one section, which have forms of their own
OF_SECTION = ("edit", "redraft", "take", "keep")


def _store(analysis: Analysis) -> Target:
    return OfStore(analysis.store)


def _moved_on(analysis: Analysis) -> Problem:
    label = State(analysis.state).label
    zh = f"这份分析现在是“{label}”，或内容已变动，请重新查看"
    return Problem("moved_on", zh, f"the analysis is “{label}” by now, or says something else; look again")


def _own(analysis: Analysis, user: User) -> Problem | None:
    sender = analysis.submitted_by
    same = sender is not None and sender.employee_id is not None and sender.employee_id == user.employee_id
    if sender is None or not (sender.pk == user.pk or same):
        return None
    return Problem("four_eyes", "提交人不能批准自己提交的分析", "nobody approves what they submitted")


def _section(analysis: Analysis, doing: Doing) -> Section:
    return analysis.sections.get(key=doing.given["key"])


def _section_moved(analysis: Analysis, doing: Doing) -> Iterator[Problem]:
    if _section(analysis, doing).version != doing.given["section_seen"]:
        zh = "这一节刚刚有变动，您写的还没有保存；请核对后再保存"
        yield Problem("section_moved", zh, "the section was changed meanwhile: look, and send yours again")


def _too_long(_analysis: Analysis, doing: Doing) -> Iterator[Problem]:
    if len(doing.given["text"]) > LETTERS:
        zh, en = f"一节最多 {LETTERS} 字", f"a section takes {LETTERS} letters"
        yield Problem("too_long", zh, en, path=("text",))


def _two_texts(analysis: Analysis, _doing: Doing) -> Iterator[Problem]:
    for section in analysis.sections.exclude(renewed=""):
        label = section.get_key_display()
        zh = f"“{label}”重新起草后请先选定用哪一份"
        yield Problem("two_texts", zh, f"“{label}” was drafted anew: choose one of the two texts first")


def _nothing(analysis: Analysis, _doing: Doing) -> Iterator[Problem]:
    if not analysis.sections.exclude(text="").exists():
        yield Problem("nothing_written", "分析还没有内容", "the analysis says nothing yet")


def _changed(section: Section, **values: str) -> None:
    for name, value in values.items():
        setattr(section, name, value)
    section.version += 1
    section.save()


def _edit(analysis: Analysis, doing: Doing) -> None:
    _changed(_section(analysis, doing), text=doing.given["text"])


def _redraft(analysis: Analysis, doing: Doing) -> None:
    section, fresh = _section(analysis, doing), doing.given["text"]
    if not section.edited:
        _changed(section, text=fresh, drafted=fresh, renewed="")
    elif fresh != section.drafted:
        # what somebody wrote stays, with the other beside it
        _changed(section, renewed=fresh)


def _take(analysis: Analysis, doing: Doing) -> None:
    section = _section(analysis, doing)
    if section.renewed:
        _changed(section, text=section.renewed, drafted=section.renewed, renewed="")


def _keep(analysis: Analysis, doing: Doing) -> None:
    section = _section(analysis, doing)
    if section.renewed:
        _changed(section, drafted=section.renewed, renewed="")


def _submit(analysis: Analysis, doing: Doing) -> None:
    analysis.submitted_by = doing.by


def _approve(analysis: Analysis, doing: Doing) -> None:
    analysis.document, analysis.extract = doing.given["document"], doing.given["extract"]


def _send(analysis: Analysis, _doing: Doing) -> None:
    known = ANALYSES.steps(analysis).filter(act__in=("submit", "approve")).values_list("by", flat=True)
    readers = readers_of(analysis, besides=list(known))
    Reading.objects.bulk_create([Reading(analysis=analysis, reader=reader) for reader in readers])


def _tell(analysis: Analysis, people: Iterable[User | None], zh: str, en: str) -> list[Message]:
    place = "集团" if analysis.store == "*" else analysis.store
    words = f"{place} {analysis.cycle.month} 绩效分析{zh}", f"the analysis of {analysis.cycle.month}, {place}, {en}"
    return [Message(people, words, reverse("analysis:analysis", args=[analysis.pk]))]


def _tell_returned(analysis: Analysis, doing: Doing) -> list[Message]:
    return _tell(analysis, [analysis.submitted_by], f"被退回：{doing.note}", f"was returned: {doing.note}")


def _tell_approved(analysis: Analysis, _doing: Doing) -> list[Message]:
    writers = (user for role in WRITERS for user in store_holders(role=role, store=analysis.store))
    return _tell(analysis, list(writers), "已批准，可以下发", "was approved and may be sent")


def _tell_sent(analysis: Analysis, _doing: Doing) -> list[Message]:
    readers = analysis.readings.order_by().values("reader")
    users = list(User.objects.coming_in().filter(employee__in=readers))
    return _tell(analysis, users, "已下发，请阅读并确认", "was sent to you: read and confirm it")


def _by_reader(_analysis: Analysis, _user: User) -> Problem:
    return Problem("not_yours", "由收到分析的人确认", "that is for whom it was sent to")


#: what HR of the store does, and what its general manager does, but nobody with what they submitted
_hr = partial(Act[Analysis], permission="analysis.write", about=_store)
_section_act = partial(_hr, froms=(State.DRAFT,), to="")
SAYS_OWN: Words = ("提交人本人", "who submitted it")
_gm = partial(Act[Analysis], permission="analysis.approve", about=_store, denied=_own, denied_says=SAYS_OWN)
SECTION_MOVED = Guard[Analysis](("这一节刚刚有变动", "the section was changed meanwhile"), _section_moved)
ANALYSES: Workflow[Analysis] = Workflow(
    name="analysis",
    words=("绩效分析", "An analysis of a month"),
    model=Analysis,
    states=State,
    acts=(
        _hr(name="draft", words=("起草", "draft"), froms=(), to=State.DRAFT, in_background=True),
        _section_act(
            name="edit",
            words=("修改一节", "edit a section"),
            guards=(SECTION_MOVED, Guard(("太长", "it is too long"), _too_long)),
            effect=_edit,
        ),
        _section_act(
            name="redraft",
            words=("重新起草一节，改过的并列保留", "draft a section anew, beside what was edited"),
            guards=(SECTION_MOVED,),
            effect=_redraft,
        ),
        _section_act(name="take", words=("采用新起草的", "take the new text"), guards=(SECTION_MOVED,), effect=_take),
        _section_act(name="keep", words=("保留原来的", "keep the text"), guards=(SECTION_MOVED,), effect=_keep),
        _hr(
            name="submit",
            words=("提交批准", "submit"),
            froms=(State.DRAFT,),
            to=State.SUBMITTED,
            guards=(
                Guard(("有一节并列两份文字", "a section has two texts"), _two_texts),
                Guard(("没有内容", "it says nothing"), _nothing),
            ),
            effect=_submit,
            button=("提交总经理批准", "Submit it for approval"),
        ),
        _gm(
            name="approve",
            words=("批准", "approve"),
            froms=(State.SUBMITTED,),
            to=State.APPROVED,
            effect=_approve,
            tells=_tell_approved,
            button=("批准", "Approve it"),
        ),
        _gm(
            name="return",
            words=("退回", "return"),
            froms=(State.SUBMITTED,),
            to=State.DRAFT,
            guards=(with_note(Problem("no_reason", "请写明原因", "say why")),),
            tells=_tell_returned,
            button=("退回修改", "Return it"),
            asks=("为什么退回？", "Why?"),
            icon="rotate",
            quiet=True,
        ),
        _hr(
            name="recall",
            words=("撤回修改", "take it back"),
            froms=(State.SUBMITTED,),
            to=State.DRAFT,
            button=("撤回修改", "Take it back"),
            quiet=True,
        ),
        _hr(
            name="send",
            words=("下发", "send"),
            froms=(State.APPROVED,),
            to=State.SENT,
            effect=_send,
            tells=_tell_sent,
            button=("下发各部门", "Send it to the departments"),
            icon="send",
        ),
        Act(
            name="confirm",
            words=("已阅", "read"),
            froms=(State.SENT,),
            to="",
            denied=_by_reader,
            denied_says=("没有收到分析的人", "anybody to whom it was not sent"),
            in_background=True,
        ),
    ),
    way=(State.DRAFT, State.SUBMITTED, State.APPROVED, State.SENT),
    not_now=_moved_on,
    moved_on=_moved_on,
)
