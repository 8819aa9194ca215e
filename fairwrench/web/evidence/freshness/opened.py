"""Which files and landings behind the heat map open for somebody: what would be refused is not linked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fairwrench.web.access.models import User
from fairwrench.web.access.reach import Reach
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.freshness.arrivals import Arrived
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.selectors import sheets_reached


@dataclass(frozen=True)
class Opened:
    """For whom, what they reach, and the uploads that open for them; None for all."""

    user: User
    reach: Reach
    uploads: frozenset[int] | None

    @classmethod
    def of(cls, user: User, uploads: Iterable[Upload]) -> Opened:
        """For a user; `uploads` are the files on the desk with their sheets."""
        reach = reach_of(user=user)
        if reach.everywhere:
            return cls(user, reach, None)
        mine = (each for each in uploads if each.by_id == user.pk or sheets_reached([*each.sheets.all()], each, reach))
        return cls(user, reach, frozenset(each.pk for each in mine))

    def upload(self, upload: int) -> bool:
        """Whether an upload opens, as `upload_seen` says."""
        return self.uploads is None or upload in self.uploads

    def batch(self, source: str, landed: Arrived) -> bool:
        """Whether a landing opens, as `landing_seen` says: one for several stores does not for who has but one."""
        return self.uploads is None or landed.by == self.user.pk or self.reach.covers(source, landed.stores)
