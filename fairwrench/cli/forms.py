"""`fairwrench rating-forms`: workbooks for raters and appraisal forms to sign."""

from __future__ import annotations

from pathlib import Path

import click

from fairwrench.cli.console import language_option, refusals
from fairwrench.cli.parameters import MONTH
from fairwrench.settlement.deadlines import Month


@click.command("rating-forms")
@click.argument("month", type=MONTH)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--scheme", default="dealership", show_default=True)
@language_option
@refusals
def rating_forms(month: Month, data: Path, out: Path, scheme: str, lang: str) -> None:
    """Workbooks in which each rater rates the people of MONTH, and appraisal forms on A4 for signature."""
