"""Landing of summaries, in the background."""

from __future__ import annotations

from typing import Any

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.web.coaching.summaries.evidence import summaries_land
from fairwrench.web.evidence.uploads.decided_landing import decided_land
from fairwrench.web.work.queue.kinds import Progress


def land_summaries(progress: Progress, *, month: str) -> dict[str, Any]:
    """Land what was handed in, or is missing, of a month."""
    zh = "月度总结没有导入；请核对人员在花名册上，然后重试"
    en = "the summaries did not land; see that their people are on the roster, then try again"
    return decided_land(
        progress,
        called=month,
        month=month,
        land=lambda ledger: summaries_land(month=Month.parse(month), ledger=ledger),
        unlanded=Problem("summaries_not_landed", zh, en),
    )
