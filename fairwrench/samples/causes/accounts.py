"""The store's accounts of a month, and the targets that are broken down from its plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes.causes import SEASONAL
from fairwrench.samples.causes.people import Assignment, Group, Person, Store
from fairwrench.samples.causes.sales import FLEET_PRICE, FLEET_SOLD, PRICE, SOLD
from fairwrench.samples.exports import Row
from fairwrench.samples.hours import day_of
from fairwrench.samples.orders import Order
from fairwrench.samples.tables import ON_ACCOUNT
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme

STORE_COLUMNS = [
    "store", "month", "sales_gross", "service_gross", "parts_gross", "output", "operating_expense", "bays",
    "working_days", "bay_hours_available", "receivables", "sales", "registrations_in_area", "cars_sold",
]  # fmt: skip
COLLECTION_COLUMNS = [
    "receipt_no",
    "store",
    "ro_no",
    "advisor",
    "collected_on",
    "kind",
    "labour_amount",
    "parts_amount",
]
TARGET_COLUMNS = ["subject", "metric", "month", "value"]
#: what one order is planned to bring, in fen: labour of mechanics and of body work, all labour and parts, cost of parts
LABOUR, BODY_LABOUR, BILL, PARTS_SALES, PARTS_PROFIT = 26_900, 10_400, 123_000, 83_500, 21_400
#: the store's expense per planned order, in fen; its share of the cars registered in the area
EXPENSE, SHARE = 50_000, 0.11
#: what a promoter sells in a month, in fen; a salesperson's prospects that drive; a master's work to a technician's
ACCESSORIES, DRIVES, MASTER = 4_300_000, 12.6, 1.2
#: how many bills are never paid, and after how many days they are given up
_LOST, _GIVEN_UP = 0.05, 90
#: panels that an order is planned to bring, and the working days of a month
_PANELS, _DAYS = 0.12, 22


def store_month(
    random: Random,
    group: Group,
    store: Store,
    month: Month,
    *,
    orders: Sequence[Order],
    sold: Sequence[Row],
    demand: int,
) -> Row:
    """One store's figures from what was settled and sold."""
    planned = SOLD * _heads(group, store.name, month, _TEAMS["sellers"]) + FLEET_SOLD
    labour, parts = sum(o.labour for o in orders), sum(o.parts for o in orders)
    cars = len(sold)
    sales_gross = sum(row["amount"] - row["cost"] for row in sold)
    # From what is planned, not from what came: a weak month does not pull a bay down.
    bays = max(4, demand // 45)
    turnover = labour + parts + sum(row["amount"] for row in sold)
    return {
        "store": store.name,
        "month": str(month),
        "sales_gross": sales_gross,
        "service_gross": labour - sum(o.labour_cost for o in orders),
        "parts_gross": parts - sum(o.parts_cost for o in orders),
        "output": labour + parts,
        "operating_expense": round(demand * EXPENSE * store.causes.crowded * random.uniform(0.96, 1.04)),
        "bays": bays,
        "working_days": month.days,
        "bay_hours_available": bays * month.days * 8 * 100,
        "receivables": round(turnover * random.uniform(0.75, 1.1)),
        "sales": turnover,
        "registrations_in_area": round(planned * SEASONAL[month.month - 1] / SHARE * random.uniform(0.94, 1.06)),
        "cars_sold": cars,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bill:
    """An order on account: the day on which it is paid, or given up."""

    order: Order
    day: date
    lost: bool


def bills(random: Random, settled: Iterable[Order]) -> list[Bill]:
    """What becomes of the orders on account: most are paid within two months, some never."""
    found = []
    for order in settled:
        if order.settlement_way == ON_ACCOUNT:
            lost = random.random() < _LOST
            days = _GIVEN_UP if lost else random.randint(8, 55)
            found.append(Bill(order, day_of(order.settled) + timedelta(days=days), lost))
    return found


def collections(due: Iterable[Bill], serial: str) -> list[Row]:
    """One row a bill that was paid or given up."""
    ordered = sorted(due, key=lambda bill: (bill.day, bill.order.ro_no))
    return [
        {
            "receipt_no": f"{serial}{number:04d}",
            "store": bill.order.store,
            "ro_no": bill.order.ro_no,
            "advisor": bill.order.advisor,
            "collected_on": bill.day,
            "kind": "lost" if bill.lost else "collected",
            "labour_amount": bill.order.labour,
            "parts_amount": bill.order.parts,
        }
        for number, bill in enumerate(ordered, 1)
    ]


def targets(group: Group, month: Month, scheme: Scheme, demand: int) -> list[Row]:
    """A target for each person or store wherever a scorecard's curve asks for one that the scheme does not give."""
    wanted: dict[tuple[str, str], int] = {}
    for person, post in group.working(month):
        position = scheme.positions.get(post.position)
        card = scheme.scorecards.get(position.scorecard or "") if position else None
        for item in card.items if card else ():
            if item.metric and item.curve and item.curve.needs_target and item.target is None:
                subject = person.employee_id if item.of == "person" else post.store
                value = _value(group, person, post, month, demand, metric=item.metric, of=item.of)
                if value is not None:
                    # Several people of a store ask for the store's target: it is agreed once.
                    wanted[subject, item.metric] = value
    return [
        {"subject": subject, "metric": metric, "month": str(month), "value": value}
        for (subject, metric), value in sorted(wanted.items())
    ]


def _value(
    group: Group, person: Person, post: Assignment, month: Month, demand: int, *, metric: str, of: str
) -> int | None:
    """The planned value in thousandths, money in yuan; None for what nobody plans."""
    store = next(s for s in group.stores if s.name == post.store)
    season = SEASONAL[month.month - 1]
    orders = demand * store.causes.demand * (0.5 + 0.5 * season)
    heads = {name: _heads(group, post.store, month, kinds) for name, kinds in _TEAMS.items()}
    # Who came or left within the month is planned for the days in service.
    served = person.days(month, post) / month.days
    sales = season * (PRICE * SOLD * heads["sellers"] + FLEET_PRICE * FLEET_SOLD * heads["fleet"])
    seller = FLEET_PRICE * FLEET_SOLD if post.position == "key_account_manager" else PRICE * SOLD
    plans: Mapping[tuple[str, str], float] = {
        ("labour_output", "person"): orders * _labour_share(post.position, heads) * served,
        ("advisor_output", "person"): orders * BILL / heads["advisors"] * served,
        ("revenue_per_order", "person"): BILL,
        ("panels_per_day", "person"): 100 * orders * _PANELS / heads["body"] / _DAYS,
        ("output", "store"): orders * BILL,
        ("parts_sales", "store"): orders * PARTS_SALES,
        ("parts_profit", "store"): orders * PARTS_PROFIT,
        ("accessories_sales", "person"): ACCESSORIES * served,
        ("accessories_sales", "store"): ACCESSORIES * heads["promoters"],
        ("sales_amount", "person"): seller * season * served,
        ("sales_amount", "store"): sales,
        ("customers_won", "person"): FLEET_SOLD * 100 * season * served,
        ("test_drives", "person"): DRIVES * 100 * season * served,
        ("market_share", "store"): SHARE * 100,
        ("expense_ratio", "store"): 100 * demand * EXPENSE / (orders * BILL + sales),
    }
    plan = plans.get((metric, of))
    # Never zero: a target of nothing has no ratio, and a curve nothing to measure against.
    return None if plan is None else max(1, _round(plan / 100))


def _labour_share(position: str, heads: Mapping[str, float]) -> float:
    """What of an order's labour one head of a position is planned to bring."""
    if position in _TEAMS["body"]:
        return BODY_LABOUR / heads["body"]
    weight = MASTER if position in _TEAMS["masters"] else 1
    return LABOUR * weight / (heads["mechanics"] + MASTER * heads["masters"])


def _round(plan: float) -> int:
    """Thousandths of a plan, rounded as a manager would: large sums to whole hundreds."""
    return round(plan / 100) * 100_000 if plan >= 10_000 else round(plan * 1000)


_TEAMS: Mapping[str, tuple[str, ...]] = {
    "mechanics": ("technician",),
    "masters": ("master_technician",),
    "body": ("body_technician", "painter"),
    "advisors": ("service_advisor",),
    "promoters": ("accessories_promoter",),
    "sellers": ("salesperson",),
    "fleet": ("key_account_manager",),
}


def _heads(group: Group, store: str, month: Month, positions: Iterable[str]) -> float:
    """How many people hold these positions in a store, by days of the month; at least a half."""
    days = sum(
        person.days(month, post)
        for person in group.people
        for post in person.assignments
        if post.store == store and post.position in positions and person.days(month, post) > 0
    )
    return max(0.5, days / month.days)
