"""The showroom: prospects who come, are registered, drive, buy or are lost; orders, visits, what goes with a car."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes.causes import SEASONAL, Traits
from fairwrench.samples.exports import Row
from fairwrench.samples.hours import day_of
from fairwrench.samples.names import BRANDS, LOSS_CAUSES, REGIONS, SURNAMES
from fairwrench.samples.orders import Order
from fairwrench.settlement.calendar.deadlines import Month

LEAD_COLUMNS = [
    "lead_no", "store", "salesperson", "came_on", "registered", "level", "test_drive", "won_on", "lost_on",
    "loss_cause",
]  # fmt: skip
ORDER_COLUMNS = [
    "order_no", "store", "salesperson", "customer", "ordered_on", "delivered_on", "amount", "cost", "collected",
    "collected_on", "product", "region", "settlement_way", "sales_way",
]  # fmt: skip
RENEWAL_COLUMNS = ["policy_no", "store", "vin", "seller", "written_on", "kind", "premium", "income"]
DEAL_COLUMNS = ["deal_no", "store", "kind", "dealt_on", "amount", "income", "seller", "referred_by", "customer"]
REFERRAL_COLUMNS = [
    "referral_no", "store", "kind", "customer", "referred_on", "referred_by", "received_by", "won_on", "income",
]  # fmt: skip
VISIT_COLUMNS = ["visit_no", "store", "salesperson", "customer", "visited_on", "minutes", "cost", "order_no"]
#: prospects that come to a salesperson in a month, orders of a salesperson and of the key-account manager, their prices
COMING, SOLD, FLEET_SOLD = 26, 8.0, 4.0
PRICE, FLEET_PRICE = 15_200_000, 41_000_000


@dataclass(slots=True)
class Showroom:
    """One store's showroom, and how far its numbers have been counted."""

    store: str
    serial: int = 0

    def number(self, word: str, month: Month) -> str:
        """The next number of a document."""
        self.serial += 1
        return f"{word}{month.year % 100}{month.month:02d}{self.serial:05d}"


@dataclass(frozen=True, slots=True)
class Seller:
    """Someone who sells in a month: days there, traits, and whether fleets are the customers."""

    employee_id: str
    traits: Traits
    days: Sequence[date]
    fleet: bool


def sell(random: Random, room: Showroom, sellers: Sequence[Seller], month: Month) -> dict[str, list[Row]]:
    """A month of the showroom. Whoever has not decided by its end stays on file as a prospect."""
    found: dict[str, list[Row]] = {"sales_leads": [], "sales_orders": [], "visits": []}
    for seller in sellers:
        if not seller.days:
            continue
        leads = _come(random, room, seller, month)
        orders = _close(random, room, seller, month, leads)
        found["sales_leads"] += leads
        found["sales_orders"] += orders
        found["visits"] += _visits(random, room, seller, month, orders)
    return found


def earlier_leads(random: Random, room: Showroom, sellers: Sequence[Seller], first: Month) -> list[Row]:
    """The prospects on file when the books begin: those of the twenty months before `first` who have not decided."""
    rows = []
    for seller in sellers:
        for back in range(1, 21):
            month = first.plus(-back)
            days = [month.first + timedelta(days=step) for step in range(month.days)]
            came = _come(random, room, Seller(seller.employee_id, seller.traits, days, seller.fleet), month)
            rows += [lead for lead in came if random.random() < 0.19]
    return rows


def _come(random: Random, room: Showroom, seller: Seller, month: Month) -> list[Row]:
    share = len(seller.days) / 22
    mean = (10 if seller.fleet else COMING) * SEASONAL[month.month - 1] * (0.6 + 0.4 * seller.traits.effort)
    count = max(0, round(random.gauss(mean * min(1.0, share + 0.05), 2.5)))
    rows = []
    for day in sorted(random.choice(seller.days) for _ in range(count)):
        known = random.random() < 0.38 + 0.44 * seller.traits.care
        rows.append({
            "lead_no": room.number("KH", month),
            "store": room.store,
            "salesperson": seller.employee_id,
            "came_on": day,
            "registered": known,
            "level": random.choice("HABC") if known else None,
            "test_drive": random.random() < 0.12 + 0.50 * seller.traits.care,
        })  # fmt: skip
    return rows


