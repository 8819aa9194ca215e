"""Where somebody comes in after signing in: what they come for first."""

from __future__ import annotations

from fairwrench.web.people.models import Grant, User
from fairwrench.web.people.policy import may
from fairwrench.web.people.scope import Scope

Role = Grant.Role


def landing_place(user: User) -> str:
    """The name of the page that the user's role comes for; everybody on the roster has at least their own month."""
    scope = Scope.of(user)
    if scope.has(Role.HR):
        return "settlements:months"
    if scope.has(Role.GENERAL_MANAGER, Role.AUDITOR):
        return "settlements:stores"
    if scope.has(Role.PROVIDER):
        return "evidence:desk"
    if scope.led:
        return "settlements:team"
    if may(user, "results.view_mine"):
        return "settlements:mine"
    if may(user, "daily.view"):
        return "settlements:daily"
    return "settings:users" if may(user, "people.manage_users") else "schemes:list"
