"""The pages of team shares: what each shows to whom, what is told beside what was typed, and to-dos."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from fairwrench.web.access.models import User, Viewed
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.months.checklist import checklist
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.teams.confirming.services import team_set_confirm
from fairwrench.web.teams.declared import todos_of
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.teams.pages.forms import equal_shares
from tests.web.teams.conftest import FORM, SEPTEMBER, TEAM, URL, browser, draft, filed, holding, ran

#: on a page
QUERIES = 12


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def sent(client: Client, **told: str) -> Any:
    """The answer to the form, filled in and landed."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(URL, {**FORM, **told})


def test_last_months_shares_are_carried_over_and_said_to_be_so(chief: User) -> None:
    """Breaks if a leader has to type again what was confirmed last month, or takes it for confirmed."""
    filed({"E102": "0.6", "E103": "0.4"}, SEPTEMBER)
    client = browser(chief)
    page = text(client, "/teams/?month=2026-10")
    assert "沿用上月，未确认" in page and "吕技师" in page and "0.600" in page and "去确认" in page
    page = text(client, f"{URL}?store=东店&team={TEAM}")
    assert 'value="E102 吕技师"' in page and 'value="0.600"' in page and "沿用上月，未确认" in page
    answer = sent(client, **{"share-0": "０．6", "share-1": "0。4"})
    assert (answer.status_code, answer["Location"]) == (302, "/teams/?month=2026-10")
    page = text(client, "/teams/?month=2026-10")
    assert "已确认" in page and "沿用上月" not in page and "何主管" in page


def test_what_is_refused_is_told_in_its_line_and_nothing_typed_is_lost(chief: User) -> None:
    """Breaks if a wrong sum, name or person empties the form of somebody who lies under a car."""
    wrong = {
        "份额合计是 0.900": {"share-1": "0.3"},
        "没有找到“E202”": {"who-1": "E202"},
        "吕技师 填了两次": {"who-1": "E102"},
        "至多三位小数": {"share-1": "0.4001"},
        "份额在 0 到 1 之间": {"share-1": "-0.4"},
        "请填份额": {"share-1": ""},
        "请选成员": {"who-1": ""},
        "没有找到“某某”": {"who-1": "某某"},
        "不像班组名": {"team": "张三"},
        "生效日期须在 2026-10 内": {"begin": "2026-11-02"},
    }
    client = browser(chief)
    for why, told in wrong.items():
        answer = sent(client, **told)
        page = answer.content.decode()
        assert answer.status_code == 422 and why in page, why
        assert 'value="E102 吕技师"' in page and 'value="0.6"' in page, why
        assert all(f'value="{typed}"' in page for typed in told.values() if typed), why
    assert not TeamSet.objects.exists()


def test_equal_parts_are_one_button(chief: User) -> None:
    """Breaks if three equal parts do not add up to 1, or a name typed is lost by pressing the button."""
    assert equal_shares(3) == ["0.333", "0.333", "0.334"] and equal_shares(1) == ["1.000"]
    client = browser(chief)
    answer = sent(client, do="equal", **{"who-2": "何主管"})
    page = text(client, answer["Location"])
    assert answer.status_code == 302 and page.count('value="0.333"') == 2 and 'value="0.334"' in page
    assert 'value="何主管"' in page and 'value="E102 吕技师"' in page
    answer = sent(client, do="more")
    page = text(client, answer["Location"])
    assert 'name="who-3"' in page and 'value="0.6"' in page and 'value="0.4"' in page


def test_a_second_tab_is_told_that_the_set_has_changed(chief: User, hr: User) -> None:
    """Breaks if the second of two who look at the same page overwrites the first unseen."""
    assert sent(browser(chief)).status_code == 302
    answer = sent(browser(hr), **{"share-0": "0.5", "share-1": "0.5"})
    assert answer.status_code == 422 and "已被改动" in answer.content.decode()
    # pressed twice it is confirmed once
    assert sent(browser(chief)).status_code == 302
    assert holding() == {(TEAM, "2026-10-01"): {"E102": 600, "E103": 400}}


def test_who_leaves_within_the_month_is_said(chief: User) -> None:
    """Breaks if a leader learns from pay alone that the shares of the second half held for nobody."""
    sent(browser(chief))
    Employee.objects.filter(employee_id="E103").update(left_on=date(2026, 10, 12))
    assert "金技师 最后在职日是 2026-10-12" in text(browser(chief), "/teams/?month=2026-10")
    page = text(browser(chief), f"{URL}?store=东店&team={TEAM}")
    assert "金技师 在本店的最后一天是 2026-10-12" in page and "begin=2026-10-13" in page


def test_a_sealed_month_is_shown_and_not_changed(chief: User, october: Cycle) -> None:
    """Breaks if the page offers what is refused, or the address does it all the same."""
    sent(browser(chief))
    for state, said in (("settled", "请人力资源退回该月"), ("published", "已发布")):
        Cycle.objects.filter(pk=october.pk).update(state=state)
        page = text(browser(chief), "/teams/?month=2026-10")
        assert said in page and "0.600" in page and "撤回" not in page and "修改" not in page
        assert sent(browser(chief), **{"share-0": "0.5", "share-1": "0.5"}).status_code == 422
    Cycle.objects.filter(pk=october.pk).update(state="open", run=ran(october))
    assert "须重新核算" in text(browser(chief), "/teams/?month=2026-10")


