"""Versions that hold from a month on: adopted once, never for settled months, withdrawn while nothing used them."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.people.models import Position
from fairwrench.web.schemes import hooks
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import editions_seen, months_free, opened, scheme_at, version_at, version_path
from fairwrench.web.schemes.services import version_adopt, version_withdraw
from tests.web.schemes.conftest import STRICT

State = SchemeVersion.State
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (Month(2026, month) for month in (9, 10, 11, 12))


@pytest.fixture(autouse=True)
def november(monkeypatch):
    """It is the 10th of November 2026."""
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 10))


@pytest.fixture
def draft(hr):
    """Makes drafts as they are kept once they were checked: `draft("2026.2")`."""

    def made(version="2026.1"):
        content = STRICT.replace("2026.1", version).encode()
        name, digest = f"strict-{version}.yaml", sha256(content).hexdigest()
        found = SchemeVersion.objects.create(name="strict", version=version, sha256=digest, file=name, by=hr)
        version_path(version=found).parent.mkdir(parents=True, exist_ok=True)
        version_path(version=found).write_bytes(content)
        return found

    return made


def refused(do) -> str:
    with pytest.raises(Refused) as told:
        do()
    return told.value.problems[0].code


def settle(monkeypatch, *months):
    monkeypatch.setattr(hooks, "IS_SETTLED", [lambda month: month in months])


def test_an_adopted_version_holds_from_its_month_on(draft, hr):
    """Fails when a month would be settled by rules that were not in force in it."""
    version_adopt(version=draft(), begins=DECEMBER, by=hr)
    assert scheme_at(month=NOVEMBER).scheme == "dealership"
    assert scheme_at(month=DECEMBER).scheme == "strict"
    assert scheme_at(month=Month(2028, 1)).version == "2026.1"
    version_adopt(version=draft("2026.2"), begins=Month(2027, 3), by=hr)
    assert scheme_at(month=Month(2027, 2)).version == "2026.1"
    assert scheme_at(month=Month(2027, 3)).version == "2026.2"


def test_a_draft_changes_nothing(draft):
    """Fails when handing a document in would already change somebody's pay."""
    draft()
    assert version_at(month=Month(2030, 1)) is None


def test_settled_months_keep_their_scheme(draft, hr, monkeypatch):
    """Fails when a published month could fall under other rules; later open months may."""
    version = draft()
    settle(monkeypatch, SEPTEMBER, OCTOBER)
    for month in (Month(2026, 8), SEPTEMBER, OCTOBER):
        assert refused(lambda month=month: version_adopt(version=version, begins=month, by=hr)) == "settled"
    assert SchemeVersion.objects.get().state == State.DRAFT
    assert months_free()[0] == NOVEMBER
    assert version_adopt(version=version, begins=NOVEMBER, by=hr).begins == "2026-11"


def test_a_gap_before_another_version_is_free(draft, hr, monkeypatch):
    """Fails when a settled month under a later version would keep an earlier open one from its scheme."""
    version_adopt(version=draft(), begins=OCTOBER, by=hr)
    settle(monkeypatch, OCTOBER)
    assert version_adopt(version=draft("2026.2"), begins=SEPTEMBER, by=hr).state == State.ADOPTED


def test_two_versions_do_not_begin_in_one_month(draft, hr):
    """Fails when it would be left to chance which of two holds."""
    version_adopt(version=draft(), begins=DECEMBER, by=hr)
    second = draft("2026.2")
    assert refused(lambda: version_adopt(version=second, begins=DECEMBER, by=hr)) == "taken"
    assert DECEMBER not in months_free()


def test_a_month_far_away_is_a_slip_of_the_pen(draft, hr):
    """Fails when 2206 would be taken for 2026."""
    version = draft()
    for month in (Month(2206, 1), Month(1926, 1)):
        assert refused(lambda month=month: version_adopt(version=version, begins=month, by=hr)) == "far_away"


def test_two_people_press_and_it_is_adopted_once(draft, hr, member):
    """Fails when the second press would change month, name or time of the first, or say that it failed."""
    version, other = draft(), member("E201", "hr")
    first = version_adopt(version=version, begins=DECEMBER, by=hr)
    logged = LogEntry.objects.get_for_object(version).count()
    again = version_adopt(version=version, begins=DECEMBER, by=other)
    assert (again.adopted_by, again.adopted_at) == (hr, first.adopted_at)
    assert LogEntry.objects.get_for_object(version).count() == logged
    moved = refused(lambda: version_adopt(version=version, begins=Month(2027, 1), by=other))
    assert moved == "moved_on"


