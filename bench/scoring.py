"""The bench scheme's curves once more in plain Python, for those who are measured against us: points and scores.

Written for the cards of technicians and advisors in scheme.yaml, with integers as the program rounds them: points in
hundredths, half up.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

Figures = Mapping[str, tuple[int, int]]

#: item → (weight, shape, argument); breakpoints are (x in millionths, points in hundredths)
CARDS: dict[str, dict[str, tuple[int, str, tuple[tuple[int, int], ...]]]] = {
    "technician": {
        "one_time_fix_rate": (30, "line", ((900000, 6000), (950000, 9000), (970000, 10000), (1000000, 13000))),
        "rework_rate": (20, "steps", ((10000, 13000), (20000, 11500), (30000, 10000), (50000, 8000), (0, 5000))),
        "labour_output": (30, "line", ((600000, 0), (1000000, 10000), (1300000, 13000))),
        "efficiency": (10, "band", ((950000, 1200000), (13000, 20000), (4000, 0))),
        "attendance_rate": (10, "gate", ((950000, 13000), (0, 6000))),
    },
    "advisor": {
        "advisor_output": (25, "share", ((0, 13000),)),
        "on_time_delivery": (25, "line", ((600000, 5000), (900000, 8000), (950000, 10000), (1000000, 13000))),
        "satisfaction": (20, "line", ((800000, 5000), (900000, 8500), (950000, 10000), (1000000, 13000))),
        "complaint_rate": (15, "deduct", ((13000, 150000), (4000, 0))),
        "revenue_per_order": (10, "line", ((600000, 0), (1000000, 10000), (1300000, 13000))),
        "attendance_rate": (5, "gate", ((950000, 13000), (0, 6000))),
    },
}
#: rates with fewer occasions than this do not count
THIN = {
    "one_time_fix_rate": 10,
    "rework_rate": 10,
    "efficiency": 20 * 10**5,
    "on_time_delivery": 10,
    "satisfaction": 10,
    "complaint_rate": 10,
    "revenue_per_order": 10,
}
#: sums become ratios of their target, in the decimals of the sum
TARGETS = {"labour_output": 18_000 * 10**5, "advisor_output": 80_000 * 10**2, "revenue_per_order": 800 * 10**2}


def half_up(over: int, under: int) -> int:
    """over ÷ under rounded half up, away from zero when negative."""
    size = (2 * abs(over) + under) // (2 * under)
    return size if over >= 0 else -size


def score(card: str, figures: Figures) -> int | None:
    """A person's score in hundredths from (numerator, denominator) by item; None when nothing counts."""
    top = weights = 0
    for item, (weight, shape, argument) in CARDS[card].items():
        n, d = figures.get(item, (0, 0))
        if item in ("labour_output", "advisor_output"):
            d = 1
        if d <= 0 or d < THIN.get(item, 0):
            continue
        top += points(shape, argument, n, d * TARGETS.get(item, 1)) * weight
        weights += weight
    return min(half_up(top, weights), 13000) if weights else None


def points(shape: str, argument: tuple[tuple[int, int], ...], n: int, d: int) -> int:
    """The points of n ÷ d by one curve."""
    return _SHAPES[shape](argument, n, d)


def _line(pairs: tuple[tuple[int, int], ...], n: int, d: int) -> int:
    x = n * 10**6
    if x <= pairs[0][0] * d:
        return pairs[0][1]
    for (x0, y0), (x1, y1) in pairwise(pairs):
        if x <= x1 * d:
            width = (x1 - x0) * d
            return half_up(y0 * width + (y1 - y0) * (x - x0 * d), width)
    return pairs[-1][1]


def _steps(pairs: tuple[tuple[int, int], ...], n: int, d: int) -> int:
    found = (given for bound, given in pairs[:-1] if n * 10**6 <= bound * d)
    return next(found, pairs[-1][1])


def _band(pairs: tuple[tuple[int, int], ...], n: int, d: int) -> int:
    (low, high), (inside, per), (floor, _) = pairs
    x = n * 10**6
    off = max(low * d - x, x - high * d, 0)
    return max(half_up(inside * d * 10**6 - per * off, d * 10**6), floor)


def _gate(pairs: tuple[tuple[int, int], ...], n: int, d: int) -> int:
    return pairs[0][1] if n * 10**6 >= pairs[0][0] * d else pairs[1][1]


def _share(pairs: tuple[tuple[int, int], ...], n: int, d: int) -> int:
    floor, cap = pairs[0]
    return max(floor, min(cap, half_up(10000 * n, d)))


def _deduct(pairs: tuple[tuple[int, int], ...], n: int, d: int) -> int:
    (start, per), (floor, _) = pairs
    return max(half_up(start * d - per * max(n, 0), d), floor)


_SHAPES = {"line": _line, "steps": _steps, "band": _band, "gate": _gate, "share": _share, "deduct": _deduct}
