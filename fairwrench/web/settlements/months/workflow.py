"""The way of a month as a table: sealed and settled, approved by HR, approved by the general manager, published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils import timezone, translation

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.users.selectors import group_holders
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.days import today
from fairwrench.web.settlements.models import MONTH
from fairwrench.web.settlements.months.checklist import blocking, left_open
from fairwrench.web.settlements.months.months import mostly_incomplete
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State, Role = Cycle.State, Grant.Role


def moved_on(cycle: Cycle) -> Problem:
    """What is said of a month on which somebody acted since its page was opened."""
    zh = f"{cycle.month} 在您打开页面之后已被他人处理，请查看最新状态后再操作"
    en = f"somebody acted on {cycle.month} since you opened the page; look at it again before you act"
    return Problem("moved_on", zh, en)


def state_words(state: str, language: str) -> str:
    """A state in one language, whatever that of the page."""
    with translation.override(language):
        return str(State(state).label)


def _not_now(cycle: Cycle) -> Problem:
    zh, en = (state_words(cycle.state, language) for language in ("zh-hans", "en"))
    return Problem(
        "not_now",
        f"{cycle.month} 目前是“{zh}”，不能执行这一步",
        f"{cycle.month} is in the state {en!r}; this step is not possible now",
    )


def _two_people(cycle: Cycle, doing: Doing) -> Iterator[Problem]:
    # of this very run: who approved a former one as HR has approved nothing of these figures
    if MONTHS.steps(cycle).filter(act="approve_hr", about__run=cycle.run_id, by=doing.by).exists():
        zh, en = "人力资源审核与总经理批准须由两人完成", "HR and the general manager have to be two people"
        yield Problem("same_person", zh, en)


def _incomplete_with_reason(cycle: Cycle, doing: Doing) -> Iterator[Problem]:
    if not doing.note and mostly_incomplete(cycle.run):
        zh = f"{cycle.month} 一半以上的人数据不全，发布须写明原因"
        en = f"more than half of the people of {cycle.month} are incomplete; say why it is published all the same"
        yield Problem("mostly_incomplete", zh, en)


def _checklist(cycle: Cycle, doing: Doing) -> Iterator[Problem]:
    for point in blocking(cycle=cycle, by=doing.by):
        # the point speaks the reader's language already
        yield Problem("blocked", point.text, point.text)


def _left_open(cycle: Cycle, doing: Doing) -> Iterator[Problem]:
    for point in left_open(cycle=cycle, by=doing.by):
        # as in `_checklist`
        yield Problem("left_open", point.text, point.text)


def _paid_before(cycle: Cycle, _doing: Doing) -> Iterator[Problem]:
    if cycle.paid_on is not None:
        yield Problem("paid_before", f"{cycle.month} 已登记发薪", f"wages of {cycle.month} are noted as paid already")


def _not_paid(cycle: Cycle, _doing: Doing) -> Iterator[Problem]:
    if cycle.paid_on is None:
        yield Problem("not_paid", f"{cycle.month} 没有登记发薪", f"wages of {cycle.month} are not noted as paid")


def _closed(cycle: Cycle, _doing: Doing) -> Iterator[Problem]:
    if cycle.closed:
        yield Problem("month_closed", f"{cycle.month} 已归档", f"{cycle.month} is closed")


def _not_closed(cycle: Cycle, _doing: Doing) -> Iterator[Problem]:
    if not cycle.closed:
        yield Problem("month_not_closed", f"{cycle.month} 没有归档", f"{cycle.month} is not closed")


def _pay(cycle: Cycle, _doing: Doing) -> None:
    cycle.paid_on = today()


def _paid_undo(cycle: Cycle, _doing: Doing) -> None:
    cycle.paid_on = None


def _close(cycle: Cycle, _doing: Doing) -> None:
    cycle.closed_at = timezone.now()


def _reopen(cycle: Cycle, _doing: Doing) -> None:
    cycle.closed_at = None


def _published(cycle: Cycle, _doing: Doing) -> None:
    cycle.published_at = timezone.now()


def _run(cycle: Cycle, _doing: Doing) -> dict[str, int | None]:
    return {"run": cycle.run_id}


def _tell(cycle: Cycle, users: Iterable[User | None], words: tuple[str, str]) -> list[Message]:
    told = (f"{cycle.month} {words[0]}", f"{cycle.month} {words[1]}")
    return [Message(users, told, reverse("settlements:month", args=[cycle.month]))]


def _tell_sent_back(cycle: Cycle, doing: Doing) -> list[Message]:
    words = (f"被退回：{doing.note}", f"was sent back: {doing.note}")
    return _tell(cycle, group_holders(role=Role.HR), words)


def _tell_published(cycle: Cycle, _doing: Doing) -> list[Message]:
    if cycle.run is None:
        return []
    people = User.objects.coming_in().filter(
        employee__employee_id__in=cycle.run.results.exclude(state="excluded").values("employee_id")
    )
    told = (f"{cycle.month} 绩效结果已发布", f"results of {cycle.month} are published")
    return [Message(list(people), told, reverse("settlements:mine"))]


def _tell_reopened(cycle: Cycle, doing: Doing) -> list[Message]:
    words = (f"归档后被重新打开：{doing.note}", f"was opened again after it was closed: {doing.note}")
    return _tell(cycle, group_holders(role=Role.HR), words)


NOT_PAID = Guard(("已登记发薪", "wages are noted as paid already"), _paid_before, of_person=True)
PAID = Guard(("没有登记发薪", "wages are not noted as paid"), _not_paid, of_person=True)
NOT_CLOSED = Guard(("已归档", "it is closed"), _closed, of_person=True)
CLOSED = Guard(("没有归档", "it is not closed"), _not_closed, of_person=True)
NOTHING_OPEN = Guard(("还有未办结的事项", "something of it is still open"), _left_open)
ONE_PERSON = Guard(("审核与批准是同一人", "HR and the general manager are one person"), _two_people, of_person=True)
READY = Guard(("检查清单有未完成的必办事项", "a point of the checklist blocks"), _checklist)
MONTHS: Workflow[Cycle] = Workflow(
    name=MONTH,
    words=("月份", "A month"),
    model=Cycle,
    states=State,
    acts=(
        Act(
            name="settle",
            words=("锁定数据并核算", "Sealed and settled"),
            froms=(State.OPEN, State.SEALING, State.SETTLED, State.APPROVED_HR, State.APPROVED),
            to=State.SETTLED,
            permission="settlements.settle",
            # the job moves the state once the run is whole (`services.cycle_settled`)
            in_background=True,
        ),
        Act(
            name="approve_hr",
            words=("人力资源审核通过", "Approved by HR"),
            froms=(State.SETTLED,),
            to=State.APPROVED_HR,
            permission="settlements.approve_hr",
            button=("人力资源审核通过", "Approve as HR"),
            guards=(READY,),
        ),
        Act(
            name="approve",
            words=("总经理批准", "Approved by the general manager"),
            froms=(State.APPROVED_HR,),
            to=State.APPROVED,
            permission="settlements.approve_gm",
            button=("总经理批准", "Approve as general manager"),
            guards=(ONE_PERSON, READY),
        ),
        Act(
            name="send_back",
            words=("退回", "Sent back"),
            froms=(State.SETTLED, State.APPROVED_HR, State.APPROVED),
            to=State.OPEN,
            permission="settlements.send_back",
            button=("退回重新处理", "Send back"),
            asks=("退回原因", "Why"),
            icon="rotate",
            guards=(with_note(Problem("no_reason", "退回须写明原因", "say why it is sent back")),),
            tells=_tell_sent_back,
        ),
        Act(
            name="publish",
            words=("发布结果", "Published"),
            froms=(State.APPROVED,),
            to=State.PUBLISHED,
            permission="settlements.publish",
            button=("发布结果", "Publish to everybody"),
            guards=(
                Guard(
                    ("一半以上的人数据不全，又没有写明原因", "most people are incomplete, and no reason is given"),
                    _incomplete_with_reason,
                ),
                READY,
            ),
            effect=_published,
            tells=_tell_published,
        ),
        Act(
            name="note_paid",
            words=("登记已发薪", "Wages noted as paid"),
            froms=(State.PUBLISHED,),
            # what follows moves no state: figures of a published month stay as they are
            to="",
            permission="settlements.publish",
            button=("登记今天已发薪", "Note that wages went out today"),
            icon="cash",
            guards=(NOT_PAID, NOT_CLOSED),
            effect=_pay,
        ),
        Act(
            name="paid_undo",
            words=("撤销发薪登记", "Wages noted as paid by mistake"),
            froms=(State.PUBLISHED,),
            to="",
            permission="settlements.publish",
            button=("撤销发薪登记", "Wages were not paid after all"),
            asks=("为什么撤销？", "Why?"),
            icon="rotate",
            quiet=True,
            guards=(PAID, NOT_CLOSED, with_note(Problem("no_reason", "撤销须写明原因", "say why"))),
            effect=_paid_undo,
        ),
        Act(
            name="close",
            words=("归档", "Closed"),
            froms=(State.PUBLISHED,),
            to="",
            permission="settlements.publish",
            button=("归档本月", "Close the month"),
            icon="archive",
            guards=(NOT_CLOSED, NOTHING_OPEN),
            effect=_close,
        ),
        Act(
            name="reopen",
            words=("重新打开已归档的月份", "Opened again after it was closed"),
            froms=(State.PUBLISHED,),
            to="",
            permission="settlements.publish",
            button=("重新打开（撤销归档）", "Open it again"),
            asks=(
                "为什么重新打开？撤销的只是归档：之后可再打开绩效评估表、提出申诉，已发布的成绩和工资不变",
                "Why? Only the closing is undone: forms open and take appeals again; what is published stays",
            ),
            icon="rotate",
            quiet=True,
            guards=(CLOSED, with_note(Problem("no_reason", "重新打开须写明原因", "say why it is opened again"))),
            effect=_reopen,
            tells=_tell_reopened,
        ),
        Act(
            name="turn",
            words=("提前转入本月", "Pages turned to it early"),
            # moves no state: it is only written down among the steps
            froms=(*State,),
            to="",
            permission="settlements.open",
            in_background=True,
        ),
    ),
    about=_run,
    moved_on=moved_on,
    way=(State.OPEN, State.SETTLED, State.APPROVED_HR, State.APPROVED, State.PUBLISHED),
    not_now=_not_now,
)
#: state → what comes next, and whose it is; settling is work in the background and no line of the table
NEXT = {
    State.OPEN: ("settle", Role.HR),
    State.SETTLED: ("approve_hr", Role.HR),
    State.APPROVED_HR: ("approve", Role.GENERAL_MANAGER),
    State.APPROVED: ("publish", Role.HR),
}
