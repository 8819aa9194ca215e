"""Somebody entered by mistake, taken back: only while nothing at all stands on it; else the person can but leave."""

from __future__ import annotations

from datetime import date

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import Delegation, User, Viewed
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import OfAccount
from fairwrench.web.access.users.granting import require_administrator_besides, user_close
from fairwrench.web.org.days import published_until, today
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.org.records_kept import records_kept_of
from fairwrench.web.ui.words import MARKS, Words


def is_fresh(*, employee: Employee) -> bool:
    """Whether a person was in service in no published month: only then taking back is worth offering."""
    until = published_until()
    return until is None or all(_first_day(row) > until for row in employee.assignments.all())


def obstacles(*, employee: Employee, by: User) -> list[Words]:
    """What keeps somebody from being taken back, in words; empty for nothing."""
    found: list[Words] = []
    if not is_fresh(employee=employee):
        found.append(("已发布的月份里在册", "published months"))
    # deleting the person would leave those led without a manager, silently (SET_NULL)
    if Assignment.objects.filter(manager=employee).exclude(employee=employee).exists():
        found.append(("仍是别人的直接上级", "leads somebody"))
    both = Q(away=employee) | Q(stand_in=employee)
    # one that lies ahead has given nobody anything yet, and goes with the person
    if Delegation.ever.filter(both, begin__lte=today()).exists():
        found.append(("代理记录", "standing in"))
    account = User.objects.filter(employee=employee).first()
    return [*found, *records_kept_of(employee), *(_about_account(account, by) if account else [])]


def _about_account(account: User, by: User) -> list[Words]:
    """What the account did, or that it is not the user's to close."""
    found: list[Words] = []
    own = Q(content_type=ContentType.objects.get_for_model(User), object_id=account.pk)
    # setting the password by the link and ending a session are logged as deeds of the account about itself
    if LogEntry.objects.filter(actor=account).exclude(own).exists():
        found.append(("用账号办理过事项", "things done by the account"))
    if account.pk == by.pk:
        found.append(("这是您本人", "this is you"))
    elif not may(by, "people.manage_users", about=OfAccount(account.pk)):
        found.append(("账号另有角色，请先由系统管理员收回", "roles of the account, which an administrator takes back"))
    return found


@transaction.atomic
def employee_take_back(*, employee: Employee, by: User) -> None:
    """Remove a person with assignments, duties and account; the audit log keeps who did it and what it was.

    An account that was ever signed in to is closed instead, so that it goes on saying whose it was. Refused where
    anything stands on the person (`obstacles`), and for the last administrator.
    """
    # held, so that two who take the person back follow one another
    Employee.objects.select_for_update().get(pk=employee.pk)
    if found := obstacles(employee=employee, by=by):
        raise Refused([_stands(found)])
    require_administrator_besides(employees=[employee])
    for account in User.objects.filter(employee=employee):
        _account_end(account, by)
    employee.delete()


def _account_end(account: User, by: User) -> None:
    if account.last_login is None and not Viewed.objects.filter(by=account).exists():
        account.delete()
        return
    if account.is_active:
        user_close(user=account, by=by)
    # the name goes over to the account first: the person it came from is deleted
    account.name, account.employee = account.called, None
    account.save(update_fields=["name", "employee"])


def _stands(found: list[Words]) -> Problem:
    zh = "、".join(_said(words, "zh") for words in found)
    en = MARKS["、"].join(_said(words, "en") for words in found)
    return Problem(
        "has_history",
        f"不能撤销，此人已有：{zh}；请改为登记离职",
        f"not taken back, for there are: {en}; let them leave",
    )


def _said(words: Words, lang: str) -> str:
    if isinstance(words, str):
        return words
    zh, en = words if isinstance(words, tuple) else (words.zh, words.en)
    return zh if lang == "zh" else en


def _first_day(row: Assignment) -> date:
    return max(row.begin or date.min, row.hired_on or date.min)
