"""Which sources of which stores somebody reaches: by role whole stores, by duty single sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fairwrench.closing.folder.placing import GROUP
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.models import Duty, Unit
from fairwrench.web.org.unit_tree import units_below

#: parts of a store
PARTS = (Unit.Kind.DEPARTMENT, Unit.Kind.TEAM)


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


def reach_by(*, user: User, roles: Iterable[str]) -> Reach:
    """What a user reaches by some roles, and as a data provider by the duties that fall to them today."""
    scope = Scope.of(user)
    stores = scope.stores(*roles)
    whole = None if stores is None else frozenset(stores)
    return Reach(whole, _duties(scope) if scope.has(Grant.Role.PROVIDER) else {})


def _duties(scope: Scope) -> dict[str, frozenset[str] | None]:
    """Source → stores, of those whose duties fall to the user today; asked once a request, as the scope itself is."""
    known: dict[str, frozenset[str] | None] | None = getattr(scope, "_provided", None)
    if known is None:
        known = _provided(scope)
        # past the frozen dataclass; it lives no longer than the request
        scope.__dict__["_provided"] = known
    return known


def _provided(scope: Scope) -> dict[str, frozenset[str] | None]:
    provided: dict[str, frozenset[str] | None] = {}
    for duty in (each for each in scope.duties if each.kind == Duty.Kind.PROVIDE):
        stores, before = stores_of_unit(duty.unit), provided.get(duty.subject, frozenset())
        provided[duty.subject] = None if stores is None or before is None else before | stores
    return provided


def stores_of_unit(unit: Unit) -> frozenset[str] | None:
    """The stores that a unit stands for: those below it, or the one it belongs to; None for the whole group."""
    if unit.kind == Unit.Kind.GROUP:
        return None
    above: Unit | None = unit
    while above is not None and above.kind in PARTS:
        above = above.parent
    # a part that hangs below no store stands for none
    if above is None:
        return frozenset()
    if above.kind == Unit.Kind.STORE:
        return frozenset({above.name})
    below = Unit.objects.filter(id__in=units_below(units=[above.pk]), kind=Unit.Kind.STORE)
    return frozenset(below.values_list("name", flat=True))
