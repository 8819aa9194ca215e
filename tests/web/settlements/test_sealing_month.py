"""A month while it is sealed: nobody approves what it was, what comes in later is not in it, failing undoes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements import tasks
from fairwrench.web.settlements.feeds import rating_tell
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.months.checklist import blocking
from fairwrench.web.settlements.runs.after_settling import AfterSettling
from fairwrench.web.settlements.services import cycle_act, month_settle
from fairwrench.web.work.models import Job
from tests.web.declaring import redeclare

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def settle(group: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Callable[..., Job]:
    """Settles the open month; `meanwhile` is done when the outbox is drained and nothing is frozen yet."""

    def run(meanwhile: Callable[[], object] = lambda: None) -> Job:
        close = tasks.month_close

        def late(**told: Any) -> Any:
            meanwhile()
            return close(**told)

        with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
            patched.setattr(tasks, "month_close", late)
            month_settle(cycle=there(), by=User.objects.get(username="hr"), note="试算")
        return Job.objects.filter(key=f"settle:{CURRENT}").latest("made_at")

    return run


def there() -> Cycle:
    return Cycle.objects.select_related("run").get(month=str(CURRENT))


def rate() -> None:
    """What a manager saves while the month is being sealed."""
    rater, person = Employee.objects.order_by("pk")[:2]
    given = Rating.objects.create(
        month=str(CURRENT), employee=person, rater=rater, item="diligence", role="other", level="A"
    )
    rating_tell(rating=given, by=None)


def refused(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as caught:
        act()
    return [problem.code for problem in caught.value.problems]


def test_a_rating_between_drain_and_freeze_is_not_in_it_and_is_told(settle: Callable[..., Job]) -> None:
    """Fails when a month that lacks a rating which was saved while it was being sealed may be approved as it is."""
    settle(rate)
    cycle, gm = there(), User.objects.get(username="gm")
    assert cycle.state == Cycle.State.SETTLED and cycle.run and cycle.run.made_at < timezone.now()
    told = [point.text for point in blocking(cycle=cycle, by=gm)]
    assert [text for text in told if "又有 1 项评分" in text] != []
    settle()
    told = [point.text for point in blocking(cycle=there(), by=gm)]
    assert [text for text in told if "项评分" in text] == []


def test_nobody_approves_a_month_that_is_being_sealed(settle: Callable[..., Job], signed_in: Any) -> None:
    """Fails when HR approves the run before while another takes its place, or the page does not say what goes on."""
    seen = list[str]()

    def look() -> None:
        cycle, hr = there(), User.objects.get(username="hr")
        seen.append(cycle.state)
        seen.extend(refused(lambda: cycle_act(cycle=cycle, act="approve_hr", seen=cycle.version, by=hr)))
        seen.append(signed_in("hr").get(f"/months/{CURRENT}/").content.decode())

    settle()
    settle(look)
    assert seen[:2] == ["sealing", "not_now"]
    assert "现在起交来的数据和评分不在这次核算里" in seen[2] and "正在锁定数据" in seen[2]
    assert there().state == Cycle.State.SETTLED


@pytest.mark.parametrize("error", [Refused([Problem("no", "不行", "no")]), ZeroDivisionError()])
def test_a_month_that_could_not_be_sealed_is_as_it_was(settle: Callable[..., Job], error: Exception) -> None:
    """Fails when a month is stuck, or loses the state it had, because settling it anew failed."""

    def fail() -> None:
        raise error

    assert settle(fail).state == Job.State.FAILED
    assert (there().state, there().sealed_from) == (Cycle.State.OPEN, "")
    assert settle().problems == []
    before = there()
    assert settle(fail).state == Job.State.FAILED
    assert (there().state, there().run) == (Cycle.State.SETTLED, before.run)


def test_a_month_is_as_it_was_where_what_follows_fails(
    settle: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when an app that stumbles over a settled month leaves it being sealed for ever, or half of it in force."""

    def stumble(_cycle: Cycle, _run: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        redeclare(patched, AfterSettling, AfterSettling(stumble))
        assert settle().state == Job.State.FAILED
    assert (there().state, there().run) == (Cycle.State.OPEN, None)
    assert settle().problems == []
    assert there().state == Cycle.State.SETTLED
