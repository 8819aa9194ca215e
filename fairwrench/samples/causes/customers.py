"""What customers and those who look after them do: follow-ups, complaints, bookings, reminders, the customer base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes.causes import Traits, complains, pleased
from fairwrench.samples.exports import Row
from fairwrench.samples.hours import DAY, at_work, day_of, minute_of, work_end
from fairwrench.samples.orders import Order
from fairwrench.samples.tables import until
from fairwrench.samples.vehicles import LOST, Vehicle
from fairwrench.settlement.calendar.deadlines import Month

#: share of the delivered orders that are called
SAMPLED = 0.45
#: minutes after the end of a month at which its complaints are handed in (the 5th)
HANDED_IN = 4 * DAY
SURVEY_COLUMNS = [
    "survey_no", "store", "ro_no", "advisor", "technician", "due_on", "asked_on", "asked_by", "reached", "satisfied",
    "score", "score_reception", "score_quality", "score_time", "score_price", "score_cleanliness",
]  # fmt: skip
COMPLAINT_COLUMNS = [
    "complaint_no", "store", "ro_no", "received_at", "due_at", "answered_at", "closed_at", "outcome", "cause", "valid",
    "responsible", "judged_by", "handled_by", "compensation_paid", "compensation_due",
]  # fmt: skip
APPOINTMENT_COLUMNS = ["appointment_no", "store", "vin", "plate", "booked_for", "made_by", "showed"]
DUE_COLUMNS = ["vin", "month", "store", "due_on", "reminded_by", "reminded_on", "done_ro_no"]
CARE_COLUMNS = ["vin", "month", "store", "sold_on", "keeper", "last_visit_on"]


@dataclass(frozen=True, slots=True)
class Service:
    """Who looks after customers in a month: clerks with their traits, the manager who judges, everybody's traits."""

    clerks: Sequence[tuple[str, Traits]]
    manager: str | None
    traits: Mapping[str, Traits]


def surveys(random: Random, orders: Sequence[Order], service: Service, shy: dict[tuple[str, Month], int]) -> list[Row]:
    """Follow-up calls on delivered orders, due on the third day.

    `shy`: (advisor, month of the call) → how many calls are left, where hardly anybody is called; counted down here.
    """
    rows: list[Row] = []
    for order in orders:
        if order.kind == "internal" and not order.returns_for:
            continue
        rare = (order.advisor, Month.of(_due_on(order)))
        if rare in shy:
            # No chance is drawn here: who else is called stays the same whether or not somebody is hardly asked.
            if not shy[rare] or order.delivered % 7 > 1:
                continue
            shy[rare] -= 1
        elif random.random() >= SAMPLED:
            continue
        rows.append(_survey(random, order, service))
    return rows


def _due_on(order: Order) -> date:
    return day_of(order.delivered) + timedelta(days=3)


def _survey(random: Random, order: Order, service: Service) -> Row:
    caller, manners = random.choices(service.clerks, [t.effort for _, t in service.clerks])[0]
    due = _due_on(order)
    late = random.random() < 0.25 * (1 - manners.care) + 0.01
    asked = due + timedelta(days=random.randint(1, 4)) if late else due - timedelta(days=random.choice((0, 0, 1, 2)))
    reached = random.random() < 0.81 + 0.1 * manners.effort - 0.1 * (1 - manners.care)
    hands, host = service.traits[order.technician], service.traits[order.advisor]
    chance = pleased(host.care, hands.skill, late_hours=order.late_hours, comeback=order.returns_for is not None)
    happy = reached and random.random() < chance
    row: Row = {
        "survey_no": f"HF{order.ro_no[2:]}",
        "store": order.store,
        "ro_no": order.ro_no,
        "advisor": order.advisor,
        "technician": order.technician,
        "due_on": due,
        "asked_on": asked,
        "asked_by": caller,
        "reached": reached,
    }
    return row | (_scores(random, happy, host, hands, order.late_hours) if reached else {})


