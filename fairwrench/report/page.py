"""report.html: the month on one page."""

from __future__ import annotations

from fairwrench.report.material import Material


def write_page(material: Material) -> None:
    """Write OUT/report.html."""
