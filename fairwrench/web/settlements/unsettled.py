"""What came in after a month was settled: batches that its seal does not hold, ratings given since."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.db.models import Q, QuerySet

from fairwrench.closing.run_files import SEAL
from fairwrench.ledger.seal.seal import read_seal
from fairwrench.web.evidence.models import Landing
from fairwrench.web.evidence.selectors import landings_seen
from fairwrench.web.people.models import User
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.workspace import folder_of


def landings_unsettled(*, run: Run, user: User) -> QuerySet[Landing]:
    """The batches of a run's month, of sources that it reads, which landed too late for it; of those that a user may
    look at."""
    some = Q(pk__in=())
    for source, last in _sealed(str(folder_of(run=run)), run.seal):
        some |= Q(source=source, number__gt=last)
    return landings_seen(user=user).filter(some, period=run.cycle.month)


@lru_cache(maxsize=24)
def _sealed(folder: str, _seal: str) -> tuple[tuple[str, int], ...]:
    """Each source that a seal holds, and its last batch."""
    return tuple((name, source.upto_batch) for name, source in read_seal(Path(folder) / SEAL).sources.items())
