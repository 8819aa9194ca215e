"""`fairwrench rating-forms`: workbooks in which raters rate, and appraisal forms on A4 to be signed."""

from __future__ import annotations

from pathlib import Path

import click

from fairwrench.catalog.loader import load_sources
from fairwrench.cli.console import language_option, refusals, say_problems, terminal
from fairwrench.cli.engine import engine_named, engine_option
from fairwrench.cli.parameters import MONTH, sources_option
from fairwrench.cli.progress import ProgressBars
from fairwrench.closing.check.scheme_check import checked_scheme
from fairwrench.report.open_month import Wanted, open_month
from fairwrench.report.papers import appraisal, forms
from fairwrench.settlement.calendar.deadlines import Month


@click.command("rating-forms")
@click.argument("month", type=MONTH)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with the roster and what was handed in by now; read recursively.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the forms go.")
@click.option("--scheme", default="dealership", show_default=True, help="Name of a shipped scheme, or a file.")
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own appraisal form: OUT/templates/appraisal.docx restyled in Word.",
)
@click.option("--appraisals/--no-appraisals", default=True, show_default=True, help="Appraisal forms for signature.")
@sources_option
@engine_option
@language_option
@refusals
def rating_forms(
    month: Month,
    data: Path,
    out: Path,
    scheme: str,
    template: Path | None,
    appraisals: bool,
    folders: tuple[Path, ...],
    engine: str,
    lang: str,
) -> None:
    """Forms for MONTH: one workbook a rater, and appraisal forms on A4, one document a store.

    \b
    OUT holds rating-forms/ratings_….xlsx (put the filled ones into the data folder: they are read as ratings),
    appraisal-forms/….docx, and templates/appraisal.docx to restyle.
    """
    sources = load_sources(*folders)
    runs_on = engine_named(engine)
    chosen, _ = checked_scheme(scheme, sources, runs_on)
    wanted = Wanted(month, data, out, lang)
    # Into a ledger of its own that is thrown away: forms are made before the month is complete, and nothing lands.
    with ProgressBars(lang) as bars, open_month(wanted, chosen, sources, runs_on, bars) as material:
        workbooks, problems = forms.write_rating_forms(material, out / forms.FOLDER)
        papers = appraisal.write_appraisals(material, out / appraisal.FOLDER, template) if appraisals else []
    # After the bars have gone: what is printed between them would be drawn over.
    say_problems(problems, lang, limit=20)
    zh, en = (
        f"{len(workbooks)} 份评分表 → {out / forms.FOLDER}；填好后放进数据文件夹即可",
        f"{len(workbooks)} rating forms → {out / forms.FOLDER}; put the filled ones into the data folder",
    )
    terminal().print(zh if lang == "zh" else en, markup=False)
    if papers:
        zh, en = f"绩效评估表 → {out / appraisal.FOLDER}", f"appraisal forms → {out / appraisal.FOLDER}"
        terminal().print(zh if lang == "zh" else en, markup=False)
