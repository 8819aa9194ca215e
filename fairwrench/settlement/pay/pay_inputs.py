"""What pay is worked out from in a month: commission from payroll or plans, deductions, corrections, pools."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from fairwrench.settlement.case import Case
from fairwrench.settlement.doubts.commission_lacks import below_zero, commission_problems
from fairwrench.settlement.doubts.taking import taking_problems
from fairwrench.settlement.doubts.undeducted import undeducted
from fairwrench.settlement.exact import VALUE_DIGITS
from fairwrench.settlement.frames import empty
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.inputs.fines import money_taken, with_ground
from fairwrench.settlement.inputs.recorded_inputs import Recorded
from fairwrench.settlement.measure.values import (
    MeasuredFacts,
    covered_stores,
    parts_of,
    stores_with,
    totals_of,
    unit_expr,
    value_at,
)
from fairwrench.settlement.pay.commission import EARNER, FACTOR, LINE_VALUE, CommissionResult, commission
from fairwrench.settlement.pay.pay import AMOUNT, CARD, PayResult, pay
from fairwrench.settlement.pay.pay_base import commissioned
from fairwrench.settlement.pay.pool import ATTENDANCE, DRAW, MEMBER, PoolResult, pools
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import CommissionFactor, CommissionLine, Level, Pool, Scheme
from fairwrench.settlement.score.card_items import zero_without_rows

ONE = 10**VALUE_DIGITS
#: people named in a sentence; all of them stand in its details
SHOWN = 5
#: room for the steps of one pool
APART = 1_000_000


def pay_of(case: Case, graded: pl.DataFrame, found: MeasuredFacts, said: Recorded) -> PayResult:
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
        deductions=deducted(said, case.scheme, str(month), graded),
        corrections=pl.concat([case.corrections.select(list(AMOUNT)), rewarded(said, str(month))]),
        pool_pay=pooled.frame.select(list(AMOUNT)),
    )
    steps = pl.concat([planned.steps, pooled.steps, paid.steps])
    homed = paid.frame.join(graded.select("employee_id", "store"), on="employee_id", how="left")
    untold = undeducted(paid.frame, graded, said.payroll, case.evidence)
    told = (
        *_set_aside(said, by_plan),
        *commission_problems(planned.frame, by_plan.select("employee_id", "position"), case.scheme),
        *below_zero(planned.steps),
        *_negative_rewards(said, str(month)),
        *pooled.problems,
        *taking_problems(said.decisions, homed, case.scheme, str(month)),
    )
    return replace(paid, steps=steps, problems=(*told, *untold, *paid.problems))


def earners(graded: pl.DataFrame, parts: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Those in service whose commission a plan works out, with the position whose plan it is."""
    positions = commissioned(parts, scheme).filter(pl.col("position").is_in(list(scheme.pay.commission)))
    return graded.drop("position").join(positions, on="employee_id", how="inner", maintain_order="left")


def earned(said: Recorded, by_plan: pl.DataFrame, planned: CommissionResult) -> pl.DataFrame:
    """Commission as handed in; of those with a plan, as the plan works it out."""
    # The plan comes first even where it cannot be worked out yet: a figure of the payroll would hide what is missing.
    handed_in = said.payroll.select("employee_id", amount="commission").join(by_plan, on="employee_id", how="anti")
    return pl.concat([handed_in, planned.frame.select("employee_id", "amount")])


def _set_aside(said: Recorded, by_plan: pl.DataFrame) -> list[Problem]:
    """Commission that was handed in for people whose commission the scheme works out itself."""
    both = said.payroll.drop_nulls("commission").join(by_plan, on="employee_id", how="semi").sort("employee_id")
    people = both["employee_id"].to_list()
    zh = f"{len(people)} 人的提成由制度的提成方案计算，薪资数据中的提成不采用：{'、'.join(people[:SHOWN])}"
    en = f"the scheme works out the commission of {len(people)}, so that of the payroll is set aside"
    details = {"people": ", ".join(people)}
    return [Problem("commission_set_aside", zh, en, "note", details=details)] if people else []


def deducted(said: Recorded, scheme: Scheme, month: str, stores: pl.DataFrame) -> pl.DataFrame:
    """Deductions decided for the month (a fine only once confirmed, and where it is one of money) and the payroll's.

    `stores`: employee_id, store of everybody in service.
    """
    decided = money_taken(said.decisions, scheme, month, stores)
    # An empty cell is none, as 0 is: the column says `blank: none`.
    other = said.payroll.filter(pl.col("other_deductions").fill_null(0) > 0)
    return pl.concat(
        [
            decided.select("employee_id", amount="value", reason=with_ground()),
            other.select("employee_id", amount="other_deductions", reason=pl.lit("payroll")),
        ]
    )


