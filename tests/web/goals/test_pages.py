"""Pages of goals: the whole way by clicks, what is refused, what a page asks of the database."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fairwrench.web.goals.models import DepartmentGoal, GoalSheet, JobDescription
from fairwrench.web.goals.selectors import sheets
from fairwrench.web.goals.sheets.services import Draft
from fairwrench.web.org.models import Unit
from tests.web.goals.conftest import MONTH, above, begun, filed, sign, told, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = GoalSheet.State


def hidden(page: str) -> dict[str, str]:
    """The count and the digest of a page."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("version", "digest")}
    return {name: match[1] for name, match in found.items() if match}


def press(client: Client, sheet: GoalSheet, act: str, **more: str) -> Any:
    """Open a sheet and press a button on it."""
    address = f"/goals/{sheet.pk}/"
    return client.post(f"{address}{act}/", {**hidden(client.get(address).text), **more}, follow=True)


def lines(**goal: str) -> dict[str, str]:
    """A form of one goal, as its page sends it."""
    fields = {"what": "竣工前质检", "category": "key", "measured": "words:", "measure": "抽查", "target": "100%"}
    told = {**fields, "due": "2026-11-30", "weight": "100", "source": "", **goal}
    return {"goals": "1", "plan": "1", **{f"goal-0-{name}": text for name, text in told.items()}}


def test_goals_are_drafted_agreed_changed_and_told_by_clicks(signed_in: Any) -> None:
    manager, me = signed_in("manager"), signed_in("technician")
    who = user("technician").employee
    assert who is not None and "还没有" in manager.get(f"/goals/team/?month={MONTH}").text
    page = manager.post(f"/goals/start/{MONTH}/{who.employee_id}/", {"how": "scheme"}, follow=True)
    sheet = GoalSheet.objects.get(employee=who)
    assert page.redirect_chain[-1][0] == f"/goals/{sheet.pk}/edit/" and sheet.goals.exists()
    saved = manager.post(f"/goals/{sheet.pk}/edit/", {**lines(), "version": str(sheet.version)}, follow=True)
    assert "竣工前质检" in saved.text and "缺与部门目标或岗位职责的关联（R）" in saved.text
    assert press(manager, sheet, "sign_manager").status_code == 200
    assert "的目标请查看并确认" in me.get("/inbox/").text
    assert "所签内容与本表一致" in press(me, sheet, "sign").text
    sign(sheet, "sign_next", above())
    sign(sheet, "file", user("hr"))
    changed = me.post(f"/goals/{sheet.pk}/change/", {"note": "设备停用"}, follow=True)
    assert "双方签字之前，原目标仍然有效" in changed.text
    goal = sheet.goals.get()
    sent = {f"value-{goal.pk}": "partly", f"note-{goal.pk}": "差一台", f"seen-{goal.pk}": ""}
    assert "差一台" in me.post(f"/goals/{sheet.pk}/results/", sent, follow=True).text
    signature = sheet.signatures.first()
    assert signature and "核对一致" in me.get(f"/goals/{sheet.pk}/signatures/{signature.pk}/").text


def test_a_second_tab_keeps_what_was_typed_and_shows_what_stands(signed_in: Any) -> None:
    sheet, manager = begun(), signed_in("manager")
    manager.post(f"/goals/{sheet.pk}/edit/", {**lines(what="第一页写的目标"), "version": "0"})
    answer = manager.post(f"/goals/{sheet.pk}/edit/", {**lines(what="第二页写的目标"), "version": "0"})
    assert answer.status_code == 422
    assert "第二页写的目标" in answer.text and "第一页写的目标" in answer.text
    assert [goal.what for goal in sheet.goals.all()] == ["第一页写的目标"]


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        ({"measured": "metric:made_up"}, "made_up"),
        ({"source": "department:999999"}, "999999"),
        ({"due": "2026-02-30"}, "日期"),
        ({"weight": "101"}, "100"),
        ({"weight": "NaN"}, "数字"),
        ({"what": "很" * 201}, "200"),
        ({"category": ""}, "类别"),
    ],
)
def test_what_cannot_be_meant_is_told_in_its_field(signed_in: Any, goal: dict[str, str], says: str) -> None:
    sheet, manager = begun(), signed_in("manager")
    answer = manager.post(f"/goals/{sheet.pk}/edit/", {**lines(**goal), "version": "0"})
    assert answer.status_code == 422 and says in "".join(re.findall(r"invalid-feedback[^>]*>([^<]*)<", answer.text))
    assert sheet.goals.get().what == told().what


