"""`fairwrench demo`: a sample group, its latest month settled, one explanation, and where to look next."""

from __future__ import annotations

import time
from pathlib import Path

import click
import polars as pl

from fairwrench.cli.commands.explain import say_lifts, say_rows, tree
from fairwrench.cli.console import language_option, program_name, refusals, say_problems, terminal
from fairwrench.cli.progress import ProgressBars
from fairwrench.cli.summary import say_summary
from fairwrench.closing.check.tracing import traced
from fairwrench.closing.month import Workspace
from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.closing.run_files import LEDGER, Kept, read_kept
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.report.write import write_reports
from fairwrench.samples.sample import UNTIL, make_sample
from fairwrench.settlement.explain.explain import explain
from fairwrench.settlement.explain.lift import lifts


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", default=7, show_default=True, help="Another number makes another group.")
@language_option
@refusals
def demo(directory: Path, seed: int, lang: str) -> None:
    """Make a sample group in DIRECTORY/data, settle its latest month into DIRECTORY/out, explain one person's month.

    With files already there only the settling and explaining is done again.
    """
    begin = time.monotonic()
    data, out = directory / "data", directory / "out"
    # Written once all files of evidence are: where it is, the group is whole and need not be made again.
    if not (data / "truth.yaml").exists():
        make_sample(data, seed=seed)
    with ProgressBars(lang) as bars:
        run = settle_folder(SettleOptions(UNTIL, data, out, lang=lang), DuckDB(), bars)
        write_reports(run, bars)
    say_problems(run.problems, lang, limit=8)
    say_summary(run, lang)
    kept = read_kept(out)
    say_one(kept, run, out, lang)
    spent = time.monotonic() - begin
    say_next(chosen(kept), out, lang)
    terminal().print(f"{spent:.0f} s", markup=False)


def say_next(person: str, out: Path, lang: str) -> None:
    """What to look at and to try next."""
    report, program = out / "report.html", program_name()
    look, rows, check = (
        ("用浏览器打开", "每个数字背后的行", "重新计算并比对")
        if lang == "zh"
        else ("open in a browser", "the rows behind every figure", "recompute and compare")
    )
    terminal().print(
        f"\n{report}  # {look}"
        f"\n{program} explain {person} {UNTIL} --out {out} --rows  # {rows}"
        f"\n{program} verify {out}  # {check}",
        markup=False,
    )


def chosen(kept: Kept) -> str:
    """Whose month is explained: the settled technician with the middle score."""
    totals = kept.settlement.totals.filter((pl.col("state") == "settled") & (pl.col("scorecard") == "technician"))
    ranked = totals.sort("score", "employee_id")["employee_id"]
    # Neither the best nor the worst: the middle one shows points gained and points lost.
    return str(ranked[ranked.len() // 2])


def say_one(kept: Kept, run: Run, out: Path, lang: str) -> None:
    """One person's month as a tree, the rows behind one item, and what would lift the person."""
    person = chosen(kept)
    name = kept.settlement.totals.filter(pl.col("employee_id") == person)["name"][0]
    console = terminal()
    console.print(f"\n[bold]{name} {person}[/bold]")
    root = explain(kept.settlement, person, sources=kept.sources)
    console.print(tree(root, lang, kept.settlement.scheme.currency))
    workspace = Workspace(Ledger(out / LEDGER), DuckDB(), run.workspace.sources, run.workspace.roster)
    for _, step in root.walk():
        # One figure is enough to show that rows can be asked for; this one is on every technician's scorecard.
        if step.key == "numerator.one_time_fix_rate":
            for table in traced(step, workspace, kept, limit=5):
                say_rows(step, table, kept, lang)
    say_lifts(lifts(kept.settlement, workspace.roster, person), kept, lang)
