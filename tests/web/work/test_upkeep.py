"""What the worker does now and then: every chore, whatever becomes of the others; lost jobs where others work too."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from fairwrench.web.access.models import Tally
from fairwrench.web.access.users.expiry import expired_forget
from fairwrench.web.evidence.events.folding import ledger_fold
from fairwrench.web.evidence.uploads.retention import uploads_tidy
from fairwrench.web.ui.declarations import declared
from fairwrench.web.work.queue import chores as upkeep
from tests.web.declaring import redeclare

pytestmark = pytest.mark.django_db


def once(*, shared: bool) -> None:
    """One round."""
    ended = Event()
    ended.set()
    upkeep.upkeep(ended, shared)


def test_what_has_run_out_is_forgotten_and_nothing_else() -> None:
    """Fails when old sessions and counts pile up, or a count is forgotten while it still protects somebody."""
    cache.set("counts", [1.0], 300)
    cache.set("over", [1.0], 300)
    Tally.objects.filter(cache_key__endswith="over").update(expires=timezone.now() - timedelta(seconds=1))
    for key, days in (("a", 1), ("b", -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))
    assert expired_forget() == 2
    assert cache.get("counts") == [1.0]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["a"]


def test_a_chore_that_fails_keeps_no_other_from_being_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Fails when one folder that cannot be read stops all tidying, or nobody hears of it."""

    def fails() -> int:
        raise OSError("no such disk")

    assert upkeep.tidy([upkeep.Chore(fails), upkeep.Chore(lambda: 3)]) == 3
    assert "no such disk" in caplog.text


@pytest.mark.parametrize("shared", [True, False])
def test_lost_jobs_are_looked_for_only_beside_other_workers(monkeypatch: pytest.MonkeyPatch, shared: bool) -> None:
    """Fails when the work of a machine that died waits for somebody to start a worker by hand."""
    done: list[str] = []
    redeclare(monkeypatch, upkeep.Chore, upkeep.Chore(lambda: done.append("chore") or 0))
    monkeypatch.setattr(upkeep, "jobs_recover", lambda: done.append("recover") or 0)
    once(shared=shared)
    assert done == (["recover", "chore"] if shared else ["chore"])


def test_the_worker_knows_every_chore() -> None:
    """Fails when the desk's files are never tidied because nobody told the worker."""
    assert {uploads_tidy, ledger_fold, expired_forget} <= {each.act for each in declared(upkeep.Chore)}


def test_a_chore_is_due_when_its_line_says_where_the_stores_are() -> None:
    """Fails when what is for the night is done by day, because the machine's clock is another country's."""
    now = datetime(2026, 11, 29, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    due = upkeep.Chore(lambda: 0, upkeep.EACH_NIGHT).due_after(now)
    assert due == datetime(2026, 11, 30, 2, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert upkeep.Chore(lambda: 0).due_after(now).minute == 7


def test_everything_is_done_at_the_beginning_and_then_when_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a machine that is off at night never tidies, or an hourly chore is done each minute."""
    done: list[str] = []
    nightly = upkeep.Chore(lambda: done.append("nightly") or 0, upkeep.EACH_NIGHT)
    minutely = upkeep.Chore(lambda: done.append("minutely") or 0, "* * * * *")
    redeclare(monkeypatch, upkeep.Chore, nightly, minutely)
    moments = iter(datetime(2026, 11, 29, 18, minute, tzinfo=ZoneInfo("Asia/Shanghai")) for minute in (0, 0, 1, 2))
    monkeypatch.setattr(upkeep.timezone, "localtime", lambda: next(moments))
    ended = Event()
    waits = iter([False, False, True])
    monkeypatch.setattr(ended, "wait", lambda _seconds: next(waits))
    upkeep.upkeep(ended, shared=False)
    assert done == ["nightly", "minutely", "minutely", "minutely"]
