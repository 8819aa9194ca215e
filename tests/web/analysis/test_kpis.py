"""Missed KPIs: which, whom to ask, the answer that becomes a task, what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Grant
from fairwrench.web.analysis.kpis.actions import action_state
from fairwrench.web.analysis.kpis.owners import owners_proposed
from fairwrench.web.analysis.kpis.services import kpi_owner, kpis_ask
from fairwrench.web.analysis.kpis.workflow import KPIS, LETTERS
from fairwrench.web.analysis.models import MissedKpi
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee, Position, Unit
from fairwrench.web.settlements.runs.run_reader import indicators_of
from fairwrench.web.settlements.selectors import names_of
from fairwrench.web.tasks.models import Task
from fairwrench.web.tasks.workflow import TASKS
from fairwrench.web.work.inbox.todos import todos_of
from tests.web.analysis.conftest import LAST, answered, approved, asked, drafted, missed, month, store, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
State = MissedKpi.State


def codes(refused: Any) -> set[str]:
    """Why something was refused."""
    return {problem.code for problem in refused.value.problems}


def test_what_missed_its_target_is_told_and_nothing_else() -> None:
    """Breaks if a KPI that reached its target is asked about, or one that did not is left out."""
    run = month().run
    assert run is not None
    metrics = names_of(run=run).scheme.metrics
    # by hand from the exact fractions and targets, not from what the run says of them
    wrong = set()
    for indicator in indicators_of(run=run, stores=[store()]):
        figure, better = indicator.stores[store()], metrics[indicator.metric].better
        if figure["n"] is None or figure["target"] is None or not figure["d"] or better == "band":
            continue
        gap = figure["n"] * 10**6 - figure["target"] * figure["d"]
        wrong |= {indicator.metric} if (gap > 0) == (better == "lower") and gap else set()
    told = {each.metric for each in missed()}
    assert wrong and wrong <= told
    assert {key for key in told - wrong if metrics[key].better != "band"} == set()
    assert all(each.value != "—" for each in missed())


def test_the_head_of_the_department_is_proposed_else_the_store_s_manager_else_nobody() -> None:
    """Breaks if HR has to look up whom to ask, or somebody of no department is asked."""
    run = month().run
    assert run is not None
    metrics = [each.metric for each in missed()]

    def proposed() -> dict[str, Employee | None]:
        return dict(owners_proposed(run=run, store=store(), metrics=metrics, names=names_of(run=run)))

    heads = {who for who in proposed().values() if who}
    held = Assignment.objects.filter(employee__in=heads)
    assert heads and all(row.position.manager for row in held)
    Position.objects.update(manager=False)
    assert set(proposed().values()) == {user("gm").employee}
    Grant.objects.filter(role="general_manager").delete()
    assert set(proposed().values()) == {None}


def test_an_answer_becomes_a_task_of_the_responsible_person() -> None:
    """Breaks if an action is typed a second time, or nobody hears of it."""
    kpi = asked()
    assert any(todo.url == f"/analysis/missed/{kpi.pk}/" for todo in todos_of(user=user("director")))
    kpi = answered(kpi)
    assert kpi.task is not None and kpi.state == State.ANSWERED
    task = Task.objects.get(pk=kpi.task.pk)
    assert (task.assignee, task.words, task.due) == (user("manager").employee, "交车前两人试车", today() + timedelta(7))
    assert (task.origin, task.origin_ref, task.state) == ("analysis", str(kpi.pk), Task.State.OPEN)
    assert LAST in task.title and "交车前两人试车" in task.title
    assert not any("/analysis/missed/" in todo.url for todo in todos_of(user=user("director")))
    assert action_state(kpi) == "进行中"
    Task.objects.filter(pk=task.pk).update(due=today() - timedelta(1))
    assert action_state(MissedKpi.objects.get(pk=kpi.pk)) == "已逾期"


def test_a_returned_answer_keeps_its_task_unless_it_says_otherwise() -> None:
    """Breaks if HR's question doubles a task, or leaves one that nobody means any more."""
    kpi = answered(asked())
    first = kpi.task
    assert first is not None
    for told, tasks in (({"cause": "补充：培训外出"}, 1), ({"action": "每单两人试车并签字"}, 2)):
        kpi = KPIS.act(record=kpi, name="return", by=user("hr"), note="请写具体", seen=kpi.version)
        kpi = answered(kpi, **told)
        assert Task.objects.filter(origin="analysis").count() == tasks
    assert Task.objects.get(pk=first.pk).state == Task.State.WITHDRAWN
    assert kpi.task is not None and kpi.task.state == Task.State.OPEN and kpi.task.pk != first.pk
    TASKS.act(record=kpi.task, name="finish", by=user("manager"))
    TASKS.act(record=Task.objects.get(pk=kpi.task.pk), name="confirm", by=user("director"))


