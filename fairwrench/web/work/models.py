"""Background work, how far it is and what came of it; every step of every workflow, and what people are told."""

from __future__ import annotations

import uuid

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from fairwrench.web.org.models import Unit
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

    class Kind(models.TextChoices):
        """What it is for, by which people choose how it reaches them."""

        TOLD = "told", both("办理结果", "What came of something")
        URGED = "urged", both("催办", "Reminders by hand")

    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    zh = models.CharField(max_length=300)
    en = models.CharField(max_length=300)
    #: where it leads
    url = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TOLD)
    at = models.DateTimeField(default=timezone.now)
    #: whether it was looked at for what goes out at once; what is left goes into the next digest
    handed = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["to", "read_at"]),
            models.Index(fields=["id"], condition=Q(handed=False), name="notice_not_handed"),
        )

    def __str__(self) -> str:
        return f"{self.to} · {self.zh}"

    @property
    def words(self) -> Words:
        """What is told."""
        return self.zh, self.en


class Comment(models.Model):
    """What somebody says to a thing that an app declares as a place of comments; whoever sees the thing reads it."""

    place = models.CharField(max_length=20)
    #: which of its kind
    ref = models.CharField(max_length=160)
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["place", "ref"]),)

    def __str__(self) -> str:
        return f"{self.place} {self.ref} · {self.by}"


class NoticeChoice(models.Model):
    """How notices reach somebody outside of the application, and when; who chose nothing has the defaults."""

    class When(models.TextChoices):
        """When a kind of notice goes out by a way."""

        NOW = "now", both("立即", "At once")
        DIGEST = "digest", both("并入汇总", "Digest")
        NEVER = "never", both("不发", "Never")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    told_mail = models.CharField(max_length=6, choices=When, default=When.DIGEST)
    told_bot = models.CharField(max_length=6, choices=When, default=When.DIGEST)
    urged_mail = models.CharField(max_length=6, choices=When, default=When.NOW)
    urged_bot = models.CharField(max_length=6, choices=When, default=When.NOW)
    due_mail = models.CharField(max_length=6, choices=When, default=When.DIGEST)
    due_bot = models.CharField(max_length=6, choices=When, default=When.DIGEST)
    #: the full hour of the digest, where the stores are
    hour = models.PositiveSmallIntegerField(default=9)
    quiet_nights = models.BooleanField(default=True)
    quiet_days_off = models.BooleanField(default=True)
    #: the day whose digest was made, also where nothing was to be said
    digested_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user)

    def when(self, kind: str, channel: str) -> str:
        """When a kind of notice (`Notice.Kind`, or `due`) goes out by a channel."""
        return str(getattr(self, f"{kind}_{channel}"))


class Bot(models.Model):
    """A bot of a group chat: of a unit or the whole group, to which no name and no figure of anybody goes, or of one
    person (`owner`). What makes it speak is sealed and shown to nobody."""

    class Service(models.TextChoices):
        """Whose bot it is."""

        WECOM = "wecom", both("企业微信", "WeCom")
        DINGTALK = "dingtalk", both("钉钉", "DingTalk")
        FEISHU = "feishu", both("飞书", "Feishu")

    service = models.CharField(max_length=8, choices=Service)
    name = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="bots"
    )
    #: the key in its address, and the secret that signs what is sent to it; both sealed
    sealed_key = models.TextField()
    sealed_secret = models.TextField(blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    #: since when nothing is sent to it any more; its name stays for the log
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["owner"], condition=Q(owner__isnull=False, ended_at=None), name="one_bot_of_ones_own"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message on its way to one person or bot by one channel: kept until it went off, or cannot."""

    class Channel(models.TextChoices):
        """By which way."""

        APP = "app", both("应用内", "In the app")
        MAIL = "mail", both("邮件", "Mail")
        BOT = "bot", both("机器人", "Bot")

    class Kind(models.TextChoices):
        """What it carries."""

        NOW = "now", both("即时通知", "At once")
        DIGEST = "digest", both("每日汇总", "Digest")
        URGED = "urged", both("催办", "Reminder by hand")
        TRIAL = "trial", both("测试", "Test")

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", both("待发送", "Waiting")
        SENDING = "sending", both("发送中", "Being sent")
        SENT = "sent", both("已发送", "Sent")
        FAILED = "failed", both("未送达", "Failed")
        DROPPED = "dropped", both("不再发送", "Not sent any more")

    #: what it is, so that it is made once however often the work is done
    key = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=4, choices=Channel)
    kind = models.CharField(max_length=6, choices=Kind)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="deliveries")
    bot = models.ForeignKey(Bot, null=True, on_delete=models.SET_NULL, related_name="deliveries")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    #: of a reminder by hand: what about, and by whom
    matter = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: what came of the last attempt, in both languages
    said_zh = models.CharField(max_length=300, blank=True)
    said_en = models.CharField(max_length=300, blank=True)
    #: whether the server, not the message, was the reason: once it answers, all that wait for it go off
    down = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    #: when its words were put together: of a digest they are put together anew where that is long ago
    composed_at = models.DateTimeField(default=timezone.now)
    #: before which it is not tried
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["to", "matter", "made_at"]),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def said(self) -> Words:
        """What came of the last attempt."""
        return self.said_zh, self.said_en


class Carried(models.Model):
    """That a delivery carries a notice: by one channel each notice goes once."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="carried")
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="carried")
    channel = models.CharField(max_length=4, choices=Delivery.Channel)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["notice", "channel"], name="each_notice_once_by_each_way"),)


# no key of a bot in a log, sealed or not
auditlog.register(Bot, exclude_fields=["sealed_key", "sealed_secret"])
