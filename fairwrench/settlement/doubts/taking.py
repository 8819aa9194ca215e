"""What is to be said of money taken by decisions: no ground, twice, or more compensation than a month may bear."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.exact import FEN_DIGITS, VALUE_DIGITS, as_decimal, value_units
from fairwrench.settlement.inputs.fines import COMPENSATION, FINES, TAKING, money_taken
from fairwrench.settlement.money import fen
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Deductions, Scheme
from fairwrench.settlement.words.wording import DECISIONS


@dataclass(frozen=True)
class Limit:
    """What compensation may take from somebody's month, in fen: `share` of the wage, and what lies above the `minimum`
    wage, None where no minimum wage is known. `most` is the lower of the two."""

    wage: int
    share: int
    minimum: int | None
    above_minimum: int | None

    @property
    def most(self) -> int:
        """The most that all compensation of the month may come to."""
        room = self.share if self.above_minimum is None else min(self.share, self.above_minimum)
        return max(0, room)


def limit_of(rules: Deductions, *, wage: int, store: str, others: int = 0) -> Limit | None:
    """The limit of compensation for a month's wage, `others` being taken on other grounds; None where the scheme has
    none. A part of a fen is never taken."""
    if rules.compensation_share is None:
        return None
    share = wage * value_units(rules.compensation_share) // 10**VALUE_DIGITS
    known = rules.minimum_wage.get(store)
    minimum = None if known is None else fen(known)
    return Limit(wage, share, minimum, None if minimum is None else wage - others - minimum)


def taking_problems(decisions: pl.DataFrame, paid: pl.DataFrame, scheme: Scheme, month: str) -> list[Problem]:
    """Everything to be said of a month's decisions that take something; no amount is changed here.

    `paid`: employee_id, store, state and in fen performance_pay, fixed_part, pool_pay, deductions.
    """
    takes = money_taken(decisions, scheme, month, paid.select("employee_id", "store"))
    return [
        *_groundless(takes),
        *_twice(decisions.filter(pl.col("month") == month)),
        *(_above(takes, paid, scheme.pay.deductions) if scheme.pay.deductions else ()),
    ]


def _groundless(takes: pl.DataFrame) -> list[Problem]:
    rows = takes.filter(pl.col("ground").is_null(), pl.col("kind").is_in(TAKING)).sort("employee_id", "reason")
    found = []
    for person, kind, reason in rows.select("employee_id", "kind", "reason").iter_rows():
        called = DECISIONS[kind]
        zh = f"对 {person} 的{called.zh}（{reason}）没有写明扣款依据（赔偿、违纪或约定），请补上"
        en = f"the decision about {person} ({called.en}: {reason}) gives no ground: compensation, breach or agreed"
        found.append(Problem("no_ground", zh, en, "warning", subject=person))
    return found


def _twice(decisions: pl.DataFrame) -> list[Problem]:
    """Lateness is a person's and a month's: decided twice, one of the two is a slip."""
    fined = decisions.filter(pl.col("kind").is_in(FINES)).drop_nulls("employee_id")
    several = fined.group_by("employee_id").len().filter(pl.col("len") > 1).sort("employee_id")
    return [
        Problem(
            "fined_twice",
            f"{person} 当月的迟交有 {count} 个处理决定，全部计入；请撤销多余的",
            f"the lateness of {person} was decided {count} times in the month and all count; take back the surplus",
            "warning",
            subject=person,
        )
        for person, count in several.iter_rows()
    ]


def _above(takes: pl.DataFrame, paid: pl.DataFrame, rules: Deductions) -> list[Problem]:
    """Compensation above its limit, with what may be taken this month; where the wage is open `deductions` tells it."""
    claimed = takes.filter(pl.col("ground") == COMPENSATION).group_by("employee_id").agg(pl.col("value").sum())
    joined = paid.join(claimed, on="employee_id").sort("employee_id")
    wage = pl.col("performance_pay") + pl.col("fixed_part") + pl.col("pool_pay")
    rows = joined.select("employee_id", "store", "deductions", "value", wage=wage).drop_nulls()
    found = []
    for person, store, deductions, claim, earned in rows.iter_rows():
        limit = limit_of(rules, wage=earned, store=store, others=deductions - claim)
        if limit is not None and claim > limit.most:
            found.append(_above_limit(person, claim, limit, rules))
    return found


def _above_limit(person: str, claim: int, limit: Limit, rules: Deductions) -> Problem:
    article = rules.references.get("compensation_share", "")
    most, over = yuan(limit.most), yuan(claim - limit.most)
    zh = f"{person} 的赔偿扣款 {yuan(claim)} 元超过本月可扣的 {most} 元（{article}）；系统不自行减少，"
    zh += f"请改为 {most} 元，其余 {over} 元在以后月份另作决定"
    en = f"compensation of {yuan(claim)} taken from {person} is above the {most} that may be taken this month "
    en += f"({article}); nothing is cut: change it to {most}, and decide on the other {over} in a later month"
    details = {"most": most, "over": over}
    return Problem("compensation_above_limit", zh, en, "warning", subject=person, details=details)


def yuan(amount: int) -> str:
    """Fen as yuan."""
    return f"{as_decimal(amount, FEN_DIGITS):f}"
