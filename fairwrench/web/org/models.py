"""Who works where since when.

The organisation is a tree of units; an employee's assignments are dated. What a scheme calls a store is the name of a
unit of kind `store`; departments and positions carry the scheme's ids, so that a roster frame can be read off.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from auditlog.registry import auditlog
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from fairwrench.web.ui.words import aside, both, pick


class Unit(models.Model):
    """A part of the organisation: the group, a region, a store, a department of a store, a team."""

    class Kind(models.TextChoices):
        """How large a part."""

        GROUP = "group", both("集团", "Group")
        REGION = "region", both("区域", "Region")
        STORE = "store", both("门店", "Store")
        DEPARTMENT = "department", both("部门", "Department")
        TEAM = "team", both("班组", "Team")

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    #: the scheme's id of a department; empty for every other kind
    code = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        ordering = ("id",)
        constraints = (
            # evidence names a store by nothing but its name
            models.UniqueConstraint(fields=["name"], condition=Q(kind="store"), name="one_store_a_name"),
            models.UniqueConstraint(fields=["parent", "kind", "code", "name"], name="one_unit_a_place"),
        )

    def __str__(self) -> str:
        return pick(self.name, self.name_en or self.name)


class Position(models.Model):
    """A position with its job description. `code` is its id in the scheme."""

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    side = models.CharField(max_length=12, blank=True)
    manager = models.BooleanField(default=False)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return pick(self.name_zh, self.name_en)


class Employee(models.Model):
    """A person who works, or worked, for the group.

    Status, days and salary are those of the last assignment; what held before stands with each assignment. Whether
    somebody has left is told by the last day of service (`has_left`): an assignment keeps the status that it had.
    """

    class Status(models.TextChoices):
        """Where somebody is on the way through the company."""

        REGULAR = "regular", both("正式", "Regular")
        PROBATION = "probation", both("试用", "Probation")
        LEFT = "left", both("离职", "Left")

    employee_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    status = models.CharField(max_length=12, choices=Status, default=Status.REGULAR)
    hired_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    #: fen a month; empty when unknown
    full_salary = models.BigIntegerField(null=True, blank=True)
    #: other names by which files call the person, separated by 、
    aliases = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("employee_id",)

    def __str__(self) -> str:
        return f"{self.name} {self.employee_id}"

    def get_absolute_url(self) -> str:
        """The person's page."""
        return reverse("people:person", args=[self.employee_id])

    def has_left(self, day: date | None = None) -> bool:
        """Whether the last day of service lies before a day (today where the stores are)."""
        return _left_before(self, day or timezone.localdate())


def _left_before(row: Employee | Assignment, day: date) -> bool:
    return row.status == Employee.Status.LEFT if row.left_on is None else row.left_on < day


def in_service(day: date, of: str = "") -> Q:
    """For employees and assignments: those whose last day of service does not lie before a day.

    `of` leads to the employee: `employee__`.
    """
    open_ended = Q(**{f"{of}left_on__isnull": True}) & ~Q(**{f"{of}status": Employee.Status.LEFT})
    return open_ended | Q(**{f"{of}left_on__gte": day})


class Assignment(models.Model):
    """Who holds which position in which department of which store, from when to when (both inclusive)."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="assignments")
    store = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="assignments")
    manager = models.ForeignKey(Employee, null=True, blank=True, on_delete=models.SET_NULL, related_name="led")
    begin = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Employee.Status, default=Employee.Status.REGULAR)
    hired_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    #: fen a month; empty when unknown
    full_salary = models.BigIntegerField(null=True, blank=True)
    #: the place in the roster, which decides between assignments of the same days
    place = models.IntegerField(default=0)

    class Meta:
        ordering = ("employee_id", "begin", "place")
        constraints = (
            models.CheckConstraint(
                condition=Q(begin__isnull=True) | Q(end__isnull=True) | Q(begin__lte=F("end")),
                name="ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee} · {self.position} · {self.store}"

    @property
    def standing(self) -> str:
        """The status in words as of today: left once the last day of service is over, until then the day beside it."""
        if _left_before(self, timezone.localdate()):
            return str(Employee.Status.LEFT.label)
        status = str(self.get_status_display())
        leaves = pick("{} 离职", "leaves on {}").format(self.left_on) if self.left_on else ""
        return aside(status, leaves)


class DutiesInService(models.Manager["Duty"]):
    """The duties of people in service: they end with the last day, without anybody taking them away."""

    def get_queryset(self) -> QuerySet[Duty]:
        """Those of today."""
        return super().get_queryset().filter(in_service(timezone.localdate(), "employee__"))


class Duty(models.Model):
    """Who hands in which source for a unit, or who rates which item there."""

    class Kind(models.TextChoices):
        """What has to be done."""

        PROVIDE = "provide", both("数据提报", "Provide data")
        RATE = "rate", both("评分", "Rate")

    kind = models.CharField(max_length=8, choices=Kind)
    #: the source or the item
    subject = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="duties")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="duties")

    objects: ClassVar[DutiesInService] = DutiesInService()
    #: also those that ended because somebody left
    ever: ClassVar[models.Manager[Duty]] = models.Manager()

    class Meta:
        ordering = ("unit_id", "kind", "subject")
        constraints = (models.UniqueConstraint(fields=["kind", "subject", "unit", "employee"], name="one_duty_each"),)

    def __str__(self) -> str:
        return f"{self.employee} · {self.subject} · {self.unit}"


for model in (Unit, Position, Employee, Assignment, Duty):
    auditlog.register(model)
