"""What a settled month still waits for, and whom its files name that no roster knows."""

from __future__ import annotations

from typing import Any

import polars as pl

from fairwrench.cli.console import say_table, terminal
from fairwrench.closing.run import Run
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.coverage import wanted

SHOWN = 12


def to_upload(run: Run, lang: str) -> list[dict[str, Any]]:
    """Each source that people wait for, per store: whose duty it is, by when, how many people wait."""
    material = ReportContext.of(run)
    sources = run.workspace.sources
    return [
        {
            "store": each.store,
            "source": each.source,
            "name": sources[each.source].name.of(lang),
            "from": each.person,
            "due": each.due,
            "people": each.waiting,
        }
        for each in wanted(material)
    ]


def uncredited(run: Run) -> list[dict[str, Any]]:
    """The names in accepted rows of people not on the store's roster, or not there then: the rows count for nobody."""
    found = run.gathered.uncredited
    if not found:
        return []
    cells = pl.concat(found).rename({"value": "name"})
    about = ["file", "name", "elsewhere", "left_on", "begins_on"]
    # As text, for `--json` and tables alike.
    dated = cells.with_columns(pl.col("left_on", "begins_on").cast(pl.String))
    # Rows as a person sees them: a cell with two names is two rows of evidence and one of the file.
    counted = dated.group_by(about).agg(rows=pl.struct("sheet", "row").n_unique()).sort(about)
    return [{name: said for name, said in row.items() if said is not None} for row in counted.to_dicts()]


def say_wanting(run: Run, lang: str) -> None:
    """Both as tables; nothing where nothing is wanting."""
    zh = lang == "zh"
    files = to_upload(run, lang)
    if files:
        heads = (
            ("门店", "数据报表", "由谁提报", "截止", "等待人数") if zh else ("store", "data", "from", "due", "waiting")
        )
        rows = [(f["store"], f"{f['name']} ({f['source']})", f["from"], f["due"], f["people"]) for f in files]
        say_table("请补交" if zh else "Please hand in", heads, rows[:SHOWN], numbers=(4,))
        _say_more(rows, zh)
    strangers = uncredited(run)
    if strangers:
        columns = ("姓名", "文件", "原因", "行数") if zh else ("name", "file", "why", "rows")
        title = "这些行只计入门店，不计入任何人" if zh else "Rows that count for the store alone"
        lines = [(each["name"], each["file"], _why_nobody(each, zh), each["rows"]) for each in strangers]
        say_table(title, columns, lines[:SHOWN], numbers=(3,))
        _say_more(lines, zh)


def _why_nobody(stranger: dict[str, Any], zh: bool) -> str:
    """Why rows count for nobody: left before, not there yet, of another store, or on no roster."""
    # The surest reason first: who is known and has left is not "on no roster".
    if stranger.get("left_on"):
        return f"已于 {stranger['left_on']} 离职" if zh else f"had left on {stranger['left_on']}"
    if stranger.get("begins_on"):
        return f"{stranger['begins_on']} 才到岗" if zh else f"begins on {stranger['begins_on']}"
    stores = stranger.get("elsewhere")
    if stores:
        return f"不在本店，在{stores}的花名册上" if zh else f"of another store, on the roster of {stores}"
    return "不在花名册上" if zh else "on no roster"


def _say_more(rows: list[Any], zh: bool) -> None:
    if len(rows) > SHOWN:
        left = len(rows) - SHOWN
        terminal().print(f"……另有 {left} 条" if zh else f"… and {left} more", markup=False)
