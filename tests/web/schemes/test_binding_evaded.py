"""What is done before a version holds cannot be gone round: by taking it back, by its own document, by HR."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.schemes.approval.services import version_propose
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.binding.acknowledgements import (
    acknowledge_on_paper,
    paper_object,
    paper_undo,
    to_acknowledge,
)
from fairwrench.web.schemes.binding.requirements import adoption_of
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.services import version_add
from fairwrench.web.schemes.todos import todos_of
from fairwrench.web.work.models import Notice
from tests.web.schemes import test_binding
from tests.web.schemes.conftest import STRICT
from tests.web.schemes.test_binding import BLOCKS, codes, next_month, publish

proposed = test_binding.proposed
Proposed = Callable[..., SchemeVersion]
OFF = "adoption: {publicity: off, discussion: off, acknowledgement: off, publicity_days: 0}\n"


@pytest.mark.parametrize("act", ["take_back", "send_back"])
def test_a_proposal_that_goes_back_is_shown_no_more_and_anew_from_the_start(
    *,
    proposed: Proposed,
    hr: User,
    manager: User,
    technician: User,
    signed_in: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    act: str,
) -> None:
    """Breaks if the days between a taking back and the next proposal count as days on which everybody could read it."""
    version = publish(proposed(BLOCKS), hr, days=3)
    by = hr if act == "take_back" else manager
    version = VERSIONS.act(record=version, name=act, by=by, note="金额写错")
    page = reverse("schemes:read", args=[version.pk])
    assert signed_in(technician).get(page).status_code == 404
    later = timezone.localdate() + timedelta(4)
    monkeypatch.setattr(timezone, "localdate", lambda *_: later)
    version = version_propose(version=version, begins=next_month(), ground="再提", by=hr)
    assert (version.shown_from, version.shown_until) == (None, None)
    assert codes(version)[0] == ("not_published", True)
    assert signed_in(technician).get(page).status_code == 404 and to_acknowledge(user=technician) == []
    assert publish(version, hr, days=3).shown_from == later


def test_a_version_does_not_let_itself_off(proposed: Proposed, manager: User, signed_in: Callable[..., Client]) -> None:
    """Breaks if a document can switch off what the scheme in force asks for: as shipped, three warnings and 7 days."""
    version = proposed(OFF)
    assert codes(version) == [("not_published", False), ("not_discussed", False), ("not_acknowledged", False)]
    asked = adoption_of(version)
    assert (asked.publicity, asked.discussion, asked.publicity_days) == ("warn", "warn", 7)
    page = signed_in(manager).get(reverse("schemes:version", args=[version.pk])).content.decode()
    assert "按现行制度的要求办" in page


def test_a_stricter_document_keeps_its_own_word(proposed: Proposed) -> None:
    """Breaks if the scheme in force softens what a new one asks for."""
    asked = adoption_of(proposed(BLOCKS))
    assert (asked.publicity, asked.acknowledgement, asked.publicity_days) == ("block", "block", 7)


def test_who_is_noted_on_paper_is_told_by_whom_and_may_object(
    proposed: Proposed, hr: User, technician: User, signed_in: Callable[..., Client]
) -> None:
    """Breaks if HR's note passes for the person's own word, behind their back and for good."""
    version = publish(proposed(), hr)
    Notice.objects.all().delete()
    assert technician.employee is not None
    acknowledge_on_paper(version=version, employee=technician.employee, by=hr)
    (told,) = Notice.objects.all()
    assert told.to == technician and "登记您已纸质签收" in told.zh
    client, page = signed_in(technician), reverse("schemes:read", args=[version.pk])
    text = client.get(page).content.decode()
    assert f"人力资源 {hr} 于" in text and "登记您已纸质签收" in text and "您已于" not in text
    objecting = reverse("schemes:paper_object", args=[version.pk])
    assert "请写明原因" in client.post(objecting, {"reason": " "}, follow=True).content.decode()
    assert version.acknowledgements.count() == 1
    assert client.post(objecting, {"reason": "我没有签过"}).status_code == 302
    assert version.acknowledgements.count() == 0 and to_acknowledge(user=technician) == [version]
    assert "我没有签过" in Notice.objects.get(to=hr).zh
    assert any("我没有签过" in str(entry.changes) for entry in LogEntry.objects.filter(object_repr__contains="E102"))


def test_who_acknowledged_it_themselves_is_not_noted_on_paper(
    proposed: Proposed, hr: User, technician: User, signed_in: Callable[..., Client]
) -> None:
    """Breaks if HR reads that a signature on paper was noted, and none was."""
    version = publish(proposed(), hr)
    assert technician.employee is not None
    version.acknowledgements.create(employee=technician.employee, by=technician)
    address = reverse("schemes:on_paper", args=[version.pk, "E102"])
    text = signed_in(hr).post(address, follow=True).content.decode()
    assert "已登记" not in text and "已本人签收，没有登记纸质签收" in text
    assert not version.acknowledgements.get().on_paper


def test_hr_takes_a_note_back_with_a_reason_and_notes_none_of_their_own(
    proposed: Proposed, hr: User, technician: User, signed_in: Callable[..., Client]
) -> None:
    """Breaks if a slip of HR stays for good, goes without a reason or a word to the person, or HR signs for itself."""
    version = publish(proposed(), hr)
    own = hr.employee
    assert own is not None and technician.employee is not None
    with pytest.raises(Refused) as refused:
        acknowledge_on_paper(version=version, employee=own, by=hr)
    assert refused.value.problems[0].code == "oneself"
    client = signed_in(hr)
    listed = client.get(reverse("schemes:acknowledgements", args=[version.pk])).content.decode()
    assert reverse("schemes:on_paper", args=[version.pk, "E102"]) in listed
    assert reverse("schemes:on_paper", args=[version.pk, own.employee_id]) not in listed
    acknowledge_on_paper(version=version, employee=technician.employee, by=hr)
    Notice.objects.all().delete()
    address = reverse("schemes:paper_undo", args=[version.pk, "E102"])
    assert address in client.get(reverse("schemes:acknowledgements", args=[version.pk])).content.decode()
    client.post(address)
    assert version.acknowledgements.count() == 1
    client.post(address, {"reason": "登记错了人"})
    assert version.acknowledgements.count() == 0
    assert "登记错了人" in Notice.objects.get(to=technician).zh


def test_a_signature_of_ones_own_is_nobodys_to_take_out(
    proposed: Proposed, hr: User, technician: User, member: Callable[..., User]
) -> None:
    """Breaks if HR takes out what a person said themselves, or HR of one store what concerns another's people."""
    version = publish(proposed(), hr)
    west = member("E201", ("hr", "西店"))
    employee = Employee.objects.get(pk=technician.employee_id)
    acknowledge_on_paper(version=version, employee=employee, by=hr)
    with pytest.raises(Exception, match=r"schemes\.note_acknowledgement"):
        paper_undo(version=version, employee=employee, reason="错", by=west)
    version.acknowledgements.update(on_paper=False)
    for act in (
        lambda: paper_undo(version=version, employee=employee, reason="错", by=hr),
        lambda: paper_object(version=version, reason="错", by=technician),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.problems[0].code == "not_on_paper"


def test_what_changed_stands_first_and_the_button_at_both_ends(
    proposed: Proposed, hr: User, technician: User, signed_in: Callable[..., Client]
) -> None:
    """Breaks if somebody on a phone has to read ninety screens to find out what is new, and scroll back to sign."""
    version = publish(proposed(), hr)
    page = signed_in(technician).get(reverse("schemes:read", args=[version.pk])).content.decode()
    assert page.count("已阅读，签收") == 2
    # the strict draft changes one thing in items: rework from the shipped target to 2 %
    assert 0 < page.index("与上一版本相比改了什么") < page.index('class="regulation"')


def test_a_version_is_called_by_its_chinese_name(hr: User, technician: User, home: object) -> None:
    """Breaks if people are asked to sign for `strict 2026.1`, which is how files are named."""
    version = version_add(content=STRICT.encode(), name="strict.yaml", by=hr)
    version = publish(version_propose(version=version, begins=next_month(), ground="会议", by=hr), hr)
    (todo,) = [each for each in todos_of(technician) if "签收" in str(each.words)]
    assert todo.words == (
        "制度“严格返修方案 2026.1”待您签收",
        "Stricter on rework 2026.1 waits for your acknowledgement",
    )
    assert str(version) == "严格返修方案 2026.1"
