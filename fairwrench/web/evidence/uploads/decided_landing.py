"""Landing, in the background, of what an app decided on its pages: once, held against a second worker, and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.uploads import services
from fairwrench.web.evidence.uploads.landings import landing_record
from fairwrench.web.evidence.uploads.unknown_batches import landings_synchronise
from fairwrench.web.work.queue.kinds import Progress


def decided_land(
    progress: Progress,
    *,
    called: str,
    month: str,
    land: Callable[[Ledger], Sequence[Batch] | None],
    unlanded: Problem,
) -> dict[str, Any]:
    """Land what was decided about one record of a month; `land` gives the batches that hold it, None while any of it
    waits, which is refused with `unlanded`."""
    ledger = selectors.ledger()
    progress.expect("land", 1)
    progress.step("land", called)
    landings_synchronise(ledger=ledger)
    batches = land(ledger)
    if batches is None:
        raise Refused([unlanded])
    with transaction.atomic():
        progress.hold()
        for batch in batches:
            landing_record(ledger=ledger, batch=batch)
    services.landed(Month.parse(month))
    return {"batches": [batch.number for batch in batches]}
