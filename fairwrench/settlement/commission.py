"""Commission plans: lines of measure × rate, summed, times factors, rounded to the fen once (S1 ❺ 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import polars as pl

from fairwrench.settlement.commission_rates import AMOUNT_DIGITS, QUANTITY_DIGITS, line_amounts
from fairwrench.settlement.exact import VALUE_DIGITS, half_up, value_units
from fairwrench.settlement.frames import Schema, conform
from fairwrench.settlement.money import FEN_DIGITS, steps
from fairwrench.settlement.scheme import CommissionFactor, CommissionPlan, Scheme

#: Whose commission is worked out: `position` names the plan; `score` (hundredths, null while unsettled) feeds a factor.
EARNER: Schema = {"employee_id": pl.String, "position": pl.String, "score": pl.Int64}
#: The quantity of one line: value ÷ 10^digits. A null value, or no row, is missing evidence and never 0.
LINE_VALUE: Schema = {"employee_id": pl.String, "line": pl.String, "value": pl.Int128, "digits": pl.Int64}
#: The attainment behind one factor, numerator ÷ denominator; `factor` is its place in the plan, from 0.
FACTOR: Schema = {"employee_id": pl.String, "factor": pl.Int64, "numerator": pl.Int128, "denominator": pl.Int128}
#: `amount` in fen, null when something is missing; `missing` names those lines and factors, with commas.
EARNED: Schema = {"employee_id": pl.String, "amount": pl.Int64, "missing": pl.String}

#: A score of 100.00 points is a factor of 1.
_FULL_SCORE = 10_000
#: A factor of 1, in millionths.
_WHOLE = 10**VALUE_DIGITS
#: The order of a person's steps: lines by tier, their sum, factors, the result.
_SUM, _FACTORS, _RESULT = 10_000, 20_000, 30_000

Ratio = tuple[int, int]
#: One factor of one person: its name, its attainment as measured and, cut at floor and cap, as applied; None if unknown.
Applied = tuple[str, Ratio | None, Ratio | None]


@dataclass(frozen=True, slots=True)
class CommissionResult:
    """`frame` (columns EARNED, by employee id), to be given to `pay`, and `steps` (columns money.STEPS)."""

    frame: pl.DataFrame
    steps: pl.DataFrame


class _Bounds(NamedTuple):
    """A factor of a plan with its floor and cap in millionths."""

    name: str
    score: bool
    floor: int | None
    cap: int | None

    @classmethod
    def of(cls, factor: CommissionFactor) -> _Bounds:
        floor, cap = (value_units(bound) if bound is not None else None for bound in (factor.floor, factor.cap))
        return cls("score" if factor.score else factor.attainment or "", factor.score, floor, cap)

    def apply(self, measured: Ratio | None) -> Applied:
        return self.name, measured, self.cut(measured) if measured else None

    def cut(self, ratio: Ratio) -> Ratio:
        top, bottom = ratio[0] * _WHOLE, ratio[1]
        if self.floor is not None and top < self.floor * bottom:
            return self.floor, _WHOLE
        if self.cap is not None and top > self.cap * bottom:
            return self.cap, _WHOLE
        return ratio


def commission(
    earners: pl.DataFrame, scheme: Scheme, *, values: pl.DataFrame, factors: pl.DataFrame
) -> CommissionResult:
    """The commission of every earner whose position has a plan in `scheme.pay.commission`; others are not returned.

    `earners` has the columns EARNER, `values` LINE_VALUE, `factors` FACTOR. Everything is exact until the sum of the
    lines times all factors is rounded half up to the fen. Refused when a rate or value is too large to be exact.
    """
    plans = scheme.pay.commission
    people = conform(earners, EARNER, "earners", key=("employee_id",))
    people = people.filter(pl.col("position").is_in(list(plans))).sort("employee_id")
    lines = line_amounts(people, plans, conform(values, LINE_VALUE, "values", key=("employee_id", "line")))
    measured = _measured(conform(factors, FACTOR, "factors", key=("employee_id", "factor")))
    applied = _applied(people, plans, measured)
    sums = _sums(people, lines)
    frame = pl.DataFrame(
        [_earned(person, total, without, applied[person]) for person, total, without in sums.rows()],
        schema=dict(EARNED),
        orient="row",
    )
    return CommissionResult(
        frame, pl.concat([_line_steps(lines), _sum_steps(sums), _factor_steps(applied), _result_steps(frame)])
    )


def _sums(people: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """employee_id, the exact sum of the known lines (10^-18 yuan), names of the lines without evidence; as `people`."""
    missing = pl.col("line").filter(pl.col("amount").is_null())
    sums = lines.group_by("employee_id").agg(pl.col("amount").sum(), missing=missing)
    return people.select("employee_id").join(sums, on="employee_id", how="left", maintain_order="left")


def _measured(factors: pl.DataFrame) -> dict[tuple[str, int], Ratio]:
    """(person, place of the factor) → attainment, where it is known and its denominator is positive."""
    known = factors.filter(pl.col("numerator").is_not_null() & (pl.col("denominator") > 0))
    return {(person, place): (top, bottom) for person, place, top, bottom in known.iter_rows()}


def _applied(
    people: pl.DataFrame, plans: Mapping[str, CommissionPlan], measured: Mapping[tuple[str, int], Ratio]
) -> dict[str, list[Applied]]:
    """The factors of everybody's plan, in its order."""
    bounds = {position: [_Bounds.of(factor) for factor in plan.factors] for position, plan in plans.items()}
    factors: dict[str, list[Applied]] = {}
    for person, position, score in people.iter_rows():
        of_score = (score, _FULL_SCORE) if score is not None else None
        factors[person] = [
            bound.apply(of_score if bound.score else measured.get((person, place)))
            for place, bound in enumerate(bounds[position])
        ]
    return factors


