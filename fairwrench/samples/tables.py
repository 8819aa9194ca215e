"""What a dealer system shows of orders at the hour of an export: later facts are not in it yet."""

from __future__ import annotations

from collections.abc import Iterable

from fairwrench.samples.exports import Row
from fairwrench.samples.orders import Order

#: the way of settlement of a bill that is paid later
ON_ACCOUNT = "挂账"
ORDER_COLUMNS = [
    "ro_no", "store", "vin", "plate", "opened_at", "dispatched_at", "first_promised_at", "promised_at", "finished_at",
    "delivered_at", "settled_at", "advisor", "technician", "bay", "kind", "mileage_km", "labour_amount", "parts_amount",
    "labour_cost", "parts_cost", "booked", "inspected", "waiting_parts_seconds", "settlement_way", "on_account",
    "rework", "rework_cause", "judged_by", "first_ro_no",
]  # fmt: skip
JOB_COLUMNS = [
    "ro_no", "store", "line", "technician", "opened_at", "fault_system", "job", "standard_hours", "billed_hours",
    "clocked_hours", "share", "labour_amount", "internal", "claim", "panels", "finished_at",
]  # fmt: skip


def until(minute: int, cutoff: int) -> int | None:
    """A moment, if it has come by then."""
    return minute if minute < cutoff else None


def order_rows(orders: Iterable[Order], cutoff: int) -> list[Row]:
    """Rows of `repair_orders` as they stand at `cutoff` (a local minute)."""
    return [_order_row(order, cutoff) for order in orders]


def _order_row(order: Order, cutoff: int) -> Row:
    done = order.finished < cutoff
    return {
        "ro_no": order.ro_no,
        "store": order.store,
        "vin": order.vehicle.vin,
        "plate": order.vehicle.plate,
        "opened_at": order.opened,
        "dispatched_at": until(order.dispatched, cutoff),
        "first_promised_at": order.first_promised,
        # The promise is moved when the order turns out late, which nobody knows before.
        "promised_at": order.promised if done else order.first_promised,
        "finished_at": until(order.finished, cutoff),
        "delivered_at": until(order.delivered, cutoff),
        "settled_at": until(order.settled, cutoff),
        "advisor": order.advisor,
        "technician": order.technician,
        "bay": order.bay,
        "kind": order.kind,
        "mileage_km": order.mileage,
        "labour_amount": order.labour if done else None,
        "parts_amount": order.parts if done else None,
        "labour_cost": order.labour_cost if done else None,
        "parts_cost": order.parts_cost if done else None,
        "booked": order.booked,
        "inspected": order.inspected if done else None,
        "waiting_parts_seconds": order.waited_minutes * 60 if done else None,
        "settlement_way": order.settlement_way if order.settled < cutoff else None,
        "on_account": order.settlement_way == ON_ACCOUNT if order.settled < cutoff else None,
        "rework": order.rework if order.judged_by else False,
        "rework_cause": order.rework_cause,
        "judged_by": order.judged_by,
        "first_ro_no": order.first_ro_no,
    }


def job_rows(orders: Iterable[Order], cutoff: int) -> list[Row]:
    """Rows of `job_lines` as they stand at `cutoff`; hours and labour are known when the job is finished."""
    return [
        {
            "ro_no": order.ro_no,
            "store": order.store,
            "line": job.line,
            "technician": job.technician,
            "opened_at": order.opened,
            "fault_system": job.system,
            "job": job.name,
            "standard_hours": job.standard,
            "billed_hours": job.billed if job.finished < cutoff else None,
            "clocked_hours": job.clocked if job.finished < cutoff else None,
            "share": job.share,
            "labour_amount": job.labour if job.finished < cutoff else None,
            "internal": job.internal,
            "claim": job.claim,
            "panels": job.panels or None,
            "finished_at": until(job.finished, cutoff),
        }
        for order in orders
        for job in order.jobs
    ]
