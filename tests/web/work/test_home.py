"""The home: the figures that apps declare for somebody, what waits for them, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairwrench.web.access.models import Invitation, User
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.requests.once import asking_once, once
from fairwrench.web.work.home.coming import Coming, ComingDeadlines
from fairwrench.web.work.home.figures import Figure, HomeFigures, Share, change_of, sections_of
from fairwrench.web.work.home.last_backup import LAST_BACKUP, backup_note, last_backup
from fairwrench.web.work.inbox.todos import ToDo, ToDos, left_words
from tests.web.declaring import redeclare
from tests.web.small_office import member, office, on_day, roster, signed_in

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
pytestmark = pytest.mark.django_db
HOME = "/home/"
NOW = datetime(2026, 11, 5, 12, 0)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Keys of rows that a test before took back come again."""
    caches["process"].clear()


def figures(section: str, count: int, worked_out: list[str]) -> HomeFigures:
    """So many figures of a section, each telling when it was worked out."""

    def of(_user: User) -> Iterator[Figure]:
        for place in range(count):
            worked_out.append(f"{section}{place}")
            yield Figure(f"{section}{place}", str(place), "/x/")

    return HomeFigures(section, of)


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        # alone: four of one section at most
        ({"mine": 7}, {"mine": 4}),
        # what one answers for comes first, in whatever order the apps declare it; the last has what is left
        ({"mine": 4, "cycle": 4}, {"cycle": 4, "mine": 2}),
        ({"mine": 4, "team": 4, "pay": 3}, {"pay": 3, "team": 2, "mine": 1}),
        # each has one at least, as long as six are enough
        (
            {"mine": 4, "team": 4, "shop": 4, "evidence": 4, "pay": 4},
            {"pay": 2, "evidence": 1, "team": 1, "shop": 1, "mine": 1},
        ),
        ({"mine": 0, "team": 2}, {"team": 2}),
    ],
)
def test_a_home_has_six_figures_at_most_and_one_of_each_section(
    member: Callable[..., User], monkeypatch: pytest.MonkeyPatch, declared: dict[str, int], shown: dict[str, int]
) -> None:
    """Fails when a role crowds the others out, or a figure is worked out that is not shown."""
    worked_out: list[str] = []
    redeclare(monkeypatch, HomeFigures, *(figures(name, count, worked_out) for name, count in declared.items()))
    sections = sections_of(user=member("E102"))
    assert {section.figures[0].title[:-1]: len(section.figures) for section in sections} == shown
    assert [section.figures[0].title[:-1] for section in sections] == list(shown)
    assert len(worked_out) == sum(shown.values()) <= 6


