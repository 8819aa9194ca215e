"""Ten indicators and a score in a loop over the employees, asking the ORM anew for each, as HR suites do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db.models import Exists, F, OuterRef, Sum

from bench.making import roster
from bench.measuring import clocked
from bench.orm_models import Attendance, Complaint, JobLine, Order, Survey, fill
from bench.ours import size_of
from bench.scoring import score
from bench.sizes import MONTH, ZONE

BEGIN, END = (int(bound.timestamp()) for bound in MONTH.bounds_utc(ZONE))
DAYS_30 = 30 * 86400
Figures = dict[str, tuple[int, int]]


def looped(folder: str, name: str, sample: str) -> dict[str, Any]:
    """Score `sample` employees spread over all stores; their figures and scores come back for comparison."""
    fill(Path(folder))
    people = roster(size_of(name)).filter(roster(size_of(name))["position"] != "workshop_manager")
    step = max(1, people.height // int(sample))
    chosen = list(people.gather_every(step).select("employee_id", "position").iter_rows())
    cards = {"technician": (technician, "technician"), "service_advisor": (advisor, "advisor")}

    def loop() -> dict[str, tuple[int | None, Figures]]:
        told = {}
        for person, position in chosen:
            ask, card = cards[position]
            figures = ask(person)
            told[person] = (score(card, figures), figures)
        return told

    took, told = clocked(loop)
    Path(folder, "orm.json").write_text(json.dumps(told))
    return {**took, "sampled": len(chosen), "everybody": people.height}


def technician(person: str) -> Figures:
    """A technician's five indicators, numerator and denominator each by a query of its own."""
    done = JobLine.objects.filter(technician=person, finished_at__gte=BEGIN, finished_at__lt=END)
    mature = JobLine.objects.filter(
        technician=person, order__delivered_at__gte=BEGIN - DAYS_30, order__delivered_at__lt=END - DAYS_30
    )
    return {
        "one_time_fix_rate": (mature.exclude(Exists(_again())).count(), mature.count()),
        "rework_rate": (_comebacks(person), done.count()),
        "labour_output": (_sum(done, F("labour_amount") * F("share")), 1),
        "efficiency": (_sum(done, F("billed_hours") * F("share")), _sum(done, F("clocked_hours") * F("share"))),
        "attendance_rate": _attendance(person),
    }


def advisor(person: str) -> Figures:
    """A service advisor's six indicators, numerator and denominator each by a query of its own."""
    mine = Order.objects.filter(advisor=person)
    done = mine.filter(finished_at__gte=BEGIN, finished_at__lt=END)
    reached = Survey.objects.filter(advisor=person, asked_on__range=(MONTH.first, MONTH.last), reached=True)
    wrong = Complaint.objects.filter(responsible=person, received_at__gte=BEGIN, received_at__lt=END, valid=True)
    output = F("labour_amount") + F("parts_amount")
    return {
        "advisor_output": (_sum(done, output), 1),
        "on_time_delivery": (done.filter(finished_at__lte=F("first_promised_at")).count(), done.count()),
        "satisfaction": (reached.filter(satisfied=True).count(), reached.count()),
        "complaint_rate": (wrong.count(), mine.filter(opened_at__gte=BEGIN, opened_at__lt=END).count()),
        "revenue_per_order": (_sum(done, output), done.count()),
        "attendance_rate": _attendance(person),
    }


def _sum(rows: Any, value: Any) -> int:
    return rows.aggregate(found=Sum(value))["found"] or 0


def _again() -> Any:
    """The jobs by which a vehicle came back with the same fault within 30 days of the order looked at."""
    back = JobLine.objects.filter(
        order__vin=OuterRef("order__vin"),
        fault_system=OuterRef("fault_system"),
        order__opened_at__gte=OuterRef("order__delivered_at"),
        order__opened_at__lte=OuterRef("order__delivered_at") + DAYS_30,
    )
    return back.exclude(fault_system="").exclude(order=OuterRef("order"))


def _comebacks(person: str) -> int:
    """Visits that came back after a job of this person, the job just before, and were finished in the month."""
    mine = JobLine.objects.filter(technician=person, order__delivered_at__gte=BEGIN - 2 * DAYS_30)
    found = set()
    for job in mine.filter(Exists(_again())).select_related("order"):
        same = JobLine.objects.filter(order__vin=job.order.vin, fault_system=job.fault_system)
        closed = job.order.delivered_at
        window = same.filter(order__opened_at__range=(closed, closed + DAYS_30)).exclude(order=job.order_id)
        visits = window.select_related("order")
        found |= {visit.order_id for visit in visits if _blamed(visit, same) == person}
    return len(found)


def _blamed(visit: JobLine, same: Any) -> str | None:
    """Whose job was the one just before a visit, if the visit's first line was finished in the month."""
    first = same.filter(order=visit.order_id).order_by("line", "technician").first()
    if first.finished_at is None or not BEGIN <= first.finished_at < END:
        return None
    opened = visit.order.opened_at
    before = same.filter(order__delivered_at__range=(opened - DAYS_30, opened)).exclude(order=visit.order_id)
    order = ("-order__delivered_at", "-order__store", "-order__ro_no", "-share", "line", "technician")
    last = before.order_by(*order).first()
    return last.technician if last else None


def _attendance(person: str) -> tuple[int, int]:
    months = Attendance.objects.filter(employee=person, month=str(MONTH))
    return _sum(months, F("attended")), _sum(months, F("scheduled"))
