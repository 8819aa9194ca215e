"""A ticket's way: answered by the person alone, decided by HR of the store who neither wrote nor got it; it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.tickets.declared import todos_of
from fairwrench.web.tickets.evidence import ticket_land
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.services import ticket_write
from fairwrench.web.work.models import Job, Notice
from tests.web.tickets.conftest import done, draft


def waiting(user: User) -> list[str]:
    return [todo.words[0] for todo in todos_of(user) if isinstance(todo.words, tuple)]


def events() -> list[tuple[str, str, dict[str, str] | None]]:
    return list(EvidenceEvent.objects.order_by("pk").values_list("source", "period", "row"))


def test_a_reward_goes_its_way_and_becomes_a_row_of_points_and_one_of_money(
    reward: Ticket, technician: User, hr: User
) -> None:
    """Breaks if a ticket counts before HR confirmed it, or its money or points are written down otherwise."""
    done(reward, "acknowledge", technician)
    assert events() == []
    confirmed = done(reward, "confirm", hr)
    assert (confirmed.state, confirmed.decided_by) == ("confirmed", hr)
    (tickets, decisions) = events()
    assert tickets[:2] == ("tickets", "2026-10")
    assert tickets[2] == {
        "ticket_no": reward.number, "store": "东店", "employee_id": "E102", "issued_on": "2026-10-15", "kind": "reward",
        "article": "受到客户书面表扬或锦旗", "points": "2.50", "amount": "100.00", "issued_by": "E101",
        "note": "客户送来锦旗",
    }  # fmt: skip
    assert decisions[2] == {
        "decision_no": reward.number, "employee_id": "E102", "month": "2026-10", "kind": "reward", "item": "",
        "value": "100.00", "reason": f"奖惩单 {reward.number}：受到客户书面表扬或锦旗", "decided_by": "E104",
        "decided_on": "2026-10-15", "ground": "",
    }  # fmt: skip


def test_what_was_confirmed_lands_and_what_was_taken_back_is_gone(penalty: Ticket, technician: User, hr: User) -> None:
    """Breaks if a penalty does not reach the ledger, or stays there after an appeal was granted."""
    done(penalty, "acknowledge", technician)
    done(penalty, "confirm", hr)
    assert len(ticket_land(ticket=penalty, ledger=selectors.ledger())) == 2
    rows = current("decisions")
    assert rows == [(penalty.number, "E102", "deduction", "50.00")]
    assert current("tickets") == [(penalty.number, "E102", "penalty", "1.00")]
    appealed = done(penalty, "appeal", technician, "当天不是我的工位")
    assert current("decisions") == rows
    done(appealed, "take_back", hr, "核实不是他的工位")
    ticket_land(ticket=penalty, ledger=selectors.ledger())
    assert current("decisions") == current("tickets") == []


def test_what_is_decided_while_a_landing_runs_lands_after_it(penalty: Ticket, technician: User, hr: User) -> None:
    """Breaks if the landing of what was confirmed runs, is given for that of what was taken back, and never runs again:
    the penalty would stay in the ledger."""
    done(penalty, "acknowledge", technician)
    job = done(penalty, "confirm", hr).job
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    assert done(penalty, "take_back", hr, "核实不是他的工位").job == job
    job.refresh_from_db()
    assert job.rerun_requested


def current(source: str) -> list[tuple[str, ...]]:
    """The rows in force: number, person, kind, and points or yuan."""
    number, figure = {"decisions": ("decision_no", "value"), "tickets": ("ticket_no", "points")}[source]
    rows = selectors.ledger().current(source, selectors.sources()[source])
    return [tuple(map(str, row)) for row in rows.select(number, "employee_id", "kind", figure).rows()]


def test_confirmed_after_its_month_was_published_it_lands_for_the_open_one(reward: Ticket, hr: User) -> None:
    """Breaks if a late ticket slips behind published figures instead of becoming a difference in the open month."""
    done(reward, "confirm", hr)
    Cycle.objects.create(month="2026-10", state="published")
    batches = ticket_land(ticket=reward, ledger=selectors.ledger())
    assert [batch.period for batch in batches] == ["2026-11", "2026-11"]


def test_a_reward_waits_for_nobody_and_a_penalty_for_the_answer(reward: Ticket, penalty: Ticket, hr: User) -> None:
    """Breaks if who is to be rewarded has to wait, or money is taken from somebody who was never asked."""
    assert done(reward, "confirm", hr).state == "confirmed"
    with pytest.raises(Refused) as refused:
        done(penalty, "confirm", hr)
    assert [problem.code for problem in refused.value.problems] == ["not_answered"]
    Ticket.objects.filter(pk=penalty.pk).update(at=timezone.now() - timedelta(days=3, seconds=1))
    assert done(penalty, "confirm", hr).state == "confirmed"


def test_nobody_but_the_person_answers(reward: Ticket, chief: User, hr: User, member: Callable[..., User]) -> None:
    """Breaks if a leader may acknowledge, or appeal, in the name of the person."""
    for user in (chief, hr, member("E103")):
        for act in ("acknowledge", "appeal"):
            with pytest.raises(PermissionDenied):
                done(reward, act, user, "代签")


def test_who_decides_is_hr_of_the_store_and_neither_wrote_nor_got_it(
    reward: Ticket, chief: User, technician: User, hr: User, member: Callable[..., User]
) -> None:
    """Breaks if the writer, the person, a colleague, another store's HR or an overseer brings a ticket into force."""
    others = (
        chief,
        technician,
        member("E103"),
        member("E201", ("hr", "西店")),
        member("E001", ("general_manager", None)),
    )
    for user in others:
        for act in ("confirm", "take_back"):
            with pytest.raises(PermissionDenied):
                done(reward, act, user, "说明")
    assert not EvidenceEvent.objects.exists()


