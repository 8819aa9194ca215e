"""The homes of the roles in the small group: what each shows, and that every count is the number of rows behind it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.models import Assignment
from fairwrench.web.settlements.home.coming import coming_of
from fairwrench.web.settlements.home.pay import months_ahead
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.months.calendar import step_due
from fairwrench.web.settlements.months.months import months_under_way
from fairwrench.web.settlements.ratings.asked import ratings_asked
from fairwrench.web.work.home.figures import Figure
from tests.web.settlements.test_pages import LAST, own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ROLES = (
    *("technician", "advisor", "manager", "director", "service", "dispatcher", "care", "finance", "provider"),
    *("hr", "gm", "assistant", "auditor", "admin"),
)
#: queries of a home that is put together: each app is asked what waits, as for the inbox
ANEW = 110


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Keys of rows that a test before took back come again."""
    caches["process"].clear()


def figures_of(client: Any) -> dict[str, Figure]:
    """The figures of somebody's home by title."""
    sections = client.get("/home/").context["sections"]
    return {figure.title: figure for section in sections for figure in section.figures}


def live() -> Run:
    """The run of the month so far."""
    return Run.objects.filter(cycle__month=str(CURRENT), kind=Run.Kind.LIVE, whole=True).order_by("-pk")[0]


def rows_behind(client: Any, figure: Figure) -> int | None:
    """How many rows the page behind a figure lists; None where it is no list of what is counted."""
    answer = client.get(figure.url)
    assert answer.status_code == 200, figure
    if "only=decide" in figure.url:
        return len(answer.context["rows"])
    if figure.url.startswith("/pay/"):
        return len(answer.context["rows"])
    table = (answer.context or {}).get("table")
    narrowed = any(word in figure.url for word in ("state=", "pay="))
    return int(table.found) if table is not None and narrowed else None


#: what is counted, and its list is a list of that
COUNTED = (
    *(
        "数据不全的人",
        "团队数据不全的人",
        "缺数据的报表",
        "有退回或待导入的报表",
        "未到期的报表",
        "已导入的报表",
        "待生效的奖惩单",
    ),
    *("待答复的漏单反馈", "工资未定的人", "待发放的月份", "待我批准", "失败的后台任务", "已邀请、未登录的账号"),
)


@pytest.mark.parametrize("username", ROLES)
def test_every_figure_leads_to_as_many_rows_as_it_counts(signed_in: Any, username: str) -> None:
    """Fails when a count and its list are made by two questions, or a figure leads to a refusal."""
    client = signed_in(username)
    figures = figures_of(client)
    assert figures, "nobody of the demo comes in on an empty home"
    counted = {title: rows_behind(client, figure) for title, figure in figures.items()}
    told = {title: figures[title].value for title in figures if title in COUNTED}
    assert told == {title: str(counted[title]) for title in told}


@pytest.mark.parametrize("username", ROLES)
def test_a_home_asks_little_and_least_when_nothing_changed(signed_in: Any, username: str) -> None:
    """Fails when a home asks for each row, or each look at it puts it together anew."""
    client = signed_in(username)
    client.get("/home/")
    caches["process"].clear()
    with CaptureQueriesContext(connection) as anew:
        assert client.get("/home/").status_code == 200
    with CaptureQueriesContext(connection) as again:
        assert client.get("/home/").status_code == 200
    assert len(anew) <= ANEW
    assert len(again) <= 12


def test_a_technician_sees_the_head_of_their_own_month(signed_in: Any) -> None:
    """Fails when the home and Mine say two things, or the change is not that on the month published last."""
    figures = figures_of(signed_in("technician"))
    now = Result.objects.get(run=live(), employee_id=own("technician"))
    before = Result.objects.get(run__cycle__month=LAST, run__kind="final", employee_id=own("technician"))
    assert list(figures) == ["预计得分", "预计等级", "预计绩效工资", "已计量权重"]
    score, grade, pay, measured = figures.values()
    assert Decimal(score.value) * 100 == now.heads_score
    assert score.change is not None and now.heads_score is not None and before.score is not None
    step = Decimal(score.change.text.replace("−", "-")) * 100
    assert (step, score.change.since) == (now.heads_score - before.score, LAST)
    assert (grade.value, grade.note.split("为 ")[1]) == (now.heads_grade, before.grade)
    assert pay.value == f"¥{Decimal(now.heads_pay or 0) / 100:,.2f}"
    share = Decimal(100 * now.measured_weight) / now.whole_weight
    assert measured.value == f"{share:.1f} %"


def test_a_manager_sees_the_team_and_nothing_of_others(signed_in: Any) -> None:
    """Fails when somebody who is not led counts in the mean, or what is to be rated differs from the to-do."""
    figures = figures_of(signed_in("manager"))
    manager = User.objects.get(username="manager")
    rows = Assignment.objects.filter(end=None).values_list("employee__employee_id", "manager__employee_id")
    lines = dict(rows)
    me = own("manager")
    led = {who for who, boss in lines.items() if me in (boss, lines.get(boss))} - {me}
    scores = [each.heads_score for each in Result.objects.filter(run=live(), employee_id__in=led)]
    known = [score for score in scores if score is not None]
    mean = (Decimal(sum(known)) / len(known)).quantize(Decimal(1))
    assert abs(Decimal(figures["团队预计平均分"].value) * 100 - mean) <= 1
    assert f"{len(scores)} 人" in figures["团队预计平均分"].note
    left = sum(len(places) for _, places in ratings_asked(user=manager))
    assert (figures["待评分"].value, left > 0) == (str(left), True)
    todos = [row["todo"].words[0] for row in signed_in("manager").get("/home/").context["rows"]]
    assert f"{CURRENT} 还有 {left} 项评分" in todos


