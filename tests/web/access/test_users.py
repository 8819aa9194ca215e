"""Accounts and roles: who may manage whom, looking as somebody else, and the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from fairwrench.web.access.models import Grant, User
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.people.roster_services import roster_apply

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(signed_in: Callable[..., Client]) -> Client:
    """Signed in as the administrator E001."""
    return signed_in("E001", ("administrator", None))


def url(name: str, *args: Any) -> str:
    return reverse(f"settings:{name}", args=args)


def test_administrators_see_all_accounts_hr_those_of_its_stores(
    admin: Client, signed_in: Callable[..., Client], member: Callable[..., User]
) -> None:
    """Breaks if HR of one store sees the accounts of another."""
    member("E102"), member("E202")
    hr = signed_in("E104", ("hr", "东店"))
    page = admin.get(url("users")).content.decode()
    assert all(name in page for name in ("e001", "e102", "e202", "e104"))
    page = hr.get(url("users")).content.decode()
    assert "e102" in page
    assert "e202" not in page


def test_hr_cannot_manage_other_stores_nor_those_with_higher_roles(
    signed_in: Callable[..., Client], member: Callable[..., User]
) -> None:
    """Breaks if HR can reset the password of an administrator and become one."""
    hr = signed_in("E104", ("hr", "东店"))
    boss = member("E101", ("general_manager", "东店"))
    other, own = member("E202"), member("E102", ("data_provider", "东店"))
    for about in (boss, other):
        for name in ("invite_again", "close"):
            assert hr.post(url(name, about.pk)).status_code == 403, name
        assert hr.get(url("user", about.pk)).status_code == 403
    assert hr.get(url("user", own.pk)).status_code == 200
    assert hr.post(url("close", own.pk)).status_code == 302
    assert not User.objects.get(pk=own.pk).is_active
    assert User.objects.get(pk=boss.pk).is_active


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        *((role, "东店", 200) for role in ("service_manager", "dispatcher", "customer_service", "finance")),
        ("gm_assistant", "东店", 200),
        *((role, "东店", 403) for role in ("hr", "general_manager", "auditor")),
        # by the account HR of one store would come to the pay of another
        *((role, unit, 403) for role in ("finance", "service_manager", "data_provider") for unit in (None, "西店")),
    ],
)
def test_hr_manages_accounts_that_give_no_more_than_it_has(
    signed_in: Callable[..., Client], member: Callable[..., User], role: str, unit: str | None, status: int
) -> None:
    """Breaks if HR, by making a link for an account, comes to what it does not see, or cannot help who sees less."""
    own = member("E102", (role, unit))
    assert signed_in("E104", ("hr", "东店")).get(url("user", own.pk)).status_code == status


def test_hr_grants_no_roles(signed_in: Callable[..., Client], member: Callable[..., User]) -> None:
    """Breaks if HR can make itself administrator."""
    hr, own = signed_in("E104", ("hr", None)), member("E102")
    assert hr.post(url("grant", own.pk), {"role": "administrator"}).status_code == 403
    assert hr.post(url("revoke", Grant.objects.get().pk)).status_code == 403


def test_no_role_is_granted_for_a_part_of_a_store(admin: Client, member: Callable[..., User]) -> None:
    """Fails when a role for a department is offered: it would reach the whole store, pay included."""
    own, east = member("E102"), Unit.objects.get(name="东店")
    desk = Unit.objects.create(name="服务站", kind=Unit.Kind.DEPARTMENT, parent=east)
    admin.post(url("grant", own.pk), {"role": "finance", "unit": desk.pk})
    assert not own.grants.exists()


def test_roles_are_granted_for_a_unit_and_taken_back(admin: Client, member: Callable[..., User]) -> None:
    """Breaks if a role cannot be given for one store only."""
    own, east = member("E102"), Unit.objects.get(name="东店")
    admin.post(url("grant", own.pk), {"role": "data_provider", "unit": east.pk})
    admin.post(url("grant", own.pk), {"role": "data_provider", "unit": east.pk})
    granted = own.grants.get()
    assert (granted.role, granted.unit) == ("data_provider", east)
    assert "东店" in admin.get(url("user", own.pk)).content.decode()
    admin.post(url("revoke", granted.pk))
    assert not own.grants.exists()


def test_an_administrator_is_one_for_everything(admin: Client, member: Callable[..., User]) -> None:
    """Breaks if an administrator of one store, who may grant roles, seems to be limited to it."""
    own = member("E102")
    east = Unit.objects.get(name="东店").pk
    told = admin.post(url("grant", own.pk), {"role": "administrator", "unit": east}, follow=True).text
    assert "管理整个集团" in told and not own.grants.exists()
    admin.post(url("grant", own.pk), {"role": "administrator"})
    assert own.grants.get().unit is None


def test_the_last_administrator_stays(admin: Client) -> None:
    """Breaks if the installation can be left without anybody who grants roles."""
    mine = Grant.objects.get()
    admin.post(url("revoke", mine.pk))
    admin.post(url("close", mine.user_id))
    assert Grant.objects.filter(pk=mine.pk).exists()
    assert User.objects.get(pk=mine.user_id).is_active


def test_closing_an_account_ends_its_sessions_at_once(admin: Client, signed_in: Callable[..., Client]) -> None:
    """Breaks if who was sent away goes on reading."""
    gone = signed_in("E102")
    assert gone.get("/settings/").status_code == 200
    admin.post(url("close", User.objects.get(username="e102").pk))
    assert gone.get("/settings/").status_code == 302
    admin.post(url("reopen", User.objects.get(username="e102").pk))
    assert User.objects.get(username="e102").is_active


def test_looking_as_somebody_shows_their_pages_changes_nothing_and_is_logged(
    admin: Client, member: Callable[..., User]
) -> None:
    """Breaks if support can act for people, or look without a trace."""
    viewed = member("E102")
    admin.post(url("view_as", viewed.pk), {"reason": ""})
    assert "viewed_user" not in admin.session
    admin.post(url("view_as", viewed.pk), {"reason": "看不到工资"})
    page = admin.get("/settings/").content.decode()
    assert "吕技师" in page
    assert admin.get(url("users")).status_code == 403
    assert admin.post("/settings/", {"language": "en", "theme": "dark", "email": ""}).status_code == 403
    assert User.objects.get(pk=viewed.pk).language == "zh-hans"
    deeds = [e.additional_data["what"] for e in LogEntry.objects.get_for_object(viewed) if e.additional_data]
    assert deeds.count("viewed") == 2
    assert admin.post(url("view_as_end")).status_code == 302
    entries = [e for e in LogEntry.objects.get_for_object(viewed) if e.additional_data]
    assert {e.additional_data["what"] for e in entries} == {"view_as_begun", "viewed", "view_as_ended"}
    assert {e.actor.username for e in entries} == {"e001"}
    assert "看不到工资" in [e.additional_data["detail"] for e in entries]
    assert admin.get(url("users")).status_code == 200


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Purpose": "prefetch"}, {"Accept": "application/json"}])
def test_no_header_hides_what_was_seen_as_somebody_else(
    admin: Client, member: Callable[..., User], headers: dict[str, str]
) -> None:
    """Breaks if support looks without a trace by sending a header; a page that loads itself anew is noted once."""
    viewed = member("E102")
    admin.post(url("view_as", viewed.pk), {"reason": "x"})
    for path in ("/people/of/E102/", "/people/of/E102/", "/schemes/?q=1", "/schemes/?q=2", "/nothing/"):
        admin.get(path, headers=headers)
    entries = LogEntry.objects.get_for_object(viewed).order_by("id")
    seen = [e.additional_data["detail"] for e in entries if e.additional_data and e.additional_data["what"] == "viewed"]
    assert seen == ["/people/of/E102/", "/schemes/?q=1", "/schemes/?q=2", "/nothing/"]


@pytest.mark.parametrize("path", ["2fa/recovery-codes/", "sessions/", "password/change/", "2fa/", "3rdparty/"])
def test_looking_as_somebody_does_not_show_their_secrets(admin: Client, member: Callable[..., User], path: str) -> None:
    """Breaks if support reads somebody's recovery codes and comes in as them."""
    admin.post(url("view_as", member("E102").pk), {"reason": "x"})
    assert admin.get(f"/accounts/{path}").status_code == 403


