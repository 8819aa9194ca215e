"""What the ledger holds of a person: asked before somebody's record is taken back."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.evidence.selectors import ledger_read, sources
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.words import Words


def history_of(employee: Employee) -> Sequence[Words]:
    """What a person asked, and the kinds of file that have a row about them, replaced rows included; looks through the
    whole ledger."""
    at = ledger_read()
    asked = [("漏单反馈", "questions about missing orders")] if _asked(employee) else []
    return asked + [
        (f"原始数据：{source.name.zh}", f"evidence: {source.name.en}")
        for name, source in sources().items()
        if _names(at, name, source, employee.employee_id)
    ]


def _asked(employee: Employee) -> bool:
    return MissingOrder.objects.filter(employee=employee).exists()


def _names(at: Ledger, name: str, source: Source, employee_id: str) -> bool:
    columns = [column for column, facts in source.columns.items() if facts.type == "person"]
    if not columns or not at.has(name):
        return False
    table = at.table(name, source)
    about = pl.any_horizontal(pl.col(column) == employee_id for column in columns)
    # all rows, not the current ones: a row that was replaced stays in the ledger and still names the person
    return not table.scan(table.files).filter(about).select(columns).head(1).collect().is_empty()
