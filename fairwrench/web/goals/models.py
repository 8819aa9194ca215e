"""Goals of people and departments, job descriptions, and who signed exactly what."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.org.models import Employee, Position, Unit
from fairwrench.web.ui.words import both
from fairwrench.web.work.signing.records import DocumentKept, SignatureKept


class Measured(models.Model):
    """How a goal is measured: by a metric or a rated item of the scheme, or in words; and what it should reach.

    A metric's target is kept as it is typed (`97%`, `12`), so that it reads back the same.
    """

    class Kind(models.TextChoices):
        """By what."""

        METRIC = "metric", both("指标", "Metric")
        ITEM = "item", both("评分项", "Rated item")
        WORDS = "words", both("文字说明", "In words")

    kind = models.CharField(max_length=6, choices=Kind, default=Kind.WORDS)
    #: the metric's or the item's id in the scheme; empty in words
    subject = models.CharField(max_length=60, blank=True)
    #: how it is found out, in words
    measure = models.CharField(max_length=200, blank=True)
    target = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True


class DepartmentGoal(Measured):
    """What a department, a store or the group aims at in a year or one of its months; what people's goals come from."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="goals")
    year = models.PositiveSmallIntegerField()
    #: empty for the whole year
    month = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    #: fen; empty where no cost is planned
    budget = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)
    #: counts changes, so that nobody overwrites what another wrote meanwhile
    version = models.PositiveIntegerField(default=0)
    #: no goal is drawn from it any more; those that were keep it
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-year", "month", "unit_id", "id")
        indexes = (models.Index(fields=["unit", "year"]),)
        constraints = (
            models.CheckConstraint(condition=Q(month=None) | Q(month__range=(1, 12)), name="a_month_of_the_year"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> str:
        """The year, or the month."""
        return str(Month(self.year, self.month)) if self.month else str(self.year)


class JobDescription(models.Model):
    """What a position is there for (岗位说明书), from a day on; a new version never changes an earlier one."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="job_descriptions")
    number = models.PositiveIntegerField()
    begins = models.DateField()
    purpose = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("position_id", "-number")
        constraints = (models.UniqueConstraint(fields=["position", "number"], name="one_description_a_number"),)

    def __str__(self) -> str:
        return f"{self.position} v{self.number}"


class JobDuty(models.Model):
    """One duty (职责) of a job description."""

    description = models.ForeignKey(JobDescription, on_delete=models.CASCADE, related_name="duties")
    place = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)

    class Meta:
        ordering = ("description_id", "place")

    def __str__(self) -> str:
        return self.words


class GoalSheet(models.Model):
    """One person's goals of one month (S1 ❺ 5.1.1), in one edition: drafted, agreed by both, reviewed, filed by HR.

    A change within the month is a further edition, which takes the place of the one before once both have signed it;
    every edition stays and can be read. A sheet lives without a cycle: its month need not have begun.
    """

    class State(models.TextChoices):
        """Whom it waits for."""

        DRAFT = "draft", both("草拟中", "Being drafted")
        EMPLOYEE = "employee", both("待员工确认", "Employee to agree")
        MANAGER = "manager", both("待直接上级确认", "Line manager to agree")
        NEXT_LEVEL = "next_level", both("待隔级上级审阅", "Next level to review")
        HR = "hr", both("待人力资源归档", "HR to file")
        FILED = "filed", both("已归档", "Filed")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="goal_sheets")
    month = models.CharField(max_length=7)
    edition = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)
    #: where the person works as it was last written or signed; names and ids, so that it reads the same later
    store = models.CharField(max_length=80)
    department = models.CharField(max_length=40, blank=True)
    position = models.CharField(max_length=40)
    line_manager = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    next_level = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    #: why goals are changed within the month; empty for a first edition
    reason = models.CharField(max_length=400, blank=True)
    #: the sheet of the quarter that was signed and is carried on (沿用): its signatures hold here
    carried_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="carried")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-month", "store", "department", "employee__employee_id", "-edition")
        constraints = (
            models.UniqueConstraint(fields=["employee", "month", "edition"], name="one_sheet_an_edition"),
            models.UniqueConstraint(
                fields=["employee", "month"],
                condition=Q(state__in=("draft", "employee", "manager", "next_level", "hr")),
                name="one_open_sheet_a_month",
            ),
        )
        indexes = (models.Index(fields=["month", "state", "store"]),)

    def __str__(self) -> str:
        return f"{self.employee.name} {self.month}"

    @property
    def at(self) -> Month:
        """Its month as the core knows it."""
        return Month.parse(self.month)

    @property
    def agreed(self) -> bool:
        """Whether both have signed it."""
        return self.state in AGREED


#: states in which both have signed, so that the goals hold; and those in which a sheet waits for somebody
AGREED = (GoalSheet.State.NEXT_LEVEL, GoalSheet.State.HR, GoalSheet.State.FILED)
OPEN = (GoalSheet.State.DRAFT, GoalSheet.State.EMPLOYEE, GoalSheet.State.MANAGER)


class Goal(Measured):
    """One goal of a sheet: what, how measured, how much, by when, and where it comes from."""

    sheet = models.ForeignKey(GoalSheet, on_delete=models.CASCADE, related_name="goals")
    place = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20)
    what = models.CharField(max_length=200)
    due = models.DateField(null=True, blank=True)
    #: hundredths; empty where goals are not weighed
    weight = models.PositiveIntegerField(null=True, blank=True)
    department_goal = models.ForeignKey(
        DepartmentGoal, null=True, blank=True, on_delete=models.PROTECT, related_name="goals"
    )
    duty = models.ForeignKey(JobDuty, null=True, blank=True, on_delete=models.PROTECT, related_name="goals")

    class Meta:
        ordering = ("sheet_id", "place")

    def __str__(self) -> str:
        return self.what


class PlanLine(models.Model):
    """One line of the development plan: what is to be learned, how, by when."""

    sheet = models.ForeignKey(GoalSheet, on_delete=models.CASCADE, related_name="plan")
    place = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=200)
    how = models.CharField(max_length=200, blank=True)
    due = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("sheet_id", "place")

    def __str__(self) -> str:
        return self.what


class Capacity(models.TextChoices):
    """As what somebody signs a sheet, or says how a goal came out."""

    EMPLOYEE = "employee", both("员工", "Employee")
    LINE_MANAGER = "line_manager", both("直接上级", "Line manager")
    NEXT_LEVEL = "next_level", both("隔级上级", "Next-level manager")
    HR = "hr", both("人力资源部", "HR")


class Document(DocumentKept):
    """The exact bytes of a sheet, or of the list of a team, that somebody was shown and signed."""


class GoalSignature(SignatureKept):
    """One person's signature under a sheet; `listed`: the list with which several were signed in one act."""

    sheet = models.ForeignKey(GoalSheet, on_delete=models.CASCADE, related_name="signatures")
    capacity = models.CharField(max_length=12, choices=Capacity)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signatures")
    listed = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="lists")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["sheet", "capacity"], condition=Q(void_at=None), name="one_goal_signature_a_capacity"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sheet} · {self.get_capacity_display()}"


class Outcome(models.Model):
    """How a goal came out, as the employee or the manager says; of a metric the settled figure stands beside it."""

    class Value(models.TextChoices):
        """How far."""

        REACHED = "reached", both("达成", "Reached")
        PARTLY = "partly", both("部分达成", "Partly")
        MISSED = "missed", both("未达成", "Not reached")

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="outcomes")
    capacity = models.CharField(max_length=12, choices=Capacity)
    value = models.CharField(max_length=7, choices=Value)
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("goal_id", "capacity")
        constraints = (models.UniqueConstraint(fields=["goal", "capacity"], name="one_outcome_a_capacity"),)

    def __str__(self) -> str:
        return f"{self.goal} · {self.get_value_display()}"


for model in (DepartmentGoal, JobDescription, GoalSheet, GoalSignature, Outcome):
    auditlog.register(model)
