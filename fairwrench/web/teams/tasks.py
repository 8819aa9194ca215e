"""Landing of shares, in the background."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.uploads import services
from fairwrench.web.evidence.uploads.landings import landing_record
from fairwrench.web.evidence.uploads.unknown_batches import landings_synchronise
from fairwrench.web.teams.evidence import set_land
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.work.queue.kinds import Progress


def land_set(progress: Progress, *, set_id: int) -> dict[str, Any]:
    """Land what was decided about the shares of a team from a day on."""
    row, ledger = TeamSet.objects.get(pk=set_id), selectors.ledger()
    progress.expect("land", 1)
    progress.step("land", str(row))
    landings_synchronise(ledger=ledger)
    batches = set_land(row=row, ledger=ledger)
    if batches is None:
        raise Refused([_unlanded()])
    with transaction.atomic():
        progress.hold()
        for batch in batches:
            landing_record(ledger=ledger, batch=batch)
    services.landed(Month.parse(row.month))
    return {"batches": [batch.number for batch in batches]}


def _unlanded() -> Problem:
    zh = "班组分配没有导入；请核对成员和门店在花名册上，然后重试"
    en = "the shares did not land; see that the members and the store are on the roster, then try again"
    return Problem("team_shares_not_landed", zh, en)
