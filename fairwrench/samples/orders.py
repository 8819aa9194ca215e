"""What happens to an order: facts as they occurred, in local minutes, hundredths of hours and fen."""

from __future__ import annotations

from dataclasses import dataclass, field

from fairwrench.samples.names import Fault
from fairwrench.samples.vehicles import Vehicle


@dataclass(slots=True)
class Job:
    """One job on an order as done by one technician.

    Hours, panels (hundredths) and labour (fen) are those of the whole job; `share` is his part of it in thousandths.
    """

    line: int
    technician: str
    system: str | None
    name: str
    standard: int
    billed: int
    clocked: int
    share: int
    labour: int
    claim: bool
    internal: bool
    finished: int
    panels: int = 0


@dataclass(slots=True)
class Order:
    """One visit. `late_hours`: finished after the first promise by so much; `returns_for`: the fault that came back."""

    ro_no: str
    store: str
    vehicle: Vehicle
    kind: str
    advisor: str
    technician: str
    bay: str
    opened: int
    dispatched: int
    first_promised: int
    promised: int
    finished: int
    delivered: int
    settled: int
    mileage: int
    waited_minutes: int
    parts: int
    parts_cost: int
    labour_cost: int
    booked: bool
    inspected: bool
    settlement_way: str
    jobs: list[Job] = field(default_factory=list)
    returns_for: Fault | None = None
    first_ro_no: str | None = None
    rework: bool | None = None
    rework_cause: str | None = None
    judged_by: str | None = None

    @property
    def late_hours(self) -> float:
        """Hours by which it was finished after the first promise, 0 in time."""
        return max(0, self.finished - self.first_promised) / 60

    @property
    def labour(self) -> int:
        """Labour of all jobs, in fen; a job that two share counts once."""
        # By line, as each of two who share a job has the labour of the whole job on his own row.
        return sum({job.line: job.labour for job in self.jobs}.values())


@dataclass(slots=True)
class Comeback:
    """A repair that did not hold: the car will be back at that minute."""

    minute: int
    vehicle: Vehicle
    fault: Fault
    first_ro_no: str
