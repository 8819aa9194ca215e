"""What coaching hands on to apps before it: to-dos, figures of homes, deadlines ahead, what is kept of a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.coaching.models import Note, Summary
from fairwrench.web.coaching.summaries.selectors import asked_months, due_of, owing, to_answer
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import Words, pick
from fairwrench.web.work.home.coming import Coming
from fairwrench.web.work.home.figures import Figure
from fairwrench.web.work.inbox.todos import ToDo


def todos_of(user: User) -> Iterator[ToDo]:
    """The summaries to hand in, and those of one's people to read."""
    if user.employee_id is None:
        return
    for month in asked_months():
        due = due_of(month=month)
        if due is None or Summary.objects.filter(employee=user.employee_id, month=str(month)).exists():
            continue
        if owing(month=month).filter(pk=user.employee_id).exists():
            words = (
                f"{month} 月度总结与下月计划待提交",
                f"your summary of {month} and plan for the next month",
            )
            url = reverse("coaching:own", args=[str(month)])
            still = ("月度总结未提交", "with a monthly summary to hand in")
            yield ToDo(words, url, "notes", due, ("去写", "Write it"), open=still)
    months = to_answer(user=user).order_by("month").values_list("month", flat=True)
    for month_name in dict.fromkeys(months):
        count = sum(1 for each in months if each == month_name)
        words = f"{month_name} 有 {count} 份月度总结待阅", f"{number_of(count, 'summary')} of {month_name} to read"
        url = f"{reverse('coaching:summaries')}?month={month_name}&state=to_answer"
        yield ToDo(words, url, "notes", button=("去阅读", "Read"))


def coming_of(user: User, now: datetime) -> Iterator[Coming]:
    """The day of this month's summary while it is not asked for yet, of somebody who will owe it."""
    month = Month.of(now.date())
    if user.employee_id is None or month in asked_months(day=now.date()):
        return
    due = due_of(month=month)
    begun = Cycle.objects.filter(month=str(month)).exists()
    if due and begun and owing(month=month).filter(pk=user.employee_id).exists():
        yield Coming(due, (f"{month} 月度总结截止", f"summaries of {month} are due"))


def team_figures(user: User) -> Iterator[Figure]:
    """Summaries of one's people to read."""
    if not opens(user, "coaching.note"):
        return
    if count := to_answer(user=user).count():
        url = f"{reverse('coaching:summaries')}?state=to_answer"
        yield Figure(pick("待阅月度总结", "Summaries to read"), str(count), url)


def history_of(employee: Employee) -> list[Words]:
    """What is noted of a person."""
    notes = Note.objects.filter(about=employee).exists() or Note.objects.filter(attendees=employee).exists()
    found: list[Words] = [("过程记录", "notes of the month")] if notes else []
    return [*found, ("月度总结", "monthly summaries")] if Summary.objects.filter(employee=employee).exists() else found