def test_figures_of_one_section_stand_in_the_order_that_the_apps_say(
    member: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when an app further down puts its figures before those that a role comes for."""
    later = HomeFigures("team", lambda _user: [Figure("later", "1", "/")], at=20)
    redeclare(monkeypatch, HomeFigures, later, HomeFigures("team", lambda _user: [Figure("first", "1", "/")]))
    (section,) = sections_of(user=member("E102"))
    assert [figure.title for figure in section.figures] == ["first", "later"]


@pytest.mark.parametrize(
    ("now", "before", "better", "told"),
    [
        (9_840, 9_720, "higher", ("+120", "up", True)),
        (9_720, 9_840, "higher", ("−120", "down", False)),
        (3, 5, "lower", ("−2", "down", True)),
        (5, 3, "", ("+2", "up", None)),
        (5, 5, "higher", ("持平", "same", None)),
    ],
)
def test_a_change_says_which_way_and_whether_that_is_good(
    now: int, before: int, better: str, told: tuple[str, str, bool | None]
) -> None:
    """Fails when fewer people incomplete look bad, or a loss is shown as a gain."""
    change = change_of(now, before, shown=str, since="2026-10", better=better)
    assert change is not None
    assert (change.text, change.way, change.good, change.since) == (*told, "2026-10")


def test_what_was_not_known_before_has_no_change() -> None:
    """Fails when a month without a figure counts as zero."""
    assert change_of(5, None, shown=str, since="") is None
    assert change_of(None, 5, shown=str, since="") is None


def test_a_distribution_is_drawn_to_one_scale() -> None:
    """Fails when a bar and the mark of its expected share are measured differently: of 50 %, 40 high, 20 % are 16."""
    share = Share("B", "b", 4, 20, 50, largest=50)
    assert (share.height, share.top, share.mark) == (16, 24, 0)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (NOW - timedelta(days=3, hours=5), ("已逾期 3 天", "3 days overdue")),
        (NOW - timedelta(hours=2, minutes=30), ("已逾期 2 小时", "2 hours overdue")),
        (NOW - timedelta(minutes=1), ("已逾期 不到 1 小时", "less than an hour overdue")),
        (NOW + timedelta(days=1, hours=23), ("还剩 1 天", "1 day left")),
        (NOW + timedelta(hours=1), ("还剩 1 小时", "1 hour left")),
    ],
)
def test_a_deadline_says_how_far_it_is(due: datetime, words: tuple[str, str]) -> None:
    """Fails when nobody sees by how much something is late."""
    assert left_words(due, NOW) == words


def test_what_waits_stands_by_its_deadline_with_one_button_each(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when what is late stands below what is not, is not told as late, or leads nowhere."""
    now = timezone.localtime().replace(tzinfo=None)
    late = ToDo(("迟了的事", "late"), "/late/", due=now - timedelta(days=2, hours=1), button=("去补", "Mend"))
    soon = ToDo(("快到的事", "soon"), "/soon/", due=now + timedelta(days=2, hours=1), others=("别人也可办", "others"))
    redeclare(monkeypatch, ToDos, ToDos(lambda _user: [ToDo(("没有期限", "any time"), "/any/"), soon, late]))
    page = signed_in("E102").get(HOME)
    rows = page.context["rows"]
    assert [row["todo"] for row in rows] == [late, soon, ToDo(("没有期限", "any time"), "/any/")]
    assert [row["late"] for row in rows] == [True, False, False]
    text = page.text
    assert "已逾期 2 天" in text and "还剩 2 天" in text and "别人也可办" in text
    assert all(text.count(f'href="{url}"') == 1 for url in ("/late/", "/soon/", "/any/"))
    assert "去补" in text


def test_an_empty_list_says_so_and_what_comes_next(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when nothing to do looks like a fault, or the next deadline is not the first one."""
    redeclare(monkeypatch, ToDos)
    dues = [datetime(2026, 11, 11, 17, 30), datetime(2026, 11, 9, 17, 30)]
    coming = [Coming(due, (f"第{due.day}日的事", f"of day {due.day}")) for due in dues]
    redeclare(monkeypatch, ComingDeadlines, ComingDeadlines(lambda _user, _now: coming))
    text = signed_in("E102").get(HOME).text
    assert "没有等您办理的事" in text
    assert "下一个截止：" in text and "11-09 17:30</span> 第9日的事" in text
    assert "第11日的事" not in text


def test_a_general_manager_counts_what_is_to_be_approved_and_finds_just_that(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when the figure counts other things than its list shows."""
    todos = [ToDo((f"审批{n}", f"decide {n}"), f"/{n}/", decides=n < 2) for n in range(5)]
    redeclare(monkeypatch, ToDos, ToDos(lambda _user: todos))
    client = signed_in("E001", ("general_manager", None))
    sections = client.get(HOME).context["sections"]
    (figure,) = [each for section in sections for each in section.figures if each.title == "待我批准"]
    assert figure.value == "2"
    assert [row["todo"] for row in client.get(figure.url).context["rows"]] == todos[:2]
    assert client.get(f"{HOME}?only=others").status_code == 400
    others = signed_in("E102").get(HOME).context["sections"]
    assert "待我批准" not in [each.title for section in others for each in section.figures]


def test_a_home_that_was_put_together_is_shown_again_until_something_changed(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    """Fails when each look asks every app anew, or what was done goes on standing there."""
    asked: list[str] = []

    def of(user: User) -> list[ToDo]:
        asked.append(user.username)
        return [ToDo((f"第{len(asked)}次", f"time {len(asked)}"), "/a/")]

    redeclare(monkeypatch, ToDos, ToDos(of))
    mine, other = signed_in("E102"), signed_in("E103")
    assert "第1次" in mine.get(HOME).text
    with django_assert_max_num_queries(12):
        assert "第1次" in mine.get(HOME).text
    assert "第2次" in other.get(HOME).text, "nobody is shown another's"
    someone = Employee.objects.get(employee_id="E103")
    someone.name = "金师傅"
    someone.save()
    assert "第3次" in mine.get(HOME).text, "a change is in the log"
    # the number on the bell is that of the list
    assert ">1</span>" in mine.get(reverse("inbox:bell")).text


def test_everybody_comes_in_on_the_home_and_a_stranger_does_not(signed_in: Callable[..., Client]) -> None:
    """Fails when signing in leads elsewhere, the home is not first in the navigation, or opens to the street."""
    client = signed_in("E103")
    assert client.get("/").url == HOME
    entries = client.get(HOME).context["navigation"]
    assert (entries[0]["url"], entries[0]["active"]) == (HOME, True)
    assert client.post(HOME).status_code == 405
    answer = Client().get(HOME)
    assert answer.status_code == 302 and "/accounts/login/" in answer.url


def test_an_administrator_sees_failed_work_waiting_accounts_and_the_last_backup(
    signed_in: Callable[..., Client], member: Callable[..., User], settings: Any, tmp_path: Path
) -> None:
    """Fails when a figure counts other accounts than its list, or a backup is told that was never made."""
    settings.HOME = tmp_path
    client = signed_in("E104", ("administrator", None))
    invited = member("E102")
    Invitation.objects.create(user=invited, digest="d", expires_at=timezone.now() + timedelta(days=1))
    came = member("E103")
    Invitation.objects.create(user=came, digest="e", expires_at=timezone.now() + timedelta(days=1))
    User.objects.filter(pk=came.pk).update(last_login=timezone.now())

    def told() -> dict[str, Figure]:
        caches["process"].clear()
        return {each.title: each for section in client.get(HOME).context["sections"] for each in section.figures}

    first = told()
    accounts = first["已邀请、未登录的账号"]
    listed = client.get(accounts.url).context["table"].data.data
    assert (accounts.value, [user.pk for user in listed]) == ("1", [invited.pk])
    assert first["失败的后台任务"].value == "0"
    assert first["上次备份"].value == "还没有"
    backup_note(home=tmp_path, made_at=(datetime.now(UTC) - timedelta(days=3, hours=1)).isoformat())
    assert told()["上次备份"].value == "3 天前"
    (tmp_path / LAST_BACKUP).write_text("half a", encoding="utf-8")
    assert last_backup(home=tmp_path) is None
    # nobody else is told of the installation
    assert "上次备份" not in signed_in("E201").get(HOME).text


def test_what_is_asked_once_is_asked_anew_for_the_next_page() -> None:
    """Fails when a page shows what an earlier one had asked, or asks again for what it knows."""
    answers = iter(range(9))
    assert [once("a", lambda: next(answers)) for _ in range(2)] == [0, 1]
    with asking_once():
        assert [once("a", lambda: next(answers)), once("a", lambda: next(answers))] == [2, 2]
        assert once("b", lambda: next(answers)) == 3
    with asking_once():
        assert once("a", lambda: next(answers)) == 4
