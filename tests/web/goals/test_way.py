"""The way of goals: drafted, agreed by both, reviewed, filed; changed within the month; and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.goals.declared import month_points
from fairwrench.web.goals.models import GoalSheet
from fairwrench.web.goals.selectors import in_force, sheets, sheets_seen, waiting, waiting_counts
from fairwrench.web.goals.sheets.checks import lacks
from fairwrench.web.goals.sheets.content import content_of
from fairwrench.web.goals.sheets.places import signatures_shown, vacancies
from fairwrench.web.goals.sheets.services import (
    Draft,
    sheet_change,
    sheet_save,
    sheet_sign,
    sheet_start,
    sheets_sign,
)
from fairwrench.web.goals.workflow import GOALS
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.settlements.models import Target
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.work.signing.documents import digest_of
from tests.web.goals.conftest import DRAFT, MONTH, TODAY, above, begun, filed, settle, sign, told, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = GoalSheet.State


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_goals_go_from_the_draft_to_the_file() -> None:
    """Each step waits for one person alone, and all four sign the same words."""
    sheet = begun()
    for act, by, state in (
        ("sign_manager", user("manager"), State.EMPLOYEE),
        ("sign", user("technician"), State.NEXT_LEVEL),
        ("sign_next", above(), State.HR),
        ("file", user("hr"), State.FILED),
    ):
        for other in {"technician", "manager", "hr", "auditor", "advisor"} - {by.username}:
            with pytest.raises(PermissionDenied):
                sign(sheet, act, user(other))
        assert sign(sheet, act, by).state == state
        assert not waiting(user=by, state=State.EMPLOYEE).filter(pk=sheet.pk).exists()
    assert [place.fits for place in signatures_shown(sheets().get(pk=sheet.pk))] == [True] * 4
    assert sheet.signatures.values("document").distinct().count() == 1, "all signed the same bytes"


def test_the_employee_may_draft_and_sign_first() -> None:
    me = user("technician")
    sheet = begun(by=me)
    assert sign(sheet, "sign", me).state == State.MANAGER
    assert sign(sheet, "sign_manager", user("manager")).state == State.NEXT_LEVEL


def test_nobody_signs_twice() -> None:
    sheet = begun()
    seen, digest = sheet.version, digest_of(content_of(sheet=sheet).document)
    told_twice = {"sheet": sheet, "act": "sign_manager", "digest": digest, "seen": seen, "by": user("manager")}
    sheet_sign(**told_twice)
    # the same press sent twice is one signature; a later one is refused
    sheet_sign(**told_twice)
    assert sheet.signatures.count() == 1
    with pytest.raises(Refused) as refused:
        sign(sheet, "sign_manager", user("manager"))
    assert codes(refused) == ["moved_on"] and sheet.signatures.count() == 1


def test_what_changed_meanwhile_is_not_signed() -> None:
    sheet = begun()
    digest = digest_of(content_of(sheet=sheet).document)
    changed = sheet_save(
        sheet=sheet, draft=Draft([told("别的目标，内容不同")]), seen=sheet.version, by=user("technician")
    )
    for seen in (sheet.version, changed.version):
        with pytest.raises(Refused) as refused:
            sheet_sign(
                sheet=sheets().get(pk=sheet.pk), act="sign_manager", digest=digest, seen=seen, by=user("manager")
            )
        assert codes(refused) == ["moved_on"]


def test_a_target_of_the_scheme_that_moved_is_shown_before_it_is_signed_for() -> None:
    """The items beside the goals are part of what one sees, though not of what both agree on."""
    sheet = begun()
    content = content_of(sheet=sheet)
    kpi = next(each for each in content.kpis if each.kind == "metric" and each.target)
    digest, facts = digest_of(content.document), content.facts
    Target.objects.update_or_create(
        month=str(MONTH), subject=sheet.employee.employee_id, metric=kpi.key, defaults={"value": "0.123"}
    )
    assert content_of(sheet=sheet).facts == facts
    with pytest.raises(Refused):
        sheet_sign(sheet=sheet, act="sign_manager", digest=digest, seen=sheet.version, by=user("manager"))


def test_an_empty_sheet_is_not_signed_and_a_settled_month_not_either() -> None:
    sheet = begun(draft=Draft())
    with pytest.raises(Refused) as refused:
        sign(sheet, "sign_manager", user("manager"))
    assert codes(refused) == ["no_goal"]
    sheet_save(sheet=sheet, draft=DRAFT, seen=sheet.version, by=user("manager"))
    settle(MONTH)
    with pytest.raises(Refused) as refused:
        sign(sheet, "sign_manager", user("manager"))
    assert codes(refused) == ["settled"]


def test_two_tabs_do_not_overwrite_each_other() -> None:
    """Also of one person: the second tab is told, and what the first kept stays."""
    manager, sheet = user("manager"), begun()
    first = sheet_save(sheet=sheet, draft=Draft([told("第一个窗口写的目标")]), seen=sheet.version, by=manager)
    with pytest.raises(Refused) as refused:
        sheet_save(sheet=sheet, draft=Draft([told("第二个窗口写的目标")]), seen=sheet.version, by=manager)
    assert codes(refused) == ["moved_on"]
    assert [goal.what for goal in first.goals.all()] == ["第一个窗口写的目标"]


def test_returned_it_is_drafted_again_and_its_signatures_are_void() -> None:
    sheet = begun()
    sign(sheet, "sign_manager", user("manager"))
    sign(sheet, "sign", user("technician"))
    fresh = sheets().get(pk=sheet.pk)
    with pytest.raises(Refused) as refused:
        GOALS.act(record=fresh, name="return", by=above(), seen=fresh.version)
    assert codes(refused) == ["no_reason"]
    GOALS.act(record=fresh, name="return", by=above(), note="目标值太低", seen=fresh.version)
    fresh = sheets().get(pk=sheet.pk)
    assert fresh.state == State.DRAFT
    assert [place.signature for place in signatures_shown(fresh)] == [None] * 4
    assert fresh.signatures.exclude(void_at=None).count() == 2, "kept, though void"


def test_a_change_takes_the_place_of_the_former_once_both_have_signed() -> None:
    sheet, me = filed(), user("technician")
    with pytest.raises(Refused) as refused:
        sheet_change(sheet=sheet, reason="  ", by=me)
    assert codes(refused) == ["no_reason"]
    with pytest.raises(PermissionDenied):
        sheet_change(sheet=sheet, reason="新车型上市", by=user("advisor"))
    new = sheet_change(sheet=sheet, reason="新车型上市", by=me)
    sheet_save(sheet=new, draft=Draft([told("新车型首保质检")]), seen=new.version, by=me)
    who = sheet.employee.employee_id
    sign(new, "sign", me)
    assert in_force(month=MONTH)[who].pk == sheet.pk, "one signature is none"
    sign(new, "sign_manager", user("manager"))
    assert in_force(month=MONTH)[who].pk == new.pk
    # both can be read, and what was signed stands under each
    assert [goal.what for goal in sheet.goals.all()] == [told().what]
    assert all(place.fits for place in signatures_shown(sheets().get(pk=sheet.pk)))
    assert "新车型上市" in content_of(sheet=sheets().get(pk=new.pk)).document.decode()


def test_there_is_one_change_at_a_time_and_it_may_be_withdrawn() -> None:
    sheet, manager = filed(), user("manager")
    new = sheet_change(sheet=sheet, reason="产能调整", by=manager)
    with pytest.raises(Refused):
        sheet_change(sheet=sheet, reason="又一次", by=user("technician"))
    GOALS.act(record=new, name="withdraw", by=user("technician"), note="不必改了", seen=new.version)
    assert in_force(month=MONTH)[sheet.employee.employee_id].pk == sheet.pk
    assert sheet_change(sheet=sheet, reason="还是要改", by=manager).edition == 3


def test_a_first_draft_is_not_the_employees_to_withdraw() -> None:
    sheet = begun()
    with pytest.raises(PermissionDenied):
        GOALS.act(record=sheet, name="withdraw", by=user("technician"), note="不想写", seen=sheet.version)
    GOALS.act(record=sheet, name="withdraw", by=user("manager"), note="写错人", seen=sheet.version)
    assert begun().edition == 2


def test_who_leads_is_no_manager_of_themselves() -> None:
    """The rater is the rated: a manager whom nobody leads agrees with HR, never with themselves."""
    manager = user("manager")
    assert manager.employee is not None
    Assignment.objects.filter(employee=manager.employee).update(manager=manager.employee)
    sheet = begun(manager, by=manager)
    with pytest.raises(PermissionDenied):
        sign(sheet, "sign_manager", manager)
    Assignment.objects.filter(employee=manager.employee).update(manager=None)
    sheet_save(sheet=sheet, draft=DRAFT, seen=sheet.version, by=manager)
    fresh = sheets().get(pk=sheet.pk)
    assert "直接上级空缺" in str(vacancies(fresh))
    assert sign(fresh, "sign", manager).state == State.MANAGER
    assert waiting(user=user("hr"), state=State.MANAGER).filter(pk=sheet.pk).exists()
    assert sign(fresh, "sign_manager", user("hr")).state == State.HR, "nobody stands above: HR files it"


def test_hr_agrees_for_nobody_who_has_a_manager() -> None:
    with pytest.raises(Refused) as refused:
        begun(by=user("hr"))
    assert codes(refused) == ["has_manager"]
    with pytest.raises(PermissionDenied):
        begun(by=user("advisor"))


def test_without_a_next_level_hr_files_it() -> None:
    manager = user("manager")
    Assignment.objects.filter(employee=manager.employee).update(manager=None)
    sheet = begun()
    assert "没有隔级上级" in str(vacancies(sheet))
    sign(sheet, "sign_manager", manager)
    assert sign(sheet, "sign", user("technician")).state == State.HR


def test_a_manager_who_left_is_replaced_by_who_leads_today() -> None:
    sheet, manager, new = begun(), user("manager"), user("advisor")
    assert manager.employee is not None
    day = TODAY - timedelta(days=1)
    Employee.objects.filter(pk=manager.employee.pk).update(left_on=day, status="left")
    Assignment.objects.filter(employee=sheet.employee).update(manager=new.employee)
    sign(sheet, "sign_manager", new)
    fresh = sheets().get(pk=sheet.pk)
    assert fresh.line_manager == new.employee, "who agreed stands on it"


def test_who_changes_store_within_the_month_agrees_with_the_new_manager() -> None:
    """The former one acts no more, the goals agreed on before stay readable for both."""
    sheet, old, new = filed(), user("manager"), user("director")
    held = Assignment.objects.get(employee=sheet.employee)
    Assignment.objects.filter(pk=held.pk).update(end=TODAY - timedelta(days=1))
    held.pk, held.begin, held.manager = None, TODAY, new.employee
    held.save()
    with pytest.raises(PermissionDenied):
        sheet_change(sheet=sheet, reason="调店", by=old)
    change = sheet_change(sheet=sheet, reason="调店", by=new)
    assert change.line_manager == new.employee
    for reader in (old, new):
        assert sheets_seen(user=User.objects.get(pk=reader.pk)).filter(pk=sheet.pk).exists()


def test_nobody_begins_goals_of_who_does_not_work_here_then() -> None:
    technician = user("technician").employee
    assert technician is not None
    Assignment.objects.filter(employee=technician).update(end=date(2026, 11, 30))
    with pytest.raises(Refused) as refused:
        sheet_start(employee=technician, month=MONTH.plus(2), draft=DRAFT, by=user("technician"))
    assert codes(refused) == ["no_assignment"]


def test_a_month_that_is_not_begun_is_planned_and_picked_up() -> None:
    """The sheet is there once the month is: nothing is copied."""
    sheet = filed(month=MONTH.plus(1))
    assert in_force(month=MONTH.plus(1)) == {sheet.employee.employee_id: sheet}
    assert begun(month=MONTH.plus(1)).pk == sheet.pk


def test_what_a_sheet_lacks_is_told_and_not_refused() -> None:
    """By hand: the first goal lacks everything, the second nothing but a link, the weights add to 60."""
    bare = told("短", measure="", target="", due=None, weight=6000)
    manager, draft = user("manager"), Draft([bare, told(), told(kind="metric", subject="no_such_metric", measure="")])
    sheet = begun(draft=draft)
    found = {problem.code: problem.zh for problem in lacks(content_of(sheet=sheet)) if problem.code != "not_smart"}
    smart = [problem.zh for problem in lacks(content_of(sheet=sheet)) if problem.code == "not_smart"]
    assert all(f"（{letter}）" in smart[0] for letter in "SMART")
    assert "（R）" in smart[1] and "（S）" not in smart[1] and "（T）" not in smart[1]
    assert "no_such_metric" in found["measure_gone"]
    vague = sheet_save(
        sheet=sheet, draft=Draft([told(kind="metric", subject="x", target="尽量高")]), seen=0, by=manager
    )
    assert any("写成数字的目标值" in problem.zh for problem in lacks(content_of(sheet=vague)))
    sheet = sheet_save(sheet=vague, draft=draft, seen=1, by=manager)
    assert found["weight_sum"] == "权重合计 60.00，应为 100" and found["unweighed"].startswith("目标 2、3")
    assert sign(sheet, "sign_manager", user("manager")).state == State.EMPLOYEE


def test_three_to_eight_in_all_counts_an_item_of_the_scheme_once() -> None:
    content = content_of(sheet=begun())
    own = [kpi for kpi in content.kpis]
    count = 9 - len(own)
    goals = [told(f"第 {at} 个目标") for at in range(count)] + [told(kind="metric", subject=own[0].key)]
    sheet = sheet_save(sheet=content.sheet, draft=Draft(goals), seen=0, by=user("manager"))
    said = next(problem.zh for problem in lacks(content_of(sheet=sheet)) if problem.code == "goal_count")
    assert f"共 9 项（目标 {count}、指标 {len(own)}）" in said


def test_many_are_signed_as_they_were_shown_and_the_rest_is_told() -> None:
    led = [
        User.objects.create(employee=each, username=each.employee_id)
        for each in Employee.objects.filter(assignments__manager=user("manager").employee, user=None).distinct()[:2]
    ]
    found = [begun(each) for each in led]
    for each, person in zip(found, led, strict=True):
        sign(each, "sign", person)
    fresh = [sheets().get(pk=each.pk) for each in found]
    shown = [(each, each.version, digest_of(content_of(sheet=each).document)) for each in fresh]
    done, problems = sheets_sign(shown=[shown[0], (*shown[1][:2], "0" * 64)], act="sign_manager", by=user("manager"))
    assert (done, [problem.code for problem in problems]) == (1, ["moved_on"])


@pytest.mark.parametrize(
    ("state", "act", "by", "code"),
    [
        (State.EMPLOYEE, "disagree", "technician", "settled"),
        (State.MANAGER, "send_back", "manager", "settled"),
        (State.NEXT_LEVEL, "take_back", "manager", "settled"),
        (State.HR, "return_hr", "hr", "settled"),
        (State.EMPLOYEE, "pass_over", "hr", "lapsed"),
    ],
)
def test_goals_of_a_settled_month_neither_fall_nor_come_to_hold(state: str, act: str, by: str, code: str) -> None:
    """Forms are signed with the goals that held: nothing takes them away, nor has others hold from behind."""
    sheet = begun()
    GoalSheet.objects.filter(pk=sheet.pk).update(state=state)
    offered = {each.name for each in GOALS.offered(record=sheets().get(pk=sheet.pk), user=user(by))}
    settle(MONTH)
    sheet = sheets().get(pk=sheet.pk)
    with pytest.raises(Refused) as refused:
        GOALS.act(record=sheet, name=act, by=user(by), note="改一下", seen=sheet.version)
    assert codes(refused) == [code]
    assert act in offered and act not in {each.name for each in GOALS.offered(record=sheet, user=user(by))}


def test_what_was_not_agreed_when_the_month_was_settled_is_nobodys_to_do(signed_in: Any) -> None:
    sheet = begun()
    cycle = settle(MONTH)
    assert f"/goals/{sheet.pk}/edit/" not in signed_in("manager").get(f"/goals/{sheet.pk}/").text
    with pytest.raises(Refused) as refused:
        sheet_save(sheet=sheet, draft=DRAFT, seen=sheet.version, by=user("manager"))
    assert codes(refused) == ["settled"]
    grid = signed_in("manager").post(f"/goals/grid/{MONTH}/", {f"{sheet.goals.get().pk}.target": "99%"}, follow=True)
    assert grid.status_code == 200 and sheet.goals.get().target == "100%"
    extent = Extent.of(user("hr"))
    for state, person, waits in (
        (State.EMPLOYEE, user("technician"), False),
        (State.MANAGER, user("manager"), False),
        (State.NEXT_LEVEL, above(), True),
        (State.HR, user("hr"), True),
    ):
        GoalSheet.objects.filter(pk=sheet.pk).update(state=state)
        assert waiting(user=person, state=state).filter(pk=sheet.pk).exists() == waits
        assert ((str(MONTH), state, 1) in waiting_counts(user=person)) == waits
        assert [point.keeps_open for point in month_points(cycle, extent)] == [waits], "and closing waits for it"


def test_what_both_agreed_on_is_still_reviewed_and_filed_after_settling() -> None:
    sheet = begun()
    sign(sheet, "sign_manager", user("manager"))
    sign(sheet, "sign", user("technician"))
    settle(MONTH)
    sign(sheet, "sign_next", above())
    assert sign(sheet, "file", user("hr")).state == State.FILED
