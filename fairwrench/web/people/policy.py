"""Who may do what: every permission of the application, what it is asked about, and the predicates that decide.

`may` asks about the very thing that is seen or changed, of the kind that the permission declares; anything else is a
programming error and raises TypeError. `opens` asks only whether a page is there for somebody at all, for navigation
and for lists, which their selectors narrow by the same scope. What is done to the whole group takes a role held for all
of it: a role held for some stores reaches no further than these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from fairwrench.web.people.access_log import witness
from fairwrench.web.people.models import Assignment, Grant, User
from fairwrench.web.people.reach import reach_by
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.people.scope import Scope, latest, units_below
from fairwrench.web.people.targets import (
    Group,
    Handing,
    OfAccount,
    OfPerson,
    OfPost,
    OfStore,
    OfUnit,
    Oneself,
    Target,
)

Role = Grant.Role
#: those who see everybody's results in their stores
OVERSEERS = (Role.HR, Role.GENERAL_MANAGER, Role.AUDITOR)
#: those who keep the roster
KEEPERS = (Role.HR, Role.ADMINISTRATOR)
#: those who hand in every source of their stores; data providers do by duty
HANDERS = (Role.HR,)
#: those who see how far everybody of their stores is
FOREMEN = (*OVERSEERS, Role.SUPERVISOR)
#: those who read drafts of the scheme
READERS = (*OVERSEERS, Role.ADMINISTRATOR)


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


def handing_in(*roles: str) -> Any:
    """Whether a source is reached in each of some stores: by one of the roles, or by duty."""

    @rules.predicate(f"reaches by {' or '.join(roles)} or by duty")
    def holds(user: User, about: Handing) -> bool:
        return reach_by(user=user, roles=roles).covers(about.source, about.stores)

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
def oversees_person(user: User, about: OfPerson) -> bool:
    """Whether a person works, or worked, in a store that the user oversees."""
    return oversees(user, about.employee_id)


@rules.predicate
def administers_person(user: User, about: OfPerson) -> bool:
    """Whether a person works, or worked, where the user is an administrator."""
    return works_in_reach(user, about.employee_id, Role.ADMINISTRATOR)


@rules.predicate
def oversees_post(user: User, about: OfPost) -> bool:
    """Whether the user oversees the store of which somebody's pay is asked."""
    stores = Scope.of(user).stores(*OVERSEERS)
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

    HR does for people of their stores, but never for those who hold a role by which one would come to more than HR has.
    """
    if Scope.of(user).has(Role.ADMINISTRATOR):
        return True
    account = User.objects.select_related("employee").filter(pk=about.user_id).first()
    if account is None or account.employee is None:
        return False
    if account.grants.exclude(role__in=(Role.PROVIDER, Role.SUPERVISOR)).exists():
        return False
    return held_in_reach(user, account.employee.employee_id, Role.HR)


def oversees(user: User, employee_id: str) -> bool:
    """Whether a person works, or worked, in a store that the user's role covers."""
    return works_in_reach(user, employee_id, *OVERSEERS)


def works_in_reach(user: User, employee_id: str, *roles: str) -> bool:
    """Whether a person works, or worked, in a store for which the user holds one of the roles."""
    stores = Scope.of(user).stores(*roles)
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


@dataclass(frozen=True)
class Permission:
    """What a permission is asked about (None: of nothing but its page), for whom its page is there at all, and whether
    it holds of the very thing."""

    about: type[Target] | None
    page: Any
    thing: Any


def only_page(predicate: Any) -> Permission:
    """A page whose selectors narrow what it shows; there is nothing on it of which one could be asked alone."""
    return Permission(None, predicate, rules.always_deny)


def on_group(*roles: str) -> Permission:
    """What concerns the whole group."""
    return Permission(Group, in_group(*roles), in_group(*roles))


def on_oneself(predicate: Any) -> Permission:
    """What everybody of a kind does for themselves."""
    return Permission(Oneself, predicate, predicate)


is_signed_in = rules.is_authenticated
HR, ADMINISTRATOR, GENERAL_MANAGER = Role.HR, Role.ADMINISTRATOR, Role.GENERAL_MANAGER
has_hr, keeps_some = in_some_store(HR), in_some_store(*KEEPERS)
oversees_some, provides = in_some_store(*OVERSEERS), in_some_store(Role.PROVIDER)

