"""The group as it lives from month to month, and the evidence that each month leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from fairwrench.samples import tables, teams
from fairwrench.samples.causes import accounts, colleagues, customers, offices, parts, ratings, sales
from fairwrench.samples.causes.arrivals import Shop
from fairwrench.samples.causes.causes import Habit, Traits
from fairwrench.samples.causes.people import Group
from fairwrench.samples.causes.presence import Presence, presences
from fairwrench.samples.causes.workshop import crew_on, run_day
from fairwrench.samples.exports import Row
from fairwrench.samples.orders import Order
from fairwrench.samples.vehicles import make_fleet
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme

#: how often a workshop manager calls a comeback rework
HONEST = 0.8
#: (source, store or None for the whole group) → rows
Evidence = dict[tuple[str, str | None], list[Row]]


@dataclass(slots=True)
class Branch:
    """One store as it goes on from month to month; `open_*` is what will be sent again once it is closed."""

    shop: Shop
    room: sales.Showroom
    shelves: list[parts.Part]
    open_orders: list[Order] = field(default_factory=list)
    open_surveys: list[Row] = field(default_factory=list)
    open_complaints: list[Row] = field(default_factory=list)
    open_bills: list[accounts.Bill] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """The whole group. `honest`: store → share of comebacks that its manager calls rework; `shy`: (advisor, month) →
    how many of the advisor's customers will be called."""

    seed: int
    group: Group
    scheme: Scheme
    demand: int
    first: Month
    branches: dict[str, Branch]
    habits: dict[str, Habit]
    honest: dict[str, float] = field(default_factory=dict)
    shy: dict[tuple[str, Month], int] = field(default_factory=dict)

    def random(self, *words: object) -> Random:
        """A stream of chances of its own, so that one part of the world does not disturb another."""
        return Random("/".join(map(str, (self.seed, *words))))


def make_world(seed: int, group: Group, orders: int, first: Month, scheme: Scheme) -> World:
    """The world before its first month."""
    branches = {}
    for store in group.stores:
        random = Random(f"{seed}/{store.name}/fleet")
        keepers = [p.employee_id for p in group.holders("service_advisor", store.name, first.first)]
        fleet = make_fleet(random, max(60, round(orders * 4.6)), store.number, first.first, keepers)
        shelves = parts.make_parts(Random(f"{seed}/{store.name}/parts"))
        branches[store.name] = Branch(Shop(store, fleet, orders, random), sales.Showroom(store.name), shelves)
    return World(seed, group, scheme, orders, first, branches, ratings.habits_of(group))


def live(world: World, month: Month) -> Evidence:
    """Let a month happen; returns what is known at its end."""
    there = presences(world.group, month, world.seed)
    found: Evidence = {}
    everywhere: list[Order] = []
    for name in world.branches:
        rows, opened = _live_in(world, name, month, there)
        everywhere += opened
        for (source, store), some in rows.items():
            found.setdefault((source, store), []).extend(some)
    group, scheme, seed = world.group, world.scheme, world.seed
    found["attendance", None] = offices.attendance(there, month)
    found["leave", None] = offices.leave(there, month, seed)
    found["training", None] = offices.training(group, month, seed)
    found["payroll", None] = offices.payroll(group, month, everywhere, seed)
    found["targets", None] = accounts.targets(group, month, scheme, world.demand)
    found["ratings", None] = ratings.ratings(group, month, scheme, world.habits, seed)
    found["internal_feedback", None] = colleagues.feedback(group, month, scheme, seed)
    found["employee_survey", None] = colleagues.employee_survey(group, month, scheme, seed)
    found["team_shares", None] = teams.team_shares(group, month)
    found["tickets", None] = colleagues.tickets(group, month, scheme, seed)
    found["factory_scores", None] = scores = offices.factory_scores(group, month, seed)
    found["rebates", None] = offices.rebates(scores, month)
    found["submissions", None] = colleagues.submissions(group, month, scheme, seed)
    return found


