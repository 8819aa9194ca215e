"""The months: each on its way from open to published.

Evidence, schemes and settlements ask what stands here; it asks nobody.
"""

from __future__ import annotations

from auditlog.registry import auditlog
from django.db import models

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.ui.words import both


class Cycle(models.Model):
    """One assessment month. `run` is the settling that is in force: published once the state says so."""

    class State(models.TextChoices):
        """How far the month is."""

        OPEN = "open", both("进行中", "Open")
        SEALING = "sealing", both("正在锁定数据", "Being sealed")
        SETTLED = "settled", both("已核算，待审", "Settled, to be approved")
        APPROVED_HR = "approved_hr", both("人力资源已审", "Approved by HR")
        APPROVED = "approved", both("总经理已批", "Approved by the general manager")
        PUBLISHED = "published", both("已发布", "Published")

    month = models.CharField(max_length=7, unique=True)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    #: while it is being sealed, the state from before, which it has again when that fails
    sealed_from = models.CharField(max_length=12, choices=State, blank=True)
    # by name, as settlements stand above; protected, since a month's figures may not lose what they came from
    run = models.ForeignKey("settlements.Run", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    #: counts changes, so that nobody acts on a month that looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    #: since when pages show it though the calendar has not come to it, as HR said
    turned_at = models.DateTimeField(null=True, blank=True)

    #: the day on which wages went out, as somebody noted
    paid_on = models.DateField(null=True, blank=True)
    #: since when nothing of it is open any more and nobody adds to its forms
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-month",)

    def __str__(self) -> str:
        return self.month

    @property
    def at(self) -> Month:
        """The month as the core knows it."""
        return Month.parse(self.month)

    @property
    def closed(self) -> bool:
        """Whether it is closed and filed away."""
        return self.closed_at is not None

    @property
    def figures_state(self) -> str:
        """The state that its figures are in: while it is being sealed, that from before."""
        return self.sealed_from if self.state == self.State.SEALING else self.state


auditlog.register(Cycle)
