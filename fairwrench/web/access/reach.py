"""Which sources of which stores somebody reaches: by role whole stores or the sources of a department, by duty single
sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fairwrench.closing.folder.placing import GROUP
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.duties import sources_of_department
from fairwrench.web.org.models import Duty, Unit
from fairwrench.web.org.unit_tree import units_below

#: parts of a store
PARTS = (Unit.Kind.DEPARTMENT, Unit.Kind.TEAM)
#: evidence of what people are paid: for whom their pay concerns or who hands it in, not for who leads the people
PAY_SOURCES = ("payroll", "decisions", "tickets")
#: the stores of something; None for all
Stores = frozenset[str] | None
NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Reach:
    """`whole`: the stores of which every source is reached, None for all. `duties`: a source's stores, None for all.
    `closed`: of a source that fewer reach, the stores in the place of `whole`."""

    whole: Stores
    duties: Mapping[str, Stores]
    closed: Mapping[str, Stores] = field(default_factory=dict)

    def covers(self, source: str, stores: Iterable[str]) -> bool:
        """Whether a source is reached in each of some stores; what tells no store is for those who reach all."""
        return all(self._one(source, store) for store in list(stores) or [GROUP])

    def _one(self, source: str, store: str) -> bool:
        places = (self.closed.get(source, self.whole), self.duties.get(source, frozenset()))
        return any(place is None or (store in place and store != GROUP) for place in places)

    def stores_of(self, source: str) -> frozenset[str] | None:
        """The stores in which a source is reached; None for all."""
        whole, more = self.closed.get(source, self.whole), self.duties.get(source, frozenset())
        return None if whole is None or more is None else whole | more

    @property
    def stores(self) -> frozenset[str] | None:
        """The stores in which any source is reached; None for all."""
        parts = [self.whole, *self.duties.values()]
        named = [part for part in parts if part is not None]
        return frozenset().union(*named) if len(named) == len(parts) else None

    @property
    def everywhere(self) -> bool:
        """Whether every source of every store is reached."""
        return self.whole is None and not self.closed

    def all_of(self, store: str) -> bool:
        """Whether every source of a store is reached, whatever it may be."""
        return all(place is None or store in place for place in (self.whole, *self.closed.values()))

    @property
    def anything(self) -> bool:
        """Whether anything is reached at all."""
        return self.whole is None or bool(self.whole) or bool(self.duties)


def reach_by(
    *, user: User, roles: Iterable[str], payers: Iterable[str] | None = None, of_department: Mapping[str, str] = NONE
) -> Reach:
    """What a user reaches by some roles, and as a data provider by the duties that fall to them today.

    `payers`: those of the roles by which evidence of pay is reached (None: all of them). `of_department`: role → the
    department of which one reaches by it what its positions provide.
    """
    scope, roles = Scope.of(user), tuple(roles)
    whole = _frozen(scope.stores(*roles))
    reached = dict(_duties(scope)) if scope.has(Grant.Role.PROVIDER) else {}
    for role, code in of_department.items():
        if scope.has(role):
            stores = _frozen(scope.stores(role))
            # by a role that was handed over one comes to nobody's pay
            for source in _sources(scope, code) - (set() if scope.by_right(role) else {*PAY_SOURCES}):
                reached[source] = _together(reached.get(source, frozenset()), stores)
    paid = whole if payers is None else _frozen(scope.stores(*(role for role in roles if role in {*payers})))
    return Reach(whole, reached, {} if paid == whole else dict.fromkeys(PAY_SOURCES, paid))


def _frozen(stores: set[str] | None) -> Stores:
    return None if stores is None else frozenset(stores)


def _together(one: Stores, other: Stores) -> Stores:
    return None if one is None or other is None else one | other


def _sources(scope: Scope, code: str) -> frozenset[str]:
    """What the positions of a department provide; asked once a request."""
    known: dict[str, frozenset[str]] = scope.__dict__.setdefault("_of_department", {})
    if code not in known:
        known[code] = sources_of_department(code)
    return known[code]


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
        if not scope.hands_in_for(duty.employee_id, pay=duty.subject in PAY_SOURCES):
            continue
        before = provided.get(duty.subject, frozenset())
        provided[duty.subject] = _together(before, stores_of_unit(duty.unit))
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