def rewarded(said: Recorded, month: str) -> pl.DataFrame:
    """Money that somebody is rewarded with in the month, each with its reason: paid beside what was earned.

    A reward below 0 takes nothing: what takes money says on what ground, as a deduction does.
    """
    decided = said.decided(month, "reward").drop_nulls("employee_id").filter(pl.col("value") >= 0)
    return decided.select("employee_id", amount="value", reason="reason")


def _negative_rewards(said: Recorded, month: str) -> list[Problem]:
    """Rewards that would take money from somebody."""
    decided = said.decided(month, "reward").drop_nulls("employee_id")
    below = decided.filter(pl.col("value") < 0).sort("employee_id", "value")
    return [
        Problem(
            "negative_reward",
            f"{person} 的奖金为负数，会使工资减少，没有计入；扣款请用“扣款”，并写明依据",
            f"a reward of {person} is negative and would lower the pay, so it does not count; enter it as a deduction "
            "and say on what ground",
            "error",
            subject=person,
        )
        for person in below["employee_id"].unique(maintain_order=True)
    ]


def commission_of(by_plan: pl.DataFrame, found: MeasuredFacts) -> CommissionResult:
    """The plans of the scheme applied to what was measured."""
    values, factors = [empty(LINE_VALUE)], [empty(FACTOR)]
    for position, plan in found.scheme.pay.commission.items():
        people = by_plan.filter(pl.col("position") == position)
        values += [_line_value(people, position, name, line, found) for name, line in plan.lines.items()]
        factors += [_factor(people, place, factor, found) for place, factor in enumerate(plan.factors)]
    return commission(by_plan.select(list(EARNER)), found.scheme, values=pl.concat(values), factors=pl.concat(factors))


def _line_value(
    people: pl.DataFrame, position: str, name: str, line: CommissionLine, found: MeasuredFacts
) -> pl.DataFrame:
    """What a line counts for each person, or their team or store: 0 without rows where its evidence was handed in, else
    unknown."""
    planned = found.plan.of(f"commission.{position}.{name}", "numerator")
    assert planned is not None, f"line {name} of {position} is not planned"
    cells = found.cells.at(planned.key, line.of, found.teams)
    here = pl.col("store").is_in(sorted(stores_with(line.measure, found, line.of)))
    whose = people.select("employee_id", "store", unit=unit_expr(line.of))
    joined = whose.join(cells, on="unit", how="left", maintain_order="left")
    # No rows where the file was handed in are a true 0; where it was not, nobody knows.
    lacking = found.unshared.get(line.measure, {}).get(line.of, frozenset())
    known = pl.when(here & ~pl.col("unit").is_in(sorted(lacking))).then(pl.col("value").fill_null(0))
    digits = pl.lit(found.places(line.measure), pl.Int64)
    return joined.select("employee_id", line=pl.lit(name), value=known.cast(pl.Int128), digits=digits)


def _factor(people: pl.DataFrame, place: int, factor: CommissionFactor, found: MeasuredFacts) -> pl.DataFrame:
    """The attainment behind a factor; a factor by score is worked out from the score itself."""
    if factor.score or factor.attainment is None:
        return empty(FACTOR)
    frame = people.select("employee_id", "store", "department").with_columns(unit=unit_expr(factor.of))
    attained = attainment(frame, factor.attainment, factor.of, found)
    return attained.select("employee_id", "numerator", "denominator", factor=pl.lit(place, pl.Int64)).select(
        list(FACTOR)
    )


def attainment(frame: pl.DataFrame, metric: str, level: Level, found: MeasuredFacts) -> pl.DataFrame:
    """`frame` (unit, store) with numerator and denominator of the unit's metric ÷ its agreed target, null where one of
    the two is not known."""
    aims = found.targets.filter(pl.col("metric") == metric).select(unit="subject", aim="value")
    joined = known_value(frame, metric, level, found).join(aims, on="unit", how="left", maintain_order="left")
    # Crosswise, n ÷ (d × target): the targets are 10^-6, so the numerator takes the same.
    aimed = pl.col("aim").is_not_null()
    return joined.with_columns(
        numerator=pl.when(aimed).then(pl.col("n") * ONE), denominator=pl.col("d") * pl.col("aim")
    ).drop("n", "d", "aim")


