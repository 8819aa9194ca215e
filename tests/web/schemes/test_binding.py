"""Before a version holds it is published, discussed and acknowledged (S1 ❺ 8); the scheme says what must be."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.schemes.approval.selectors import tasks_of
from fairwrench.web.schemes.approval.services import version_approve, version_propose
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.binding.acknowledgements import (
    acknowledge,
    acknowledge_on_paper,
    counted,
    rows_seen,
    to_acknowledge,
)
from fairwrench.web.schemes.binding.requirements import lacking
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.work.models import Notice
from tests.web.schemes.conftest import STRICT

BLOCKS = "adoption: {publicity: block, discussion: block, acknowledgement: block, publicity_days: 3}\n"


def next_month() -> Month:
    """The month after this one."""
    return Month.of(timezone.localdate()).plus(1)


@pytest.fixture
def proposed(hr: User, draft: Callable[..., SchemeVersion]) -> Callable[..., SchemeVersion]:
    """A proposal for next month; `proposed(BLOCKS)` with more lines in its document."""

    def made(more: str = "") -> SchemeVersion:
        found, content = draft(), (STRICT + more).encode()
        found.sha256 = sha256(content).hexdigest()
        found.save()
        version_path(version=found).parent.mkdir(parents=True, exist_ok=True)
        version_path(version=found).write_bytes(content)
        return version_propose(version=found, begins=next_month(), ground="会议决定", by=hr)

    return made


def publish(version: SchemeVersion, by: User, *, days: int = 7) -> SchemeVersion:
    """Up to a day from today on."""
    until = timezone.localdate() + timedelta(days - 1)
    return VERSIONS.act(record=version, name="publish", by=by, until=str(until))


def discuss(version: SchemeVersion, by: User) -> SchemeVersion:
    return VERSIONS.act(
        record=version, name="discuss", by=by, note="12 名代表参加，无异议", held_on="2026-11-20", partner="union"
    )


def over(version: SchemeVersion) -> SchemeVersion:
    """As if the days it was published had passed."""
    yesterday = timezone.localdate() - timedelta(1)
    SchemeVersion.objects.filter(pk=version.pk).update(shown_from=yesterday, shown_until=yesterday)
    return SchemeVersion.objects.get(pk=version.pk)


def codes(version: SchemeVersion) -> list[tuple[str, bool]]:
    return [(lack.problem.code, lack.blocks) for lack in lacking(version)]


def test_what_lacks_warns_and_does_not_block_as_shipped(proposed: Callable[..., SchemeVersion], manager: User) -> None:
    """Fails when the shipped scheme says nothing of what lacks, or keeps a version out that only should wait."""
    version = proposed()
    assert codes(version) == [("not_published", False), ("not_discussed", False), ("not_acknowledged", False)]
    assert version_approve(version=version, seen=version.revision, by=manager).state == "adopted"


def test_a_scheme_that_requires_them_is_not_approved_before_all_are_done(
    proposed: Callable[..., SchemeVersion], hr: User, manager: User
) -> None:
    """Fails when a version comes into force without one of the three steps that its document requires."""
    version = proposed(BLOCKS)
    with pytest.raises(Refused) as refused:
        version_approve(version=version, seen=version.revision, by=manager)
    told = {problem.code for problem in refused.value.problems}
    assert told == {"not_published", "not_discussed", "not_acknowledged"}
    version = publish(version, hr, days=3)
    assert codes(version)[0] == ("being_published", True)
    version = discuss(over(version), hr)
    assert codes(version) == [("not_acknowledged", True)]
    people = counted(version)
    for employee in Employee.objects.all():
        if employee.pk == hr.employee_id:
            acknowledge(version=version, by=hr)
        elif not employee.has_left():
            acknowledge_on_paper(version=version, employee=employee, by=hr)
    assert (people.done, counted(version).waiting) == (0, 0)
    assert version_approve(version=version, seen=version.revision, by=manager).state == "adopted"


def test_everybody_reads_and_acknowledges_what_is_published(
    proposed: Callable[..., SchemeVersion], hr: User, technician: User, signed_in: Callable[..., Client]
) -> None:
    """Fails when a proposal is shown before it is published, cannot be read then, or is signed for twice."""
    version = proposed()
    page = reverse("schemes:read", args=[version.pk])
    client = signed_in(technician)
    assert client.get(page).status_code == 404
    assert to_acknowledge(user=technician) == []
    with pytest.raises(Refused):
        acknowledge(version=version, by=technician)
    publish(version, hr)
    assert "已阅读，签收" in client.get(page).content.decode()
    # the way it came there is HR's and the general manager's to read
    assert client.get(reverse("schemes:version", args=[version.pk])).status_code == 404
    assert to_acknowledge(user=technician) == [version]
    for _ in range(2):
        assert client.post(reverse("schemes:acknowledge", args=[version.pk])).status_code == 302
    assert to_acknowledge(user=technician) == []
    assert version.acknowledgements.filter(employee=technician.employee).count() == 1
    assert "您已于" in client.get(page).content.decode()


def test_a_version_replaced_since_waits_for_nobody(
    adopt: Callable[..., SchemeVersion], draft: Callable[..., SchemeVersion], technician: User
) -> None:
    """Fails when people are asked to sign for what holds no more."""
    old, new = adopt(draft("2026.1"), next_month().plus(-3)), adopt(draft("2026.2"), next_month().plus(-1))
    later = adopt(draft("2026.3"), next_month().plus(2))
    today = timezone.localdate()
    SchemeVersion.objects.update(shown_from=today, shown_until=today)
    assert to_acknowledge(user=technician) == [new, later]
    assert old.acknowledgements.count() == 0


def test_hr_of_a_store_sees_and_notes_its_own_people(
    proposed: Callable[..., SchemeVersion],
    hr: User,
    member: Callable[..., User],
    signed_in: Callable[..., Client],
) -> None:
    """Fails when HR of one store sees, takes away or signs for the people of another."""
    version = publish(proposed(), hr)
    east = member("E103", ("hr", "东店"))
    rows, count = rows_seen(version=version, user=east)
    theirs = {row.employee.employee_id for row in rows}
    all_rows, all_count = rows_seen(version=version, user=hr)
    others = {row.employee.employee_id for row in all_rows} - theirs
    assert others and theirs and count.people == len(theirs) < all_count.people
    client = signed_in(east)
    page = reverse("schemes:acknowledgements", args=[version.pk])
    text = client.get(page).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(page + "?export=xlsx").content))
    cells = {str(cell) for row in book.active.iter_rows(values_only=True) for cell in row}
    for other in others:
        assert other not in text
        assert not any(other in cell for cell in cells)
        answer = client.post(reverse("schemes:on_paper", args=[version.pk, other]))
        assert answer.status_code == 403
    own = sorted(theirs)[0]
    assert client.post(reverse("schemes:on_paper", args=[version.pk, own])).status_code == 302
    assert version.acknowledgements.get().on_paper
    # reminding goes to the whole group
    assert client.post(reverse("schemes:remind", args=[version.pk])).status_code == 403


def test_a_reminder_goes_to_those_who_have_not(
    proposed: Callable[..., SchemeVersion], hr: User, technician: User, manager: User, signed_in: Callable[..., Client]
) -> None:
    """Fails when somebody who signed is asked again, or somebody who has not is left out."""
    version = publish(proposed(), hr)
    acknowledge(version=version, by=technician)
    Notice.objects.all().delete()
    assert signed_in(hr).post(reverse("schemes:remind", args=[version.pk])).status_code == 302
    assert set(Notice.objects.values_list("to", flat=True)) == {manager.pk}


def test_hr_reminds_one_by_one_and_nobody_twice_within_the_hour(
    proposed: Callable[..., SchemeVersion], hr: User, technician: User, manager: User, signed_in: Callable[..., Client]
) -> None:
    """Fails when the list has no button beside who has not signed, or the button for all reminds them again."""
    version = publish(proposed(), hr)
    acknowledge(version=version, by=technician)
    Notice.objects.all().delete()
    client = signed_in(hr)
    page = client.get(reverse("schemes:acknowledgements", args=[version.pk])).text
    offers = re.findall(r'name="offer" value="([^"]+)"', page)
    assert len(offers) == 1
    assert client.post(reverse("notices:urge"), {"offer": offers[0], "next": "/"}).status_code == 302
    client.post(reverse("schemes:remind", args=[version.pk]))
    assert list(Notice.objects.values_list("to", "kind")) == [(manager.pk, Notice.Kind.URGED)]
    again = client.get(reverse("schemes:acknowledgements", args=[version.pk])).text
    assert "已催办" in again
    assert 'name="offer"' not in again


def test_who_left_has_nothing_to_acknowledge(
    proposed: Callable[..., SchemeVersion], hr: User, technician: User
) -> None:
    """Fails when somebody who is gone is counted, or signed for."""
    version = publish(proposed(), hr)
    before = counted(version).people
    gone = date(2026, 1, 31)
    Employee.objects.filter(pk=technician.employee_id).update(left_on=gone, status="left")
    assert technician.employee is not None
    technician.employee.assignments.update(left_on=gone, end=gone, status="left")
    assert counted(version).people == before - 1
    employee = Employee.objects.get(pk=technician.employee_id)
    with pytest.raises(Refused):
        acknowledge_on_paper(version=version, employee=employee, by=hr)


def test_the_general_manager_still_has_to_decide_what_was_published(
    proposed: Callable[..., SchemeVersion], hr: User, manager: User, signed_in: Callable[..., Client]
) -> None:
    """Fails when a step in between hides a proposal from whoever is to decide, or its ground from the page."""
    version = discuss(publish(proposed(), hr), hr)
    assert [task.version for task in tasks_of(user=manager)] == [version]
    text = signed_in(manager).get(reverse("schemes:version", args=[version.pk])).content.decode()
    assert "会议决定" in text and "12 名代表参加" in text and "工会" in text
    assert "现在不能批准" not in text


def test_what_is_wrong_with_a_form_is_said_and_nothing_is_kept(
    proposed: Callable[..., SchemeVersion], hr: User, signed_in: Callable[..., Client]
) -> None:
    """Fails when a shorter time than the scheme asks for, a day to come or an empty record is taken."""
    version, client, today = proposed(), signed_in(hr), timezone.localdate()
    publishing, discussing = (reverse(f"schemes:{name}", args=[version.pk]) for name in ("publish", "discuss"))
    wrong: list[tuple[str, dict[str, Any], str]] = [
        (publishing, {"until": str(today + timedelta(5))}, "不能早于"),
        (publishing, {"until": str(today + timedelta(500))}, "最长一年"),
        (publishing, {}, "公示到"),
        (discussing, {"held_on": str(today + timedelta(1)), "partner": "union", "opinions": "无"}, "还没有到"),
        (discussing, {"held_on": str(today), "partner": "union", "opinions": " "}, "意见与答复"),
        (discussing, {"held_on": str(today), "partner": "nobody", "opinions": "无"}, "参加方"),
    ]
    for address, sent, told in wrong:
        answer = client.post(address, {"revision": version.revision, **sent}, follow=True)
        assert told in answer.content.decode(), sent
    kept = SchemeVersion.objects.get(pk=version.pk)
    assert (kept.shown_from, kept.revision) == (None, version.revision)
    # published by somebody else since the page was opened
    publish(version, hr)
    late = {"revision": version.revision - 1, "until": str(today + timedelta(30))}
    assert "已有变动" in client.post(publishing, late, follow=True).content.decode()


def test_only_hr_of_the_group_publishes(
    proposed: Callable[..., SchemeVersion], member: Callable[..., User], technician: User
) -> None:
    """Fails when HR of one store, or anybody, could publish to all."""
    version = proposed()
    for user in (technician, member("E103", ("hr", "东店"))):
        with pytest.raises(PermissionDenied):
            publish(version, user)