def _live_in(world: World, store: str, month: Month, there: Mapping[str, Presence]) -> tuple[Evidence, list[Order]]:
    """One store's month."""
    branch = world.branches[store]
    service = _service(world, store, month)
    due = customers.remind(world.random(month, store, "remind"), branch.shop.fleet, month, service, store)
    opened = _work(world, branch.shop, month, there)
    customers.done(due, {car.vin: car for car in branch.shop.fleet}, month)
    sold = sales.sell(world.random(month, store, "sales"), branch.room, _sellers(world, store, month, there), month)
    shown = [*branch.open_orders, *opened]
    cutoff = customers.end_of(month)
    # Not settled yet at the export: such an order comes again next month, by then with its amounts.
    branch.open_orders = [order for order in shown if order.settled >= cutoff]
    found: Evidence = {("maintenance_due", None): due}
    found["vehicles_in_care", None] = customers.in_care(branch.shop.fleet, month, store)
    found["store_month", None] = [_accounts(world, store, month, shown, sold["sales_orders"])]
    found["repair_orders", store] = tables.order_rows(shown, cutoff)
    members = teams.members_of(world.group, store, month)
    found["job_lines", store] = teams.booked_on_team(tables.job_rows(shown, cutoff), shown, members)
    found |= {(source, store): rows for source, rows in sold.items()}
    if month == world.first:
        stock = sales.earlier_leads(
            world.random(store, "earlier"), branch.room, _sellers(world, store, month, there), month
        )
        found["sales_leads", store] = [*stock, *found["sales_leads", store]]
    found |= _customer_rows(world, store, month, service, shown=shown, opened=opened, sold=sold["sales_orders"])
    found |= _parts_rows(world, store, month, shown, there)
    found |= _side_rows(world, store, month, shown, sold=sold["sales_orders"])
    found |= _beside_cars(world, store, month, there, sold=sold["sales_orders"])
    return found, opened


def _work(world: World, shop: Shop, month: Month, there: Mapping[str, Presence]) -> list[Order]:
    """Every day of the workshop."""
    # A stream a month and store: a change in one month's rules leaves the chances of all others as they are.
    shop.random = world.random(month, shop.store.name, "workshop")
    shop.serial = 0
    honest = world.honest.get(shop.store.name, HONEST)
    days = [month.first + timedelta(days=step) for step in range(month.days)]
    return [
        order for day in days for order in run_day(shop, day, crew_on(world.group, shop.store.name, day, there, honest))
    ]


def _side_rows(world: World, store: str, month: Month, shown: list[Order], *, sold: list[Row]) -> Evidence:
    """What is sold beside an order, what its paint took, and what came in of the orders on account."""
    branch, word = world.branches[store], f"{month.year % 100}{month.month:02d}"
    begin, cutoff = customers.end_of(month.plus(-1)), customers.end_of(month)
    finished = [order for order in shown if begin <= order.finished < cutoff]
    delivered = [order for order in shown if begin <= order.delivered < cutoff]
    settled = [order for order in shown if begin <= order.settled < cutoff]
    traits = {person.employee_id: person.traits(month) for person in world.group.people}
    waiting = [*branch.open_bills, *accounts.bills(world.random(month, store, "bills"), settled)]
    branch.open_bills = [bill for bill in waiting if bill.day > month.last]
    paid = [bill for bill in waiting if bill.day <= month.last]
    care, paint = world.random(month, store, "care"), world.random(month, store, "paint")
    written = sales.renewals(world.random(month, store, "renewals"), delivered, sold, traits, serial=f"BD{word}")
    return {
        ("care_products", store): parts.care_products(care, finished, traits, f"YH{word}", store),
        ("paint_materials", store): parts.paint_materials(paint, finished, traits, f"LL{word}", store),
        ("renewals", store): written,
        ("collections", store): accounts.collections(paid, f"HK{word}"),
    }


def _beside_cars(world: World, store: str, month: Month, there: Mapping[str, Presence], *, sold: list[Row]) -> Evidence:
    """Side business and referrals between the workshop's counter and the showroom, kept in lists of the group."""
    sellers = _sellers(world, store, month, there)
    advisors = _sellers(world, store, month, there, positions=("service_advisor",))
    word = f"{world.branches[store].shop.store.number + 1}{month.year % 100}{month.month:02d}"
    deals, sent = world.random(month, store, "side business"), world.random(month, store, "referrals")
    return {
        ("side_business", None): sales.side_business(deals, store, sold, sellers, advisors, serial=f"YS{word}"),
        ("referrals", None): sales.referrals(sent, store, advisors, sellers, month.last, serial=f"ZJ{word}"),
    }


def _in_store(world: World, store: str, month: Month, position: str) -> list[tuple[str, Traits]]:
    found = [p for p, a in world.group.working(month) if a.store == store and a.position == position]
    return [(p.employee_id, p.traits(month)) for p in found]


