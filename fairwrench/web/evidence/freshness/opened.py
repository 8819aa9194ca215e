"""Which files and landings behind the heat map open for somebody: what would be refused is not linked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.models import Covered, Landing, Upload
from fairwrench.web.evidence.selectors import sheets_reached


@dataclass(frozen=True)
class Opened:
    """Uploads by their keys, landings by source and number; None for all of them."""

    uploads: frozenset[int] | None = None
    batches: frozenset[tuple[str, int]] | None = None

    def upload(self, upload: int) -> bool:
        """Whether an upload opens."""
        return self.uploads is None or upload in self.uploads

    def batch(self, source: str, number: int) -> bool:
        """Whether a landing opens."""
        return self.batches is None or (source, number) in self.batches


def opened_in(user: User, month: Month, uploads: Iterable[Upload]) -> Opened:
    """What opens for a user of a month's landings and of the files on the desk; as `landing_seen` and `upload_seen`
    say for one."""
    reach = reach_of(user=user)
    if reach.everywhere:
        return Opened()
    files = (each for each in uploads if each.by_id == user.pk or sheets_reached([*each.sheets.all()], each, reach))
    of_month = Covered.objects.filter(month=str(month)).values("landing")
    landings = Landing.objects.filter(pk__in=of_month).values_list("source", "number", "stores", "upload__by")
    batches = ((source, n) for source, n, stores, by in landings if by == user.pk or reach.covers(source, stores))
    return Opened(frozenset(each.pk for each in files), frozenset(batches))
