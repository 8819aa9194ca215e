"""Invitation links: how somebody comes by a first password, or by another one after forgetting it.

Only a digest of a link's secret is kept, so that who reads the database cannot use it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from itertools import count

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.credentials.mailing import can_mail, mail
from fairwrench.web.access.credentials.notices import password_mail
from fairwrench.web.access.credentials.second_step import both_keys, took_second_step
from fairwrench.web.access.log.records import record
from fairwrench.web.access.models import Grant, Invitation, User
from fairwrench.web.access.users.granting import role_grant
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.ui.words import aside

#: how long a link works; the pages and mails say seven days
LIFE = timedelta(days=7)
ADMINISTRATOR = "admin"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def user_of_employee(*, employee: Employee, by: User | None, email: str = "") -> User:
    """The account of an employee, made where there is none: named as the employee id, without a password."""
    found = User.objects.filter(employee=employee).first()
    if found:
        return found
    user = User.objects.create_user(_free_name(employee.employee_id), email=email, employee=employee)
    record(by=by, about=user, what="account_made")
    return user


def _free_name(wanted: str) -> str:
    """A user name that nobody has: as wanted, in lower case, else with a number behind it."""
    name = re.sub(r"[^\w.@+-]", "_", wanted).lower()[:140]
    names = (name if n == 1 else f"{name}_{n}" for n in count(1))
    return next(each for each in names if not User.objects.filter(username=each).exists())


@transaction.atomic
def user_of_outsider(*, name: str, email: str, role: str, unit: Unit | None, by: User) -> User:
    """The account of somebody who is not on the roster, with a role: named as the address begins, without a password.

    Refused where another account has the address; ValueError for an unknown role.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise Refused([Problem("address_taken", "已有账号使用这个邮箱", "another account uses this address")])
    user = User.objects.create_user(_free_name(email.partition("@")[0]), email=email, name=name)
    record(by=by, about=user, what="account_made")
    role_grant(user=user, role=role, unit=unit)
    return user


@transaction.atomic
def invitation_make(*, user: User, by: User | None, browser: str = "") -> str:
    """The secret of a new link for a user; links made before for the same user end. `browser`: the mark of the one that
    it is made in, where it will not open.

    Refused for a closed account, for that of somebody who has left, and to whoever took the user's second step away
    lately: both together would let them in as that user.
    """
    if user.has_left:
        raise Refused([Problem("has_left", "此人已离职，不能邀请", "they have left and cannot be invited")])
    if not user.is_active:
        raise Refused([Problem("closed_account", "该账号已停用，不能邀请", "the account is closed; open it first")])
    if by is not None and by.pk != user.pk and took_second_step(user=user, by=by):
        raise Refused([both_keys("取消过两步验证", "took their second step away")])
    now = timezone.now()
    Invitation.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    secret = secrets.token_urlsafe(32)
    about = {"user": user, "made_by": by, "expires_at": now + LIFE, "made_in": browser, "reset": was_in_use(user)}
    Invitation.objects.create(digest=_digest(secret), **about)
    record(by=by, about=user, what="link_made" if about["reset"] else "invited")
    return secret


def was_in_use(user: User) -> bool:
    """Whether somebody came in to the account before, or could."""
    return user.last_login is not None or (bool(user.password) and user.has_usable_password())


def invitation_mail(*, secret: str) -> str:
    """Mail a link to whom it is for; the address, empty where no mail reaches them."""
    found = invitation_open(secret=secret)
    if found is None or not can_mail(found.user):
        return ""
    maker = str(found.made_by or "Fairwrench")
    link = invitation_url(secret=secret)
    gone = mail(
        found.user,
        ("设置密码的链接", "A link to set your password"),
        (
            f"{maker} 为您发出了设置密码的链接，七天内有效，只能用一次。请在自己的浏览器里打开：",
            f"{maker} made a link for you to set your password. It works for seven days and once; open it yourself:",
        ),
        link,
        ("如果您没有要求，请告诉系统管理员。", "If you did not ask for it, tell the administrator."),
    )
    if gone:
        Invitation.objects.filter(pk=found.pk).update(mailed_to=found.user.email)
    return found.user.email if gone else ""


def invitation_url(*, secret: str) -> str:
    """The link as it is handed on."""
    return f"{settings.ENVIRONMENT.url}{reverse('settings:invitation', args=[secret])}"


def invitation_open(*, secret: str) -> Invitation | None:
    """The invitation of a link that still works."""
    found = Invitation.objects.select_related("user", "user__employee").filter(digest=_digest(secret))
    invitation = found.filter(used_at=None, expires_at__gt=timezone.now(), user__is_active=True).first()
    return None if invitation is None or invitation.user.has_left else invitation


def invitation_opens(*, invitation: Invitation, reader: User | None, browser: str) -> bool:
    """Whether a link opens for who holds it: not while somebody else is signed in, and not in the browser that it was
    made in, unless one made it for oneself."""
    if reader is not None and reader.pk != invitation.user_id:
        return False
    # made by the command line (None) or for oneself there is nobody to keep the link from
    own = invitation.made_by_id in (None, invitation.user_id)
    return own or not browser or browser != invitation.made_in


@transaction.atomic
def invitation_use(*, secret: str, password: str, address: str = "") -> User | None:
    """Set the password and use the link up; None where it does not work any more.

    ValidationError for a password that the rules refuse; the link then still works.
    """
    invitation = invitation_open(secret=secret)
    if invitation is None:
        return None
    # before the link is used up: a password that the rules refuse leaves it as it is
    validate_password(password, invitation.user)
    unused = Invitation.objects.filter(pk=invitation.pk, used_at=None)
    # asked and written at once, so of two who send it one sets the password
    if not unused.update(used_at=timezone.now(), used_from=address):
        return None
    invitation.user.set_password(password)
    invitation.user.save(update_fields=["password"])
    maker = invitation.made_by
    made_by = aside(maker, maker.get_username()) if maker else "—"
    record(by=invitation.user, about=invitation.user, what="password_set", detail=f"{made_by} → {address or '—'}")
    if invitation.reset:
        # once it holds: nobody is told of what was rolled back
        transaction.on_commit(lambda: password_mail(invitation=invitation))
    return invitation.user


@transaction.atomic
def administrator_invite(*, username: str = ADMINISTRATOR) -> str:
    """The link by which an administrator of that name comes in; the account is made where there is none."""
    user, _ = User.objects.get_or_create(username=username)
    # an administrator who lost the way in keeps the old password until the link is used
    if not user.password:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    Grant.objects.get_or_create(user=user, role=Grant.Role.ADMINISTRATOR, unit=None)
    return invitation_url(secret=invitation_make(user=user, by=None))


def nobody_came_in() -> bool:
    """Whether no active account can be signed in to so far."""
    # whether a password can be used is told by its digest, which no query looks into
    return not any(user.has_usable_password() for user in User.objects.filter(is_active=True).iterator())