def test_who_did_what_is_on_record(draft, hr, signed_in):
    """Fails when nobody could say who let a version hold."""
    version = draft()
    client = signed_in(hr)
    page = client.post(reverse("schemes:adopt", args=[version.pk]), {"begins": "2026-12", "note": "总经理 11 月批准"})
    assert page.url == reverse("schemes:list")
    entry = LogEntry.objects.get_for_object(version).order_by("-id").first()
    assert entry.actor == hr
    assert entry.changes["state"] == ["draft", "adopted"]
    assert SchemeVersion.objects.get().note == "总经理 11 月批准"
    listed = client.get(reverse("schemes:list")).text
    for words in ("待生效", "自 2026-12 起适用", "适用至 2026-11", "现行"):
        assert words in listed, words
    again = client.post(reverse("schemes:adopt", args=[version.pk]), {"begins": "2026-12"})
    assert again.status_code == 302


def test_what_was_not_used_is_withdrawn_and_may_come_again(draft, hr, monkeypatch):
    """Fails when a mistake could not be taken back, or a used version could."""
    version = version_adopt(version=draft(), begins=OCTOBER, by=hr)
    settle(monkeypatch, OCTOBER)
    assert refused(lambda: version_withdraw(version=version, by=hr)) == "used"
    settle(monkeypatch)
    assert version_withdraw(version=version, by=hr).state == State.WITHDRAWN
    assert version_withdraw(version=version, by=hr).state == State.WITHDRAWN
    assert scheme_at(month=OCTOBER).scheme == "dealership"
    assert refused(lambda: version_adopt(version=version, begins=OCTOBER, by=hr)) == "moved_on"
    assert draft().state == State.DRAFT


def test_drafts_are_read_by_those_who_work_on_them(draft, hr, technician, member, signed_in):
    """Fails when everybody reads what was never decided, or the general manager cannot read what to decide."""
    version = draft()
    address = reverse("schemes:read", args=[version.pk])
    for user in (hr, member("E001", "general_manager")):
        assert "草案" in signed_in(user).get(address).text
        assert len(editions_seen(user=user)) == 2
    assert signed_in(technician).get(address).status_code == 404
    version_adopt(version=version, begins=NOVEMBER, by=hr)
    assert "严格返修方案" in signed_in(technician).get(address).text


def test_only_hr_adopts_withdraws_and_takes_documents(draft, technician, member, signed_in):
    """Fails when anybody else could put rules into force, by the page or past it."""
    version = draft()
    for user in (technician, member("E001", "general_manager")):
        client = signed_in(user)
        for name in ("adopt", "withdraw", "document"):
            address = reverse(f"schemes:{name}", args=[version.pk])
            assert client.get(address).status_code == 403
            assert client.post(address).status_code == 403
        with pytest.raises(PermissionDenied):
            version_adopt(version=version, begins=DECEMBER, by=user)
        with pytest.raises(PermissionDenied):
            version_withdraw(version=version, by=user)
    assert SchemeVersion.objects.get().state == State.DRAFT


def test_refusals_are_told_on_the_page(draft, hr, signed_in, monkeypatch):
    """Fails when somebody would press a button and learn nothing."""
    version, client = draft(), signed_in(hr)
    page = client.get(reverse("schemes:adopt", args=[version.pk])).text
    assert '<option value="2026-12" selected>' in page
    settle(monkeypatch, NOVEMBER)
    late = client.post(reverse("schemes:adopt", args=[version.pk]), {"begins": "2026-11"})
    assert "invalid-feedback" in late.text
    assert client.post(reverse("schemes:adopt", args=[version.pk]), {"begins": ""}).status_code == 200
    version_adopt(version=version, begins=DECEMBER, by=hr)
    moved = client.post(reverse("schemes:adopt", args=[version.pk]), {"begins": "2027-01"}, follow=True)
    assert "已由他人确认自 2026-12 起生效" in moved.text


def test_positions_that_people_hold_are_not_lost_silently(draft, hr, signed_in):
    """Fails when a scheme without a position would leave its holders out without a word before."""
    version = draft()
    Position.objects.filter(code="workshop_manager").update(code="workshop_head")
    page = signed_in(hr).get(reverse("schemes:adopt", args=[version.pk])).text
    assert "workshop_head (2)" in page
    assert "technician (" not in page


def test_a_document_that_is_lost_is_told_and_the_rest_goes_on(draft, hr, signed_in):
    """Fails when one lost file would take the list, or the reading of others, with it."""
    version = draft()
    version_path(version=version).unlink()
    opened.cache_clear()
    client = signed_in(hr)
    assert "strict 2026.1" in client.get(reverse("schemes:list")).text
    assert "读不出来" in client.get(reverse("schemes:read", args=[version.pk])).text
    assert client.get(reverse("schemes:read", args=["own"])).status_code == 200
    assert client.get(reverse("schemes:adopt", args=[version.pk])).status_code == 200
    assert client.get(reverse("schemes:document", args=[version.pk])).url == reverse("schemes:list")
