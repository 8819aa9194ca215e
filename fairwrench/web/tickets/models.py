"""Tickets: a reward or a penalty of one person on one day, by an article of the scheme."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q

from fairwrench.web.access.models import User
from fairwrench.web.evidence.grounds import GROUND_CHOICES
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.templatetags import ui
from fairwrench.web.ui.words import aside, both, pick
from fairwrench.web.work.models import Job


def _person() -> models.ForeignKey[User | None, User | None]:
    """Whoever did it; their name stays when the account goes."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class Ticket(models.Model):
    """A ticket on its way; in force it counts in the month of its day, as rows of `tickets` and `decisions`."""

    class Kind(models.TextChoices):
        """Which way it goes."""

        REWARD = "reward", both("奖励", "Reward")
        PENALTY = "penalty", both("处罚", "Penalty")

    class State(models.TextChoices):
        """How far it is."""

        WRITTEN = "written", both("已开单", "Written")
        ACKNOWLEDGED = "acknowledged", both("本人已知晓", "Acknowledged")
        APPEALED = "appealed", both("已申诉", "Appealed")
        CONFIRMED = "confirmed", both("已生效", "In force")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")
        TAKEN_BACK = "taken_back", both("已撤销", "Taken back")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="tickets")
    #: where the person worked on that day
    store = models.CharField(max_length=80)
    #: the day that it is about, which decides its month
    day = models.DateField()
    kind = models.CharField(max_length=7, choices=Kind)
    #: the article by its key, and what it was called when the ticket was written
    article = models.CharField(max_length=60)
    article_zh = models.CharField(max_length=200)
    article_en = models.CharField(max_length=200)
    #: hundredths of a point, and fen; 0 where it brings none
    points = models.IntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    #: on what ground its money is taken; empty where it takes none
    ground = models.CharField(max_length=12, blank=True, choices=GROUND_CHOICES)
    words = models.CharField(max_length=400)
    #: the photo by its SHA-256 (see `photos`), empty for none
    photo = models.CharField(max_length=64, blank=True)
    #: the one-time key of the form that it was written by, so that one form writes once
    once = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.WRITTEN)
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)
    by = _person()
    at = models.DateTimeField(auto_now_add=True)
    decided_by = _person()
    decided_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-day", "-id")
        indexes = (models.Index(fields=["employee", "day"]), models.Index(fields=["store", "state"]))
        constraints = (models.UniqueConstraint(fields=["by", "once"], condition=~Q(once=""), name="one_ticket_a_form"),)

    def __str__(self) -> str:
        brings = pick(*self.brings)
        said = f"{self.employee.name} {self.day} · {self.get_kind_display()} {self.article_said}"
        return aside(said, brings) if brings else said

    @property
    def brings(self) -> tuple[str, str]:
        """Its points and money with the sign that they count with, in both languages; empty where it brings none."""
        points, money = signed_points(self.signed_points), signed_money(self.signed_amount)
        zh = [f"{points} 分" if self.points else "", money if self.amount else ""]
        en = [f"{points} points" if self.points else "", money if self.amount else ""]
        return "、".join(filter(None, zh)), ", ".join(filter(None, en))

    @property
    def number(self) -> str:
        """Its number in the ledger."""
        return f"T{self.pk:06d}"

    @property
    def month(self) -> str:
        """The month that it counts in."""
        return f"{self.day:%Y-%m}"

    @property
    def article_said(self) -> str:
        """The article in the reader's language."""
        return pick(self.article_zh, self.article_en)

    @property
    def penal(self) -> bool:
        """Whether it takes."""
        return self.kind == self.Kind.PENALTY

    @property
    def signed_points(self) -> int:
        """Its points, below 0 where they are taken off."""
        return -self.points if self.penal else self.points

    @property
    def signed_amount(self) -> int:
        """Its money, below 0 where it is taken off."""
        return -self.amount if self.penal else self.amount


def signed_points(hundredths: int) -> str:
    """+2.00 or −2.00."""
    return f"{'+' if hundredths > 0 else ''}{ui.points(hundredths)}"


def signed_money(fen: int) -> str:
    """+¥100.00 or −¥100.00."""
    return f"{'+' if fen > 0 else ''}{ui.money(fen)}"


auditlog.register(Ticket)
