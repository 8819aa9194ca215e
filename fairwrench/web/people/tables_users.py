"""The tables of accounts and of the audit log."""

from __future__ import annotations

from typing import Any

from auditlog.models import LogEntry
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.people.models import User
from fairwrench.web.people.organisation import unit_label
from fairwrench.web.people.selectors_users import log_changes, log_words
from fairwrench.web.ui.columns import Column, LongColumn
from fairwrench.web.ui.tables import Table
from fairwrench.web.ui.words import pick


def roles_of(user: User) -> str:
    """The roles granted to a user, with their units."""
    granted = user.grants.all()
    return "；".join(
        f"{g.get_role_display()}（{unit_label(g.unit) if g.unit else pick('全集团', 'all')}）" for g in granted
    )


class Users(Table):
    """Accounts."""

    username = Column("用户名", "User name", search=True)
    person = Column("姓名", "Person", accessor="employee__name", search="employee__name", empty_values=())
    roles = LongColumn("角色", "Roles", empty_values=(), orderable=False)
    state = Column("状态", "State", empty_values=(), order_by=("is_active", "last_login"))
    second_factor = Column("两步验证", "Two steps")
    last_login = Column("最近登录", "Last signed in")

    class Meta:
        sequence = ("username", "person", "roles", "state", "second_factor", "last_login")

    def render_username(self, record: User) -> SafeString:
        """Leads to the account."""
        return format_html('<a href="{}">{}</a>', reverse("settings:user", args=[record.pk]), record.username)

    def render_person(self, record: User) -> str:
        """Name and employee id."""
        return f"{record.employee.name} {record.employee.employee_id}" if record.employee else "—"

    def render_roles(self, record: User) -> str:
        """Roles granted."""
        return roles_of(record) or pick("员工", "Employee")

    def render_state(self, record: User) -> str:
        """Whether one may sign in, and whether one can."""
        return state_of(record)

    def render_second_factor(self, value: bool) -> str:
        """Whether signing in takes a code besides."""
        return pick("已开启", "on") if value else "—"

    def render_last_login(self, value: Any) -> str:
        """Day and time."""
        return value.astimezone().strftime("%Y-%m-%d %H:%M") if value else "—"


def state_of(user: User) -> str:
    """Closed, invited, or in use."""
    if not user.is_active:
        return pick("已停用", "closed")
    if user.has_usable_password() or user.last_login:
        return pick("正常", "in use")
    return pick("已邀请", "invited") if getattr(user, "invited", False) else pick("未邀请", "not invited")


class Log(Table):
    """The audit log."""

    timestamp = Column("时间", "When")
    actor = Column("操作人", "Who", accessor="actor", search="actor__username", empty_values=(), orderable=False)
    what = Column("操作", "What", empty_values=(), orderable=False)
    object_repr = Column("对象", "About", search=True, orderable=False)
    changes = LongColumn("内容", "Content", empty_values=(), orderable=False)

    def __init__(self, *given: Any, reader: User, **options: Any) -> None:
        super().__init__(*given, **options)
        self.reader = reader

    def render_timestamp(self, value: Any) -> str:
        """Day and time."""
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")

    def render_actor(self, record: LogEntry) -> str:
        """Who did it; the program where nobody was signed in."""
        return str(record.actor) if record.actor else pick("系统", "the program")

    def render_what(self, record: LogEntry) -> str:
        """The deed."""
        return log_words(entry=record)

    def render_changes(self, record: LogEntry) -> str:
        """Old and new."""
        return log_changes(entry=record, user=self.reader) or "—"
