"""Appraisal forms of a month: the interview, and who signed exactly what."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q

from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import both
from fairwrench.web.work.signing.records import DocumentKept, SignatureKept


class Appraisal(models.Model):
    """One person's form of one settled month on its way (S1 ❺ 5.1.4 and 5): interviewed, signed by three, filed by HR.

    Its figures are those of `run`; who manages whom is as that month was settled.
    """

    class State(models.TextChoices):
        """Whom it waits for."""

        INTERVIEW = "interview", both("待面谈", "Interview due")
        EMPLOYEE = "employee", both("待员工签字", "Employee to sign")
        MANAGER = "manager", both("待直接上级签字", "Line manager to sign")
        NEXT_LEVEL = "next_level", both("待隔级上级签字", "Next level to sign")
        HR = "hr", both("待人力资源归档", "HR to file")
        FILED = "filed", both("已归档", "Filed")

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="appraisals")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="appraisals")
    run = models.ForeignKey("settlements.Run", on_delete=models.PROTECT, related_name="+")
    #: where the person worked, as the month was settled
    store = models.CharField(max_length=80)
    department = models.CharField(max_length=40, blank=True)
    line_manager = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    next_level = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    #: the interview: when, where, what was said and agreed
    held_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=60, blank=True)
    went_well = models.TextField(blank=True)
    to_improve = models.TextField(blank=True)
    agreed = models.TextField(blank=True)
    employee_view = models.TextField(blank=True)
    #: whether the scheme asks for an interview by the next level at its grade (S1 ❺ annex 1): when, what was said and
    #: agreed, or why there was none
    next_due = models.BooleanField(default=False)
    next_on = models.DateField(null=True, blank=True)
    next_said = models.TextField(blank=True)
    next_agreed = models.TextField(blank=True)
    next_not_held = models.CharField(max_length=400, blank=True)
    #: digest of its figures (`content.Content.figures`); empty before the interview
    figures = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.INTERVIEW)
    #: counts changes, so that nobody acts on what looked otherwise when the button was drawn
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("store", "department", "employee__employee_id")
        constraints = (models.UniqueConstraint(fields=["cycle", "employee"], name="one_form_a_person_and_month"),)
        indexes = (models.Index(fields=["state", "store"]),)

    def __str__(self) -> str:
        return f"{self.employee.name} {self.cycle.month}"


class Document(DocumentKept):
    """The exact bytes of a form that somebody was shown and signed; `facts` are those of `content.facts_of`."""


class Signature(SignatureKept):
    """One person's signature under a form, or why there is none; void once the form was opened again or its figures
    changed, and kept all the same."""

    class Capacity(models.TextChoices):
        """As what somebody signs."""

        EMPLOYEE = "employee", both("员工", "Employee")
        LINE_MANAGER = "line_manager", both("直接上级", "Line manager")
        NEXT_LEVEL = "next_level", both("隔级上级", "Next-level manager")
        HR = "hr", both("人力资源部", "HR")

    appraisal = models.ForeignKey(Appraisal, on_delete=models.CASCADE, related_name="signatures")
    capacity = models.CharField(max_length=12, choices=Capacity)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="signatures")
    #: why it is not signed; empty for a signature
    refused = models.CharField(max_length=400, blank=True)
    #: who was there when it was refused
    witness = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")

    class Served(models.TextChoices):
        """How the note of a refusal was handed over 送达."""

        PERSON = "person", both("当面", "in person")
        POST = "post", both("邮寄", "by post")
        MESSAGE = "message", both("消息", "by message")

    served_how = models.CharField(max_length=8, blank=True, choices=Served)
    served_on = models.DateField(null=True, blank=True)
    served_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["appraisal", "capacity"], condition=Q(void_at=None), name="one_signature_a_capacity"
            ),
            models.CheckConstraint(condition=Q(document__isnull=False) | ~Q(refused=""), name="signed_or_refused"),
        )

    def __str__(self) -> str:
        return f"{self.appraisal} · {self.get_capacity_display()}"


class Appeal(models.Model):
    """What somebody holds against their form, one item or the score (S1 ❺ 六): first with the line manager, unresolved
    in writing with who stands above or HR. What is agreed goes the way of a correction and counts by that alone."""

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked", both("待直接上级处理", "With the line manager")
        UPHELD = "upheld", both("直接上级维持", "Upheld by the line manager")
        RAISED = "raised", both("待隔级上级或人力资源处理", "With the next level or HR")
        AGREED = "agreed", both("同意调整，待登记更正", "Agreed; HR to correct")
        CORRECTED = "corrected", both("已登记更正", "Correction entered")
        CLOSED = "closed", both("维持，已办结", "Upheld, closed")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")

    form = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="appeals")
    #: the item that is meant; empty for the score
    item = models.CharField(max_length=60, blank=True)
    #: what the person holds to be right, and why
    expected = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    #: what it is agreed to be set to, in hundredths of a point
    points = models.IntegerField(null=True, blank=True)
    correction = models.ForeignKey("settlements.Correction", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["form", "item"],
                condition=Q(state__in=("asked", "upheld", "raised", "agreed")),
                name="one_open_appeal_an_item",
            ),
        )

    def __str__(self) -> str:
        return f"{self.form} #{self.pk}"


for model in (Appraisal, Signature, Appeal):
    auditlog.register(model)
