"""What a day's work brings by the commission plan in force: the lines of it that a day's jobs decide.

A day's amount is what the plan's lines come to with the day, less what they came to before it, so that tiers hold and
the days of a month add up to its lines. Factors and lines of teams, stores or other files are left out, and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.frames import empty
from fairwrench.settlement.measure.measure import is_additive
from fairwrench.settlement.pay.commission import EARNER, FACTOR, LINE_VALUE, commission
from fairwrench.settlement.pay.pay_base import bases
from fairwrench.settlement.scheme.scheme import CommissionLine, CommissionPlan, Measure, Scheme
from fairwrench.settlement.source.source import Text

#: whose plan is worked out: one person's at a time
_ONE = "*"


@dataclass(frozen=True)
class DayLine:
    """One line of a plan on one day: how much was done (an integer of 10^-digits), and what it brings in fen."""

    name: Text
    #: `hours`, `panels`, `money` or `count`
    unit: str
    quantity: int
    digits: int
    amount: int


@dataclass(frozen=True)
class DayPay:
    """The lines of a day that brought anything, their sum, and the sum since the first of the month, in fen."""

    lines: tuple[DayLine, ...]
    amount: int
    so_far: int


@dataclass(frozen=True)
class DayPlan:
    """The lines of a position's plan that a day's jobs decide, and by name what of the plan they leave out."""

    scheme: Scheme
    position: str
    lines: Mapping[str, CommissionLine]
    left_out: tuple[Text, ...]
    factors: tuple[Text, ...]

    def paid(self, day: str, figures: Mapping[str, Mapping[str, int]], digits: Mapping[str, int]) -> DayPay:
        """What a day brings; `figures` are day (ISO) → line → what was counted."""
        before, after = ({name: 0 for name in self.lines} for _ in range(2))
        for each, counted in figures.items():
            for name in self.lines:
                after[name] += counted.get(name, 0) if each <= day else 0
                before[name] += counted.get(name, 0) if each < day else 0
        was, now = self._amounts(before, digits), self._amounts(after, digits)
        done = {name: (after[name] - before[name], now[name] - was[name]) for name in self.lines}
        lines = tuple(
            DayLine(line_called(self.scheme, self.position, name), self._unit(name), quantity, digits[name], amount)
            for name, (quantity, amount) in done.items()
            if quantity or amount
        )
        return DayPay(lines, sum(amount for _, amount in done.values()), sum(now.values()))

    def _amounts(self, counted: Mapping[str, int], digits: Mapping[str, int]) -> dict[str, int]:
        """What some quantities come to by line, in fen: the plan's own way, without its factors."""
        rows = [(_ONE, name, value, digits[name]) for name, value in counted.items()]
        values = pl.DataFrame(rows, schema=dict(LINE_VALUE), orient="row")
        earner = pl.DataFrame([(_ONE, self.position, None)], schema=dict(EARNER), orient="row")
        done = commission(earner, self._alone(), values=values, factors=empty(FACTOR))
        # a line with tiers is a step for each slice
        parts = done.steps.filter(pl.col("step") == "commission_line").select("subject", "amount")
        amounts = dict.fromkeys(counted, 0)
        for subject, amount in parts.iter_rows():
            amounts[subject.removeprefix(f"{self.position}/")] += int(amount)
        return amounts

    def _alone(self) -> Scheme:
        """The scheme with nothing of its plans but these lines."""
        plan = CommissionPlan(lines=dict(self.lines))
        pay = self.scheme.pay.model_copy(update={"commission": {self.position: plan}})
        return self.scheme.model_copy(update={"pay": pay})

    def _unit(self, name: str) -> str:
        basis = self.scheme.pay.commission_basis.get(name)
        return basis.unit if basis else "count"


def line_called(scheme: Scheme, position: str, name: str) -> Text:
    """What a line of a plan is called: its own name, else that of what it is paid by."""
    line, basis = scheme.pay.commission[position].lines[name], scheme.pay.commission_basis.get(name)
    return line.name or (basis.name if basis else None) or Text(zh=name, en=name)


def day_plan(scheme: Scheme, position: str, like: Measure) -> DayPlan | None:
    """What of a position's plan is decided by rows that are credited and dated as `like` is; None where the position is
    not paid by a plan, or nothing of it is."""
    plan = scheme.pay.commission.get(position)
    kinds = dict(bases(scheme).select("position", "base_kind").iter_rows())
    if plan is None or kinds.get(position) != "commission":
        return None
    lines = {name: line for name, line in plan.lines.items() if _decided(line, like)}
    others = tuple(line_called(scheme, position, name) for name in plan.lines if name not in lines)
    return DayPlan(scheme, position, lines, others, tuple(_factors(scheme, plan))) if lines else None


def _decided(line: CommissionLine, like: Measure) -> bool:
    measure = line.measure
    same = (measure.source, measure.credit, measure.date) == (like.source, like.credit, like.date)
    return line.of == "person" and same and measure.months == 1 and is_additive(measure)


def _factors(scheme: Scheme, plan: CommissionPlan) -> list[Text]:
    score = Text(zh="得分", en="the score")
    metrics = scheme.metrics
    return [
        each.name or (metrics[each.attainment].name if each.attainment in metrics else score) for each in plan.factors
    ]
