"""Shares of a team as somebody fills them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.team_shares import WHOLE
from fairwrench.web.org.models import Employee


@dataclass(frozen=True)
class Draft:
    """What somebody fills in: the team, the day from which it holds, who has which share, and what the page showed
    (`Standing.seen`) of the shares from a day (`shown`; None: the same day)."""

    month: Month
    store: str
    team: str
    begin: date
    parts: Sequence[tuple[Employee, Decimal]]
    seen: str = ""
    shown: date | None = None

    @property
    def seen_then(self) -> str:
        """What the page showed of the shares from the day that was filled in: nothing where it showed another day."""
        return self.seen if self.shown in (None, self.begin) else ""

    @property
    def units(self) -> dict[str, int]:
        """Employee id → thousandths, without those who have none."""
        return {who.employee_id: int(share * WHOLE) for who, share in self.parts if share}
