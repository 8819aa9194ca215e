"""Parts in stock, warranty claims, accessories, care products and paint materials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes.causes import StoreCauses, Traits
from fairwrench.samples.exports import Row
from fairwrench.samples.hours import day_of
from fairwrench.samples.orders import Order
from fairwrench.settlement.calendar.deadlines import Month

STOCK_COLUMNS = [
    "store", "part_no", "month", "stock_value", "cost_of_sales", "demand_lines", "filled_lines", "aged_days", "genuine",
    "sales", "profit",
]  # fmt: skip
CLAIM_COLUMNS = ["claim_no", "store", "clerk", "ro_no", "submitted_on", "accepted", "amount", "paid"]
ACCESSORY_COLUMNS = ["sale_no", "store", "seller", "sold_on", "amount", "cost"]
CARE_COLUMNS = ["sale_no", "store", "ro_no", "seller", "technician", "sold_on", "product", "quantity", "amount", "cost"]
PAINT_COLUMNS = ["issue_no", "store", "ro_no", "taken_by", "issued_on", "material", "amount"]
PARTS = 80
#: how often the stock of a well-kept store turns in a year
TURNS = 4.5
#: what accessories cost and how often they are bought
_ACCESSORIES = ((28_000, 4), (68_000, 4), (128_000, 3), (260_000, 2), (480_000, 1))
#: care products with their price and cost, and what the paint of a panel costs on average, in fen
_CARE = (
    ("燃油系统清洗", 19_800, 6_200), ("空调系统杀菌", 16_800, 4_100), ("发动机内部清洗", 26_800, 9_300),
    ("制动系统保养", 15_800, 4_800),
)  # fmt: skip
_PANEL = 5_700


@dataclass(frozen=True, slots=True)
class Part:
    """One part number: its share of what the store uses, and what it is like."""

    number: str
    share: float
    genuine: bool
    aged: bool


def make_parts(random: Random) -> list[Part]:
    """What a store keeps on its shelves."""
    weights = [random.paretovariate(1.4) for _ in range(PARTS)]
    return [
        Part(
            number=f"{random.randint(10, 99)}{random.choice('ABCDEG')}{place:03d}{random.randint(100, 999)}",
            share=weight / sum(weights),
            genuine=random.random() < 0.86,
            aged=random.random() < 0.06,
        )
        for place, weight in enumerate(weights)
    ]


def stock(
    random: Random, parts: Sequence[Part], orders: Sequence[Order], causes: StoreCauses, *, month: Month, store: str
) -> list[Row]:
    """Every part at month end: what was used follows the orders, what lies there follows the buyers' plan."""
    used = sum(order.parts_cost for order in orders)
    lines = sum(len(order.jobs) for order in orders)
    place = {"store": store, "month": str(month)}
    return [place | _shelf(random, part, used, lines, causes.missing) for part in parts]


def _shelf(random: Random, part: Part, used: int, lines: int, missing: float) -> Row:
    cost = 0 if part.aged else round(used * part.share * random.uniform(0.8, 1.2))
    demand = 0 if part.aged else max(1, round(lines * part.share * random.uniform(0.7, 1.3)))
    short = sum(random.random() < missing for _ in range(demand))
    sales = round(cost * random.uniform(1.28, 1.42))
    return {
        "part_no": part.number,
        "stock_value": round(used * part.share * 12 / TURNS * random.uniform(0.9, 1.1)),
        "cost_of_sales": cost,
        "demand_lines": demand,
        "filled_lines": demand - short,
        "aged_days": random.randint(200, 500) if part.aged else random.randint(5, 150),
        "genuine": part.genuine,
        "sales": sales,
        "profit": sales - cost,
    }


def claims(
    random: Random, orders: Sequence[Order], clerks: Sequence[tuple[str, Traits]], month: Month, serial: str
) -> list[Row]:
    """Claims for the warranty orders finished in the month; a careful clerk has few turned down."""
    rows: list[Row] = []
    for order in orders:
        if order.kind != "warranty" or not clerks:
            continue
        clerk, traits = random.choice(clerks)
        amount = order.labour + order.parts
        accepted = random.random() < 0.88 + 0.115 * traits.care
        rows.append({
            "claim_no": f"{serial}{len(rows) + 1:03d}",
            "store": order.store,
            "clerk": clerk,
            "ro_no": order.ro_no,
            "submitted_on": min(day_of(order.finished) + timedelta(days=random.randint(0, 3)), month.last),
            "accepted": accepted,
            "amount": amount,
            "paid": round(amount * random.choice((1, 1, 1, 1, 0.95))) if accepted else 0,
        })  # fmt: skip
    return rows


def accessories(
    random: Random, sellers: Sequence[tuple[str, Traits, Sequence[date]]], serial: str, store: str
) -> list[Row]:
    """Sales of accessories by people on days of theirs: the more effort, the more sales; care keeps the margin."""
    rows: list[Row] = []
    for seller, traits, days in sellers:
        for _ in range(max(0, round(random.gauss(34 * traits.effort * min(1.0, len(days) / 21), 3)))):
            price = random.choices(*zip(*_ACCESSORIES, strict=True))[0] * random.randint(85, 115) // 100
            rows.append({
                "store": store,
                "seller": seller,
                "sold_on": random.choice(days),
                "amount": price,
                "cost": round(price * random.uniform(0.60, 0.74) * (1.06 - 0.08 * traits.care)),
            })  # fmt: skip
    return _numbered(rows, "sold_on", "sale_no", serial)


def care_products(
    random: Random, finished: Sequence[Order], traits: Mapping[str, Traits], serial: str, store: str
) -> list[Row]:
    """Care products sold with an order: careful advisors find the occasion, whoever mended the car applies them."""
    rows: list[Row] = []
    for order in finished:
        if order.kind in ("maintenance", "repair") and random.random() < 0.22 * traits[order.advisor].care:
            product, price, cost = random.choice(_CARE)
            rows.append({
                "store": store,
                "ro_no": order.ro_no,
                "seller": order.advisor,
                "technician": order.technician,
                "sold_on": day_of(order.finished),
                "product": product,
                "quantity": 100,
                "amount": price,
                "cost": cost,
            })  # fmt: skip
    return _numbered(rows, "sold_on", "sale_no", serial)


def paint_materials(
    random: Random, finished: Sequence[Order], traits: Mapping[str, Traits], serial: str, store: str
) -> list[Row]:
    """What painters take for each job: care saves paint."""
    rows: list[Row] = []
    for order in finished:
        for job in order.jobs:
            if job.panels:
                panel = _PANEL * random.uniform(0.85, 1.2) * (1.3 - 0.35 * traits[job.technician].care)
                rows.append({
                    "store": store,
                    "ro_no": order.ro_no,
                    "taken_by": job.technician,
                    "issued_on": day_of(order.finished),
                    "material": "色漆、清漆及辅料",
                    "amount": round(job.panels * job.share * panel / 100_000),
                })  # fmt: skip
    return _numbered(rows, "issued_on", "issue_no", serial)


def _numbered(rows: list[Row], day: str, column: str, serial: str) -> list[Row]:
    """In order of their days, counted through the month."""
    rows.sort(key=lambda row: row[day])
    for number, row in enumerate(rows, 1):
        row[column] = f"{serial}{number:04d}"
    return rows
