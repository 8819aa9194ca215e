"""What people do with a month: settle it, approve it, send it back, publish it, check it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.doing import done_as
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import require, require_page
from fairwrench.web.access.targets import GROUP
from fairwrench.web.access.users.selectors import group_holders
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import ledger
from fairwrench.web.evidence.uploads.unknown_batches import landings_synchronise
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.months import is_over, may_turn, months_to_open
from fairwrench.web.settlements.months.workflow import MONTHS, NEXT, moved_on
from fairwrench.web.ui.words import of
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.services import job_start

State = Cycle.State


def cycle_open(*, month: Month) -> Cycle:
    """The cycle of a month, begun if need be: by the work that comes to it, whoever asked for that."""
    return Cycle.objects.get_or_create(month=str(month))[0]


def month_work_out(*, cycle: Cycle, by: User) -> Job | None:
    """Work the month so far out anew for the whole group, as `month_estimate` does after each landing."""
    require(by, "settlements.settle", about=GROUP)
    return month_estimate(month=cycle.month, by=by)


def month_settle(*, cycle: Cycle, by: User, note: str = "", seen: int | None = None) -> Job:
    """Settle a month for good, in the background; `seen` is the version that the person looked at.

    Refused once it is published: what comes later is a correction; before the month is over, without a `note` that says
    why; and when somebody acted on the month since, whose approval would be gone.
    """
    require(by, "settlements.settle", about=GROUP)
    # first, as whoever acts on an old page has to look again whatever else hinders
    if seen is not None and cycle.version != seen:
        raise Refused([moved_on(cycle)])
    if cycle.state == State.PUBLISHED:
        raise Refused([_published(cycle)])
    if not note and not is_over(cycle):
        raise Refused([_not_over(cycle)])
    # one job a month: who clicks twice gets the one that is under way
    return job_start(kind="settle_month", key=f"settle:{cycle.month}", by=by, month=cycle.month, note=note)


def month_estimate(*, month: str, by: User | None) -> Job | None:
    """Work out the month so far, in the background; None for a month that is settled already, and for one that has not
    begun and whose time it is not: a wrong date in a file opens no month."""
    begun = Cycle.objects.filter(month=month).first()
    if begun is None and Month.parse(month) not in months_to_open():
        return None
    if cycle_open(month=Month.parse(month)).state == State.PUBLISHED:
        return None
    return job_start(kind="estimate_month", key=f"estimate:{month}", by=by, rerun=True, month=month)


def step_of_others(*, cycle: Cycle, acts: Collection[str]) -> dict[str, Any] | None:
    """What has to be done with a month next where that is none of somebody's own `acts`: the step, the role it takes,
    and by name those who hold that for the whole group; None once the month is published."""
    act, role = NEXT.get(State(cycle.state), ("", Grant.Role.HR))
    if not act or act in acts:
        return None
    return {"words": of(MONTHS.named(act).words), "role": role.label, "people": group_holders(role=role)}


def cycle_sealing(*, cycle: Cycle) -> Cycle:
    """Begin to seal a month: from here on nobody approves what it was, and what comes in later is not in it."""
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if locked.state == State.PUBLISHED:
            raise Refused([_published(locked)])
        if locked.state != State.SEALING:  # a worker that was killed had begun already
            locked.sealed_from, locked.state = locked.state, State.SEALING
            locked.version += 1
            with done_as(words=("锁定数据", "sealing")):
                locked.save(update_fields=["sealed_from", "state", "version"])
    return locked


def cycle_unsealed(*, cycle: Cycle) -> None:
    """Give up sealing a month: it is as it was before."""
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if locked.state == State.SEALING:
            locked.sealed_from, locked.state = "", locked.sealed_from
            locked.version += 1
            locked.save(update_fields=["sealed_from", "state", "version"])


def cycle_settled(*, cycle: Cycle, run: Run, by: User | None, note: str = "") -> Cycle:
    """Put a run in force; whatever was approved before is to be approved again. `note`: why before its time."""
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if locked.state == State.PUBLISHED:
            raise Refused([_published(locked)])
        # the step tells of the state before sealing, which is only on the way
        before = locked.figures_state
        locked.run, locked.state, locked.sealed_from = run, State.SETTLED, ""
        locked.version += 1
        with done_as(by=by, words=("锁定数据并核算", "sealed and settled")):
            locked.save()
        MONTHS.write(record=locked, act="settle", by=by, note=note, before=before, run=run.pk)
    return locked


def cycle_act(*, cycle: Cycle, act: str, seen: int, by: User, note: str = "") -> Cycle:
    """Approve, send back or publish. `seen` is the version that the person looked at.

    Refused when the month moved on since, or while a point of the checklist blocks.

    Nobody approves as general manager what they approved as HR. A month most of whose people are incomplete is
    published with a `note` that says why.
    """
    require(by, MONTHS.named(act).permission, about=GROUP)
    # a batch whose worker was killed before writing it down would be missing in the checklist
    landings_synchronise(ledger=ledger())
    return MONTHS.act(record=cycle, name=act, seen=seen, by=by, note=note)


def cycle_turn(*, cycle: Cycle, by: User) -> Cycle:
    """Let pages show a month before the calendar comes to it."""
    require(by, "settlements.open", about=GROUP)
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if not may_turn(locked):
            raise Refused([_turned(locked)])
        locked.turned_at = timezone.now()
        locked.save(update_fields=["turned_at"])
        MONTHS.write(record=locked, act="turn", by=by, before=locked.state)
    return locked


def run_verify(*, run: Run, by: User) -> Job:
    """Work a run out again from its seal, in the background."""
    require_page(by, "settlements.verify")
    return job_start(kind="verify_run", key=f"verify:{run.pk}", by=by, run=run.pk)


def told(problems: Sequence[Problem], lang: str) -> str:
    """Problems in one line, for a message."""
    return ("；" if lang == "zh" else "; ").join(problem.text(lang) for problem in problems)


def _published(cycle: Cycle) -> Problem:
    zh = f"{cycle.month} 已发布，不能重新核算；迟到的数据会在以后的月份作为更正入账"
    en = f"{cycle.month} is published and is not settled again; late evidence becomes a correction in a later month"
    return Problem("published", zh, en)


def _not_over(cycle: Cycle) -> Problem:
    zh = f"{cycle.month} 还没有结束，提前锁定数据须写明原因"
    en = f"{cycle.month} is not over; say why it is sealed before its end"
    return Problem("not_over", zh, en)


def _turned(cycle: Cycle) -> Problem:
    zh, en = f"各页面已经显示 {cycle.month}", f"pages show {cycle.month} already"
    return Problem("turned", zh, en)