def _close(random: Random, room: Showroom, seller: Seller, month: Month, leads: list[Row]) -> list[Row]:
    """Prospects of the month won, with their orders, and lost."""
    mean = (FLEET_SOLD if seller.fleet else SOLD) * seller.traits.effort * SEASONAL[month.month - 1]
    wanted = max(0, round(random.gauss(mean * min(1.0, len(seller.days) / 21), 0.8)))
    won = random.sample(leads, min(wanted, len(leads)))
    orders = [_order(random, room, seller, month, lead) for lead in won]
    rest = [lead for lead in leads if lead.get("won_on") is None]
    for lead in random.sample(rest, round(len(rest) * (0.55 + 0.15 * (1 - seller.traits.care)))):
        _lose(random, lead, random.choice([day for day in seller.days if day >= lead["came_on"]]))
    return orders


def _lose(random: Random, lead: Row, day: date) -> None:
    lead["lost_on"], lead["loss_cause"] = day, random.choice(LOSS_CAUSES)


def _order(random: Random, room: Showroom, seller: Seller, month: Month, lead: Row) -> Row:
    later = [day for day in seller.days if day >= lead["came_on"]]
    day = random.choice(later)
    lead["won_on"] = day
    price = (FLEET_PRICE if seller.fleet else PRICE) * random.randint(88, 113) // 100 // 10_000 * 10_000
    paid = price if random.random() < 0.56 + 0.37 * seller.traits.care else price * random.randint(30, 90) // 100
    return {
        "order_no": room.number("DD", month),
        "store": room.store,
        "salesperson": seller.employee_id,
        "customer": f"{random.choice(SURNAMES)}{random.choice(('先生', '女士'))}",
        "ordered_on": day,
        "delivered_on": min(day + timedelta(days=random.randint(1, 9)), month.last),
        "amount": price,
        "cost": price * random.randint(93, 96) // 100,
        "collected": paid,
        "collected_on": min(day + timedelta(days=random.randint(0, 9)), month.last),
        "product": random.choice(BRANDS),
        "region": random.choice(REGIONS),
        "settlement_way": random.choice(("全款", "贷款", "置换")),
        "sales_way": "大客户" if seller.fleet else random.choice(("展厅", "展厅", "电商", "外拓")),
    }


