"""Letters that this month's events name, as Word documents to be signed."""

from __future__ import annotations

from pathlib import Path

from fairwrench.report.material import Material


def write_letters(material: Material) -> list[Path]:
    """Write OUT/letters/; returns the files."""
    return []
