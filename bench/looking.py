"""Looking back: the rows behind one figure, and past months replayed under another scheme."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from bench.measuring import clocked
from bench.ours import NO_CORRECTIONS, NO_HISTORY, office, scheme, seal_path, size_of
from bench.sizes import MONTH
from fairwrench.closing.check.tracing import rows_behind
from fairwrench.closing.month import Closed, Workspace, seal_month, settle_sealed
from fairwrench.closing.replay import replay_months
from fairwrench.ledger.seal.seal import read_seal
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.explain.explain import RowsBehind
from fairwrench.settlement.scheme.scheme import Scheme

#: the figures whose rows are asked for: (metric, person)
ASKED = (("on_time_delivery", "S0000P45"), ("one_time_fix_rate", "S0000P03"), ("labour_output", "S0000P17"))


class Silent:
    """Nobody is told how work goes on."""

    def expect(self, kind: str, total: int) -> None:
        """There will be work."""

    def step(self, kind: str, what: str) -> None:
        """Work begins."""


def traced(folder: str, name: str) -> dict[str, Any]:
    """The rows behind the denominator or sum of three figures, the second time asked in the same process."""
    here, seal, rules = office(Path(folder), size_of(name)), read_seal(seal_path(Path(folder))), scheme()
    told: dict[str, Any] = {}
    slowest: dict[str, Any] = {"seconds": 0.0, "cpu": 0.0}
    for metric, person in ASKED:
        of = rules.metrics[metric]
        part, measure = ("denominator", of.denominator) if of.denominator else ("numerator", of.numerator)
        behind = RowsBehind(metric, part, measure, "person", person)
        first, _ = clocked(lambda behind=behind: rows_behind(behind, here, seal, rules))
        took, rows = clocked(lambda behind=behind: rows_behind(behind, here, seal, rules))
        told[metric] = {"first": first["seconds"], "again": took["seconds"], "rows": rows.height}
        slowest = max(slowest, took, key=lambda each: each["seconds"])
    return {**slowest, "figures": told}


def closed(folder: str, name: str, months: str) -> dict[str, Any]:
    """Close the last `months` months under the scheme, one after the other, as an office does."""
    here, rules = office(Path(folder), size_of(name)), scheme()
    took, _ = clocked(lambda: [_closed(here, rules, month) for month in _span(months)])
    return took


def alone(folder: str, name: str) -> dict[str, Any]:
    """One month from the ledger to its settlement; whatever was kept of its seal is worked out anew."""
    for old in Path(folder).glob(f"seals/{MONTH}-*"):
        shutil.rmtree(old)
    here, rules = office(Path(folder), size_of(name)), scheme()
    took, _ = clocked(lambda: _closed(here, rules, MONTH))
    return took


def replayed(folder: str, name: str, months: str) -> dict[str, Any]:
    """Settle the last `months` months under the scheme and under another, from an office that has closed them."""
    here = office(Path(folder), size_of(name))
    schemes = (scheme(), scheme("scheme_against"))
    took, pairs = clocked(lambda: replay_months(here, schemes, _span(months), Silent()))
    scored = [int(settled.totals["score"].is_not_null().sum()) for pair in pairs for settled in pair]
    return {**took, "scored": scored}


def _span(months: str) -> tuple[Month, ...]:
    return tuple(MONTH.plus(-back) for back in reversed(range(int(months))))


def _closed(here: Workspace, rules: Scheme, month: Month) -> Closed:
    return settle_sealed(here, rules, seal_month(here, (rules,), month), NO_HISTORY, NO_CORRECTIONS)
