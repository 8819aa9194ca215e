"""What came in after a month was settled: batches that its seal does not hold, ratings given since."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.db.models import Q, QuerySet

from fairwrench.closing.run_files import SEAL
from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.seal.seal import read_seal
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.models import Landing
from fairwrench.web.evidence.selectors import landings_seen
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.workspace import folder_of


def landings_unsettled(*, run: Run, user: User) -> QuerySet[Landing]:
    """The batches of a run's month, of sources that it reads, which landed too late for it; of those that a user may
    look at.

    The seal tells, and not the clock, which batches of the months that it looks at it holds; one of other months alone
    it never names, so that is known by when it came.
    """
    sealed = _sealed(str(folder_of(run=run)), run.seal)
    # matches nothing, for a seal that holds no source
    some = Q(pk__in=())
    for source, (last, _) in sealed.items():
        some |= Q(source=source, number__gt=last)
    seen, since = landings_seen(user=user), run.made_at.replace(microsecond=0)  # a batch has whole seconds
    after = seen.filter(some, period=run.cycle.month)
    late = [each.pk for each in after if each.landed_at >= since or not sealed[each.source][1].isdisjoint(each.months)]
    return seen.filter(pk__in=late)


def run_holds(month: str, batch: Batch) -> bool:
    """Whether the run by which a month stands holds a batch."""
    cycle = Cycle.objects.select_related("run__cycle").filter(month=month).first()
    if cycle is None or cycle.run is None:
        return False
    sealed = _sealed(str(folder_of(run=cycle.run)), cycle.run.seal)
    # of a source that no scorecard reads the seal says nothing: there the clock tells
    if batch.source not in sealed:
        return datetime.fromisoformat(batch.landed_at) < cycle.run.made_at.replace(microsecond=0)
    return batch.number <= sealed[batch.source][0]


@lru_cache(maxsize=24)
def _sealed(folder: str, _seal: str) -> dict[str, tuple[int, frozenset[str]]]:
    """Each source that a seal holds: its last batch, and the months that were looked at."""
    sources = read_seal(Path(folder) / SEAL).sources
    return {name: (source.upto_batch, frozenset(source.months)) for name, source in sources.items()}
