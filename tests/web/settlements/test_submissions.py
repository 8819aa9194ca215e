"""Who handed in when, as the application knows it: by person and step, late by the last of it, told as evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from fairwrench.web.access.models import Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.events.events import key_text
from fairwrench.web.evidence.freshness.arrivals import Arrived
from fairwrench.web.evidence.models import Authority, EvidenceEvent
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.feeds import decided_land
from fairwrench.web.settlements.models import Rating, Result
from fairwrench.web.settlements.ratings.rating import run_to_rate
from fairwrench.web.settlements.submissions import evidence, responsible
from fairwrench.web.settlements.submissions.evidence import SUBMISSIONS, submissions_tell
from fairwrench.web.settlements.submissions.responsible import Submission, late_of, submissions

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW, LAST = str(CURRENT), str(CURRENT.plus(-1))
#: attendance of October is due on Monday the 2nd at 17:30 where the stores are, which is 9:30 UTC
IN_TIME, LATE = datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 4, 1, tzinfo=UTC)


@pytest.fixture
def cycle(group: Path, db: None) -> Cycle:
    return Cycle.objects.select_related("run").get(month=LAST)


@pytest.fixture
def landed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, datetime], None]:
    """`landed("attendance", at)`: that source first came at a moment, everything else in time."""
    came: dict[str, datetime] = {}
    real = responsible.arrived

    def arrived(month: Any) -> Any:
        places, before = real(month)
        moved = {
            (source, store): Arrived(each.number, came.get(source, IN_TIME), each.last, each.rejected)
            for (source, store), each in places.items()
        }
        return moved, before

    monkeypatch.setattr(responsible, "arrived", arrived)
    return came.__setitem__


def provider() -> str:
    """Whose duty attendance is in the demo's store."""
    return Duty.objects.get(kind=Duty.Kind.PROVIDE, subject="attendance").employee.employee_id


def line_of(lines: list[Submission], person: str, step: str) -> Submission:
    (line,) = [each for each in lines if (each.person, each.step.step) == (person, step)]
    return line


def keep_here(cycle: Cycle) -> None:
    Authority.objects.create(source=SUBMISSIONS, store="", since=cycle.month, way=Authority.Way.APP)


