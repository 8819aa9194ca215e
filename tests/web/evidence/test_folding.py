"""What is decided on the pages comes to the ledger word by word, and its files are made few by night."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fairwrench.ledger.batches.compaction import MANY
from fairwrench.web.access.models import User
from fairwrench.web.evidence.events import folding
from fairwrench.web.evidence.events.events import event_append, events_land
from fairwrench.web.evidence.events.folding import ledger_fold
from fairwrench.web.evidence.selectors import ledger, sources

NIGHT, DAY = datetime(2026, 10, 31, 18, 30, tzinfo=UTC), datetime(2026, 11, 1, 2, 0, tzinfo=UTC)  # 2:30, 10:00 in China


def say(number: int) -> None:
    key = ("E2", f"item{number}", "E1", "2026-10")
    row = {**dict(zip(("employee_id", "item", "rater", "month"), key, strict=True)), "level": "良好"}
    event_append(source="ratings", period="2026-10", key=key, row=row, by=None)
    events_land(ledger=ledger(), period="2026-10")


def test_the_outbox_s_files_are_folded_by_night_alone(hr: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a month of ratings stays a thousand files, landings by day wait for it, or a rating is lost."""
    for number in range(MANY):
        say(number)
    monkeypatch.setattr(folding.timezone, "now", lambda: DAY)
    before = ledger().current("ratings", sources()["ratings"])
    assert before.height == MANY and ledger_fold() == 0
    monkeypatch.setattr(folding.timezone, "now", lambda: NIGHT)
    assert ledger_fold() == MANY
    assert ledger().table("ratings", sources()["ratings"]).files.height == 1
    assert ledger().current("ratings", sources()["ratings"]).equals(before)
    assert ledger_fold() == 0
