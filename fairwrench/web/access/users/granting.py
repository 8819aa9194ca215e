"""Roles granted and taken back, accounts closed and opened."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.records import record
from fairwrench.web.access.models import Grant, User
from fairwrench.web.org.models import Employee, Unit

Role = Grant.Role
_LAST = Problem(
    "last_administrator",
    "至少要保留一位能登录的系统管理员",
    "at least one administrator must remain who can sign in",
)


def _others_administer(*users: User) -> bool:
    """Whether an administrator besides some remains who can sign in, and of whom no last day is noted."""
    # held until the change is made: two who take the role from each other at once would leave none
    held = Grant.objects.select_for_update().filter(role=Role.ADMINISTRATOR, unit=None)
    administrators = Grant.objects.filter(pk__in=[grant.pk for grant in held], user__is_active=True)
    # who leaves next week can still sign in, but does not remain
    stays = Q(user__employee=None) | Q(user__employee__left_on=None) & ~Q(user__employee__status=Employee.Status.LEFT)
    return administrators.filter(stays).exclude(user__in=users).exists()


def require_administrator_besides(*, employees: Iterable[Employee]) -> None:
    """Refused where those who leave are the last administrators who can sign in."""
    leaving = User.objects.filter(employee__in=employees, is_active=True)
    administrators = leaving.filter(grants__role=Role.ADMINISTRATOR, grants__unit=None)
    # several may leave with one roster: none of them counts for another
    if administrators and not _others_administer(*administrators):
        raise Refused([_LAST])


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
    account_close(user=user)


def account_close(*, user: User) -> None:
    """Close an account and end its sessions, whoever's it is."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions_end(user=user)


def sessions_end(*, user: User) -> None:
    """Sign somebody out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def user_open(*, user: User) -> None:
    """Open a closed account again. Refused for somebody who has left: first note that they came back."""
    if user.has_left:
        zh, en = "此人已离职，请先办理重新入职", "they have left; note first that they came back"
        raise Refused([Problem("has_left", zh, en)])
    user.is_active = True
    user.save(update_fields=["is_active"])


def session_end(*, session: UserSession, request: HttpRequest) -> None:
    """End one of one's own sessions; signs out where it is the one in use."""
    record(by=session.user, about=session.user, what="session_ended", detail=session.ip or "")
    if session.is_current():
        logout(request)
    else:
        session.end()