def known_value(frame: pl.DataFrame, name: str, level: Level, found: MeasuredFacts) -> pl.DataFrame:
    """`frame` (unit, store) with the unit's n ÷ d: null where evidence is missing, a true 0 where a sum has no rows."""
    metric, handed_in = found.scheme.metrics[name], covered_stores(found.scheme.metrics[name], found, level)
    value = value_at(name, metric, level, found).select("unit", "n", "d")
    joined = frame.join(value, on="unit", how="left", maintain_order="left")
    if zero_without_rows(metric):
        joined = joined.with_columns(pl.col("n").fill_null(0), pl.col("d").fill_null(1))
    # The group's figure is everybody's: one store that lacks its evidence makes it unknown for all.
    every = pl.lit(set(frame["store"].unique()) <= handed_in)
    here = every if level == "group" else pl.col("store").is_in(sorted(handed_in))
    return joined.with_columns(pl.when(here).then("n").alias("n"), pl.when(here).then("d").alias("d"))


def pools_of(graded: pl.DataFrame, found: MeasuredFacts) -> PoolResult:
    """Every bonus pool drawn and shared out, each by its own attendance."""
    members = graded.select(list(MEMBER))
    results = [_pool(name, place, members, found) for place, name in enumerate(found.scheme.pools)]
    if not results:
        return pools(members, found.scheme, draws=empty(DRAW), attendance=empty(ATTENDANCE))
    return PoolResult(
        pl.concat([result.frame for result in results]),
        pl.concat([result.sums for result in results]),
        pl.concat([result.steps for result in results]),
        tuple(problem for result in results for problem in result.problems),
    )


def _pool(name: str, place: int, members: pl.DataFrame, found: MeasuredFacts) -> PoolResult:
    pool = found.scheme.pools[name]
    # Pool by pool, as each has an attendance of its own.
    alone = found.scheme.model_copy(update={"pools": {name: pool}})
    shared = pools(members, alone, draws=_drawn(name, pool, found), attendance=_attendance(pool, members, found))
    # One run counts its steps from 0, and all pools of a person are shown in the order of the scheme.
    return replace(shared, steps=shared.steps.with_columns(sequence=pl.col("sequence") + place * APART))


def _drawn(name: str, pool: Pool, found: MeasuredFacts) -> pl.DataFrame:
    """The draw metric of every store that handed in its evidence, and the gate's attainment."""
    # A store without its evidence gets no row, and its pool is told as not drawn.
    stores = sorted(covered_stores(found.scheme.metrics[pool.draw.metric], found))
    units = pl.DataFrame({"unit": stores, "store": stores}, schema={"unit": pl.String, "store": pl.String})
    frame = known_value(units, pool.draw.metric, "store", found).rename({"n": "numerator", "d": "denominator"})
    if pool.draw.gate_metric:
        gate = attainment(units, pool.draw.gate_metric, "store", found)
        gate = gate.select("store", gate_numerator="numerator", gate_denominator="denominator")
        frame = frame.join(gate, on="store", how="left")
    frame = frame.with_columns(pool=pl.lit(name))
    missing = [pl.lit(None, kind).alias(key) for key, kind in DRAW.items() if key not in frame.columns]
    return frame.with_columns(missing).select(list(DRAW))


def _attendance(pool: Pool, members: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    if not pool.attendance:
        return empty(ATTENDANCE)
    metric = found.scheme.metrics[pool.attendance]
    there = value_at(pool.attendance, metric, "person", found)
    # Who was on leave all month that counts as no absence was due for nothing and lacks none of it. Where no leave was
    # handed in, or a column is missing, nothing of nothing is not known to be that, and holds the position as ever.
    taken = any(found.evidence.sources[name].files for part in parts_of(metric) for name in totals_of(part, found))
    stores = sorted(covered_stores(metric, found, "person")) if taken else []
    known = members.filter(pl.col("store").is_in(stores))["employee_id"]
    excused = (pl.col("n") == 0) & (pl.col("d") == 0) & pl.col("unit").is_in(known.implode())
    full = [pl.when(excused).then(pl.lit(1, pl.Int128)).otherwise(name).alias(name) for name in ("n", "d")]
    return there.with_columns(full).select(employee_id="unit", numerator="n", denominator="d")
