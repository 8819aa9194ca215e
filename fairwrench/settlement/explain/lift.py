"""What lifts me: the smallest whole-number change in one item's rows that gains points, a better grade, or yuan.

Nothing is predicted: each possible change is settled by the same rules as the month itself (the same curve, total,
bands and pay), many at once, and the smallest that helps is kept. What people decided stays decided: an item set by an
appeal lifts nobody, and neither does anything once the total was set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairwrench.settlement.explain.lift_pay import performance_pay
from fairwrench.settlement.grade.grade import grade_expr
from fairwrench.settlement.scheme.scheme import Item, Metric
from fairwrench.settlement.score.card_items import curves, scored_by
from fairwrench.settlement.score.score import LINE, pointed, totals
from fairwrench.settlement.settle import Settlement

#: changes tried in one settling, and how far the first tries reach (2^REACH)
TRIED = 64
REACH = 40
GOALS = ("points", "grade", "pay")


@dataclass(frozen=True)
class Lift:
    """`change` whole units more (or fewer, when negative) of an item's numerator and what they bring.

    `points` and `score` in hundredths, `pay` in fen (None while pay is not settled), all as differences; `grade` is the
    grade then: where ranks are forced or a grade was decided, the one that stands. `goal` says what the change is the
    smallest one for: points, grade or pay.
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
    person = (pl.col("employee_id") == employee_id) & (pl.col("state") == "settled")
    # A total set by an appeal stays, whatever the items bring.
    total = settlement.totals.filter(person & (pl.col("worked_out") == pl.col("score")))
    if total.is_empty():
        return []
    mine = settlement.lines.filter(pl.col("employee_id") == employee_id)
    decided = pl.col("cause").eq_missing(pl.lit("appealed"))
    # Own figures alone: nobody lifts a store's figure by one row of theirs.
    own = mine.filter((pl.col("kind") == "metric") & (pl.col("state") == "counted") & (pl.col("level") == "person"))
    about = _About(total.row(0, named=True), mine, settlement, roster)
    trials = (_Trial.of(line, about) for line in own.filter(~decided).iter_rows(named=True))
    found = [lift for trial in trials for lift in trial.lifts()]
    return sorted(found, key=lambda lift: (-(lift.pay or 0), abs(lift.change), lift.item, lift.goal))


@dataclass(frozen=True)
class _About:
    """A settled person: totals, lines, and what they were settled with."""

    total: dict[str, Any]
    mine: pl.DataFrame
    settlement: Settlement
    roster: pl.DataFrame

    def grade_of(self) -> pl.Expr:
        """The grade of a score; the one that stands where ranks are forced or a grade was decided."""
        bands = self.settlement.scheme.bands
        own = pl.select(grade_expr(pl.lit(self.total["score"]), bands)).item()
        # A rank depends on everybody else, who are not tried here.
        fixed = self.settlement.scheme.distribution.mode == "forced" or own != self.total["grade"]
        return pl.lit(self.total["grade"]) if fixed else grade_expr(pl.col("score"), bands)


@dataclass(frozen=True)
class _Trial:
    """One measured item of a person, to be settled again with other numerators."""

    about: _About
    item: Item
    metric: Metric
    top: int
    top_digits: int
    below: int | None
    below_digits: int

    @classmethod
    def of(cls, line: dict[str, Any], about: _About) -> _Trial:
        """The trial of a line."""
        scheme = about.settlement.scheme
        item = next(item for item in scheme.scorecards[about.total["scorecard"]].items if item.key == line["item"])
        figures = (line["numerator"] or 0, line["numerator_digits"], line["denominator"], line["denominator_digits"])
        return cls(about, item, scheme.metrics[item.metric or ""], *figures)

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
        # An amount has no whole to stop at; nobody is told of more than three times theirs.
        return max(whole, 1) * 2

    def least(self, goal: str, now: _Then, room: int) -> _Then | None:
        """The smallest change that helps: steps of growing size until one does, then the gap before it."""
        sign = -1 if self.metric.better == "lower" else 1
        low, tries = 0, _growing(room)
        while True:
            better = [then for then in self.settled([sign * size for size in tries]) if self.helps(goal, now, then)]
            if not better:
                return None
            best = min(better, key=lambda then: abs(then.change))
            reached = abs(best.change)
            low = max((size for size in tries if size < reached), default=low)
            if reached - low <= 1:
                return best
            # A whole fan of sizes is settled at once, so the gap shrinks sixtyfold a round.
            width = max(1, (reached - low - 1) // (TRIED - 1))
            tries = sorted({*range(low + 1, reached, width), reached - 1, reached})

    def helps(self, goal: str, now: _Then, then: _Then) -> bool:
        """Whether a change brings more of what is sought."""
        if goal == "grade":
            best_first = self.about.settlement.scheme.bands.best_first
            return best_first.index(then.grade) < best_first.index(now.grade)
        if goal == "points":
            return then.points > now.points
        return then.pay is not None and now.pay is not None and then.pay > now.pay

    def settled(self, changes: Sequence[int]) -> list[_Then]:
        """The person settled once for each change, the smallest change first."""
        scheme, mine = self.about.settlement.scheme, self.about.mine
        # Each try is a person of its own, so that one settling answers all of them.
        named = pl.DataFrame({"variant": [f"#{change}" for change in changes], "change": changes})
        lines = mine.join(named, how="cross").with_columns(employee_id=pl.col("variant"))
        changed = pl.col("item") == self.item.key
        more = pl.col("change").cast(pl.Int128) * pl.lit(self.unit(), pl.Int128)
        number = curves(scheme).index(scored_by(self.item, scheme))
        again = pointed(
            lines.filter(changed).with_columns(n=pl.col("n") + more, curve=pl.lit(number, pl.Int64)), scheme
        )
        whole = pl.concat([again.select(list(LINE)), lines.filter(~changed).select(list(LINE))])
        score = (pl.col("score") - self.about.total["points_off"]).clip(lower_bound=0)
        graded = totals(whole, scheme.bands).with_columns(score=score).with_columns(grade=self.about.grade_of())
        graded = graded.select("employee_id", "score", "grade")
        paid = performance_pay(graded, self.about.total["employee_id"], self.about.settlement, self.about.roster)
        table = again.select("employee_id", "points", "change").join(graded, on="employee_id")
        table = table.join(paid, on="employee_id", how="left").sort(pl.col("change").abs())
        return [
            _Then(*row) for row in table.select("change", "points", "score", "grade", "performance_pay").iter_rows()
        ]

    def unit(self) -> int:
        """What one whole unit more of the numerator adds to `n`: see `values.value_at`."""
        # n was brought to the decimals of both parts, so one unit more of the numerator is as much more of it.
        shared = 0 if self.below is None else self.below_digits - min(self.top_digits, self.below_digits)
        unit: int = 10 ** (self.top_digits + shared)
        return unit

    def _lift(self, goal: str, now: _Then, then: _Then) -> Lift:
        pay_change = then.pay - now.pay if then.pay is not None and now.pay is not None else None
        gained = (then.points - now.points, then.score - now.score)
        return Lift(self.item.key, goal, then.change, *gained, then.grade, pay_change)


def _growing(room: int) -> list[int]:
    sizes = {min(room, step) for step in range(1, 17)} | {min(room, 2**power) for power in range(4, REACH)}
    return sorted(sizes)
