"""Three people opened step by step: who they are, the tree of their month, the rows behind it, what would lift them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairwrench.closing.check.tracing import Traced, traced
from fairwrench.report.charts import curve_picture
from fairwrench.report.figures import NONE, symbol, yuan
from fairwrench.report.lifting import best_of_each, change_words
from fairwrench.report.material import Material
from fairwrench.settlement.explain.explain import Step, explain, points
from fairwrench.settlement.explain.lift import Lift, lifts
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


def opened(material: Material) -> list[Opened]:
    """The people whose month the page opens."""
    return [_open(why, person, material) for person, why in chosen(material).items()]


def chosen(material: Material) -> dict[str, str]:
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


def _open(why: str, person: str, material: Material) -> Opened:
    settled = material.settled
    total = settled.totals.filter(pl.col("employee_id") == person).row(0, named=True)
    paid = settled.pay.filter(pl.col("employee_id") == person)["total"]
    lines = {row["item"]: row for row in settled.lines.filter(pl.col("employee_id") == person).iter_rows(named=True)}
    items = {item.key: item for item in settled.scheme.scorecards[total["scorecard"]].items}
    tree = explain(settled, person, sources=material.kept.sources)
    root = _node(tree, items, lines, material)
    gains = lifts(settled, material.workspace.roster, person)
    return Opened(why, total, paid[0] if paid.len() else None, root, _sentences(gains, lines, material))


def _node(step: Step, items: dict[str, Item], lines: dict[str, dict[str, Any]], material: Material) -> Node:
    tables = tuple(traced(step, material.workspace, material.kept, ROWS)) if step.rows else ()
    kind, _, key = step.key.partition(".")
    currency = material.settled.scheme.currency
    picture = ""
    if kind == "item" and (curve := items[key].curve):
        better = material.settled.scheme.metrics[items[key].metric or ""].better
        picture = curve_picture(curve, better, lines[key], f"{step.title.of(material.lang)} {step.figure}")
    return Node(
        step,
        figure_text(step, currency, material.lang),
        picture,
        tables,
        tuple(_node(part, items, lines, material) for part in step.parts),
    )


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


def _sentences(gains: list[Lift], lines: dict[str, dict[str, Any]], material: Material) -> tuple[str, ...]:
    """The best change of each item, most pay first, in words."""
    return tuple(_sentence(gain, lines[gain.item], material) for gain in best_of_each(gains)[:LIFTS])


def _sentence(gain: Lift, line: dict[str, Any], material: Material) -> str:
    names, currency = material.names, material.settled.scheme.currency
    metric = material.settled.scheme.metrics[gain.item]
    amount, name = names.pick(change_words(gain.change, metric)), names.item(gain.item)
    score = points(gain.score)
    paid_zh = f"，绩效工资 +{yuan(gain.pay, currency)}" if gain.pay else ""
    paid_en = f", +{yuan(gain.pay, currency)}" if gain.pay else ""
    zh = f"{name}{amount}：本项 +{points(gain.points)} 分，总分 +{score}，等级 {gain.grade}{paid_zh}"
    en = f"{name}, {amount}: item +{points(gain.points)}, score +{score}, grade {gain.grade}{paid_en}"
    return names.pick((zh, en)) if line["points"] is not None else NONE
