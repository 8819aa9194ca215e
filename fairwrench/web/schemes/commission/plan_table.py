"""The commission plans of a scheme as a table to fill in: positions, lines, rates, factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

from fairwrench.report.naming import Names
from fairwrench.settlement.exact import plain
from fairwrench.settlement.pay.pay_base import base_of
from fairwrench.settlement.scheme.part import Part
from fairwrench.settlement.scheme.scheme import CommissionFactor, CommissionLine, CommissionPlan, Scheme
from fairwrench.settlement.words.commission_words import UNITS, unit_of
from fairwrench.web.schemes.commission.paid import CommissionPaid, Paid
from fairwrench.web.schemes.commission.rates import shown
from fairwrench.web.schemes.text.measuring import Measured, measured

#: whose figure a line may read
LEVELS = get_args(CommissionLine.model_fields["of"].annotation)


_NAMELESS = Part()


@dataclass(frozen=True)
class Cell:
    """A line of a plan: what it is called and counts, whose, and its rate as typed; `name` is that of its fields."""

    key: str
    name: str
    label: str
    unit: str
    of: str
    text: str
    counts: Measured
    #: what it came to lately, before factors
    paid: Paid | None = None


@dataclass(frozen=True)
class PlanRows:
    """The plan of a position; `metric`, `floor`, `cap` of the factor by attainment, `score`: by the score, too."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    offered: tuple[tuple[str, str], ...]
    metric: str
    floor: str
    cap: str
    score: bool
    new: bool
    #: what it came to lately
    paid: Paid | None


def plan_rows(
    names: Names, typed: Mapping[str, str], added: str = "", paid: CommissionPaid | None = None
) -> list[PlanRows]:
    """Every position with a plan, and one that gets one (`added`); `typed` is what a form held, `paid` what stands
    beside."""
    scheme = names.scheme
    plans = {position: plan for position, plan in scheme.pay.commission.items() if position in scheme.positions}
    if added in positions_without(scheme):
        plans[added] = CommissionPlan(lines={})
    return [_rows(position, plan, names, typed, paid, new=position == added) for position, plan in plans.items()]


def positions_without(scheme: Scheme) -> list[str]:
    """Positions whose pay base is commission and that have no plan."""
    return [
        name
        for name, position in scheme.positions.items()
        if name not in scheme.pay.commission
        and (base := base_of(position, scheme.pay)) is not None
        and base[0].kind == "commission"
    ]


def _rows(
    position: str,
    plan: CommissionPlan,
    names: Names,
    typed: Mapping[str, str],
    paid: CommissionPaid | None,
    *,
    new: bool,
) -> PlanRows:
    basis = names.scheme.pay.commission_basis
    lines = paid.lines if paid else {}
    cells = tuple(
        replace(_cell(position, key, line, names, typed), paid=lines.get((position, key)))
        for key, line in plan.lines.items()
    )
    offered = tuple(
        (key, f"{names.say(each.name, key)}{names.pick(('（', ' ('))}{_unit(key, names)}{names.pick(('）', ')'))}")
        for key, each in basis.items()
        if key not in plan.lines
    )
    factor = attainment_of(plan)
    score = any(each.score for each in plan.factors)

    def said(part: str, before: str) -> str:
        return typed.get(f"{part}.{position}", before)

    bounds = (factor.floor, factor.cap) if factor else (None, None)
    floor, cap = ("" if bound is None else f"{plain(bound * 100)}%" for bound in bounds)
    return PlanRows(
        position,
        names.position(position),
        cells,
        offered,
        said("metric", (factor.attainment or "") if factor else ""),
        said("floor", floor),
        said("cap", cap),
        f"score.{position}" in typed if typed else score,
        new,
        paid.plans.get(position) if paid else None,
    )


def attainment_of(plan: CommissionPlan) -> CommissionFactor | None:
    """The factor by attainment that the table shows: the first one."""
    return next((factor for factor in plan.factors if factor.attainment), None)


def _cell(position: str, key: str, line: CommissionLine, names: Names, typed: Mapping[str, str]) -> Cell:
    unit = unit_of(key, names.scheme)
    field = f"{position}.{key}"
    return Cell(
        key=key,
        name=field,
        label=line_label(position, key, names),
        unit=_unit(key, names),
        of=typed.get(f"of.{field}", line.of),
        text=typed.get(f"rate.{field}", shown(line, unit)),
        counts=measured(line.measure, names),
    )


def line_label(position: str, key: str, names: Names) -> str:
    """What a line of a plan is called, also one that is only added."""
    pay = names.scheme.pay
    plan = pay.commission.get(position)
    part = plan.lines.get(key) if plan else None
    return names.say((part or pay.commission_basis.get(key) or _NAMELESS).name, key)


def _unit(key: str, names: Names) -> str:
    """What a rate of a line is for."""
    unit = unit_of(key, names.scheme)
    return names.pick(("按比例", "per cent")) if unit == "money" else names.pick(_each(unit))


def _each(unit: str) -> tuple[str, str]:
    return f"元／{UNITS[unit].zh}", f"yuan a {UNITS[unit].en}"
