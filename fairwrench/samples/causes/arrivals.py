"""Which cars come on a day and why: maintenance that is due, faults that show, repairs that did not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from fairwrench.samples.causes.causes import SEASONAL, WEEKLY
from fairwrench.samples.causes.people import Store
from fairwrench.samples.hours import minute_of
from fairwrench.samples.names import BODY_JOBS
from fairwrench.samples.orders import Comeback
from fairwrench.samples.vehicles import LOST, Vehicle

#: kinds of visits other than maintenance and comebacks, with their shares
_KINDS, _SHARES = ("repair", "body", "warranty", "internal"), (0.50, 0.23, 0.17, 0.10)
#: share of the orders that maintenance brings
_MAINTENANCE = 0.50
#: a customer who was not reminded comes less surely; who does not come is due again so many days later
_UNREMINDED, _AGAIN = 0.72, 60
#: a car that was in the shop fewer days ago has no reason to come
_LATELY = 35


@dataclass(slots=True)
class Shop:
    """One store's workshop and what it carries from day to day. `demand`: orders of a mean month; `free`: when each
    technician can begin again, in local minutes."""

    store: Store
    fleet: list[Vehicle]
    demand: int
    random: Random
    free: dict[str, int] = field(default_factory=dict)
    comebacks: list[Comeback] = field(default_factory=list)
    serial: int = 0

    def number(self, day: date) -> str:
        """The next order number, counted through the month."""
        self.serial += 1
        return f"RO{day:%y%m}{self.serial:05d}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A car at the gate: the local minute, the kind of order, and the repair that did not hold, if one brings it."""

    opened: int
    kind: str
    car: Vehicle
    back: Comeback | None = None


def arrivals(shop: Shop, day: date) -> list[Arrival]:
    """All cars that come on a day, in order of their arrival."""
    found = [*_returning(shop, day), *_due(shop, day), *_others(shop, day)]
    # The vehicle's number breaks ties, so that equal minutes give the same order on every run.
    return sorted(found, key=lambda one: (one.opened, one.car.vin))


def arrival_minute(random: Random, day: date) -> int:
    """When somebody comes on a day: in the morning, mostly."""
    return minute_of(day, 520 + int(random.betavariate(1.6, 2.6) * 480))


def _returning(shop: Shop, day: date) -> list[Arrival]:
    end = minute_of(day + timedelta(days=1))
    # All that are due by the end of the day: one that was due earlier is not lost.
    now = [one for one in shop.comebacks if one.minute < end]
    shop.comebacks = [one for one in shop.comebacks if one.minute >= end]
    # paint that did not hold goes to the body shop again
    return [Arrival(one.minute, "body" if one.fault in BODY_JOBS else "repair", one.vehicle, one) for one in now]


def _due(shop: Shop, day: date) -> list[Arrival]:
    """Cars whose maintenance is due: the loyal come about then, others let it pass."""
    found: list[Arrival] = []
    for car in shop.fleet:
        if car.due_on != day or car.loyal <= LOST:
            continue
        if shop.random.random() < car.loyal * (1 if car.reminded else _UNREMINDED):
            found.append(Arrival(arrival_minute(shop.random, day), "maintenance", car))
        else:
            car.due_on = day + timedelta(days=_AGAIN)
    return found


def _others(shop: Shop, day: date) -> list[Arrival]:
    usual = shop.demand * (1 - _MAINTENANCE) / 30 * shop.store.causes.demand
    mean = usual * SEASONAL[day.month - 1] * WEEKLY[day.weekday()]
    # Scattered as independent arrivals are: by the root of their mean.
    count = max(0, round(shop.random.gauss(mean, mean**0.5)))
    found: list[Arrival] = []
    for kind in shop.random.choices(_KINDS, _SHARES, k=count):
        car = _any_car(shop, day)
        found.append(Arrival(arrival_minute(shop.random, day), kind, car))
        car.last_visit_on = day
    return found


def _any_car(shop: Shop, day: date) -> Vehicle:
    # A bound, as a small fleet may have no car left that has not just been there; then any car comes.
    for _ in range(50):
        car = shop.random.choice(shop.fleet)
        if car.loyal > LOST and (car.last_visit_on is None or (day - car.last_visit_on).days > _LATELY):
            break
    return car
