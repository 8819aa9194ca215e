"""How much flows into a bonus pool: rate × metric when the gate is met, cut at floor and cap (S3 壹, 貳)."""

from __future__ import annotations

from typing import NamedTuple

from fairwrench.settlement.exact import FEN_DIGITS, VALUE_DIGITS, half_up, value_units
from fairwrench.settlement.money import fen
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Draw


class Given(NamedTuple):
    """What is known of one store: the metric in yuan and the gate's attainment, as fractions; None is not known."""

    numerator: int | None = None
    denominator: int | None = None
    gate_numerator: int | None = None
    gate_denominator: int | None = None


Step = tuple[str, dict[str, int]]


class Drawing(NamedTuple):
    """`amount` in fen, or None with the metric that it `lacks`; `steps` name and fill rows of money.STEPS, in order."""

    amount: int | None
    lacks: str
    steps: tuple[Step, ...]


def draw(rule: Draw, given: Given) -> Drawing:
    """The sum of one store's pool. A gate that is missed lets nothing flow, whatever the floor; a loss draws nothing.

    Refused when the rule has only half of a gate.
    """
    if (rule.gate_metric is None) != (rule.gate_attainment is None):
        raise Refused([_half_a_gate(rule)])
    gate, met = _gate(rule, given)
    if met is None:
        return Drawing(None, rule.gate_metric or "", gate)
    # Before the metric is asked for: a missed gate lets nothing flow, whatever the floor says (decision 5).
    if not met:
        return Drawing(0, "", (*gate, _amount("pool_amount", 0)))
    if given.numerator is None or given.denominator is None or given.denominator <= 0:
        return Drawing(None, rule.metric, gate)
    drawn = half_up(value_units(rule.rate) * given.numerator * 10**FEN_DIGITS, 10**VALUE_DIGITS * given.denominator)
    step, columns = _amount("pool_draw", drawn)
    columns |= {"basis": value_units(rule.rate), "basis_digits": VALUE_DIGITS}
    columns |= {"numerator": given.numerator, "denominator": given.denominator}
    amount = _cut(drawn, rule)
    return Drawing(amount, "", (*gate, (step, columns), _amount("pool_amount", amount)))


def _gate(rule: Draw, given: Given) -> tuple[tuple[Step, ...], bool | None]:
    """The step of the gate, and whether it is met; a bound belongs to its better side; None while it is not known."""
    if rule.gate_attainment is None:
        return (), True
    top, bottom = given.gate_numerator, given.gate_denominator
    if top is None or bottom is None or bottom <= 0:
        return (), None
    bound = value_units(rule.gate_attainment)
    met = top * 10**VALUE_DIGITS >= bound * bottom
    step = "pool_gate_met" if met else "pool_gate_missed"
    columns = {"basis": bound, "basis_digits": VALUE_DIGITS, "numerator": top, "denominator": bottom}
    return ((step, columns),), met


def _cut(amount: int, rule: Draw) -> int:
    # A loss draws nothing: nobody pays into the pool.
    least = max(fen(rule.floor), 0) if rule.floor is not None else 0
    amount = max(amount, least)
    return min(amount, fen(rule.cap)) if rule.cap is not None else amount


def _amount(step: str, amount: int) -> Step:
    return step, {"amount": amount, "amount_digits": FEN_DIGITS}


def _half_a_gate(rule: Draw) -> Problem:
    return Problem(
        code="half_a_gate",
        zh=f"奖金池（{rule.metric}）的达标条件须同时写明指标 gate_metric 和达成率 gate_attainment",
        en=f"the gate of the pool drawn from {rule.metric} needs both gate_metric and gate_attainment",
        path=("pools",),
    )
