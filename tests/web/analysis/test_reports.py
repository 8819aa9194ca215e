"""Analyses: drafted from the figures, edited beside a fresh draft, approved as shown, sent, read; what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Grant
from fairwrench.web.analysis.kpis.actions import action_words, counted
from fairwrench.web.analysis.models import Analysis, MissedKpi, Section
from fairwrench.web.analysis.reports.content import Content
from fairwrench.web.analysis.reports.services import (
    analysis_approve,
    analysis_draft,
    reading_confirm,
    section_choose,
    section_edit,
    section_redraft,
)
from fairwrench.web.analysis.selectors import analyses_seen, heads_of
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Position
from fairwrench.web.settlements.models import EVERY_STORE
from fairwrench.web.settlements.months.way import way_of
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.tasks.models import Task
from fairwrench.web.tasks.services import task_hand_on
from fairwrench.web.tasks.workflow import TASKS
from fairwrench.web.work.inbox.todos import todos_of
from fairwrench.web.work.models import Notice
from tests.web.analysis.conftest import LAST, act, answered, approved, asked, drafted, missed, month, store, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = Analysis.State


def codes(refused: Any) -> set[str]:
    """Why something was refused."""
    return {problem.code for problem in refused.value.problems}


def section(analysis: Analysis, key: str) -> Section:
    """A section as it is."""
    return analysis.sections.get(key=key)


def test_a_draft_says_what_the_pages_show() -> None:
    """Breaks if the analysis and the pages tell different figures, or an answer is typed a second time."""
    answered(asked(at=0))
    waits = asked(at=1)
    analysis, found = drafted(), missed()
    kpis = section(analysis, "kpis").text
    assert all(f"【{each.name}】" in kpis and f"实际 {each.value}，目标 {each.target}" in kpis for each in found)
    assert "原因：试车没有做全" in kpis and "交车前两人试车" in kpis and "进行中" in kpis
    assert f"待 {waits.owner.name} 说明原因和措施" in kpis
    run = month().run
    assert run is not None and run.sums_of_all is not None
    grades = section(analysis, "grades").text
    for grade, people in run.sums_of_all.grades.items():
        assert f"{grade}：{people} 人" in grades
    assert section(analysis, "appeals").text == "本月没有绩效申诉。"
    assert {each.key for each in analysis.sections.all()} == set(Section.Key.values)


def test_a_draft_in_english_stays_english() -> None:
    """Breaks if an analysis mixes languages, or reads otherwise to who approves it."""
    with translation.override("en"):
        analysis = drafted()
    assert section(analysis, "appeals").text == "Nobody appealed in the month."
    section_redraft(analysis=analysis, key="appeals", by=user("hr"), seen=0)
    assert section(analysis, "appeals").text == "Nobody appealed in the month."
    assert "Grades" in Content.of(analysis).document.decode()


def test_what_was_edited_is_never_overwritten() -> None:
    """Breaks if drafting anew loses what HR wrote."""
    analysis, hr = drafted(), user("hr")
    section_edit(analysis=analysis, key="kpis", text="我们自己的话\n第二行", by=hr, seen=0)
    asked()  # so that the fresh draft says something else
    section_redraft(analysis=analysis, key="kpis", by=hr, seen=1)
    shown = section(analysis, "kpis")
    assert shown.text == "我们自己的话\n第二行" and "待" in shown.renewed
    with pytest.raises(Refused) as refused:
        act(analysis, "submit")
    assert codes(refused) == {"two_texts"}
    section_choose(analysis=analysis, key="kpis", act="keep", by=hr, seen=2)
    assert (section(analysis, "kpis").text, section(analysis, "kpis").renewed) == ("我们自己的话\n第二行", "")
    # typed and not kept yet: it is kept, and stands beside the fresh draft
    answered(MissedKpi.objects.select_related("cycle__run").get())
    section_redraft(analysis=analysis, key="kpis", by=hr, seen=3, typed="刚打的字")
    shown = section(analysis, "kpis")
    assert shown.text == "刚打的字" and "试车没有做全" in shown.renewed
    section_choose(analysis=analysis, key="kpis", act="take", by=hr, seen=shown.version)
    assert "试车没有做全" in section(analysis, "kpis").text and not section(analysis, "kpis").edited


def test_a_second_tab_does_not_overwrite_the_first() -> None:
    """Breaks if the later of two tabs wins unseen."""
    analysis, hr = drafted(), user("hr")
    section_edit(analysis=analysis, key="late", text="甲", by=hr, seen=0)
    with pytest.raises(Refused) as refused:
        section_edit(analysis=analysis, key="late", text="乙", by=hr, seen=0)
    assert codes(refused) == {"section_moved"} and section(analysis, "late").text == "甲"
    # another section was not looked at, and is free
    section_edit(analysis=analysis, key="grades", text="丙", by=hr, seen=0)
    assert drafted() == analysis


def test_the_very_bytes_that_were_shown_are_approved() -> None:
    """Breaks if something is approved that nobody read, or by who wrote it."""
    analysis = act(drafted(), "submit")
    with pytest.raises(Refused) as refused:
        analysis_approve(analysis=analysis, digest="0" * 64, by=user("gm"), seen=analysis.version)
    assert codes(refused) == {"moved_on"}
    with pytest.raises(Refused) as refused:
        analysis_approve(analysis=analysis, digest="", by=user("gm"), seen=analysis.version)
    assert codes(refused) == {"moved_on"}
    Grant.objects.create(user=user("hr"), role="general_manager", unit=None)
    with pytest.raises(PermissionDenied):
        digest = Content.of(analysis).digest
        analysis_approve(analysis=analysis, digest=digest, by=user("hr"), seen=analysis.version)
    analysis = analysis_approve(analysis=analysis, digest=digest, by=user("gm"), seen=analysis.version)
    assert analysis.document is not None and analysis.document.whole and analysis.document.digest == digest
    assert analysis.extract is not None and analysis.extract.whole
    whole, part = analysis.document.content.decode(), analysis.extract.content.decode()
    assert "评分质量" in whole and "绩效申诉" in whole and "报送迟交" in whole
    assert not any(words in part for words in ("评分质量", "绩效申诉", "报送迟交")) and "未达标指标" in part
    with pytest.raises(Refused):
        section_edit(analysis=analysis, key="late", text="后来改的", by=user("hr"), seen=0)


def test_it_is_sent_to_the_heads_of_departments_who_confirm_it() -> None:
    """Breaks if a department hears nothing of the month, or HR cannot say who read it."""
    analysis = act(approved(drafted()), "send")
    wrote = {user(name).employee for name in ("hr", "gm")}
    heads = {who for people in heads_of(stores=[store()]).values() for who in people} - wrote
    director = user("director")
    assert director.employee in heads
    assert {each.reader for each in analysis.readings.all()} == heads
    url = f"/analysis/{analysis.pk}/"
    assert Notice.objects.filter(to=director, url=url).exists()
    assert any(todo.url == url for todo in todos_of(user=director))
    assert reading_confirm(analysis=analysis, by=director) and not reading_confirm(analysis=analysis, by=director)
    assert not any(todo.url == url for todo in todos_of(user=director))
    assert not reading_confirm(analysis=analysis, by=user("technician"))
    assert not analyses_seen(user=user("technician")).exists()


def test_a_returned_analysis_goes_back_with_a_reason() -> None:
    """Breaks if the general manager cannot say what is missing, or HR does not hear of it."""
    analysis = act(drafted(), "submit")
    assert any(todo.decides for todo in todos_of(user=user("gm")))
    assert any("绩效分析" in str(todo.words) for todo in todos_of(user=user("gm")))
    with pytest.raises(Refused) as refused:
        act(analysis, "return", "gm")
    assert codes(refused) == {"no_reason"}
    act(analysis, "return", "gm", "请补充返修原因")
    assert Notice.objects.filter(to=user("hr"), zh__contains="请补充返修原因").exists()
    assert not analyses_seen(user=user("gm")).exists()


def test_a_month_that_is_not_settled_is_not_analysed() -> None:
    """Breaks if an analysis is drafted from no figures, or of a store that the month does not have."""
    with pytest.raises(Refused) as refused:
        analysis_draft(cycle=Cycle.objects.get(month=str(CURRENT)), store=store(), by=user("hr"))
    assert codes(refused) == {"not_settled"}
    with pytest.raises(Refused) as refused:
        analysis_draft(cycle=month(), store="没有的店", by=user("hr"))
    assert codes(refused) == {"no_such_store"}


def test_nobody_heads_a_department_and_it_is_sent_to_nobody() -> None:
    """Breaks if an analysis cannot be finished where no department has a head."""
    Position.objects.update(manager=False)
    assert not act(approved(drafted()), "send").readings.exists()


def test_the_group_s_analysis_goes_to_who_sees_all_stores() -> None:
    """Breaks if a head of one store reads the figures of others."""
    Grant.objects.create(user=user("manager"), role="general_manager", unit=None)
    made = analysis_draft(cycle=month(), store=EVERY_STORE, by=user("hr"))
    assert store() in section(made, "kpis").text and store() in section(made, "grades").text
    sent = act(approved(made), "send")
    director = user("director")
    # who wrote and who approved it know it
    assert {each.reader for each in sent.readings.all()} == {user("manager").employee}
    assert not analyses_seen(user=director).exists()


def test_last_month_s_actions_stand_in_the_next_draft() -> None:
    """Breaks if an action is agreed on and forgotten."""
    before = str(CURRENT.plus(-2))
    kpi = answered(asked(before))
    assert kpi.task is not None
    Task.objects.filter(pk=kpi.task.pk).update(state=Task.State.CONFIRMED)
    analysis = drafted()
    actions = section(analysis, "actions").text
    assert "上月措施 1 项：完成 1 项，进行中 0 项，逾期 0 项。" in actions
    assert "交车前两人试车" in actions and "已确认" in actions
    again = next((each for each in missed() if each.metric == kpi.metric), None)
    assert again is None or (again.earlier == kpi and "上月措施：" in section(analysis, "kpis").text)


def test_an_action_that_was_handed_on_or_given_up_is_told_as_it_is() -> None:
    """Breaks if who handed an action on is named for it, or the counts do not add up to the actions there were."""
    kpi = answered(asked())
    technician = user("technician").employee
    assert kpi.task is not None and technician is not None
    task = task_hand_on(task=kpi.task, to=technician, reason="交给技师", by=user("manager"), seen=kpi.task.version)
    (kpi,) = MissedKpi.objects.filter(pk=kpi.pk)
    assert kpi.responsible != technician
    assert f"（{technician.name}，" in action_words(kpi)
    assert counted([kpi]) == "上月措施 1 项：完成 0 项，进行中 1 项，逾期 0 项。"
    TASKS.act(record=task, name="withdraw", by=user("director"), note="不用了")
    (kpi,) = MissedKpi.objects.filter(pk=kpi.pk)
    assert counted([kpi]) == "上月措施 1 项：完成 0 项，进行中 0 项，逾期 0 项，已撤回 1 项。"
    Task.objects.filter(pk=task.pk).update(state=Task.State.DECLINED)
    (kpi,) = MissedKpi.objects.filter(pk=kpi.pk)
    with translation.override("en"):
        assert counted([kpi]) == "1 action of last month: 0 done, 0 under way, 0 overdue, 1 declined."


def test_the_way_of_a_month_counts_answers_and_analyses() -> None:
    """Breaks if HR does not see on the month's way what is left of its analysis, or a closed month looks unfinished."""

    def stages() -> dict[str, tuple[str, str]]:
        cycle = month()
        way = way_of(cycle=cycle, extent=Extent.of(user("hr")), run=cycle.run, names=None)
        return {stage.words: (stage.place, stage.counted) for stage in way}

    assert "未达标说明" not in stages() and stages()["绩效分析"][0] != "done"
    answered(asked(at=0))
    asked(at=1)
    assert stages()["未达标说明"][1] == "1/2"
    act(approved(drafted()), "send")
    assert stages()["绩效分析"][0] == "done"
    Analysis.objects.all().delete()
    Cycle.objects.filter(month=LAST).update(closed_at="2026-12-01T00:00:00Z")
    assert "绩效分析" not in stages()
