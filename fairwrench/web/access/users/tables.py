"""The tables of accounts and of the audit log."""

from __future__ import annotations

from typing import Any

from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.access.log.access_log import page_called
from fairwrench.web.access.models import User, Viewed
from fairwrench.web.access.users.audit_words import Teller
from fairwrench.web.org.organisation import unit_label
from fairwrench.web.ui.tables.columns import Column, LongColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import aside, joined, pick


def roles_of(user: User) -> str:
    """The roles granted to a user, with their units."""
    granted = user.grants.all()
    whole = pick("全集团", "whole group")
    return joined(
        (aside(each.get_role_display(), unit_label(each.unit) if each.unit else whole) for each in granted), "；"
    )


class Users(Table):
    """Accounts."""

    username = Column("用户名", "User name", search=True)
    person = Column("姓名", "Person", search="employee__name", empty_values=(), order_by=("employee__name", "name"))
    # not shown, only searched: people off the roster have their name with the account
    name_of = Column("姓名", "Name", accessor="name", search=True, visible=False)
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
        return f"{record.employee.name} {record.employee.employee_id}" if record.employee else record.name or "—"

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
    """Left, closed, invited, or in use."""
    if user.has_left:
        return pick("已离职", "has left")
    if not user.is_active:
        return pick("已停用", "closed")
    if user.has_usable_password() or user.last_login:
        return pick("正常", "in use")
    return pick("已邀请", "invited") if getattr(user, "invited", False) else pick("未邀请", "not invited")


class Log(Table):
    """The audit log."""

    timestamp = Column("时间", "When")
    actor = Column("操作人", "Who", accessor="actor", search="actor__username", empty_values=(), orderable=False)
    actor_name = Column("操作人", "Who", accessor="actor__employee__name", search=True, visible=False)
    outside_name = Column("操作人", "Who", accessor="actor__name", search=True, visible=False)
    what = Column("操作", "What", empty_values=(), orderable=False)
    object_repr = Column("对象", "About", search=True, orderable=False)
    changes = LongColumn("内容", "Content", empty_values=(), orderable=False)

    def __init__(self, *given: Any, reader: User, **options: Any) -> None:
        super().__init__(*given, **options)
        self.reader = reader
        self.tellers: list[tuple[set[int], Teller]] = []

    def teller(self, record: LogEntry) -> Teller:
        """Who tells an entry: one for the rows of the page, another for all where all are taken away."""
        for known, teller in self.tellers:
            if record.pk in known:
                return teller
        # a workbook writes all rows: what they name is looked up at once, not page by page
        rows = self.rows if self.tellers or not hasattr(self, "page") else self.paginated_rows
        entries = [row.record for row in rows]
        self.tellers.append(({entry.pk for entry in entries}, Teller(entries, self.reader)))
        return self.tellers[-1][1]

    def render_timestamp(self, value: Any) -> str:
        """Day and time."""
        return moment_words(value)

    def render_actor(self, record: LogEntry) -> str:
        """Who did it; the program where nobody was signed in."""
        return str(record.actor) if record.actor else pick("系统", "the program")

    def render_what(self, record: LogEntry) -> str:
        """The deed."""
        return self.teller(record).deed(record)

    def render_object_repr(self, record: LogEntry) -> str:
        """What it was done to."""
        return self.teller(record).subject(record)

    def render_changes(self, record: LogEntry) -> str:
        """Old and new."""
        return self.teller(record).changes(record) or "—"


class Views(Table):
    """Who looked at what of whom."""

    at = Column("时间", "When")
    by = Column("查看人", "Who", search="by__username", orderable=False)
    by_name = Column("查看人", "Who", accessor="by__employee__name", search=True, visible=False)
    outside_name = Column("查看人", "Who", accessor="by__name", search=True, visible=False)
    page = Column("内容", "What")
    about = Column("关于", "About", search=True, empty_values=())
    about_name = Column("关于", "About", search=True, visible=False)
    month = Column("月份", "Month", search=True, empty_values=())
    taken = Column("方式", "How")

    def render_at(self, value: Any) -> str:
        """Day and time."""
        return moment_words(value)

    def render_by(self, value: User) -> str:
        """Who looked."""
        return str(value)

    def render_page(self, record: Viewed) -> str:
        """What was looked at."""
        return page_called(record.page)

    def render_about(self, record: Any) -> str:
        """Whom, which store, or which file."""
        return " ".join(each for each in (record.about_name, record.about, record.what) if each) or "—"

    def render_month(self, value: str) -> str:
        """The month shown."""
        return value or "—"

    def render_taken(self, value: bool) -> str:
        """Whether it was read or taken away."""
        return pick("下载", "taken away") if value else pick("查看", "seen")


def moment_words(value: Any) -> str:
    """Day and time where the stores are."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
