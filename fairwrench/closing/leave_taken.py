"""What leave somebody took in the year that ends with a settled month, and what time off overtime has left them.

Read from the month's seal, so that the balance of a month stays what it was when the month was settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from fairwrench.closing.month import Workspace, evidence_of
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.measure.measure import Planned
from fairwrench.settlement.scheme.scheme import Measure

LEAVE = "leave"
#: the months over which time off is balanced, the settled one among them (leave.yaml looks back over the others)
MONTHS = 12
EARNED, USED = "overtime", "time_off"
_READ = ("month", "kind", "begins_at", "ends_at", "hours")


@dataclass(frozen=True)
class LeaveTaken:
    """Somebody's leave of a year: `rows` (month, kind, begins_at, ends_at, hours), the latest first."""

    rows: pl.DataFrame

    @property
    def earned(self) -> Decimal:
        """Hours of overtime that earn time off."""
        return self._hours(EARNED)

    @property
    def used(self) -> Decimal:
        """Hours of time off taken."""
        return self._hours(USED)

    @property
    def left(self) -> Decimal:
        """Hours of time off that are left; below 0 where more was taken than earned in the year."""
        return self.earned - self.used

    def _hours(self, kind: str) -> Decimal:
        return sum(self.rows.filter(pl.col("kind") == kind)["hours"].drop_nulls(), Decimal(0))


def leave_taken(employee_id: str, workspace: Workspace, sealed: Seal) -> LeaveTaken | None:
    """Somebody's leave of the year that ends with a sealed month; None where the seal knows of no leave at all."""
    evidence = evidence_of(sealed, workspace.as_sealed(sealed), ())
    source = evidence.sources.get(LEAVE)
    if source is None or not source.files or not {*_READ} <= {*source.source.columns}:
        return None
    alone = replace(evidence, sources={LEAVE: source})
    measure = Measure(source=LEAVE, date="month", months=MONTHS, credit="employee_id")
    rows = workspace.engine.rows(Planned(LEAVE, measure), [employee_id], None, alone).select(_READ)
    return LeaveTaken(rows.sort("month", "begins_at", "kind", descending=[True, True, False]))
