"""Which sources of which stores somebody may see, and which land: by role whole stores, by duty single sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from fairwrench.closing.placing import GROUP
from fairwrench.web.people.models import Duty, Grant, Unit, User
from fairwrench.web.people.policy import OVERSEERS
from fairwrench.web.people.scope import Scope, units_below

Role = Grant.Role
#: a source and a store
Place = tuple[str, str]
#: parts of a store
PARTS = (Unit.Kind.DEPARTMENT, Unit.Kind.TEAM)
#: who sees whether evidence is there; what stands in it is seen by those who oversee results or hand it in
WATCHERS = (*OVERSEERS, Role.ADMINISTRATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class Reach:
    """`whole`: the stores of which every source is reached, None for all. `duties`: a source's stores, None for all."""

    whole: frozenset[str] | None
    duties: Mapping[str, frozenset[str] | None]

    def covers(self, source: str, stores: Iterable[str]) -> bool:
        """Whether a source is reached in each of some stores; what tells no store is for those who reach all."""
        return all(self._one(source, store) for store in list(stores) or [GROUP])

    def _one(self, source: str, store: str) -> bool:
        places = (self.whole, self.duties.get(source, frozenset()))
        return any(place is None or (store in place and store != GROUP) for place in places)

    def stores_of(self, source: str) -> frozenset[str] | None:
        """The stores in which a source is reached; None for all."""
        more = self.duties.get(source, frozenset())
        return None if self.whole is None or more is None else self.whole | more

    @property
    def stores(self) -> frozenset[str] | None:
        """The stores in which any source is reached; None for all."""
        parts = [self.whole, *self.duties.values()]
        named = [part for part in parts if part is not None]
        return frozenset().union(*named) if len(named) == len(parts) else None

    @property
    def everywhere(self) -> bool:
        """Whether every source of every store is reached."""
        return self.whole is None

    @property
    def anything(self) -> bool:
        """Whether anything is reached at all."""
        return self.whole is None or bool(self.whole) or bool(self.duties)


def reach_of(*, user: User, landing: bool = False) -> Reach:
    """What a user may see of evidence, or land."""
    return _reach(user, (Role.HR,) if landing else OVERSEERS)


def watch_of(*, user: User) -> Reach:
    """Of what a user may see whether it was handed in."""
    return _reach(user, WATCHERS)


def _reach(user: User, roles: tuple[str, ...]) -> Reach:
    scope = Scope.of(user)
    stores = scope.stores(*roles)
    whole = None if stores is None else frozenset(stores)
    return Reach(whole, _duties(scope) if scope.has(Role.PROVIDER) else {})


def _duties(scope: Scope) -> dict[str, frozenset[str] | None]:
    """Source → stores, of those whose duties fall to the user today; asked once a request, as the scope itself is."""
    found: dict[str, frozenset[str] | None] | None = getattr(scope, "_provided", None)
    if found is None:
        found = _provided(scope)
        scope.__dict__["_provided"] = found
    return found


def _provided(scope: Scope) -> dict[str, frozenset[str] | None]:
    found: dict[str, frozenset[str] | None] = {}
    for duty in (each for each in scope.duties if each.kind == Duty.Kind.PROVIDE):
        stores, before = stores_of_unit(duty.unit), found.get(duty.subject, frozenset())
        found[duty.subject] = None if stores is None or before is None else before | stores
    return found


def stores_of_unit(unit: Unit) -> frozenset[str] | None:
    """The stores that a unit stands for: those below it, or the one it belongs to; None for the whole group."""
    if unit.kind == Unit.Kind.GROUP:
        return None
    above: Unit | None = unit
    while above is not None and above.kind in PARTS:
        above = above.parent
    if above is None:
        return frozenset()
    if above.kind == Unit.Kind.STORE:
        return frozenset({above.name})
    below = Unit.objects.filter(id__in=units_below(units=[above.pk]), kind=Unit.Kind.STORE)
    return frozenset(below.values_list("name", flat=True))


def providers(*, stores: Sequence[str]) -> dict[Place, list[str]]:
    """Who hands in what in some stores, one query for all: (source, store) → names.

    A duty holds for the stores that `stores_of_unit` gives for its unit: the other way round, those that stand for a
    store are the units above it, and the departments and teams of these and of the store itself.
    """
    if not stores:
        return {}
    holes = ", ".join(["%s"] * len(stores))  # all that is put into the query itself
    asked = f"""
        WITH RECURSIVE above(store, id) AS (
            SELECT name, id FROM people_unit WHERE kind = %s AND name IN ({holes})
            UNION SELECT above.store, unit.parent_id FROM people_unit unit
            JOIN above ON unit.id = above.id WHERE unit.parent_id IS NOT NULL
        ), stands(store, id) AS (
            SELECT store, id FROM above
            UNION SELECT stands.store, unit.id FROM people_unit unit
            JOIN stands ON unit.parent_id = stands.id WHERE unit.kind IN (%s, %s)
        ) SELECT duty.subject, stands.store, employee.name FROM stands
        JOIN people_duty duty ON duty.unit_id = stands.id AND duty.kind = %s
        JOIN people_employee employee ON employee.id = duty.employee_id
        ORDER BY duty.unit_id, duty.id"""
    found: dict[Place, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(asked, [Unit.Kind.STORE, *stores, *PARTS, Duty.Kind.PROVIDE])
        for source, store, name in cursor.fetchall():
            found.setdefault((source, store), []).append(name)
    return found
