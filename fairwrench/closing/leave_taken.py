"""What leave somebody took in the year that ends with a settled month, and what time off overtime has left them.

Read from the month's seal, so that the balance of a month stays what it was when the month was settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from fairwrench.closing.month import Workspace, evidence_of
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.doubts.leave import in_its_month, month_alone, with_approval
from fairwrench.settlement.measure.measure import Planned
from fairwrench.settlement.scheme.scheme import Measure

LEAVE = "leave"
#: the months over which time off is balanced, the settled one among them (leave.yaml looks back over the others)
MONTHS = 12
EARNED, USED = "overtime", "time_off"
_READ = ("month", "kind", "begins_at", "ends_at", "hours")


@dataclass(frozen=True)
class LeaveTaken:
    """Somebody's leave of a year: `rows` (month, kind, begins_at, ends_at, hours, `approved`, `counts`: approved, and
    of its month, and `alone`: its days are not known), the latest first.

    `handed_in` are the months that the balance stands on, `lacking` those of the year that never came, since the person
    was hired; what was earned or taken in them is not known, and no zero.
    """

    rows: pl.DataFrame
    month: str
    handed_in: tuple[str, ...]
    lacking: tuple[str, ...] = ()

    @property
    def earned(self) -> Decimal:
        """Hours of overtime that earn time off."""
        return self._hours(EARNED)

    @property
    def used(self) -> Decimal:
        """Hours of time off taken."""
        return self._hours(USED)

    @property
    def left(self) -> Decimal | None:
        """Hours of time off that are left of the months handed in, below 0 where more was taken than earned in them;
        None where the month itself was not handed in."""
        return self.earned - self.used if self.month in self.handed_in else None

    def _hours(self, kind: str) -> Decimal:
        return sum(self.rows.filter((pl.col("kind") == kind) & pl.col("counts"))["hours"].drop_nulls(), Decimal(0))


def leave_taken(employee_id: str, workspace: Workspace, sealed: Seal) -> LeaveTaken | None:
    """Somebody's leave of the year that ends with a sealed month; None where the seal knows of no leave at all."""
    evidence = evidence_of(sealed, workspace.as_sealed(sealed), ())
    source = evidence.sources.get(LEAVE)
    if source is None or not source.files or not {*_READ} <= {*source.source.columns}:
        return None
    alone = replace(evidence, sources={LEAVE: source})
    measure = Measure(source=LEAVE, date="month", months=MONTHS, credit="employee_id")
    rows = workspace.engine.rows(Planned(LEAVE, measure), [employee_id], None, alone)
    counts = (pl.col("approved") == "approved") & in_its_month(evidence.time_zone)
    rows = with_approval(rows).select(*_READ, "approved", counts=counts, alone=month_alone(rows))
    own = workspace.roster.filter(pl.col("employee_id") == employee_id)
    stores, first = {*own["store"]}, own.select(pl.min_horizontal("hired_on", "from").min()).item()
    # A row says as much as a file of the store: it may have come with another store's.
    known = {*rows["month"], *(at for store, at in source.covered if store in stores)}
    year = [str(month) for month in Month.range(evidence.month.plus(1 - MONTHS), evidence.month)]
    served = [month for month in year if first is None or month >= f"{first:%Y-%m}"]
    return LeaveTaken(
        rows.sort("month", "begins_at", "kind", descending=[True, True, False]),
        sealed.month,
        tuple(month for month in year if month in known),
        tuple(month for month in served if month not in known),
    )
