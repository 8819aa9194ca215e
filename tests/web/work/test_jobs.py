"""Jobs: one at a time for a key, told how they end, tried again, shown to whom they concern."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import Grant, User
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue import queue
from fairwrench.web.work.queue.kinds import KindOfWork, Progress
from fairwrench.web.work.queue.queue import work_off
from fairwrench.web.work.queue.services import ATTEMPTS, SILENCE, job_retry, job_run, job_start, jobs_recover
from tests.web.declaring import redeclare

pytestmark = pytest.mark.django_db
State = Job.State


class Work:
    """A kind of work that notes what it was asked for and ends as it is told to."""

    def __init__(self) -> None:
        self.done: list[dict[str, Any]] = []
        self.wrong: Exception | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, progress: Progress, **arguments: Any) -> dict[str, Any]:
        self.done.append(arguments)
        self.meanwhile()
        if self.wrong:
            raise self.wrong
        return {"times": len(self.done)}


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    made = Work()
    redeclare(monkeypatch, KindOfWork, KindOfWork("count", made))
    return made


def start(**more: Any) -> Job:
    return job_start(kind="count", key="count:1", by=None, **more)


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


@pytest.mark.usefixtures("work")
def test_two_starts_with_one_key_are_one_job() -> None:
    """Fails when two people who press the same button begin the same work twice."""
    assert start() == start()
    assert Job.objects.count() == 1


def test_a_job_that_two_workers_take_runs_once(work: Work) -> None:
    """Fails when two workers that look into the queue at once do the same work."""
    job = start()
    job_run(job_id=job.pk)
    job_run(job_id=job.pk)
    assert work.done == [{}]
    assert (again(job).state, again(job).result, again(job).attempts) == (State.DONE, {"times": 1}, 1)


def test_after_it_ended_the_same_work_can_be_begun_again(work: Work) -> None:
    """Fails when a month could be settled only once."""
    first = start()
    job_run(job_id=first.pk)
    assert start() != first


def test_what_came_while_the_work_ran_is_worked_off_too(work: Work, django_capture_on_commit_callbacks: Any) -> None:
    """Fails when evidence that landed during an estimate shows only after the next landing."""
    given: list[Job] = []
    work.meanwhile = lambda: given.append(start(rerun=True)) if not given else None
    with django_capture_on_commit_callbacks(execute=True):
        job = start(rerun=True)
    assert given == [job]
    assert len(work.done) == 2
    assert list(Job.objects.values_list("state", flat=True)) == [State.DONE] * 2


def test_a_button_pressed_while_the_work_runs_does_not_double_it(
    work: Work, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when a month is settled a second time because somebody else pressed the button meanwhile."""
    work.meanwhile = start
    with django_capture_on_commit_callbacks(execute=True):
        start()
    assert len(work.done) == 1


def test_refused_work_shows_why_and_can_be_tried_again(work: Work) -> None:
    """Fails when the reasons of a refusal get lost, or a mended month needs a new job."""
    work.wrong = Refused([Problem("no_roster", "没有花名册", "there is no roster")])
    job = start()
    job_run(job_id=job.pk)
    failed = again(job)
    assert (failed.state, [problem["code"] for problem in failed.problems]) == (State.FAILED, ["no_roster"])
    work.wrong = None
    assert job_retry(job=failed).state == State.QUEUED
    job_run(job_id=job.pk)
    assert (again(job).state, again(job).problems) == (State.DONE, [])


def test_a_fault_is_told_without_its_innards(work: Work) -> None:
    """Fails when a fault leaves a job running for ever, or shows people a traceback."""
    work.wrong = ZeroDivisionError("a secret of the code")
    job = start()
    job_run(job_id=job.pk)
    failed = again(job)
    assert failed.state == State.FAILED
    assert [problem["code"] for problem in failed.problems] == ["fault"]
    assert "secret" not in str(failed.problems)
    assert str(job.pk) in str(failed.problems)


def test_trying_again_gives_the_work_that_is_under_way(work: Work) -> None:
    """Fails when retrying old work beside the same work under way ends in an error page or in doing it twice."""
    work.wrong = ZeroDivisionError()
    old = start()
    job_run(job_id=old.pk)
    new = start()
    assert new != old
    assert job_retry(job=again(old)) == new
    assert again(old).state == State.FAILED


def test_only_what_is_silent_is_taken_from_other_machines(work: Work) -> None:
    """Fails when one machine's start takes away what another one works on."""
    job = start()
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, heard_at=timezone.now())
    assert jobs_recover() == 0
    Job.objects.filter(pk=job.pk).update(heard_at=timezone.now() - SILENCE - timedelta(seconds=1))
    assert jobs_recover() == 1
    assert again(job).state == State.QUEUED


