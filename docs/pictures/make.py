"""Draws docs/pictures/explanation.svg (and .zh.svg) from a settled month: `python docs/pictures/make.py [OUT]`.

One technician's month, opened along one item down to its rows. OUT is what `make demo` wrote unless told otherwise.
"""

from __future__ import annotations

import html
import io
import re
import sys
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from fairwrench.catalog.loader import load_sources
from fairwrench.cli.commands.demo import chosen
from fairwrench.cli.commands.explain import label, of_metric
from fairwrench.closing.check.tracing import Traced, traced
from fairwrench.closing.month import Workspace
from fairwrench.closing.run_files import LEDGER, Kept, read_kept, sealed_roster
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.explain.explain import Step, explain

HERE = Path(__file__).resolve().parent
DEMO = HERE.parents[1] / "build" / "demo" / "out"
PICTURES = {"en": "explanation.svg", "zh": "explanation.zh.svg"}
ITEM = "one_time_fix_rate"
WIDTH, ROWS = 124, 3
#: columns that the picture has no room for
LEFT_OUT = {"sheet", "store", "line"}
TEXT = re.compile(r'(?P<begin><text [^>]*?)textLength="(?P<length>[\d.]+)"(?P<rest>[^>]*)>(?P<letters>[^<]+)</text>')
#: like rich's own, but with the reader's fonts only: a picture asks no web host for anything
FORMAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def draw(out: Path, lang: str) -> str:
    """The picture of one month as SVG text."""
    kept = read_kept(out)
    person = chosen(kept)
    totals = kept.settlement.totals
    name = totals.filter(totals["employee_id"] == person)["name"][0]
    root = explain(kept.settlement, person, sources=load_sources())
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    console.print(opened(root, lang, kept.settlement.scheme.currency))
    for step, rows in behind(root, out, kept):
        console.print(table(step, rows, kept, lang))
    svg = console.export_svg(title=f"{name} {person} · {kept.settlement.month}", code_format=FORMAT, unique_id="fw")
    return re.sub(r"[ \t]+$", "", TEXT.sub(widened, svg), flags=re.MULTILINE)


def widened(text: re.Match[str]) -> str:
    """A piece of text as long as its letters are wide: rich counts letters, and a Chinese one takes two places."""
    letters = html.unescape(text["letters"])
    length = float(text["length"]) / len(letters) * cell_len(letters)
    return f'{text["begin"]}textLength="{length:g}"{text["rest"]}>{text["letters"]}</text>'


def opened(step: Step, lang: str, currency: str) -> Tree:
    """The explanation with only the steps open that lead to the item."""
    branch = Tree(label(step, lang, currency), guide_style="dim")
    for part in step.parts:
        whole = opened(part, lang, currency) if leads(part) else Tree(label(part, lang, currency), guide_style="dim")
        branch.add(whole)
    return branch


def leads(step: Step) -> bool:
    """Whether the item, or what it is worked out from, lies below a step."""
    return any(below.key.split(".")[-1] == ITEM for _, below in step.walk())


def behind(root: Step, out: Path, kept: Kept) -> list[tuple[Step, Traced]]:
    """The rows that the item's numerator counts."""
    ledger = out / LEDGER
    office = Workspace(Ledger(ledger), DuckDB(), load_sources(), sealed_roster(kept.seal, ledger))
    steps = [step for _, step in root.walk() if step.key == f"numerator.{ITEM}"]
    return [(step, rows) for step in steps for rows in traced(step, office, kept, limit=ROWS)]


def table(step: Step, rows: Traced, kept: Kept, lang: str) -> Table:
    """The rows as a table that fits the picture."""
    count = f"（共 {rows.count} 行）" if lang == "zh" else f" ({rows.count} rows)"
    title = f"{of_metric(step, kept, lang)}{step.title.of(lang)} {step.figure}{count}"
    cells = rows.rows(lang)
    kept_in = [place for place, key in enumerate(rows.keys) if key not in LEFT_OUT]
    shown = [place for place in kept_in if any(row[place] for row in cells)]
    drawn = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    heads = rows.headers(lang)
    for place in shown:
        drawn.add_column(heads[place], no_wrap=True, overflow="ellipsis")
    for row in cells:
        drawn.add_row(*(row[place] for place in shown))
    return drawn


def main() -> None:
    """Write both pictures."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else DEMO
    for lang, name in PICTURES.items():
        (HERE / name).write_text(draw(out, lang), encoding="utf-8")
        print(HERE / name)


if __name__ == "__main__":
    main()