def test_who_lost_the_role_meanwhile_looks_no_longer(admin: Client, member: Callable[..., User]) -> None:
    """Breaks if taking back the administrator's role leaves an open view behind."""
    member("E104", ("administrator", None))
    admin.post(url("view_as", member("E102").pk), {"reason": "x"})
    Grant.objects.filter(user__username="e001").delete()
    assert "何主管" not in admin.get("/settings/").content.decode()
    assert "viewed_user" not in admin.session


@pytest.mark.parametrize("role", ["hr", "general_manager", "auditor"])
def test_nobody_else_looks_as_somebody(
    signed_in: Callable[..., Client], member: Callable[..., User], role: str
) -> None:
    """Breaks if looking as somebody else is open to more than administrators."""
    assert signed_in("E101", (role, None)).post(url("view_as", member("E102").pk), {"reason": "x"}).status_code == 403


def test_the_audit_log_tells_who_changed_what_and_hides_pay_from_administrators(
    admin: Client, office: Any, signed_in: Callable[..., Client]
) -> None:
    """Breaks if a raised salary leaves no trace, or the log tells salaries to who only keeps the system."""
    raised = office.with_columns(full_salary=office["full_salary"] + 7)
    roster_apply(roster=raised, by=User.objects.get(username="e001"))
    page = admin.get(url("log")).content.decode()
    assert "全额工资 •••" in page
    assert "6,000.07" not in page
    auditor = signed_in("E104", ("auditor", None)).get(url("log")).content.decode()
    assert "¥6,000.00 → ¥6,000.07" in auditor
    assert "郭总" in auditor


