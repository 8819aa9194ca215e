"""Decisions that change nothing: about somebody not assessed, an item not on the card, or without their figure.

Whoever decided believes that it counts, so it is told.
"""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.recorded import Recorded
from fairwrench.settlement.scheme import Scheme

#: why a decision changes nothing, in both languages
WHY = {
    "not_assessed": ("该员工当月不参加考核", "the person is not assessed in the month"),
    "not_settled": ("该员工当月没有等级可改", "the person has no grade to change in the month"),
    "not_in_service": ("该员工当月不在职", "the person is not in service in the month"),
    "not_on_card": ("该员工的考核表没有这一项", "the item is not on the person's scorecard"),
    "no_figure": ("没有填写数值", "it gives no figure"),
    "unknown_word": ("涉及项不在制度中", "the scheme does not have what it names"),
}


def unheeded(said: Recorded, graded: pl.DataFrame, lines: pl.DataFrame, scheme: Scheme) -> list[Problem]:
    """One problem a decision of the month. `graded`: employee_id, month, state, reason of everybody in service;
    `lines`: employee_id, item of those assessed. Decisions about nobody on the roster are told where they are read."""
    months = graded["month"].unique()
    decided = said.decisions.filter(pl.col("month").is_in(months.implode()) & pl.col("employee_id").is_not_null())
    cards = lines.select("employee_id", "item").unique().with_columns(on_card=True)
    states = graded.select("employee_id", "state")
    frame = decided.join(states, on="employee_id", how="left", maintain_order="left")
    frame = frame.join(cards, on=["employee_id", "item"], how="left", maintain_order="left")
    idle = frame.with_columns(why=_why(scheme)).filter(pl.col("why").is_not_null())
    return [_problem(*row) for row in idle.select("employee_id", "kind", "item", "why").sort(pl.all()).iter_rows()]


def _why(scheme: Scheme) -> pl.Expr:
    """The code of WHY that applies, null where the decision counts."""
    kind, state = pl.col("kind"), pl.col("state")
    awards = [name for name, rule in scheme.standing.rules.items() if rule.event == "excellent_employee"]
    pointing = kind.is_in(["appeal_points", "calibrated_points"])
    # a deduction without its amount keeps the pay incomplete, which is told there
    in_points = scheme.cycle.lateness is not None and scheme.cycle.lateness.effect == "points"
    figure = pointing | kind.is_in(["appeal_score", *(["confirm_fine"] if in_points else [])])
    words: dict[str, list[str]] = {"appeal_grade": list(scheme.bands.grades), "award_confirmed": [*awards, ""]}
    applies = {
        "not_in_service": state.is_null() & ~kind.is_in(["confirm_fine", "deduction", "award_confirmed"]),
        "not_assessed": (state == "excluded") & (pointing | (kind == "appeal_score")),
        "not_on_card": pointing & pl.col("on_card").is_null(),
        "not_settled": (kind == "appeal_grade") & (state != "settled"),
        "no_figure": figure & pl.col("value").is_null(),
    }
    codes = [pl.when(condition).then(pl.lit(code)) for code, condition in applies.items()]
    for word, known in words.items():
        strange = (kind == word) & ~pl.col("item").fill_null("").is_in(known)
        codes.append(pl.when(strange).then(pl.lit("unknown_word")))
    return pl.coalesce(*codes)


def _problem(person: str, kind: str, item: str | None, why: str) -> Problem:
    about, (zh, en) = f"{kind} {item}" if item else kind, WHY[why]
    return Problem(
        "decision_without_effect",
        f"对 {person} 的决定（{about}）没有效果：{zh}",
        f"the decision about {person} ({about}) has no effect: {en}",
        "warning",
        subject=person,
    )
