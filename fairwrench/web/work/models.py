"""Background work, how far it is and what came of it; every step of every workflow, and what people are told."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from fairwrench.web.ui.words import Words, both


class Job(models.Model):
    """One piece of work. While it is active no second one with the same `key` begins: two presses, one effect."""

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", both("排队中", "Waiting")
        RUNNING = "running", both("进行中", "Running")
        DONE = "done", both("已完成", "Done")
        FAILED = "failed", both("未完成", "Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    doing_zh = models.CharField(max_length=200, blank=True)
    doing_en = models.CharField(max_length=200, blank=True)
    #: what came of it, as the kind of work says; problems as `asdict(Problem)`
    result = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    #: whether it is to be done once more after it ends, for what came while it ran
    rerun_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: whose it is: made anew by each worker that begins it, so that one who lost it can be told from its successor
    claim = models.UUIDField(null=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    made_at = models.DateTimeField(auto_now_add=True)
    #: when its worker last said that it lives; while it waits, when it was last put in the queue
    heard_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: whether it failed and its reader may begin it anew; said by `selectors.job_shown`
    retried = False
    #: what it is and what it is about, in words, and where that is shown; said by `selectors.jobs_named`
    called, about, about_url = "", "", ""

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(fields=["key"], condition=Q(state__in=["queued", "running"]), name="one_at_a_time"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def active(self) -> bool:
        """Whether it is still to come or under way."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How far it is, 0–100."""
        # never 100 before the end is written: the last piece may still take its time
        return 100 if self.state == self.State.DONE else min(99, 100 * self.done // self.total) if self.total else 0


class Step(models.Model):
    """What somebody did with a record of a workflow: which act, from which state to which, and what they said to it."""

    workflow = models.CharField(max_length=20)
    #: the key of the record
    record = models.BigIntegerField()
    act = models.CharField(max_length=20)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=400, blank=True)
    #: the record's count of steps after it; 0 where it has none
    version = models.PositiveIntegerField(default=0)
    #: what it was about besides, as the workflow says: the run of a month, the month of a scheme
    about = models.JSONField(default=dict)
    #: the act in words; said by `Workflow.history`
    words: str = ""

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["workflow", "record"]),)

    def __str__(self) -> str:
        return f"{self.workflow} {self.record} · {self.act}"


class Notice(models.Model):
    """Something that somebody is told because of what others did, in both languages; it stays until it is read."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    zh = models.CharField(max_length=300)
    en = models.CharField(max_length=300)
    #: where it leads
    url = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["to", "read_at"]),)

    def __str__(self) -> str:
        return f"{self.to} · {self.zh}"

    @property
    def words(self) -> Words:
        """What is told."""
        return self.zh, self.en
