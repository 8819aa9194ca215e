"""What is noted of people while the month runs, with every version of it; and their summaries of the month."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q

from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import both
from fairwrench.web.work.models import Job


def _account() -> models.ForeignKey[User | None, User | None]:
    """Whoever did it; what they said stays when the account goes."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class Note(models.Model):
    """A talk, a praise, a word of feedback about one person, or a meeting of a team, on one day."""

    class Kind(models.TextChoices):
        """What it is."""

        COACHING = "coaching", both("辅导", "Coaching")
        ONE_TO_ONE = "one_to_one", both("一对一", "One-to-one")
        MEETING = "meeting", both("例会", "Meeting")
        PRAISE = "praise", both("表扬", "Praise")
        FEEDBACK = "feedback", both("即时反馈", "Feedback")

    class State(models.TextChoices):
        """Who reads it."""

        DRAFT = "draft", both("草稿，仅上级可见", "Draft, for managers")
        SHARED = "shared", both("本人可见", "Shared with the person")
        TAKEN_BACK = "taken_back", both("已撤回", "Taken back")

    kind = models.CharField(max_length=10, choices=Kind)
    #: whom it is about; none for a meeting
    about = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="notes")
    #: who was at a meeting
    attendees = models.ManyToManyField(Employee, related_name="meetings")
    day = models.DateField()
    topic = models.CharField(max_length=120, blank=True)
    words = models.TextField()
    #: what a meeting decided
    decisions = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.SHARED)
    #: whether the person has come to see it; what is taken back stays readable for who had seen it
    was_shared = models.BooleanField(default=False)
    #: the one-time key of the form that it was written by, so that one form writes once
    once = models.CharField(max_length=32, blank=True)
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)
    by = _account()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-day", "-id")
        indexes = (models.Index(fields=["about", "day"]), models.Index(fields=["by", "day"]))
        constraints = (models.UniqueConstraint(fields=["by", "once"], condition=~Q(once=""), name="one_note_a_form"),)

    def __str__(self) -> str:
        who = f" {self.about.name}" if self.about else ""
        return f"{self.get_kind_display()}{who} {self.day}"


class NoteVersion(models.Model):
    """What a note said before it was corrected."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    day = models.DateField()
    topic = models.CharField(max_length=120, blank=True)
    words = models.TextField()
    decisions = models.TextField(blank=True)
    #: whether the person read it; what a draft said stays with who wrote it and the managers
    shared = models.BooleanField(default=False)
    #: until when it said so, and who corrected it
    at = models.DateTimeField(auto_now_add=True)
    by = _account()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.note} · {self.at:%Y-%m-%d %H:%M}"


class Summary(models.Model):
    """One person's summary of a month and plan for the next; when it came first decides whether it was late."""

    class State(models.TextChoices):
        """How far it is."""

        HANDED_IN = "handed_in", both("已提交", "Handed in")
        ANSWERED = "answered", both("上级已阅", "Answered")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="summaries")
    month = models.CharField(max_length=7)
    done = models.TextField()
    plan = models.TextField()
    #: when it was handed in first, and by how many working days that was late
    handed_in_at = models.DateTimeField()
    late_days = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.HANDED_IN)
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-month", "employee__employee_id")
        constraints = (models.UniqueConstraint(fields=["employee", "month"], name="one_summary_a_month"),)
        indexes = (models.Index(fields=["month", "state"]),)

    def __str__(self) -> str:
        return f"{self.employee.name} {self.month}"


class SummaryVersion(models.Model):
    """What a summary said before it was corrected."""

    summary = models.ForeignKey(Summary, on_delete=models.CASCADE, related_name="versions")
    done = models.TextField()
    plan = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.summary} · {self.at:%Y-%m-%d %H:%M}"


auditlog.register(Note)
auditlog.register(Summary)
