"""Three people opened step by step: who they are, the tree of their month, the rows behind it, what would lift them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairwrench.closing.check.tracing import Traced, traced_each
from fairwrench.report.charts import curve_picture
from fairwrench.report.figures import NONE, symbol, yuan
from fairwrench.report.lifting import best_of_everybody, change_words
from fairwrench.report.report_context import ReportContext
from fairwrench.settlement.explain.explain import RowsBehind, Step, explain, points
from fairwrench.settlement.explain.lift import Lift, everybodys_lifts
from fairwrench.settlement.scheme.scheme import Item
from fairwrench.settlement.words.step_kinds import STEP_KINDS

#: rows shown under a figure, and lifts shown of a person
ROWS, LIFTS = 20, 3
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
#: steps whose figures are amounts
MONEY = {name for name, kind in STEP_KINDS.items() if kind.unit == "money"}
#: the position that most of a workshop holds, and whose middle one is opened
MIDDLE_OF = "technician"


@dataclass(frozen=True)
class Node:
    """One step of the explanation as the page shows it, with its curve, its rows, and the steps below."""

    step: Step
    figure: str
    picture: str
    tables: tuple[Traced, ...]
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Opened:
    """One person: why chosen, totals as recorded, the explanation, sentences of what would lift."""

    why: str
    total: dict[str, Any]
    pay: int | None
    root: Node
    lifting: tuple[str, ...]


def opened(material: ReportContext) -> list[Opened]:
    """The people whose month the page opens; what their figures stand on is looked up for all of them at once."""
    settled, reasons = material.settled, chosen(material)
    trees = {person: explain(settled, person, sources=material.kept.sources) for person in reasons}
    behinds = (behind for tree in trees.values() for _, step in tree.walk() for behind in step.rows)
    tables = traced_each(behinds, material.workspace, material.kept, ROWS)
    gains = best_of_everybody(everybodys_lifts(settled, material.workspace.roster, list(reasons)))
    return [_open(why, person, _Shown(trees[person], tables, gains), material) for person, why in reasons.items()]


@dataclass(frozen=True)
class _Shown:
    """A person's explanation, and the rows behind figures and the best changes of everybody who is opened."""

    tree: Step
    tables: Mapping[RowsBehind, Traced]
    gains: pl.DataFrame


def chosen(material: ReportContext) -> dict[str, str]:
    """Employee id → why: the technician in the middle, the best and the lowest score; fewer when those are one."""
    # The id breaks ties: the same month opens the same people each time.
    settled = material.settled.totals.filter(pl.col("state") == "settled").sort("score", "employee_id")
    if settled.is_empty():
        return {}
    of_card = settled.filter(pl.col("scorecard") == MIDDLE_OF)
    middle = of_card if of_card.height else settled
    pick = material.names.pick
    picks = (
        (middle["employee_id"][middle.height // 2], ("得分居中", "in the middle")),
        (settled["employee_id"][-1], ("得分最高", "highest score")),
        (settled["employee_id"][0], ("得分最低", "lowest score")),
    )
    found: dict[str, str] = {}
    for person, why in picks:
        # In a small group one person may be two of the three; the first reason stays.
        found.setdefault(str(person), pick(why))
    return found


def _open(why: str, person: str, shown: _Shown, material: ReportContext) -> Opened:
    settled = material.settled
    total = settled.totals.filter(pl.col("employee_id") == person).row(0, named=True)
    paid = settled.pay.filter(pl.col("employee_id") == person)["total"]
    lines = {row["item"]: row for row in settled.lines.filter(pl.col("employee_id") == person).iter_rows(named=True)}
    items = {item.key: item for item in settled.scheme.scorecards[total["scorecard"]].items}

    def node(step: Step) -> Node:
        figure = figure_text(step, settled.scheme.currency, material.lang)
        tables = tuple(shown.tables[behind] for behind in step.rows)
        picture = _picture(step, items, lines, material)
        return Node(step, figure, picture, tables, tuple(node(part) for part in step.parts))

    gains = shown.gains.filter(pl.col("employee_id") == person).drop("employee_id").head(LIFTS)
    told = tuple(_sentence(Lift(**gain), lines[gain["item"]], material) for gain in gains.iter_rows(named=True))
    return Opened(why, total, paid[0] if paid.len() else None, node(shown.tree), told)


def _picture(step: Step, items: dict[str, Item], lines: dict[str, dict[str, Any]], material: ReportContext) -> str:
    """The curve of an item with where the person stands on it; empty for what has none."""
    kind, _, key = step.key.partition(".")
    curve = items[key].curve if kind == "item" else None
    if curve is None:
        return ""
    better = material.settled.scheme.metrics[items[key].metric or ""].better
    return curve_picture(curve, better, lines[key], f"{step.title.of(material.lang)} {step.figure}")


def figure_text(step: Step, currency: str, lang: str) -> str:
    """The recorded figure as people say it: rounded with its unit, thousands separated, amounts with their sign."""
    if step.words is not None:
        return step.words.of(lang)
    # Grades, states and dates are figures, too, and stand as they are.
    if not _NUMBER.fullmatch(step.figure):
        return step.figure
    # On the text, digit by digit: a recorded figure is shown as recorded and goes through no float.
    sign, size = step.figure[: step.figure.startswith("-")], step.figure.lstrip("-")
    whole, _, rest = size.partition(".")
    if _last_word(step.key) in MONEY and len(rest) <= 2:
        return f"{sign}{symbol(currency)}{int(whole):,}.{rest:0<2}"
    rest = rest.rstrip("0") if step.key.startswith(("numerator.", "denominator.", "value.")) else rest
    return f"{sign}{int(whole):,}" + (f".{rest}" if rest else "")


def _last_word(key: str) -> str:
    """The step of a recorded calculation (`pay.commission` → commission); the whole key of any other."""
    part, _, step = key.partition(".")
    return step if part in ("pay", "commission", "pool") else key


def _sentence(gain: Lift, line: dict[str, Any], material: ReportContext) -> str:
    names, currency = material.names, material.settled.scheme.currency
    metric = material.settled.scheme.metrics[gain.item]
    amount, name = names.pick(change_words(gain.change, metric)), names.item(gain.item)
    score = points(gain.score)
    paid_zh = f"，绩效工资 +{yuan(gain.pay, currency)}" if gain.pay else ""
    paid_en = f", +{yuan(gain.pay, currency)}" if gain.pay else ""
    zh = f"{name}{amount}：本项 +{points(gain.points)} 分，总分 +{score}，等级 {gain.grade}{paid_zh}"
    en = f"{name}, {amount}: item +{points(gain.points)}, score +{score}, grade {gain.grade}{paid_en}"
    return names.pick((zh, en)) if line["points"] is not None else NONE
