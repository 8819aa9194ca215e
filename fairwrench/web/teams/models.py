"""Shares of a team as somebody confirmed them: what each member has from a day of a month on."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models

from fairwrench.web.access.models import User
from fairwrench.web.work.models import Job


class TeamSet(models.Model):
    """The shares of one team from one day; in the ledger they are rows of `team_shares`."""

    month = models.CharField(max_length=7)
    store = models.CharField(max_length=80)
    #: its name in one spelling (`source.team_names.team_name`)
    team = models.CharField(max_length=60)
    begin = models.DateField()
    #: employee id → thousandths; empty once it was taken back
    parts = models.JSONField(default=dict)
    by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("month", "store", "team", "begin")
        constraints = (models.UniqueConstraint(fields=["month", "store", "team", "begin"], name="one_team_set_a_day"),)

    def __str__(self) -> str:
        return f"{self.store} {self.team} {self.begin}"


auditlog.register(TeamSet, exclude_fields=["job"])
