"""Pay, for who pays it out: the last month against the one before, whose pay is open, what is to be paid next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse

from fairwrench.report.figures import yuan
from fairwrench.settlement.calendar.deadlines import deadlines
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.days import now_local
from fairwrench.web.org.schemes_in_use import schemes_of
from fairwrench.web.settlements.months.calendar import PAYDAY
from fairwrench.web.settlements.months.months import is_shown, months_under_way
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.selectors import months_paid
from fairwrench.web.ui.words import joined, of, pick
from fairwrench.web.work.home.figures import Figure, change_of
from fairwrench.web.work.inbox.todos import left_words

#: paydays lie in the month after: of months further back none is ahead
RECENT = 3
#: narrows the list of months to those whose payday is ahead, and the pay of a month to whose is open
AHEAD, OPEN = "ahead", "open"


def pay_figures(user: User) -> Iterator[Figure]:
    """For finance: what was published last, and what is to be paid."""
    if not Scope.of(user).has(Grant.Role.FINANCE):
        return
    extent, cycles = Extent.of_pay(user), list(months_paid(user=user)[:RECENT])
    if cycles:
        yield from _paid(cycles, extent)
    yield _to_pay(cycles, user)


def _paid(cycles: Sequence[Cycle], extent: Extent) -> Iterator[Figure]:
    """The pay of the last month, and whose of it is open."""
    last, sums = cycles[0], extent.sums_of([cycle.run for cycle in cycles[:2]])
    url = reverse("settlements:pay", args=[last.month])
    now, before = sums[0], sums[1] if len(sums) > 1 else None
    if now is None or last.run is None:
        return
    since = cycles[1].month if before else ""
    change = change_of(now["total"], before["total"] if before else None, shown=yuan, since=since, better="")
    people = pick(f"{now['people']} 人", number_of(now["people"], "person", "people"))
    yield Figure(pick("应发合计", "Total pay"), yuan(now["total"]), url, joined((last.month, people), "，"), change)
    unpaid = extent.results(last.run).filter(total_pay=None).count()
    yield Figure(pick("工资未定的人", "Pay open"), str(unpaid), f"{url}?pay={OPEN}", last.month)


def _to_pay(cycles: Sequence[Cycle], user: User) -> Figure:
    """The months that are published and not yet paid by the calendar, with the next payday there is."""
    ahead, url = months_ahead(cycles), f"{reverse('settlements:pays')}?paid={AHEAD}"
    later = [cycle for cycle in (*ahead, *months_under_way(user=user)) if is_shown(cycle)]
    paydays = [(due, cycle) for due, cycle in zip(paydays_of(later), later, strict=True) if due]
    note = _next_payday(*min(paydays, key=lambda each: each[0])) if paydays else ""
    return Figure(pick("待发放的月份", "Months to be paid"), str(len(ahead)), url, note)


def _next_payday(due: datetime, cycle: Cycle) -> str:
    state = "" if cycle.state == Cycle.State.PUBLISHED else str(cycle.get_state_display())
    payday = pick(f"{due:%m-%d} 发薪", f"payday {due:%m-%d}")
    return joined((cycle.month, payday, of(left_words(due, now_local())), state), "，")


def months_ahead(cycles: Sequence[Cycle]) -> list[Cycle]:
    """Of some months, the latest first, those published whose payday is still ahead."""
    now, published = now_local(), [cycle for cycle in cycles if cycle.state == Cycle.State.PUBLISHED][:RECENT]
    paydays = zip(paydays_of(published), published, strict=True)
    return [cycle for due, cycle in paydays if due is not None and due >= now]


def paydays_of(cycles: Sequence[Cycle]) -> list[datetime | None]:
    """When each of some months is paid; None where its calendar does not say."""
    schemes = schemes_of([cycle.at for cycle in cycles])
    plans = [deadlines(cycle.at, scheme.cycle)[0] for cycle, scheme in zip(cycles, schemes, strict=True)]
    return [next((step.due for step in plan if step.step == PAYDAY), None) for plan in plans]
