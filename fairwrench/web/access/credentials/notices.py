"""What people are told of their own account: a password set by a link that somebody made, a second step taken away.

It stands on the first page after each sign-in for a month, and in their settings; mail goes out where there is a
server. Whoever made the link cannot keep it from them: they read it as soon as they come in again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from auditlog.models import LogEntry
from django.utils import timezone

from fairwrench.web.access.credentials.mailing import mail
from fairwrench.web.access.models import Invitation, User
from fairwrench.web.ui.words import Words

#: how long it is told at each sign-in, and how long it stands in the settings
TOLD, LISTED = timedelta(days=30), timedelta(days=365)
NEW_PASSWORD = ("您的密码已重新设置", "Your password was set anew")
STEP_GONE = ("您的两步验证已取消", "Your second step was taken away")
ELSE = ("如果不是您本人要求的，请立即告诉系统管理员。", "If you did not ask for that, tell the administrator at once.")


def account_notices(*, user: User, within: timedelta = TOLD) -> list[Words]:
    """What others did with an account lately, the latest first."""
    since = timezone.now() - within
    # first passwords are no news to anybody: only what replaced one
    links = Invitation.objects.filter(user=user, reset=True, used_at__gt=since).select_related("made_by__employee")
    deeds = LogEntry.objects.get_for_object(user).filter(timestamp__gt=since).select_related("actor__employee")
    taken = deeds.filter(additional_data__what="second_step_taken_away")
    told = [(link.used_at or since, password_words(link)) for link in links]
    told += [(deed.timestamp, step_words(deed.actor, deed.timestamp)) for deed in taken]
    return [words for _, words in sorted(told, key=lambda pair: pair[0], reverse=True)]


def password_mail(*, invitation: Invitation) -> None:
    """Tell somebody that their password was set anew."""
    mail(invitation.user, NEW_PASSWORD, password_words(invitation), ELSE)


def step_mail(*, user: User, by: User) -> None:
    """Tell somebody that their second step was taken away."""
    mail(user, STEP_GONE, step_words(by, timezone.now()), ELSE)


def password_words(invitation: Invitation) -> Words:
    """That a password was set by a link: by whom it was made, when it was used and from which address."""
    at = f"{timezone.localtime(invitation.used_at or timezone.now()):%Y-%m-%d %H:%M}"
    maker, address = invitation.made_by or "Fairwrench", invitation.used_from or "—"
    return (
        f"您的密码已于 {at} 通过 {maker} 发出的链接重新设置（来自 {address}）。",
        f"Your password was set anew at {at} by a link that {maker} made (from {address}).",
    )


def step_words(by: User | None, at: datetime) -> Words:
    """That the second step was taken away, by whom and when."""
    when, who = f"{timezone.localtime(at):%Y-%m-%d %H:%M}", by or "Fairwrench"
    return (
        f"{who} 于 {when} 取消了您的两步验证，请在“我的设置”里重新设置。",
        f"{who} took your second step away at {when}; set it up anew in your settings.",
    )
