"""Commission plans as pages show them: lines of measure × rate, and the factors on their sum."""

from __future__ import annotations

from dataclasses import dataclass

from fairwrench.report.naming import Names
from fairwrench.settlement.amounts import symbol
from fairwrench.settlement.scheme.scheme import CommissionFactor, CommissionLine, CommissionPlan
from fairwrench.settlement.words.commission_words import rate_words as rate_in_words
from fairwrench.settlement.words.commission_words import unit_of
from fairwrench.web.schemes.text.cards import reference_of
from fairwrench.web.schemes.text.curves import percent, plain
from fairwrench.web.schemes.text.measuring import Measured, measured


@dataclass(frozen=True)
class Paid:
    """One line of a plan."""

    name: str
    measure: Measured
    rate: str
    reference: str
    house: bool


@dataclass(frozen=True)
class Plan:
    """The plan of a position."""

    key: str
    position: str
    lines: tuple[Paid, ...]
    factors: tuple[str, ...]
    reference: str
    house: bool
    note: str


def plans(names: Names) -> list[Plan]:
    """Every position's plan."""
    return [_plan(key, plan, names) for key, plan in names.scheme.pay.commission.items()]


def _plan(key: str, plan: CommissionPlan, names: Names) -> Plan:
    return Plan(
        key=key,
        position=names.position(key),
        lines=tuple(_line(name, line, names) for name, line in plan.lines.items()),
        factors=tuple(factor_words(factor, names) for factor in plan.factors),
        reference=reference_of(plan),
        house=plan.default == "house",
        note=names.say(plan.note),
    )


def _line(key: str, line: CommissionLine, names: Names) -> Paid:
    name, measure = names.say(line.name, key), measured(line.measure, names)
    return Paid(name, measure, rate_words(key, line, names), reference_of(line), line.default == "house")


def rate_words(key: str, line: CommissionLine, names: Names) -> str:
    """What is paid for one unit: yuan or per cent, or these by slices."""
    unit, sign = unit_of(key, names.scheme), symbol(names.scheme.currency)
    if line.rate is not None:
        return names.say(rate_in_words(line.rate, unit, sign))
    slices = [(at, rate_in_words(rate, unit, sign)) for at, rate in line.tiers or ()]
    told = [(f"超过 {plain(at)} 的部分{rate.zh}", f"above {plain(at)} {rate.en}") for at, rate in slices]
    if len(slices) > 1 and not slices[0][0]:
        (_, rate), (until, _) = slices[:2]
        told[0] = (f"{plain(until)} 以内{rate.zh}", f"up to {plain(until)} {rate.en}")
    return names.comma.join(names.pick(each) for each in told)


def factor_words(factor: CommissionFactor, names: Names) -> str:
    """A factor on the sum of the lines."""
    if factor.attainment:
        metric, level = names.metric(factor.attainment), names.level(factor.of)
        what = names.pick((f"{level}“{metric}”的目标达成率", f"attainment of {metric} ({level})"))
    else:
        what = names.pick(("得分 ÷ 100", "score ÷ 100"))
    cut = []
    if factor.floor is not None:
        cut.append(names.pick((f"最低 {percent(factor.floor)}", f"at least {percent(factor.floor)}")))
    if factor.cap is not None:
        cut.append(names.pick((f"最高 {percent(factor.cap)}", f"at most {percent(factor.cap)}")))
    return names.pick(("，", ", ")).join([f"× {what}", *cut])