def test_a_question_is_asked_once_by_two_tabs() -> None:
    """Breaks if pressing twice asks twice, or changes whom somebody else asked."""
    kpi, manager = asked(), user("manager").employee
    assert manager is not None
    assert kpis_ask(cycle=month(), store=store(), owners={kpi.metric: manager}, by=user("hr")) == 0
    assert MissedKpi.objects.get().owner == user("director").employee
    again = kpi_owner(kpi=kpi, owner=manager, by=user("hr"), seen=kpi.version)
    with pytest.raises(Refused) as refused:
        kpi_owner(kpi=again, owner=kpi.owner, by=user("hr"), seen=kpi.version)
    assert codes(refused) == {"moved_on"}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"cause": " "}, "no_words"),
        ({"action": "措" * (LETTERS + 1)}, "too_long"),
        ({"due": -1}, "in_the_past"),
        ({"due": 4000}, "far_ahead"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused(told: dict[str, Any], code: str) -> None:
    """Breaks if an action without a word, or with a day gone by, becomes a task."""
    kpi = asked()
    if "due" in told:
        told = {"due": today() + timedelta(told["due"])}
    with pytest.raises(Refused) as refused:
        answered(kpi, **told)
    assert codes(refused) == {code} and not Task.objects.filter(origin="analysis").exists()


def test_two_thousand_letters_are_taken() -> None:
    """Breaks if what the form lets somebody write is too long for the task."""
    kpi = answered(asked(), cause="因" * LETTERS, action="措" * LETTERS)
    assert kpi.task is not None and len(kpi.task.words) == LETTERS and len(kpi.task.title) <= 120


def test_nobody_of_another_store_or_who_left_is_responsible() -> None:
    """Breaks if an action is given to somebody who does not work in the store."""
    kpi = asked()
    other = Unit.objects.create(kind=Unit.Kind.STORE, name="外店")
    away = Employee.objects.create(employee_id="Z1", name="外人")
    position = Position.objects.all()[0]
    Assignment.objects.create(employee=away, store=other, position=position)
    with pytest.raises(Refused) as refused:
        answered(kpi, responsible=away)
    assert codes(refused) == {"of_another_store"}
    manager = user("manager").employee
    assert manager is not None
    Employee.objects.filter(pk=manager.pk).update(left_on=today() - timedelta(1), status="left")
    with pytest.raises(Refused) as refused:
        answered(kpi, responsible=Employee.objects.get(pk=manager.pk))
    assert codes(refused) == {"has_left"}


def test_whom_to_ask_is_there_and_the_month_is_settled() -> None:
    """Breaks if somebody who left is asked, or a month without figures, or a KPI that reached its target."""
    owner = user("director").employee
    assert owner is not None
    metric = missed()[0].metric
    hr = user("hr")
    with pytest.raises(Refused) as refused:
        kpis_ask(cycle=Cycle.objects.get(month=str(CURRENT)), store=store(), owners={metric: owner}, by=hr)
    assert codes(refused) == {"not_settled"}
    with pytest.raises(Refused) as refused:
        kpis_ask(cycle=month(), store=store(), owners={"made_up": owner}, by=hr)
    assert codes(refused) == {"not_missed"}
    with pytest.raises(PermissionDenied):
        kpis_ask(cycle=month(), store=store(), owners={metric: owner}, by=user("manager"))
    Employee.objects.filter(pk=owner.pk).update(left_on=today() - timedelta(1), status="left")
    with pytest.raises(Refused) as refused:
        kpis_ask(cycle=month(), store=store(), owners={metric: Employee.objects.get(pk=owner.pk)}, by=hr)
    assert codes(refused) == {"has_left"}


def test_nothing_is_answered_once_the_analysis_is_approved() -> None:
    """Breaks if what was approved and what is done drift apart in silence."""
    kpi, director = asked(), user("director")
    assert [act.name for act in KPIS.offered(record=kpi, user=director)] == ["answer"]
    approved(drafted())
    assert KPIS.offered(record=kpi, user=director) == []
    assert not any("/analysis/missed/" in todo.url for todo in todos_of(user=director))
    with pytest.raises(Refused) as refused:
        answered(kpi)
    assert codes(refused) == {"analysis_approved"}
    with pytest.raises(PermissionDenied):
        KPIS.act(record=kpi, name="return", by=user("director"), note="x", seen=kpi.version)
