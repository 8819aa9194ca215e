"""What was handed in and what became of it.

Rows lie in the ledger, and only there; here stands what people do on the way there: uploads, headers mapped by hand,
rows exempted, own kinds of file, and the ledger's batches once more so that pages need not read a thousand records.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q

from fairwrench.ledger.folder import kept
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.evidence.ordered import OrderedDocument
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import both
from fairwrench.web.work.models import Job


def _person() -> models.ForeignKey[User | None, User | None]:
    """Whoever did it; their name stays when the account goes."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class Upload(models.Model):
    """A file as somebody handed it in for a month. Its content lies under UPLOADS by its SHA-256."""

    class State(models.TextChoices):
        """How far it is."""

        READING = "reading", both("读取中", "Being read")
        UNREADABLE = "unreadable", both("无法读取", "Cannot be read")
        READ = "read", both("待导入", "To be landed")
        LANDING = "landing", both("导入中", "Being landed")
        LANDED = "landed", both("已导入", "Landed")
        SET_ASIDE = "set_aside", both("已作废", "Set aside")

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    #: the month it was handed in for
    month = models.CharField(max_length=7)
    #: the store that its name tells, or that somebody chose; empty for none
    store = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.READING)
    #: what it was read into, relative to UPLOADS; empty while unread
    folder = models.CharField(max_length=80, blank=True)
    #: of the whole file, as `asdict(Problem)`
    problems = models.JSONField(default=list)
    #: sheets of no known kind: see `reading.read_file`
    others = models.JSONField(default=list)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    #: counts changes, so that nobody lands what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)
    by = _person()
    at = models.DateTimeField(auto_now_add=True)
    landed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["month", "state"]), models.Index(fields=["sha256"]))
        constraints = (
            models.UniqueConstraint(
                fields=["sha256", "month", "store"],
                # of what lies on the desk alone: what landed, or was set aside, may be handed in again
                condition=~Q(state__in=["set_aside", "landed"]),
                name="one_upload_on_the_desk",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def at_month(self) -> Month:
        """The month as the core knows it."""
        return Month.parse(self.month)

    @property
    def origin(self) -> str:
        """What batches that land from it are kept with: which file, and how often it was read or landed before."""
        return f"upload:{self.pk}.{self.version}"

    @property
    def path(self) -> Path:
        """Where its content lies."""
        return kept(Path(settings.UPLOADS) / "files", self.sha256)

    @property
    def read_into(self) -> Path:
        """Where what was read of it lies."""
        return Path(settings.UPLOADS) / self.folder

    @property
    def active(self) -> bool:
        """Whether work on it is under way."""
        return self.state in (self.State.READING, self.State.LANDING)


class Sheet(models.Model):
    """A recognised sheet of an upload; `place` counts from 0 and leads to its frames (`reading.frame_of`)."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="sheets")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255, blank=True)
    source = models.CharField(max_length=60)
    mapped = models.BooleanField(default=False)
    digest = models.CharField(max_length=32)
    #: labels of the header, and which column of the source each was read as
    labels = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    #: stores and months of its rows, and the stores it speaks for
    stores = models.JSONField(default=list)
    months = models.JSONField(default=list)
    speaks_for = models.JSONField(default=list)
    #: stores most or all of whose rows were rejected, and how many rejected rows name no known store
    refused_stores = models.JSONField(default=list)
    unplaced = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=list)
    uncredited = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    landing = models.ForeignKey("Landing", null=True, on_delete=models.SET_NULL, related_name="sheets")

    class Meta:
        ordering = ("upload_id", "place")
        constraints = (models.UniqueConstraint(fields=["upload", "place"], name="one_sheet_a_place"),)

    def __str__(self) -> str:
        return f"{self.upload} {self.name}".strip()

    @property
    def accepted(self) -> int:
        """Rows that will count."""
        return int(self.counts.get("accepted", 0))

    @property
    def rejected(self) -> int:
        """Rows that were rejected."""
        return int(self.counts.get("rejected", 0))

    @property
    def ignored(self) -> int:
        """Rows that are no evidence: header, blank, total, identical ones."""
        return sum(int(rows) for name, rows in self.counts.items() if name.startswith("ignored"))


class Landing(models.Model):
    """A batch of the ledger (`ledger.batches.records.Batch`), however it got there."""

    source = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    #: the month it was handed in for, empty for from the start
    period = models.CharField(max_length=7, blank=True)
    file = models.CharField(max_length=400)
    sheet = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=160, blank=True)
    landed_at = models.DateTimeField()
    stores = models.JSONField(default=list)
    months = models.JSONField(default=list)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    upload = models.ForeignKey(Upload, null=True, on_delete=models.SET_NULL, related_name="landings")
    #: who let it count though the database did not know where it came from (`unknown_batches`)
    adopted_by = _person()

    class Meta:
        ordering = ("-landed_at", "source", "-number")
        constraints = (models.UniqueConstraint(fields=["source", "number"], name="one_landing_a_batch"),)
        indexes = (models.Index(fields=["period", "source"]), models.Index(fields=["sha256"]))

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class Covered(models.Model):
    """That a landing speaks for a store and month, with or without rows."""

    landing = models.ForeignKey(Landing, on_delete=models.CASCADE, related_name="covered")
    source = models.CharField(max_length=60)
    store = models.CharField(max_length=80)
    month = models.CharField(max_length=7)

    class Meta:
        indexes = (models.Index(fields=["month", "source", "store"]),)


class Superseding(models.Model):
    """How many rows of an earlier batch of the same source a landing replaced."""

    landing = models.ForeignKey(Landing, on_delete=models.CASCADE, related_name="superseded")
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["landing", "number"], name="one_superseding_each"),)


class ColumnMapping(models.Model):
    """What somebody said of a header (`mapping.Mapped`); it holds for the next file with the same header and store."""

    store = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=32)
    source = models.CharField(max_length=60)
    labels = models.JSONField(default=dict)
    by = _person()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("source", "store")
        constraints = (models.UniqueConstraint(fields=["store", "digest"], name="one_mapping_a_header"),)


class Exemption(models.Model):
    """A row that somebody asks to be exempted from a metric for a month; approved, it lands in `exemptions`."""

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked", both("待审批", "To be approved")
        REFUSED = "refused", both("未同意", "Refused")
        APPROVED = "approved", both("已同意", "Approved")

    source = models.CharField(max_length=60)
    #: the row's key, its parts joined by |
    key = models.CharField(max_length=400)
    metric = models.CharField(max_length=60)
    month = models.CharField(max_length=7)
    store = models.CharField(max_length=80)
    reason = models.CharField(max_length=400)
    #: the row as it stood when asked, column → text, and whose metric it is (employee ids)
    row = models.JSONField(default=dict)
    credited = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = _person()
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = _person()
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    landing = models.ForeignKey(Landing, null=True, on_delete=models.SET_NULL, related_name="exemptions")

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["source", "key", "metric", "month"], condition=~Q(state="refused"), name="one_exemption_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class MissingOrder(models.Model):
    """An order that somebody misses among their jobs: a question to whoever hands in the store's job lines, and the
    answer. It is no evidence; what is put right comes with the next file."""

    class State(models.TextChoices):
        """How far it is, and what was found."""

        ASKED = "asked", both("待核实", "To be looked into")
        ADDED = "added", both("已补录", "Added")
        NOT_THEIRS = "not_theirs", both("非本人作业", "Not yours")
        ON_ORDER = "on_order", both("已在单上", "On the order already")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    store = models.CharField(max_length=80)
    #: one of the two, as it was typed
    order_no = models.CharField(max_length=40, blank=True)
    plate = models.CharField(max_length=20, blank=True)
    #: the day on which the work was done
    day = models.DateField()
    done = models.CharField(max_length=200)
    note = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    version = models.PositiveIntegerField(default=0)
    asked_by = _person()
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_by = _person()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["store", "state"]),)
        constraints = (
            # who presses twice asks once
            models.UniqueConstraint(
                fields=["employee", "order_no", "plate", "day"],
                condition=Q(state="asked"),
                name="one_missing_order_asked",
            ),
        )

    def __str__(self) -> str:
        return " ".join(part for part in (self.order_no, self.plate) if part)


class EventBatch(models.Model):
    """Events claimed to land together; known by its number alone, so that equal content is a new word all the same."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    #: when the ledger had it; until then it is landed again whenever somebody looks
    landed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return str(self.id)


class EvidenceEvent(models.Model):
    """What was decided in the application about one key, on its way to the ledger: a row, or that there is none.

    `revision` counts the events of a key from 1; of several the greatest counts. `row` holds texts by column.
    """

    source = models.CharField(max_length=60)
    #: the values of the source's key, as a JSON list
    key = models.CharField(max_length=600)
    #: the month that it lands for
    period = models.CharField(max_length=7)
    revision = models.PositiveIntegerField()
    row = models.JSONField(null=True)
    by = _person()
    at = models.DateTimeField(auto_now_add=True)
    batch = models.ForeignKey(EventBatch, null=True, on_delete=models.PROTECT, related_name="events")

    class Meta:
        ordering = ("id",)
        # what two who decide at once come to where no lock kept them apart: one of them fails
        constraints = (models.UniqueConstraint(fields=["source", "key", "revision"], name="one_event_a_revision"),)
        # the outbox is asked for what waits alone, a few events of all that ever were
        indexes = (models.Index(fields=["period"], condition=Q(batch=None), name="events_waiting"),)

    def __str__(self) -> str:
        return f"{self.source} {self.key} {self.revision}"


class Authority(models.Model):
    """How the records of a source come from a month on, of a store or (empty) of every one."""

    class Way(models.TextChoices):
        """Whose word counts."""

        FILES = "files", both("只按文件", "By file alone")
        APP = "app", both("只在系统内填写", "In the application alone")
        BOTH = "both", both("两种都可以", "Both ways")

    source = models.CharField(max_length=60)
    store = models.CharField(max_length=80, blank=True)
    since = models.CharField(max_length=7)
    way = models.CharField(max_length=8, choices=Way)
    by = _person()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("source", "store", "since")
        constraints = (models.UniqueConstraint(fields=["source", "store", "since"], name="one_authority_a_month"),)

    def __str__(self) -> str:
        return f"{self.source} {self.store} {self.since}"


class SourceDefinition(models.Model):
    """A kind of file declared here: `document` is a `settlement.source.source.Source`; it may replace a shipped one."""

    name = models.SlugField(max_length=60, unique=True)
    document: Any = OrderedDocument(default=dict)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)
    by = _person()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


for model in (Upload, ColumnMapping, Exemption, MissingOrder, Authority, SourceDefinition):
    # sheets of no known kind hold first rows of a file: what stands in them is no change to keep for ever
    auditlog.register(model, exclude_fields=["others"] if model is Upload else [])
