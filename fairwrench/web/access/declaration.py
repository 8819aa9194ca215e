"""What access declares: accounts and people seen, the audit log, who looked at what."""

from __future__ import annotations

from fairwrench.web.access.log.log_record import Called, LogRecord
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import Permission, on_group, on_oneself, only_page
from fairwrench.web.access.predicates import (
    ADMINISTRATOR,
    GENERAL_MANAGER,
    Role,
    heads_person,
    heads_some,
    in_some_store,
    is_employee,
    is_near,
    is_near_post,
    is_oneself,
    is_signed_in,
    keeps_some,
    leads,
    manages_account,
    pays_post,
    pays_some,
    sees_person,
    sees_some,
)
from fairwrench.web.access.targets import OfAccount, OfPerson, OfPost
from fairwrench.web.org.duties import item_names, source_names
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.ui.words import aside


def _account_said(account: User) -> str:
    return aside(account, account.get_username())


DECLARED = (
    Addresses("settings/", "fairwrench.web.access.users.urls"),
    Addresses("accounts/", "fairwrench.web.access.accounts.urls"),
    Place("settings:users", "设置", "Settings", "settings", "people.manage_users", 110, also="settings:log"),
    Place("settings:log", "操作记录", "Audit log", "history", "people.audit", 120, unless="people.manage_users"),
    Place("settings:profile", "我的设置", "My settings", "user-circle", "people.view_self", 30, own=True),
    only_page("people.view", sees_some | heads_some | leads),
    Permission("people.view_person", OfPerson, is_signed_in, is_near | sees_person | heads_person),
    # not managers: they see performance pay, and nothing that tells the full salary
    Permission("people.view_pay", OfPost, is_employee | pays_some, is_oneself | pays_post),
    # not who heads a department or reads along with the general manager: they see scores and grades alone
    Permission("people.view_performance_pay", OfPost, is_employee | pays_some, is_near_post | pays_post),
    on_oneself("people.view_self", is_signed_in),
    # a general manager off the roster gives tasks, too
    only_page("people.find", is_employee | keeps_some | in_some_store(GENERAL_MANAGER)),
    Permission("people.manage_users", OfAccount, keeps_some, keeps_some & manages_account),
    on_group("people.grant", ADMINISTRATOR),
    on_group("people.view_as", ADMINISTRATOR),
    on_group("people.audit", ADMINISTRATOR, Role.AUDITOR),
    # administrators read the log, but not the salaries in it
    on_group("people.audit_values", Role.AUDITOR),
    LogRecord("user", ("账号", "account"), says=_account_said, along=("employee",)),
    LogRecord("grant", ("角色授权", "role"), along=("user__employee", "unit")),
    LogRecord(
        "delegation",
        ("代理", "delegation"),
        along=("away", "stand_in"),
        fields={"away": ("被代理人", "away"), "stand_in": ("代理人", "stand-in")},
    ),
    Called(source_names),
    Called(item_names),
)
