"""Letters that this month's events name (S1 ❺ 5.8 and annex), as Word documents to be checked, signed and handed over.

A letter is a draft: nothing is sent, and what it says comes from the scheme's wording and the settled months.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from docx.shared import Mm, Pt

from fairwrench.report.papers.paper import WIDTH, blank_paper, grid, line, put, save, title, whole_rows
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.workbook import safe_name
from fairwrench.settlement.calendar.deadlines import Month, deadlines
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.explain.explain import points
from fairwrench.settlement.inputs.reporting_lines import superiors
from fairwrench.settlement.scheme.scheme import Letter
from fairwrench.settlement.words.metric_words import target_words, value_words

FOLDER = "letters"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
#: shortfalls named in a letter
MOST_REASONS = 5


def write_letters(material: ReportContext) -> list[Path]:
    """One document an event with a letter in OUT/letters; letters of an earlier run of the month are taken away."""
    folder = material.out / FOLDER
    for old in folder.glob(f"{material.settled.month}_*.docx") if folder.is_dir() else ():
        # An event that a correction withdrew must not leave its letter lying there to be signed.
        old.unlink()
    events = material.settled.standing.filter(pl.col("letter").is_not_null() & (pl.col("letter") != ""))
    paths = []
    for event in events.sort("employee_id", "event", "rule").iter_rows(named=True):
        letter = material.settled.scheme.letters.get(event["letter"])
        if letter is not None:
            name = f"{material.settled.month}_{event['employee_id']}_{event['rule']}.docx"
            paths.append(write_letter(folder / safe_name(name), letter, fields(event, letter, material), material))
    return paths


def write_letter(path: Path, letter: Letter, told: Mapping[str, str], material: ReportContext) -> Path:
    """One letter: heading, body, a line for each signature."""
    paper = blank_paper()
    section = paper.sections[0]
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = Mm(25)
    names = material.names
    title(paper, names.say(letter.title))
    for paragraph in filled(names.say(letter.body), told).strip().split("\n"):
        line(paper, paragraph, 11)
        paper.paragraphs[-1].paragraph_format.line_spacing = 1.5
        paper.paragraphs[-1].paragraph_format.space_after = Pt(2)
    line(paper, told["date"], 11, before=10)
    _signatures(paper, [names.role(role) for role in letter.signed_by], names.pick(("日期：", "Date: ")))
    reference = names.pick((f"依据 {letter.reference}", f"By {letter.reference}")) if letter.reference else ""
    line(paper, f"{reference}　{material.kept.seal.digest[:16]}".strip(), 8, grey=True, before=8)
    return save(paper, path)


def _signatures(paper: Any, signers: list[str], day: str) -> None:
    line(paper, "", 6)
    table = grid(paper, 2, [(WIDTH - 18) / len(signers)] * len(signers))
    for place, signer in enumerate(signers):
        put(table.rows[0].cells[place], signer, bold=True)
        put(table.rows[1].cells[place], day)
    table.rows[0].height = Mm(20)
    whole_rows(table)


def filled(body: str, told: Mapping[str, str]) -> str:
    """The body with its placeholders filled; one that nobody knows stays, so that HR sees it."""
    # One pass: braces in a name that was filled in are not filled again.
    return _PLACEHOLDER.sub(lambda found: told.get(found[1], found[0]), body)


def fields(event: dict[str, Any], letter: Letter, material: ReportContext) -> dict[str, str]:
    """What stands for the placeholders of a letter."""
    names, totals = material.names, material.settled.totals
    person = totals.filter(pl.col("employee_id") == event["employee_id"]).row(0, named=True)
    manager = material.once(_managers).get(event["employee_id"], "")
    months = run_of(event, material)
    day = published(material)
    return {
        "name": person["name"],
        "employee_id": person["employee_id"],
        "store": person["store"],
        "department": names.department(person["department"]),
        "position": names.position(person["position"]),
        "manager": manager or names.role("line_manager"),
        "months": names.pick(("、", ", ")).join(month for month, _, _ in months),
        "reasons": reasons(event["employee_id"], months, material),
        "date": f"{day:%Y-%m-%d}",
        "by_date": f"{_by(day, event, letter):%Y-%m-%d}",
        "contact": _contact(person["store"], material),
    }


def _managers(material: ReportContext) -> dict[str, str]:
    """Employee id → the name of the line manager; nobody whose manager is not among the month's people."""
    called = material.settled.totals.select(line_manager="employee_id", name="name")
    led = superiors(material.settled.totals).select("employee_id", "line_manager")
    return dict(led.join(called, on="line_manager").select("employee_id", "name").drop_nulls().iter_rows())


