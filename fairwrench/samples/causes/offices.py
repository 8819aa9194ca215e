"""What the offices know: of everybody attendance, training and pay, of a store what the manufacturer says and pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from random import Random

from fairwrench.samples.causes.people import Group
from fairwrench.samples.causes.presence import HOURS_A_DAY, Presence
from fairwrench.samples.exports import Row
from fairwrench.samples.hours import minute_of
from fairwrench.samples.names import COURSES
from fairwrench.samples.orders import Order
from fairwrench.settlement.calendar.deadlines import Month

ATTENDANCE_COLUMNS = [
    "employee_id", "month", "scheduled_hours", "attended_hours", "late_times", "absent_days", "appearance_faults",
]  # fmt: skip
LEAVE_COLUMNS = ["employee_id", "month", "kind", "begins_at", "ends_at", "hours"]
TRAINING_COLUMNS = ["employee_id", "course", "held_on", "planned", "attended", "passed", "exam_score"]
PAYROLL_COLUMNS = ["employee_id", "month", "commission", "other_deductions", "wage_paid"]
SCORE_COLUMNS = [
    "store", "month", "kind", "score", "full_score", "regional_average", "rank", "scored_period", "responsible",
]  # fmt: skip
REBATE_COLUMNS = [
    "store", "month", "item", "kind", "amount_due", "amount_confirmed", "amount_deducted", "reason", "responsible",
]  # fmt: skip
#: commission in fen of an hour billed; ten-thousandths of what an advisor's orders bring
_HOUR, _OUTPUT = 2_600, 220
#: kinds of leave and how often they are taken; how many people work over in a month
_LEAVE = (("annual", 5), ("sick", 3), ("personal", 2), ("time_off", 1), ("marriage", 0.2))
_OVERTIME = 0.15
#: a usual month's commission of other positions on commission, in fen
_FLAT = {
    "warranty_clerk": 240_000, "parts_clerk": 210_000, "archivist": 150_000, "accessories_promoter": 230_000,
    "decorator": 260_000, "salesperson": 380_000, "accessories_supervisor": 300_000, "tool_keeper": 120_000,
}  # fmt: skip
#: what the manufacturer scores: kind, full score, its mean in the region in thousandths of it, whose care makes it, who
#: answers for it
_SCORED = (
    ("csi", 1_000, 924, ("service_advisor",), "售后部"),
    ("ssi", 1_000, 931, ("salesperson",), "销售部"),
    ("mystery_shopper", 100, 886, ("service_advisor", "salesperson"), "前台"),
    ("business_policy", 100, 928, ("service_director", "sales_director"), "总经理"),
    ("warranty_audit", 100, 942, ("warranty_clerk",), "索赔员"),
)
#: of how many dealers of the region a store is one
_DEALERS = 38
#: rebates in fen a month: item, kind, what is due, and the score that it hangs on
_REBATES = (
    ("售后满意度返利", "satisfaction", 3_000_000, "csi"), ("销售满意度返利", "satisfaction", 3_000_000, "ssi"),
    ("商务政策返利", "business_policy", 8_000_000, "business_policy"),
)  # fmt: skip


def attendance(there: Mapping[str, Presence], month: Month) -> list[Row]:
    """One row a person."""
    return [
        {
            "employee_id": person,
            "month": str(month),
            "scheduled_hours": len(one.duty) * HOURS_A_DAY * 100,
            "attended_hours": max(0, len(one.there) * HOURS_A_DAY * 100 - one.late_times * 50),
            "late_times": one.late_times,
            "absent_days": one.absent_days * 100,
            "appearance_faults": one.appearance_faults,
        }
        for person, one in there.items()
    ]


def leave(there: Mapping[str, Presence], month: Month, seed: int) -> list[Row]:
    """Days missed with leave, one row each, and evenings worked over, which earn time off; who misses days without
    leave has none."""
    rows: list[Row] = []
    for person, one in there.items():
        random = Random(f"{seed}/{month}/{person}/leave")
        told = {"employee_id": person, "month": str(month)}
        for day in sorted(one.missed) if not one.absent_days else ():
            kind = random.choices(*zip(*_LEAVE, strict=True))[0]
            begins, ends = minute_of(day, 8 * 60 + 30), minute_of(day, 17 * 60 + 30)
            rows.append({**told, "kind": kind, "begins_at": begins, "ends_at": ends, "hours": HOURS_A_DAY * 100})
        if one.there and random.random() < _OVERTIME:
            day, hours = random.choice(sorted(one.there)), random.randint(1, 3)
            begins = minute_of(day, 18 * 60)
            ends = begins + hours * 60
            rows.append({**told, "kind": "overtime", "begins_at": begins, "ends_at": ends, "hours": hours * 100})
    return rows


def payroll(group: Group, month: Month, orders: Sequence[Order], seed: int) -> list[Row]:
    """Commission earned in the month, and deductions."""
    hours: dict[str, int] = {}
    sold: dict[str, int] = {}
    for order in orders:
        sold[order.advisor] = sold.get(order.advisor, 0) + order.labour + order.parts
        for job in order.jobs:
            hours[job.technician] = hours.get(job.technician, 0) + job.billed * job.share // 1000
    rows = []
    for person, post in group.working(month):
        random = Random(f"{seed}/{month}/{person.employee_id}/pay")
        effort = person.traits(month).effort
        earned = hours.get(person.employee_id, 0) * _HOUR // 100 + sold.get(person.employee_id, 0) * _OUTPUT // 10_000
        flat = round(_FLAT.get(post.position, 0) * effort * random.uniform(0.92, 1.08))
        rows.append({
            "employee_id": person.employee_id,
            "month": str(month),
            "commission": earned + flat,
            "other_deductions": random.choice((0, 0, 0, 0, 0, 0, 0, 5_000, 10_000)),
            "wage_paid": None,
        })  # fmt: skip
    return rows


def training(group: Group, month: Month, seed: int) -> list[Row]:
    """Two courses a month for everybody: attended by the punctual, passed by those who study."""
    rows = []
    for person, post in group.working(month):
        random = Random(f"{seed}/{month}/{person.employee_id}/training")
        traits = person.traits(month)
        for turn in range(2):
            course = COURSES[(month.month * 2 + turn + len(post.department)) % len(COURSES)]
            held = month.first + timedelta(days=8 + 11 * turn)
            if person.at(held) is None:
                continue
            came = random.random() < 0.80 + 0.20 * traits.punctual
            passed = came and random.random() < 0.40 + 0.56 * traits.study
            mark = random.randint(78, 99) if passed else random.randint(35, 59)
            rows.append({
                "employee_id": person.employee_id,
                "course": f"{course}({month})",
                "held_on": held,
                "planned": True,
                "attended": came,
                "passed": passed if came else None,
                "exam_score": mark * 100 if came else None,
            })  # fmt: skip
    return rows


def factory_scores(group: Group, month: Month, seed: int) -> list[Row]:
    """What the manufacturer says of each store: the care of those whom its callers and shoppers meet."""
    rows: list[Row] = []
    for store in group.stores:
        random = Random(f"{seed}/{month}/{store.name}/factory")
        for kind, full, mean, positions, responsible in _SCORED:
            care = [
                person.traits(month).care
                for person, post in group.working(month)
                if post.store == store.name and post.position in positions
            ]
            # A store that does without the position is as the region is.
            above = (sum(care) / len(care) - 0.80) * 0.30 if care else 0.0
            part = min(0.995, max(0.60, mean / 1_000 + above + random.gauss(0, 0.008)))
            rank = round(_DEALERS / 2 - (part - mean / 1_000) * 400)
            rows.append({
                "store": store.name,
                "month": str(month),
                "kind": kind,
                "score": round(part * full * 10) * 10,
                "full_score": full * 100,
                "regional_average": mean * full // 10,
                "rank": min(_DEALERS, max(1, rank)),
                "scored_period": str(month),
                "responsible": responsible,
            })  # fmt: skip
    return rows


def rebates(scores: Iterable[Row], month: Month) -> list[Row]:
    """What the manufacturer pays for these scores: all of it in line with the region, less below; parts come later."""
    rows: list[Row] = []
    by_store: dict[str, dict[str, Row]] = {}
    for score in scores:
        by_store.setdefault(score["store"], {})[score["kind"]] = score
    for store, told in by_store.items():
        told_of = {"store": store, "month": str(month)}
        for item, kind, due, hangs_on in _REBATES:
            score = told[hangs_on]
            lost = 0 if score["score"] >= score["regional_average"] else due * 3 // 10
            rows.append({
                **told_of,
                **{"item": item, "kind": kind, "amount_due": due, "amount_confirmed": due - lost},
                **{"amount_deducted": lost, "reason": "低于区域均值" if lost else None},
                "responsible": score["responsible"] if lost else None,
            })  # fmt: skip
        # Counted up by the quarter: at the month's end nobody has confirmed it yet.
        rows.append({**told_of, "item": "备件采购返利", "kind": "parts", "amount_due": 4_200_000})
    return rows
