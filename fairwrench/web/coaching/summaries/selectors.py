"""Summaries of a month: who owes one, by when, who has handed it in, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month, summary_due
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.coaching.models import Summary
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import scheme_at
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee, in_service
from fairwrench.web.settlements.ratings.facts import Fact
from fairwrench.web.ui.words import pick

State = Summary.State
#: who reads every summary of their stores, beside the managers
READERS = (Grant.Role.HR, Grant.Role.GENERAL_MANAGER)
#: a month is asked for from so many days before its end
EARLY = timedelta(days=4)
#: months back that may still be handed in
BACK = 3
#: what a list is narrowed to → its words
NARROWED: Mapping[str, tuple[str, str]] = {
    "missing": ("未提交", "Not handed in"),
    "late": ("迟交", "Late"),
    "to_answer": ("待上级阅", "To be answered"),
    "answered": ("上级已阅", "Answered"),
}
#: the same as conditions on the rows of `summaries_list`
_CONDITIONS: Mapping[str, Q] = {
    "missing": Q(handed=None),
    "late": Q(late__gt=0),
    "to_answer": Q(how=State.HANDED_IN),
    "answered": Q(how=State.ANSWERED),
}


def due_of(*, month: Month) -> datetime | None:
    """By when summaries of a month are handed in (local time); None where the scheme asks for none."""
    return summary_due(month, scheme_at(month=month).cycle)


def owing(*, month: Month) -> QuerySet[Employee]:
    """Those who owe a summary of a month: in service at its end."""
    held = Assignment.objects.filter(latest(day=month.last)).filter(in_service(month.last))
    return Employee.objects.filter(in_service(month.last), pk__in=held.order_by().values("employee"))


def asked_months(*, day: date | None = None) -> list[Month]:
    """The months of which everybody is asked for a summary on a day: this one near its end, and the one before; only
    such as were begun and are not published, as a group that is not assessed owes none."""
    now = day or today()
    month = Month.of(now)
    asked = [month.plus(-1), *([month] if now >= month.last - EARLY else [])]
    under_way = Cycle.objects.exclude(state=Cycle.State.PUBLISHED).filter(month__in=[str(each) for each in asked])
    begun = set(under_way.values_list("month", flat=True))
    return [each for each in asked if str(each) in begun]


def shown_month() -> Month:
    """The month that a list shows first: of which summaries are asked for, else the one before this."""
    return next(iter(asked_months()), Month.of(today()).plus(-1))


def may_hand_in(*, month: Month) -> bool:
    """Whether summaries of a month may be handed in at all: not ahead, and not long ago."""
    now = Month.of(today())
    return now.plus(-BACK) <= month <= now


def _people_seen(*, user: User) -> Q:
    """For employees: those whose summaries a user reads: oneself, whom one leads, the people of stores whose HR or
    general manager one is."""
    scope = Scope.of(user)
    stores = scope.stores(*READERS)
    if stores is None:
        return Q()
    near = Q(employee_id__in=list(scope.own | scope.led | scope.led_next))
    if not stores:
        return near
    held = Assignment.objects.filter(latest(day=scope.day), store__name__in=stores)
    return near | Q(pk__in=held.order_by().values("employee"))


def summaries_list(*, user: User, month: Month, narrowed: str = "") -> QuerySet[Employee]:
    """Those who owe a summary of a month and whom a user may read, each with `handed`, `late`, `how` and `day`."""
    asked = owing(month=month).filter(_people_seen(user=user))
    rows = asked.annotate(theirs=FilteredRelation("summaries", condition=Q(summaries__month=str(month))))
    rows = rows.annotate(handed=F("theirs__handed_in_at"), late=F("theirs__late_days"), how=F("theirs__state"))
    return rows.filter(_CONDITIONS[narrowed]) if narrowed else rows


def summaries_counts(*, user: User, month: Month) -> Mapping[str, int]:
    """How many there are of each of `NARROWED`, how many in `all`, and whether one's `own` is among them; one query."""
    conditions = {**_CONDITIONS, "all": Q(), "own": Q(employee_id__in=list(Scope.of(user).own))}
    # under names of their own: a count called as a column that it asks about would take its place
    counted = {f"n_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    found = summaries_list(user=user, month=month).aggregate(**counted)
    return {name.removeprefix("n_"): count for name, count in found.items()}


def summary_of(*, month: Month, employee: Employee) -> Summary | None:
    """Somebody's summary of a month; None while there is none."""
    return Summary.objects.filter(month=str(month), employee=employee).select_related("employee", "job").first()


def to_answer(*, user: User) -> QuerySet[Summary]:
    """The summaries that wait for a user as line manager."""
    scope = Scope.of(user)
    led = list(scope.led - scope.own)
    return Summary.objects.filter(employee__employee_id__in=led, state=State.HANDED_IN)


def answers(*, user: User, employee: Employee) -> bool:
    """Whether a user answers somebody's summary: who leads them, directly or over one, never oneself."""
    scope = Scope.of(user)
    return employee.employee_id in (scope.led | scope.led_next) - scope.own


def facts_of_summaries(month: str, people: Sequence[str]) -> Mapping[str, list[Fact]]:
    """Whether people handed in their summary of a month, and when, for who rates them."""
    found = Summary.objects.filter(month=month, employee__employee_id__in=people).select_related("employee")
    return {each.employee.employee_id: [_fact(each)] for each in found}


def _fact(summary: Summary) -> Fact:
    late = summary.late_days
    words = pick(f"迟交 {late} 个工作日", f"{late} working days late") if late else pick("按时提交", "in time")
    url = reverse("coaching:summary", args=[summary.month, summary.employee.employee_id])
    return Fact(words, summary.done, timezone.localtime(summary.handed_in_at).date(), url, near=True)