def _visits(random: Random, room: Showroom, seller: Seller, month: Month, orders: Sequence[Row]) -> list[Row]:
    """Calls on customers; some of them brought the order."""
    brought = list(orders[: len(orders) // 3])
    rows = []
    for day in sorted(random.choice(seller.days) for _ in range(round(10 * seller.traits.effort))):
        order = brought.pop()["order_no"] if brought else None
        rows.append({
            "visit_no": room.number("BF", month),
            "store": room.store,
            "salesperson": seller.employee_id,
            "customer": f"{random.choice(SURNAMES)}总",
            "visited_on": day,
            "minutes": random.randint(20, 90),
            "cost": random.randint(0, 12) * 1_000,
            "order_no": order,
        })  # fmt: skip
    return rows


def follow_ups(
    random: Random, orders: Sequence[Row], clerks: Sequence[tuple[str, Traits]], care: Mapping[str, Traits]
) -> list[Row]:
    """Follow-up calls on cars delivered; the salesperson stands in the advisor's column."""
    rows = []
    for order in orders:
        caller, _ = random.choice(clerks)
        reached = random.random() < 0.92
        happy = reached and random.random() < 0.86 + 0.13 * care[order["salesperson"]].care
        due = order["delivered_on"] + timedelta(days=3)
        row = {
            "survey_no": f"XS{order['order_no'][2:]}",
            "store": order["store"],
            "advisor": order["salesperson"],
            "due_on": due,
            "asked_on": due - timedelta(days=random.randint(0, 1)),
            "asked_by": caller,
            "reached": reached,
        }
        if reached:
            row |= {"satisfied": happy, "score": (random.randint(90, 100) if happy else random.randint(55, 75)) * 100}
        rows.append(row)
    return rows


def renewals(
    random: Random, delivered: Sequence[Order], sold: Sequence[Row], traits: Mapping[str, Traits], *, serial: str
) -> list[Row]:
    """Policies written: by advisors at the delivery of a car, by the salesperson with a new one."""
    rows: list[Row] = []
    for order in delivered:
        if order.kind != "internal" and random.random() < 0.07 * traits[order.advisor].effort:
            kind = "renewal" if random.random() < 0.8 else "transfer"
            rows.append(_policy(random, order.store, order.advisor, day_of(order.delivered), kind))
            rows[-1]["vin"] = order.vehicle.vin
    for sale in sold:
        if random.random() < 0.75:
            rows.append(_policy(random, sale["store"], sale["salesperson"], sale["delivered_on"], "new"))
    return _numbered(rows, "written_on", "policy_no", serial)


def _policy(random: Random, store: str, seller: str, day: date, kind: str) -> Row:
    premium = random.randint(2_800, 6_200) * 100
    told = {"store": store, "seller": seller, "written_on": day, "kind": kind}
    return {**told, "premium": premium, "income": premium * 12 // 100}


def side_business(
    random: Random,
    store: str,
    sold: Sequence[Row],
    sellers: Sequence[Seller],
    advisors: Sequence[Seller],
    *,
    serial: str,
) -> list[Row]:
    """Loans, cars taken in and longer warranties that come with an order; packages that advisors sell at the counter.

    Insurance is in the renewals, where who writes the policies is measured. Now and then an advisor had sent the buyer.
    """
    rows: list[Row] = []
    care = {seller.employee_id: seller.traits.care for seller in sellers}
    for order in sold:
        price, told = order["amount"], {"store": store, "customer": order["customer"]}
        told |= {"seller": order["salesperson"], "dealt_on": order["delivered_on"]}
        sent = random.choice(advisors) if advisors and random.random() < 0.15 else None
        told["referred_by"] = sent.employee_id if sent else None
        if order["settlement_way"] == "贷款":
            lent = price * 7 // 10
            rows.append({**told, "kind": "finance", "amount": lent, "income": lent * 25 // 1_000})
        elif order["settlement_way"] == "置换":
            taken = price * 45 // 100
            rows.append({**told, "kind": "used_car", "amount": taken, "income": taken * 3 // 100})
        if random.random() < 0.25 * care.get(order["salesperson"], 0.8):
            rows.append({**told, "kind": "extended_warranty", "amount": 498_000, "income": 180_000})
    for advisor in advisors:
        for _ in range(max(0, round(random.gauss(3 * advisor.traits.effort, 1))) if advisor.days else 0):
            rows.append({
                "store": store,
                "kind": "membership",
                "dealt_on": random.choice(advisor.days),
                "amount": 268_000,
                "income": 80_000,
                "seller": advisor.employee_id,
                "customer": f"{random.choice(SURNAMES)}{random.choice(('先生', '女士'))}",
            })  # fmt: skip
    return _numbered(rows, "dealt_on", "deal_no", serial)


def referrals(
    random: Random, store: str, advisors: Sequence[Seller], sellers: Sequence[Seller], last: date, *, serial: str
) -> list[Row]:
    """Customers whom advisors send to the showroom, and salespeople to the workshop: the more, the more they care."""
    rows: list[Row] = []
    for kind, senders, takers, chance, income in (
        ("car", advisors, sellers, 0.30, (380_000, 920_000)), ("service", sellers, advisors, 0.70, (30_000, 95_000)),
    ):  # fmt: skip
        for sender in senders:
            for _ in range(max(0, round(random.gauss(2.4 * sender.traits.care, 1))) if sender.days and takers else 0):
                day, won = random.choice(sender.days), random.random() < chance
                rows.append({
                    "store": store,
                    "kind": kind,
                    "customer": f"{random.choice(SURNAMES)}{random.choice(('先生', '女士'))}",
                    "referred_on": day,
                    "referred_by": sender.employee_id,
                    "received_by": random.choice(takers).employee_id,
                    "won_on": min(day + timedelta(days=random.randint(0, 12)), last) if won else None,
                    "income": random.randint(*income) if won else None,
                })  # fmt: skip
    return _numbered(rows, "referred_on", "referral_no", serial)


def _numbered(rows: list[Row], by: str, name: str, serial: str) -> list[Row]:
    """The rows in the order of their days, each with the next number."""
    rows.sort(key=lambda row: row[by])
    for number, row in enumerate(rows, 1):
        row[name] = f"{serial}{number:04d}"
    return rows
