"""The roster as the core reads it, out of the database: one row an assignment."""

from __future__ import annotations

import polars as pl

from fairwrench.ledger.roster.roster import COLUMNS
from fairwrench.web.org.models import Assignment

_FIELDS = {
    "employee_id": "employee__employee_id",
    "name": "employee__name",
    "store": "store__name",
    "department": "department__code",
    "position": "position__code",
    "manager_id": "manager__employee_id",
    "status": "status",
    "hired_on": "hired_on",
    "left_on": "left_on",
    "full_salary": "full_salary",
    "from": "begin",
    "to": "end",
    "_row": "place",
    "aliases": "employee__aliases",
}


def roster_frame() -> pl.DataFrame:
    """Every assignment (columns `ledger.roster.roster.COLUMNS`), in the order of the roster; one query."""
    rows = Assignment.objects.order_by("place", "id").values_list(*(_FIELDS[name] for name in COLUMNS))
    frame = pl.DataFrame(list(rows), schema=COLUMNS, orient="row")
    # the database keeps an empty text where the core has null
    blank = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in ("department", "aliases")]
    return frame.with_columns(blank)
