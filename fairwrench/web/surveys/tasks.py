"""Landing of answers, in the background."""

from __future__ import annotations

from typing import Any

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.web.evidence.uploads.decided_landing import decided_land
from fairwrench.web.surveys.evidence import answers_land
from fairwrench.web.work.queue.kinds import Progress


def land_answers(progress: Progress, *, month: str) -> dict[str, Any]:
    """Land what was answered for a month."""
    zh = "问卷结果没有导入；请核对被评的人在花名册上，然后重试"
    en = "the answers did not land; see that those asked about are on the roster, then try again"
    return decided_land(
        progress,
        called=month,
        month=month,
        land=lambda ledger: answers_land(month=Month.parse(month), ledger=ledger),
        unlanded=Problem("answers_not_landed", zh, en),
    )
