"""The outbox: what is decided lands once, in the order in which it was decided, whoever is killed in between."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Upload
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence.events import events
from fairwrench.web.evidence.events.events import event_append, event_batch, events_claim, events_land
from fairwrench.web.evidence.models import EventBatch, EvidenceEvent
from fairwrench.web.evidence.selectors import sources

MONTH, OTHER = "2026-10", "2026-11"


@pytest.fixture
def ledger(tmp_path: Path, db: None) -> Ledger:
    """A ledger with nothing in it, and people of one store."""
    return Ledger(tmp_path / "ledger", time_zone=settings.TIME_ZONE)


def key(person: str = "E1", month: str = MONTH) -> tuple[str, str, str, str]:
    return (person, "conduct", "M1", month)


def row(level: str, person: str = "E1", month: str = MONTH) -> dict[str, str]:
    named = dict(zip(("employee_id", "item", "rater", "month"), key(person, month), strict=True))
    return {**named, "level": level, "rated_at": "2026-10-31T09:30:15+00:00"}


def say(level: str | None, person: str = "E1", month: str = MONTH) -> EvidenceEvent:
    told = row(level, person, month) if level else None
    return event_append(source="ratings", period=month, key=key(person, month), row=told, by=None)


def counts(ledger: Ledger) -> dict[str, str]:
    """Person → the level that counts."""
    if not ledger.has("ratings"):
        return {}
    return dict(ledger.current("ratings", sources()["ratings"]).select("employee_id", "level").iter_rows())


def test_the_last_word_about_a_key_lands_once(ledger: Ledger) -> None:
    """Fails when a word that was overtaken lands too, or landing again lands again."""
    assert [say("良好").revision, say("优秀").revision, say("合格", "E2").revision] == [1, 2, 1]
    (batch,) = events_land(ledger=ledger, period=MONTH)
    assert batch.counts["accepted"] == 2 and batch.origin.startswith(events.APP)
    assert counts(ledger) == {"E1": "优秀", "E2": "合格"}
    assert events_land(ledger=ledger, period=MONTH) == []
    assert len(ledger.batches("ratings")) == 1


def test_a_word_taken_back_ends_and_given_again_counts_again(ledger: Ledger) -> None:
    """Fails when what was withdrawn counts, or the same word given again is taken for one that landed before."""
    say("良好")
    events_land(ledger=ledger, period=MONTH)
    say(None)
    events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {}
    say("良好")
    events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {"E1": "良好"}


def test_within_one_second_given_taken_back_and_given_again(ledger: Ledger) -> None:
    """Fails when the order of words is told by the clock."""
    for level in ("良好", None, "优秀", None, "合格"):
        say(level)
    events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {"E1": "合格"}
    assert len(ledger.batches("ratings")) == 1


def test_what_was_never_landed_and_is_taken_back_leaves_nothing(ledger: Ledger) -> None:
    """Fails when a word that was taken back before anybody worked the month out counts."""
    say("良好")
    say(None)
    events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {}


def test_each_month_lands_for_itself(ledger: Ledger) -> None:
    """Fails when settling October lands what was said of November."""
    say("良好")
    say("优秀", month=OTHER)
    (batch,) = events_land(ledger=ledger, period=MONTH)
    assert batch.period == MONTH
    assert EvidenceEvent.objects.filter(batch=None).count() == 1


class Killed(Exception):
    """The worker is gone."""


@pytest.mark.parametrize("moment", ["events:claimed", "events:landed"])
def test_a_worker_killed_in_between_loses_and_doubles_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Fails when a claim whose worker died is never landed, or landed twice."""
    say("良好")

    def die(at: str) -> None:
        if at == moment:
            raise Killed

    monkeypatch.setattr(events, "passed", die)
    with pytest.raises(Killed):
        events_land(ledger=ledger, period=MONTH)
    monkeypatch.undo()
    events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {"E1": "良好"}
    assert len(ledger.batches("ratings")) == 1
    assert not EventBatch.objects.filter(landed_at=None).exists()


def test_a_worker_that_was_overtaken_does_not_bring_the_former_word_back(ledger: Ledger) -> None:
    """Fails when a claim of an older word that lands later has the last word."""
    say("良好")
    older = events_claim(period=MONTH)
    say("优秀")
    newer = events_claim(period=MONTH)
    assert older and newer
    EventBatch.objects.filter(pk=older).update(at=EventBatch.objects.get(pk=newer).at.replace(year=2030))
    events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {"E1": "优秀"}


def test_an_event_that_commits_after_the_claim_waits_for_the_next(ledger: Ledger) -> None:
    """Fails when a claim goes by numbers, so that a lower one that commits later is passed over."""
    first = say("良好")
    EvidenceEvent.objects.filter(pk=first.pk).update(period="2099-01")
    say("合格", "E2")
    events_land(ledger=ledger, period=MONTH)
    EvidenceEvent.objects.filter(pk=first.pk).update(period=MONTH)
    events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {"E1": "良好", "E2": "合格"}


def test_a_file_s_word_is_not_ended_by_taking_back_the_page_s(ledger: Ledger) -> None:
    """Fails when what HR handed in ends because somebody emptied a cell of a page."""
    say("良好")
    (batch,) = events_land(ledger=ledger, period=MONTH)
    kind = sources()["ratings"]
    rows = ledger.current("ratings", kind).with_columns(level=pl.lit("优秀"))
    rows = rows.select(*kind.columns, "store", "_row")
    period = Month.parse(MONTH)
    ledger.land("ratings", kind, rows, Upload("评分.csv", b"x"), period=period, stores=[], by="HR")
    say(None)
    events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {"E1": "优秀"}
    found = event_batch(ledger=ledger, source="ratings", key=key())
    assert found is not None and found.number > batch.number


def test_ten_thousand_events_are_one_batch(ledger: Ledger) -> None:
    """Fails when each event is a landing, or they are read one by one."""
    EvidenceEvent.objects.bulk_create(
        EvidenceEvent(
            source="ratings", period=MONTH, key=events.key_text(key(f"E{n}")), revision=1, row=row("良好", f"E{n}")
        )
        for n in range(10_000)
    )
    (batch,) = events_land(ledger=ledger, period=MONTH)
    assert batch.counts["accepted"] == 10_000 and len(ledger.batches("ratings")) == 1


def test_values_keep_their_types(ledger: Ledger) -> None:
    """Fails when points become floats, or a time loses its zone."""
    told = {**row(""), "points": "92.50", "level": ""}
    event_append(source="ratings", period=MONTH, key=key(), row=told, by=None)
    events_land(ledger=ledger, period=MONTH)
    (kept,) = ledger.current("ratings", sources()["ratings"]).to_dicts()
    assert (str(kept["points"]), kept["rated_at"].isoformat()) == ("92.50", "2026-10-31T09:30:15+00:00")


def test_a_row_without_its_key_is_refused(ledger: Ledger) -> None:
    """Fails when a decision about nobody becomes evidence."""
    event_append(source="ratings", period=MONTH, key=key(), row={**row("良好"), "rater": ""}, by=None)
    with pytest.raises(Refused):
        events_land(ledger=ledger, period=MONTH)
    assert counts(ledger) == {}
