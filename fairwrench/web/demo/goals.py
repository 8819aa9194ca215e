"""The demo's goals: of its open month some are filed, others wait or are changed; the month after is begun."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.goals.models import Capacity, DepartmentGoal, GoalSheet, JobDuty
from fairwrench.web.goals.origins.services import Described, department_goal_save, job_describe
from fairwrench.web.goals.results.services import Said, outcomes_save
from fairwrench.web.goals.selectors import acts_as, sheets, team_of
from fairwrench.web.goals.sheets.content import content_of
from fairwrench.web.goals.sheets.services import (
    Draft,
    GoalDraft,
    PlanDraft,
    sheet_change,
    sheet_save,
    sheet_sign,
    sheet_start,
)
from fairwrench.web.goals.workflow import GOALS
from fairwrench.web.org.models import Position, Unit
from fairwrench.web.work.signing.documents import digest_of

DUTIES = (
    "按工单和工艺完成维修、保养，交车前自检",
    "填写维修记录、更换件清单，旧件按规定交回",
    "保养工具设备，执行 5S 和安全操作规程",
    "参加厂家和店内培训，带教学徒",
)
#: why somebody without an account is passed over
ON_PAPER = "本人没有账号，已在纸面签字"


def goals_make(*, month: Month) -> None:
    """Goals of the workshop manager's team, of the store and the job description they come from; once only."""
    if GoalSheet.objects.exists() or DepartmentGoal.objects.exists():
        return
    people = {
        name: User.objects.select_related("employee").get(username=name) for name in ("technician", "manager", "hr")
    }
    manager, technician = people["manager"], people["technician"].employee
    if manager.employee is None or technician is None:
        return
    duty = _job(month, people["hr"])
    above = _above(team_of(user=manager).filter(employee=technician)[0].store, month, people["hr"])
    draft = _draft(month, above, duty)
    own = sheet_start(employee=technician, month=month, draft=draft, by=manager)
    _sign(own, "sign_manager", manager)
    _sign(own, "sign", people["technician"])
    first = own.goals.all()[0].pk
    told = {first: Said("partly", "前三周 18 台，其中 1 台缺拍照", "")}
    outcomes_save(sheet=sheets().get(pk=own.pk), told=told, by=people["technician"])
    # the goals of the month after lie ready for the technician, before it is begun
    ahead = sheet_start(employee=technician, month=month.plus(1), draft=_draft(month.plus(1), above, duty), by=manager)
    _sign(ahead, "sign_manager", manager)
    others = [row.employee for row in team_of(user=manager) if row.employee != technician]
    ways: tuple[Callable[[GoalSheet, User, User], None], ...] = (
        _filed,
        _changed,
        _returned,
        _waits_for_hr,
        _drafted,
        _filed,
    )
    for employee, way in zip(dict.fromkeys(others), ways, strict=False):
        sheet = sheet_start(employee=employee, month=month, draft=draft, by=manager)
        # HR acts on nobody's goals as their manager
        if acts_as(user=manager, sheet=sheet, capacity=Capacity.LINE_MANAGER):
            way(sheet, manager, people["hr"])


def _job(month: Month, hr: User) -> JobDuty | None:
    position = Position.objects.filter(code="technician").first()
    if position is None:
        return None
    told = Described(date(month.year, 1, 1), "按厂家标准把车修好、一次修好，按时交车。", DUTIES)
    return job_describe(position=position, told=told, seen=0, by=hr).duties.all()[0]


def _above(store: Unit, month: Month, hr: User) -> DepartmentGoal:
    told = {"unit": store, "year": month.year, "month": None, "kind": "words", "subject": "", "measure": ""}
    year = {
        **told,
        "title": "全年返修率降到 2% 以内",
        "measure": "返修台次 ÷ 维修台次",
        "target": "2%",
        "budget": 3_600_000,
    }
    department_goal_save(goal=None, told=year, seen=0, by=hr)
    quality = {
        **told,
        "month": month.month,
        "title": "质检记录完整率 100%",
        "measure": "每周抽查 20 台",
        "target": "100%",
    }
    return department_goal_save(goal=None, told={**quality, "budget": None}, seen=0, by=hr)


def _draft(month: Month, above: DepartmentGoal, duty: JobDuty | None) -> Draft:
    checked = GoalDraft(
        "key",
        "每台车竣工前完成质检并拍照留档",
        measure="抽查 20 台，每台有记录",
        target="100%",
        due=month.last,
        weight=6000,
        department_goal=above,
    )
    learnt = GoalDraft(
        "learning",
        "独立完成自动变速箱油路诊断",
        measure="车间经理现场考核",
        target="2 台",
        due=month.last.replace(day=25),
        weight=4000,
        duty=duty,
    )
    plan = PlanDraft("变速箱诊断", "跟班两次，参加厂家线上课", month.last.replace(day=20))
    return Draft([checked, learnt], [plan])


def _sign(sheet: GoalSheet, act: str, by: User) -> None:
    fresh = sheets().get(pk=sheet.pk)
    shown = digest_of(content_of(sheet=fresh).document)
    sheet_sign(sheet=fresh, act=act, digest=shown, seen=fresh.version, by=by)


def _act(sheet: GoalSheet, act: str, by: User, note: str) -> None:
    fresh = sheets().get(pk=sheet.pk)
    GOALS.act(record=fresh, name=act, by=by, note=note, seen=fresh.version)


def _drafted(_sheet: GoalSheet, _manager: User, _hr: User) -> None:
    """Nothing but the draft."""


def _waits_for_hr(sheet: GoalSheet, manager: User, hr: User) -> None:
    _sign(sheet, "sign_manager", manager)
    _act(sheet, "pass_over", hr, ON_PAPER)


def _filed(sheet: GoalSheet, manager: User, hr: User) -> None:
    _waits_for_hr(sheet, manager, hr)
    _sign(sheet, "file", hr)


def _changed(sheet: GoalSheet, manager: User, hr: User) -> None:
    _filed(sheet, manager, hr)
    new = sheet_change(sheet=sheets().get(pk=sheet.pk), reason="本月借调钣喷组一周，质检台数减少", by=manager)
    fewer = Draft([GoalDraft("key", "每台车竣工前完成质检并拍照留档", measure="抽查 12 台，每台有记录", target="100%")])
    saved = sheet_save(sheet=new, draft=fewer, seen=new.version, by=manager)
    _sign(saved, "sign_manager", manager)


def _returned(sheet: GoalSheet, manager: User, hr: User) -> None:
    _waits_for_hr(sheet, manager, hr)
    _act(sheet, "return_hr", hr, "第 2 项写明由谁考核、哪一天考核")
