"""Whose goals of the current month were handed in late, so that a fine waits for HR's decision."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

from fairwrench.settlement.calendar.deadlines import Month, deadlines
from fairwrench.settlement.calendar.workdays import WorkCalendar
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.access.models import User

#: the file as the office of personnel hands it in, by its columns' Chinese names, and a word of its name
COLUMNS, WORD = ("报送人工号", "报送内容", "月份", "截止时间", "报送时间"), "目标设定报送"
STEP = "planning"
#: whose goals came late, by login, and by how many working days; the others hand theirs in on the morning of the day
LATE = {"manager": 2}
IN_TIME = ("director", "service")


def late_goals_write(*, folder: Path, month: Month, scheme: Scheme) -> None:
    """Write the file of a month into FOLDER, for those whose logins stand; once only."""
    path = folder / str(month) / f"集团_{WORD}_{month}.csv"
    due = {step.step: step.due for step in deadlines(month, scheme.cycle)[0]}.get(STEP)
    if path.exists() or due is None:
        return
    days = {**dict.fromkeys(IN_TIME, 0), **LATE}
    people = dict(User.objects.filter(username__in=days).values_list("username", "employee__employee_id"))
    step, calendar = scheme.cycle.steps[STEP].name.zh, WorkCalendar.of(scheme.cycle)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for login, late in days.items():
            if people.get(login):
                done = _morning(due, late, calendar)
                rows.writerow((people[login], step, month, f"{due:%Y-%m-%d %H:%M:%S}", f"{done:%Y-%m-%d %H:%M:%S}"))


def _morning(due: datetime, late: int, calendar: WorkCalendar) -> datetime:
    """A quarter past nine on the day, or so many working days later."""
    done = due.replace(hour=9, minute=15)
    for _ in range(late):
        done = datetime.combine(calendar.next_working(done.date() + timedelta(days=1)), done.time())
    return done
