"""A job is its worker's while that one lives: silent work is not done twice, and who lost a job changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import KindOfWork, Lost, Progress
from fairwrench.web.work.queue.lease import BEAT, SILENCE
from fairwrench.web.work.queue.services import job_run, job_start, jobs_recover
from tests.web.declaring import redeclare
from tests.web.work.installation import Installation

State = Job.State
#: two workers of one database: the first runs work that says nothing until it is told to go on, the second looks for
#: jobs whose worker died; a beat comes every 20 ms and a job is lost after 400
BEGIN = """
import json
from datetime import timedelta
from threading import Event, Thread
from django.db import connections
from django.utils import timezone
from fairwrench.web.work.queue import lease, services
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.services import job_start, jobs_recover, job_run
from fairwrench.web.work.queue.kinds import KindOfWork
from fairwrench.web.ui import declarations

lease.BEAT = timedelta(milliseconds=20)
lease.SILENCE = services.SILENCE = timedelta(milliseconds=400)
go_on, begun, pause = Event(), Event(), Event()
done = []

def silent(progress):
    begun.set()
    assert go_on.wait(60)
    done.append("worked")
    progress.hold()
    done.append("wrote")
    return {"times": len(done)}

declarations._parts = lambda: (KindOfWork("silent", silent),)

def first():
    try:
        job_run(job_id=job.pk)
    finally:
        connections.close_all()

def until(moment):
    while timezone.now() < moment:
        pause.wait(0.01)

job = job_start(kind="silent", key="silent", by=None)
worker = Thread(target=first)
worker.start()
assert begun.wait(60)
"""
LIVES = """
recovered = 0
until(Job.objects.get().heard_at + 3 * lease.SILENCE)
recovered = jobs_recover()
go_on.set(); worker.join()
told = Job.objects.get()
print(json.dumps({"recovered": recovered, "done": done, "state": told.state, "attempts": told.attempts}))
"""
#: the database takes no beat, as if the machine were cut off; so the job goes to another worker while the first lives
CUT_OFF = """
lease.Heartbeat._heard = lambda self: True
until(Job.objects.get().heard_at + 2 * lease.SILENCE)
recovered = jobs_recover()
before = Job.objects.get().state
go_on.set(); worker.join()
between = Job.objects.get().state
first_did = list(done)
job_run(job_id=job.pk)
told = Job.objects.get()
print(json.dumps({"recovered": recovered, "before": before, "between": between, "first": first_did, "done": done,
                  "state": told.state, "result": told.result}))
"""


@pytest.mark.slow
def test_work_that_says_nothing_for_long_keeps_its_worker(
    migrated: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Fails when a month that takes long to settle is settled by a second worker at the same time."""
    (told,) = Installation.at(tmp_path_factory.mktemp("lives") / "home", like=migrated).told(BEGIN + LIVES)
    assert told == {"recovered": 0, "done": ["worked", "wrote"], "state": "done", "attempts": 1}


@pytest.mark.slow
def test_a_worker_that_was_cut_off_loses_its_job_and_writes_nothing(
    migrated: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Fails when a worker that comes back from a cut puts its result in the place of its successor's."""
    (told,) = Installation.at(tmp_path_factory.mktemp("cut") / "home", like=migrated).told(BEGIN + CUT_OFF)
    assert (told["recovered"], told["before"], told["first"]) == (1, "queued", ["worked"])
    assert told["between"] == "queued", "the first worker does not end what is no longer its own"
    assert (told["done"], told["state"], told["result"]) == (["worked", "worked", "wrote"], "done", {"times": 3})


def test_some_beats_may_fail_before_a_job_is_lost() -> None:
    """Fails when one slow write to the database costs a living worker its job."""
    assert SILENCE >= 5 * BEAT


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, db: None) -> Callable[..., Job]:
    """Runs work that loses its job on the way to another worker, which has begun it by the time it goes on."""

    def ran(then: Callable[[Progress], Any]) -> Job:
        def work(progress: Progress) -> dict[str, Any]:
            Job.objects.update(heard_at=timezone.now() - SILENCE - timedelta(seconds=1))
            assert jobs_recover() == 1
            second = KindOfWork("taken", lambda progress: {"by": "the second"})
            redeclare(monkeypatch, KindOfWork, second)
            job_run(job_id=job.pk)
            then(progress)
            return {"by": "the first"}

        redeclare(monkeypatch, KindOfWork, KindOfWork("taken", work))
        job = job_start(kind="taken", key="taken", by=None)
        job_run(job_id=job.pk)
        return Job.objects.get(pk=job.pk)

    return ran


def fail(_progress: Progress) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "then",
    [lambda progress: None, lambda progress: progress.step("settle", "2026-10"), Progress.hold, fail],
    ids=["returns", "steps", "writes", "fails"],
)
def test_whatever_a_worker_does_without_its_job_changes_nothing(taken: Callable[..., Job], then: Any) -> None:
    """Fails when the result, the failure or the progress of a worker shows that was taken for dead."""
    job = taken(then)
    assert (job.state, job.result, job.problems, job.doing_zh) == (State.DONE, {"by": "the second"}, [], "")
    assert job.attempts == 2


@pytest.mark.django_db
def test_what_is_written_is_undone_where_the_job_was_lost() -> None:
    """Fails when a transaction whose job was lost commits what it wrote before it asked."""
    mine = Progress(Job.objects.create(kind="x", key="x", state=State.RUNNING))
    Job.objects.update(claim="00000000-0000-0000-0000-000000000001")
    with pytest.raises(Lost), transaction.atomic():
        Job.objects.create(kind="y", key="y")
        mine.hold()
    assert not Job.objects.filter(kind="y").exists()
