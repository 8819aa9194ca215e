"""The cars that a store looks after: when each is due for maintenance and who keeps the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fairwrench.samples.names import PLATE_HEADS, vin

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
_YEARS = {2018: "J", 2019: "K", 2020: "L", 2021: "M", 2022: "N", 2023: "P", 2024: "R", 2025: "S", 2026: "T", 2027: "V"}
#: days between two periodic services
INTERVAL = 165
#: cars less loyal than this do not come any more
LOST = 0.05


@dataclass(slots=True)
class Vehicle:
    """One car in a store's care. `due_on` is when the next periodic maintenance falls due; `keeper` an advisor's id."""

    vin: str
    plate: str
    sold_on: date
    due_on: date
    daily_km: int
    keeper: str
    loyal: float
    last_visit_on: date | None = None
    reminded: bool = False
    maintained_on: date | None = None
    done_ro_no: str | None = None

    def mileage(self, day: date) -> int:
        """What the odometer shows on a day."""
        return max(40, (day - self.sold_on).days * self.daily_km)


def make_fleet(random: Random, size: int, store: int, first: date, keepers: list[str]) -> list[Vehicle]:
    """`size` cars of one store, sold in the years before `first`, due evenly over the next interval."""
    return [_vehicle(random, store, serial, first, keepers) for serial in range(size)]


def _vehicle(random: Random, store: int, serial: int, first: date, keepers: list[str]) -> Vehicle:
    sold = first - timedelta(days=random.randint(60, 2_400))
    year = _YEARS.get(sold.year, "H")
    maker, model = random.choice(("LFV", "LSV", "LVG")), random.choice(("2A1K", "3B8C", "BA5E", "6V4S"))
    tail = "".join(random.choices(_LETTERS, k=4))
    return Vehicle(
        vin=vin(maker, f"{model}{random.choice('1234567')}", year, store * 20_000 + serial),
        plate=f"{random.choice(PLATE_HEADS)}{random.randint(0, 9)}{tail}",
        sold_on=sold,
        due_on=first + timedelta(days=random.randrange(INTERVAL)),
        daily_km=random.randint(18, 75),
        keeper=random.choice(keepers),
        loyal=0.02 if random.random() < 0.3 else min(0.95, max(0.2, random.gauss(0.66, 0.14))),
    )
