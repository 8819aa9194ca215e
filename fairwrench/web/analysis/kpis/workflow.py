"""The way of a missed KPI as a table: asked, answered with cause and action, returned with a word."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfStore, Target
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.analysis.selectors import FINAL
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.tasks.services import Draft, task_give, task_supersede
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State = MissedKpi.State
#: letters of the cause and of the action, and of what is said to an act
LETTERS, NOTE = 2000, 400
#: the kind of origin that a task of it has
ORIGIN = "analysis"
#: why nothing is asked or answered any more
APPROVED = (
    "本月绩效分析已批准，不再改动；新的措施请作为任务交办",
    "the analysis of the month is approved and stays as it is; give a task instead",
)


def _store(kpi: MissedKpi) -> Target:
    return OfStore(kpi.store)


def _not_asked(kpi: MissedKpi, user: User) -> Problem | None:
    if kpi.owner_id in Scope.of(user).acts_for:
        return None
    return Problem("not_yours", "由被询问的人答复", "that is for who was asked")


def _moved_on(kpi: MissedKpi) -> Problem:
    label = State(kpi.state).label
    zh, en = f"这项指标现在是“{label}”，请刷新", f"it is “{label}” by now; reload the page"
    return Problem("moved_on", zh, en)


def _approved(kpi: MissedKpi, _doing: Doing) -> Iterator[Problem]:
    # held, so that of an answer and an approval the second sees the first
    found = Analysis.objects.select_for_update().filter(cycle=kpi.cycle_id, store=kpi.store)
    if any(each.state in FINAL for each in found):
        yield Problem("analysis_approved", *APPROVED)


def _shown_approved(kpi: MissedKpi, _doing: Doing) -> Iterator[Problem]:
    if Analysis.objects.filter(cycle=kpi.cycle_id, store=kpi.store, state__in=FINAL).exists():
        yield Problem("analysis_approved", *APPROVED)


def _unfit(_kpi: MissedKpi, doing: Doing) -> Iterator[Problem]:
    texts = (("cause", "原因", "the cause"), ("action", "措施", "the action"))
    for name, zh, en in texts:
        text = doing.given.get(name, "")
        if not text:
            yield Problem("no_words", f"请写{zh}", f"write {en}", path=(name,))
        elif len(text) > LETTERS:
            yield Problem("too_long", f"{zh}最多 {LETTERS} 字", f"{en} takes {LETTERS} letters", path=(name,))
    if doing.given["due"] < today():
        yield Problem("in_the_past", "期限不能早于今天", "the day lies in the past", path=("due",))


def _elsewhere(kpi: MissedKpi, doing: Doing) -> Iterator[Problem]:
    who: Employee = doing.given["responsible"]
    if who.has_left():
        zh, en = f"{who.name} 已离职，请交给别人", f"{who.name} has left; name somebody else"
        yield Problem("has_left", zh, en, path=("responsible",))
    elif not Assignment.objects.filter(latest(day=today()), employee=who, store__name=kpi.store).exists():
        zh, en = f"{who.name} 不在{kpi.store}任职", f"{who.name} does not work in {kpi.store}"
        yield Problem("of_another_store", zh, en, path=("responsible",))


def _owner_left(_kpi: MissedKpi, doing: Doing) -> Iterator[Problem]:
    who: Employee = doing.given["owner"]
    if who.has_left():
        zh, en = f"{who.name} 已离职，请选择别人", f"{who.name} has left; choose somebody else"
        yield Problem("has_left", zh, en, path=("owner",))


def _ask(kpi: MissedKpi, doing: Doing) -> None:
    kpi.owner = doing.given["owner"]


def _answer(kpi: MissedKpi, doing: Doing) -> None:
    for name in ("cause", "action", "responsible", "due"):
        setattr(kpi, name, doing.given[name])
    assert kpi.responsible is not None and kpi.due is not None
    # read as it was before: asked about by who gives it
    draft = Draft(kpi.responsible, doing.given["title"], kpi.due, kpi.action, ORIGIN, str(kpi.pk))
    if kpi.task is None:
        kpi.task = task_give(draft=draft, by=doing.by)
    else:
        kpi.task = task_supersede(task=kpi.task, draft=draft, by=doing.by)


def _tell_returned(kpi: MissedKpi, doing: Doing) -> list[Message]:
    words = (
        f"{kpi.store} {kpi.cycle.month} 未达标指标的说明被退回：{doing.note}",
        f"your answer to a missed KPI of {kpi.store}, {kpi.cycle.month}, was returned: {doing.note}",
    )
    url = reverse("analysis:kpi", args=[kpi.pk])
    return [Message(list(User.objects.coming_in().filter(employee=kpi.owner_id)), words, url)]


SAYS_APPROVED: Words = ("本月绩效分析已批准", "the analysis of the month is approved")
#: held when it is pressed, and known before that, so that nothing is offered
NOT_APPROVED = (
    Guard[MissedKpi](SAYS_APPROVED, _approved),
    Guard[MissedKpi](SAYS_APPROVED, _shown_approved, of_person=True),
)
#: what HR of the store does
_hr = partial(Act[MissedKpi], permission="analysis.write", about=_store)
OWNER = Guard[MissedKpi](("选的人已离职", "who is chosen has left"), _owner_left)
KPIS: Workflow[MissedKpi] = Workflow(
    name="missed_kpi",
    words=("未达标指标", "A missed KPI"),
    model=MissedKpi,
    states=State,
    acts=(
        Act(
            name="answer",
            words=("说明原因和措施", "answer"),
            froms=(State.ASKED,),
            to=State.ANSWERED,
            denied=_not_asked,
            denied_says=("除被询问的人以外的人", "anybody but who was asked"),
            guards=(
                *NOT_APPROVED,
                Guard(("没有写原因或措施，或期限已过", "no cause or action, or a day gone by"), _unfit),
                Guard(("责任人已离职或不在本店", "who is responsible has left, or works in another store"), _elsewhere),
            ),
            effect=_answer,
        ),
        _hr(
            name="return",
            words=("退回", "return"),
            froms=(State.ANSWERED,),
            to=State.ASKED,
            guards=(*NOT_APPROVED, with_note(Problem("no_reason", "请写明原因", "say why"))),
            tells=_tell_returned,
            button=("退回重写", "Return it"),
            asks=("要补充什么？", "What is missing?"),
            icon="rotate",
            quiet=True,
        ),
        _hr(
            name="ask",
            words=("询问", "ask"),
            froms=(State.ASKED, State.WITHDRAWN),
            to=State.ASKED,
            guards=(*NOT_APPROVED, OWNER),
            effect=_ask,
        ),
        _hr(
            name="withdraw",
            words=("撤回询问", "withdraw the question"),
            froms=(State.ASKED,),
            to=State.WITHDRAWN,
            button=("不用答复了，撤回", "Withdraw the question"),
            quiet=True,
        ),
    ),
    way=(State.ASKED, State.ANSWERED),
    not_now=_moved_on,
    moved_on=_moved_on,
)
