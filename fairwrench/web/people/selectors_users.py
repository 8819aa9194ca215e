"""Accounts, roles and the audit log, as far as a user may see them."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from auditlog.models import LogEntry
from django.db.models import Exists, OuterRef, QuerySet

from fairwrench.web.people.models import Assignment, Invitation, User
from fairwrench.web.people.policy import Role, audits
from fairwrench.web.people.records import DEEDS
from fairwrench.web.people.scope import Scope, latest, today
from fairwrench.web.ui.words import Words, of, pick

#: fields whose values only auditors read in the audit log
CONFIDENTIAL = ("full_salary", "value", "password")
#: what records are called in the audit log
THINGS: dict[str, Words] = {
    "unit": ("组织单元", "unit"),
    "position": ("岗位", "position"),
    "employee": ("员工", "employee"),
    "assignment": ("任职", "assignment"),
    "user": ("账号", "account"),
    "grant": ("角色授权", "role granted"),
    "duty": ("职责", "duty"),
    "delegation": ("代理", "delegation"),
    "cycle": ("考核月", "month"),
    "rating": ("评分", "rating"),
    "correction": ("更正", "correction"),
}
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
        held = Assignment.objects.filter(pk=latest(day=today()))
        if stores is not None:
            held = held.filter(store__name__in=stores)
        rows = rows.filter(employee__in=held.values("employee"))
    return rows.order_by("username")


def log_list() -> QuerySet[LogEntry]:
    """The audit log of everything, latest first; only for those with `people.audit`."""
    return LogEntry.objects.select_related("actor", "content_type").order_by("-timestamp", "-id")


def log_words(*, entry: LogEntry) -> str:
    """What was done, in words."""
    told = (entry.additional_data or {}).get("what")
    if told in DEEDS:
        return of(DEEDS[told])
    thing = of(THINGS.get(entry.content_type.model, entry.content_type.name))
    said = f"{of(ACTIONS[entry.action])} {thing}" if pick("", "en") else f"{of(ACTIONS[entry.action])}{thing}"
    return (
        f"{said}{pick('（花名册导入）', ' (roster import)')}" if (entry.additional_data or {}).get("roster") else said
    )


def log_changes(*, entry: LogEntry, user: User) -> str:
    """What changed, field by field; confidential values only for auditors of the whole group."""
    open_to = audits(user)
    parts = []
    for name, (old, new) in sorted((entry.changes_dict or {}).items()):
        hidden = name in CONFIDENTIAL and not open_to
        parts.append(f"{name}: •••" if hidden else f"{name}: {old} → {new}")
    detail = (entry.additional_data or {}).get("detail", "")
    return "；".join([*parts, *([detail] if detail else [])])