def test_the_audit_log_is_filtered_by_kind_and_day(admin: Client) -> None:
    """Breaks if in a long log nothing can be found."""
    Employee.objects.get(employee_id="E103").save()
    Grant.objects.create(user=User.objects.get(username="e001"), role="hr")
    page = admin.get(url("log"), {"kind": "grant", "since": "2020-01-01"}).content.decode()
    assert "新增角色授权" in page
    assert "任职" not in page.split("<tbody>")[1]
    assert "没有符合条件" in admin.get(url("log"), {"since": "2999-01-01"}).content.decode()
    for made_up in ({"since": "nonsense"}, {"kind": "nonsense"}, {"since": "2026-02-30"}, {"since": "0001-01-01"}):
        assert admin.get(url("log"), made_up).status_code == 400


@pytest.mark.parametrize("grant", [("hr", None), ("general_manager", None), ("auditor", "东店")])
def test_the_audit_log_is_closed_to_others(signed_in: Callable[..., Client], grant: tuple[str, str | None]) -> None:
    """Breaks if an auditor of one store, or anybody else, reads the changes of all."""
    assert signed_in("E101", grant).get(url("log")).status_code == 403


def test_a_profile_keeps_language_and_look(signed_in: Callable[..., Client]) -> None:
    """Breaks if the language is forgotten, or somebody takes another's address and comes in as them."""
    client = signed_in("E102")
    client.post("/settings/", {"language": "en", "theme": "dark", "email": "lv@example.com"})
    page = client.get("/settings/").content.decode()
    assert "My settings" in page
    assert 'data-look="dark"' in page
    other = signed_in("E103")
    assert (
        "已有账号"
        in other.post(
            "/settings/", {"language": "zh-hans", "theme": "auto", "email": "LV@example.com"}
        ).content.decode()
    )