def test_hr_does_not_confirm_what_it_wrote_or_got(member: Callable[..., User]) -> None:
    """Breaks if four eyes may be two: HR that leads people, and HR that is rewarded."""
    manager = member("E001", ("hr", None))
    own = ticket_write(draft=draft("E104"), by=manager)
    with pytest.raises(PermissionDenied):
        done(own, "confirm", manager)
    with pytest.raises(PermissionDenied):
        done(own, "confirm", member("E104", ("hr", "东店")))


def test_an_appeal_says_why_and_is_decided_with_a_reason(penalty: Ticket, technician: User, hr: User) -> None:
    """Breaks if an appeal, or the answer to it, may be empty."""
    for act, by in (("appeal", technician), ("take_back", hr)):
        with pytest.raises(Refused):
            done(penalty, act, by, " ")
    appealed = done(penalty, "appeal", technician, "不是我")
    with pytest.raises(Refused):
        done(appealed, "confirm", hr)
    with pytest.raises(Refused):
        done(appealed, "uphold", hr)
    assert done(appealed, "uphold", hr, "监控为证").state == "confirmed"
    assert [source for source, _, row in events() if row] == ["tickets", "decisions"]
    with pytest.raises(Refused) as refused:
        done(appealed, "appeal", technician, "还是不服")
    assert [problem.code for problem in refused.value.problems] == ["appealed_before"]


def test_what_never_counted_is_taken_back_without_a_trace_in_the_ledger(penalty: Ticket, hr: User) -> None:
    """Breaks if a ticket that HR refuses leaves words about rows that never were."""
    assert done(penalty, "take_back", hr, "证据不足").state == "taken_back"
    assert events() == []


def test_who_wrote_it_withdraws_until_it_is_in_force(reward: Ticket, chief: User, hr: User) -> None:
    """Breaks if a mistake cannot be withdrawn, or what counts may be by who wrote it."""
    confirmed = done(reward, "confirm", hr)
    with pytest.raises(Refused):
        done(confirmed, "withdraw", chief)


def test_to_dos_are_found_for_whom_they_wait(reward: Ticket, penalty: Ticket, technician: User, hr: User) -> None:
    """Breaks if nobody is told that a ticket waits, or somebody is told what is not theirs to do."""
    assert len(waiting(technician)) == 2
    # the reward alone: the penalty waits for its answer
    assert waiting(hr) == ["1 张奖惩单可以生效"]
    done(penalty, "acknowledge", technician)
    assert waiting(hr) == ["1 张奖惩单本人已知晓，待生效", "1 张奖惩单可以生效"]
    done(reward, "appeal", technician, "金额不对")
    assert waiting(technician) == []
    assert waiting(hr) == ["1 张奖惩单有申诉，待处理", "1 张奖惩单本人已知晓，待生效"]


def test_whom_it_concerns_is_told(reward: Ticket, chief: User, technician: User, hr: User) -> None:
    """Breaks if a person is not told that they were rewarded, or who wrote it not what came of it."""
    done(reward, "confirm", hr)
    told = Notice.objects.order_by("pk").values_list("to__username", "zh")
    assert {(who, "已生效" in words) for who, words in told} == {("e101", True), ("e102", True)}


def test_two_who_act_at_once_act_once(reward: Ticket, hr: User, technician: User) -> None:
    """Breaks if HR confirms what was appealed since they looked."""
    seen: Any = Ticket.objects.get(pk=reward.pk)
    done(reward, "appeal", technician, "不对")
    with pytest.raises(Refused):
        done(seen, "confirm", hr)
