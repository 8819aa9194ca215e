"""Points set at a calibration meeting: asked for with a reason as a correction of the month itself."""

from __future__ import annotations

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.appraisals.calibration.pool import KIND
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.corrections.services import correction_ask
from fairwrench.web.settlements.models import Correction


def calibration_ask(*, cycle: Cycle, employee: Employee, item: str, points: int, reason: str, by: User) -> Correction:
    """Ask for a rated item of somebody to have some points (hundredths), for a second person to approve; it counts once
    the month is settled again. Refused where settling would not honour it, and for a month that is not settled or is
    published."""
    if cycle.run is None or cycle.figures_state == Cycle.State.OPEN:
        raise Refused([Problem("not_settled", "本月尚未核算，还不能评议", "the month is not settled yet")])
    correction = Correction(
        cycle=cycle, employee=employee, concerns=cycle.month, kind=KIND, item=item, value=points, reason=reason
    )
    return correction_ask(correction=correction, by=by)
