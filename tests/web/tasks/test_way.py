"""The way of a task: given or asked, done, confirmed, handed on; nobody does what is another's to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.people.employees import employee_leave
from fairwrench.web.tasks.declared import mine_figures, team_figures, todos_of
from fairwrench.web.tasks.models import Task
from fairwrench.web.tasks.selectors import tasks_seen, waiting
from fairwrench.web.tasks.services import task_hand_on, task_progress, tasks_pass_on
from fairwrench.web.tasks.workflow import TASKS
from fairwrench.web.work.models import Notice
from tests.web.tasks.conftest import TODAY, given, person


def act(task: Task, name: str, by: User, note: str = "") -> Task:
    return TASKS.act(record=task, name=name, by=by, note=note)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_who_leads_gives_and_a_colleague_is_asked(chief: User, technician: User, hr: User) -> None:
    """Breaks if a colleague's wish binds like a leader's word, or a leader has to be agreed with."""
    assert [given(by, to).state for by, to in ((chief, "E102"), (technician, "E102"), (hr, "E102"))] == ["open"] * 3
    assert given(technician, "E103").state == "asked"
    # upwards is a question, too
    assert given(technician, "E101").state == "asked"


@pytest.mark.parametrize(("to", "code"), [("E202", "not_near"), ("E201", "not_near")])
def test_nobody_is_given_work_out_of_reach(technician: User, hr: User, to: str, code: str) -> None:
    """Breaks if somebody of another store is given, or asked for, anything."""
    for by in (technician, hr):
        with pytest.raises(Refused) as refused:
            given(by, to)
        assert codes(refused) == [code]


def test_a_day_in_the_past_and_a_task_without_words_are_refused_together(chief: User) -> None:
    """Breaks if a task is born overdue, or one fault hides the other."""
    with pytest.raises(Refused) as refused:
        given(chief, title=" \u200b ", due=TODAY - timedelta(1))
    assert codes(refused) == ["no_title", "in_the_past"]
    with pytest.raises(Refused) as refused:
        given(chief, words="长" * 20_000, due=date(2036, 1, 1))
    assert codes(refused) == ["too_long", "far_ahead"]
    assert given(chief, title="🔧 <script>", due=TODAY).title == "🔧 <script>"


def test_done_is_confirmed_or_returned_by_who_gave_it(task: Task, chief: User, technician: User, hr: User) -> None:
    """Breaks if the assignee confirms their own work, or a return needs no reason."""
    task_progress(task=task, percent=40, note="查了两台", by=technician, seen=0)
    for nobody in (chief, hr):
        with pytest.raises(PermissionDenied):
            act(task, "finish", nobody)
    done = act(task, "finish", technician)
    assert (done.state, done.progress) == ("done", 100)
    for nobody in (technician, hr):
        with pytest.raises(PermissionDenied):
            act(done, "confirm", nobody)
    with pytest.raises(Refused) as refused:
        act(done, "return", chief)
    assert codes(refused) == ["no_reason"]
    assert act(done, "return", chief, "三号没查").state == "open"
    act(task, "finish", technician)
    assert act(task, "confirm", chief).state == "confirmed"
    notes = [step.note for step in TASKS.steps(task)]
    assert notes == ["40% · 查了两台", "", "三号没查", "", ""]


def test_ones_own_task_is_closed_by_oneself_alone(technician: User) -> None:
    """Breaks if somebody waits for themselves to confirm what they set themselves."""
    own = given(technician)
    assert {each.name for each in TASKS.offered(record=own, user=technician)} >= {"close", "progress"}
    assert "finish" not in {each.name for each in TASKS.offered(record=own, user=technician)}
    assert act(own, "close", technician).state == "confirmed"


@pytest.mark.parametrize("percent", [-10, 5, 110])
def test_progress_goes_in_steps(task: Task, technician: User, percent: int) -> None:
    """Breaks if a forged form sets a progress that no page offers."""
    with pytest.raises(Refused) as refused:
        task_progress(task=task, percent=percent, note="", by=technician, seen=0)
    assert codes(refused) == ["progress_steps"]


def test_what_was_looked_at_in_another_tab_is_not_acted_on(task: Task, chief: User, technician: User) -> None:
    """Breaks if a second tab confirms or withdraws what was changed since it was drawn."""
    task_progress(task=task, percent=50, note="", by=technician, seen=0)
    with pytest.raises(Refused) as refused:
        TASKS.act(record=task, name="withdraw", by=chief, note="不用了", seen=0)
    assert codes(refused) == ["moved_on"]
    # one's own second tab says something else: that is not the same press once more
    with pytest.raises(Refused) as refused:
        task_progress(task=task, percent=20, note="", by=technician, seen=0)
    assert codes(refused) == ["moved_on"]
    assert task_progress(task=task, percent=50, note="", by=technician, seen=0).version == 1


def test_a_task_that_was_given_is_not_got_rid_of_by_a_colleague_who_declines(
    task: Task, chief: User, technician: User, colleague: User, member: Callable[..., User]
) -> None:
    """Breaks if a given task ends when a colleague to whom it was handed on, or one further on, declines; or if the
    giver hears nothing of it."""
    other = member("E104")
    on = task_hand_on(task=task, to=person("E103"), reason="我没空", by=technician, seen=task.version)
    assert on.state == "asked"
    with pytest.raises(PermissionDenied):
        act(on, "decline", colleague, "我也没空")
    with pytest.raises(Refused) as refused:
        act(on, "hand_back", colleague)
    assert codes(refused) == ["no_reason"]
    back = act(on, "hand_back", colleague, "我也没空")
    assert (back.state, back.assignee, back.by) == ("open", person("E102"), chief)
    for to in (chief, technician):
        assert Notice.objects.filter(to=to, zh__contains="退回给").count() == 1
    # over two colleagues it comes back to whose it was
    on = task_hand_on(task=back, to=person("E103"), reason="请帮忙", by=technician, seen=back.version)
    on = task_hand_on(task=on, to=person("E104"), reason="转人力", by=colleague, seen=on.version)
    assert on.state == "asked"
    back = act(on, "hand_back", other, "不归我")
    assert (back.state, back.assignee) == ("open", person("E102"))
    # who was asked by the giver declines, and it is over
    asked = given(technician, "E103")
    assert [each.name for each in TASKS.offered(record=asked, user=colleague)][:2] == ["accept", "decline"]
    with pytest.raises(PermissionDenied):
        act(asked, "hand_back", colleague, "没空")


def test_a_colleague_declines_with_a_reason(technician: User, colleague: User) -> None:
    """Breaks if declining says nothing, or the one who asked does not learn of it."""
    asked = given(technician, "E103")
    assert [todo.words[0] for todo in todos_of(colleague)] == ["1 项同事请您帮忙的任务待答复"]
    with pytest.raises(Refused):
        act(asked, "decline", colleague)
    assert act(asked, "decline", colleague, "这周在培训").state == "declined"
    told = Notice.objects.filter(to=technician).last()
    assert told is not None and "这周在培训" in told.zh


def test_handing_on_asks_a_reason_and_says_to_whom(task: Task, chief: User, technician: User, colleague: User) -> None:
    """Breaks if work is pushed onto a colleague unasked, or a leader cannot move it within the team."""
    with pytest.raises(Refused) as refused:
        task_hand_on(task=task, to=person("E103"), reason="", by=technician, seen=0)
    assert codes(refused) == ["no_reason"]
    with pytest.raises(Refused) as refused:
        task_hand_on(task=task, to=person("E102"), reason="x", by=technician, seen=0)
    assert codes(refused) == ["has_it"]
    moved = task_hand_on(task=task, to=person("E103"), reason="我休假", by=technician, seen=0)
    assert (moved.assignee.employee_id, moved.state) == ("E103", "asked")
    back = task_hand_on(task=moved, to=person("E102"), reason="改回", by=chief, seen=1)
    assert (back.assignee.employee_id, back.state) == ("E102", "open")
    with pytest.raises(PermissionDenied):
        task_hand_on(task=back, to=person("E103"), reason="x", by=colleague, seen=2)


def test_tasks_are_seen_by_those_near_them_alone(
    task: Task, technician: User, colleague: User, hr: User, member: Callable[..., User]
) -> None:
    """Breaks if a colleague or another store reads what somebody was told to do."""
    sees = {user.username for user in User.objects.all() if tasks_seen(user=user).exists()}
    assert sees == {"e101", "e102", "e104"}
    others = [member("E001"), member("E201", ("hr", "西店")), member("E202", ("auditor", None))]
    assert [tasks_seen(user=user).exists() for user in others] == [True, False, False]


def test_what_somebody_left_undone_goes_to_their_manager(
    task: Task, chief: User, technician: User, on_day: Callable[[date], None]
) -> None:
    """Breaks if a task of who left is lost, or moves before the last day is over or a second time."""
    by_other = given(technician, "E102")
    employee_leave(employee=person("E102"), last_day=TODAY)
    assert tasks_pass_on() == 0
    on_day(TODAY + timedelta(1))
    assert tasks_pass_on() == 2 and tasks_pass_on() == 0
    for each in (task, by_other):
        each.refresh_from_db()
        assert (each.assignee.employee_id, each.state) == ("E101", "open")
    step = TASKS.steps(task).last()
    assert step is not None and (step.act, step.note, step.by) == ("inherit", "吕技师 已离职", None)
    assert Notice.objects.filter(to=chief, zh__contains="吕技师 已离职").count() == 2


def test_who_gave_it_has_left_so_another_confirms(
    task: Task, chief: User, technician: User, hr: User, on_day: Callable[[date], None]
) -> None:
    """Breaks if a task stays unconfirmed for ever because who gave it is gone, or the assignee helps themselves."""
    act(task, "finish", technician)
    assert not waiting(user=hr, waits="confirm").exists()
    employee_leave(employee=person("E101"), last_day=TODAY)
    on_day(TODAY + timedelta(1))
    technician, hr = User.objects.get(pk=technician.pk), User.objects.get(pk=hr.pk)
    assert not waiting(user=technician, waits="confirm").exists()
    assert list(waiting(user=hr, waits="confirm")) == [task]
    with pytest.raises(PermissionDenied):
        act(task, "confirm", technician)
    assert act(Task.objects.get(pk=task.pk), "confirm", hr).state == "confirmed"


def test_to_dos_name_what_is_due_first_and_count_the_rest(chief: User, technician: User) -> None:
    """Breaks if forty tasks fill the home and the mail, or an overdue one is not told as late."""
    for days in range(8):
        given(chief, due=TODAY + timedelta(days))
    Task.objects.filter(due=TODAY).update(due=TODAY - timedelta(2))
    todos = list(todos_of(technician))
    assert len(todos) == 6 and todos[-1].words[0] == "另有 3 项任务待完成"
    assert [todo.due.date() for todo in todos if todo.due] == sorted(todo.due.date() for todo in todos if todo.due)
    (mine,), (team,) = list(mine_figures(technician)), list(team_figures(chief))
    assert (mine.value, mine.note, team.value) == ("8", "1 项已逾期", "1")
