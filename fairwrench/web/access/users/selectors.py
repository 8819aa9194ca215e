"""Accounts, roles and the audit log, as far as a user may see them."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from auditlog.models import LogEntry
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from fairwrench.web.access.models import Grant, Invitation, User, Viewed
from fairwrench.web.access.predicates import Role
from fairwrench.web.access.reach import stores_of_unit
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee, Unit
from fairwrench.web.ui.words import Words

#: fields whose values only auditors read in the audit log
CONFIDENTIAL = ("full_salary", "value", "password")
#: fields that the audit log tells, in words; others (keys, hashes, counters) tell nobody anything
FIELDS: dict[str, Words] = {
    "name": ("名称", "name"),
    "name_en": ("英文名", "English name"),
    "kind": ("类型", "kind"),
    "parent": ("上级", "below"),
    "description": ("说明", "description"),
    "status": ("状态", "status"),
    "hired_on": ("入职", "hired"),
    "left_on": ("离职", "left"),
    "full_salary": ("全额工资", "full salary"),
    "aliases": ("别名", "other names"),
    "store": ("门店", "store"),
    "department": ("部门", "department"),
    "position": ("岗位", "position"),
    "manager": ("直接上级", "manager"),
    "manager_id": ("直接上级", "manager"),
    "begin": ("从", "from"),
    "end": ("到", "to"),
    "from": ("从", "from"),
    "to": ("到", "to"),
    "username": ("用户名", "user name"),
    "employee": ("员工", "employee"),
    "email": ("邮箱", "e-mail"),
    "language": ("语言", "language"),
    "theme": ("外观", "look"),
    "is_active": ("启用", "open"),
    "role": ("角色", "role"),
    "unit": ("范围", "for"),
    "subject": ("职责", "duty"),
    "reason": ("原因", "reason"),
    "state": ("状态", "state"),
    "month": ("月份", "month"),
    "item": ("项目", "item"),
    "source": ("数据报表", "source"),
    "metric": ("指标", "metric"),
    "level": ("等级", "level"),
    "points": ("得分", "points"),
    "example": ("事例", "example"),
    "concerns": ("所属月份", "concerns"),
    "value": ("数值", "value"),
    "begins": ("适用月份", "holds from"),
    "note": ("说明", "note"),
    "decided_by": ("批准人", "decided by"),
    "asked_by": ("申请人", "asked by"),
    "ended_by": ("结束人", "ended by"),
}
# what the log writes for nothing, by the kind of field
EMPTY = {None, "None", ""}
ACTIONS: dict[int, Words] = {0: ("新增", "added"), 1: ("修改", "changed"), 2: ("删除", "removed"), 3: ("操作", "did")}


def users_list(*, user: User) -> QuerySet[User]:
    """The accounts that a user manages: all for administrators, else those of people in the stores of HR."""
    rows = User.objects.select_related("employee").prefetch_related("grants", "grants__unit")
    rows = rows.annotate(
        second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)),
        invited=Exists(Invitation.objects.filter(user=OuterRef("pk"), used_at=None)),
    )
    scope = Scope.of(user)
    if not scope.has(Role.ADMINISTRATOR):
        stores = scope.stores(Role.HR)
        # by the last assignment: the account of who moved is the business of the store of today
        held = Assignment.objects.filter(latest(day=today()))
        if stores is not None:
            held = held.filter(store__name__in=stores)
        rows = rows.filter(employee__in=held.values("employee"))
    return rows.order_by("username")


def users_invited(*, user: User) -> QuerySet[User]:
    """Of these, the open ones whose people were invited and have not come in yet."""
    waiting = Invitation.objects.filter(used_at=None).values("user")
    return users_list(user=user).filter(pk__in=waiting, is_active=True, last_login=None)


def group_holders(*, role: str) -> list[User]:
    """Those who hold a role for the whole group and may sign in."""
    # the root unit and no unit at all both mean the whole group
    whole = Q(grants__unit=None) | Q(grants__unit__kind=Unit.Kind.GROUP)
    found = User.objects.coming_in().filter(whole, grants__role=role)
    return list(found.distinct().order_by("pk"))


def store_holders(*, role: str, store: str) -> list[User]:
    """Those who hold a role for a store, also by a unit above it, and may sign in; by the whole group last."""
    coming_in = User.objects.coming_in().values("pk")
    grants = Grant.objects.filter(role=role, user__in=coming_in).select_related("unit", "user__employee").order_by("pk")
    reached = [(grant.user, stores_of_unit(grant.unit) if grant.unit else None) for grant in grants]
    near = [user for user, stores in reached if stores is not None and store in stores]
    return list(dict.fromkeys([*near, *(user for user, stores in reached if stores is None)]))


def log_list() -> QuerySet[LogEntry]:
    """The audit log of everything, latest first; only for those with `people.audit`."""
    every: QuerySet[LogEntry] = LogEntry.objects.select_related("actor__employee", "content_type")
    return every.order_by("-timestamp", "-id")


def views_list() -> QuerySet[Viewed]:
    """Who looked at what of whom, latest first, with the name of whom it was about; as open as the log."""
    names = Employee.objects.filter(employee_id=OuterRef("about")).values("name")[:1]
    return Viewed.objects.select_related("by__employee").annotate(about_name=Subquery(names)).order_by("-at", "-id")
