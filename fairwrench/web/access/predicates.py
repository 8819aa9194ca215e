"""Whom a permission holds for: by role, by who leads whom, by whose it is. Permissions are put together from these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import rules

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.reach import NONE, reach_by, stores_of_unit
from fairwrench.web.access.scope import HEADS, Scope
from fairwrench.web.access.targets import Handing, OfAccount, OfPerson, OfPost, OfStore, OfUnit
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.models import Assignment
from fairwrench.web.org.unit_tree import units_below

Role = Grant.Role
#: those who see everybody's results in their stores
OVERSEERS = (Role.HR, Role.GENERAL_MANAGER, Role.GM_ASSISTANT, Role.AUDITOR)
#: those who see what the people of their stores are paid
PAYERS = (Role.HR, Role.GENERAL_MANAGER, Role.AUDITOR, Role.FINANCE)
#: those who keep the roster
KEEPERS = (Role.HR, Role.ADMINISTRATOR)
#: those who hand in every source of their stores; data providers do by duty
HANDERS = (Role.HR,)
#: those who give out the work of a store and know whose order is missing
FOREMEN = (Role.SUPERVISOR, Role.DISPATCHER)
#: those who see how far everybody of their stores is
FOLLOWERS = (*OVERSEERS, *FOREMEN)
#: those who read drafts of the scheme
READERS = (*OVERSEERS, Role.ADMINISTRATOR)
#: those who see everybody in their stores at all, beside managers
SEERS = (*OVERSEERS, Role.FINANCE, Role.ADMINISTRATOR)
#: those by whose account HR of their stores comes to nothing that it does not see by itself
BELOW_HR = (*FOREMEN, Role.PROVIDER, Role.CUSTOMER_SERVICE, Role.SERVICE_MANAGER, Role.FINANCE, Role.GM_ASSISTANT)


def in_some_store(*roles: str) -> Any:
    """Whether one of the roles is held, for whatever unit."""

    @rules.predicate(f"has {' or '.join(roles)}")
    def holds(user: User) -> bool:
        return user.is_authenticated and Scope.of(user).has(*roles)

    return holds


def in_group(*roles: str) -> Any:
    """Whether one of the roles is held for the whole group."""

    @rules.predicate(f"has {' or '.join(roles)} in the whole group")
    def holds(user: User) -> bool:
        return user.is_authenticated and Scope.of(user).stores(*roles) is None

    return holds


def in_store(*roles: str) -> Any:
    """Whether one of the roles is held for a store."""

    @rules.predicate(f"has {' or '.join(roles)} in the store")
    def holds(user: User, about: OfStore) -> bool:
        stores = Scope.of(user).stores(*roles)
        return stores is None or about.name in stores

    return holds


def in_unit(*roles: str) -> Any:
    """Whether one of the roles is held for a unit, or for one above it."""

    @rules.predicate(f"has {' or '.join(roles)} in the unit")
    def holds(user: User, about: OfUnit) -> bool:
        units = units_held(user, *roles)
        return units is None or about.unit_id in units

    return holds


def handing_in(*roles: str, of_department: Mapping[str, str] = NONE) -> Any:
    """Whether a source is reached in each of some stores: by one of the roles, by what the positions of a department
    provide (role → department), or by duty."""

    @rules.predicate(f"reaches by {' or '.join((*roles, *of_department))} or by duty")
    def holds(user: User, about: Handing) -> bool:
        reach = reach_by(user=user, roles=roles, payers=PAYERS, of_department=of_department)
        return reach.covers(about.source, about.stores)

    return holds


@rules.predicate
def is_employee(user: User) -> bool:
    """Whether the user is somebody on the roster."""
    return user.is_authenticated and user.employee_id is not None


@rules.predicate
def leads(user: User) -> bool:
    """Whether somebody has the user as line manager or next-level manager, or as their stand-in."""
    return user.is_authenticated and bool(Scope.of(user).led)


@rules.predicate
def leads_over(user: User) -> bool:
    """Whether somebody has the user as next-level manager, or as that manager's stand-in."""
    return user.is_authenticated and bool(Scope.of(user).led_next)


@rules.predicate
def rates(user: User) -> bool:
    """Whether the user may have somebody to rate: those one leads, by duty, or oneself where the scheme asks for it."""
    if not user.is_authenticated or user.employee_id is None:
        return False
    scope = Scope.of(user)
    return bool(scope.led) or scope.charged or scope.asks_oneself


@rules.predicate
def is_near(user: User, about: OfPerson) -> bool:
    """Whether a person is oneself, or somebody one leads."""
    scope = Scope.of(user)
    return about.employee_id in scope.own | scope.led | scope.led_next


@rules.predicate
def is_oneself(user: User, about: OfPerson | OfPost) -> bool:
    """Whether a person is oneself."""
    return about.employee_id in Scope.of(user).own


