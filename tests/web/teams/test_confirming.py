"""Shares confirmed on the page: they land, take the place of all before, and are refused where they cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import TestCase

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.teams.confirming.services import team_set_confirm, team_set_withdraw
from fairwrench.web.teams.declared import history_of
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.teams.standing import sets_of
from fairwrench.web.work.models import Job, Notice
from tests.web.teams.conftest import OCTOBER, TEAM, draft, filed, holding, in_ledger

FIRST = "2026-10-01"


def confirm(shares: dict[str, str], by: User, **told: Any) -> TeamSet:
    """Confirmed, and landed as soon as that is written."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        row = team_set_confirm(draft=draft(shares, **told), by=by)
    row.refresh_from_db()
    assert row.job is not None and row.job.state == Job.State.DONE, row.job and row.job.problems
    return row


def withdraw(seen: dict[str, int], by: User) -> None:
    """Taken back from who saw it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        team_set_withdraw(draft=draft({}, seen=seen), by=by)


def refused(shares: dict[str, str], by: User, **told: Any) -> list[tuple[str, str]]:
    """Code and subject of what a set is refused for."""
    with pytest.raises(Refused) as found:
        confirm(shares, by, **told)
    return [(problem.code, problem.subject) for problem in found.value.problems]


def test_confirmed_shares_land_and_the_members_are_told(chief: User, member: Callable[..., User]) -> None:
    """Breaks if what a leader confirms does not reach the ledger, or the members hear of it only on pay day."""
    technician = member("E102")
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    assert in_ledger() == [(FIRST, "E102", "0.600"), (FIRST, "E103", "0.400")]
    (notice,) = Notice.objects.filter(to=technician)
    assert "您在机电一组的份额：0.600" in notice.zh and notice.url == "/teams/own/?month=2026-10"
    assert history_of(Employee.objects.get(employee_id="E103")) != []


def test_a_set_of_the_same_day_takes_the_former_one_back_in_whole(chief: User) -> None:
    """Breaks if a member who was left out keeps a share, so that the set adds up to more than 1 and holds no more."""
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    confirm({"E101": "0.5", "E102": "0.5"}, chief, seen={"E102": 600, "E103": 400})
    assert in_ledger() == [(FIRST, "E101", "0.500"), (FIRST, "E102", "0.500")]
    assert holding() == {(TEAM, FIRST): {"E101": 500, "E102": 500}}


def test_a_file_of_the_same_day_is_set_to_none_in_whole(chief: User) -> None:
    """Breaks if somebody whom a file names keeps the file's share beside what the leader confirms, or a name that the
    file writes otherwise makes it two teams in one."""
    filed({"E102": "0.5", "E103": "0.5"}, team="机电 一组")
    confirm({"E101": "0.3", "E102": "0.7"}, chief, seen={"E102": 500, "E103": 500})
    assert holding() == {(TEAM, FIRST): {"E101": 300, "E102": 700}}
    # the file's two rows say none now
    none, some = (FIRST, "E103", "0.000"), (FIRST, "E102", "0.700")
    assert in_ledger() == [(FIRST, "E101", "0.300"), (FIRST, "E102", "0.000"), some, none]


def test_what_a_file_says_is_confirmed_as_it_stands(chief: User) -> None:
    """Breaks if a leader cannot put their name to what HR handed in, or it does not land as it is the same."""
    filed({"E102": "0.6", "E103": "0.4"})
    confirm({"E102": "0.6", "E103": "0.4"}, chief, seen={"E102": 600, "E103": 400})
    (standing,) = sets_of(months=[OCTOBER])
    assert standing.row is not None and standing.row.by == chief and not standing.waits
    # taken back, the file's word stands as before
    withdraw({"E102": 600, "E103": 400}, chief)
    (standing,) = sets_of(months=[OCTOBER])
    assert standing.row is None and standing.parts == {"E102": 600, "E103": 400}


def test_a_later_day_is_a_set_of_its_own(chief: User) -> None:
    """Breaks if shares from the 16th take the place of those from the first."""
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    confirm({"E102": "1"}, chief, begin=date(2026, 10, 16))
    assert holding() == {(TEAM, FIRST): {"E102": 600, "E103": 400}, (TEAM, "2026-10-16"): {"E102": 1000}}


def test_taken_back_nothing_of_it_is_left(chief: User) -> None:
    """Breaks if shares that were confirmed by mistake go on splitting."""
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    withdraw({"E102": 600, "E103": 400}, chief)
    assert in_ledger() == [] and holding() == {}
    confirm({"E102": "1"}, chief)
    assert in_ledger() == [(FIRST, "E102", "1.000")]


@pytest.mark.parametrize(
    ("shares", "told", "wrong"),
    [
        ({"E102": "0.6", "E103": "0.3"}, {}, [("sum", "")]),
        ({"E102": "0.6", "E103": "0.5"}, {}, [("sum", "")]),
        ({"E102": "0.5", "E202": "0.5"}, {}, [("member", "E202")]),
        ({"E102": "1.2", "E103": "-0.2"}, {}, [("member", "E103")]),
        ({"E102": "0.3333", "E103": "0.6667"}, {}, [("sum", ""), ("member", "E102"), ("member", "E103")]),
        ({"E102": "1"}, {"team": "张三"}, [("team", "")]),
        ({"E102": "1"}, {"begin": date(2026, 11, 1)}, [("begin", "")]),
    ],
)
def test_what_cannot_hold_is_refused(
    shares: dict[str, str], told: dict[str, Any], wrong: list[tuple[str, str]], chief: User
) -> None:
    """Breaks if shares land that split nothing, or somebody of another store is given a part."""
    assert refused(shares, chief, **told) == wrong
    assert not TeamSet.objects.exists()


def test_who_is_not_in_service_in_the_days_is_refused(chief: User) -> None:
    """Breaks if a set from the 16th is taken though E103's last day was the 12th; from the first it is taken."""
    Employee.objects.filter(employee_id="E103").update(left_on=date(2026, 10, 12))
    late = {"begin": date(2026, 10, 16)}
    assert refused({"E102": "0.5", "E103": "0.5"}, chief, **late) == [("member", "E103")]
    confirm({"E102": "0.5", "E103": "0.5"}, chief)


