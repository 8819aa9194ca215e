"""What people do with a month: settle it, approve it, send it back, publish it, check it, correct it afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone, translation

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.jobs.models import Job
from fairwrench.web.jobs.services import job_start
from fairwrench.web.people.models import User
from fairwrench.web.people.policy import require
from fairwrench.web.settlements.checklist import blocking
from fairwrench.web.settlements.models import Correction, Cycle, Run, Step

State = Cycle.State
#: what is done → the states from which it may be done, the state that follows, the permission
ACTS = {
    "approve_hr": ((State.SETTLED,), State.APPROVED_HR, "settlements.approve_hr"),
    "approve": ((State.APPROVED_HR,), State.APPROVED, "settlements.approve_gm"),
    "send_back": ((State.SETTLED, State.APPROVED_HR, State.APPROVED), State.OPEN, "settlements.approve_hr"),
    "publish": ((State.APPROVED,), State.PUBLISHED, "settlements.publish"),
}


def cycle_open(*, month: Month) -> Cycle:
    """The cycle of a month, begun if need be."""
    return Cycle.objects.get_or_create(month=str(month))[0]


def month_settle(*, cycle: Cycle, by: User) -> Job:
    """Settle a month for good, in the background. Refused once it is published: what comes later is a correction."""
    require(by, "settlements.settle")
    if cycle.state == State.PUBLISHED:
        raise Refused([_published(cycle)])
    return job_start(kind="settle_month", key=f"settle:{cycle.month}", by=by, month=cycle.month)


def month_estimate(*, month: str, by: User | None) -> Job | None:
    """Work out the month so far, in the background; None for a month that is settled already."""
    cycle = cycle_open(month=Month.parse(month))
    if cycle.state == State.PUBLISHED:
        return None
    return job_start(kind="estimate_month", key=f"estimate:{month}", by=by, anew=True, month=month)


def cycle_settled(*, cycle: Cycle, run: Run, by: User | None) -> Cycle:
    """Put a run in force; whatever was approved before is to be approved again."""
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if locked.state == State.PUBLISHED:
            raise Refused([_published(locked)])
        locked.run, locked.state = run, State.SETTLED
        locked.version += 1
        locked.save()
        Step.objects.create(cycle=locked, what="settle", run=run, by=by)
    return locked


def cycle_act(*, cycle: Cycle, act: str, seen: int, by: User, note: str = "") -> Cycle:
    """Approve, send back or publish. `seen` is the version that the person looked at.

    Refused when the month moved on since, or while a point of the checklist blocks.

    Nobody approves as general manager what they approved as HR.
    """
    froms, to, permission = ACTS[act]
    require(by, permission)
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if locked.version != seen:
            raise Refused([_moved_on(locked)])
        if locked.state not in froms:
            raise Refused([_not_now(locked)])
        if act == "approve" and locked.steps.filter(what="approve_hr", run=locked.run, by=by).exists():
            raise Refused([_twice()])
        if act != "send_back" and (points := blocking(cycle=locked)):
            raise Refused([Problem("blocked", point.text, point.text) for point in points])
        locked.state = to
        locked.version += 1
        if act == "publish":
            locked.published_at = timezone.now()
        locked.save()
        Step.objects.create(cycle=locked, what=act, run=locked.run, by=by, note=note)
    return locked


def run_verify(*, run: Run, by: User) -> Job:
    """Work a run out again from its seal, in the background."""
    require(by, "settlements.verify")
    return job_start(kind="verify_run", key=f"verify:{run.pk}", by=by, run=run.pk)


def correction_enter(*, correction: Correction, by: User) -> Correction:
    """Enter a correction of a published month into an open one; it lands as a decision when that month is settled."""
    require(by, "settlements.correct")
    if correction.cycle.state == State.PUBLISHED:
        raise Refused([_published(correction.cycle)])
    if by.employee is None or by.employee == correction.employee:
        raise Refused([_not_by_them()])
    correction.by = by
    correction.full_clean(exclude=["by"])
    correction.save()
    return correction


def told(problems: Sequence[Problem], lang: str) -> str:
    """Problems in one line, for a message."""
    return ("；" if lang == "zh" else "; ").join(problem.text(lang) for problem in problems)


def _published(cycle: Cycle) -> Problem:
    zh = f"{cycle.month} 已公布，不能重新结算；迟到的数据会在以后的月份作为更正入账"
    en = f"{cycle.month} is published and is not settled again; late evidence becomes a correction in a later month"
    return Problem("published", zh, en)


def _moved_on(cycle: Cycle) -> Problem:
    zh = f"{cycle.month} 在您打开页面之后已被他人处理，请查看最新状态后再操作"
    en = f"somebody acted on {cycle.month} since you opened the page; look at it again before you act"
    return Problem("moved_on", zh, en)


def _not_now(cycle: Cycle) -> Problem:
    zh, en = (state_words(cycle.state, language) for language in ("zh-hans", "en"))
    return Problem(
        "not_now",
        f"{cycle.month} 目前是“{zh}”，不能执行这一步",
        f"{cycle.month} is in the state {en!r}; this step is not possible now",
    )


def state_words(state: str, language: str) -> str:
    """A state in one language, whatever that of the page."""
    with translation.override(language):
        return str(State(state).label)


def _twice() -> Problem:
    zh, en = "人力资源审核与总经理批准须由两人完成", "HR and the general manager have to be two people"
    return Problem("same_person", zh, en)


def _not_by_them() -> Problem:
    zh = "更正须由花名册上的人决定，且不能是本人"
    en = "somebody on the roster has to decide a correction, and nobody decides their own"
    return Problem("not_by_them", zh, en)
