"""What evidence, schemes and people ask of settlements: which month is open, settled, published, with whose results."""

from __future__ import annotations

from django.db.models import Q

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.people.models import Employee
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Correction, Cycle, Rating, Result, Run, Target
from fairwrench.web.settlements.services import month_estimate
from fairwrench.web.ui.words import Words


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


def published() -> list[Month]:
    """The published months, in order."""
    found = Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("month").values_list("month", flat=True)
    return [Month.parse(month) for month in found]


def history_of(employee: Employee) -> list[Words]:
    """What was settled, rated, aimed at or corrected of a person, in words; the month so far, worked out anew, does not
    count."""
    months = Result.objects.filter(employee_id=employee.employee_id).exclude(run__kind=Run.Kind.LIVE)
    settled = list(months.values_list("run__cycle__month", flat=True).order_by("run__cycle__month").distinct())
    words: list[Words] = []
    if settled:
        words.append((f"已核算的月份：{'、'.join(settled)}", f"settled months: {', '.join(settled)}"))
    if Rating.objects.filter(Q(employee=employee) | Q(rater=employee)).exists():
        words.append(("评分", "ratings"))
    if Target.objects.filter(subject=employee.employee_id).exists():
        words.append(("目标值", "targets"))
    if Correction.objects.filter(employee=employee).exists():
        words.append(("更正", "corrections"))
    return words


def is_settled(month: Month) -> bool:
    """Whether a month was settled, be it published or not: its scheme stays."""
    return Cycle.objects.filter(month=str(month), run__isnull=False).exists()


def scheme_in_force(month: Month) -> Scheme:
    """The scheme of a month."""
    return scheme_at(month=month)
