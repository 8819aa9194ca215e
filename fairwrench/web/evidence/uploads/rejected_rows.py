"""The rejected rows of what has landed, as they were told when it landed: the ledger keeps them with the batch."""

from __future__ import annotations

from typing import Any

from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import Landing
from fairwrench.web.evidence.uploads.preview import reasons_told
from fairwrench.web.ui.words import pick

#: reasons that are listed; a file of more was wrong as a whole
LISTED = 20_000


def rejected_cells(*, landing: Landing, stores: frozenset[str] | None) -> list[dict[str, Any]]:
    """A line for each reason, by row; people of other stores than `stores` (None: all) are not named in them."""
    if not landing.rejected:
        return []
    ledger = selectors.ledger_read()
    frame = ledger.rejected(ledger.records(landing.source).one(landing.number))
    if frame is None:
        return []
    told = reasons_told(frame.sort("row").head(LISTED), stores=stores)
    return told.select("row", "column", "value", why=pick("reason", "reason_en")).to_dicts()
