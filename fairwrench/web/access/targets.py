"""What a permission is asked about: the whole group, a person, a store, a file's source and stores, oneself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Group:
    """The whole group: what is done to it concerns every store, so it takes a role held for all of it."""


@dataclass(frozen=True)
class Oneself:
    """The one who asks: what everybody does for themselves."""


@dataclass(frozen=True)
class OfPerson:
    """A person, by employee id."""

    employee_id: str


@dataclass(frozen=True)
class OfPost:
    """A person in a store, by employee id and the store's name: what was earned there is that store's business."""

    employee_id: str
    store: str


@dataclass(frozen=True)
class OfStore:
    """A store, by name."""

    name: str


@dataclass(frozen=True)
class OfUnit:
    """A unit of the organisation, by its key."""

    unit_id: int


@dataclass(frozen=True)
class OfAccount:
    """An account, by its key."""

    user_id: int


@dataclass(frozen=True)
class Handing:
    """What a file says of some stores: its source, and the stores; none, or `*`, is what concerns the whole group."""

    source: str
    stores: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, source: str, stores: Iterable[str]) -> Handing:
        """The same for stores in any order."""
        return cls(source, tuple(sorted(set(stores))))


GROUP, ONESELF = Group(), Oneself()
Target = Group | Oneself | OfPerson | OfPost | OfStore | OfUnit | OfAccount | Handing
#: what each kind of target is called in the table of roles
CALLED: dict[type[Target], str] = {
    Group: "the group",
    Oneself: "oneself",
    OfPerson: "a person",
    OfPost: "a person in a store",
    OfStore: "a store",
    OfUnit: "a unit",
    OfAccount: "an account",
    Handing: "a source in stores",
}