def test_script_text_is_shown_as_text(signed_in: Any) -> None:
    sheet, manager = begun(draft=Draft([told('<script>alert("目标")</script>🏁')])), signed_in("manager")
    for address in (f"/goals/{sheet.pk}/", f"/goals/{sheet.pk}/edit/", f"/goals/grid/{MONTH}/"):
        page = manager.get(address).text
        assert "&lt;script&gt;" in page and "<script>alert" not in page


@pytest.mark.parametrize("act", ["sign", "sign_manager", "sign_next", "file", "return", "take_back", "withdraw"])
def test_a_forged_address_of_somebody_else_is_not_found(signed_in: Any, act: str) -> None:
    sheet, other = begun(), signed_in("advisor")
    for address in ("", "edit/", "signatures/1/"):
        assert other.get(f"/goals/{sheet.pk}/{address}").status_code == 404
    for address in (act, "change", "results"):
        assert other.post(f"/goals/{sheet.pk}/{address}/", {"version": "0", "note": "x"}).status_code == 404
    assert sheets().get(pk=sheet.pk).version == 0


@pytest.mark.parametrize("act", ["draft", "save", "carry", "change2", "made-up"])
def test_what_is_no_act_of_a_page_is_not_found(signed_in: Any, act: str) -> None:
    assert signed_in("manager").post(f"/goals/{begun().pk}/{act}/", {"version": "0"}).status_code == 404


def test_a_cell_of_the_grid_that_changed_meanwhile_is_not_overwritten(signed_in: Any) -> None:
    sheet, manager = begun(), signed_in("manager")
    goal = sheet.goals.get()
    page = manager.get(f"/goals/grid/{MONTH}/").text
    assert f'name="{goal.pk}.target.seen" value="100%"' in page
    there = {"target": "100%", "weight": "", "due": "2026-11-30"}
    seen = {f"{goal.pk}.{name}.seen": value for name, value in there.items()}
    manager.post(f"/goals/grid/{MONTH}/", {**seen, f"{goal.pk}.target": "95%", f"{goal.pk}.weight": "４０"})
    sent = {**seen, f"{goal.pk}.target": "90%", f"{goal.pk}.due": "2026-11-20", f"{goal.pk}.weight": "NaN"}
    answer = manager.post(f"/goals/grid/{MONTH}/", sent, follow=True)
    goal.refresh_from_db()
    assert (goal.target, goal.weight, str(goal.due)) == ("95%", 4000, "2026-11-20")
    assert "已改为“95%”" in answer.text and 'value="90%"' in answer.text


def test_counts_lead_to_their_lists(signed_in: Any) -> None:
    """The to-do counts what its list, or the page of the team, shows."""
    begun()
    manager = signed_in("manager")
    (count,) = set(re.findall(rf"{MONTH} 还有 (\d+) 人没有目标", manager.get("/inbox/").text))
    members = manager.get(f"/goals/team/?month={MONTH}").context["members"]
    assert int(count) == sum(each.waits for each in members) == len(members)
    hr = signed_in("hr")
    (count,) = re.findall(r"(\d+) 人的目标草拟中", hr.get(f"/months/{MONTH}/").text)
    assert hr.get(f"/goals/?month={MONTH}&state=draft").context["table"].found == int(count) == 1


def test_hr_files_what_it_was_shown_together(signed_in: Any) -> None:
    sheet = begun()
    sign(sheet, "sign_manager", user("manager"))
    sign(sheet, "sign", user("technician"))
    sign(sheet, "sign_next", above())
    hr = signed_in("hr")
    shown = re.findall(r'name="shown" value="([^"]+)"', hr.get(f"/goals/sheets/?waits=hr&month={MONTH}").text)
    assert len(shown) == 1
    hr.post("/goals/sheets/", {"act": "file", "shown": ["9:x:y", ":::", "no", f"{sheet.pk}:0:{'0' * 64}"]})
    assert sheets().get(pk=sheet.pk).state == State.HR
    hr.post("/goals/sheets/", {"act": "file", "shown": shown})
    assert sheets().get(pk=sheet.pk).state == State.FILED
    assert hr.post("/goals/sheets/", {"act": "withdraw", "shown": shown}).status_code == 400