def test_a_provider_is_late_by_started_working_days(
    cycle: Cycle, landed: Callable[[str, datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when whoever hands in late is not named, or days are counted otherwise than by the calendar: due Monday
    17:30, there on Wednesday at nine, so the days that began on Monday and on Tuesday at 17:30."""
    landed("attendance", LATE)
    line = line_of(submissions(cycle=cycle), provider(), "discipline")
    assert (line.things, line.there, line.done) == (1, 1, LATE)
    assert late_of(line=line, scheme=scheme_at(month=cycle.at), now=LATE + timedelta(days=30)) == 2
    landed("attendance", IN_TIME)
    line = line_of(submissions(cycle=cycle), provider(), "discipline")
    assert late_of(line=line, scheme=scheme_at(month=cycle.at), now=LATE) == 0


def test_a_rater_is_done_with_the_last_rating_and_a_change_is_not_late(group: Path, db: None) -> None:
    """Fails when a rater counts as done with some still to give, or whoever corrects a rating later is made late."""
    cycle = Cycle.objects.get(month=NOW)
    manager = User.objects.select_related("employee").get(username="manager").employee
    assert manager is not None
    before = line_of(submissions(cycle=cycle), manager.employee_id, "key")
    assert before.done is None
    assert before.things - before.there == len(before.missing)
    run = run_to_rate(month=NOW)
    assert run is not None
    (item, who), *_ = [(what.zh, name) for what, name in before.missing]
    scheme = scheme_at(month=cycle.at)
    result = Result.objects.get(run=run, name=who)
    (key,) = [each.key for each in scheme.scorecards[result.scorecard].items if each.name and each.name.zh == item]
    rated = Rating.objects.create(
        month=NOW,
        employee=Employee.objects.get(employee_id=result.employee_id),
        item=key,
        rater=manager,
        role="line_manager",
        points=9000,
    )
    first = rated.rated_at
    after = line_of(submissions(cycle=cycle), manager.employee_id, "key")
    assert after.there == before.there + 1
    EvidenceEvent.objects.create(
        source="ratings",
        key=key_text((result.employee_id, key, manager.employee_id, NOW)),
        period=NOW,
        revision=1,
        row={},
    )
    Rating.objects.filter(pk=rated.pk).update(rated_at=first + timedelta(days=9))
    changed = line_of(submissions(cycle=cycle), manager.employee_id, "key")
    assert changed.last is not None
    assert changed.last < first + timedelta(days=1)


def test_it_is_told_once_where_a_store_keeps_it_here(cycle: Cycle, landed: Callable[[str, datetime], None]) -> None:
    """Fails when what the application knows is told unasked, told twice, or stands after it is known otherwise."""
    landed("attendance", LATE)
    assert submissions_tell(cycle=cycle) == 0
    keep_here(cycle)
    told = submissions_tell(cycle=cycle)
    assert told == len(submissions(cycle=cycle))
    assert submissions_tell(cycle=cycle) == 0
    (event,) = [each for each in EvidenceEvent.objects.filter(source=SUBMISSIONS) if provider() in each.key]
    assert event.row is not None
    assert event.row["due_at"] == "2026-11-02T09:30:00+00:00"
    assert event.row["submitted_at"] == "2026-11-04T01:00:00+00:00"
    # known otherwise: the same key with another moment
    landed("attendance", IN_TIME)
    assert submissions_tell(cycle=cycle) == 1
    Authority.objects.all().delete()
    assert submissions_tell(cycle=cycle) == told


def test_what_is_told_lands_as_rows_of_submissions(
    group: Path, db: None, landed: Callable[[str, datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when the rows cannot land: then neither fines are proposed of them nor handing in in time measured."""
    cycle = Cycle.objects.get(month=NOW)
    keep_here(cycle)
    # after every deadline of November
    monkeypatch.setattr(evidence.timezone, "now", lambda: datetime(2026, 12, 20, tzinfo=UTC))
    told = submissions_tell(cycle=cycle)
    decided_land(month=NOW)
    # the demo's own file says by when goals came, which the application does not note
    ours = (pl.col("month") == NOW) & (pl.col("what") != "目标设定")
    rows = ledger().current(SUBMISSIONS, sources()[SUBMISSIONS]).filter(ours)
    assert rows.filter(pl.col("employee_id").is_in([each.person for each in submissions(cycle=cycle)])).height == told
    missing = rows.filter(pl.col("employee_id") == provider(), pl.col("what").str.contains("考勤"))
    assert missing["submitted_at"].to_list() == [None]


@pytest.mark.parametrize(
    ("hours", "there"),
    [
        ([-5], -5),
        ([-5, None, 3], 3),  # taken back before the deadline and given again after it
        ([-5, 1, None, 4], -5),  # corrected after the deadline, by way of an empty cell
        ([1, None, 4], 1),
    ],
)
def test_who_took_a_rating_back_before_the_deadline_is_late(
    group: Path, db: None, hours: list[int | None], there: int
) -> None:
    """Fails when a rating that was given and emptied in time, and given long after, counts as given in time, or one
    that stood at the deadline as late because it was corrected. Hours from the deadline; None takes back."""
    manager = Employee.objects.get(user__username="manager")
    who = Employee.objects.exclude(pk=manager.pk).order_by("pk")[0]
    due = timezone.now().replace(microsecond=0)
    Rating.objects.create(month="2030-01", employee=who, item="x", rater=manager, role="line_manager", points=9000)
    key, last = key_text((who.employee_id, "x", manager.employee_id, "2030-01")), 0
    for revision, hour in enumerate(hours, start=1):
        event = EvidenceEvent.objects.create(
            source="ratings", key=key, period="2030-01", revision=revision, row=None if hour is None else {}
        )
        last = hour if hour is not None else last + 1
        EvidenceEvent.objects.filter(pk=event.pk).update(at=due + timedelta(hours=last))
    Rating.objects.filter(month="2030-01").update(rated_at=due + timedelta(hours=last))
    given = responsible.GivenRatings("2030-01")
    assert given.at((who.employee_id, "x", "line_manager"), due) == due + timedelta(hours=there)


def test_the_page_lists_the_late_and_reminds(cycle: Cycle, signed_in: Any) -> None:
    """Fails when HR does not see who is late by how much, or others see whom they do not oversee."""
    page = signed_in("hr").get(f"/months/{LAST}/submissions/?late=1")
    assert page.status_code == 200
    assert page.context["lines"]
    assert all(line.late for line in page.context["lines"])
    for name in ("technician", "manager"):
        assert signed_in(name).get(f"/months/{LAST}/submissions/").status_code in (302, 403, 404)
    missing = [line for line in signed_in("hr").get(f"/months/{NOW}/submissions/").context["lines"] if line.missing]
    assert missing
    assert any(line.offer for line in missing)


@pytest.mark.parametrize(("name", "reminds"), [("hr", True), ("gm", True), ("auditor", False), ("assistant", False)])
def test_who_only_looks_reminds_nobody(cycle: Cycle, signed_in: Any, name: str, reminds: bool) -> None:
    """Fails when an auditor is offered a button that writes to people."""
    page = signed_in(name).get(f"/months/{NOW}/submissions/")
    assert any(line.missing for line in page.context["lines"])
    assert any(line.offer for line in page.context["lines"]) == reminds
    assert ('name="offer"' in page.text) == reminds


def test_hr_of_another_store_sees_nobody_of_this_one(cycle: Cycle, signed_in: Any) -> None:
    """Fails when somebody of one store reads who is late in another."""
    other = Unit.objects.create(kind=Unit.Kind.STORE, name="城南店", parent=Unit.objects.filter(parent=None).first())
    hr = User.objects.get(username="hr")
    Grant.objects.filter(user=hr).update(unit=other)
    page = signed_in("hr").get(f"/months/{LAST}/submissions/")
    assert (page.status_code, page.context["lines"]) == (200, [])