def run_of(event: dict[str, Any], material: ReportContext) -> list[tuple[str, int, str]]:
    """The settled months that led to the event: month, score in hundredths, grade; the earliest first."""
    person = event["employee_id"]
    columns = ["month", "score", "grade"]
    before = material.kept.history.filter((pl.col("employee_id") == person) & (pl.col("state") == "settled"))
    # The band, not the grade: runs go by the score's own band and never by a forced rank.
    now = material.settled.totals.filter(pl.col("employee_id") == person).select("month", "score", grade="band")
    months = pl.concat([before.select(columns), now.select(columns)]).sort("month")
    rule = material.settled.scheme.standing.rules.get(event["rule"])
    return months.tail(rule.at if rule else 1).rows()


def reasons(person: str, months: list[tuple[str, int, str]], material: ReportContext) -> str:
    """A numbered list: the grade of each month, then this month's items that fell short, the heaviest first."""
    names = material.names
    told = [
        names.pick(
            (f"{month} 考核得分 {points(score)}，等级 {grade}", f"{month}: score {points(score)}, grade {grade}")
        )
        for month, score, grade in months
    ]
    told += [_shortfall(row, material) for row in short_items(person, material)]
    return "\n".join(f"{number}. {reason}" for number, reason in enumerate(told, start=1))


def short_items(person: str, material: ReportContext) -> list[dict[str, Any]]:
    """The items of this month below 100 points, by the weighted points they lost, at most a few."""
    full = point_units(material.settled.scheme.bands.neutral)
    lines = material.settled.lines.filter(
        (pl.col("employee_id") == person)
        & (pl.col("state") == "counted")
        & (pl.col("kind") != "bonus")
        & (pl.col("points") < full)
    )
    # Points × weight, both whole hundredths: only the order matters, so nothing is divided.
    lost = lines.with_columns(lost=(full - pl.col("points")) * pl.col("weight"))
    return lost.sort("lost", "place", descending=[True, False]).head(MOST_REASONS).to_dicts()


def _shortfall(row: dict[str, Any], material: ReportContext) -> str:
    names, scheme = material.names, material.settled.scheme
    name, scored = names.item(row["item"]), points(row["points"])
    metric = scheme.metrics.get(row["item"]) if row["kind"] == "metric" else None
    if metric is None:
        return names.pick((f"{name}：得分 {scored}", f"{name}: {scored} points"))
    value = names.say(value_words(row["n"], row["d"], metric, scheme.currency, beside=(row["target"],)))
    goal = target_words(row["target"], metric, scheme.currency, beside=(row["n"], row["d"]))
    aim = names.say(goal) if row["target"] is not None else ""
    aim_zh, aim_en = (f"（目标 {aim}）", f" (target {aim})") if aim else ("", "")
    return names.pick((f"{name}：{value}{aim_zh}，得分 {scored}", f"{name}: {value}{aim_en}, {scored} points"))


def published(material: ReportContext) -> date:
    """The day on which the month's results are known: the last deadline by which figures are handed in."""
    month, cycle = material.settled.month, material.settled.scheme.cycle
    plan, _ = deadlines(month, cycle)
    # By the plan and not by a clock: the same month gives the same letter whenever it is printed.
    return max((step.due.date() for step in plan if step.hands_in), default=month.plus(1).first)


def _by(day: date, event: dict[str, Any], letter: Letter) -> date:
    """The day by which to improve: the letter's days from its date, else the end of the months given to improve."""
    if letter.days_to_improve is not None:
        return day + timedelta(days=letter.days_to_improve)
    planned = [Month.parse(month) for month in (event["plan_months"] or "").split(",") if month]
    return max(planned).last if planned else day


def _contact(store: str, material: ReportContext) -> str:
    """HR of the store, else HR."""
    here = material.settled.totals.filter((pl.col("store") == store) & (pl.col("position") == "hr_manager"))
    word = material.names.role("hr")
    # A name only where there is no doubt whose it is; a letter does not guess.
    return f"{word} {here['name'][0]}" if here.height == 1 else word
