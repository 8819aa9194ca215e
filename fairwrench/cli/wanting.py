"""What a settled month still waits for, and whom its files name that no roster knows."""

from __future__ import annotations

from typing import Any

import polars as pl

from fairwrench.cli.console import say_table, terminal
from fairwrench.closing.run import Run
from fairwrench.report.coverage import wanted
from fairwrench.report.material import Material

SHOWN = 12


def to_upload(run: Run, lang: str) -> list[dict[str, Any]]:
    """Each source that people wait for, per store: whose duty it is, by when, how many people wait."""
    material = Material.of(run)
    sources = run.office.sources
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
    """The names in accepted rows that are on no roster: their rows count for the store and for nobody."""
    found = run.gathered.uncredited
    if not found:
        return []
    cells = pl.concat(found).rename({"value": "name"})
    counted = cells.group_by("file", "name").agg(rows=pl.struct("sheet", "row").n_unique()).sort("file", "name")
    return counted.to_dicts()


def say_wanting(run: Run, lang: str) -> None:
    """Both as tables; nothing where nothing is wanting."""
    zh = lang == "zh"
    files = to_upload(run, lang)
    if files:
        heads = ("门店", "数据", "由谁提交", "截止", "等待人数") if zh else ("store", "data", "from", "due", "waiting")
        rows = [(f["store"], f"{f['name']} ({f['source']})", f["from"], f["due"], f["people"]) for f in files]
        say_table("请补交" if zh else "Please hand in", heads, rows[:SHOWN], numbers=(4,))
        _say_more(rows, zh)
    strangers = uncredited(run)
    if strangers:
        heads = ("姓名", "文件", "行数") if zh else ("name", "file", "rows")
        title = "花名册上没有的人（这些行只计入门店）" if zh else "On no roster (their rows count for the store alone)"
        lines = [(each["name"], each["file"], each["rows"]) for each in strangers]
        say_table(title, heads, lines[:SHOWN], numbers=(2,))
        _say_more(lines, zh)


def _say_more(rows: list[Any], zh: bool) -> None:
    if len(rows) > SHOWN:
        left = len(rows) - SHOWN
        terminal().print(f"……另有 {left} 条" if zh else f"… and {left} more", markup=False)
