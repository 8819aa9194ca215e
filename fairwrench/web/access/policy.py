"""Who may do what: the permissions that the apps declare, and the questions asked of them.

`may` asks about the very thing that is seen or changed, of the kind that the permission declares; anything else is a
programming error and raises TypeError. `opens` asks only whether a page is there for somebody at all, for navigation
and for lists, which their selectors narrow by the same scope. What is done to the whole group takes a role held for all
of it: a role held for some stores reaches no further than these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from fairwrench.web.access.log.access_log import witness
from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import in_group
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import Group, OfAccount, OfPerson, OfStore, OfUnit, Oneself, Target
from fairwrench.web.ui.declarations import declared


@dataclass(frozen=True)
class Permission:
    """A permission by its name: what it is asked about (None: of nothing but its page), for whom its page is there at
    all, and whether it holds of the very thing."""

    name: str
    about: type[Target] | None
    page: Any
    thing: Any


def only_page(name: str, predicate: Any) -> Permission:
    """A page whose selectors narrow what it shows; there is nothing on it of which one could be asked alone."""
    return Permission(name, None, predicate, rules.always_deny)


def on_group(name: str, *roles: str) -> Permission:
    """What concerns the whole group."""
    return Permission(name, Group, in_group(*roles), in_group(*roles))


def on_oneself(name: str, predicate: Any) -> Permission:
    """What everybody of a kind does for themselves."""
    return Permission(name, Oneself, predicate, predicate)


@lru_cache(maxsize=1)
def permissions() -> Mapping[str, Permission]:
    """Every permission that an app declares, by name."""
    return {permission.name: permission for permission in declared(Permission)}


def _check(permission: Permission, about: object) -> None:
    if permission.about is None or type(about) is not permission.about:
        wanted = permission.about.__name__ if permission.about else "nothing: ask whether its page `opens`"
        raise TypeError(f"{permission.name} is asked about {wanted}, not about {about!r}")


def may(user: Any, permission: str, *, about: Target) -> bool:
    """Whether a user has a permission about something; TypeError where it is about things of another kind."""
    if not user.is_authenticated:
        return False
    asked = permissions()[permission]
    _check(asked, about)
    return bool(asked.thing.test(user, about))


def require(user: Any, permission: str, *, about: Target) -> None:
    """PermissionDenied unless the user has the permission about something."""
    if not may(user, permission, about=about):
        raise PermissionDenied(permission)


def opens(user: Any, permission: str) -> bool:
    """Whether the page of a permission is there for a user at all; what stands on it, its selectors decide."""
    return bool(user.is_authenticated and permissions()[permission].page.test(user))


def require_page(user: Any, permission: str) -> None:
    """PermissionDenied unless the page of a permission is there for the user."""
    if not opens(user, permission):
        raise PermissionDenied(permission)


View = Callable[..., HttpResponseBase]


def allowed(permission: str, *, about: Target | str) -> Callable[[View], View]:
    """A view only for those with a permission about something: a target, or the thing that the URL's argument of that
    name names. `witness` notes who saw it."""
    asked_about = permissions()[permission]
    if not isinstance(about, str):
        _check(asked_about, about)
    elif asked_about.about not in (OfPerson, OfStore, OfUnit, OfAccount):
        raise TypeError(f"no argument of an address names what {permission} is about")
    made: Any = asked_about.about

    def asked(user: User, arguments: dict[str, Any]) -> None:
        require(user, permission, about=made(arguments[about]) if isinstance(about, str) else about)

    return _guarded(permission, asked, page=False)


def opened(permission: str) -> Callable[[View], View]:
    """A view for whomever the page of a permission is there for; its selectors narrow what it shows."""
    # for the group and for oneself there is no list that a selector could narrow
    if permissions()[permission].about in (Group, Oneself):
        raise TypeError(f"{permission} concerns {permissions()[permission].about}: say so with `allowed`")
    return _guarded(permission, lambda user, _: require_page(user, permission), page=True)


def _guarded(permission: str, asked: Callable[[User, dict[str, Any]], None], *, page: bool) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asked(request.user, kwargs)
            # after the view, which may say whom it shows (`access_log.shows`)
            response = view(request, *args, **kwargs)
            witness(request, response)
            return response

        vars(checked).update(permission=permission, page=page)  # `roles.pages` reads them off the view
        return checked

    return decorate
