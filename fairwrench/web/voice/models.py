"""Suggestions without a name, and what was said to them. Nothing here tells who wrote, or at what moment."""

from __future__ import annotations

from secrets import randbits

from django.conf import settings
from django.db import models

from fairwrench.web.ui.words import both


def random_key() -> int:
    """A key that does not count up: the order in which suggestions came tells who was there. As an `AutoField` it is
    SQLite's own number of the row, too, which else would count."""
    return randbits(48)


class Suggestion(models.Model):
    """What somebody wrote to a store, or to the group, without a name."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", both("未开启", "Not opened yet")
        NEW = "new", both("待回复", "To be answered")
        ANSWERED = "answered", both("已回复", "Answered")
        CLOSED = "closed", both("已归档", "Closed")

    class To(models.TextChoices):
        """Who reads it."""

        HR = "hr", both("人力资源", "HR")
        GENERAL_MANAGER = "general_manager", both("总经理", "The general manager")

    class Topic(models.TextChoices):
        """What it is about."""

        PAY = "pay", both("薪酬与考核", "Pay and appraisal")
        WORK = "work", both("工作安排与流程", "Work and how it is done")
        SAFETY = "safety", both("安全与设备", "Safety and equipment")
        PEOPLE = "people", both("管理与同事", "Managers and colleagues")
        CUSTOMERS = "customers", both("客户与服务", "Customers and service")
        OTHER = "other", both("其他", "Something else")

    id = models.BigAutoField(primary_key=True, default=random_key)
    #: SHA-256 of the code by which the writer comes back; the code itself is kept nowhere
    code = models.CharField(max_length=64, unique=True)
    #: the store whose readers it is for; `*` for those of the group
    store = models.CharField(max_length=120)
    to = models.CharField(max_length=20, choices=To)
    topic = models.CharField(max_length=12, choices=Topic)
    words = models.TextField()
    #: the day on which it is opened to readers, one to three after it was written, by chance
    opens_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    #: the last answer
    reply = models.TextField(blank=True)
    #: what everybody of the store reads of it, in the words of who answered; empty until then
    public_question = models.TextField(blank=True)
    public_answer = models.TextField(blank=True)
    public_on = models.DateField(null=True)
    #: counts what readers did, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-opens_on", "id")

    def __str__(self) -> str:
        return f"{self.get_topic_display()} · {self.opens_on}"


class Reply(models.Model):
    """What was said to a suggestion after it: by its writer (`by_writer`), or by a reader with a name."""

    id = models.BigAutoField(primary_key=True, default=random_key)
    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="replies")
    #: the place in the exchange, from 1: what the writer adds gets its last place when it is opened
    place = models.PositiveIntegerField()
    by_writer = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.TextField()
    #: the day on which readers see it
    opens_on = models.DateField()
    opened = models.BooleanField(default=True)

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=["suggestion", "place"], name="one_reply_a_place"),)

    def __str__(self) -> str:
        return f"{self.suggestion} {self.place}"
