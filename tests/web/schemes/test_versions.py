"""Versions that hold from a month on: never for settled months, withdrawn while nothing used them, never lost."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.org.models import Assignment, Position
from fairwrench.web.schemes.approval.services import version_propose, version_withdraw
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import editions_seen, months_free, opened, scheme_at, version_at
from tests.web.declaring import months_settled

State = SchemeVersion.State
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (Month(2026, month) for month in (9, 10, 11, 12))


@pytest.fixture(autouse=True)
def november(monkeypatch):
    """It is the 10th of November 2026."""
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 10))


def refused(do) -> str:
    with pytest.raises(Refused) as told:
        do()
    return told.value.problems[0].code


def test_an_adopted_version_holds_from_its_month_on(draft, adopt):
    """Fails when a month would be settled by rules that were not in force in it."""
    adopt(draft(), DECEMBER)
    assert scheme_at(month=NOVEMBER).scheme == "dealership"
    assert scheme_at(month=DECEMBER).scheme == "strict"
    assert scheme_at(month=Month(2028, 1)).version == "2026.1"
    adopt(draft("2026.2"), Month(2027, 3))
    assert scheme_at(month=Month(2027, 2)).version == "2026.1"
    assert scheme_at(month=Month(2027, 3)).version == "2026.2"


def test_a_draft_changes_nothing(draft):
    """Fails when handing a document in would already change somebody's pay."""
    draft()
    assert version_at(month=Month(2030, 1)) is None


def test_settled_months_keep_their_scheme(draft, adopt, hr, monkeypatch):
    """Fails when a published month could fall under other rules; later open months may."""
    version = draft()
    months_settled(SEPTEMBER, OCTOBER)
    for month in (Month(2026, 8), SEPTEMBER, OCTOBER):
        asked = lambda month=month: version_propose(version=version, begins=month, ground="会议决定", by=hr)  # noqa: E731
        assert refused(asked) == "settled"
    assert SchemeVersion.objects.get().state == State.DRAFT
    assert months_free()[0] == NOVEMBER
    assert adopt(version, NOVEMBER).begins == "2026-11"


def test_a_gap_before_another_version_is_free(draft, adopt, monkeypatch):
    """Fails when a settled month under a later version would keep an earlier open one from its scheme."""
    adopt(draft(), OCTOBER)
    months_settled(OCTOBER)
    assert adopt(draft("2026.2"), SEPTEMBER).state == State.ADOPTED


def test_two_versions_do_not_begin_in_one_month(draft, adopt, hr):
    """Fails when it would be left to chance which of two holds."""
    adopt(draft(), DECEMBER)
    second = draft("2026.2")
    assert refused(lambda: version_propose(version=second, begins=DECEMBER, ground="会议决定", by=hr)) == "taken"
    assert DECEMBER not in months_free()


def test_a_month_far_away_is_a_slip_of_the_pen(draft, hr):
    """Fails when 2206 would be taken for 2026."""
    version = draft()
    for month in (Month(2206, 1), Month(1926, 1)):
        asked = lambda month=month: version_propose(version=version, begins=month, ground="会议决定", by=hr)  # noqa: E731
        assert refused(asked) == "far_away"


def test_what_was_not_used_is_withdrawn_and_may_come_again(draft, adopt, hr, monkeypatch):
    """Fails when a mistake could not be taken back, or a used version could."""
    version = adopt(draft(), OCTOBER)
    months_settled(OCTOBER)
    assert refused(lambda: version_withdraw(version=version, by=hr)) == "used"
    months_settled()
    assert refused(lambda: version_withdraw(version=version, by=hr)) == "no_reason"
    assert version_withdraw(version=version, by=hr, reason="另有安排").state == State.WITHDRAWN
    steps = VERSIONS.steps(version).count()
    assert version_withdraw(version=version, by=hr).state == State.WITHDRAWN
    assert VERSIONS.steps(version).count() == steps
    assert scheme_at(month=OCTOBER).scheme == "dealership"
    again = refused(lambda: version_propose(version=version, begins=OCTOBER, ground="会议决定", by=hr))
    assert again == "moved_on"
    assert draft().state == State.DRAFT


def test_drafts_are_read_by_those_who_work_on_them(draft, adopt, manager, technician, signed_in):
    """Fails when everybody reads what was never decided, or the general manager cannot read what to decide."""
    version = draft()
    addresses = [reverse(f"schemes:{name}", args=[version.pk]) for name in ("read", "version")]
    for user in (version.by, manager):
        assert all("草案" in signed_in(user).get(address).text for address in addresses)
        assert len(editions_seen(user=user)) == 2
    assert [signed_in(technician).get(address).status_code for address in addresses] == [404, 404]
    adopt(version, NOVEMBER)
    assert "严格返修方案" in signed_in(technician).get(addresses[0]).text
    assert signed_in(technician).get(addresses[1]).status_code == 404


def test_positions_that_people_hold_are_not_lost_silently(draft, hr, signed_in):
    """Fails when a scheme without a position would leave its holders out without a word before."""
    version = draft()
    Position.objects.filter(code="workshop_manager").update(code="workshop_head", name_zh="车间主任")
    address = reverse("schemes:version", args=[version.pk])
    page = signed_in(hr).get(address).text
    assert "车间主任 (2)" in page
    assert "维修技师 (" not in page
    Assignment.objects.filter(employee__employee_id="E101").update(end=date(2026, 11, 30))
    Assignment.objects.filter(employee__employee_id="E201").update(left_on=date(2026, 11, 30))
    version_propose(version=version, begins=DECEMBER, ground="会议决定", by=hr)
    assert "车间主任 (" not in signed_in(hr).get(address).text, "nobody holds it any more when the version begins"


def test_what_is_proposed_can_be_given_to_people(draft, hr):
    """Fails when nobody can be placed in a new position before everybody is to be settled by it."""
    version = draft()
    assert not Position.objects.filter(code="tea_artist").exists()
    version_propose(version=version, begins=DECEMBER, ground="会议决定", by=hr)
    assert Position.objects.filter(code="tea_artist").exists()


def test_a_document_that_is_lost_is_told_and_the_rest_goes_on(draft, hr, signed_in):
    """Fails when one lost file would take the list, or the reading of others, with it, or could be proposed."""
    version = draft()
    version_path(version=version).unlink()
    opened.cache_clear()
    client = signed_in(hr)
    assert "strict 2026.1" in client.get(reverse("schemes:list")).text
    assert "读不出来" in client.get(reverse("schemes:read", args=[version.pk])).text
    assert client.get(reverse("schemes:read", args=["own"])).status_code == 200
    assert client.get(reverse("schemes:version", args=[version.pk])).status_code == 200
    assert client.get(reverse("schemes:document", args=[version.pk])).url == reverse("schemes:list")
    asked = refused(lambda: version_propose(version=version, begins=DECEMBER, ground="会议决定", by=hr))
    assert asked == "another_document"
