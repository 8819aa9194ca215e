"""The group as it lives from month to month, and the evidence that each month leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from fairwrench.samples import customers, offices, ratings, tables
from fairwrench.samples.causes import Habit
from fairwrench.samples.exports import Row
from fairwrench.samples.orders import Order
from fairwrench.samples.people import Group, make_group
from fairwrench.samples.presence import Presence, presences
from fairwrench.samples.vehicles import make_fleet
from fairwrench.samples.workshop import Shop, crew_on, run_day
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.scheme import Scheme

#: how often a workshop manager calls a comeback rework
HONEST = 0.8


@dataclass(slots=True)
class World:
    """Everything that goes on from one month to the next. `late_*` are rows that will be re-sent when they are closed."""

    seed: int
    group: Group
    shops: dict[str, Shop]
    scheme: Scheme | None
    habits: dict[str, Habit]
    honest: dict[str, float] = field(default_factory=dict)
    shy: frozenset[str] = frozenset()
    orders: dict[str, list[Order]] = field(default_factory=dict)
    open_orders: dict[str, list[Order]] = field(default_factory=dict)
    open_surveys: dict[str, list[Row]] = field(default_factory=dict)
    open_complaints: dict[str, list[Row]] = field(default_factory=dict)


def make_world(seed: int, group: Group, orders: int, first: Month, scheme: Scheme | None) -> World:
    """The world before its first month."""
    shops = {}
    for store in group.stores:
        random = Random(f"{seed}/{store.name}/fleet")
        keepers = [p.employee_id for p in group.holders("service_advisor", store.name, first.first)]
        fleet = make_fleet(random, max(60, round(orders * 3.1)), store.number, first.first, keepers)
        shops[store.name] = Shop(store, fleet, orders, random)
    return World(seed, group, shops, scheme, ratings.habits_of(group))


def live(world: World, month: Month) -> dict[tuple[str, str | None], list[Row]]:
    """Let a month happen; returns what is known at its end: (source, store or None for the group) → rows."""
    there = presences(world.group, month, world.seed)
    found: dict[tuple[str, str | None], list[Row]] = {}
    everywhere: list[Order] = []
    for name, shop in world.shops.items():
        service = _service(world, name, month)
        due = customers.remind(_random(world, month, name, "remind"), shop.fleet, month, service, name)
        opened = _work(world, shop, month, there)
        everywhere += opened
        customers.done(due, {car.vin: car for car in shop.fleet}, month)
        found |= _store_rows(world, name, month, opened, service)
        found.setdefault(("maintenance_due", None), []).extend(due)
        found.setdefault(("vehicles_in_care", None), []).extend(customers.in_care(shop.fleet, month, name))
    found["attendance", None] = offices.attendance(there, month)
    found["payroll", None] = offices.payroll(world.group, month, everywhere, world.seed)
    if world.scheme:
        found["ratings", None] = ratings.ratings(world.group, month, world.scheme, world.habits, world.seed)
    return found


def _random(world: World, month: Month, store: str, what: str) -> Random:
    return Random(f"{world.seed}/{month}/{store}/{what}")


def _work(world: World, shop: Shop, month: Month, there: Mapping[str, Presence]) -> list[Order]:
    """Every day of the workshop."""
    shop.random = _random(world, month, shop.store.name, "workshop")
    if month.month == 1:
        shop.serial = 0
    honest = world.honest.get(shop.store.name, HONEST)
    days = [month.first + timedelta(days=step) for step in range(month.days)]
    return [
        order for day in days for order in run_day(shop, day, crew_on(world.group, shop.store.name, day, there, honest))
    ]


def _service(world: World, store: str, month: Month) -> customers.Service:
    clerks = [p for p, a in world.group.working(month) if a.store == store and a.position == "customer_service_clerk"]
    managers = [p for p, a in world.group.working(month) if a.store == store and a.position == "customer_service_manager"]
    return customers.Service(
        clerks=[(p.employee_id, p.traits(month)) for p in clerks],
        manager=managers[0].employee_id if managers else None,
        traits={p.employee_id: p.traits(month) for p in world.group.people},
    )


def _store_rows(
    world: World, store: str, month: Month, opened: list[Order], service: customers.Service
) -> dict[tuple[str, str | None], list[Row]]:
    """What a store's system exports at the end of the month: new rows, and older ones that changed since."""
    cutoff = customers.end_of(month)
    shown = [*world.open_orders.get(store, []), *opened]
    world.open_orders[store] = [order for order in shown if order.settled >= cutoff]
    begin = customers.end_of(month.plus(-1))
    delivered = [order for order in shown if begin <= order.delivered < cutoff]
    asked = customers.surveys(_random(world, month, store, "surveys"), delivered, service, world.shy)
    said = customers.complaints(_random(world, month, store, "complaints"), delivered, service, f"TS{month.year % 100}{month.month:02d}")
    return {
        ("repair_orders", store): tables.order_rows(shown, cutoff),
        ("job_lines", store): tables.job_rows(shown, cutoff),
        ("surveys", store): _survey_rows(world, store, month, asked),
        ("complaints", store): _complaint_rows(world, store, cutoff, said),
        ("appointments", store): customers.appointments(
            _random(world, month, store, "appointments"), opened, f"YY{month.year % 100}{month.month:02d}", service.traits
        ),
    }


def _survey_rows(world: World, store: str, month: Month, new: list[Row]) -> list[Row]:
    """Surveys due by the end of the month; those asked later, or due later, come (again) with the next export."""
    last = month.last
    waiting = [*world.open_surveys.get(store, []), *new]
    world.open_surveys[store] = [row for row in waiting if row["asked_on"] > last or row["due_on"] > last]
    return [customers.survey_view(row, last) for row in waiting if row["due_on"] <= last]


def _complaint_rows(world: World, store: str, cutoff: int, new: list[Row]) -> list[Row]:
    waiting = [*world.open_complaints.get(store, []), *new]
    world.open_complaints[store] = [row for row in waiting if row["received_at"] >= cutoff or row["closed_at"] >= cutoff]
    return [customers.complaint_view(row, cutoff) for row in waiting if row["received_at"] < cutoff]


def group_for(seed: int, stores: int, people: int, orders: int, first: Month) -> Group:
    """The group before anything was planted in it."""
    return make_group(Random(f"{seed}/group"), stores=stores, people=people, orders=orders, first=first)


def day_in(month: Month, day: int) -> date:
    """A day of a month."""
    return month.first + timedelta(days=day - 1)
