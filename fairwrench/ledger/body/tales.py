"""What is told of a sheet and needs all of it: gathered part by part where a file is read in blocks, then said once.

The whole way says what its one part tells; blocks join what each of them tells, so that both say the same sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, Self

from fairwrench.settlement.problem import Problem


class NotPlain(Exception):
    """A file that cannot be read in blocks, because something in it is only seen in the whole of it."""


class Tale(Protocol):
    """Something about a sheet that is said once its parts are known."""

    def joined(self, later: Self) -> Self:
        """This of one part together with that of a later one."""

    def problems(self) -> list[Problem]:
        """What is said, nothing where there is nothing to say."""


#: what is known at once, or has to be joined first
Told = Problem | Tale


def said(told: Iterable[Told]) -> list[Problem]:
    """What is said once all parts are known."""
    return [problem for each in told for problem in ([each] if isinstance(each, Problem) else each.problems())]


def joined(earlier: Sequence[Told], later: Sequence[Told]) -> list[Told]:
    """What two parts of one sheet tell, together; NotPlain where they do not tell of the same things."""
    if len(earlier) != len(later):
        raise NotPlain
    return [_both(one, other) for one, other in zip(earlier, later, strict=True)]


def _both(one: Told, other: Told) -> Told:
    # What is said at once holds for the whole sheet, so that every part of it says the same.
    if isinstance(one, Problem) or isinstance(other, Problem):
        if one != other:
            raise NotPlain
        return one
    if type(one) is not type(other):
        raise NotPlain
    return one.joined(other)
