"""What people of the demo enter while the month runs: jobs that are missed, and tickets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fairwrench.web.access.models import User
from fairwrench.web.evidence.missing_orders.missing_orders import missing_order_answer, missing_order_ask
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.org.models import Employee
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.services import Draft, ticket_write

#: article, points, what happened; on the days before, of those whom the workshop manager leads
TICKETS = (
    ("customer_praise", "3", "客户送来锦旗：出差前一晚变速箱报故障，当晚修好，次日一早交车"),
    ("against_five_s", "2", "举升机下油污未清理，提醒两次后仍未整改"),
    ("helped_out", "2", "下班后支援钣喷组赶工两小时，三台保险车如期交付"),
)


def missing_orders_make(*, day: date) -> None:
    """What the technician misses among their jobs: one order that waits for an answer, and one that was found."""
    who, dispatcher = (User.objects.select_related("employee").get(username=name) for name in ("technician", "manager"))
    if who.employee is None or MissingOrder.objects.filter(employee=who.employee).exists():
        return
    asked = {"day": day, "note": "", "order_no": "", "plate": ""}
    found = missing_order_ask(
        user=who, told={**asked, "plate": "京A·8K392", "done": "更换前刹车片，下午三点左右交的车"}
    )
    missing_order_answer(
        question=found, name="on_order", seen=found.version, by=dispatcher, note="记在另一张单上，尾号 118"
    )
    order = {"order_no": f"RO{day:%y%m}00777", "done": "四轮定位，和小组一起干的"}
    missing_order_ask(user=who, told={**asked, **order, "note": "份额应是一半"})


def tickets_make(*, day: date) -> None:
    """Tickets of the workshop manager for a day of the month; once only."""
    manager = User.objects.select_related("employee").get(username="manager")
    if manager.employee is None or Ticket.objects.exists():
        return
    led = Employee.objects.filter(assignments__manager=manager.employee, assignments__end=None).distinct()
    technician = User.objects.get(username="technician").employee
    # the one whose login the demo offers has the first, so that its phone shows one
    people = sorted(led, key=lambda each: (each != technician, each.employee_id))
    for employee, (article, points, words) in zip(people, TICKETS, strict=False):
        draft = Draft(
            employee=employee, day=day, article=article, points=Decimal(points), amount=Decimal(0), words=words
        )
        ticket_write(draft=draft, by=manager)
