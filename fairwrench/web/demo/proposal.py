"""The demo's versions of the scheme: one with plans of commission that holds, and a change that waits for approval."""

from __future__ import annotations

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.schemes.approval.services import version_approve, version_propose
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.services import version_add

NAME = "{zh: 汽车4S店售后绩效制度, en: After-sales performance scheme of a car dealership}"
#: commission by plans, no longer from the payroll program
PLANS = f"""\
base: dealership_commission
scheme: dealership
version: "1.1"
name: {NAME}
"""
#: rework is asked to stay at 2 % instead of 3 %
TIGHTER = f"""\
base: dealership_commission
scheme: dealership
version: "1.2"
name: {NAME}
item_defaults:
  rework_rate:
    target: 0.02
    curve: {{of: value, steps: [[0.005, 130], [0.01, 115], [0.02, 100], [0.04, 80]], beyond: 50}}
"""


def plans_adopt(*, begins: Month) -> None:
    """Let commission be worked out by plans from a month on, proposed by HR and approved; once only."""
    if SchemeVersion.objects.exists():
        return
    ground = "提成由系统按工单核算，薪资表不再手工填报"
    version = _proposed("1.1", PLANS, "各岗位提成方案", begins, ground)
    gm = User.objects.get(username="gm")
    version_approve(version=version, seen=version.revision, by=gm)


def proposal_make(*, begins: Month) -> None:
    """Propose the tighter target from a month on; once only."""
    if SchemeVersion.objects.count() > 1:
        return
    ground = "10 月质量分析会决定：返修是客户投诉的首要原因，目标收紧"
    _proposed("1.2", TIGHTER, "返修率目标由 3% 收紧为 2%", begins, ground)


def _proposed(number: str, document: str, change: str, begins: Month, ground: str) -> SchemeVersion:
    """Hand a document in and propose it, as HR."""
    hr = User.objects.get(username="hr")
    version = version_add(content=document.encode(), name=f"制度-{number}.yaml", by=hr, note=change)
    return version_propose(version=version, begins=begins, ground=ground, by=hr)
