"""A ledger ahead of its database: nothing lands until an administrator has looked at what the database lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.evidence.events.events import decided_here, event_append, events_land
from fairwrench.web.evidence.models import EventBatch, EvidenceEvent, Landing, Upload
from fairwrench.web.evidence.selectors import ledger
from fairwrench.web.evidence.uploads.services import upload_land
from fairwrench.web.evidence.uploads.unknown_batches import batches_adopt, batches_unknown, landings_synchronise
from fairwrench.web.work.queue.services import job_retry
from tests.web.evidence.conftest import Hand, orders

OTHER = orders("A9,2026-10-20 08:00,2026-10-20 12:00,2026-10-20 11:00,E2,E4,维修,70.00")


@pytest.fixture
def administrator(user: Callable[..., User]) -> User:
    return user("H2", "administrator")


def landed(upload: Upload, by: User) -> Upload:
    upload_land(upload=upload, version=upload.version, by=by)
    return Upload.objects.get(pk=upload.pk)


def restored_from_before(upload: Upload) -> None:
    """The database as a backup from before the file has it; the ledger goes on knowing the file's batch."""
    Landing.objects.all().delete()
    upload.delete()


def batches() -> list[tuple[str, int]]:
    return [(batch.source, batch.number) for batch in ledger().batches()]


def test_nothing_lands_beside_batches_that_the_database_lacks(hand_in: Hand, hr: User, administrator: User) -> None:
    """Fails when a restored database lands on, as if what the ledger holds beyond it had been decided here."""
    restored_from_before(landed(hand_in(), hr))
    upload = landed(hand_in(OTHER), hr)
    assert upload.state != Upload.State.LANDED and batches() == [("repair_orders", 1)]
    with pytest.raises(Refused) as refused:
        landings_synchronise(ledger=ledger())
    assert [problem.code for problem in refused.value.problems] == ["ledger_ahead"]
    assert not Landing.objects.exists()
    assert batches_adopt(ledger=ledger(), seen=1, by=administrator) == 1
    assert Landing.objects.get().adopted_by == administrator
    assert upload.job is not None
    job_retry(job=upload.job)
    assert Upload.objects.get(pk=upload.pk).state == Upload.State.LANDED
    assert batches() == [("repair_orders", 1), ("repair_orders", 2)]


def test_what_landed_here_and_was_not_written_down_is_known(hand_in: Hand, hr: User) -> None:
    """Fails when a worker that was killed between ledger and database stops everybody's landings."""
    landed(hand_in(), hr)
    event_append(source="ratings", period="2026-10", key=KEY, row=RATING, by=hr)
    events_land(ledger=ledger(), period="2026-10")
    Landing.objects.all().delete()
    assert batches_unknown(ledger=ledger()) == []
    assert landings_synchronise(ledger=ledger()) == 2


KEY = ("E2", "conduct", "E1", "2026-10")
RATING = {**dict(zip(("employee_id", "item", "rater", "month"), KEY, strict=True)), "level": "良好"}


def test_what_was_decided_after_the_backup_is_no_word_of_these_pages(hr: User, administrator: User) -> None:
    """Fails when a rating that the restored database does not show is taken for one that stands on the page."""
    event_append(source="ratings", period="2026-10", key=KEY, row=RATING, by=hr)
    (batch,) = events_land(ledger=ledger(), period="2026-10")
    assert decided_here([batch]) == [1]
    EvidenceEvent.objects.all().delete()
    EventBatch.objects.all().delete()
    assert [unknown.number for unknown in batches_unknown(ledger=ledger())] == [1]
    assert decided_here([batch]) == []


def test_an_administrator_looks_and_decides(
    hand_in: Hand, hr: User, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    """Fails when others may let batches count, a page that shows others does, or nobody is told that there are any."""
    restored_from_before(landed(hand_in(), hr))
    page, adopt = reverse("evidence:unknown"), reverse("evidence:adopt")
    theirs: Any = signed_in(hr)
    assert theirs.get(page).status_code == 403 and theirs.post(adopt, {"seen": 1}).status_code == 403
    ours: Any = signed_in(administrator)
    assert page in ours.get(reverse("evidence:desk")).content.decode()
    assert "东店_维修工单.csv" in ours.get(page).content.decode()
    assert "请重新核对" in ours.post(adopt, {"seen": 2}, follow=True).content.decode()
    assert not Landing.objects.exists()
    assert "已登记" in ours.post(adopt, {"seen": 1}, follow=True).content.decode()
    assert "周人事" in ours.get(reverse("evidence:batch", args=["repair_orders", 1])).content.decode()
    assert page not in ours.get(reverse("evidence:desk")).content.decode()