def _earned(
    person: str, total: int | None, without: list[str] | None, factors: list[Applied]
) -> tuple[str, int | None, str]:
    """A row of EARNED. Exact products outgrow 128 bits, so this one multiplication uses Python's integers."""
    ratios = [ratio for _, _, ratio in factors if ratio is not None]
    missing = [*(without or ()), *(name for name, _, ratio in factors if ratio is None)]
    top = (total or 0) * prod(top for top, _ in ratios)
    bottom = 10 ** (AMOUNT_DIGITS - FEN_DIGITS) * prod(bottom for _, bottom in ratios)
    return person, None if missing else half_up(top, bottom), ",".join(missing)


def _line_steps(lines: pl.DataFrame) -> pl.DataFrame:
    """commission_line: quantity of the line, or of its slice in a tier, × rate."""
    return steps(
        lines,
        employee_id=pl.col("employee_id"),
        part="commission",
        sequence=pl.int_range(pl.len()).over("employee_id"),
        step="commission_line",
        subject=pl.col("line"),
        basis=pl.col("quantity"),
        basis_digits=QUANTITY_DIGITS,
        numerator=pl.col("rate"),
        denominator=10**VALUE_DIGITS,
        amount=pl.col("amount"),
        amount_digits=AMOUNT_DIGITS,
        reference=pl.col("reference"),
    )


def _sum_steps(sums: pl.DataFrame) -> pl.DataFrame:
    return steps(
        sums.filter(pl.col("missing").list.len() == 0),
        employee_id=pl.col("employee_id"),
        part="commission",
        sequence=_SUM,
        step="commission_sum",
        amount=pl.col("amount"),
        amount_digits=AMOUNT_DIGITS,
    )


def _factor_steps(applied: Mapping[str, list[Applied]]) -> pl.DataFrame:
    """commission_factor as applied; commission_attainment before it, where a floor or cap has cut it."""
    rows: list[tuple[object, ...]] = []
    for person, factors in applied.items():
        for place, (name, measured, ratio) in enumerate(factors):
            top, bottom = ratio or (None, None)
            if measured is not None and measured != ratio:
                rows.append((person, _FACTORS + 2 * place, "commission_attainment", name, *measured))
            rows.append((person, _FACTORS + 2 * place + 1, "commission_factor", name, top, bottom))
    types = {"employee_id": pl.String, "sequence": pl.Int64, "step": pl.String, "subject": pl.String}
    frame = pl.DataFrame(rows, schema={**types, "numerator": pl.Int128, "denominator": pl.Int128}, orient="row")
    return steps(frame, part="commission", **{name: pl.col(name) for name in frame.columns})


def _result_steps(frame: pl.DataFrame) -> pl.DataFrame:
    return steps(
        frame,
        employee_id=pl.col("employee_id"),
        part="commission",
        sequence=_RESULT,
        step="commission",
        subject=pl.col("missing"),
        amount=pl.col("amount"),
        amount_digits=FEN_DIGITS,
    )
