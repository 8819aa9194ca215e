"""What may be taken from somebody's month: the limit of compensation, and the minimum wage that is left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from fairwrench.settlement.doubts.taking import Limit, limit_of, yuan
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.inputs.fines import COMPENSATION, TAKING
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Deductions
from fairwrench.web.evidence.selectors import ledger_read, sources
from fairwrench.web.settlements.feeds import correction_number
from fairwrench.web.settlements.fines.proposals import Proposal
from fairwrench.web.settlements.models import Correction, Result
from fairwrench.web.settlements.workspace import seal_of

DECISIONS = "decisions"
#: a scheme that says nothing of deductions bounds none
UNBOUNDED = Deductions(warn_share=Decimal(1))


@dataclass(frozen=True)
class Room:
    """The room for money in somebody's month, in fen: the limit of compensation (None: the scheme has none), what of it
    is used, and what any deduction leaves above the minimum wage (None: no minimum wage is known)."""

    limit: Limit
    limited: bool
    claimed: int
    left: int | None

    @property
    def most(self) -> int:
        """The most that may be taken now as compensation."""
        return max(0, self.limit.most - self.claimed)


def rules_of(proposal: Proposal) -> Deductions:
    """What the scheme says of deductions."""
    return proposal.scheme.pay.deductions or UNBOUNDED


def room_of(proposal: Proposal) -> Room | None:
    """The room in the month of who is to be fined; None while their wage is not worked out."""
    row, rules = proposal.result, rules_of(proposal)
    parts = (row.performance_pay, row.fixed_part, row.pool_pay, row.deductions) if row else (None,)
    if row is None or any(part is None for part in parts):
        return None
    wage = (row.performance_pay or 0) + (row.fixed_part or 0) + (row.pool_pay or 0)
    claimed, since = _taken(proposal, row)
    deducted = (row.deductions or 0) + since
    limit = limit_of(rules, wage=wage, store=row.store, others=max(0, deducted - claimed))
    known = rules.minimum_wage.get(row.store)
    left = None if known is None else wage - deducted - point_units(known)
    return Room(limit or Limit(wage, wage, None, None), limit is not None, claimed, left)


def _taken(proposal: Proposal, row: Result) -> tuple[int, int]:
    """What compensation of the same month was decided, and what any decision takes that came since the figures of the
    month were worked out; whether it has landed or not."""
    rows = ledger_read().current(DECISIONS, sources()[DECISIONS])
    waiting = _not_landed(proposal, row, [] if rows.is_empty() else rows["decision_no"].to_list())
    claims, since = sum(value for value, ground in waiting if ground == COMPENSATION), sum(v for v, _ in waiting)
    if rows.is_empty() or "ground" not in rows.columns:
        return claims, since
    mine = (pl.col("employee_id") == proposal.employee.employee_id) & (pl.col("month") == row.run.cycle.month)
    taken = rows.filter(mine, pl.col("kind").is_in(TAKING))
    sealed = seal_of(run=row.run).sources.get(DECISIONS)
    counted = [*sealed.batches] if sealed else []
    compensation = _sum(taken.filter(pl.col("ground") == COMPENSATION))
    return compensation + claims, _sum(taken.filter(~pl.col("_batch").is_in(counted))) + since


def _not_landed(proposal: Proposal, row: Result, landed: list[str]) -> list[tuple[int, str]]:
    """Fen and ground of what was approved here about the month and has not landed yet."""
    approved = Correction.objects.filter(
        employee=proposal.employee, concerns=row.run.cycle.month, kind__in=TAKING, state=Correction.State.APPROVED
    )
    return [(each.value or 0, each.ground) for each in approved if correction_number(each) not in landed]


def _sum(rows: pl.DataFrame) -> int:
    return sum(point_units(value) for value in rows["value"].drop_nulls().to_list())


def above_room(amount: int, ground: str, room: Room | None, proposal: Proposal) -> Problem | None:
    """Why an amount (fen) may not be taken, with the amount that may; None where it may."""
    if ground == COMPENSATION and room is None:
        zh, en = "当月工资未定，无法核对赔偿上限；工资核算后再办理", "the wage of the month is open, so the limit of "
        return Problem("wage_open", zh, f"{en}compensation cannot be checked; decide once it is settled")
    if room is None:
        return None
    if ground == COMPENSATION and room.limited and amount > room.most:
        article, most = rules_of(proposal).references.get("compensation_share", ""), yuan(room.most)
        zh = f"赔偿本月最多还能扣 {most} 元（{article}；请咨询法律顾问）；其余部分请在以后月份另作决定"
        en = f"compensation may still take {most} yuan this month at most ({article}; check with counsel); decide "
        return Problem("compensation_above_limit", zh, f"{en}on the rest in a later month")
    if room.left is not None and amount > room.left:
        most = yuan(max(0, room.left))
        zh = f"扣后低于当地最低工资；本月最多还能扣 {most} 元"
        return Problem("below_minimum_wage", zh, f"it leaves less than the local minimum wage; at most {most} yuan")
    return None
