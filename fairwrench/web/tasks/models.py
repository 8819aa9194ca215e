"""Tasks: what somebody does by a day, who gave it, how far it is, and where it comes from."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q

from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import both

#: progress goes in steps of so many percent
STEP = 10


class Task(models.Model):
    """One task of one person. Who gave it confirms that it is done; a colleague who was asked may decline."""

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked", both("待接受", "Asked")
        OPEN = "open", both("进行中", "Under way")
        DONE = "done", both("已完成，待确认", "Done, to be confirmed")
        CONFIRMED = "confirmed", both("已确认", "Confirmed")
        DECLINED = "declined", both("已谢绝", "Declined")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")

    title = models.CharField(max_length=120)
    #: what it is for, and what is to come of it
    words = models.TextField(blank=True)
    assignee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="tasks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    due = models.DateField()
    #: percent, in steps of `STEP`
    progress = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    #: where it comes from: a kind that an app declares (`origins`) and what of it; empty for nothing
    origin = models.CharField(max_length=20, blank=True)
    origin_ref = models.CharField(max_length=160, blank=True)
    #: the one-time key of the form that it was written by, so that one form writes once
    once = models.CharField(max_length=32, blank=True)
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("due", "id")
        indexes = (
            models.Index(fields=["assignee", "state"]),
            models.Index(fields=["by", "state"]),
            models.Index(fields=["origin", "origin_ref"]),
        )
        constraints = (models.UniqueConstraint(fields=["by", "once"], condition=~Q(once=""), name="one_task_a_form"),)

    def __str__(self) -> str:
        return f"{self.assignee.name} · {self.title}"

    @property
    def overdue(self) -> bool:
        """Whether its day is over and it is not done."""
        return self.state in UNDONE and self.due < today()

    @property
    def own(self) -> bool:
        """Whether somebody set it for themselves."""
        return self.by is not None and self.by.employee_id == self.assignee_id


#: states in which something is left to do for the assignee, and those in which a task is not settled yet
UNDONE = (Task.State.ASKED, Task.State.OPEN)
UNSETTLED = (*UNDONE, Task.State.DONE)

auditlog.register(Task)
