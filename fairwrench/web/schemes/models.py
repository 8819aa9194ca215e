"""Versions of the scheme: the document as somebody handed it in, and from which month it holds."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q

from fairwrench.web.ui.words import both


class SchemeVersion(models.Model):
    """One version. The document lies in HOME/schemes/<folder>/, as handed in; it never changes once it is adopted."""

    class State(models.TextChoices):
        """Whether it counts."""

        DRAFT = "draft", both("草案", "Draft")
        ADOPTED = "adopted", both("已生效", "Adopted")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")

    #: the scheme's short name and version, as the document has them
    name = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    #: the file's digest; the folder is named by its beginning
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    #: from this month on ('YYYY-MM'), until a later version begins; empty for drafts
    begins = models.CharField(max_length=7, blank=True)
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    adopted_at = models.DateTimeField(null=True)
    #: what the check found worth knowing when it was handed in
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ("-begins", "-id")
        constraints = (
            models.UniqueConstraint(fields=["begins"], condition=Q(state="adopted"), name="one_scheme_begins_a_month"),
            models.UniqueConstraint(fields=["sha256"], condition=~Q(state="withdrawn"), name="one_scheme_a_document"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


auditlog.register(SchemeVersion, exclude_fields=["problems"])
