"""Events of several writers at once, and of workers that are killed, each in a process with a database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.web import postgres
from tests.web.conftest import MIGRATE
from tests.web.postgres import EXPECTED
from tests.web.work.installation import URL, Installation

pytestmark = pytest.mark.slow
SAY = """
import json
from django.db import connections, transaction
from fairwrench.web.evidence.events.events import event_append, events_claim, events_land
from fairwrench.web.evidence.models import EventBatch, EvidenceEvent
from fairwrench.web.evidence.selectors import ledger, sources

def say(level, person="E1"):
    key = (person, "conduct", "M1", "2026-10")
    row = dict(zip(("employee_id", "item", "rater", "month"), key)) | {"level": level} if level else None
    return event_append(source="ratings", period="2026-10", key=key, row=row, by=None)

def counts():
    at = ledger()
    if not at.has("ratings"):
        return {}
    return dict(at.current("ratings", sources()["ratings"]).select("employee_id", "level").iter_rows())
"""
LAND = 'events_land(ledger=ledger(), period="2026-10")\n'
TELL = """
batches = ledger().batches("ratings") if ledger().has("ratings") else []
unlanded = EventBatch.objects.filter(landed_at=None).count()
print(json.dumps({"counts": counts(), "batches": len(batches), "open": unlanded}))
"""
EIGHT = """
import threading
gate, failed = threading.Barrier(8), []
def write(number):
    try:
        gate.wait()
        for _ in range(5):
            with transaction.atomic():
                say("良好")
    except BaseException as error:
        failed.append(repr(error))
    finally:
        connections.close_all()
threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
revisions = sorted(EvidenceEvent.objects.values_list("revision", flat=True))
print(json.dumps({"failed": failed, "whole": revisions == list(range(1, 41))}))
"""
#: an event is numbered, then another is numbered, committed and claimed before the first one commits
LATE = """
import threading
numbered, claimed, told = threading.Event(), threading.Event(), {}
def slow():
    with transaction.atomic():
        told["slow"] = say("良好", "E1").pk
        numbered.set()
        claimed.wait(20)
    connections.close_all()
thread = threading.Thread(target=slow)
thread.start()
numbered.wait(20)
told["quick"] = say("优秀", "E2").pk
events_land(ledger=ledger(), period="2026-10")
told["first"] = counts()
claimed.set()
thread.join()
events_land(ledger=ledger(), period="2026-10")
told["then"] = counts()
print(json.dumps(told))
"""
MOMENTS = (
    "events:claimed",
    "ledger:intent written",
    "ledger:prepared",
    "ledger:committed",
    "events:landed",
)


@pytest.fixture(scope="module")
def fresh(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation in which one word waits to be landed, and another one takes the place of what landed."""
    made = Installation.at(tmp_path_factory.mktemp("events") / "home", like=migrated)
    made.told(SAY + 'say("良好"); say("合格", "E2")\n' + LAND + 'say("优秀"); say(None, "E2"); say("良好", "E3")\n')
    return made


@contextmanager
def on_postgresql() -> Iterator[dict[str, str]]:
    """What an installation has to be told to keep its rows in PostgreSQL, where writers do not wait for each other."""
    if os.environ.get(EXPECTED) == "postgresql":
        yield {}
        return
    with postgres.started() as url:
        yield {URL: url}


def test_eight_writers_lose_no_word(migrated: Installation, tmp_path: Path) -> None:
    """Fails when two words about one key get one number, or one of them is refused because the database is busy."""
    (told,) = Installation.at(tmp_path / "home", like=migrated).told(SAY + EIGHT)
    assert told == {"failed": [], "whole": True}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_anywhere_loses_and_doubles_nothing(fresh: Installation, tmp_path: Path, moment: str) -> None:
    """Fails when a rating is lost, or counts twice, or one that was taken back counts, after a kill at that moment."""
    site = Installation.at(tmp_path / "home", fresh)
    site.killed(SAY + LAND, moment)
    (told,) = site.told(SAY + LAND + TELL)
    assert told == {"counts": {"E1": "优秀", "E3": "良好"}, "batches": 2, "open": 0}


def test_a_lower_number_that_commits_later_lands_with_the_next(tmp_path: Path) -> None:
    """Fails when a claim passes over an event that was numbered before and committed after (PostgreSQL alone)."""
    with on_postgresql() as variables:
        (told,) = Installation.at(tmp_path / "home").told(MIGRATE + SAY + LATE, **variables)
    assert told["slow"] < told["quick"]
    assert told["first"] == {"E2": "优秀"}
    assert told["then"] == {"E1": "良好", "E2": "优秀"}
