"""Summaries handed in and corrected; whose are missing is told once their day is over."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month, summary_late_days
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.coaching.models import Summary
from fairwrench.web.coaching.summaries.evidence import missing_tell, summary_tell
from fairwrench.web.coaching.summaries.selectors import due_of, may_hand_in, owing
from fairwrench.web.coaching.summaries.workflow import SUMMARIES
from fairwrench.web.evidence.selectors import scheme_at
from fairwrench.web.org.days import now_local, today
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.queue.services import job_start

#: letters of each part
LETTERS = 4000
#: the kind of work that lands them
LAND = "summaries_land"


def summary_hand_in(*, month: Month, done: str, plan: str, by: User) -> Summary:
    """Hand in one's summary of a month and the plan for the next; when it came is kept with the working days it was
    late. The same again by a second press changes nothing. Refused with everything that is wrong."""
    require(by, "coaching.hand_in", about=ONESELF)
    assert by.employee is not None  # who hands in is on the roster
    if wrong := [*_of_month(month, by), *_of_words(done, plan)]:
        raise Refused(wrong)
    done, plan = bare_text(done), bare_text(plan)
    with transaction.atomic():
        # held until it is written: of two presses one hands in
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        there = Summary.objects.filter(employee=by.employee, month=str(month)).first()
        if there is not None and (there.done, there.plan) == (done, plan):
            return there
        if there is not None:
            zh, en = "这个月的总结已经提交；要改请用“更正”", "it was handed in already; correct it there"
            raise Refused([Problem("handed_in_before", zh, en)])
        late = summary_late_days(month, scheme_at(month=month).cycle, now_local())
        told = {"done": done, "plan": plan, "handed_in_at": timezone.now(), "late_days": late}
        made = Summary.objects.create(employee=by.employee, month=str(month), **told)
        summary_tell(summary=made, by=by)
        # with `rerun`, as a landing that runs already may have claimed what waited before this
        made.job = job_start(kind=LAND, key=f"summaries:{month}", by=by, rerun=True, month=str(month))
        made.save(update_fields=["job"])
    return made


def summary_correct(*, summary: Summary, done: str, plan: str, by: User, seen: int) -> Summary:
    """Correct one's summary until its month is settled; what it said, and when it came first, is kept."""
    if wrong := [*_of_words(done, plan)]:
        raise Refused(wrong)
    given = {"done": bare_text(done), "plan": bare_text(plan)}
    if (summary.done, summary.plan) == (given["done"], given["plan"]):
        raise Refused([Problem("nothing_changed", "内容没有变化", "nothing was changed", path=("done",))])
    return SUMMARIES.held(SUMMARIES.act(record=summary, name="correct", by=by, seen=seen, **given), **given)


def summaries_missing() -> int:
    """Tell whose summaries of last month are missing, once their day is over; how many were told."""
    month = Month.of(today()).plus(-1)
    with transaction.atomic():
        told = missing_tell(month=month)
        if told:
            job_start(kind=LAND, key=f"summaries:{month}", by=None, rerun=True, month=str(month))
    return told


def _of_month(month: Month, by: User) -> Iterator[Problem]:
    if due_of(month=month) is None:
        zh, en = f"{month} 的制度不要求月度总结", f"the scheme of {month} asks for no summaries"
        yield Problem("not_asked", zh, en)
    elif not may_hand_in(month=month):
        zh, en = f"{month} 的总结现在不能提交", f"a summary of {month} cannot be handed in now"
        yield Problem("not_this_month", zh, en)
    elif not owing(month=month).filter(employee_id__in=Scope.of(by).own).exists():
        zh, en = f"{month} 您不在岗，不用提交", f"you were not in service in {month}; none is asked for"
        yield Problem("not_in_service", zh, en)


def _of_words(done: str, plan: str) -> Iterator[Problem]:
    for name, text, zh, en in (("done", done, "总结", "the summary"), ("plan", plan, "计划", "the plan")):
        if not bare_text(text):
            yield Problem("no_words", f"请写{zh}", f"write {en}", path=(name,))
        elif len(text) > LETTERS:
            yield Problem("too_long", f"{zh}最多 {LETTERS} 字", f"{en} takes {LETTERS} letters", path=(name,))
