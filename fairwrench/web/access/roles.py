"""Which role may open which page, read off the policy and the addresses; docs/roles.md is made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from fairwrench.web.access.models import Grant
from fairwrench.web.access.policy import permissions
from fairwrench.web.access.scope import HEADS
from fairwrench.web.access.targets import CALLED, Group, OfPerson, OfPost
from fairwrench.web.ui.words import Words

Role = Grant.Role
#: whom the table asks about, and in which store
SOMEBODY, SOMEWHERE = "somebody", "somewhere"


@dataclass(frozen=True)
class Stand:
    """A user as the predicates see one, with the reach that the role gives over somebody."""

    held: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    led: frozenset[str] = frozenset()
    led_next: frozenset[str] = frozenset()
    charged: bool = False
    asks_oneself: bool = False
    employee_id: int | None = None
    is_authenticated: bool = True
    day: Any = None
    grants: tuple[Any, ...] = field(default=())

    @property
    def _scope(self) -> Stand:
        return self

    def has(self, *roles: str) -> bool:
        """Whether any of the roles is held."""
        return bool(self.held & set(roles))

    def stores(self, *roles: str) -> set[str] | None:
        """All stores with one of the roles, none without."""
        return None if self.has(*roles) else set()

    def heads(self, employee_id: str, *, now: bool = False) -> bool:
        """Whether the role heads a department; then somebody is of it, now as before."""
        return self.has(*HEADS)


_ABOUT = frozenset({SOMEBODY})
#: role → its words, and how it stands to the person whose page is asked for
ROLES: dict[str, tuple[Words, Stand]] = {
    "colleague": (("同事", "a colleague"), Stand(employee_id=1)),
    "oneself": (("本人", "oneself"), Stand(employee_id=1, own=_ABOUT)),
    "line_manager": (("直接上级", "line manager"), Stand(employee_id=1, led=_ABOUT)),
    "next_level": (("隔级上级", "next-level manager"), Stand(employee_id=1, led=frozenset({"x"}), led_next=_ABOUT)),
    **{str(role): ((role.label, str(role)), Stand(held=frozenset({str(role)}))) for role in Role},
}


def roles_opened(permission: str) -> list[str]:
    """The roles for which the page of a permission is there at all."""
    return [role for role, (_, stand) in ROLES.items() if permissions()[permission].page.test(stand)]


def roles_allowed(permission: str) -> list[str]:
    """The roles that have a permission: about a person who stands to them as the role says, else about something."""
    declared = permissions()[permission]
    # for things of other kinds a role has them somewhere, which is what its page opens for
    about = {OfPerson: OfPerson(SOMEBODY), OfPost: OfPost(SOMEBODY, SOMEWHERE)}.get(declared.about or Group)
    if about is None:
        return roles_opened(permission)
    stands = {role: stand for role, (_, stand) in ROLES.items() if declared.page.test(stand)}
    return [role for role, stand in stands.items() if declared.thing.test(stand, about)]


@dataclass(frozen=True)
class Page:
    """An address: its name, and the permission it takes; `open_to_all` without being signed in. `narrowed`: it opens
    for whomever the permission concerns anywhere, and shows what is theirs."""

    address: str
    name: str
    permission: str
    open_to_all: bool
    narrowed: bool = False

    @property
    def roles(self) -> list[str]:
        """The roles that may open it."""
        if not self.permission:
            return list(ROLES)
        return roles_opened(self.permission) if self.narrowed else roles_allowed(self.permission)

    @property
    def whole(self) -> bool:
        """Whether it takes a role that is held for the whole group."""
        return bool(self.permission) and permissions()[self.permission].about is Group


def pages(patterns: list[Any] | None = None, above: str = "/", space: str = "") -> Iterator[Page]:
    """Every address of the project."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from pages(pattern.url_patterns, address, inside)
        elif isinstance(pattern, URLPattern):
            open_to_all = not getattr(pattern.callback, "login_required", True)
            permission = getattr(pattern.callback, "permission", "")
            narrowed = bool(getattr(pattern.callback, "page", False))
            yield Page(address, f"{space}{pattern.name or ''}", permission, open_to_all, narrowed)


def table() -> str:
    """The roles and pages as a page of the documentation."""
    heads = [words[1] if isinstance(words, tuple) else str(words) for words, _ in ROLES.values()]
    lines = [
        "# Who may do what",
        "",
        "Made by `python -m django role_table` from the permissions and addresses that the apps declare; a test holds",
        "it to them. A role is held for the whole group or for a unit and all below it, and",
        "then reaches no further: ✓ is about what lies there, `group` takes the role for the whole group. For what is",
        "about a person the first four columns say how one stands to that person.",
        "",
        "## Permissions",
        "",
        "`its page`: a page that is there or not, and shows each reader what lies in their reach.",
        "",
        f"| permission | is asked about | {' | '.join(heads)} |",
        f"| --- | --- |{' :-: |' * len(heads)}",
        *(
            f"| `{name}` | {_about(name)} | {' | '.join(_marks(roles_allowed(name), _whole(name)))} |"
            for name in permissions()
        ),
        "",
        "## Pages",
        "",
        "`everybody`: also without being signed in; `signed in`: every account, for itself. What a view refuses",
        "besides, because of the very thing asked for, does not stand here.",
        "",
        f"| address | takes | {' | '.join(heads)} |",
        f"| --- | --- |{' :-: |' * len(heads)}",
        *(f"| `{page.address}` | {_needs(page)} | {' | '.join(_marks(page.roles, page.whole))} |" for page in pages()),
    ]
    return "\n".join(lines) + "\n"


def _about(permission: str) -> str:
    about = permissions()[permission].about
    return CALLED[about] if about else "its page"


def _whole(permission: str) -> bool:
    return permissions()[permission].about is Group


def _marks(allowed: list[str], whole: bool) -> list[str]:
    return [("group" if whole else "✓") if role in allowed else "" for role in ROLES]


def _needs(page: Page) -> str:
    return "everybody" if page.open_to_all else f"`{page.permission}`" if page.permission else "signed in"
