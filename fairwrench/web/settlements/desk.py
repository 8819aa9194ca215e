"""What the evidence desk asks of settlements: the open month, whether one is closed, a new look after a landing."""

from __future__ import annotations

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.scheme import Scheme
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Cycle
from fairwrench.web.settlements.services import month_estimate


def after_landing(month: Month) -> None:
    """Work the month so far out anew, in the background; several landings at once make it one."""
    month_estimate(month=str(month), by=None)


def open_month() -> Month | None:
    """The earliest month that is not published yet: where every one is, the month after the last; None without any."""
    months = Cycle.objects.order_by("month").values_list("month", flat=True)
    if first := months.exclude(state=Cycle.State.PUBLISHED).first():
        return Month.parse(first)
    return Month.parse(last).plus(1) if (last := months.last()) else None


def is_closed(month: Month) -> bool:
    """Whether a month is published."""
    return Cycle.objects.filter(month=str(month), state=Cycle.State.PUBLISHED).exists()


def is_settled(month: Month) -> bool:
    """Whether a month was settled, be it published or not: its scheme stays."""
    return Cycle.objects.filter(month=str(month), run__isnull=False).exists()


def scheme_in_force(month: Month) -> Scheme:
    """The scheme of a month."""
    return scheme_at(month=month)
