"""`fairwrench simulate`: another scheme on past months."""

from __future__ import annotations

from pathlib import Path

import click
import polars as pl

from fairwrench.cli.console import language_option, refusals, say_json, say_table
from fairwrench.cli.engine import engine_named, engine_option
from fairwrench.cli.parameters import MONTHS, sources_option
from fairwrench.cli.progress import ProgressBars
from fairwrench.closing.csv_export import decimal_text
from fairwrench.closing.replay import Trial, replay
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import rounded_mean
from fairwrench.settlement.explain.explain import money, points
from fairwrench.settlement.simulate import Comparison


@click.command()
@click.argument("months", type=MONTHS)
@click.option("--scheme", default="dealership", show_default=True, help="The scheme that is in force (A).")
@click.option(
    "--against", required=True, help="The scheme to try (B): a shipped one or a file, often `base: …` and a change."
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with the roster and the departments' files.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write people.csv of the comparison there."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@sources_option
@engine_option
@language_option
@refusals
def simulate(
    months: tuple[Month, ...],
    scheme: str,
    against: str,
    data: Path,
    out: Path | None,
    as_json: bool,
    folders: tuple[Path, ...],
    engine: str,
    lang: str,
) -> None:
    """Settle MONTHS (2026-01..2026-10) under both schemes: who wins, who loses, what it costs, how grades shift."""
    with ProgressBars(lang, quiet=as_json) as bars:
        result = replay(Trial(months, data, scheme, against, folders), engine_named(engine), bars)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        people_table(result).write_csv(out / "people.csv", line_terminator="\n")
    if as_json:
        say_json({"months": result.months.to_dicts(), "shift": result.shift.to_dicts()})
        return
    say_months(result, lang)
    say_shift(result, lang)
    say_changes(result, lang)


def people_table(result: Comparison) -> pl.DataFrame:
    """people.csv: scores in points and pay in yuan, as totals.csv and pay.csv write them."""
    amounts = [name for name in result.people.columns if name.startswith(("score_", "pay_"))]
    return result.people.with_columns(decimal_text(name, 2) for name in amounts)


def say_months(result: Comparison, lang: str) -> None:
    """Cost, winners and losers a month."""
    heads = (
        ("月份", "绩效工资 A", "绩效工资 B", "差额", "受益", "受损", "未核算")
        if lang == "zh"
        else ("month", "pay A", "pay B", "difference", "winners", "losers", "unsettled")
    )
    rows = [
        (
            r["month"],
            money(r["pay_a"]),
            money(r["pay_b"]),
            money(r["pay_b"] - r["pay_a"]),
            r["winners"],
            r["losers"],
            r["unsettled"],
        )
        for r in result.months.iter_rows(named=True)
    ]
    say_table("", heads, rows, numbers=range(1, 7))


def say_shift(result: Comparison, lang: str) -> None:
    """Grades under A against grades under B, in person-months."""
    # Who has no grade under one of the schemes is counted as well, so that the table adds up to all person-months.
    wide = result.shift.with_columns(pl.col("grade_a", "grade_b").fill_null("—"))
    there = {*wide["grade_a"], *wide["grade_b"]}
    letters = [grade for grade in (*result.grades, "—") if grade in there]
    counts = {(a, b): n for a, b, n in wide.iter_rows()}
    rows = [(a, *(counts.get((a, b), "") for b in letters)) for a in letters]
    say_table(
        "等级变化（行：A，列：B）" if lang == "zh" else "grades (rows: A, columns: B)",
        ("", *letters),
        rows,
        numbers=range(1, 7),
    )


def say_changes(result: Comparison, lang: str) -> None:
    """Those who win and lose most over all months."""
    sums = result.people.group_by("employee_id", "name").agg(
        pay=pl.col("pay_change").sum(),
        score=rounded_mean(pl.col("score_change")),
    )
    ranked = sums.sort("pay", "employee_id", descending=[True, False])
    # With fewer than ten people the two ends overlap.
    ends = pl.concat([ranked.head(5), ranked.tail(5)]).unique("employee_id", maintain_order=True)
    heads = (
        ("工号", "姓名", "绩效工资变化", "平均得分变化") if lang == "zh" else ("employee", "name", "pay", "mean score")
    )
    say_table("", heads, [(e, n, money(p), points(s)) for e, n, p, s in ends.iter_rows()], numbers=(2, 3))
