"""What people of the demo note while the month runs: talks, a meeting, praise, tasks, summaries, a comment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.coaching.models import Note, Summary
from fairwrench.web.coaching.notes.selectors import team_of
from fairwrench.web.coaching.notes.services import Draft, note_write
from fairwrench.web.coaching.summaries.workflow import SUMMARIES
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.tasks.models import Task
from fairwrench.web.tasks.services import Draft as TaskDraft
from fairwrench.web.tasks.services import task_give
from fairwrench.web.tasks.workflow import TASKS
from fairwrench.web.work.comments.services import comment_add

Kind = Note.Kind
#: what was done, what is planned, and by how many working days it was late
SUMMED_UP = (
    ("完成保养 46 台、一般维修 21 台；两台返修都是异响，已复盘。", "跟师傅学高压下电流程，12 月考低压电工证。", 0),
    ("完成保养 39 台；工单漏填公里数 3 次。", "每张工单交车前自查一遍。", 0),
    ("支援钣喷组 6 天，完成保养 28 台。", "补上变速箱课程的两次作业。", 2),
)


def notes_make(*, day: date, before: Month) -> None:
    """Notes of a day of the open month, and the summaries of the month before; once only."""
    users = User.objects.select_related("employee")
    chief, technician = (users.get(username=name) for name in ("manager", "technician"))
    if chief.employee is None or technician.employee is None or Note.objects.exists():
        return
    # the one whose login the demo offers comes first
    people = sorted(team_of(user=chief), key=lambda each: (each != technician.employee, each.employee_id))
    talks = _talks(chief, people, day, before)
    _tasks(chief, technician, talks)
    _summaries(chief, people, before)
    if form := Appraisal.objects.filter(employee=technician.employee).first():
        words = f"@{technician.employee.employee_id} 培训报名我已提交，面谈里约定的事项见任务。"
        comment_add(place="appraisal", ref=str(form.pk), words=words, by=chief)


def _talks(chief: User, people: list[Employee], day: date, before: Month) -> list[Note]:
    who, last = people[0], min(today(), before.last)
    drafts = [
        Draft(Kind.COACHING, last, "带看一遍变速箱拆装的扭矩顺序；第二台已能独立完成。", who, topic="变速箱拆装"),
        Draft(Kind.ONE_TO_ONE, day, "本月想多接新能源车；低压电工证先报名，月底前完成实操。", who, topic="月中一对一"),
        Draft(Kind.PRAISE, day, "客户等件着急，主动联系配件加急调货，当天交车。", who),
        Draft(
            Kind.MEETING,
            day,
            "5S 检查三个工位不合格；本周返修 2 台，都是异响。",
            attendees=people[:5],
            topic="周例会",
            decisions="异响车交车前两人试车；周五再查 5S。",
        ),
    ]
    if len(people) > 1:
        text = "最近两次漏填公里数；先当面提醒，再看一周。"
        drafts.append(Draft(Kind.COACHING, day, text, people[1], topic="工单填写", hidden=True))
    return [note_write(draft=draft, by=chief) for draft in drafts]


def _tasks(chief: User, technician: User, talks: list[Note]) -> None:
    """One under way that is overdue, one done that waits for its confirmation, one of the technician's own."""
    assert technician.employee is not None
    told = {"origin": "note", "origin_ref": str(talks[1].pk)}
    late = TaskDraft(technician.employee, "低压电工证报名", today(), "报名表交行政部，费用公司承担。", **told)
    task = TASKS.act(record=task_give(draft=late, by=chief), name="progress", by=technician, note="50%", percent=50)
    Task.objects.filter(pk=task.pk).update(due=today() - timedelta(days=2))
    about = {"origin": "note", "origin_ref": str(talks[3].pk)}
    done = TaskDraft(technician.employee, "整理三号工位工具车", today() + timedelta(days=3), **about)
    TASKS.act(record=task_give(draft=done, by=chief), name="finish", by=technician)
    own = TaskDraft(technician.employee, "看完高压下电视频课", today() + timedelta(days=7))
    task_give(draft=own, by=technician)


def _summaries(chief: User, people: list[Employee], month: Month) -> None:
    """The summaries of the last published month: the first was answered, one came late, the others are missing."""
    came = timezone.make_aware(datetime.combine(month.plus(1).first, time(16, 40)))
    for who, (done, plan, late) in zip(people, SUMMED_UP, strict=False):
        told = {"done": done, "plan": plan, "handed_in_at": came + timedelta(days=2 * late), "late_days": late}
        made = Summary.objects.create(employee=who, month=str(month), **told)
        if who == people[0]:
            SUMMARIES.act(record=made, name="answer", by=chief, note="返修复盘写得好；考证的时间我来协调。")
