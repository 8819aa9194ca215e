"""`fairwrench settle`: a folder of files in, a settled month out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fairwrench.cli.console import language_option, refusals, say_json, say_problems
from fairwrench.cli.engine import engine_named, engine_option
from fairwrench.cli.kinds import kinds_option
from fairwrench.cli.parameters import MONTH, last_option, sources_option
from fairwrench.cli.progress import ProgressBars
from fairwrench.cli.summary import say_summary, summary
from fairwrench.closing.folder.files_read import Kinds
from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.closing.run_lock import sole_use
from fairwrench.settlement.calendar.deadlines import Month

#: exit code that only `--strict` gives: the month is settled and written, but not complete
STRICT = 1


@click.command()
@click.argument("month", type=MONTH)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with the roster and the departments' files; read recursively.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the settled month goes."
)
@click.option("--scheme", default="dealership", show_default=True, help="Name of a shipped scheme, or a file.")
@sources_option
@kinds_option
@last_option
@click.option(
    "--history",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="totals.csv of earlier months; without it the earlier months in DATA are settled first.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 when people are incomplete or rows rejected.")
@click.option("--reports/--no-reports", default=True, show_default=True, help="Write settlement.xlsx and report.html.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@engine_option
@language_option
@refusals
def settle(
    month: Month,
    data: Path,
    out: Path,
    scheme: str,
    folders: tuple[Path, ...],
    kinds: Kinds,
    last: tuple[str, ...],
    history: Path | None,
    strict: bool,
    reports: bool,
    as_json: bool,
    engine: str,
    lang: str,
) -> None:
    """Settle MONTH: recognise and land every file of DATA, seal the month, work out points, grades, pay, consequences.

    \b
    OUT then holds totals.csv, items.csv, pay.csv, standing.csv, rejected.csv, settlement.xlsx, report.html,
    seal.json and ledger/. Settling again with more files lands only what is new.
    """
    # The folder is held before anything is read: a second settlement into it is refused and not mixed in.
    with sole_use(out), ProgressBars(lang, quiet=as_json) as bars:
        asked = SettleOptions(month, data, out, scheme, folders, history, lang, kinds, last)
        run = settle_folder(asked, engine_named(engine), bars)
        if reports:
            from fairwrench.report.write import write_reports  # noqa: PLC0415  XlsxWriter, Jinja and python-docx: 0.4 s

            write_reports(run, bars)
    if as_json:
        say_json(summary(run, lang))
    else:
        say_problems(run.problems, lang, limit=20)
        say_summary(run, lang, reports=reports)
    # Last, when all is written and said: whoever automates this still finds the month and the reasons.
    sys.exit(STRICT if strict and is_wanting(run) else 0)


def is_wanting(run: Run) -> bool:
    """Whether somebody is incomplete or a row was rejected."""
    states = run.closed.settlement.totals["state"]
    return bool((states == "incomplete").any()) or run.rejected.height > 0