def test_each_sees_what_is_theirs(chief: User, hr: User, member: Callable[..., User]) -> None:
    """Breaks if a colleague reads how a team shares that they are no member of, or another store's leader does."""
    sent(browser(chief))
    for user, sees in ((chief, True), (hr, True), (member("E001"), True), (member("E201"), False)):
        assert ("0.600" in text(browser(user), "/teams/?month=2026-10")) is sees, user
        # there are teams, and a page that says there are none would be wrong
        assert ("没有您能看到的班组" in text(browser(user), "/teams/?month=2026-10")) is not sees
    supervisor = User.objects.create(username="supervisor")
    supervisor.grants.create(role="workshop_supervisor")
    page = text(browser(supervisor), "/teams/?month=2026-10")
    assert "0.600" in page and "修改" not in page and browser(supervisor).get(URL).status_code == 403
    for who, sees in (("E102", True), ("E202", False)):
        user = member(who)
        assert browser(user).get("/teams/").status_code == 403
        assert ("0.600" in text(browser(user), "/teams/own/?month=2026-10")) is sees


def test_another_stores_leader_changes_nothing(chief: User, member: Callable[..., User]) -> None:
    """Breaks if a team is changed by whoever sends its address."""
    sent(browser(chief))
    back = {"store": "东店", "team": TEAM, "begin": "2026-10-01", "seen": "E102=600,E103=400"}
    for who in (member("E201"), member("E202", ("hr", "西店")), member("E102")):
        client = browser(who)
        assert client.get(f"{URL}?store=东店&team={TEAM}").status_code == 403
        assert sent(client, **{"share-0": "0.5", "share-1": "0.5"}).status_code == 403
        assert client.post("/teams/2026-10/withdraw/", back).status_code == 403
    assert holding() == {(TEAM, "2026-10-01"): {"E102": 600, "E103": 400}}
    assert browser(chief).post("/teams/2026-10/withdraw/", back).status_code == 302
    assert holding() == {}


def test_who_looked_is_noted(chief: User, hr: User) -> None:
    """Breaks if HR looks through what people have without a trace."""
    sent(browser(chief))
    text(browser(hr), "/teams/?month=2026-10")
    assert list(Viewed.objects.values_list("by__username", "page", "month")) == [("e104", "teams", "2026-10")]


def words(user: User) -> list[str]:
    return [todo.words[0] for todo in todos_of(user)]


def test_work_of_a_team_without_shares_is_a_to_do_at_once(chief: User, hr: User, october: Cycle) -> None:
    """Breaks if a leader hears only at the month's end that a team's work counts for nobody, or after confirming."""
    filed({"E102": "0.6", "E103": "0.4"}, SEPTEMBER)
    assert words(chief) == []
    ran(october, f"东店 {TEAM}", "西店 漆工组")
    assert words(chief) == words(hr) == ["1 个班组 2026-10 的分配待确认"]
    page = text(browser(chief), "/teams/?month=2026-10&state=waiting")
    assert TEAM in page and "漆工组" not in page and "本月有这个班组的工单还没有份额可分" in page
    sent(browser(chief))
    assert words(chief) == words(hr) == []


def test_a_month_that_is_over_is_a_to_do_from_its_first_working_day(
    chief: User, on_day: Callable[[date], None], october: Cycle
) -> None:
    """Breaks if it is asked for on Sunday 1 November, or not on Monday; a team without any work is not asked for,
    neither by the to-do nor by the list that it opens."""
    filed({"E102": "0.6", "E103": "0.4"}, SEPTEMBER)
    for day, count in ((date(2026, 10, 31), 0), (date(2026, 11, 1), 0), (date(2026, 11, 2), 1)):
        on_day(day)
        assert len(words(browser_user(chief))) == count, day
    run = ran(october)
    type(run).objects.filter(pk=run.pk).update(made_at="2026-11-02T03:00:00Z")
    assert words(browser_user(chief)) == []
    waiting = text(browser(chief), "/teams/?month=2026-10&state=waiting")
    assert "没有待确认的班组" in waiting and "的分配待确认" not in waiting
    assert "本月没有工单" in text(browser(chief), "/teams/?month=2026-10")


def browser_user(user: User) -> User:
    """The user as the next request has them: what was found out of their reach is asked anew."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("url", ["/teams/?month=2026-10", f"{URL}?store=东店&team={TEAM}", "/teams/own/?month=2026-10"])
def test_a_page_takes_few_queries(url: str, chief: User, october: Cycle) -> None:
    """Breaks if a page asks the database once for each team or member."""
    filed({"E102": "0.6", "E103": "0.4"}, SEPTEMBER)
    ran(october, f"东店 {TEAM}")
    sent(browser(chief))
    for name in ("甲组", "乙组", "丙组"):
        team_set_confirm(draft=draft({"E101": "0.5", "E102": "0.5"}, team=name), by=browser_user(chief))
    client = browser(chief)
    text(client, url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        text(client, url)
    # without the session's user, and what the head of each page asks
    assert len(found) <= QUERIES, "\n".join(query["sql"][:300] for query in found)


def test_english_is_complete(chief: User) -> None:
    """Breaks if an English reader meets Chinese beside names."""
    sent(browser(chief))
    client = browser(chief)
    client.post("/language/", {"language": "en"})
    page = text(client, "/teams/?month=2026-10")
    assert "Confirmed" in page and "Take back" in page and "From 2026-10-01" in page
    assert "Equal parts" in text(client, URL)


def test_the_checklist_of_the_month_leads_here(hr: User, october: Cycle) -> None:
    """Breaks if HR reads on the month's page that work is nobody's, and not where that is put right."""
    run, extent = ran(october, f"东店 {TEAM}"), Extent(hr, None)
    points = checklist(cycle=october, waiting=None, worked_out=run, extent=extent)
    assert [point.url for point in points if "班组" in point.text] == ["/teams/?month=2026-10"]
    points = checklist(cycle=october, waiting=None, worked_out=ran(october), extent=extent)
    assert not any("班组" in point.text for point in points)
