"""What several parts of one page stand on, asked a single time while the page is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Asked = TypeVar("Asked")
#: what was asked while a page is put together; None at all other times
_SHARED: ContextVar[dict[str, Any] | None] = ContextVar("shared", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """For a page that changes nothing and is made of what several apps say: they share what they ask `once`."""
    before = _SHARED.set({})
    try:
        yield
    finally:
        _SHARED.reset(before)


def once(what: str, ask: Callable[[], Asked]) -> Asked:
    """What `ask` gives, asked a single time while such a page is put together, else each time. `what` tells it from
    everything else, of whom and for which month."""
    shared = _SHARED.get()
    if shared is None:
        return ask()
    if what not in shared:
        shared[what] = ask()
    found: Asked = shared[what]
    return found