def _service(world: World, store: str, month: Month) -> customers.Service:
    managers = _in_store(world, store, month, "customer_service_manager")
    return customers.Service(
        clerks=_in_store(world, store, month, "customer_service_clerk") or managers,
        manager=managers[0][0] if managers else None,
        traits={p.employee_id: p.traits(month) for p in world.group.people},
    )


def _sellers(
    world: World,
    store: str,
    month: Month,
    there: Mapping[str, Presence],
    positions: tuple[str, ...] = ("salesperson", "key_account_manager"),
) -> list[sales.Seller]:
    found = []
    for person, post in world.group.working(month):
        if post.store == store and post.position in positions:
            days = sorted(there[person.employee_id].there)
            fleet = post.position == "key_account_manager"
            found.append(sales.Seller(person.employee_id, person.traits(month), days, fleet))
    return found


def _accounts(world: World, store: str, month: Month, shown: list[Order], sold: list[Row]) -> Row:
    begin, end = customers.end_of(month.plus(-1)), customers.end_of(month)
    settled = [order for order in shown if begin <= order.settled < end]
    where = world.branches[store].shop.store
    return accounts.store_month(
        world.random(month, store, "accounts"),
        world.group,
        where,
        month,
        orders=settled,
        sold=sold,
        demand=world.demand,
    )


def _customer_rows(
    world: World,
    store: str,
    month: Month,
    service: customers.Service,
    *,
    shown: list[Order],
    opened: list[Order],
    sold: list[Row],
) -> Evidence:
    branch, word = world.branches[store], f"{month.year % 100}{month.month:02d}"
    begin, cutoff = customers.end_of(month.plus(-1)), customers.end_of(month)
    delivered = [order for order in shown if begin <= order.delivered < cutoff]
    asked = customers.surveys(world.random(month, store, "surveys"), delivered, service, world.shy)
    asked += sales.follow_ups(world.random(month, store, "follow-ups"), sold, service.clerks, service.traits)
    said = customers.complaints(world.random(month, store, "complaints"), delivered, service, f"TS{word}")
    booked = customers.appointments(world.random(month, store, "booked"), opened, f"YY{word}", service.traits)
    return {
        ("surveys", store): _survey_rows(branch, month, asked),
        ("complaints", store): _complaint_rows(branch, cutoff, said),
        ("appointments", store): booked,
    }


def _survey_rows(branch: Branch, month: Month, new: list[Row]) -> list[Row]:
    """Surveys due by the end of the month; those asked later, or due later, come (again) with the next export."""
    last = month.last
    waiting = [*branch.open_surveys, *new]
    branch.open_surveys = [row for row in waiting if row["asked_on"] > last or row["due_on"] > last]
    return [customers.survey_view(row, last) for row in waiting if row["due_on"] <= last]


def _complaint_rows(branch: Branch, cutoff: int, new: list[Row]) -> list[Row]:
    """Complaints received by the end of the month, as they stand some days later, when they are handed in."""
    later = cutoff + customers.HANDED_IN
    waiting = [*branch.open_complaints, *new]
    branch.open_complaints = [row for row in waiting if row["received_at"] >= cutoff or row["closed_at"] >= later]
    return [customers.complaint_view(row, later) for row in waiting if row["received_at"] < cutoff]


def _parts_rows(world: World, store: str, month: Month, shown: list[Order], there: Mapping[str, Presence]) -> Evidence:
    branch = world.branches[store]
    begin, cutoff = customers.end_of(month.plus(-1)), customers.end_of(month)
    finished = [order for order in shown if begin <= order.finished < cutoff]
    word = f"{month.year % 100}{month.month:02d}"
    causes = branch.shop.store.causes
    stock = parts.stock(world.random(month, store, "stock"), branch.shelves, finished, causes, month=month, store=store)
    clerks = _in_store(world, store, month, "warranty_clerk")
    sellers = _in_store(world, store, month, "accessories_promoter")
    days = [(seller, sorted(there[seller].there)) for seller, _ in sellers]
    able = [(seller, traits, open_) for (seller, traits), (_, open_) in zip(sellers, days, strict=True) if open_]
    return {
        ("parts_stock", store): stock,
        ("claims", store): parts.claims(world.random(month, store, "claims"), finished, clerks, month, f"SP{word}"),
        ("accessories", store): parts.accessories(world.random(month, store, "accessories"), able, f"JP{word}", store),
    }
