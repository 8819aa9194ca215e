"""Runs with other files than their settling wrote: the rows of the database go back after a test, files do not."""

from __future__ import annotations

import shutil
from uuid import uuid4

import polars as pl

from fairwrench.closing.run_store import PARTS
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.run_parts import parts_write
from fairwrench.web.settlements.workspace import STORES, folder_of, store_of_run


def parts_of_run(run: Run) -> dict[str, pl.DataFrame]:
    """What is recorded of everybody."""
    return {name: store_of_run(run=run).of_everybody(name) for name in PARTS}


def rewrite(run: Run, *, parts: dict[str, pl.DataFrame] | None = None, figures: pl.DataFrame | None = None) -> None:
    """Give a run a folder of its own in which some frames are others."""
    whole = {**parts_of_run(run), **(parts or {})}
    shown = store_of_run(run=run).indicators() if figures is None else figures
    before, run.folder = folder_of(run=run), f"{run.folder}-{uuid4().hex[:6]}"
    shutil.copytree(before, folder_of(run=run), ignore=shutil.ignore_patterns(STORES))
    parts_write(folder=folder_of(run=run) / STORES, parts=whole, figures=shown)
    Run.objects.filter(pk=run.pk).update(folder=run.folder)
