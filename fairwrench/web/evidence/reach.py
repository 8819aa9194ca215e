"""Which sources of which stores somebody may see, and which land: by role whole stores, by duty single sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from fairwrench.closing.placing import GROUP
from fairwrench.web.people.models import Duty, Grant, Unit, User
from fairwrench.web.people.policy import OVERSEERS
from fairwrench.web.people.scope import Scope, units_below

Role = Grant.Role
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


@dataclass(frozen=True)
class Places:
    """Which stores each unit of the organisation stands for, and who hands in what for it, all read at once.

    `units`: id → parent, kind, name; `provided`: source, unit's id, name of the employee.
    """

    units: Mapping[int, tuple[int | None, str, str]]
    provided: Sequence[tuple[str, int, str]] = ()
    _known: dict[int, frozenset[str] | None] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Places:
        """As it is now, in one query; parts of stores that nobody hands anything in for are left out."""
        duty = ("duties__kind", "duties__subject", "duties__employee__name")
        divided = Exists(Unit.objects.filter(parent=OuterRef("pk"), kind__in=PARTS))
        units = Unit.objects.filter(~Q(kind__in=PARTS) | Q(duties__kind=Duty.Kind.PROVIDE) | Q(divided))
        rows = list(units.order_by("id", *duty[:2]).values_list("id", "parent_id", "kind", "name", *duty))
        provided = [(subject, unit, name) for unit, _, _, _, does, subject, name in rows if does == Duty.Kind.PROVIDE]
        return cls({unit: (parent, kind, name) for unit, parent, kind, name, *_ in rows}, provided)

    @property
    def stores(self) -> list[str]:
        """Every store, by name."""
        return sorted(name for _, kind, name in self.units.values() if kind == Unit.Kind.STORE)

    def of(self, unit: int) -> frozenset[str] | None:
        """The stores that a unit stands for, as `stores_of_unit` has it."""
        if unit not in self._known:
            self._known[unit] = self._of(unit)
        return self._known[unit]

    def _of(self, unit: int) -> frozenset[str] | None:
        if self._kind(unit) == Unit.Kind.GROUP:
            return None
        found = next((each for each in self._above(unit) if self._kind(each) not in PARTS), None)
        if found is None:
            return frozenset()
        if self._kind(found) == Unit.Kind.STORE:
            return frozenset({self.units[found][2]})
        stores = (each for each in self.units if self._kind(each) == Unit.Kind.STORE)
        return frozenset(self.units[each][2] for each in stores if found in self._above(each))

    def _kind(self, unit: int) -> str:
        return self.units[unit][1]

    def _above(self, unit: int) -> list[int]:
        """A unit and those above it, the nearest first."""
        found = [unit]
        while (parent := self.units[found[-1]][0]) is not None:
            found.append(parent)
        return found
