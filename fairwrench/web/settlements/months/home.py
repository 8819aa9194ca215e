"""Where somebody comes in after signing in: what they come for first."""

from __future__ import annotations

from collections.abc import Callable

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import opens
from fairwrench.web.access.scope import Scope

Role = Grant.Role


def landing_place(user: User) -> str:
    """The name of the page that the user's role comes for; everybody on the roster has at least their own month."""
    return next(name for comes_for, name in PLACES if comes_for(user))


def _holds(*roles: str) -> Callable[[User], bool]:
    return lambda user: Scope.of(user).has(*roles)


def _opens(permission: str) -> Callable[[User], bool]:
    return lambda user: opens(user, permission)


#: the first that fits is where somebody comes in
PLACES: tuple[tuple[Callable[[User], bool], str], ...] = (
    (_holds(Role.HR), "settlements:months"),
    (_holds(Role.GENERAL_MANAGER, Role.GM_ASSISTANT, Role.AUDITOR), "settlements:stores"),
    (_holds(Role.SERVICE_MANAGER), "settlements:team"),
    (_holds(Role.FINANCE), "settlements:pays"),
    (_holds(Role.PROVIDER, Role.CUSTOMER_SERVICE), "evidence:desk"),
    (_holds(Role.DISPATCHER), "settlements:daily"),
    (_opens("results.view_team"), "settlements:team"),
    (_opens("results.view_mine"), "settlements:mine"),
    (_opens("daily.view"), "settlements:daily"),
    (_opens("people.manage_users"), "settings:users"),
    (_opens("schemes.view"), "schemes:list"),
)
