"""A page made into a PDF, in a process of its own (`files.bounded`): it fetches nothing, from nowhere.

Knows neither Django nor the database: the page and its style sheets come as text. What lays them out is loaded in that
process alone (`layout`), so the site starts without it.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from fairwrench.web.ui.pdf.order import Order


def paper_make(order: Order, out: Path) -> dict[str, Any]:
    """Write the pages as `PAPER` into `out`; gives how many sheets they take."""
    return dict(import_module("fairwrench.web.ui.pdf.layout").laid_out(order, out))


def papers_join(parts: tuple[Path, ...], out: Path) -> dict[str, Any]:
    """Write several PDFs of ours as one, `PAPER` in `out`; gives how many sheets it has."""
    return dict(import_module("fairwrench.web.ui.pdf.layout").joined(parts, out))