def _scores(random: Random, happy: bool, host: Traits, hands: Traits, late_hours: float) -> Row:
    base = 94 if happy else 68

    def mark(cause: float) -> int:
        return min(100, max(20, round(base + 8 * (cause - 0.6) + random.gauss(0, 3)))) * 100

    parts = {
        "score_reception": mark(host.care),
        "score_quality": mark(hands.skill),
        "score_time": mark(0.8 - 0.15 * min(late_hours, 6)),
        "score_price": mark(host.care),
        "score_cleanliness": mark(0.7),
    }
    return {"satisfied": happy, "score": sum(parts.values()) // 5, **parts}


def complaints(random: Random, orders: Sequence[Order], service: Service, serial: str) -> list[Row]:
    """Complaints about delivered orders; the customer-service manager judges whether each is valid, and who answers."""
    rows: list[Row] = []
    for order in orders:
        host = service.traits[order.advisor]
        if random.random() < complains(host.care, late_hours=order.late_hours, comeback=order.returns_for is not None):
            rows.append(_complaint(random, order, service, f"{serial}{len(rows) + 1:03d}"))
    return rows


def _complaint(random: Random, order: Order, service: Service, number: str) -> Row:
    clerk, manners = random.choice(service.clerks)
    received = at_work(order.delivered + random.randint(60, 3 * DAY))
    answered = received + (
        random.randint(5, 55) if random.random() < 0.7 + 0.28 * manners.care else random.randint(70, 400)
    )
    due = received + 2 * DAY
    closed = work_end(answered, random.randint(60, 700))
    if random.random() > 0.72 + 0.27 * manners.care:
        # Some are closed late, and more of them by those who care less.
        closed = due + random.randint(60, 2 * DAY)
    quality = order.returns_for is not None
    late = order.late_hours > 1
    valid = quality or late or random.random() < 0.55
    owed = random.randint(1, 8) * 5_000 if valid and random.random() < 0.3 else 0
    return {
        "complaint_no": number,
        "store": order.store,
        "ro_no": order.ro_no,
        "received_at": received,
        "due_at": due,
        "answered_at": answered,
        "closed_at": closed,
        "outcome": "已致歉并解决" if valid else "已解释",
        "cause": "维修质量" if quality else "交车延误" if late else random.choice(("服务态度", "价格说明", "沟通")),
        "valid": valid,
        "responsible": order.technician if quality else order.advisor,
        "judged_by": service.manager,
        "handled_by": clerk,
        "compensation_paid": owed + (10_000 if owed and random.random() < 0.15 else 0),
        "compensation_due": owed,
    }


def appointments(random: Random, orders: Sequence[Order], serial: str, care: Mapping[str, Traits]) -> list[Row]:
    """Bookings: those that came, and some by careless advisors that did not."""
    rows: list[Row] = []
    for order in orders:
        if not order.booked:
            continue
        _book(rows, serial, order, order.opened // 30 * 30, True)
        if random.random() < 0.30 - 0.24 * care[order.advisor].care:
            _book(rows, serial, order, at_work(order.opened + random.randint(30, 400)) // 30 * 30, False)
    return rows


def _book(rows: list[Row], serial: str, order: Order, minute: int, showed: bool) -> None:
    rows.append({
        "appointment_no": f"{serial}{len(rows) + 1:04d}",
        "store": order.store,
        "vin": order.vehicle.vin if showed else None,
        "plate": order.vehicle.plate if showed else None,
        "booked_for": minute,
        "made_by": order.advisor,
        "showed": showed,
    })  # fmt: skip


def remind(random: Random, fleet: Sequence[Vehicle], month: Month, service: Service, store: str) -> list[Row]:
    """The cars due in a month, as reminded at its begin; a reminder makes a visit likelier."""
    rows = []
    for car in fleet:
        if car.loyal <= LOST or not month.first <= car.due_on <= month.last:
            continue
        clerk, manners = random.choices(service.clerks, [t.effort for _, t in service.clerks])[0]
        called = random.random() < 0.80 + 0.18 * manners.care
        car.reminded = called
        car.done_ro_no = None
        rows.append({
            "vin": car.vin,
            "month": str(month),
            "store": store,
            "due_on": car.due_on,
            "reminded_by": clerk if called else None,
            "reminded_on": car.due_on - timedelta(days=random.randint(5, 14)) if called else None,
        })  # fmt: skip
    return rows


def done(rows: Sequence[Row], fleet: Mapping[str, Vehicle], month: Month) -> None:
    """Write the maintenance orders of the month beside the cars that were due."""
    for row in rows:
        car = fleet[row["vin"]]
        if car.maintained_on and car.maintained_on >= month.first:
            row["done_ro_no"] = car.done_ro_no


def in_care(fleet: Sequence[Vehicle], month: Month, store: str) -> list[Row]:
    """The customer base at the end of a month."""
    return [
        {
            "vin": car.vin,
            "month": str(month),
            "store": store,
            "sold_on": car.sold_on,
            "keeper": car.keeper,
            "last_visit_on": car.last_visit_on,
        }
        for car in fleet
    ]


def survey_view(row: Row, day: date) -> Row:
    """A survey as it stands at the end of a day: calls made later are not there yet."""
    if row["asked_on"] <= day:
        return row
    kept = ("survey_no", "store", "ro_no", "advisor", "technician", "due_on", "asked_by")
    return {column: row.get(column) for column in kept}


def complaint_view(row: Row, cutoff: int) -> Row:
    """A complaint as it stands at a minute."""
    times = {column: until(row[column], cutoff) for column in ("answered_at", "closed_at")}
    open_ = {} if times["closed_at"] is not None else {"outcome": None, "compensation_paid": None}
    return row | times | open_


def end_of(month: Month) -> int:
    """The first local minute after the month."""
    return minute_of(month.plus(1).first)
