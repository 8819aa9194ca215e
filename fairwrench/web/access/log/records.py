"""Entries of the audit log for what no changed record tells: looking as somebody else, invitations, ended sessions."""

from __future__ import annotations

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from fairwrench.web.access.models import User
from fairwrench.web.ui.words import Words

#: what can be recorded, in words
DEEDS: dict[str, Words] = {
    "account_made": ("开通账号", "account made"),
    "invited": ("发出邀请链接", "invitation link made"),
    "link_made": ("发出重设密码链接", "link to set the password anew made"),
    "password_set": ("通过邀请链接设置密码", "password set by invitation"),
    "view_as_begun": ("开始以此人身份查看", "began to look as this person"),
    "viewed": ("以此人身份查看了页面", "saw a page as this person"),
    "view_as_ended": ("结束以此人身份查看", "stopped looking as this person"),
    "second_step_taken_away": ("取消两步验证", "second step taken away"),
    "out_after_last_day": ("离职后自动退出登录", "signed out after the last day of service"),
    "session_ended": ("结束一处登录", "session ended"),
}


def record(*, by: User | None, about: User, what: str, detail: str = "") -> LogEntry:
    """Write down that somebody did something (a key of `DEEDS`) about a user; KeyError for anything else."""
    if what not in DEEDS:
        raise KeyError(what)
    return LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(User),
        object_pk=str(about.pk),
        object_id=about.pk,
        object_repr=f"{about} ({about.get_username()})",
        action=LogEntry.Action.ACCESS,
        actor=by,
        additional_data={"what": what, "detail": detail},
    )
