"""Which month is open, which are settled or published."""

from __future__ import annotations

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.cycles.models import Cycle


def open_month() -> Month | None:
    """The earliest month that is not published yet: where every one is, the month after the last; None without any."""
    months = list(Cycle.objects.order_by("month").values_list("month", "state"))
    # a gap counts: an earlier month left open is the open one, whatever was published behind it
    if unpublished := [month for month, state in months if state != Cycle.State.PUBLISHED]:
        return Month.parse(unpublished[0])
    return Month.parse(months[-1][0]).plus(1) if months else None


def is_closed(month: Month) -> bool:
    """Whether a month is published, so that evidence for it has to be handed in for a later one."""
    return Cycle.objects.filter(month=str(month), state=Cycle.State.PUBLISHED).exists()


def is_settled(month: Month) -> bool:
    """Whether a month was settled, be it published or not: its scheme stays."""
    # by the run and not by the state: while it is sealed anew a month is settled all the same
    return Cycle.objects.filter(month=str(month), run__isnull=False).exists()


def published() -> list[Month]:
    """The published months, in order."""
    found = Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("month").values_list("month", flat=True)
    return [Month.parse(month) for month in found]
