"""The sizes that are measured: stores, people, orders, months."""

from __future__ import annotations

from dataclasses import dataclass

from fairwrench.settlement.calendar.deadlines import Month

#: the month that is settled; earlier ones lie before it
MONTH = Month.parse("2026-10")
ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Size:
    """`orders` are those of one store in MONTH, `earlier` those in each month before it (the same unless said
    otherwise); there are 1.2 job lines an order. `months` end with MONTH."""

    name: str
    stores: int
    technicians: int
    advisors: int
    orders: int
    months: int = 2
    earlier: int = 0

    def orders_in(self, month: Month) -> int:
        """The orders of one store in a month."""
        return self.orders if month == MONTH else self.earlier or self.orders

    @property
    def people(self) -> int:
        """Everybody: technicians, advisors and a workshop manager in each store."""
        return self.stores * (self.technicians + self.advisors + 1)

    @property
    def span(self) -> tuple[Month, ...]:
        """The months that evidence is made for."""
        return tuple(Month.range(MONTH.plus(1 - self.months), MONTH))


SIZES = {
    "S": Size("S", stores=1, technicians=40, advisors=19, orders=2_000),
    "M": Size("M", stores=100, technicians=40, advisors=19, orders=2_000),
    # between M and L: what pandas still manages in memory, and a point to see how time grows
    "K": Size("K", stores=100, technicians=40, advisors=19, orders=20_000, earlier=2_000),
    "L": Size("L", stores=1_000, technicians=40, advisors=19, orders=20_000, earlier=2_000),
}
#: so small that a test can afford it
TINY = Size("tiny", stores=2, technicians=4, advisors=2, orders=200)
