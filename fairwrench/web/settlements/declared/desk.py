"""What apps before this one ask of settlements: to work a month out anew, and what it keeps of a person."""

from __future__ import annotations

from django.db.models import Q

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Correction, Rating, Result, Run, Target
from fairwrench.web.settlements.services import month_estimate
from fairwrench.web.ui.words import Words


def after_landing(month: Month) -> None:
    """Work the month so far out anew, in the background; several landings at once make it one."""
    # by=None: nobody asked for it, so it stands in nobody's own list of work
    month_estimate(month=str(month), by=None)


def history_of(employee: Employee) -> list[Words]:
    """What was settled, rated, aimed at or corrected of a person, in words; the month so far, worked out anew, does not
    count."""
    months = Result.objects.filter(employee_id=employee.employee_id).exclude(run__kind=Run.Kind.LIVE)
    settled = list(months.values_list("run__cycle__month", flat=True).order_by("run__cycle__month").distinct())
    words: list[Words] = []
    if settled:
        words.append((f"已核算的月份：{'、'.join(settled)}", f"settled months: {', '.join(settled)}"))
    # ratings given count as much as received: deleting the rater would delete them, too
    if Rating.objects.filter(Q(employee=employee) | Q(rater=employee)).exists():
        words.append(("评分", "ratings"))
    # a subject is a text and no key, as it may be a store as well: nothing but this keeps it
    if Target.objects.filter(subject=employee.employee_id).exists():
        words.append(("目标值", "targets"))
    if Correction.objects.filter(employee=employee).exists():
        words.append(("更正", "corrections"))
    return words
