"""Months and what came of settling them.

A cycle is one month on its way from open to published. A run is one settling of it: what it came to of each person lies
on disk beside the ledger (`closing.run_store`); here stands what lists sort and filter by.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q

from fairwrench.settlement.words.wording import DECISIONS
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.grounds import GROUND_CHOICES
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import both


class Run(models.Model):
    """One settling of a month: `final` is sealed, `live` shows the month so far, `known` is a published month as late
    evidence has it."""

    class Kind(models.TextChoices):
        """What a run is for."""

        FINAL = "final", both("正式核算", "Settlement")
        LIVE = "live", both("本月预估", "Month so far")
        RESTATED = "restated", both("更正后", "As corrected")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=Kind)
    #: the month whose evidence it knows: its own, or a later one that corrected it
    known_at = models.CharField(max_length=7)
    scheme = models.CharField(max_length=80)
    scheme_version = models.CharField(max_length=40, blank=True)
    #: digest of its seal, by which its records are trusted: a forged manifest would have to be forged here, too
    seal = models.CharField(max_length=64)
    #: its records, relative to SETTLEMENTS
    folder = models.CharField(max_length=120)
    program = models.CharField(max_length=20)
    problems = models.JSONField(default=list)
    #: False while it is written; pages ask for whole runs alone, so none sees what a killed worker left
    whole = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    #: of a settlement: the moment from which nothing that was decided is in it
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["cycle", "kind", "-id"]),)

    @cached_property
    def sums_of_all(self) -> StoreSums | None:
        """The sums of everybody in it, read once; None while it is not written down."""
        return self.sums.filter(store=EVERY_STORE).first()

    @cached_property
    def sums_of_stores(self) -> list[StoreSums]:
        """The sums of each of its stores by name, read once."""
        return list(self.sums.exclude(store=EVERY_STORE))


#: what stands for all stores together where a store's name stands
EVERY_STORE = "*"


class StoreSums(models.Model):
    """What a run comes to in one store, or in all of them (EVERY_STORE): counts of people, scores in hundredths, money
    in fen. Of a month that is not over it is what people head for."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="sums")
    store = models.CharField(max_length=80)
    people = models.IntegerField(default=0)
    settled = models.IntegerField(default=0)
    incomplete = models.IntegerField(default=0)
    excluded = models.IntegerField(default=0)
    #: grade → how many people
    grades = models.JSONField(default=dict)
    #: the sum of the scores there are, and how many they are
    score_sum = models.BigIntegerField(default=0)
    scored = models.IntegerField(default=0)
    performance_pay = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    #: cause → how many items keep somebody incomplete from being settled
    held = models.JSONField(default=dict)

    class Meta:
        ordering = ("store",)
        constraints = (models.UniqueConstraint(fields=["run", "store"], name="one_row_of_sums_each"),)

    def __str__(self) -> str:
        return f"{self.store} {self.run_id}"


