"""What curves have in common that are written as [x, points] pairs."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from fairwrench.settlement.exact import Points, Value, point_units, value_units

Pairs = tuple[tuple[Value, Points], ...]


def rising(pairs: Pairs) -> bool:
    """True for at least one pair whose first numbers rise strictly."""
    return bool(pairs) and all(left[0] < right[0] for left, right in pairwise(pairs))


def as_units(pairs: Pairs) -> list[tuple[int, int]]:
    """Pairs as integers: 10^-6 and hundredths of points."""
    return [(value_units(x), point_units(points)) for x, points in pairs]


def turning(pairs: Pairs, better: str) -> str:
    """The first two pairs between which points move against what is better; empty where none do."""
    for (x, points), (y, more) in pairwise(sorted(pairs)):
        if (more < points) if better == "higher" else (more > points):
            return f"{x} → {points}, {y} → {more}"
    return ""


def at_worst(pairs: Pairs, better: str) -> tuple[Decimal, Decimal]:
    """The pair at the worse end."""
    return min(pairs) if better == "higher" else max(pairs)
