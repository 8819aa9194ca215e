"""Making what is measured, in processes of their own: so that no measured process inherits their memory."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import uploads
from bench.making import make
from bench.measuring import clocked
from bench.ours import size_of


def ledger(folder: str, name: str, months: str = "0") -> dict[str, Any]:
    """A ledger of a size, with more months than usual where `months` says so; what is half made is made anew."""
    place, size = Path(folder), size_of(name)
    shutil.rmtree(place, ignore_errors=True)
    took, _ = clocked(lambda: make(place, replace(size, months=int(months) or size.months)))
    (place / "made").touch()
    return took


def workbook(path: str, rows: str) -> dict[str, Any]:
    """An xlsx of so many orders."""
    took, _ = clocked(lambda: uploads.workbook(Path(path), int(rows)))
    return took


def csv(path: str, rows: str) -> dict[str, Any]:
    """A csv of so many orders."""
    took, _ = clocked(lambda: uploads.exported(int(rows)).write_csv(path))
    return took
