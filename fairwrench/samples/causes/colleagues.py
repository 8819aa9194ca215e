"""What colleagues say of each other, what they say of the place, and who hands figures on in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from fairwrench.samples.causes.people import Group
from fairwrench.samples.exports import Row
from fairwrench.samples.hours import EPOCH, minute_of
from fairwrench.settlement.calendar.deadlines import Month, deadlines
from fairwrench.settlement.scheme.scheme import Scheme

FEEDBACK_COLUMNS = ["employee_id", "month", "asked_department", "satisfied", "score", "comment"]
SURVEY_COLUMNS = ["answer_no", "store", "month", "department", "satisfied", "score"]
TICKET_COLUMNS = [
    "ticket_no", "store", "employee_id", "issued_on", "kind", "article", "points", "issued_by", "note",
]  # fmt: skip
SUBMISSION_COLUMNS = ["employee_id", "what", "month", "due_at", "submitted_at"]
_PRAISE = ("响应及时", "沟通顺畅", "资料齐全")
_BLAME = ("反馈偏慢", "资料不全", "需要多次催促")
#: what a position hands on, and the step of the cycle whose deadline it meets
_HANDS_ON = {
    "administration_manager": ("考勤与纪律", "discipline"),
    "hr_specialist": ("培训成绩", "learning"),
    "hr_manager": ("目标与评分汇总", "key"),
    "workshop_manager": ("维修工单与工时", "key"),
    "sales_manager": ("销售数据", "key"),
    "parts_manager": ("配件库存月报", "key"),
    "accessories_supervisor": ("精品销售", "key"),
    "service_director": ("服务站考核评分", "key"),
    "marketing_manager": ("市场部考核评分", "key"),
    "customer_service_manager": ("满意度与投诉", "customer"),
    "finance_manager": ("财务指标", "finance"),
}


def feedback(group: Group, month: Month, scheme: Scheme, seed: int) -> list[Row]:
    """Answers of other departments about everybody whose scorecard asks for them."""
    words = {name: part.name.zh for name, part in scheme.departments.items() if part.name}
    asked = {
        card
        for card, sheet in scheme.scorecards.items()
        if any(i.metric == "internal_satisfaction" for i in sheet.items)
    }
    rows: list[Row] = []
    for person, post in group.working(month):
        position = scheme.positions.get(post.position)
        if position is None or position.scorecard not in asked:
            continue
        random = Random(f"{seed}/{month}/{person.employee_id}/feedback")
        traits = person.traits(month)
        others = [name for word, name in words.items() if word != post.department]
        for department in random.sample(others, min(8, len(others))):
            happy = random.random() < 0.28 + 0.74 * max(traits.care, traits.regard - 0.12)
            rows.append({
                "employee_id": person.employee_id,
                "month": str(month),
                "asked_department": department,
                "satisfied": happy,
                "score": (random.randint(86, 98) if happy else random.randint(50, 72)) * 100,
                "comment": random.choice(_PRAISE if happy else _BLAME),
            })  # fmt: skip
    return rows


def employee_survey(group: Group, month: Month, scheme: Scheme, seed: int) -> list[Row]:
    """Anonymous answers: about one employee in four, without a name."""
    words = {name: part.name.zh for name, part in scheme.departments.items() if part.name}
    rows: list[Row] = []
    for store in group.stores:
        random = Random(f"{seed}/{month}/{store.name}/employees")
        people = [post for _, post in group.working(month) if post.store == store.name]
        for number, post in enumerate(random.sample(people, len(people) // 4 + 1), 1):
            happy = random.random() < 0.90 - 0.08 * store.causes.crowded
            rows.append({
                "answer_no": f"YG{store.number + 1:02d}{month.year % 100}{month.month:02d}{number:03d}",
                "store": store.name,
                "month": str(month),
                "department": words.get(post.department),
                "satisfied": happy,
                "score": (random.randint(78, 96) if happy else random.randint(40, 65)) * 100,
            })  # fmt: skip
    return rows


def submissions(group: Group, month: Month, scheme: Scheme, seed: int) -> list[Row]:
    """Who handed on which figures of the month, and when: those who care are in time."""
    plan, _ = deadlines(month, scheme.cycle)
    due_at = {deadline.step: deadline.due for deadline in plan}
    rows: list[Row] = []
    for person, post in group.working(month):
        what = _HANDS_ON.get(post.position)
        if what is None or what[1] not in due_at:
            continue
        random = Random(f"{seed}/{month}/{person.employee_id}/submission")
        for paper, step in (what, ("目标确认表", "planning"), ("月度小结", what[1])):
            due = _minute(due_at[step])
            late = random.random() < 0.2 * (1 - person.traits(month).care)
            rows.append({
                "employee_id": person.employee_id,
                "what": paper,
                "month": str(month),
                "due_at": due,
                "submitted_at": due + random.randint(30, 1_600) if late else due - random.randint(20, 900),
            })  # fmt: skip
    return rows


def _minute(moment: datetime) -> int:
    return minute_of(moment.date()) + (moment - datetime.combine(moment.date(), EPOCH.time())) // timedelta(minutes=1)


def tickets(group: Group, month: Month, scheme: Scheme, seed: int) -> list[Row]:
    """Rewards and penalties written on the spot, in points alone: who cares is praised, who does not is admonished."""
    rows: list[Row] = []
    for person, post in group.working(month):
        random = Random(f"{seed}/{month}/{person.employee_id}/tickets")
        care = person.traits(month).care
        for kind, chance in (("reward", 0.12 * care**2), ("penalty", 0.25 * (1 - care) ** 2)):
            articles = [
                each
                for each in scheme.standing.tickets.ticket_articles.values()
                if each.kind == kind and each.most_points
            ]
            day, manager = month.first + timedelta(days=random.randrange(month.days)), post.manager_id
            if articles and manager and person.at(day) is post and random.random() < chance:
                article = random.choice(articles)
                rows.append({
                    "store": post.store,
                    "employee_id": person.employee_id,
                    "issued_on": day,
                    "kind": kind,
                    "article": article.name.zh,
                    "points": random.randint(1, int(article.most_points)) * 100,
                    "issued_by": manager,
                    "note": "现场开单",
                })  # fmt: skip
    rows.sort(key=lambda row: (row["issued_on"], row["employee_id"]))
    for number, row in enumerate(rows, 1):
        row["ticket_no"] = f"JC{month.year % 100}{month.month:02d}{number:04d}"
    return rows