def test_the_queue_is_worked_off_in_the_order_in_which_work_was_begun(work: Work) -> None:
    """Fails when work that nobody was told of waits for ever, when a busy queue starves old work, or when what comes
    meanwhile is left."""
    for number in (1, 2):
        job_start(kind="count", key=f"count:{number}", by=None, number=number)
    work.meanwhile = lambda: job_start(kind="count", key="count:3", by=None, number=3) if len(work.done) == 1 else None
    work_off(ended=Event(), batch=True)
    assert [told["number"] for told in work.done] == [1, 2, 3]
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}


def test_a_worker_that_is_told_to_stop_finishes_its_job_and_begins_no_other(work: Work) -> None:
    """Fails when a restart cuts work short, or waits until the whole queue is empty."""
    ended = Event()
    work.meanwhile = ended.set
    for number in (1, 2):
        job_start(kind="count", key=f"count:{number}", by=None, number=number)
    work_off(ended=ended)
    assert list(Job.objects.order_by("made_at").values_list("state", flat=True)) == [State.DONE, State.QUEUED]


def test_a_database_that_does_not_answer_ends_no_worker(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a lock that is held for long, or a database that starts anew, takes the worker and the site down."""
    job, ended = start(), Event()
    answers = iter([OperationalError("database is locked"), job.pk])
    work.meanwhile = ended.set

    def next_one() -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(queue, "job_next", next_one)
    monkeypatch.setattr(queue, "PAUSE", 0)
    work_off(ended=ended)
    assert again(job).state == State.DONE


def test_work_that_ends_its_worker_each_time_is_given_up(work: Work) -> None:
    """Fails when a job that needs more memory than there is takes the worker down for ever."""
    job = start()
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, heard_at=timezone.now(), attempts=ATTEMPTS)
    jobs_recover(everything=True)
    assert again(job).state == State.FAILED
    assert [problem["code"] for problem in again(job).problems] == ["worker_died"]
    assert work.done == []
    assert job_retry(job=again(job)).attempts == 0


def test_an_unknown_kind_of_work_is_not_begun() -> None:
    """Fails when a misspelt kind waits in the database for a worker that cannot know it."""
    with pytest.raises(ValueError, match="no kind of work"):
        job_start(kind="nothing", key="nothing", by=None)


def person(name: str, *roles: str) -> tuple[User, Client]:
    user, client = User.objects.create_user(name), Client()
    for role in roles:
        Grant.objects.create(user=user, role=role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user, client


def address(job: Job, act: str = "") -> str:
    return f"/jobs/{job.pk}/{act}"


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("hr", 403), ("data_provider", 403)])
@pytest.mark.usefixtures("work")
def test_how_far_a_job_is_shows_to_whom_it_concerns(role: str, status: int) -> None:
    """Fails when a stranger learns what others work on, or the owner does not."""
    owner, own = person("owner")
    job = job_start(kind="count", key="count:1", by=owner)
    assert own.get(address(job)).status_code == 200
    other = person("other", role)[1]
    assert other.get(address(job)).status_code == status
    Job.objects.filter(pk=job.pk).update(state=State.FAILED)
    assert other.post(address(job, "retry/")).status_code == (302 if status == 200 else 403)
    assert again(job).state == (State.QUEUED if status == 200 else State.FAILED)


@pytest.mark.usefixtures("work")
def test_the_page_loads_itself_anew_once_the_job_ended() -> None:
    """Fails when a page keeps asking after the end, or never shows what came of the work."""
    owner, own = person("owner")
    job = job_start(kind="count", key="count:1", by=owner)
    waiting = own.get(address(job) + "?was=active", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in waiting.headers
    assert "hx-get" in waiting.text
    job_run(job_id=job.pk)
    ended = own.get(address(job) + "?was=active", headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true"
    assert "hx-get" not in ended.text


def test_a_failed_job_shows_its_problems_and_a_button(work: Work) -> None:
    """Fails when people are left with a failed month and no way on; or the button leads to another site."""
    work.wrong = Refused([Problem("no_roster", "没有花名册", "there is no roster")])
    owner, own = person("owner")
    job = job_start(kind="count", key="count:1", by=owner)
    job_run(job_id=job.pk)
    page = own.get(address(job))
    assert "没有花名册" in page.text
    assert f'action="{address(job, "retry/")}"' in page.text
    assert own.get(address(job, "retry/")).status_code == 405
    assert own.post(address(job, "retry/"), {"next": "/months/2026-10/"}).headers["Location"] == "/months/2026-10/"
    assert own.post(address(job, "retry/"), {"next": "https://elsewhere.example/"}).headers["Location"] == "/"
