"""Where months are settled: the ledger, the engine, the sources and the roster of this installation."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fairwrench.closing.month import Workspace
from fairwrench.closing.run_files import SEAL, Kept, read_kept, sealed_scheme
from fairwrench.closing.run_store import RunStore
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.seal.seal import Seal, read_seal, sealed_sources
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence.authority import kept_in_app
from fairwrench.web.evidence.selectors import ledger, ledger_read, sources
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.settlements.models import Run

#: what of a run's folder pages read
STORES = "stores"


def workspace() -> Workspace:
    """The office as it stands now, to settle in."""
    return Workspace(ledger(), DuckDB(), sources(), roster_frame(), kept_in_app)


def workspace_read() -> Workspace:
    """The same for whoever only works out what would be."""
    return Workspace(ledger_read(), DuckDB(), sources(), roster_frame(), kept_in_app)


def folder_of(*, run: Run) -> Path:
    """Where the records of a run lie."""
    return Path(settings.SETTLEMENTS) / run.folder


def records(*, run: Run) -> Kept:
    """Everything that is recorded of a run, for the work that settles another month after it; no page reads it all."""
    return read_kept(folder_of(run=run), Path(settings.LEDGER))


def seal_of(*, run: Run) -> Seal:
    """The seal of a run."""
    return read_seal(folder_of(run=run) / SEAL)


def store_of_run(*, run: Run) -> RunStore:
    """What pages read of a run, a person or a store at a time."""
    return _store(str(folder_of(run=run)), run.seal)


def scheme_of(*, run: Run) -> Scheme:
    """The scheme that a run was settled with; read once for each seal."""
    return _scheme(str(folder_of(run=run)), run.seal)


def sources_of(*, run: Run) -> dict[str, Source]:
    """The kinds of file as a run was sealed with them, by which it is explained; read once for each seal."""
    return dict(_sealed_sources(str(folder_of(run=run)), run.seal))


@lru_cache(maxsize=24)
def _store(folder: str, _seal: str) -> RunStore:
    """Keeps the manifest of a run alone."""
    return RunStore(Path(folder) / STORES)


@lru_cache(maxsize=24)
def _scheme(folder: str, _seal: str) -> Scheme:
    return sealed_scheme(read_seal(Path(folder) / SEAL), Path(settings.LEDGER))


@lru_cache(maxsize=8)
def _sealed_sources(folder: str, _seal: str) -> dict[str, Source]:
    return dict(sealed_sources(read_seal(Path(folder) / SEAL), Path(settings.LEDGER)))