def test_a_team_is_carried_on_by_one_press(signed_in: Any) -> None:
    filed()
    manager, december = signed_in("manager"), MONTH.plus(1)
    page = manager.get(f"/goals/carry/{december}/").text
    assert "以上 1 人已看过，沿用并签字" in page
    manager.post(f"/goals/carry/{december}/", {"digest": hidden(page)["digest"]})
    sheet = GoalSheet.objects.get(month=str(december))
    me = signed_in("technician")
    assert "沿用" in me.get(f"/goals/{sheet.pk}/").text and "提出变更" in me.get(f"/goals/{sheet.pk}/").text
    # the list with everybody's goals is nobody's to read but the manager's
    listed = sheet.signatures.get().listed
    assert listed is not None and listed.content.decode() not in me.get(f"/goals/{sheet.pk}/").text


def test_goals_of_a_store_are_entered_changed_and_ended(signed_in: Any) -> None:
    store = Unit.objects.filter(kind="store")[0]
    hr, told = signed_in("hr"), {"unit": store.pk, "year": "2026", "month": "11", "title": "返修率降到 2%"}
    assert hr.post("/goals/department/new/", {**told, "measured": "words:", "budget": "1200.5"}).status_code == 302
    goal = DepartmentGoal.objects.latest("pk")
    assert (goal.budget, goal.month, goal.period) == (120_050, 11, "2026-11")
    late = hr.post(f"/goals/department/{goal.pk}/", {**told, "title": "别的", "measured": "words:", "version": "0"})
    assert late.status_code == 422 and "请重新查看" in late.text
    hr.post(f"/goals/department/{goal.pk}/", {"do": "end", "version": "1"})
    goal.refresh_from_db()
    assert goal.ended_at is not None and goal.title == "返修率降到 2%"
    me = signed_in("technician")
    assert me.get("/goals/department/").status_code == 200
    assert me.get("/goals/department/new/").status_code == 403


def test_a_budget_is_not_told_to_everybody(signed_in: Any) -> None:
    store = Unit.objects.filter(kind="store")[0]
    DepartmentGoal.objects.create(unit=store, year=MONTH.year, title="门店目标", budget=7_654_321)
    assert "76,543.21" in signed_in("hr").get("/goals/department/").text
    page = signed_in("technician").get("/goals/department/").text
    assert "门店目标" in page and "76,543.21" not in page


def test_a_job_description_has_versions_and_is_written_by_hr_alone(signed_in: Any) -> None:
    hr, before = signed_in("hr"), JobDescription.objects.filter(position__code="advisor").count()
    assert before == 0
    code = "service_advisor"
    told = {"begins": "2026-11-01", "purpose": "接待", "duties": "接车\n\n报价\n", "version": "0"}
    assert hr.post(f"/goals/jobs/{code}/", told).status_code == 302
    # a second tab that still shows none
    assert hr.post(f"/goals/jobs/{code}/", {**told, "purpose": "别的"}).status_code == 422
    assert [each.words for each in JobDescription.objects.get(position__code=code).duties.all()] == ["接车", "报价"]
    me = signed_in("technician")
    assert "接车" in me.get(f"/goals/jobs/{code}/").text
    assert me.post(f"/goals/jobs/{code}/", {**told, "version": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("who", "address", "most"),
    [
        ("hr", f"/goals/?month={MONTH}", 12),
        ("hr", "/goals/", 13),
        ("manager", f"/goals/team/?month={MONTH}", 12),
        ("technician", "/goals/{sheet}/", 22),
        ("manager", "/goals/{sheet}/", 22),
        ("manager", f"/goals/grid/{MONTH}/", 12),
        ("hr", f"/goals/sheets/?month={MONTH}", 13),
        ("hr", "/goals/department/", 12),
        ("hr", "/goals/jobs/", 12),
    ],
)
def test_pages_ask_little_of_the_database(
    *, signed_in: Any, who: str, address: str, most: int, django_assert_max_num_queries: Any
) -> None:
    sheet, client = begun(), signed_in(who)
    client.get("/settings/")
    with django_assert_max_num_queries(most):
        assert client.get(address.format(sheet=sheet.pk)).status_code == 200
