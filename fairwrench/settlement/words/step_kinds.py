"""Every kind of step behind a payslip, once: what it is called, what its figure is, which amount it leads to.

Settling records steps in this order; terminal, report and pages name and format them by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fairwrench.settlement.source.source import Text


@dataclass(frozen=True, slots=True)
class StepKind:
    """One kind of step.

    `part` is the piece of the calculation that records it, `unit` what its figure is, `leads_to` the amount of the
    payslip below which it is shown (empty for amounts that stand by themselves). `tells_salary`: it says somebody's
    full salary, which not everybody may see.
    """

    title: Text
    part: Literal["pay", "commission", "pool"] = "pay"
    unit: Literal["money", "percent", "factor"] = "money"
    leads_to: str = ""
    tells_salary: bool = False


STEP_KINDS: dict[str, StepKind] = {
    "salary_part": StepKind(
        Text(zh="按任职天数折算的工资", en="Salary by days in the assignment"),
        leads_to="fixed_part",
        tells_salary=True,
    ),
    "base_part": StepKind(
        Text(zh="按任职天数折算的基数", en="Base by days in the assignment"), leads_to="base", tells_salary=True
    ),
    "commission_line": StepKind(Text(zh="提成项目", en="Commission line"), "commission", leads_to="base"),
    "commission_attainment": StepKind(
        Text(zh="目标达成率", en="Attainment of the target"), "commission", "percent", "base"
    ),
    "commission_factor": StepKind(Text(zh="提成系数", en="Factor"), "commission", "factor", "base"),
    "commission_sum": StepKind(Text(zh="提成合计", en="Sum of the lines"), "commission", leads_to="base"),
    "commission_floor": StepKind(
        Text(zh="提成合计低于零，按零计", en="The sum is below 0 and counts as 0"), "commission", leads_to="base"
    ),
    "commission": StepKind(Text(zh="提成工资总额", en="Commission"), leads_to="base"),
    "base": StepKind(Text(zh="绩效基数", en="Pay base")),
    "performance_pay": StepKind(Text(zh="绩效工资", en="Performance pay")),
    "fixed_part": StepKind(Text(zh="固定工资", en="Fixed part")),
    "pool_claim": StepKind(
        Text(zh="本人的分配权数（得分、出勤）", en="Own claim (score, attendance)"), "pool", "factor", "pool_pay"
    ),
    "pool_share": StepKind(Text(zh="在岗位份额中应得", en="Share of the position's part"), "pool", leads_to="pool_pay"),
    "pool_pay": StepKind(Text(zh="奖金池分配", en="Share of pools"), leads_to="pool_pay"),
    "deductions": StepKind(Text(zh="扣款", en="Deductions"), leads_to="deductions"),
    "corrections": StepKind(Text(zh="以前月份补发/补扣", en="Corrections of earlier months"), leads_to="corrections"),
    "total": StepKind(Text(zh="本月合计", en="Pay of the month")),
}
#: the amounts that the total is made of, in the order of the payslip
PAYSLIP = ("performance_pay", "fixed_part", "pool_pay", "deductions", "corrections")
