"""Roles granted and taken back, accounts closed and opened."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.people.models import Grant, Unit, User
from fairwrench.web.people.records import record

Role = Grant.Role
_LAST = Problem(
    "last_administrator",
    "至少要保留一位能登录的系统管理员",
    "at least one administrator must remain who can sign in",
)


def _others_administer(user: User) -> bool:
    administrators = Grant.objects.filter(role=Role.ADMINISTRATOR, unit=None, user__is_active=True)
    return administrators.exclude(user=user).exists()


def role_grant(*, user: User, role: str, unit: Unit | None) -> Grant:
    """Give somebody a role for a unit and all below it, or for everything; ValueError for an unknown role.

    An administrator always is one for everything: whoever grants roles could grant themselves the rest.
    """
    if role not in Role.values:
        raise ValueError(role)
    unit = None if role == Role.ADMINISTRATOR else unit
    found = Grant.objects.filter(user=user, role=role, unit=unit).first()
    return found or Grant.objects.create(user=user, role=role, unit=unit)


@transaction.atomic
def role_revoke(*, grant: Grant) -> None:
    """Take a role back; Refused for the last administrator's."""
    if grant.role == Role.ADMINISTRATOR and grant.unit_id is None and not _others_administer(grant.user):
        raise Refused([_LAST])
    grant.delete()


@transaction.atomic
def user_close(*, user: User, by: User) -> None:
    """Close an account and end its sessions. Refused for one's own and for the last administrator's."""
    if user.pk == by.pk:
        raise Refused([Problem("own_account", "不能停用自己的账号", "nobody closes their own account")])
    if user.grants.filter(role=Role.ADMINISTRATOR, unit=None).exists() and not _others_administer(user):
        raise Refused([_LAST])
    user.is_active = False
    user.save(update_fields=["is_active"])
    for session in UserSession.objects.filter(user=user):
        session.end()


def user_open(*, user: User) -> None:
    """Open a closed account again."""
    user.is_active = True
    user.save(update_fields=["is_active"])


@transaction.atomic
def second_step_take_away(*, user: User, by: User) -> None:
    """Let somebody who lost phone and codes in by password alone, until they set a second step up anew.

    Their sessions end: whoever asks for this may have lost the phone to somebody. Refused for one's own, which one
    switches off with one's own password.
    """
    if user.pk == by.pk:
        raise Refused(
            [Problem("own_step", "自己的两步验证请在“我的设置”里关闭", "switch your own off in your settings")]
        )
    Authenticator.objects.filter(user=user).delete()
    record(by=by, about=user, what="second_step_taken_away")
    for session in UserSession.objects.filter(user=user):
        session.end()


def session_end(*, session: UserSession, request: HttpRequest) -> None:
    """End one of one's own sessions; signs out where it is the one in use."""
    record(by=session.user, about=session.user, what="session_ended", detail=session.ip or "")
    if session.is_current():
        logout(request)
    else:
        session.end()