@rules.predicate
def is_near_post(user: User, about: OfPost) -> bool:
    """Whether somebody whose pay in a store is asked is oneself, or led by oneself."""
    scope = Scope.of(user)
    return about.employee_id in scope.own | scope.led | scope.led_next


@rules.predicate
def oversees_person(user: User, about: OfPerson) -> bool:
    """Whether a person works, or worked, in a store that the user oversees."""
    return oversees(user, about.employee_id)


@rules.predicate
def heads_person(user: User, about: OfPerson) -> bool:
    """Whether a person works, or worked, in a department that the user heads."""
    return Scope.of(user).heads(about.employee_id)


@rules.predicate
def heads_person_now(user: User, about: OfPerson) -> bool:
    """Whether a person works in a department that the user heads."""
    return Scope.of(user).heads(about.employee_id, now=True)


@rules.predicate
def sees_person(user: User, about: OfPerson) -> bool:
    """Whether a person works, or worked, where the user sees everybody."""
    return works_in_reach(user, about.employee_id, *SEERS)


@rules.predicate
def pays_post(user: User, about: OfPost) -> bool:
    """Whether what is paid in a store is the user's business."""
    stores = Scope.of(user).stores(*PAYERS)
    return stores is None or about.store in stores


@rules.predicate
def keeps_person(user: User, about: OfPerson) -> bool:
    """Whether the user may change what stands about a person: HR of the store they work in, administrators."""
    return held_in_reach(user, about.employee_id, *KEEPERS)


@rules.predicate
def corrects_person(user: User, about: OfPerson) -> bool:
    """Whether the user is HR of the store that a person works in."""
    return held_in_reach(user, about.employee_id, Role.HR)


@rules.predicate
def decides_person(user: User, about: OfPerson) -> bool:
    """Whether the user is HR or general manager of the store that a person works in."""
    return held_in_reach(user, about.employee_id, Role.HR, Role.GENERAL_MANAGER)


@rules.predicate
def manages_account(user: User, about: OfAccount) -> bool:
    """Whether the user may invite, close and open an account.

    HR does for people of their stores, but never for those who hold a role by which one would come to more than HR has:
    any beyond `BELOW_HR`, and these where they reach into other stores.
    """
    # whoever grants roles could come by any account anyway
    if Scope.of(user).has(Role.ADMINISTRATOR):
        return True
    account = User.objects.select_related("employee").filter(pk=about.user_id).first()
    if account is None or account.employee is None:
        return False
    grants = list(account.grants.select_related("unit"))
    if any(grant.role not in BELOW_HR for grant in grants) or not _all_within(user, grants):
        return False
    return held_in_reach(user, account.employee.employee_id, Role.HR)


def _all_within(user: User, grants: Iterable[Grant]) -> bool:
    """Whether every role of an account reaches only into stores whose HR the user is."""
    hr = Scope.of(user).stores(Role.HR)
    reached = [stores_of_unit(grant.unit) if grant.unit else None for grant in grants]
    return hr is None or all(stores is not None and stores <= hr for stores in reached)


def oversees(user: User, employee_id: str) -> bool:
    """Whether a person works, or worked, in a store that the user's role covers."""
    return works_in_reach(user, employee_id, *OVERSEERS)


def works_in_reach(user: User, employee_id: str, *roles: str) -> bool:
    """Whether a person works, or worked, in a store for which the user holds one of the roles."""
    stores = Scope.of(user).stores(*roles)
    # None is every store and an empty set is none: neither needs a query
    if not stores:
        return stores is None
    return Assignment.objects.filter(employee__employee_id=employee_id, store__name__in=stores).exists()


def held_in_reach(user: User, employee_id: str, *roles: str) -> bool:
    """Whether a person's last assignment lies in a store for which the user holds one of the roles."""
    scope = Scope.of(user)
    stores = scope.stores(*roles)
    if not stores:
        return stores is None
    held = Assignment.objects.filter(latest(day=scope.day))
    return held.filter(employee__employee_id=employee_id, store__name__in=stores).exists()


def units_held(user: User, *roles: str) -> set[int] | None:
    """The keys of the units for which one of the roles is held, and of all below them; None for all."""
    scope = Scope.of(user)
    if scope.stores(*roles) is None:
        return None
    held = (grant.unit_id for grant in scope.grants if grant.role in roles and grant.unit_id)
    return units_below(units=held)


is_signed_in = rules.is_authenticated
HR, ADMINISTRATOR, GENERAL_MANAGER = Role.HR, Role.ADMINISTRATOR, Role.GENERAL_MANAGER
has_hr, keeps_some = in_some_store(HR), in_some_store(*KEEPERS)
oversees_some, provides = in_some_store(*OVERSEERS), in_some_store(Role.PROVIDER)
heads_some, sees_some, pays_some = in_some_store(*HEADS), in_some_store(*SEERS), in_some_store(*PAYERS)
