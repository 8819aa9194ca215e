"""Targets that came by file: what was aimed at for whom. Those entered on the pages stand in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePosixPath

import polars as pl
from django.conf import settings

from fairwrench.closing.folder.target_rows import TARGETS
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.words import department_words, metric_words
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.evidence.events.events import decided_here
from fairwrench.web.evidence.selectors import ledger_read, sources

#: the subject of what the whole group aims at, and how files may call it
GROUP, GROUP_WORDS = "group", ("group", "集团")
#: subject, metric
Key = tuple[str, str]


@dataclass(frozen=True)
class Filed:
    """A target as evidence has it, by the words that the file has for its subject and metric; the file, who handed it
    in, and when."""

    words: Key
    value: Decimal
    file: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Spelling:
    """How a scheme's files may call metrics and departments → the words of pages for them."""

    metrics: Mapping[str, str]
    departments: Mapping[str, str]

    @classmethod
    def of(cls, scheme: Scheme) -> Spelling:
        """Of one scheme."""
        return cls(metric_words(scheme), department_words(scheme))

    def key(self, subject: str, metric: str) -> Key:
        """A target as pages have it: the metric's own word, departments by their id, the group as `group`."""
        store, slash, department = subject.partition("/")
        unit = f"{store}/{self.departments.get(department, department)}" if slash else subject
        return (GROUP if subject in GROUP_WORDS else unit, self.metrics.get(metric, metric))


def targets_filed(*, month: Month, scheme: Scheme) -> Mapping[Key, list[Filed]]:
    """Every target of a month that a file brought. One that came under several words has a row for each; that which
    counts, the largest, comes first."""
    spelling, found = Spelling.of(scheme), dict[Key, list[Filed]]()
    for filed in _landed(str(settings.LEDGER), str(month), _last()):
        found.setdefault(spelling.key(*filed.words), []).append(filed)
    return {key: sorted(rows, key=lambda each: each.value, reverse=True) for key, rows in found.items()}


def _last() -> int:
    """The last batch of targets; what landed before it never changes."""
    return ledger_read().records(TARGETS).last()


@lru_cache(maxsize=8)
def _landed(_ledger: str, month: str, _last_batch: int) -> tuple[Filed, ...]:
    if not ledger_read().has(TARGETS):
        return ()
    batches = {batch.number: batch for batch in ledger_read().batches(TARGETS)}
    ours = set(decided_here(batches.values()))
    filed = [number for number in batches if number not in ours]  # none that a killed worker left half-way
    rows = ledger_read().current(TARGETS, sources()[TARGETS], [Month.parse(month)])
    told = rows.filter(pl.col("_batch").is_in(filed), pl.col("value").is_not_null(), month=month)
    return tuple(
        Filed(
            (subject, metric),
            value,
            PurePosixPath(batches[number].file).name,
            batches[number].by,
            datetime.fromisoformat(batches[number].landed_at),
        )
        for subject, metric, value, number in told.select("subject", "metric", "value", "_batch").iter_rows()
    )