PERMISSIONS: dict[str, Permission] = {
    # Mine, and the reasons of a figure
    "results.view_mine": on_oneself(is_employee),
    "results.view_person": Permission(OfPerson, is_signed_in, is_near | oversees_person),
    "results.view_team": only_page(leads),
    "results.view_stores": Permission(OfStore, oversees_some, in_store(*OVERSEERS)),
    "daily.view": Permission(OfStore, leads | in_some_store(*FOREMEN), in_store(*FOREMEN)),
    # People
    "people.view": only_page(oversees_some | in_some_store(ADMINISTRATOR) | leads),
    "people.view_person": Permission(OfPerson, is_signed_in, is_near | oversees_person | administers_person),
    "people.view_pay": Permission(OfPost, is_employee | oversees_some, is_oneself | oversees_post),
    "people.view_self": on_oneself(is_signed_in),
    "people.change": Permission(OfPerson, keeps_some, keeps_person),
    "people.find": only_page(is_employee | keeps_some),
    "people.delegate": Permission(OfPerson, is_employee | keeps_some, is_oneself | keeps_person),
    "people.manage_users": Permission(OfAccount, keeps_some, keeps_some & manages_account),
    "people.grant": on_group(ADMINISTRATOR),
    "people.view_as": on_group(ADMINISTRATOR),
    "people.audit": on_group(ADMINISTRATOR, Role.AUDITOR),
    "people.audit_values": on_group(Role.AUDITOR),
    "organisation.change": Permission(OfUnit, keeps_some, in_unit(*KEEPERS)),
    "positions.describe": on_group(*KEEPERS),
    # Evidence
    "evidence.view": only_page(provides | oversees_some | in_some_store(ADMINISTRATOR, Role.SUPERVISOR)),
    "evidence.read": Permission(Handing, provides | oversees_some, handing_in(*OVERSEERS)),
    "evidence.land": Permission(Handing, provides | has_hr, handing_in(*HANDERS)),
    "evidence.map_everywhere": on_group(HR),
    "evidence.excuse": only_page(provides | has_hr | leads),
    "evidence.approve_excuse": Permission(OfStore, has_hr, in_store(HR)),
    "evidence.define_source": on_group(*KEEPERS),
    "evidence.adopt": on_group(ADMINISTRATOR),
    "evidence.keep": Permission(OfStore, has_hr, in_store(HR)),
    "evidence.keep_everywhere": on_group(HR),
    "evidence.choose": only_page(has_hr),
    # Settlements
    "settlements.view": only_page(oversees_some),
    "settlements.open": on_group(HR),
    "settlements.settle": on_group(HR),
    "settlements.approve_hr": on_group(HR),
    "settlements.approve_gm": on_group(GENERAL_MANAGER),
    "settlements.send_back": on_group(HR, GENERAL_MANAGER),
    "settlements.publish": on_group(HR),
    "settlements.correct": Permission(OfPerson, has_hr, corrects_person),
    "settlements.decide_correction": Permission(OfPerson, in_some_store(HR, GENERAL_MANAGER), decides_person),
    "settlements.verify": only_page(oversees_some | is_employee),
    "ratings.rate": only_page(rates | has_hr),
    "ratings.asked": only_page(rates),
    "ratings.decide": Permission(OfPerson, has_hr, corrects_person & ~is_oneself),
    "ratings.chase": only_page(has_hr),
    # of a store's people, of the store itself, or of the group: that is asked about as the store `*`
    "targets.view": Permission(OfStore, oversees_some, in_store(*OVERSEERS)),
    "targets.enter": Permission(OfStore, has_hr, in_store(HR)),
    # Schemes
    "schemes.view": only_page(is_signed_in),
    "schemes.view_drafts": only_page(in_some_store(*READERS)),
    "schemes.change": on_group(HR),
    "schemes.approve": on_group(GENERAL_MANAGER),
    # Operation
    "jobs.view": only_page(is_signed_in),
    "operation.view": on_group(ADMINISTRATOR),
}


def _of_its_kind(name: str, permission: Permission) -> Any:
    """A permission's predicate about a thing; TypeError for a thing of another kind, or for none."""

    @rules.predicate(name)
    def holds(user: User, about: Target | None = None) -> bool:
        _check(name, permission, about)
        return bool(permission.thing.test(user, about))

    return holds


def _check(name: str, permission: Permission, about: object) -> None:
    if permission.about is None or type(about) is not permission.about:
        wanted = permission.about.__name__ if permission.about else "nothing: ask whether its page `opens`"
        raise TypeError(f"{name} is asked about {wanted}, not about {about!r}")


for _name, _permission in PERMISSIONS.items():
    rules.add_perm(_name, _of_its_kind(_name, _permission))


def may(user: Any, permission: str, *, about: Target) -> bool:
    """Whether a user has a permission about something; TypeError where it is about things of another kind."""
    return bool(user.is_authenticated and rules.has_perm(permission, user, about))


def require(user: Any, permission: str, *, about: Target) -> None:
    """PermissionDenied unless the user has the permission about something."""
    if not may(user, permission, about=about):
        raise PermissionDenied(permission)


def opens(user: Any, permission: str) -> bool:
    """Whether the page of a permission is there for a user at all; what stands on it, its selectors decide."""
    return bool(user.is_authenticated and PERMISSIONS[permission].page.test(user))


def require_page(user: Any, permission: str) -> None:
    """PermissionDenied unless the page of a permission is there for the user."""
    if not opens(user, permission):
        raise PermissionDenied(permission)


View = Callable[..., HttpResponseBase]


def allowed(permission: str, *, about: Target | str) -> Callable[[View], View]:
    """A view only for those with a permission about something: a target, or the thing that the URL's argument of that
    name names. `witness` notes who saw it."""
    declared = PERMISSIONS[permission]
    if not isinstance(about, str):
        _check(permission, declared, about)
    elif declared.about not in (OfPerson, OfStore, OfUnit, OfAccount):
        raise TypeError(f"no argument of an address names what {permission} is about")
    made: Any = declared.about

    def asked(user: User, arguments: dict[str, Any]) -> None:
        require(user, permission, about=made(arguments[about]) if isinstance(about, str) else about)

    return _guarded(permission, asked, page=False)


def opened(permission: str) -> Callable[[View], View]:
    """A view for whomever the page of a permission is there for; its selectors narrow what it shows."""
    if PERMISSIONS[permission].about in (Group, Oneself):
        raise TypeError(f"{permission} concerns {PERMISSIONS[permission].about}: say so with `allowed`")
    return _guarded(permission, lambda user, _: require_page(user, permission), page=True)


def _guarded(permission: str, asked: Callable[[User, dict[str, Any]], None], *, page: bool) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asked(request.user, kwargs)
            response = view(request, *args, **kwargs)
            witness(request, response)
            return response

        vars(checked).update(permission=permission, page=page)  # `roles.pages` reads them off the view
        return checked

    return decorate
