"""Where months are settled: the ledger, the engine, the sources and the roster of this installation."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fairwrench.closing.month import Workspace
from fairwrench.closing.run_files import Kept, read_kept
from fairwrench.engines.duckdb import DuckDB
from fairwrench.web.evidence.authority import kept_in_app
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.settlements.models import Run


def workspace() -> Workspace:
    """The office as it stands now."""
    return Workspace(ledger(), DuckDB(), sources(), roster_frame(), kept_in_app)


def folder_of(*, run: Run) -> Path:
    """Where the records of a run lie."""
    return Path(settings.SETTLEMENTS) / run.folder


def records(*, run: Run) -> Kept:
    """The records of a run, as explanations read them; those read last are kept in memory, for they never change."""
    return _records(str(folder_of(run=run)), run.seal)


@lru_cache(maxsize=6)
def _records(folder: str, _seal: str) -> Kept:
    return read_kept(Path(folder), Path(settings.LEDGER))
