"""Whom and what a user reaches: units below a grant, people led, those somebody stands in for.

Everything here is asked anew in each request; nothing is remembered between two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet, Value

from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.org.assignments import current, latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Duty, Employee, Unit
from fairwrench.web.org.schemes_in_use import asks_oneself
from fairwrench.web.org.unit_tree import units_below

Role = Grant.Role
#: roles that pass to who stands in: by them one hands in by duty, and sees how the work goes, but nobody's pay
HANDED_OVER = (Role.PROVIDER, Role.SUPERVISOR, Role.DISPATCHER, Role.CUSTOMER_SERVICE)
#: role → the department (the scheme's id) of whose people it sees the results, whoever leads them
HEADS: dict[str, str] = {Role.SERVICE_MANAGER: "service"}


@dataclass(frozen=True)
class Scope:
    """What one user reaches on one day. Each part is asked of the database at most once."""

    user: User
    day: date

    @staticmethod
    def of(user: User) -> Scope:
        """The scope of a user today; kept with the user for the length of the request."""
        found: Scope | None = getattr(user, "_scope", None)
        if found is None:
            found = user._scope = Scope(user, today())
        return found

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """The roles granted, and those of `HANDED_OVER` that people hold whom one stands in for."""
        return tuple(each for each in self._granted if each.user_id == self.user.pk or each.role in HANDED_OVER)

    @cached_property
    def _granted(self) -> tuple[Grant, ...]:
        """The user's grants, and all of those whom one stands in for; one query."""
        # a closed account holds nothing, even in a session that still stands
        if not self.user.is_active:
            return ()
        whose = Q(user=self.user.pk)
        if self.user.employee_id is not None:
            # a closed account of who is away hands nothing over
            whose |= Q(user__is_active=True, user__employee__in=self._away.values("away"))
        return tuple(Grant.objects.filter(whose).select_related("unit", "user"))

    def answers_for(self, roles: Collection[str]) -> bool:
        """Whether one of the roles is held, by oneself or by somebody whom one stands in for."""
        return any(grant.role in roles for grant in self._granted)

    def by_right(self, role: str) -> bool:
        """Whether a role is held in nobody else's place."""
        return any(grant.role == role and grant.user_id == self.user.pk for grant in self._granted)

    def hands_in_for(self, employee: int, *, pay: bool) -> bool:
        """Whether what somebody (by key) hands in by duty is the user's to hand in: one's own, and that of whom one
        stands in for; `pay`: evidence of pay, of others where an approval covers it alone. Nobody comes to more than
        whose duty it is: without the role it is theirs as little."""
        if not any(grant.role == Role.PROVIDER and grant.user.employee_id == employee for grant in self._granted):
            return False
        return not pay or employee in self.leads_for

    def has(self, *roles: str) -> bool:
        """Whether any of the roles is held, for whatever unit."""
        return any(grant.role in roles for grant in self.grants)

    def stores(self, *roles: str) -> set[str] | None:
        """The names of the stores for which a role is held; None for all of them."""
        held = [grant for grant in self.grants if grant.role in roles]
        if any(grant.unit is None or grant.unit.kind == Unit.Kind.GROUP for grant in held):
            return None
        units = {grant.unit for grant in held if grant.unit}
        named = {unit.name for unit in units if unit.kind == Unit.Kind.STORE}
        others = frozenset(unit.pk for unit in units if unit.kind != Unit.Kind.STORE)
        if others not in self._stores:
            self._stores[others] = _stores_below(others)
        return named | self._stores[others]

    @cached_property
    def _stores(self) -> dict[frozenset[int], set[str]]:
        """What was asked before, by the units for which roles are held: several roles are mostly held for the same."""
        return {}

    def headed(self, *, store: str = "store__name", department: str = "department__code") -> Q:
        """For rows that name a store and a department: those of departments that the user heads (`HEADS`).

        Lists, pages, searches, exports and permissions all narrow by it. A result names where its month was earned, an
        assignment where somebody works or worked.
        """
        found = Q(pk__in=())
        for role, code in HEADS.items():
            stores = self.stores(role)
            if stores is None:
                found |= Q(**{department: code})
            elif stores:
                found |= Q(**{department: code, f"{store}__in": stores})
        return found

    def heads(self, employee_id: str, *, now: bool = False) -> bool:
        """Whether somebody works, or worked, in a department that the user heads; `now`: whether they do today."""
        if not self.has(*HEADS):
            return False
        held = Assignment.objects.filter(latest(day=self.day)) if now else Assignment.objects.all()
        return held.filter(self.headed(), employee__employee_id=employee_id).exists()

    @property
    def heads_some(self) -> bool:
        """Whether the user heads a department at all."""
        return self.has(*HEADS)

    @cached_property
    def acts_for(self) -> frozenset[int]:
        """The employees (primary keys) whose duties fall to the user today: oneself, and those one stands in for."""
        me = self.user.employee_id
        if me is None:
            return frozenset()
        return frozenset({me, *self._away.values_list("away_id", flat=True)})

    @cached_property
    def acting(self) -> tuple[Employee, ...]:
        """The same people themselves; one query."""
        me = self.user.employee_id
        return () if me is None else tuple(Employee.objects.filter(pk__in=self._acting(me)))

    @cached_property
    def leads_for(self) -> frozenset[int]:
        """The employees (primary keys) in whose place the user leads today: oneself, and those one stands in for where
        that covers those led."""
        me = self.user.employee_id
        if me is None:
            return frozenset()
        return frozenset({me, *self._away.filter(leads=True).values_list("away_id", flat=True)})

    def _acting(self, me: int, *, leading: bool = False) -> QuerySet[Employee, Mapping[str, Any]]:
        """Oneself and those one stands in for, to ask for rows by: as one list the database finds them by their index,
        which it does not where either of two conditions may hold. `leading`: only where that covers those led."""
        away = self._away.filter(leads=True) if leading else self._away
        return Employee.objects.filter(pk=me).order_by().values("pk").union(away.values("away"))

    @property
    def _away(self) -> QuerySet[Delegation]:
        """For whom the user stands in: approved, and today."""
        # asked by the day, so that nobody has to begin or end it
        standing_in = Delegation.objects.filter(stand_in=self.user.employee_id, state=Delegation.State.APPROVED)
        return standing_in.filter(begin__lte=self.day, end__gte=self.day).order_by()

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """What falls to the user to hand in or to rate: one's own duties, and those of whom one stands in for."""
        me = self.user.employee_id
        if me is None:
            return ()
        return tuple(Duty.objects.filter(employee__in=self._acting(me)).select_related("unit__parent__parent"))

    @cached_property
    def charged(self) -> bool:
        """Whether the duty to rate an item falls to the user."""
        return any(duty.kind == Duty.Kind.RATE for duty in self.duties)

    @cached_property
    def asks_oneself(self) -> bool:
        """Whether a scheme has people rate themselves now."""
        return asks_oneself()

    @cached_property
    def led(self) -> frozenset[str]:
        """Employee ids of those whose line manager the user is, or stands in for."""
        return self._line[0]

    @cached_property
    def led_next(self) -> frozenset[str]:
        """Employee ids of those whose next-level manager the user is, or stands in for."""
        return self._line[1]

    @cached_property
    def led_by_right(self) -> frozenset[str]:
        """Employee ids of those whom the user leads, directly or over one, in nobody else's place."""
        me = self.user.employee_id
        if me is None or self.leads_for == {me}:
            return self.led | self.led_next
        led, below = self._line_of(Employee.objects.filter(pk=me).order_by().values("pk"))
        return led | below

    @cached_property
    def _line(self) -> tuple[frozenset[str], frozenset[str]]:
        me = self.user.employee_id
        if me is None:
            return frozenset(), frozenset()
        return self._line_of(self._acting(me, leading=True))

    def _line_of(self, managers: QuerySet[Employee, Mapping[str, Any]]) -> tuple[frozenset[str], frozenset[str]]:
        """Those whom some managers lead, and those whom they lead; one query."""
        led = current(day=self.day).filter(manager__in=managers).order_by()
        below = current(day=self.day).filter(manager__in=led.values("employee")).order_by()
        rows = [
            each.annotate(level=Value(at)).values_list("employee__employee_id", "level")
            for at, each in enumerate((led, below))
        ]
        found: tuple[set[str], set[str]] = (set(), set())
        for person, level in rows[0].union(rows[1]):
            found[level].add(person)
        # who is led directly is not led over one level besides
        return frozenset(found[0]), frozenset(found[1] - found[0])

    @cached_property
    def own(self) -> frozenset[str]:
        """The user's own employee id."""
        return frozenset({self.user.employee.employee_id}) if self.user.employee else frozenset()


def _stores_below(units: frozenset[int]) -> set[str]:
    """The stores among some units and all below them, and those that they belong to."""
    if not units:
        return set()
    within = Unit.objects.filter(id__in=units_below(units=units)).select_related("parent")
    return {unit.name if unit.kind == Unit.Kind.STORE else _store_of(unit) for unit in within} - {""}


def _store_of(unit: Unit) -> str:
    above = unit.parent
    return above.name if above and above.kind == Unit.Kind.STORE else ""
