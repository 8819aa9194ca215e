"""Landing of shares, in the background."""

from __future__ import annotations

from typing import Any

from fairwrench.settlement.problem import Problem
from fairwrench.web.evidence.uploads.decided_landing import decided_land
from fairwrench.web.teams.evidence import set_land
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.work.queue.kinds import Progress


def land_set(progress: Progress, *, set_id: int) -> dict[str, Any]:
    """Land what was decided about the shares of a team from a day on."""
    row = TeamSet.objects.get(pk=set_id)
    zh = "班组分配没有导入；请核对成员和门店在花名册上，然后重试"
    en = "the shares did not land; see that the members and the store are on the roster, then try again"
    return decided_land(
        progress,
        called=str(row),
        month=row.month,
        land=lambda ledger: set_land(row=row, ledger=ledger),
        unlanded=Problem("team_shares_not_landed", zh, en),
    )
