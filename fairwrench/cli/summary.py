"""What a settled month comes to, in one screen or as JSON."""

from __future__ import annotations

from typing import Any

import polars as pl

from fairwrench.cli.console import say_table, terminal
from fairwrench.cli.wanting import say_wanting, to_upload, uncredited
from fairwrench.closing.folder.files_read import by_kind
from fairwrench.closing.run import Run
from fairwrench.report.naming import EVENTS, Names
from fairwrench.settlement.doubts.incomplete import incomplete
from fairwrench.settlement.exact import rounded_mean
from fairwrench.settlement.explain.explain import money, points

#: rows of a list on the terminal; the files and `--json` have them all
SHOWN = 12


def summary(run: Run, lang: str) -> dict[str, Any]:
    """The month as plain values: people, grades, pay, who is incomplete and why, problems, files."""
    settled = run.closed.settlement
    states = dict(settled.totals.group_by("state").len().sort("state").iter_rows())
    return {
        "month": str(settled.month),
        "scheme": f"{settled.scheme.scheme} {settled.scheme.version}",
        "people": states,
        "grades": dict(settled.totals.drop_nulls("grade").group_by("grade").len().sort("grade").iter_rows()),
        "performance_pay": money(int(settled.pay["performance_pay"].sum())),
        "total": money(int(settled.pay["total"].sum())),
        "incomplete": [
            dict(zip(("employee_id", "name", "why"), row, strict=True)) for row in waiting_people(run, lang)
        ],
        "to_upload": to_upload(run, lang),
        "uncredited": uncredited(run),
        # `rejected` has one row a reason: a row with three faults is one row to mend.
        "rejected_rows": run.rejected.select("file", "sheet", "row").unique().height,
        "problems": [{"severity": p.severity, "code": p.code, "text": p.text(lang)} for p in run.problems],
        "files": run.gathered.read.to_dicts(),
        "out": str(run.asked.out),
    }


def waiting_people(run: Run, lang: str) -> list[tuple[str, str, str]]:
    """(employee id, name, why) of everybody whose month or pay cannot be settled yet."""
    settled, names = run.closed.settlement, Names(run.scheme, run.workspace.sources, lang)
    people = incomplete(settled.totals, settled.lines, settled.pay)
    return [(person.employee_id, person.name, names.comma.join(names.waiting_for(person))) for person in people]


def say_summary(run: Run, lang: str, *, reports: bool = True) -> None:
    """Distribution, pay, incomplete people, what is still to be handed in, and where everything lies."""
    settled = run.closed.settlement
    zh = lang == "zh"
    counts = summary(run, lang)
    terminal().print(f"{counts['month']}  {settled.scheme.name.of(lang)} {settled.scheme.version}", markup=False)
    say_distribution(run, lang)
    states = counts["people"]
    words = (
        ("settled", "已核算", "settled"),
        ("incomplete", "数据不全", "incomplete"),
        ("excluded", "不参加考核", "not assessed"),
    )
    told = "  ".join(f"{c if zh else e} {states.get(key, 0)}" for key, c, e in words)
    terminal().print(f"{told}  {'绩效工资' if zh else 'performance pay'} ¥{counts['performance_pay']}", markup=False)
    people = waiting_people(run, lang)
    if people:
        heads = ("工号", "姓名", "缺什么") if zh else ("employee", "name", "what is missing")
        say_table("数据不全" if zh else "Incomplete", heads, people[:SHOWN])
        if len(people) > SHOWN:
            terminal().print(f"…… +{len(people) - SHOWN}", markup=False)
    say_files(run, lang)
    say_wanting(run, lang)
    events = settled.standing
    if events.height:
        heads = ("工号", "结果", "依据") if zh else ("employee", "event", "because")
        told_events = [
            (person, EVENTS[event].of(lang), detail)
            for person, event, detail in events.select("employee_id", "event", f"detail_{lang}").iter_rows()
        ]
        say_table("结果应用" if zh else "Consequences", heads, told_events)
    rejected = counts["rejected_rows"]
    out = run.asked.out
    lines = [f"{'被拒绝的行' if zh else 'rejected rows'}: {rejected}  → {out / 'rejected.csv'}"] if rejected else []
    workbook, report = ("工作簿", "报告") if zh else ("workbook", "report")
    if reports:
        lines.append(f"{workbook}: {out / 'settlement.xlsx'}   {report}: {out / 'report.html'}")
    for line in lines:
        terminal().print(line, markup=False)


def say_files(run: Run, lang: str) -> None:
    """What the files were read as, kind by kind; files.csv has each of them."""
    read = by_kind(run.gathered.read)
    if read.is_empty():
        return
    zh = lang == "zh"
    heads = ("数据报表", "文件", "接收行数", "退回行数") if zh else ("data", "files", "rows accepted", "rows rejected")
    rows = [
        (f"{name} ({source})", files, accepted, rejected)
        for source, name, files, accepted, rejected in read.iter_rows()
    ]
    title = (
        f"读到的文件，逐个见 {run.asked.out / 'files.csv'}"
        if zh
        else f"Files read; each in {run.asked.out / 'files.csv'}"
    )
    say_table(title, heads, rows, numbers=(1, 2, 3))


def say_distribution(run: Run, lang: str) -> None:
    """Grades against their expected shares over the whole group."""
    settled = run.closed.settlement
    assessed = settled.totals.drop_nulls("grade")
    found = dict(assessed.group_by("grade").len().iter_rows())
    rows = []
    for grade, band in settled.scheme.bands.grades.items():
        people = found.get(grade, 0)
        # For the eye alone: whether a share is off is decided elsewhere, in whole numbers.
        share = f"{100 * people / assessed.height:.1f} %" if assessed.height else "—"
        rows.append((f"{grade} {band.name.of(lang)}", people, share, f"{band.share:f} %"))
    heads = ("等级", "人数", "占比", "规定") if lang == "zh" else ("grade", "people", "share", "expected")
    say_table("", heads, rows, numbers=(1, 2, 3))
    mean = assessed.select(rounded_mean(pl.col("score"))).item()
    if mean is not None:
        terminal().print(f"{'平均得分' if lang == 'zh' else 'mean score'} {points(mean)}", markup=False)
