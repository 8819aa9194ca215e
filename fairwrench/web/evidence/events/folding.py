"""The ledger's small files folded by night: each word of the outbox is a file of its own until then."""

from __future__ import annotations

from django.utils import timezone

from fairwrench.ledger.batches.compaction import fold
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.ui.files.folders import ledger_shared

#: the hours of the day in which folding keeps nobody waiting
NIGHT = range(1, 5)


def ledger_fold() -> int:
    """Fold, by night, the months of every source that have come to many files; returns how many files were folded."""
    # a worker that starts by day does its chores once: folding would hold the lanes of its landings
    if timezone.localtime().hour not in NIGHT:
        return 0
    at, kinds = ledger(), sources()
    with ledger_shared():
        # sources whose definition is gone cannot be folded: their columns are not known
        folds = [fold(at, name, kinds[name]) for name in at.sources() if name in kinds]
    return sum(len(done.replaced) for done in folds if done)
