"""HR's analysis of a settled month: what was asked about missed KPIs, the sections, who read it (S1 ❺ 5.1.6)."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models

from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import EVERY_STORE
from fairwrench.web.tasks.models import Task
from fairwrench.web.ui.words import both, pick
from fairwrench.web.work.signing.records import DocumentKept


class MissedKpi(models.Model):
    """A KPI that a store missed in a month, about which HR asked its owner; what they answered became a task."""

    class State(models.TextChoices):
        """Whom it waits for."""

        ASKED = "asked", both("待答复", "To be answered")
        ANSWERED = "answered", both("已答复", "Answered")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="missed_kpis")
    store = models.CharField(max_length=80)
    metric = models.CharField(max_length=80)
    #: who answers for it
    owner = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="kpis_missed")
    cause = models.TextField(blank=True)
    #: what is done about it, by whom and by when
    action = models.TextField(blank=True)
    responsible = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    due = models.DateField(null=True)
    #: the same as a task of the responsible person
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-cycle__month", "store", "id")
        constraints = (
            models.UniqueConstraint(fields=["cycle", "store", "metric"], name="one_question_a_store_month_and_kpi"),
        )
        indexes = (models.Index(fields=["owner", "state"]),)

    def __str__(self) -> str:
        return f"{place_words(self.store)} {self.cycle.month}"


class AnalysisDocument(DocumentKept):
    """The exact bytes of an analysis that were approved: all of it, or what goes to the departments."""


class Analysis(models.Model):
    """HR's analysis of a settled month in one store, or in the whole group (`store` is `*`)."""

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", both("草稿", "Draft")
        SUBMITTED = "submitted", both("待批准", "To be approved")
        APPROVED = "approved", both("已批准，待下发", "Approved, to be sent")
        SENT = "sent", both("已下发", "Sent")

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="analyses")
    store = models.CharField(max_length=80)
    #: the language in which it was drafted, and in which it stays
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    #: who submitted it, and so does not approve it
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    #: what was approved: all of it, and what the departments read
    document = models.ForeignKey(AnalysisDocument, null=True, on_delete=models.PROTECT, related_name="+")
    extract = models.ForeignKey(AnalysisDocument, null=True, on_delete=models.PROTECT, related_name="+")
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-cycle__month", "store")
        verbose_name_plural = "analyses"
        constraints = (models.UniqueConstraint(fields=["cycle", "store"], name="one_analysis_a_store_and_month"),)

    def __str__(self) -> str:
        return f"{place_words(self.store)} {self.cycle.month}"

    @property
    def place(self) -> str:
        """The store in words."""
        return place_words(self.store)


class Section(models.Model):
    """One section of an analysis: the text as it stands, and as it was drafted from the figures."""

    class Key(models.TextChoices):
        """What it is about."""

        LATE = "late", both("报送迟交", "Handed in late")
        GRADES = "grades", both("等级分布", "Grades")
        KPIS = "kpis", both("未达标指标", "Missed KPIs")
        QUALITY = "quality", both("评分质量", "Quality of rating")
        APPEALS = "appeals", both("绩效申诉", "Appeals")
        ACTIONS = "actions", both("上月措施落实", "Last month's actions")

    class Circle(models.TextChoices):
        """Who reads it."""

        NEAR = "near", both("仅人力资源和总经理", "HR and the general manager alone")
        DEPARTMENTS = "departments", both("各部门", "The departments, too")

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=10, choices=Key)
    circle = models.CharField(max_length=12, choices=Circle)
    text = models.TextField(blank=True)
    #: as it was drafted; another text was edited
    drafted = models.TextField(blank=True)
    #: drafted anew beside an edited text, until HR takes one of the two
    renewed = models.TextField(blank=True)
    #: counts changes of this section
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["analysis", "key"], name="one_section_of_a_kind"),)

    def __str__(self) -> str:
        return f"{self.analysis} {self.get_key_display()}"

    @property
    def edited(self) -> bool:
        """Whether somebody wrote into it."""
        return self.text != self.drafted


class Reading(models.Model):
    """Somebody to whom an analysis was sent, and when they confirmed having read it."""

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="readings")
    reader = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("reader__employee_id",)
        constraints = (models.UniqueConstraint(fields=["analysis", "reader"], name="one_reading_a_reader"),)

    def __str__(self) -> str:
        return f"{self.analysis} {self.reader.name}"


def place_words(store: str) -> str:
    """A store by its name; the group where all stores are meant."""
    return pick("集团", "The group") if store == EVERY_STORE else store


#: which section is whose to read: names of raters and of who appealed go no further than HR and the general manager
CIRCLES: dict[Section.Key, Section.Circle] = {
    Section.Key.LATE: Section.Circle.NEAR,
    Section.Key.GRADES: Section.Circle.DEPARTMENTS,
    Section.Key.KPIS: Section.Circle.DEPARTMENTS,
    Section.Key.QUALITY: Section.Circle.NEAR,
    Section.Key.APPEALS: Section.Circle.NEAR,
    Section.Key.ACTIONS: Section.Circle.DEPARTMENTS,
}

for model in (MissedKpi, Analysis, Section, Reading):
    auditlog.register(model)
