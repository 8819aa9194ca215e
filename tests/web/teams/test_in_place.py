"""Shares confirmed in the place of whoever is away: nobody gives themselves more, or brings strangers in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Delegation, User
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.teams.confirming.services import team_set_withdraw
from fairwrench.web.work.models import Notice
from tests.web.teams.conftest import SEPTEMBER, TEAM, TODAY, draft, filed, holding
from tests.web.teams.test_confirming import FIRST, confirm, refused

LAST_MONTH = {"E102": "0.5", "E103": "0.5"}


@pytest.fixture
def stand_in(member: Callable[..., User]) -> User:
    """E102, whom E101 leads, in the place of E101."""
    away, who = (Employee.objects.get(employee_id=each) for each in ("E101", "E102"))
    assert Assignment.objects.filter(employee=who, manager=away).exists()
    Delegation.objects.create(away=away, stand_in=who, begin=TODAY, end=TODAY, state="approved", leads=True)
    return member("E102")


@pytest.fixture
def told(stand_in: User, member: Callable[..., User]) -> User:
    """E103, the other member of the team, with an account."""
    return member("E103")


@pytest.mark.parametrize("shares", [{"E102": "1"}, {"E102": "0.6", "E103": "0.4"}, {"E102": "0.501", "E103": "0.499"}])
def test_a_stand_in_does_not_raise_their_own_part(shares: dict[str, str], stand_in: User) -> None:
    """Breaks if whoever stands in for the leader gives themselves the whole team's work."""
    filed(LAST_MONTH, SEPTEMBER)
    assert refused(shares, stand_in) == [("member", "E102")]
    assert holding() == {}
    confirm(LAST_MONTH, stand_in)
    assert refused(shares, stand_in, seen={"E102": 500, "E103": 500}) == [("member", "E102")]
    assert refused(shares, stand_in, begin=date(2026, 10, 16)) == [("member", "E102")]
    confirm({"E102": "0.4", "E103": "0.6"}, stand_in, begin=date(2026, 10, 16))
    assert holding() == {(TEAM, FIRST): {"E102": 500, "E103": 500}, (TEAM, "2026-10-16"): {"E102": 400, "E103": 600}}


def test_a_stand_in_makes_no_team_for_themselves(stand_in: User) -> None:
    """Breaks if a team that nobody named before is a way to a part that nobody gave."""
    assert refused({"E102": "1"}, stand_in, team="夜班组") == [("member", "E102")]
    confirm({"E103": "1"}, stand_in, team="夜班组")


def test_a_stand_in_brings_nobody_in_who_is_neither_known_nor_led(stand_in: User) -> None:
    """Breaks if somebody of the store whom the leader does not lead, and who never had a part, is given one."""
    filed(LAST_MONTH, SEPTEMBER)
    assert refused({"E103": "0.5", "E104": "0.5"}, stand_in) == [("member", "E104")]
    filed({"E102": "0.5", "E104": "0.5"}, SEPTEMBER, team="漆工组")
    confirm({"E104": "1"}, stand_in, team="漆工组")


def test_a_stand_in_takes_back_no_shares_in_which_they_have_a_part(stand_in: User, chief: User) -> None:
    """Breaks if the leader's 0.3 is taken back, and last month's 0.5 confirmed in its place."""
    filed(LAST_MONTH, SEPTEMBER)
    confirm({"E102": "0.3", "E103": "0.7"}, chief)
    with pytest.raises(Refused) as found:
        team_set_withdraw(draft=draft({}, seen={"E102": 300, "E103": 700}), by=stand_in)
    assert [problem.code for problem in found.value.problems] == ["own_part"]
    assert refused(LAST_MONTH, stand_in, seen={"E102": 300, "E103": 700}) == [("member", "E102")]


def test_who_leads_them_by_right_gives_the_parts(stand_in: User, chief: User) -> None:
    """Breaks if the leader, or HR of the store, is hindered by what binds a stand-in."""
    filed(LAST_MONTH, SEPTEMBER)
    confirm({"E102": "1"}, chief)
    confirm({"E101": "0.5", "E104": "0.5"}, chief, begin=date(2026, 10, 16))


def test_who_loses_a_part_that_was_carried_over_is_told(told: User, chief: User) -> None:
    """Breaks if somebody who had half of the work last month, and gets none now, learns it on pay day."""
    filed(LAST_MONTH, SEPTEMBER)
    confirm({"E102": "1"}, chief)
    (notice,) = Notice.objects.filter(to=told)
    assert "您在机电一组的份额：0.000（自 2026-10-01 起）" in notice.zh


def test_who_loses_a_part_from_a_later_day_on_is_told(told: User, chief: User) -> None:
    """Breaks if shares from the 16th leave out somebody who had a part until the 15th, without a word."""
    confirm(LAST_MONTH, chief)
    Notice.objects.all().delete()
    confirm({"E102": "1"}, chief, begin=date(2026, 10, 16))
    (notice,) = Notice.objects.filter(to=told)
    assert "您在机电一组的份额：0.000（自 2026-10-16 起）" in notice.zh
