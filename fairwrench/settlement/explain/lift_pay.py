"""What other scores would pay people: the month's pay worked out again by its own rules, from its recorded steps."""

from __future__ import annotations

from math import prod

import polars as pl

from fairwrench.settlement.exact import COEFFICIENT_DIGITS, half_up, half_up_expr
from fairwrench.settlement.frames import empty
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.pay.coefficient import coefficient
from fairwrench.settlement.pay.commission import FACTOR
from fairwrench.settlement.pay.commission_factors import factor_values
from fairwrench.settlement.pay.pay import AMOUNT, CARD, COMMISSION, pay
from fairwrench.settlement.scheme.scheme import Coefficient, Scheme
from fairwrench.settlement.settle import Settlement

#: what a commission is before its factors by score: a fraction of fen, top and bottom
Fraction = tuple[int, int]


def bases(settlement: Settlement, roster: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """employee_id, base, plan of `people` (rows of `totals`).

    base: what performance pay is drawn from, in fen, null while it is not known, apart from a commission that grows
    with the score; plan: the position whose plan works such a commission out, null where nothing depends on the score.
    """
    planned = _plans_by_score(settlement)
    steps = settlement.steps.filter((pl.col("part") == "pay") & (pl.col("step") == "commission"))
    recorded = steps.select("employee_id", amount=pl.col("amount").cast(pl.Int64)).unique("employee_id", keep="first")
    none_yet = planned.select("employee_id", amount=pl.lit(0, pl.Int64))
    earned = pl.concat([recorded.join(planned, on="employee_id", how="anti"), none_yet])
    own = roster.join(people.select("employee_id"), on="employee_id", how="semi")
    result = pay(
        people.select(list(CARD)),
        settlement.scheme,
        settlement.month,
        slices=slices(own, settlement.month),
        commission=earned.select(list(COMMISSION)),
        # What is due beside performance pay does not change with the score.
        deductions=empty(AMOUNT),
        corrections=empty(AMOUNT),
        pool_pay=empty(AMOUNT),
    )
    return result.frame.select("employee_id", "base").join(planned, on="employee_id", how="left")


def _plans_by_score(settlement: Settlement) -> pl.DataFrame:
    """employee_id, plan: whose commission a plan works out that has the score as a factor."""
    plans = settlement.scheme.pay.commission
    by_score = [position for position, plan in plans.items() if any(factor.score for factor in plan.factors)]
    lines = settlement.steps.filter((pl.col("part") == "commission") & (pl.col("step") == "commission_line"))
    named = lines.select("employee_id", plan=pl.col("subject").str.split("/").list.first())
    return named.filter(pl.col("plan").is_in(by_score)).unique("employee_id", keep="first")


class Commissions:
    """The commissions of a settlement that grow with the score, for any score."""

    def __init__(self, settlement: Settlement) -> None:
        """What is recorded of them: the sum of the lines, and the factors other than the score."""
        self._scheme: Scheme = settlement.scheme
        planned = _plans_by_score(settlement)
        mine = settlement.steps.filter(pl.col("part") == "commission").join(planned, on="employee_id", how="semi")
        self._known = _fractions(mine)

    def of(self, scores: pl.DataFrame) -> pl.DataFrame:
        """employee_id, score, commission (fen, null while it is not known) of each of `scores`, which adds `plan`.

        Exact products outgrow 128 bits, so this one multiplication uses Python's integers, as the month itself does.
        """
        asked = scores.select("employee_id", "plan", "score").drop_nulls().unique()
        factors = self._by_score(asked.select(position="plan", score="score").unique())
        rows = []
        for person, plan, score in asked.iter_rows():
            top, bottom = factors[plan, score]
            known = self._known.get(person)
            rows.append((person, score, half_up(known[0] * top, known[1] * bottom) if known else None))
        shape = {"employee_id": pl.String, "score": pl.Int64, "commission": pl.Int64}
        return pl.DataFrame(rows, schema=shape, orient="row")

    def _by_score(self, asked: pl.DataFrame) -> dict[tuple[str, int], Fraction]:
        """(position, score) → the factors by score, multiplied."""
        named = asked.with_row_index("employee_id").with_columns(pl.col("employee_id").cast(pl.String))
        values = factor_values(named, self._scheme.pay.commission, empty(FACTOR)).filter(pl.col("by_score"))
        found: dict[tuple[str, int], Fraction] = {}
        for position, score, top, bottom in values.select("position", "score", "numerator", "denominator").iter_rows():
            before = found.get((position, score), (1, 1))
            found[position, score] = (before[0] * top, before[1] * bottom)
        return found


def _fractions(steps: pl.DataFrame) -> dict[str, Fraction]:
    """employee_id → the recorded commission before its factors by score; nobody of whom a part is not known."""
    sums = (
        steps.filter(pl.col("step") == "commission_sum")
        .drop_nulls("amount")
        .select("employee_id", pl.col("amount").clip(lower_bound=0))
    )
    others = steps.filter((pl.col("step") == "commission_factor") & (pl.col("subject") != "score"))
    applied = others.group_by("employee_id").agg("numerator", "denominator")
    wide = sums.join(applied, on="employee_id", how="left").with_columns(
        pl.col("numerator", "denominator").fill_null([])
    )
    return {
        person: (amount * prod(tops), prod(bottoms))
        for person, amount, tops, bottoms in wide.iter_rows()
        if None not in tops and None not in bottoms
    }


def performance_pay(base: pl.Expr, rule: Coefficient) -> pl.Expr:
    """Performance pay in fen from a base, and from the columns score and grade: see `pay.pay`."""
    top = base.cast(pl.Int128) * coefficient(rule)
    return half_up_expr(top, pl.lit(10**COEFFICIENT_DIGITS, pl.Int128)).cast(pl.Int64)
