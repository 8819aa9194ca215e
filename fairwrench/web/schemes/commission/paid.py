"""What commission came to lately, beside the rates: by position, and by line of its plan; settlements declare it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fairwrench.web.access.models import User
from fairwrench.web.ui.declarations import declared


@dataclass(frozen=True)
class Paid:
    """How many people it came to, and how much in fen."""

    people: int
    amount: int


@dataclass(frozen=True)
class CommissionPaid:
    """The commission of a month, of everybody: `so_far` while it is not settled. `lines`: position and line → before
    factors; `plans`: position → after them."""

    month: str
    so_far: bool
    lines: Mapping[tuple[str, str], Paid]
    plans: Mapping[str, Paid]


@dataclass(frozen=True)
class CommissionMonth:
    """Gives the commission of the latest month that has any for somebody who may see it; None for everybody else."""

    of: Callable[[User], CommissionPaid | None]


def commission_paid(*, user: User) -> CommissionPaid | None:
    """The commission of the latest month that has any; None where nobody declares it or the user may not see it."""
    return next(filter(None, (each.of(user) for each in declared(CommissionMonth))), None)
