"""Who may do what: every permission of the application, as predicates over a user's scope.

A permission without an object says whether the page exists for somebody; with one, whether that very thing may be seen
or changed. Views ask by `allowed`, selectors narrow by the same scope.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from fairwrench.web.people.models import Assignment, Grant, User
from fairwrench.web.people.organisation import asks_oneself
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.people.scope import Scope, latest
from fairwrench.web.people.witness import witness

Role = Grant.Role
#: those who see everybody's results in their stores
OVERSEERS = (Role.HR, Role.GENERAL_MANAGER, Role.AUDITOR)
#: those who keep the roster
KEEPERS = (Role.HR, Role.ADMINISTRATOR)


def _role(*names: str) -> Any:
    """Whether one of the roles is held."""

    @rules.predicate(f"has {' or '.join(names)}")
    def holds(user: User) -> bool:
        return user.is_authenticated and Scope.of(user).has(*names)

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
    return bool(Scope.of(user).led) or asks_oneself() or Scope.of(user).charged


@rules.predicate
def reaches_person(user: User, employee_id: str | None = None) -> bool:
    """Whether a person's results concern the user: one's own, those one leads, those one's role oversees."""
    if employee_id is None:
        return True
    scope = Scope.of(user)
    if employee_id in scope.own | scope.led | scope.led_next:
        return True
    return scope.has(*OVERSEERS) and oversees(user, employee_id)


def oversees(user: User, employee_id: str) -> bool:
    """Whether a person works, or worked, in a store that the user's role covers."""
    return works_in_reach(user, employee_id, *OVERSEERS)


@rules.predicate
def sees_person(user: User, employee_id: str | None = None) -> bool:
    """Whether the user may open a person's page: one's own, those one leads, those of the stores one oversees."""
    if employee_id is None:
        return True
    scope = Scope.of(user)
    if employee_id in scope.own | scope.led | scope.led_next:
        return True
    return works_in_reach(user, employee_id, *OVERSEERS, Role.ADMINISTRATOR)


@rules.predicate
def keeps_person(user: User, employee_id: str | None = None) -> bool:
    """Whether the user may change what stands about a person: HR of the store they work in, administrators."""
    return employee_id is None or held_in_reach(user, employee_id, *KEEPERS)


def works_in_reach(user: User, employee_id: str, *roles: str) -> bool:
    """Whether a person works, or worked, in a store for which the user holds one of the roles."""
    stores = Scope.of(user).stores(*roles)
    if stores is None:
        return True
    return Assignment.objects.filter(employee__employee_id=employee_id, store__name__in=stores).exists()


def held_in_reach(user: User, employee_id: str, *roles: str) -> bool:
    """Whether a person's last assignment lies in a store for which the user holds one of the roles."""
    scope = Scope.of(user)
    stores = scope.stores(*roles)
    if stores is None:
        return True
    held = Assignment.objects.filter(latest(day=scope.day))
    return held.filter(employee__employee_id=employee_id, store__name__in=stores).exists()


@rules.predicate
def manages_account(user: User, user_id: int | None = None) -> bool:
    """Whether the user may invite, close and open an account.

    HR does for people of their stores, but never for those who hold a role by which one would come to more than HR has.
    """
    if user_id is None or Scope.of(user).has(Role.ADMINISTRATOR):
        return True
    about = User.objects.select_related("employee").filter(pk=user_id).first()
    if about is None or about.employee is None:
        return False
    if about.grants.exclude(role__in=(Role.PROVIDER, Role.SUPERVISOR)).exists():
        return False
    return held_in_reach(user, about.employee.employee_id, Role.HR)


@rules.predicate
def audits(user: User) -> bool:
    """Whether the user is an auditor of the whole group."""
    scope = Scope.of(user)
    return scope.has(Role.AUDITOR) and scope.stores(Role.AUDITOR) is None


@rules.predicate
def runs_group(user: User) -> bool:
    """Whether the user is a general manager of the whole group: what holds for every store is not one store's say."""
    scope = Scope.of(user)
    return scope.has(Role.GENERAL_MANAGER) and scope.stores(Role.GENERAL_MANAGER) is None


is_hr = _role(Role.HR)
is_administrator = _role(Role.ADMINISTRATOR)
is_auditor = _role(Role.AUDITOR)
is_general_manager = _role(Role.GENERAL_MANAGER)
is_provider = _role(Role.PROVIDER)
is_supervisor = _role(Role.SUPERVISOR)
oversees_somebody = _role(*OVERSEERS)

PERMISSIONS = {
    # Mine, and the reasons of a figure
    "results.view_mine": is_employee,
    "results.view_person": reaches_person,
    "results.view_team": leads,
    "results.view_stores": oversees_somebody,
    "daily.view": leads | oversees_somebody | is_supervisor,
    # People
    "people.view": is_hr | is_administrator | is_auditor | is_general_manager | leads,
    "people.view_person": rules.is_authenticated & sees_person,
    "people.view_self": rules.is_authenticated,
    "people.change": (is_hr | is_administrator) & keeps_person,
    "people.find": is_employee | is_hr | is_administrator,
    "people.delegate": is_employee | is_hr | is_administrator,
    "people.manage_users": (is_administrator | is_hr) & manages_account,
    "people.grant": is_administrator,
    "people.view_as": is_administrator,
    "people.audit": is_administrator | (is_auditor & audits),
    # Evidence
    "evidence.view": is_provider | is_hr | is_auditor | is_administrator | is_general_manager | is_supervisor,
    "evidence.land": is_provider | is_hr,
    "evidence.excuse": is_provider | is_hr | leads,
    "evidence.approve_excuse": is_hr,
    "evidence.define_source": is_administrator | is_hr,
    # Settlements
    "settlements.view": is_hr | is_general_manager | is_auditor,
    "settlements.settle": is_hr,
    "settlements.approve_hr": is_hr,
    "settlements.approve_gm": is_general_manager,
    "settlements.publish": is_hr,
    "settlements.correct": is_hr,
    "settlements.verify": is_hr | is_auditor | is_general_manager | is_employee,
    "ratings.rate": rates | is_hr,
    "ratings.asked": rates,
    # Schemes
    "schemes.view": rules.is_authenticated,
    "schemes.change": is_hr,
    "schemes.approve": is_general_manager & runs_group,
    # Operation
    "operation.view": is_administrator,
}
for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)


def may(user: Any, permission: str, about: Any = None) -> bool:
    """Whether a user has a permission, about something if given."""
    return bool(user.is_authenticated and rules.has_perm(permission, user, about))


def require(user: Any, permission: str, about: Any = None) -> None:
    """PermissionDenied unless the user has the permission."""
    if not may(user, permission, about):
        raise PermissionDenied(permission)


View = Callable[..., HttpResponseBase]


def allowed(permission: str, about: str = "") -> Callable[[View], View]:
    """A view only for those with a permission, about the URL's argument of that name if given; `witness` notes it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.user, permission, kwargs.get(about) if about else None)
            response = view(request, *args, **kwargs)
            witness(request, response)
            return response

        vars(checked)["permission"] = permission  # `roles.pages` reads it off the view
        return checked

    return decorate