class Result(models.Model):
    """One person's month in one run. Points and scores in hundredths, money in fen, coefficients in ten-thousandths."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="results")
    # who and where as the month was settled: a copy, so that later changes of the roster leave it as it was
    employee_id = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    store = models.CharField(max_length=80)
    department = models.CharField(max_length=40)
    position = models.CharField(max_length=40)
    scorecard = models.CharField(max_length=40, blank=True)
    manager_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=40, blank=True)
    score = models.IntegerField(null=True)
    grade = models.CharField(max_length=2, blank=True)
    band = models.CharField(max_length=2, blank=True)
    #: weight measured so far, and weight of the card, in hundredths
    measured_weight = models.IntegerField(default=0)
    whole_weight = models.IntegerField(default=0)
    #: where the month heads for if what is not measured yet goes as what is
    heads_score = models.IntegerField(null=True)
    heads_grade = models.CharField(max_length=2, blank=True)
    heads_pay = models.BigIntegerField(null=True)
    base_kind = models.CharField(max_length=40, blank=True)
    base = models.BigIntegerField(null=True)
    coefficient = models.IntegerField(null=True)
    performance_pay = models.BigIntegerField(null=True)
    fixed_part = models.BigIntegerField(null=True)
    pool_pay = models.BigIntegerField(null=True)
    deductions = models.BigIntegerField(null=True)
    corrections = models.BigIntegerField(null=True)
    total_pay = models.BigIntegerField(null=True)
    #: what keeps the pay from being worked out, codes by commas
    missing = models.CharField(max_length=200, blank=True)
    #: why items of somebody incomplete wait, each cause once and between commas: `,unrated,no_target,`
    held = models.CharField(max_length=200, blank=True)
    #: the items for which somebody incomplete waits: item, cause, what lacks
    waits = models.JSONField(default=list)

    class Meta:
        ordering = ("store", "employee_id")
        constraints = (models.UniqueConstraint(fields=["run", "employee_id"], name="one_result_each"),)
        indexes = (models.Index(fields=["employee_id", "run"]), models.Index(fields=["run", "store"]))

    def __str__(self) -> str:
        return f"{self.name} {self.employee_id}"


#: the name of the workflow of months (`months.workflow`), by which their steps are found
MONTH = "month"

Said = TypeVar("Said", bound=models.Model)


class Standing(models.Manager[Said]):
    """What was said on the pages and counts: given and not taken back."""

    def get_queryset(self) -> models.QuerySet[Said]:
        """Without those taken back."""
        return super().get_queryset().filter(withdrawn_at=None)


class Rating(models.Model):
    """What one rater gives one person on one item for one month; it lands as evidence when the month is settled."""

    month = models.CharField(max_length=7)
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="ratings")
    item = models.CharField(max_length=60)
    rater = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="ratings_given")
    role = models.CharField(max_length=12)
    level = models.CharField(max_length=40, blank=True)
    #: hundredths of a point, for items that are rated in points
    points = models.IntegerField(null=True, blank=True)
    example = models.TextField(blank=True)
    rated_at = models.DateTimeField(auto_now=True)
    #: who entered it: the rater, or who stood in for them; who took it back, where it was
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    #: when it was taken back: it counts no more, and stays to tell by whom
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    #: returned to be looked at again, by whom and why, until it is given anew; it counts meanwhile
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    returned_why = models.CharField(max_length=400, blank=True)

    # the first manager is the default: relations and checks go on seeing what was taken back
    objects = models.Manager()
    standing: models.Manager[Rating] = Standing()

    class Meta:
        ordering = ("month", "employee_id", "item")
        constraints = (
            # also of those taken back: given anew, it is the same row
            models.UniqueConstraint(fields=["month", "employee", "item", "rater"], name="one_rating_each"),
            models.CheckConstraint(condition=~Q(level="") | Q(points__isnull=False), name="a_rating_says_something"),
        )

    def __str__(self) -> str:
        return f"{self.employee} · {self.month}"


class Correction(models.Model):
    """A correction entry: what is set or taken back in a month for an earlier one, asked for with a reason, decided by
    somebody else. Only an approved one counts; it lands when the month is worked out."""

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked", both("待审批", "To be approved")
        REFUSED = "refused", both("未同意", "Refused")
        APPROVED = "approved", both("已同意", "Approved")
        WITHDRAWN = "withdrawn", both("已撤回", "Withdrawn")

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="corrections")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    #: the month that is set right; `cycle` is the later one that it is paid with
    concerns = models.CharField(max_length=7)
    kind = models.CharField(max_length=24)
    item = models.CharField(max_length=60, blank=True)
    #: points or score in hundredths, amounts in fen, as the kind says; a grade has none
    value = models.BigIntegerField(null=True, blank=True)
    #: on what ground it takes money; empty for what takes none
    ground = models.CharField(max_length=12, blank=True, choices=GROUND_CHOICES)
    reason = models.CharField(max_length=400)
    #: what it changes for the person: see `correction_trial.Effect`
    effect = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    #: who asked for it, and may withdraw it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.employee} · {self.concerns}"

    @property
    def kind_words(self) -> tuple[str, str]:
        """What was decided, in both languages."""
        named = DECISIONS[self.kind]
        return named.zh, named.en


class Target(models.Model):
    """What HR aims at for one subject, metric and month; it lands as evidence when the month is worked out."""

    month = models.CharField(max_length=7)
    #: an employee id, a store's name, `store/department` or `group`, as the source of targets has it
    subject = models.CharField(max_length=130)
    metric = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=18, decimal_places=3)
    #: [subject, metric] of each row that says it in evidence: as a file spelled what this took the place of
    told_as = models.JSONField(default=list)
    set_at = models.DateTimeField(auto_now=True)
    #: who entered it, or took it back
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    #: when it was taken back: it counts no more, and stays to tell by whom
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()
    standing: models.Manager[Target] = Standing()

    class Meta:
        ordering = ("month", "subject", "metric")
        constraints = (models.UniqueConstraint(fields=["month", "subject", "metric"], name="one_target_each"),)

    def __str__(self) -> str:
        return f"{self.subject} · {self.month}"


class Choice(models.Model):
    """Which of two words about one thing counts: that of a file on the desk, or the page's; decided with a reason.

    It holds for these two words alone: once either is another it has to be decided anew.
    """

    WORDS = (("file", both("文件", "the file")), ("page", both("页面", "the page")))

    upload = models.ForeignKey("evidence.Upload", on_delete=models.CASCADE, related_name="+")
    #: the kind of file, and the key of the rating or target that stands from the page
    source = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    #: what the page and the file said
    page_said = models.TextField()
    file_said = models.TextField()
    choice = models.CharField(max_length=4, choices=WORDS)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["source", "record_id"]),)

    def __str__(self) -> str:
        return f"{self.source} {self.record_id} · {self.choice}"


for model in (Rating, Correction, Target, Choice):
    auditlog.register(model, exclude_fields=["effect"] if model is Correction else [])
