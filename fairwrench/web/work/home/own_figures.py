"""What this app itself puts on a home: work that failed, accounts, backups; how much there is to approve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.users.selectors import users_invited
from fairwrench.web.ui.words import pick
from fairwrench.web.work.home.figures import Figure
from fairwrench.web.work.home.last_backup import last_backup
from fairwrench.web.work.inbox.todos import todos_once
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.selectors import jobs_seen

Role = Grant.Role
#: narrows what waits on the home to what is to be approved or refused
DECIDE = "decide"


def installation_figures(user: User) -> Iterator[Figure]:
    """For administrators: work that failed, accounts that nobody has come in by yet, the last backup."""
    if not Scope.of(user).has(Role.ADMINISTRATOR):
        return
    failed = jobs_seen(user=user).filter(state=Job.State.FAILED).count()
    url = f"{reverse('jobs:list')}?state={Job.State.FAILED}"
    yield Figure(pick("失败的后台任务", "Background work that failed"), str(failed), url)
    invited = users_invited(user=user).count()
    url = f"{reverse('settings:users')}?state=invited"
    yield Figure(pick("已邀请、未登录的账号", "Invited, not signed in yet"), str(invited), url)
    yield _backup()


def _backup() -> Figure:
    """How long ago the last backup was; it leads to the work of the nights, as no page makes one."""
    title, url = pick("上次备份", "Last backup"), reverse("jobs:list")
    made = last_backup(home=Path(settings.HOME))
    if made is None:
        note = pick("请尽快备份一次", "make one soon")
        return Figure(title, pick("还没有", "None yet"), url, note)
    days = (timezone.now() - made).days
    value = pick(f"{days} 天前", f"{number_of(days, 'day')} ago") if days else pick("今天", "today")
    return Figure(title, value, url, f"{timezone.localtime(made):%Y-%m-%d %H:%M}")


def decision_figures(user: User) -> Iterator[Figure]:
    """For general managers: how much waits to be approved or refused, of what waits below."""
    if not Scope.of(user).has(Role.GENERAL_MANAGER):
        return
    waiting = sum(1 for todo in todos_once(user=user) if todo.decides)
    yield Figure(pick("待我批准", "To approve"), str(waiting), f"{reverse('home:home')}?only={DECIDE}#waiting")
