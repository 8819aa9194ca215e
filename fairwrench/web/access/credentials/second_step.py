"""A second step where a role asks for it: whoever holds such a role sets one up before anything else.

Which roles, the settings say (`FAIRWRENCH_SECOND_STEP`); the demo, whose passwords everybody knows, asks for none.
Whoever stands in for somebody of such a role is asked too. `entrance.SecondStepFirst` leads there.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.credentials.notices import step_mail
from fairwrench.web.access.log.records import record
from fairwrench.web.access.models import Invitation, User
from fairwrench.web.access.scope import Scope

#: for so long nobody both takes a second step away and gives a link to set the password
TOGETHER = timedelta(days=7)


def is_asked_for_second_step(user: User) -> bool:
    """Whether a role of the user, or of somebody whom they stand in for, takes a second step."""
    roles: frozenset[str] = settings.SECOND_STEP_ROLES
    return bool(roles) and Scope.of(user).answers_for(roles)


def has_second_step(user: User) -> bool:
    """Whether the user has set one up; known where the user was read as who is signed in."""
    known = getattr(user, "second_step_set", None)
    # annotated by the manager (`models.Accounts`), so most pages ask nothing
    if known is not None:
        return bool(known)
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


@transaction.atomic
def second_step_take_away(*, user: User, by: User) -> None:
    """Let somebody who lost phone and codes in by password alone, until they set a second step up anew.

    Their sessions end: whoever asks for this may have lost the phone to somebody. Refused for one's own, which one
    switches off with one's own password, and to whoever gave the user a link to set the password lately.
    """
    if user.pk == by.pk:
        raise Refused(
            [Problem("own_step", "自己的两步验证请在“我的设置”里关闭", "switch your own off in your settings")]
        )
    if gave_link(user=user, by=by):
        raise Refused([both_keys("发过设置密码的链接", "made them a link to set the password")])
    # the recovery codes too: they belong to what was lost
    Authenticator.objects.filter(user=user).delete()
    record(by=by, about=user, what="second_step_taken_away")
    # once it holds: nobody is told of what was rolled back
    transaction.on_commit(lambda: step_mail(user=user, by=by))
    for session in UserSession.objects.filter(user=user):
        session.end()


def took_second_step(*, user: User, by: User) -> bool:
    """Whether somebody took the second step of a user away lately, who has set up none since."""
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        return False
    since = timezone.now() - TOGETHER
    deeds = LogEntry.objects.get_for_object(user).filter(actor=by, timestamp__gt=since)
    return bool(deeds.filter(additional_data__what="second_step_taken_away").exists())


def gave_link(*, user: User, by: User) -> bool:
    """Whether somebody lately made a link for a user that was used, or still opens."""
    now = timezone.now()
    links = Invitation.objects.filter(user=user, made_by=by, made_at__gt=now - TOGETHER)
    return links.filter(Q(used_at__isnull=False) | Q(expires_at__gt=now)).exists()


def both_keys(zh: str, en: str) -> Problem:
    """Why nobody alone takes a second step away and gives a link: together they would let them in as somebody else."""
    return Problem(
        "both_keys",
        f"您最近为此账号{zh}，请由另一位系统管理员办理，以免一个人就能以他人身份登录",
        f"you {en} lately; let another administrator do this, so that nobody alone can come in as somebody else",
    )
