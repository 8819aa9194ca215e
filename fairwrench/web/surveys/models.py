"""What people are asked about a store or about each other, who was asked, and what was answered.

Who was asked and whether they answered stands apart from what was answered: nothing leads from the one to the other,
but for groups that answer under their name.
"""

from __future__ import annotations

from secrets import randbits

from django.conf import settings
from django.db import models

from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import both
from fairwrench.web.work.models import Job


def random_key() -> int:
    """A key that does not count up: the order in which answers came tells who gave them."""
    return randbits(48)


class Survey(models.Model):
    """One questionnaire put to people of a store until a day. Its questions and whom it is about stay as they were."""

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", both("进行中", "Open")
        CLOSED = "closed", both("已截止", "Closed")
        SHARED = "shared", both("已反馈", "Shared")
        CANCELLED = "cancelled", both("已作废", "Cancelled")

    questionnaire = models.CharField(max_length=60)
    #: the questionnaire as it was when people were asked
    content = models.JSONField()
    #: the store whose people are asked
    store = models.CharField(max_length=120)
    #: the month in which the answers count
    month = models.CharField(max_length=7)
    #: the last day
    ends = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    #: the one-time key of the form that it was opened by, so that one form opens once
    once = models.CharField(max_length=32, blank=True)
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    #: the keys of the rows of evidence that became of its answers, to take them back by
    told = models.JSONField(default=list)
    #: the work that lands its answers
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["state", "ends"]), models.Index(fields=["store", "questionnaire"]))
        constraints = (
            models.UniqueConstraint(
                fields=["by", "once", "store"], condition=~models.Q(once=""), name="one_survey_a_form"
            ),
        )

    def __str__(self) -> str:
        return f"{self.store} {self.month}"


class Respondent(models.Model):
    """Somebody who is asked, about whom, and whether they have answered; never what, and never when."""

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked", both("待填", "Asked")
        ANSWERED = "answered", both("已填", "Answered")
        DECLINED = "declined", both("无接触", "Has nothing to say")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="respondents")
    #: whom it is about; none of a store
    about = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=12)
    #: the scheme's id of the department in which they work; empty where none is known
    department = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)

    class Meta:
        ordering = ("survey", "about", "employee")
        constraints = (
            models.UniqueConstraint(fields=["survey", "about", "employee"], name="asked_once_about_each"),
            models.UniqueConstraint(
                fields=["survey", "employee"], condition=models.Q(about=None), name="asked_once_about_a_store"
            ),
        )
        indexes = (models.Index(fields=["employee", "state"]),)

    def __str__(self) -> str:
        return f"{self.survey} {self.employee.name}"


class Answer(models.Model):
    """What was answered about a store or a person, by somebody of a group; by whom only where the group signs."""

    id = models.BigAutoField(primary_key=True, default=random_key)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    about = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=12)
    department = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    #: question → key of the scale, or words; what was left out is not in it
    values = models.JSONField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.survey)
