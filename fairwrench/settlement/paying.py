"""What pay is worked out from in a month: commission from payroll or plans, deductions, corrections, pools."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from fairwrench.settlement.case import Case
from fairwrench.settlement.commission import EARNER, FACTOR, LINE_VALUE, CommissionResult, commission
from fairwrench.settlement.eligibility import slices
from fairwrench.settlement.exact import VALUE_DIGITS
from fairwrench.settlement.frames import empty
from fairwrench.settlement.measure import digits
from fairwrench.settlement.pay import AMOUNT, CARD, PayResult, pay
from fairwrench.settlement.pay_base import commissioned
from fairwrench.settlement.pool import ATTENDANCE, DRAW, MEMBER, PoolResult, pools
from fairwrench.settlement.recorded import Recorded
from fairwrench.settlement.scheme import CommissionFactor, CommissionLine, Level, Scheme
from fairwrench.settlement.score import Findings, covered_stores, unit_expr, value_at

ONE = 10**VALUE_DIGITS


def pay_of(case: Case, graded: pl.DataFrame, found: Findings, said: Recorded) -> PayResult:
    """The month's pay of everybody in service, with the steps of commission plans and pools before it."""
    month = case.evidence.month
    parts = slices(case.roster, month)
    by_plan = earners(graded, parts, case.scheme)
    planned = commission_of(by_plan, found)
    pooled = pools_of(graded, found)
    paid = pay(
        graded.select(list(CARD)),
        case.scheme,
        month,
        slices=parts,
        commission=earned(said, by_plan, planned),
        deductions=deducted(said, case.scheme, str(month)),
        corrections=case.corrections.select(list(AMOUNT)),
        pool_pay=pooled.frame.select(list(AMOUNT)),
    )
    steps = pl.concat([planned.steps, pooled.steps, paid.steps])
    return replace(paid, steps=steps, problems=(*pooled.problems, *paid.problems))


def earners(graded: pl.DataFrame, parts: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Those in service whose commission a plan works out, with the position whose plan it is."""
    positions = commissioned(parts, scheme).filter(pl.col("position").is_in(list(scheme.pay.commission)))
    return graded.drop("position").join(positions, on="employee_id", how="inner", maintain_order="left")


def earned(said: Recorded, by_plan: pl.DataFrame, planned: CommissionResult) -> pl.DataFrame:
    """Commission as handed in; of those with a plan, as the plan works it out."""
    handed_in = said.payroll.select("employee_id", amount="commission").join(by_plan, on="employee_id", how="anti")
    return pl.concat([handed_in, planned.frame.select("employee_id", "amount")])


def deducted(said: Recorded, scheme: Scheme, month: str) -> pl.DataFrame:
    """Deductions decided for the month (a fine only once confirmed, and where it is one of money) and the payroll's."""
    rule = scheme.cycle.lateness
    kinds = ["deduction", *(["confirm_fine"] if rule is None or rule.effect == "money" else [])]
    decided = said.decided(month, *kinds).drop_nulls("employee_id")
    other = said.payroll.filter(pl.col("other_deductions").fill_null(0) > 0)
    return pl.concat(
        [
            decided.select("employee_id", amount="value", reason="reason"),
            other.select("employee_id", amount="other_deductions", reason=pl.lit("payroll")),
        ]
    )


def commission_of(by_plan: pl.DataFrame, found: Findings) -> CommissionResult:
    """The plans of the scheme applied to what was measured."""
    values, factors = [empty(LINE_VALUE)], [empty(FACTOR)]
    for position, plan in found.scheme.pay.commission.items():
        people = by_plan.filter(pl.col("position") == position)
        values += [_line_value(people, position, name, line, found) for name, line in plan.lines.items()]
        factors += [_factor(people, place, factor, found) for place, factor in enumerate(plan.factors)]
    return commission(by_plan.select(list(EARNER)), found.scheme, values=pl.concat(values), factors=pl.concat(factors))


def _line_value(people: pl.DataFrame, position: str, name: str, line: CommissionLine, found: Findings) -> pl.DataFrame:
    """What a line counts for each person: 0 without rows where its evidence was handed in, else unknown."""
    planned = found.plan.of(f"commission.{position}.{name}", "numerator")
    sealed = found.evidence.sources.get(line.measure.source)
    month = str(found.evidence.month)
    handed_in = sorted({store for store, covered in sealed.covered if covered == month}) if sealed else []
    places = digits(line.measure, sealed.source, found.dialect) if sealed else 0
    cells = found.cells.at(planned.key, "person", found.teams) if planned else None
    frame = people.select("employee_id", "store", unit="employee_id")
    if cells is None:
        return frame.select("employee_id", line=pl.lit(name), value=pl.lit(None, pl.Int128), digits=pl.lit(0, pl.Int64))
    known = pl.when(pl.col("store").is_in(handed_in)).then(pl.col("value").fill_null(0))
    joined = frame.join(cells, on="unit", how="left", maintain_order="left")
    return joined.select("employee_id", line=pl.lit(name), value=known, digits=pl.lit(places, pl.Int64))


def _factor(people: pl.DataFrame, place: int, factor: CommissionFactor, found: Findings) -> pl.DataFrame:
    """The attainment behind a factor; a factor by score is worked out from the score itself."""
    if factor.score or factor.attainment is None:
        return empty(FACTOR)
    frame = people.select("employee_id", "store", "department").with_columns(unit=unit_expr(factor.of))
    attained = attainment(factor.attainment, factor.of, found)
    joined = frame.join(attained, on="unit", how="left", maintain_order="left")
    return joined.select("employee_id", "numerator", "denominator", factor=pl.lit(place, pl.Int64)).select(list(FACTOR))


def attainment(metric: str, level: Level, found: Findings) -> pl.DataFrame:
    """unit, numerator, denominator: a metric ÷ its agreed target at a level, for units that have both."""
    aims = found.targets.filter(pl.col("metric") == metric).select(unit="subject", aim="value")
    values = value_at(metric, found.scheme.metrics[metric], level, found).join(aims, on="unit")
    return values.select("unit", numerator=pl.col("n") * ONE, denominator=pl.col("d") * pl.col("aim"))


def pools_of(graded: pl.DataFrame, found: Findings) -> PoolResult:
    """Every bonus pool drawn and shared out."""
    draws, presence = [empty(DRAW)], [empty(ATTENDANCE)]
    for name, pool in found.scheme.pools.items():
        metric = found.scheme.metrics[pool.draw.metric]
        handed_in = covered_stores(metric, found)
        drawn = value_at(pool.draw.metric, metric, "store", found).filter(pl.col("unit").is_in(sorted(handed_in)))
        frame = drawn.select(pool=pl.lit(name), store="unit", numerator="n", denominator="d")
        if pool.draw.gate_metric:
            gate = attainment(pool.draw.gate_metric, "store", found)
            gate = gate.rename({"unit": "store", "numerator": "gate_numerator", "denominator": "gate_denominator"})
            frame = frame.join(gate, on="store", how="left")
        missing = [pl.lit(None, kind).alias(key) for key, kind in DRAW.items() if key not in frame.columns]
        draws.append(frame.with_columns(missing).select(list(DRAW)))
        if pool.attendance:
            there = value_at(pool.attendance, found.scheme.metrics[pool.attendance], "person", found)
            presence.append(there.select(employee_id="unit", numerator="n", denominator="d"))
    attendance = pl.concat(presence).unique("employee_id", keep="first", maintain_order=True)
    return pools(graded.select(list(MEMBER)), found.scheme, draws=pl.concat(draws), attendance=attendance)
