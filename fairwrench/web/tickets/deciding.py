"""Who decides a ticket: HR of its store, and a general manager where no HR could, so that none is left lying."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import may
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfStore
from fairwrench.web.org.models import Unit
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.work.workflow.workflow import off_roster

HR, GENERAL_MANAGER = Grant.Role.HR, Grant.Role.GENERAL_MANAGER
#: who may come to decide
DECIDE = (HR, GENERAL_MANAGER)


def may_decide(ticket: Ticket, user: User) -> Problem | None:
    """Why a user may not decide a ticket, None when one may: neither one's own nor one that one wrote.

    HR of the store decides. Where no HR can, as the only one wrote it or is meant, a general manager does; one who
    wrote it only where there is no other.
    """
    if not may(user, "tickets.decide", about=OfStore(ticket.store)):
        return _not_hr()
    if user.employee_id is not None and user.employee_id == ticket.employee_id:
        return _own()
    # the row of evidence says by employee id who decided
    if user.employee is None:
        return off_roster()
    stores = Scope.of(user).stores(HR)
    # asked first: most are HR and neither wrote it nor got it, which takes no query
    if (stores is None or ticket.store in stores) and ticket.by_id != user.pk:
        return None
    if user.pk in next(_in_turn(ticket), ()):
        return None
    return _wrote() if ticket.by_id == user.pk else _not_hr()


def _in_turn(ticket: Ticket) -> Iterator[set[int]]:
    """Those who may decide, the first to be asked first; none that is empty."""
    for role, writer in ((HR, False), (GENERAL_MANAGER, False), (GENERAL_MANAGER, True)):
        held = User.objects.coming_in().filter(_of_store(ticket.store), grants__role=role, employee__isnull=False)
        found = set(held.exclude(employee=ticket.employee_id).values_list("pk", flat=True))
        if able := found if writer else found - {ticket.by_id}:
            yield able


def _of_store(store: str) -> Q:
    """Grants for a store, what it belongs to, or everything."""
    unit, above = Unit.objects.filter(kind=Unit.Kind.STORE, name=store).first(), list[int]()
    while unit is not None:
        above.append(unit.pk)
        unit = unit.parent
    return Q(grants__unit=None) | Q(grants__unit__kind=Unit.Kind.GROUP) | Q(grants__unit__in=above)


def _not_hr() -> Problem:
    return Problem("not_yours", "由该门店的人力资源办理", "HR of that store decides it")


def _own() -> Problem:
    return Problem("about_you", "这是给您的奖惩单，须由别人办理", "the ticket is about you, so somebody else decides")


def _wrote() -> Problem:
    return Problem("own_request", "自己开的奖惩单须由别人办理", "nobody decides a ticket that they wrote")
