"""Which suggestions somebody reads, and to which stores they may write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.users.selectors import store_holders
from fairwrench.web.org.assignments import current
from fairwrench.web.voice.models import Suggestion

Role, State, To = Grant.Role, Suggestion.State, Suggestion.To
#: who reads what was written to whom
READERS: dict[str, str] = {To.HR: Role.HR, To.GENERAL_MANAGER: Role.GENERAL_MANAGER}
#: the place of the group among stores
EVERYWHERE = "*"


def suggestions_read(*, user: User) -> QuerySet[Suggestion]:
    """What was written to a role of the user for their stores, once it is opened; what went to the group, for who holds
    the role for the whole of it."""
    scope, found = Scope.of(user), Q(pk__in=())
    for to, role in READERS.items():
        stores = scope.stores(role)
        found |= Q(to=to) if stores is None else Q(to=to, store__in=stores)
    return Suggestion.objects.filter(found).exclude(state=State.WAITING)


def suggestion_read(*, user: User, suggestion_id: int) -> Suggestion:
    """One suggestion for somebody who reads it; Http404 for every other."""
    return get_object_or_404(suggestions_read(user=user), pk=suggestion_id)


def stores_of(*, user: User) -> list[str]:
    """The stores in which somebody works, to write to."""
    held = current(day=Scope.of(user).day).filter(employee=user.employee_id).order_by("store__name")
    return list(held.values_list("store__name", flat=True).distinct())


def published(*, user: User) -> QuerySet[Suggestion]:
    """What was answered for everybody: of the group, of the stores in which somebody works, and of those whose
    suggestions they read."""
    scope = Scope.of(user)
    stores = scope.stores(*READERS.values())
    there = Suggestion.objects.exclude(public_on=None).order_by("-public_on", "pk")
    if stores is None:
        return there
    return there.filter(store__in=[EVERYWHERE, *stores, *stores_of(user=user)])


def readers_of(suggestions: Iterable[Suggestion]) -> Mapping[User, int]:
    """The accounts that read some suggestions, each with how many of them."""
    found: Counter[User] = Counter()
    for (to, store), count in Counter((each.to, each.store) for each in suggestions).items():
        for user in store_holders(role=READERS[to], store=store):
            found[user] += count
    return found


def has_reader(*, store: str, to: str) -> bool:
    """Whether anybody reads what is written to a role in a store."""
    return bool(store_holders(role=READERS[to], store=store))


def reads(user: User, suggestion: Suggestion) -> bool:
    """Whether a user holds the role that a suggestion was written to, where it was written to."""
    stores = Scope.of(user).stores(READERS[suggestion.to])
    return stores is None or suggestion.store in stores
