"""The demo's change of the scheme: HR proposed it, and the general manager has yet to decide."""

from __future__ import annotations

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.schemes.approval.services import version_propose
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.services import version_add

#: rework is asked to stay at 2 % instead of 3 %
DOCUMENT = """\
base: dealership
scheme: dealership
version: "1.1"
name: {zh: 汽车4S店售后绩效制度, en: After-sales performance scheme of a car dealership}
item_defaults:
  rework_rate:
    target: 0.02
    curve: {of: value, steps: [[0.005, 130], [0.01, 115], [0.02, 100], [0.04, 80]], beyond: 50}
"""
CHANGE = "返修率目标由 3% 收紧为 2%"
GROUND = "10 月质量分析会决定：返修是客户投诉的首要原因，目标收紧"


def proposal_make(*, begins: Month) -> None:
    """Hand the change in and propose it from a month on; once only."""
    if SchemeVersion.objects.exists():
        return
    hr = User.objects.get(username="hr")
    version = version_add(content=DOCUMENT.encode(), name="制度-1.1.yaml", by=hr, note=CHANGE)
    version_propose(version=version, begins=begins, ground=GROUND, by=hr)
