"""Whose rows a file would replace: where a source's key does not name the store, a row may stand in another one."""

from __future__ import annotations

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.incoming import prepared
from fairwrench.ledger.batches.lookup import current_rows, files_to_read, read_keys
from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source
from fairwrench.web.access.models import User
from fairwrench.web.access.reach import Reach
from fairwrench.web.evidence.access import reach_of

#: the reach of nobody: of an account that is gone
NOBODY = Reach(frozenset(), {})


def landers_reach(user: User | None) -> Reach:
    """What whoever pressed the button may hand in."""
    return reach_of(user=user, landing=True) if user else NOBODY


def rows_of_others(*, ledger: Ledger, part: Intake, source: Source, reach: Reach) -> int:
    """How many rows of stores that are not reached a sheet would replace, and so take away from them."""
    stores = reach.stores_of(part.source)
    if stores is None or "store" in source.key or part.accepted.is_empty() or not ledger.has(part.source):
        return 0
    try:
        rows = prepared(source, part.accepted, ledger.time_zone)
    except Refused:  # landing refuses it too, and says why
        return 0
    table = ledger.table(part.source, source)
    there = current_rows(read_keys(table, rows, files_to_read(source, rows, table.files)))
    return there.filter(~there["store"].is_in(sorted(stores))).height


def not_theirs(part: Intake, rows: int) -> Problem:
    """Why a sheet does not land."""
    zh = f"有 {rows} 行在其他门店已有记录，导入会把那些记录移走；请核对，或由集团人力资源导入"
    en = f"{rows} rows have keys that stand in other stores, which would lose them; check them, or let group HR land it"
    return Problem("rows_of_others", zh, en, file=part.file)
