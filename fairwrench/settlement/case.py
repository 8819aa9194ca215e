"""One month as it stands to be settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.measure.measure import Evidence
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source

#: earlier months as their settlements left them; score in hundredths, grade by the score's own band
HISTORY = {
    "month": pl.String,
    "employee_id": pl.String,
    "state": pl.String,
    "score": pl.Int64,
    "grade": pl.String,
}
#: what recomputed earlier months bring now, in fen
CORRECTIONS = {"employee_id": pl.String, "month": pl.String, "amount": pl.Int64, "reason": pl.String}


@dataclass(frozen=True)
class Case:
    """Scheme, sources, roster (columns ROSTER), sealed evidence, HISTORY of earlier months and CORRECTIONS due now."""

    scheme: Scheme
    sources: Mapping[str, Source]
    roster: pl.DataFrame
    evidence: Evidence
    history: pl.DataFrame
    corrections: pl.DataFrame
