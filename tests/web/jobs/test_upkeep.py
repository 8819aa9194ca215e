"""What the worker does now and then: every chore, whatever becomes of the others; lost jobs where others work too."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from fairwrench.web.evidence.tidying import uploads_tidy
from fairwrench.web.jobs import upkeep
from fairwrench.web.people.expiry import expired_forget
from fairwrench.web.people.models import Tally

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


def test_the_queue_forgets_what_ended_long_ago() -> None:
    """Fails when the queue grows for ever, or forgets work that waits, runs, or has just failed."""
    old, new = timezone.now() - timedelta(days=15), timezone.now() - timedelta(days=13)
    kept = []
    for status, finished in (("SUCCESSFUL", old), ("FAILED", old), ("FAILED", new), ("READY", None), ("RUNNING", None)):
        made = DBTaskResult.objects.create(
            status=status, finished_at=finished, args_kwargs={"args": [], "kwargs": {}}, task_path="x", backend_name="b"
        )
        kept += [made.pk] if finished != old else []
    assert upkeep.queue_forget() == 2
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == set(kept)


def test_a_chore_that_fails_keeps_no_other_from_being_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Fails when one folder that cannot be read stops all tidying, or nobody hears of it."""

    def fails() -> int:
        raise OSError("no such disk")

    monkeypatch.setattr(upkeep, "CHORES", [fails, lambda: 3])
    assert upkeep.tidy() == 3
    assert "no such disk" in caplog.text


@pytest.mark.parametrize("shared", [True, False])
def test_lost_jobs_are_looked_for_only_beside_other_workers(monkeypatch: pytest.MonkeyPatch, shared: bool) -> None:
    """Fails when the work of a machine that died waits for somebody to start a worker by hand."""
    done: list[str] = []
    monkeypatch.setattr(upkeep, "CHORES", [lambda: done.append("chore") or 0])
    monkeypatch.setattr(upkeep, "jobs_recover", lambda: done.append("recover") or 0)
    once(shared=shared)
    assert done == (["recover", "chore"] if shared else ["chore"])


def test_the_worker_knows_every_chore() -> None:
    """Fails when the desk's files are never tidied because nobody told the worker."""
    assert {uploads_tidy, expired_forget, upkeep.queue_forget} <= set(upkeep.CHORES)