@pytest.mark.parametrize(("state", "code"), [("settled", "sealed"), ("sealing", "sealed"), ("published", "published")])
def test_a_sealed_month_is_refused_with_what_to_do(state: str, code: str, chief: User, october: Cycle) -> None:
    """Breaks if shares slip behind figures that somebody approves, or nobody learns whom to ask."""
    confirm({"E102": "1"}, chief)
    Cycle.objects.filter(pk=october.pk).update(state=state)
    assert refused({"E103": "1"}, chief, seen={"E102": 1000}) == [(code, "")]
    with pytest.raises(Refused, match="HR"):
        withdraw({"E102": 1000}, chief)
    assert holding() == {(TEAM, FIRST): {"E102": 1000}}


def test_a_month_ahead_is_refused(chief: User) -> None:
    """Breaks if shares of a month that nobody began yet are confirmed."""
    told = {"month": draft({}).month.plus(1), "begin": date(2026, 11, 1)}
    assert refused({"E102": "1"}, chief, **told) == [("ahead", "")]


def test_the_second_of_two_tabs_is_told(chief: User, hr: User) -> None:
    """Breaks if whoever looked before another confirmed overwrites it unseen; the very same again is no harm."""
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    assert refused({"E102": "0.5", "E103": "0.5"}, hr) == [("changed", "")]
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    with pytest.raises(Refused, match="changed since"):
        withdraw({"E102": 1000}, hr)
    assert holding() == {(TEAM, FIRST): {"E102": 600, "E103": 400}}


def test_nobody_confirms_for_a_team_of_somebody_else(chief: User, hr: User, member: Callable[..., User]) -> None:
    """Breaks if a leader of another store, a supervisor, a technician or HR of another store gives shares away."""
    for other in (
        member("E201"),
        member("E202", ("hr", "西店")),
        member("E102"),
        member("E103", ("workshop_supervisor", "东店")),
    ):
        with pytest.raises(PermissionDenied):
            confirm({"E102": "1"}, other)
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    for other in User.objects.exclude(pk__in=[chief.pk, hr.pk]):
        with pytest.raises(PermissionDenied):
            withdraw({"E102": 600, "E103": 400}, other)
    withdraw({"E102": 600, "E103": 400}, hr)


def test_a_team_of_others_in_ones_own_store_is_theirs(chief: User, member: Callable[..., User]) -> None:
    """Breaks if whoever leads anybody in a store takes over a team whose members somebody else leads."""
    filed({"E104": "1"}, team="漆工组")
    with pytest.raises(PermissionDenied):
        confirm({"E102": "1"}, chief, team="漆工组", seen={"E104": 1000})
    # E001 leads E104 directly
    confirm({"E104": "1"}, member("E001"), team="漆工组", seen={"E104": 1000})
