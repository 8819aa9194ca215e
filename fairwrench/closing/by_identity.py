"""Results kept for the very objects they were worked out from: a scheme that a month asks for a hundred times."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
#: how many results of one function are kept; a settlement knows a handful of schemes and engines
KEPT = 32


def by_identity(function: Callable[P, R]) -> Callable[P, R]:
    """Keep the last results of a pure function of frozen objects, told apart by which objects they are.

    Documents hold dicts, so they have no hash of their own, and comparing two of them costs as much as reading one.
    The objects are held as long as their result, so that no other can take their place in memory.
    """
    known: OrderedDict[tuple[int, ...], tuple[tuple[object, ...], R]] = OrderedDict()

    @wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        objects = (*args, *kwargs.values())
        key = (len(args), *map(id, objects))
        found = known.get(key)
        if found is None:
            found = known[key] = objects, function(*args, **kwargs)
            if len(known) > KEPT:
                known.popitem(last=False)
        return found[1]

    return asked
