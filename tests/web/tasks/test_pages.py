"""The pages of tasks: given and done by clicking, filters in the query string, nobody else's work to be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fairwrench.web.access.models import User, Viewed
from fairwrench.web.org.models import Employee
from fairwrench.web.tasks.declared import history_of
from fairwrench.web.tasks.models import Task
from fairwrench.web.work.models import Comment, Notice
from tests.web.tasks.conftest import FRIDAY, TODAY, browser, given

FORM = {"who": "E102", "title": "检查举升机", "due": FRIDAY.isoformat(), "words": "", "once": "0" * 32}


def test_a_task_is_given_done_and_confirmed_by_clicking(chief: User, technician: User) -> None:
    """Breaks if the way of a task needs anything but its pages, or one form gives two tasks."""
    for _ in range(2):
        browser(chief).post("/tasks/new/", FORM)
    task = Task.objects.get()
    page = browser(technician).get(f"/tasks/{task.pk}/").text
    assert "已完成，请确认" in page and "确认完成" not in page
    browser(technician).post(f"/tasks/{task.pk}/progress/", {"version": 0, "progress": "70", "note": "快好了"})
    for _ in range(2):
        browser(technician).post(f"/tasks/{task.pk}/finish/", {"version": 1})
    browser(chief).post(f"/tasks/{task.pk}/confirm/", {"version": 2})
    task.refresh_from_db()
    assert (task.state, task.progress, task.version) == ("confirmed", 100, 3)
    assert "70% · 快好了" in browser(technician).get(f"/tasks/{task.pk}/").text


def test_what_is_refused_stands_beside_what_was_filled_in(chief: User) -> None:
    """Breaks if a wrong form loses what was typed, or script text runs."""
    wrong: dict[str, dict[str, Any]] = {
        "期限不能早于今天": {"due": (TODAY - timedelta(1)).isoformat()},
        "没有找到": {"who": "E202"},
        "请核对后再提交一次": {"once": "made up"},
        "2000": {"words": "长" * 20_000},
    }
    for why, told in wrong.items():
        answer = browser(chief).post("/tasks/new/", {**FORM, "title": "<script>alert(1)</script>", **told})
        assert answer.status_code == 422 and why in answer.text, why
        assert "&lt;script&gt;alert(1)" in answer.text and "<script>alert(1)" not in answer.text
    assert not Task.objects.exists()


def test_the_list_is_narrowed_by_its_address(chief: User, technician: User, django_assert_max_num_queries: Any) -> None:
    """Breaks if a filter is not in the query string, or the list asks once a row."""
    for number in range(3):
        given(chief, title=f"交办{number}")
    given(technician, title="自己记的")
    Task.objects.filter(title="交办0").update(due=TODAY - timedelta(1))
    client = browser(technician)
    client.get("/tasks/")
    with django_assert_max_num_queries(12):
        everything = client.get("/tasks/").text
    assert "交办1" in everything and "自己记的" in everything and "已逾期" in everything
    late = client.get("/tasks/?state=overdue").text
    assert "交办0" in late and "交办1" not in late
    given_by = browser(chief).get("/tasks/?of=given&q=交办2").text
    assert "交办2" in given_by and "交办1" not in given_by and "自己记的" not in given_by
    assert "自己记的" in browser(chief).get("/tasks/?of=others").text
    assert client.get("/tasks/?export=xlsx").status_code == 200
    assert [client.get(f"/tasks/?{made_up}").status_code for made_up in ("of=x", "state=x", "waits=x")] == [400] * 3


def test_another_stores_task_is_not_there(
    task: Task, member: Callable[..., User], chief: User, colleague: User
) -> None:
    """Breaks if a made-up address shows or changes another's task."""
    for user in (member("E201", ("hr", "西店")), member("E202"), colleague):
        client = browser(user)
        assert client.get(f"/tasks/{task.pk}/").status_code == 404
        for act in ("withdraw", "finish", "progress", "hand-on"):
            assert client.post(f"/tasks/{task.pk}/{act}/", {"version": 0, "note": "x"}).status_code == 404
    assert browser(chief).post(f"/tasks/{task.pk}/inherit/", {"version": 0}).status_code == 404


def test_looking_at_anothers_task_is_noted(task: Task, chief: User, technician: User) -> None:
    """Breaks if managers read along without a trace, or one's own list fills the log."""
    for user in (technician, chief):
        browser(user).get(f"/tasks/{task.pk}/")
    assert list(Viewed.objects.values_list("by__username", "page", "about")) == [("e101", "tasks", "E102")]


def test_a_comment_names_who_may_see_the_task_and_nobody_else(
    task: Task, chief: User, technician: User, colleague: User, hr: User
) -> None:
    """Breaks if @ tells somebody of a page that they may not open, or names nobody without a word."""
    client, address = browser(technician), f"/comments/task/{task.pk}/"
    # the text goes on without a blank, as Chinese does
    client.post(address, {"words": "@何主管请看一下 <b>🔧"}, follow=True)
    assert "<b>🔧" not in client.get(f"/tasks/{task.pk}/").text
    assert [notice.to for notice in Notice.objects.filter(zh__contains="提到您")] == [chief]
    refused = {"@金技师 你看": "金技师 看不到这里", "@邵技师": "没有找到", "@无此人": "没有找到", " ": "请写内容"}
    refused |= {"长" * 20_000: "最多 1000 字", "@E104 请看，@金技师": "金技师 看不到这里"}
    for words, why in refused.items():
        assert why in client.post(address, {"words": words}, follow=True).text, why
    assert Comment.objects.count() == 1
    # pressed twice, it is said once
    client.post(address, {"words": "@何主管请看一下 <b>🔧"})
    assert Comment.objects.count() == 1
    assert browser(colleague).post(address, {"words": "x"}).status_code == 404
    assert browser(colleague).post("/comments/nothing/1/", {"words": "x"}).status_code == 404


def test_somebody_with_a_task_is_not_taken_off_the_roster(task: Task) -> None:
    """Breaks if a person is removed although a task names them."""
    assert history_of(Employee.objects.get(employee_id="E102")) and not history_of(
        Employee.objects.get(employee_id="E103")
    )
