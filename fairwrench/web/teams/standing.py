"""The shares that hold in some months, whether they were confirmed here or handed in as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.team_shares import TEAM_SHARES, WHOLE
from fairwrench.settlement.source.team_names import team_name
from fairwrench.web.evidence.selectors import ledger_read, sources
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.work.models import Job

#: store, team in one spelling
TeamKey = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """The shares of a team from a day on: employee id → thousandths, none of them 0. `row`: how they were confirmed
    here, None where a file has them."""

    month: str
    store: str
    team: str
    begin: date
    parts: Mapping[str, int] = field(default_factory=dict)
    row: TeamSet | None = None

    @property
    def total(self) -> int:
        """What they add up to, in thousandths."""
        return sum(self.parts.values())

    @property
    def whole(self) -> bool:
        """Whether they add up to 1."""
        return bool(self.total == WHOLE)

    @property
    def seen(self) -> str:
        """What a page showed of them, to know whether they changed since."""
        return seen_of(self.parts)

    @property
    def waits(self) -> bool:
        """Whether they were confirmed and have not landed yet."""
        return self.row is not None and _waits(self.row)


def seen_of(parts: Mapping[str, int]) -> str:
    """Shares as one text, equal for equal ones."""
    return ",".join(f"{who}={share}" for who, share in sorted(parts.items()))


def share_text(thousandths: int) -> str:
    """A share as it is written: 0.333."""
    return f"{thousandths // WHOLE}.{thousandths % WHOLE:03d}"


def sets_of(*, months: Sequence[Month]) -> list[Standing]:
    """Every set of some months, by month, store, team and day; of files those, too, that do not add up to 1."""
    found: dict[tuple[str, str, str, date], dict[str, int]] = {}
    for row in rows_filed(months=months).iter_rows(named=True):
        place = (row["month"], row["store"] or "", team_name(row["team"]), row["begin"])
        parts = found.setdefault(place, {})
        if row["employee_id"] and (share := units_of(row["share"])):
            parts[row["employee_id"]] = parts.get(row["employee_id"], 0) + share
    said = {_place(each): each for each in _confirmed(months)}
    # what was confirmed and has not landed is the last word; what landed, the ledger itself says
    found |= {place: dict(row.parts) for place, row in said.items() if _waits(row)}
    return [Standing(*place, parts, _same(said.get(place), parts)) for place, parts in sorted(found.items()) if parts]


def members_of_months(months: Sequence[Month]) -> Mapping[TeamKey, frozenset[str]]:
    """Everybody who has a part in a team in some months."""
    found: dict[TeamKey, frozenset[str]] = {}
    for each in sets_of(months=months):
        found[each.store, each.team] = found.get((each.store, each.team), frozenset()) | frozenset(each.parts)
    return found


def _same(row: TeamSet | None, parts: Mapping[str, int]) -> TeamSet | None:
    """What was confirmed here, where that is what holds."""
    return row if row is not None and row.parts == parts else None


def _place(row: TeamSet) -> tuple[str, str, str, date]:
    return row.month, row.store, row.team, row.begin


def _waits(row: TeamSet) -> bool:
    return row.job is not None and row.job.state != Job.State.DONE


def _confirmed(months: Sequence[Month]) -> list[TeamSet]:
    asked = [str(month) for month in months]
    return list(TeamSet.objects.filter(month__in=asked).select_related("by__employee", "job"))


def rows_filed(*, months: Sequence[Month]) -> pl.DataFrame:
    """The rows of some months as they stand in the ledger: month, store, team, employee_id, begin, share, `_batch`."""
    at = ledger_read()
    if not at.has(TEAM_SHARES):
        return pl.DataFrame()
    rows = at.current(TEAM_SHARES, sources()[TEAM_SHARES], months)
    return rows.filter(pl.col("month").is_in([*map(str, months)]))


def units_of(share: Decimal | None) -> int:
    """A share in thousandths."""
    return int((share or Decimal(0)) * WHOLE)
