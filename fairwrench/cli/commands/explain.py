"""`fairwrench explain`: one person's month, from yuan down to the rows and cells that somebody uploaded."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.markup import escape
from rich.tree import Tree

from fairwrench.cli.console import language_option, refusals, say_json, say_table, terminal
from fairwrench.cli.engine import engine_named, engine_option
from fairwrench.cli.parameters import MONTH
from fairwrench.closing.check.added_up import added_up
from fairwrench.closing.check.tracing import Traced, traced_each
from fairwrench.closing.month import Workspace
from fairwrench.closing.run_files import LEDGER, Kept, read_kept, sealed_roster
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.report.figures import yuan
from fairwrench.report.lifting import change_words
from fairwrench.report.people import figure_text
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.explain.explain import Step, points
from fairwrench.settlement.explain.explain import explain as explain_month
from fairwrench.settlement.explain.lift import Lift, lifts
from fairwrench.settlement.problem import Problem, Refused, nearest


@click.command()
@click.argument("employee")
@click.argument("month", type=MONTH)
@click.option(
    "--out",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder that the month was settled into.",
)
@click.option("--item", help="Only this item of the scorecard, e.g. one_time_fix_rate (as in items.csv).")
@click.option("--rows", is_flag=True, help="List the rows behind every figure, with file, sheet and row.")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(min=0), help="Rows shown of each figure; 0 shows all."
)
@click.option("--lift/--no-lift", default=True, show_default=True, help="Show what would lift the person most.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@engine_option
@language_option
@refusals
def explain(
    employee: str,
    month: Month,
    out: Path,
    item: str | None,
    rows: bool,
    limit: int,
    lift: bool,
    as_json: bool,
    engine: str,
    lang: str,
) -> None:
    """Show why EMPLOYEE (an id or a name) has these figures in MONTH, step by step with the articles."""
    # Everything is read off what was sealed and recorded; nothing is settled anew to be explained.
    kept = read_kept(out)
    if kept.settlement.month != month:
        raise Refused([_other_month(out, kept.settlement.month, month)])
    person, ledger = find_person(kept, employee), out / LEDGER
    try:
        root = explain_month(kept.settlement, person, item, sources=kept.sources)
    except KeyError:
        raise Refused([_no_item(kept, person, item or "")]) from None
    # The roster as sealed: whom a row was credited to is a question of that month and not of today.
    workspace = Workspace(
        Ledger(ledger, recover=False), engine_named(engine), kept.sources, sealed_roster(kept.seal, ledger)
    )
    found = _tables(root, workspace, kept, limit) if rows else {}
    gains = lifts(kept.settlement, workspace.roster, person) if lift and item is None else []
    if as_json:
        say_json(
            {"explanation": asdict(root), "rows": _rows_json(root, found), "lifts": [asdict(gain) for gain in gains]}
        )
        return
    currency = kept.settlement.scheme.currency
    terminal().print(tree(root, lang, currency))
    for _, step in root.walk():
        for table in found.get(id(step), []):
            say_rows(step, table, kept, lang)
    if gains:
        say_lifts(gains, kept, lang)


def _tables(root: Step, workspace: Workspace, kept: Kept, limit: int) -> dict[int, list[Traced]]:
    """The rows behind every step that has any, by its identity; what several steps stand on is looked up once."""
    steps = [step for _, step in root.walk() if step.rows]
    dialect = workspace.engine.dialect
    # What is added up in a row has rows of its own: the leave behind the hours that are not due.
    behinds = {
        id(step): [*step.rows, *(each for behind in step.rows for each in added_up(behind, kept.sources, dialect))]
        for step in steps
    }
    tables = traced_each((behind for some in behinds.values() for behind in some), workspace, kept, limit)
    # By identity, as equal steps stand in several places of the tree.
    return {step: [tables[behind] for behind in some] for step, some in behinds.items()}


def find_person(kept: Kept, employee: str) -> str:
    """The employee id for an id or a name; Refused when nobody, or several, are called so."""
    totals = kept.settlement.totals
    ids = totals["employee_id"].to_list()
    # An id before a name: it is nobody else's, while two people may share a name.
    if employee in ids:
        return employee
    named = totals.filter(totals["name"] == employee)["employee_id"].to_list()
    if len(named) == 1:
        return str(named[0])
    # Never the first of them: one person's pay must not be explained to another.
    if named:
        listed = ", ".join(named)
        raise Refused(
            [
                Problem(
                    "namesakes",
                    f"“{employee}”有多人：{listed}，请用工号",
                    f"{employee} is the name of several: {listed}; give the id",
                )
            ]
        )
    near = nearest(employee, [*ids, *totals["name"].drop_nulls()])
    hint_zh, hint_en = (f"，是否为“{near}”？", f"; did you mean {near}?") if near else ("", "")
    raise Refused(
        [Problem("nobody", f"该月没有“{employee}”{hint_zh}", f"the month has nobody called {employee}{hint_en}")]
    )


def tree(step: Step, lang: str, currency: str) -> Tree:
    """The explanation as a tree."""
    branch = Tree(label(step, lang, currency), guide_style="dim")
    for part in step.parts:
        branch.add(tree(part, lang, currency))
    return branch


def label(step: Step, lang: str, currency: str) -> str:
    """One line: title, figure, how it came about, article, note."""
    # Titles and notes come from schemes and files: a square bracket in them is no mark-up of ours.
    words = [escape(step.title.of(lang)), f"[bold]{escape(figure_text(step, currency, lang))}[/bold]"]
    if how := step.how.of(lang):
        words.append(f"[dim]=[/dim] {escape(how)}")
    if step.reference:
        words.append(f"[dim]〔{escape(step.reference)}〕[/dim]")
    if step.note:
        words.append(f"[yellow]{escape(step.note.of(lang))}[/yellow]")
    return "  ".join(words)


def of_metric(step: Step, kept: Kept, lang: str) -> str:
    """The name of the metric that a numerator or denominator belongs to."""
    metrics = kept.settlement.scheme.metrics
    name = step.rows[0].metric if step.rows else ""
    return f"{metrics[name].name.of(lang)} · " if name in metrics and not step.key.startswith("value.") else ""


def say_rows(step: Step, table: Traced, kept: Kept, lang: str) -> None:
    """The rows behind one figure."""
    more = f"（共 {table.count} 行）" if lang == "zh" else f" ({number_of(table.count, 'row')})"
    shown = figure_text(step, kept.settlement.scheme.currency, lang)
    title = f"{of_metric(step, kept, lang)}{step.title.of(lang)} {shown}{more}"
    if table.source not in {behind.measure.source for behind in step.rows}:
        added = kept.sources[table.source].name.of(lang)
        title = f"{of_metric(step, kept, lang)}{step.title.of(lang)} · " + (
            "其中计入：" if lang == "zh" else "adds up: "
        )
        title += f"{added}{more}"
    # A source has thirty columns and a terminal two hundred letters: those without a value say nothing here.
    filled = [place for place in range(len(table.names)) if any(row[place] for row in table.cells)]
    heads = table.headers(lang)
    say_table(title, [heads[place] for place in filled], [[row[place] for place in filled] for row in table.rows(lang)])


def say_lifts(gains: list[Lift], kept: Kept, lang: str) -> None:
    """What lifts the person, best pay first."""

    def pick(pair: tuple[str, str]) -> str:
        return pair[lang == "en"]

    heads = (
        ("考核项", "改变", "得分", "总分", "等级", "绩效工资")
        if lang == "zh"
        else ("item", "change", "points", "score", "grade", "pay")
    )
    metrics, currency = kept.settlement.scheme.metrics, kept.settlement.scheme.currency
    # one change may reach several goals at once (a point more, the next grade); it is told once
    once = {(gain.item, gain.change): gain for gain in reversed(gains)}
    rows = [
        (
            metrics[gain.item].name.of(lang),
            pick(change_words(gain.change, metrics[gain.item])),
            f"+{points(gain.points)}",
            f"+{points(gain.score)}",
            gain.grade,
            "—" if gain.pay is None else f"+{yuan(gain.pay, currency)}",
        )
        for gain in [gain for gain in gains if once[gain.item, gain.change] is gain][:6]
    ]
    say_table("提分建议" if lang == "zh" else "What lifts most", heads, rows, numbers=range(2, 6))


def _rows_json(root: Step, found: dict[int, list[Traced]]) -> list[dict[str, object]]:
    return [{"key": step.key, **asdict(table)} for _, step in root.walk() for table in found.get(id(step), [])]


def _other_month(out: Path, there: Month, asked: Month) -> Problem:
    return Problem("other_month", f"{out.name} 里是 {there}，不是 {asked}", f"{out.name} holds {there}, not {asked}")


def _no_item(kept: Kept, person: str, item: str) -> Problem:
    lines = kept.settlement.lines
    known = lines.filter(lines["employee_id"] == person)["item"].to_list()
    near = nearest(item, known)
    zh = f"{person} 的考核表没有“{item}”；有：{'、'.join(known)}"
    en = f"the scorecard of {person} has no item {item}" + (
        f"; did you mean {near}?" if near else f"; it has {', '.join(known)}"
    )
    return Problem("no_item", zh, en)
