"""What lifts me: the smallest whole-number change in one item's rows that gains points, a better grade, or yuan.

Nothing is predicted: each possible change is settled by the same rules as the month itself (the same curve, total,
bands and pay), many at once, and the smallest that helps is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairwrench.settlement.eligibility import slices
from fairwrench.settlement.frames import empty
from fairwrench.settlement.grade import grade_expr
from fairwrench.settlement.pay import AMOUNT, CARD, COMMISSION, pay
from fairwrench.settlement.scheme import Item, Metric
from fairwrench.settlement.score import LINE, pointed, totals
from fairwrench.settlement.settle import Settlement

#: changes tried in one settling, and how far the first tries reach (2^REACH)
TRIED = 64
REACH = 40
GOALS = ("points", "grade", "pay")


@dataclass(frozen=True)
class Lift:
    """`change` whole units more (or fewer, when negative) of an item's numerator and what they bring.

    `points` and `score` in hundredths, `pay` in fen (None while pay is not settled), all as differences; `grade` is the
    grade then. `goal` says what the change is the smallest one for: points, grade or pay.
    """

    item: str
    goal: str
    change: int
    points: int
    score: int
    grade: str
    pay: int | None


@dataclass(frozen=True)
class _Then:
    """The person settled after a change: points of the item and score in hundredths, performance pay in fen."""

    change: int
    points: int
    score: int
    grade: str
    pay: int | None


def lifts(settlement: Settlement, roster: pl.DataFrame, employee_id: str) -> list[Lift]:
    """For each measured item of a person, the smallest changes that gain points, a grade, yuan; best pay first."""
    settled = settlement.totals.filter((pl.col("employee_id") == employee_id) & (pl.col("state") == "settled"))
    if settled.is_empty():
        return []
    mine = settlement.lines.filter(pl.col("employee_id") == employee_id)
    own = mine.filter((pl.col("kind") == "metric") & (pl.col("state") == "counted") & (pl.col("level") == "person"))
    trials = (_Trial.of(line, mine, settlement, roster) for line in own.iter_rows(named=True))
    found = [lift for trial in trials for lift in trial.lifts()]
    return sorted(found, key=lambda lift: (-(lift.pay or 0), abs(lift.change), lift.item, lift.goal))


@dataclass(frozen=True)
class _Trial:
    """One measured item of a person, to be settled again with other numerators."""

    employee_id: str
    item: Item
    metric: Metric
    top: int
    top_digits: int
    below: int | None
    below_digits: int
    mine: pl.DataFrame
    settlement: Settlement
    roster: pl.DataFrame

    @classmethod
    def of(cls, line: dict[str, Any], mine: pl.DataFrame, settlement: Settlement, roster: pl.DataFrame) -> _Trial:
        """The trial of a line."""
        cards = settlement.scheme.scorecards.values()
        item = next(item for card in cards for item in card.items if item.key == line["item"])
        metric = settlement.scheme.metrics[item.metric or ""]
        below, places = line["denominator"], line["denominator_digits"]
        figures = (line["numerator"] or 0, line["numerator_digits"] or 0, below, places or 0)
        return cls(line["employee_id"], item, metric, *figures, mine, settlement, roster)

    def lifts(self) -> list[Lift]:
        """The smallest change for each goal that can be reached."""
        room = self.room()
        if room <= 0:
            return []
        now = self.settled([0])[0]
        found = ((goal, self.least(goal, now, room)) for goal in GOALS)
        return [self._lift(goal, now, then) for goal, then in found if then]

    def room(self) -> int:
        """How many whole units the numerator could change: to the denominator, to zero, or threefold."""
        whole: int = self.top // 10**self.top_digits
        if self.metric.better == "lower":
            return whole
        if self.metric.better != "higher":
            return 0
        below = self.metric.denominator
        if below is not None and below.value == self.metric.numerator.value == "count":
            return (self.below or 0) - self.top
        return max(whole, 1) * 2

    def least(self, goal: str, now: _Then, room: int) -> _Then | None:
        """The smallest change that helps: steps of growing size until one does, then the gap before it."""
        sign = -1 if self.metric.better == "lower" else 1
        low, tries = 0, _growing(room)
        while True:
            better = [then for then in self.settled([sign * size for size in tries]) if _helps(goal, now, then)]
            if not better:
                return None
            best = min(better, key=lambda then: abs(then.change))
            reached = abs(best.change)
            low = max((size for size in tries if size < reached), default=low)
            if reached - low <= 1:
                return best
            width = max(1, (reached - low - 1) // (TRIED - 1))
            tries = sorted({*range(low + 1, reached, width), reached - 1, reached})

    def settled(self, changes: Sequence[int]) -> list[_Then]:
        """The person settled once for each change, in the order of the changes."""
        variants = [f"{self.employee_id}#{place}" for place in range(len(changes))]
        named = pl.DataFrame({"variant": variants, "change": pl.Series(changes, dtype=pl.Int64)})
        lines = self.mine.join(named, how="cross").with_columns(employee_id=pl.col("variant"))
        changed = pl.col("item") == self.item.key
        common = min(self.top_digits, self.below_digits) if self.below is not None else 0
        unit = 10 ** (self.top_digits + (self.below_digits - common if self.below is not None else 0))
        more = pl.col("change").cast(pl.Int128) * pl.lit(unit, pl.Int128)
        again = pointed(lines.filter(changed).with_columns(n=pl.col("n") + more), self.item, self.settlement.scheme)
        whole = pl.concat([again.select(list(LINE)), lines.filter(~changed).select(list(LINE))])
        summed = totals(whole, self.settlement.scheme.bands)
        graded = summed.with_columns(grade=grade_expr(pl.col("score"), self.settlement.scheme.bands))
        table = again.select("employee_id", "points", "change").join(
            graded.select("employee_id", "score", "grade"), on="employee_id"
        )
        paid = table.join(self._paid(graded), on="employee_id", how="left").sort(pl.col("change").abs())
        return [_Then(*row) for row in paid.select("change", "points", "score", "grade", "performance_pay").iter_rows()]

    def _paid(self, graded: pl.DataFrame) -> pl.DataFrame:
        """The performance pay of every variant by the rules of pay."""
        settlement = self.settlement
        about = settlement.totals.filter(pl.col("employee_id") == self.employee_id)
        cards = graded.select("employee_id", "score", "grade").with_columns(
            store=pl.lit(about["store"][0]), state=pl.lit("settled")
        )
        names = graded.select(variant="employee_id")
        own = slices(self.roster, settlement.month).filter(pl.col("employee_id") == self.employee_id)
        earned = settlement.steps.filter(
            (pl.col("employee_id") == self.employee_id) & (pl.col("part") == "pay") & (pl.col("step") == "commission")
        )
        amount = int(earned["amount"][0]) if earned.height else None
        result = pay(
            cards.select(list(CARD)),
            settlement.scheme,
            settlement.month,
            slices=own.join(names, how="cross").with_columns(employee_id=pl.col("variant")).drop("variant"),
            commission=names.select(employee_id="variant", amount=pl.lit(amount, pl.Int64)).select(list(COMMISSION)),
            deductions=empty(AMOUNT),
            corrections=empty(AMOUNT),
            pool_pay=empty(AMOUNT),
        )
        return result.frame.select("employee_id", "performance_pay")

    def _lift(self, goal: str, now: _Then, then: _Then) -> Lift:
        pay_change = then.pay - now.pay if then.pay is not None and now.pay is not None else None
        gained = (then.points - now.points, then.score - now.score)
        return Lift(self.item.key, goal, then.change, *gained, then.grade, pay_change)


def _growing(room: int) -> list[int]:
    sizes = {min(room, step) for step in range(1, 17)} | {min(room, 2**power) for power in range(4, REACH)}
    return sorted(sizes)


def _helps(goal: str, now: _Then, then: _Then) -> bool:
    if goal == "grade":
        return then.grade < now.grade
    if goal == "points":
        return then.points > now.points
    return then.pay is not None and now.pay is not None and then.pay > now.pay
