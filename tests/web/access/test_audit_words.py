"""The audit log in words: choices, yes and no, people, units, money and days, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import translation

from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.models import Exemption
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Duty, Employee, Position, Unit
from fairwrench.web.settlements.models import Correction, Rating

pytestmark = pytest.mark.django_db
LOG = "/settings/log/"


@pytest.fixture
def auditor(signed_in: Callable[..., Client]) -> Client:
    """An auditor of the whole group, whose log holds nothing from before."""
    client = signed_in("E201", ("auditor", None))
    LogEntry.objects.all().delete()
    return client


def rows(client: Client, language: str = "zh-hans") -> list[list[str]]:
    """The cells of the log: what was done, about what, and its content."""
    table = client.get(LOG).context["table"]
    with translation.override(language):
        cells = ("what", "object_repr", "changes")
        return [[str(row.get_cell(name)) for name in cells] for row in table.paginated_rows]


def test_choices_are_said_in_words(auditor: Client) -> None:
    """Breaks if the log tells states by their codes."""
    cycle = Cycle.objects.create(month="2026-10", state="approved_hr")
    cycle.state = "approved"
    cycle.save()
    assert rows(auditor)[0] == ["修改考核月", "2026-10", "状态 人力资源已审 → 总经理已批"]
    assert rows(auditor, "en")[0] == [
        "changed month",
        "2026-10",
        "state Approved by HR → Approved by the general manager",
    ]


def test_yes_and_no_people_and_units_are_said_by_name(auditor: Client) -> None:
    """Breaks if a manager shows as a number or as False, or an English reader reads Chinese names of positions."""
    position = Position.objects.create(code="x", name_zh="巡检", name_en="Inspector", manager=False)
    position.manager = True
    position.save()
    assert rows(auditor)[0] == ["修改岗位", "巡检", "管理岗 否 → 是"]
    assert rows(auditor, "en")[0] == ["changed position", "Inspector", "leads people no → yes"]
    held = Assignment.objects.get(employee__employee_id="E102")
    held.manager, held.position = Employee.objects.get(employee_id="E103"), position
    held.save()
    told = rows(auditor)[0]
    assert told[1] == "吕技师 E102 · 巡检 · 东店"
    assert told[2] == "直接上级 何主管 E101 → 金技师 E103；岗位 维修技师 → 巡检"
    assert rows(auditor, "en")[0][2] == "manager 何主管 E101 → 金技师 E103; position Technician → Inspector"


def test_money_points_and_days_are_written_as_elsewhere(auditor: Client) -> None:
    """Breaks if salaries show in fen and scores in hundredths."""
    held = Assignment.objects.get(employee__employee_id="E102")
    held.full_salary, held.end = 650_050, today()
    held.save()
    told = rows(auditor)[0][2]
    assert f"到 {today().isoformat()}" in told
    assert "全额工资 ¥6,000.00 → ¥6,500.50" in told
    cycle, person = Cycle.objects.create(month="2026-11"), Employee.objects.get(employee_id="E102")
    about: dict[str, Any] = {"cycle": cycle, "employee": person, "concerns": "2026-10", "reason": "申诉"}
    Correction.objects.create(kind="deduction", value=12_345, **about)
    assert "更正 扣款" in rows(auditor)[0][2].replace("类型", "更正")
    assert "数值 ¥123.45" in rows(auditor)[0][2]
    Correction.objects.create(kind="appeal_score", value=9_850, **about)
    assert "数值 98.50" in rows(auditor)[0][2]
    assert rows(auditor)[0][1] == "吕技师 E102 · 2026-10"
    rater = Employee.objects.get(employee_id="E101")
    Rating.objects.create(
        month="2026-10", employee=person, rater=rater, item="leadership", role="line_manager", points=9_000
    )
    told = rows(auditor)[0]
    assert told[1] == "吕技师 E102 · 2026-10"
    assert "评分人 何主管 E101" in told[2]
    assert "身份 直接上级" in told[2]
    assert "得分 90.00" in told[2]


def test_what_is_gone_is_told_by_what_was_written_of_it(auditor: Client) -> None:
    """Breaks if a role taken back or a duty taken away shows in the language, or the codes, of who did it."""
    user = User.objects.get(username="e201")
    granted = Grant.objects.create(user=user, role="hr", unit=Unit.objects.get(name="东店"))
    granted.delete()
    assert rows(auditor)[0][:2] == ["删除角色授权", "冯主管 E201 · 人力资源"]
    assert rows(auditor, "en")[0][:2] == ["removed role", "冯主管 E201 · HR"]
    assert "role HR" in rows(auditor, "en")[0][2]
    person = Employee.objects.get(employee_id="E102")
    duty = Duty.objects.create(
        kind="provide", subject="repair_orders", unit=Unit.objects.get(name="东店"), employee=person
    )
    duty.delete()
    told = rows(auditor, "en")[0]
    assert "duty Repair orders" in told[2]
    assert "kind Provide data" in told[2]
    away = Delegation.objects.create(away=person, stand_in=user.employee, begin=today(), end=today(), state="approved")
    away.delete()
    assert rows(auditor)[0][1] == "吕技师 E102 → 冯主管 E201"


def test_a_person_off_the_roster_is_named_in_the_log(auditor: Client, client: Client, office: Any) -> None:
    """Breaks if what an outside administrator did stands under a mere user name."""
    boss = User.objects.create(username="chen", name="陈总部")
    Grant.objects.create(user=boss, role="administrator")
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("settings:user", args=[boss.pk])).text
    assert re.search(r'<span class="d-none d-sm-block">陈总部</span>', page)
    client.post(reverse("settings:close", args=[User.objects.get(username="e201").pk]))
    entry = next(
        row for row in client.get(LOG).context["table"].paginated_rows if "启用" in str(row.get_cell("changes"))
    )
    assert str(entry.get_cell("actor")) == "陈总部"
    assert "启用 是 → 否" in str(entry.get_cell("changes"))
    assert str(entry.get_cell("object_repr")) == "冯主管 E201（e201）"
    found = client.get(LOG, {"q": "陈总"}).context["table"].paginated_rows
    assert len(list(found)) >= 1


def test_the_log_takes_few_queries_however_much_it_names(auditor: Client, django_assert_max_num_queries: Any) -> None:
    """Breaks if each entry asks for what it names, or an export of a long log does."""
    for held in Assignment.objects.all():
        held.manager = Employee.objects.get(employee_id="E104")
        held.save()
    for row in Position.objects.all():
        row.description = "x"
        row.save()
    auditor.get(LOG)
    with django_assert_max_num_queries(14):
        auditor.get(LOG)
    with django_assert_max_num_queries(20):
        assert auditor.get(LOG, {"export": "xlsx"}).status_code == 200


def test_kinds_of_file_metrics_and_items_are_said_by_name(auditor: Client) -> None:
    """Breaks if somebody reads `claims S01|BX38` or `conduct`, or what was removed is told by its ids again."""
    exemption = Exemption.objects.create(
        source="claims", key="S01|BX38", metric="claim_acceptance", month="2026-10", store="S01", reason="停电"
    )
    (about,) = [row for row in rows(auditor) if "剔除" in row[0]]
    assert about[:2] == ["新增剔除申请", "索赔 S01 · BX38"]
    assert "数据报表 索赔" in about[2]
    assert "指标 索赔通过率" in about[2]
    exemption.delete()
    assert rows(auditor)[0][:2] == ["删除剔除申请", "索赔 S01 · BX38"]
    employee = Employee.objects.get(employee_id="E102")
    Rating.objects.create(month="2026-11", employee=employee, item="conduct", rater=employee, role="self", level="A")
    assert "项目 工作态度" in rows(auditor)[0][2]
    duty = Duty.objects.create(
        kind="source", subject="job_lines", unit=Unit.objects.filter(kind="store")[0], employee=employee
    )
    assert str(duty.unit) in rows(auditor)[0][1]
    assert "工单项目明细" in rows(auditor)[0][1]
    assert "_" not in rows(auditor, "en")[0][1]
