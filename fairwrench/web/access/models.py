"""Who may sign in and who may do what: accounts, roles, standing in, invitations, and who looked at what."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from auditlog.registry import auditlog
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from fairwrench.web.org.models import Employee, Unit, in_service
from fairwrench.web.ui.words import both


class Accounts(UserManager["User"]):
    """Accounts with what every page asks of who is signed in: the employee, whose name it shows, and whether a second
    step is set up (`second_step_set`). One query instead of three."""

    def get_queryset(self) -> QuerySet[User]:
        """Every account."""
        steps = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        return super().get_queryset().select_related("employee").annotate(second_step_set=Exists(steps))

    def coming_in(self) -> QuerySet[User]:
        """Those that may sign in today: open, and not of somebody who has left."""
        return self.filter(Q(employee=None) | in_service(timezone.localdate(), "employee__"), is_active=True)


class User(AbstractUser):
    """Somebody who may sign in; mostly an employee."""

    class Theme(models.TextChoices):
        """How the screen looks."""

        AUTO = "auto", both("跟随系统", "As the system")
        LIGHT = "light", both("浅色", "Light")
        DARK = "dark", both("深色", "Dark")

    employee = models.OneToOneField(Employee, null=True, blank=True, on_delete=models.SET_NULL, related_name="user")
    #: what somebody is called who is not on the roster
    name = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)

    objects: ClassVar[Accounts] = Accounts()

    #: the `scope.Scope` of the user once it was asked for: kept for the length of the request. That module reads this
    #: one, so its class cannot be named here
    _scope: Any = None

    def __str__(self) -> str:
        return str(self.employee) if self.employee else self.called

    @property
    def called(self) -> str:
        """What somebody is called, without the number that tells namesakes apart."""
        return self.employee.name if self.employee else self.name or self.username

    @property
    def has_left(self) -> bool:
        """Whether it belongs to somebody whose last day of service is over; such an account lets nobody in."""
        return self.employee is not None and self.employee.has_left()


class Grant(models.Model):
    """A role that somebody holds, for a unit and everything below it, or for everything."""

    class Role(models.TextChoices):
        """What a role is called. Employee, line manager and next-level manager follow from the roster instead."""

        HR = "hr", both("人力资源", "HR")
        PROVIDER = "data_provider", both("数据提报人", "Data provider")
        SUPERVISOR = "workshop_supervisor", both("车间主管", "Workshop supervisor")
        GENERAL_MANAGER = "general_manager", both("总经理", "General manager")
        GM_ASSISTANT = "gm_assistant", both("总经理助理", "General manager's assistant")
        SERVICE_MANAGER = "service_manager", both("售后经理", "Service manager")
        DISPATCHER = "dispatcher", both("调度员", "Dispatcher")
        CUSTOMER_SERVICE = "customer_service", both("客服", "Customer service")
        FINANCE = "finance", both("财务", "Finance")
        AUDITOR = "auditor", both("绩效稽查", "Auditor")
        ADMINISTRATOR = "administrator", both("系统管理员", "System administrator")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=24, choices=Role)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        ordering = ("user_id", "role")
        constraints = (models.UniqueConstraint(fields=["user", "role", "unit"], name="one_grant_each"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class DelegationsInService(models.Manager["Delegation"]):
    """Those in which both are in service: nobody stands in for who has left, nor does who has left for others."""

    def get_queryset(self) -> QuerySet[Delegation]:
        """Those of today."""
        day = timezone.localdate()
        return super().get_queryset().filter(in_service(day, "away__"), in_service(day, "stand_in__"))


class Delegation(models.Model):
    """Somebody stands in for somebody else between two days, both inclusive; it counts once it is approved."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", both("待批准", "Awaiting approval")
        APPROVED = "approved", both("已批准", "Approved")
        REFUSED = "refused", both("未批准", "Refused")
        ENDED = "ended", both("已提前结束", "Ended early")

    away = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="delegated")
    stand_in = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="stands_in")
    begin = models.DateField()
    end = models.DateField()
    reason = models.CharField(max_length=120, blank=True)
    #: whether the stand-in comes to see others' results and pay by it, which takes an approval: of those led,
    #: and of evidence of pay that is handed in by duty
    leads = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    #: who approved or refused it; none where nobody had to
    decided_by = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    #: why it was refused
    note = models.CharField(max_length=200, blank=True)
    ended_by = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[DelegationsInService] = DelegationsInService()
    #: also those that ended because somebody left
    ever: ClassVar[models.Manager[Delegation]] = models.Manager()

    class Meta:
        ordering = ("-begin", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(begin__lte=F("end")), name="delegation_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(away=F("stand_in")), name="nobody_stands_in_for_oneself"),
        )

    def __str__(self) -> str:
        return f"{self.away} → {self.stand_in}"

    @property
    def is_standing(self) -> bool:
        """Whether it counts, or still may."""
        return self.standing in ("waiting", "later", "now")

    @property
    def standing(self) -> str:
        """waiting, missed (its days went by without an approval), later, now, over, refused or ended."""
        day = timezone.localdate()
        if self.state == self.State.WAITING and self.end < day:
            return "missed"
        if self.state != self.State.APPROVED:
            return str(self.state)
        return "later" if self.begin > day else "over" if self.end < day else "now"


class Invitation(models.Model):
    """A link by which somebody sets a password for the first time; it works once and for a while."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    #: whether the account was in use before, so that the link gives another password and not a first one
    reset = models.BooleanField(default=False)
    #: the browser of who made it (`devices.browser_mark`): there it does not open
    made_in = models.CharField(max_length=64, blank=True)
    #: where it was mailed to; empty where it was shown to who made it
    mailed_to = models.EmailField(blank=True)
    #: the address that it was used from
    used_from = models.CharField(max_length=45, blank=True)


class Tally(models.Model):
    """A line of the cache that all processes of the installation share, such as how often signing in failed.

    Django's database cache alone reads and writes it (`CACHES`); being a model, its table comes with the migrations.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class Viewed(models.Model):
    """That somebody looked at others' results, pay or evidence, or took them away: one record an hour for each page."""

    # PROTECT: what somebody looked at keeps their account, which is closed and not deleted
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    #: the key of what was looked at: see `access_log.LoggedPage`
    page = models.CharField(max_length=12)
    #: the employee id of whom it is about; empty for a page about many
    about = models.CharField(max_length=40, blank=True)
    #: the month shown; empty where the page is of no month
    month = models.CharField(max_length=7, blank=True)
    #: the store, or the name of the file taken away
    what = models.CharField(max_length=160, blank=True)
    #: whether it was taken away as a file
    taken = models.BooleanField(default=False)
    #: the full hour in which it was
    hour = models.DateTimeField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["by", "page", "about", "month", "what", "taken", "hour"], name="one_view_an_hour"
            ),
        )
        indexes = (models.Index(fields=["-at"]),)

    def __str__(self) -> str:
        return f"{self.by} · {self.page} · {self.about or self.what}"


for model in (Grant, Delegation):
    auditlog.register(model)
# no digest of a password in a log, and no line for each time that somebody signs in
auditlog.register(User, exclude_fields=["password", "last_login"])