def test_the_stores_are_shown_without_pay_to_the_assistant(signed_in: Any) -> None:
    """Fails when the general manager's assistant reads an amount of pay, or attainment is a mean of means."""
    figures = figures_of(signed_in("assistant"))
    assert list(figures) == ["产值达成", "预计平均分", "预计等级分布"]
    assert all("¥" not in figure.value + figure.note for figure in figures.values())
    shares = figures["预计等级分布"].shares
    graded = Result.objects.filter(run=live()).exclude(heads_grade="")
    assert {share.name: share.people for share in shares} == {
        grade: graded.filter(heads_grade=grade).count() for grade in "ABCDE"
    }
    # as the regulation has them
    assert [share.expected for share in shares] == [5, 20, 60, 10, 5]


def test_finance_sees_the_pay_of_its_store_against_the_month_before(signed_in: Any) -> None:
    """Fails when the total is another than that of the list, or the month before is not the one before."""
    client = signed_in("finance")
    figures = figures_of(client)
    total = figures["应发合计"]
    assert total.url == f"/months/{LAST}/pay/"
    store = Grant.objects.get(user__username="finance").unit
    assert store is not None
    paid = Result.objects.filter(run__kind="final", store=store.name, total_pay__isnull=False)
    by_month = {
        month: sum(each.total_pay or 0 for each in paid.filter(run__cycle__month=month))
        for month in sorted({each.run.cycle.month for each in paid})
    }
    (_, before), (last, now) = sorted(by_month.items())[-2:]
    assert (last, total.value) == (LAST, f"¥{Decimal(now) / 100:,.2f}")
    assert total.change is not None and total.change.good is None
    step = Decimal(total.change.text.replace("−", "-").replace("¥", "").replace(",", "")) * 100
    assert step == now - before


def test_a_month_is_to_be_paid_until_its_payday(group: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a payday is missed by a day: the regulation pays on the 15th of the month after, here a Sunday, so
    on the 13th."""
    cycle = Cycle(month="2026-10", state=Cycle.State.PUBLISHED)
    for moment, ahead in ((datetime(2026, 11, 13, 17, 29), True), (datetime(2026, 11, 13, 17, 31), False)):
        monkeypatch.setattr("fairwrench.web.settlements.home.pay.now_local", lambda now=moment: now)
        assert (months_ahead([cycle]) == [cycle]) is ahead
    open_month = Cycle(month="2026-10", state=Cycle.State.SETTLED)
    assert months_ahead([open_month]) == []


@pytest.mark.parametrize(
    ("act", "due"),
    [
        # 2026-11-07 is a Saturday: figures are in by Monday the 9th; HR's and the general manager's steps by the
        # 11th and 12th; pay on Friday the 13th, as the 15th is a Sunday
        ("settle", datetime(2026, 11, 9, 17, 30)),
        ("approve_hr", datetime(2026, 11, 11, 17, 30)),
        ("approve", datetime(2026, 11, 12, 17, 30)),
        ("publish", datetime(2026, 11, 13, 17, 30)),
    ],
)
def test_the_steps_of_a_month_are_due_by_the_scheme_s_calendar(group: Any, db: None, act: str, due: datetime) -> None:
    """Fails when a to-do of a month tells another deadline than the regulation."""
    assert step_due(cycle=Cycle(month="2026-10"), act=act) == due


def test_the_deadlines_that_concern_somebody_come_next(group: Any, db: None) -> None:
    """Fails when a technician is told to hand in figures, or a manager is not told of the interviews."""
    now = datetime(2026, 11, 9, 18, 0)

    def first(username: str) -> tuple[datetime, str]:
        coming = list(coming_of(User.objects.get(username=username), now))
        assert all(each.due > now for each in coming)
        found = min(coming, key=lambda each: each.due)
        return found.due, str(found.words[0])

    # the interviews were due on Monday the 9th; then whoever is assessed signs by the 11th
    assert first("technician")[0] == datetime(2026, 11, 11, 17, 30)
    assert first("technician")[1].startswith("2026-10 ")
    concerned = {each.words[0] for each in coming_of(User.objects.get(username="technician"), now)}
    assert not any("提交" in words for words in concerned)
    # the general manager approves the pay by the 12th
    assert "2026-10 总经理批准绩效工资" in {each.words[0] for each in coming_of(User.objects.get(username="gm"), now)}
    assert "2026-10 总经理批准绩效工资" not in concerned


def test_the_months_under_way_are_those_not_published(group: Any, db: None) -> None:
    """Fails when a published month goes on waiting."""
    user = User.objects.get(username="hr")
    assert [cycle.month for cycle in months_under_way(user=user)] == [str(CURRENT)]


def test_an_english_home_speaks_english(signed_in: Any) -> None:
    """Fails when a home that was put together in one language is shown in another."""
    client = signed_in("gm")
    assert "团队" in client.get("/home/").text
    User.objects.filter(username="gm").update(language="en")
    text = client.get("/home/").text
    assert "Waiting for me" in text and "Mean score it heads for" in text
    assert "待我处理" not in text
    User.objects.filter(username="gm").update(language="zh-hans")


def test_who_stands_in_finds_what_waits_for_who_is_away(signed_in: Any) -> None:
    """Fails when the work of somebody away stands on nobody's home."""
    dispatcher, advisor = (User.objects.get(username=name) for name in ("manager", "advisor"))
    assert "车间" not in {section.words[0] for section in signed_in("advisor").get("/home/").context["sections"]}
    today = date.today()
    Delegation.objects.create(
        away=dispatcher.employee,
        stand_in=advisor.employee,
        begin=today,
        end=today.replace(year=today.year + 1),
        state=Delegation.State.APPROVED,
    )
    assert "车间" in {section.words[0] for section in signed_in("advisor").get("/home/").context["sections"]}
