"""Versions of the scheme: the document as handed in, from which month it holds, and who did what with it.

HR amends, the general manager approves (S1 ❺ 8): a version is a draft, proposed by the one, and adopted by the other.
"""

from __future__ import annotations

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import both, pick

#: the name of the workflow of versions (`approval.workflow`), by which their steps are found
VERSION = "scheme_version"


class SchemeVersion(models.Model):
    """One version. The document lies in HOME/schemes/<folder>/, as handed in, and never changes."""

    class State(models.TextChoices):
        """Whether it counts: only what is adopted does."""

        DRAFT = "draft", both("草案", "Draft")
        PROPOSED = "proposed", both("待总经理批准", "Awaiting approval")
        ADOPTED = "adopted", both("已批准", "Approved")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")

    #: the scheme's short name and version, as the document has them
    name = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    #: what people call it, as the document says; empty where it says nothing
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    #: the file's digest; the folder is named by its beginning
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    #: from this month on ('YYYY-MM'), until a later version begins; empty for what is neither proposed nor adopted
    begins = models.CharField(max_length=7, blank=True)
    #: the days, both inclusive, between which everybody was shown it before its approval; empty before that
    shown_from = models.DateField(null=True, blank=True)
    shown_until = models.DateField(null=True, blank=True)
    #: counts its steps, so that nobody decides on a proposal that looked otherwise when the button was drawn
    revision = models.PositiveIntegerField(default=0)
    #: what changes, in the words of whoever handed it in
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    #: what the check found worth knowing when it was handed in
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ("-begins", "-id")
        constraints = (
            models.UniqueConstraint(fields=["begins"], condition=Q(state="adopted"), name="one_scheme_begins_a_month"),
            models.UniqueConstraint(fields=["sha256"], condition=~Q(state="withdrawn"), name="one_scheme_a_document"),
        )

    def __str__(self) -> str:
        return pick(*self.called)

    @property
    def called(self) -> tuple[str, str]:
        """Its name and version in both languages, for what is kept in both."""
        return f"{self.name_zh or self.name} {self.version}", f"{self.name_en or self.name} {self.version}"


class Acknowledgement(models.Model):
    """Somebody has read a version and knows that it is to hold: they said so, or signed on paper, which HR notes."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.CASCADE, related_name="acknowledgements")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    on_paper = models.BooleanField(default=False)
    #: why a signature on paper was taken out again, told to the log just before it goes
    undone = models.CharField(max_length=400, blank=True)
    #: who said so: the person, or HR
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["version", "employee"], name="one_acknowledgement_each"),)

    def __str__(self) -> str:
        return f"{self.version} · {self.employee}"


auditlog.register(Acknowledgement)
auditlog.register(SchemeVersion, exclude_fields=["problems"])
