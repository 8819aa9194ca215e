"""What a ticket's page says is what happened: its steps, its signs, whether points count, and what one confirms."""

from __future__ import annotations

import re

from auditlog.models import LogEntry
from django.urls import reverse

from fairwrench.web.access.models import Grant, User
from fairwrench.web.org.models import Employee
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.pages.steps import steps_of
from fairwrench.web.tickets.selectors import points_count
from fairwrench.web.tickets.workflow import TICKETS
from fairwrench.web.work.models import Job, Notice
from tests.web.tickets.conftest import TODAY, done
from tests.web.tickets.test_pages import browser


def steps(ticket: Ticket) -> list[tuple[str, str]]:
    return steps_of(ticket, TICKETS.history([ticket])[ticket.pk])


def page_of(ticket: Ticket, user: User) -> str:
    return re.sub(r"\s+", " ", browser(user).get(f"/tickets/{ticket.pk}/").content.decode())


def test_only_steps_that_happened_are_drawn_done(penalty: Ticket, technician: User, hr: User) -> None:
    """Breaks if somebody who appealed is said to have acknowledged, or the steps vanish during an appeal."""
    assert steps(penalty) == [
        ("开单", "done"), ("待本人确认", "now"), ("待人力资源核实", "ahead"), ("生效", "ahead"),
    ]  # fmt: skip
    appealed = done(penalty, "appeal", technician, "不是我")
    assert steps(appealed) == [("开单", "done"), ("本人申诉", "done"), ("待处理申诉", "now")]
    upheld = done(appealed, "uphold", hr, "监控可见")
    drawn = [("开单", "done"), ("本人申诉", "done"), ("申诉未采纳", "done"), ("生效", "now")]
    assert steps(upheld) == drawn
    assert steps(done(upheld, "take_back", hr, "另有其人"))[-2:] == [("申诉未采纳", "done"), ("已撤销", "now")]


def test_a_reward_waits_for_hr_alone_and_hrs_check_is_a_step(reward: Ticket, technician: User, hr: User) -> None:
    """Breaks if page and behaviour differ: a reward is said to wait for the person, who is only told."""
    assert steps(reward) == [("开单", "done"), ("待人力资源核实", "now"), ("生效", "ahead")]
    page = page_of(reward, hr)
    assert "待本人确认" not in page and "核实无误，生效" in page
    done(reward, "acknowledge", technician)
    confirmed = done(Ticket.objects.get(), "confirm", hr)
    assert steps(confirmed) == [("开单", "done"), ("本人已知晓", "done"), ("核实", "done"), ("生效", "now")]


def test_points_and_money_have_both_signs_wherever_they_are_said(
    reward: Ticket, penalty: Ticket, technician: User, hr: User, chief: User
) -> None:
    """Breaks if +2.50 stands as 2.50 beside −1.00, or one confirms without reading what it brings."""
    assert (reward.brings[0], penalty.brings[0]) == ("+2.50 分、+¥100.00", "−1.00 分、−¥50.00")
    listed = browser(hr).get("/tickets/").content.decode()
    for said in ("+2.50", "+¥100.00", "−1.00", "−¥50.00"):
        assert said in listed
    page = page_of(reward, hr)
    (asked,) = re.findall(r'data-confirm="([^"]*核实无误，生效)"', page)
    assert "+2.50 分、+¥100.00" in asked and "分值只作记录" in asked
    done(reward, "confirm", hr)
    assert "+2.50 分、+¥100.00" in Notice.objects.filter(to=technician).latest("pk").zh
    # the quiet way back of who wrote it is no green button
    assert re.search(r'<button class="btn w-100"[^>]*>我开错了，撤回', page_of(penalty, chief))


def test_the_log_names_the_sign_and_the_amount(penalty: Ticket, chief: User) -> None:
    """Breaks if the log keeps a penalty of −1 and −¥50 as “points 1.00”."""
    auditor = User.objects.create(username="auditor")
    Grant.objects.create(user=auditor, role="auditor")
    entry = LogEntry.objects.get_for_object(penalty).latest("pk")
    assert "−1.00 分、−¥50.00" in entry.object_repr
    page = browser(auditor).get(reverse("settings:log")).content.decode()
    assert "分值 1.00" in page and "金额 ¥50.00" in page and "得分 1.00" not in page


def test_where_no_scorecard_reads_tickets_points_are_said_to_be_for_the_record(
    reward: Ticket, technician: User, chief: User
) -> None:
    """Breaks if a form promises a score that the shipped cards do not have; money is told apart."""
    assert points_count(people=Employee.objects.filter(employee_id="E102"), day=TODAY) == {False}
    assert "本考核表不计奖惩得分，分值只作记录" in page_of(reward, technician)
    form = browser(chief).get("/tickets/new/").content.decode()
    assert "本考核表不计奖惩得分：分值只作记录，金额随当月工资" in form


def test_the_landing_is_called_by_its_name(reward: Ticket, technician: User) -> None:
    """Breaks if a page says `tickets_land ticket:1`."""
    reward.job = Job.objects.create(kind="tickets_land", key="ticket:1", arguments={"ticket_id": reward.pk})
    reward.save()
    page = page_of(reward, technician)
    assert "奖惩单导入" in page and "tickets_land" not in page


def test_the_list_is_blocks_on_a_phone(reward: Ticket, technician: User) -> None:
    """Breaks if the day, the points, the money and the state lie off the screen."""
    page = browser(technician).get("/tickets/").content.decode()
    for label in ("日期", "分值", "金额", "状态"):
        assert f'data-label="{label}"' in page
    assert "table-stack" in page
