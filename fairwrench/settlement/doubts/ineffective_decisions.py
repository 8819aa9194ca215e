"""What was handed in and changes nothing: decisions, ratings and targets that nobody's figures can take up.

Whoever decided, rated or set a target believes that it counts, so it is told.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from fairwrench.settlement.exact import as_decimal, point_units
from fairwrench.settlement.inputs.fines import CONFIRMED, FINES
from fairwrench.settlement.inputs.recorded_inputs import Recorded
from fairwrench.settlement.problem import Problem, nearest
from fairwrench.settlement.scheme.scheme import AWARD, Scheme
from fairwrench.settlement.source.labels import spoken
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.wording import DECISIONS

#: why a decision changes nothing, in both languages
WHY = {
    "not_assessed": ("该员工当月不参加考核", "the person is not assessed in the month"),
    "not_settled": ("该员工当月没有等级可改", "the person has no grade to change in the month"),
    "not_in_service": ("该员工当月不在职", "the person is not in service in the month"),
    "not_on_card": ("该员工的考核表没有这一项", "the item is not on the person's scorecard"),
    "no_figure": ("没有填写数值", "it gives no figure"),
    "out_of_range": ("数值超出 0 分至满分的范围", "its figure is not between 0 and the maximum"),
    "unknown_word": ("涉及项不在制度中", "the scheme does not have what it names"),
}


def unheeded(said: Recorded, graded: pl.DataFrame, lines: pl.DataFrame, scheme: Scheme) -> list[Problem]:
    """One problem a decision of the month. `graded`: employee_id, month, state, reason of everybody in service;
    `lines`: employee_id, item of those assessed. Decisions about nobody on the roster are told where they are read."""
    months = graded["month"].unique()
    decided = said.decisions.filter(pl.col("month").is_in(months.implode()) & pl.col("employee_id").is_not_null())
    cards = lines.select("employee_id", "item").unique().with_columns(on_card=True)
    states = graded.select("employee_id", "state", "store")
    frame = decided.join(states, on="employee_id", how="left", maintain_order="left")
    frame = frame.join(cards, on=["employee_id", "item"], how="left", maintain_order="left")
    idle = frame.with_columns(why=_why(scheme)).filter(pl.col("why").is_not_null())
    rows = idle.select("employee_id", "kind", "item", "why").sort(pl.all())
    return [_problem(row, scheme) for row in rows.iter_rows(named=True)]


def _why(scheme: Scheme) -> pl.Expr:
    """The code of WHY that applies, null where the decision counts."""
    kind, state = pl.col("kind"), pl.col("state")
    awards = [name for name, rule in scheme.standing.rules.items() if rule.event == AWARD]
    pointing = kind.is_in(["appeal_points", "calibrated_points"])
    # a deduction without its amount keeps the pay incomplete, which is told there
    rule = scheme.cycle.lateness
    own = pl.lit(rule.effect if rule else "money")
    homes = {name: each.effect for name, each in rule.by_store.items()} if rule else {}
    effect = pl.col("store").replace_strict(homes, default=own, return_dtype=pl.String) if homes else own
    off = (kind == "fine_points") | ((kind == CONFIRMED) & (effect == "points"))
    figure = pointing | (kind == "appeal_score") | off
    words: dict[str, list[str]] = {"appeal_grade": list(scheme.bands.grades), "award_confirmed": [*awards, ""]}
    applies = {
        # Money taken or given may concern somebody who has left: it counts without a card. Points need a score.
        "not_in_service": state.is_null() & (off | ~kind.is_in([*FINES, "deduction", "reward", "award_confirmed"])),
        "not_assessed": (state == "excluded") & (pointing | (kind == "appeal_score") | off),
        "not_on_card": pointing & pl.col("on_card").is_null(),
        "not_settled": (kind == "appeal_grade") & (state != "settled"),
        "no_figure": figure & pl.col("value").is_null(),
        "out_of_range": figure & ~in_range(pl.col("value"), scheme).fill_null(True),
    }
    codes = [pl.when(condition).then(pl.lit(code)) for code, condition in applies.items()]
    for word, known in words.items():
        strange = (kind == word) & ~pl.col("item").fill_null("").is_in(known)
        codes.append(pl.when(strange).then(pl.lit("unknown_word")))
    return pl.coalesce(*codes)


def in_range(points: pl.Expr, scheme: Scheme) -> pl.Expr:
    """Whether points set by people (hundredths) can stand on a form; null stays null."""
    return points.is_between(0, point_units(scheme.bands.maximum))


def _problem(row: dict[str, Any], scheme: Scheme) -> Problem:
    person, kind, (zh, en) = row["employee_id"], row["kind"], WHY[row["why"]]
    called = DECISIONS.get(kind, Text(zh=kind, en=spoken(kind)))
    about = _item(row["item"], scheme) if row["item"] else Text(zh="", en="")
    return Problem(
        "decision_without_effect",
        f"对 {person} 的决定（{f'{called.zh} {about.zh}'.strip()}）没有效果：{zh}",
        f"the decision about {person} ({f'{called.en} {about.en}'.strip()}) has no effect: {en}",
        "warning",
        subject=person,
    )


def _item(key: str, scheme: Scheme) -> Text:
    """An item by its name; a word that the scheme does not have as it was written."""
    named = (item for card in scheme.scorecards.values() for item in card.items if item.key == key)
    for item in named:
        if name := item.name or (scheme.metrics[item.metric].name if item.metric else None):
            return name
    return Text(zh=key, en=key)


def uncounted(ratings: pl.DataFrame, lines: pl.DataFrame, cards: pl.DataFrame, scheme: Scheme) -> list[Problem]:
    """Ratings of assessed people that count for nothing: of an item not on their card, or by somebody not asked for it.

    `ratings`: employee_id, item, rater, role; `lines`: employee_id, item; `cards`: employee_id, scorecard.
    """
    asked = [
        (card, item.key, role)
        for card, body in scheme.scorecards.items()
        for item in body.items
        if item.kind != "metric"
        for role in item.raters or item.counting
    ]
    shape = dict.fromkeys(("scorecard", "item", "role"), pl.String)
    whom = pl.DataFrame(asked, schema=shape, orient="row")
    # Words that no card has are told where ratings are read.
    about = ratings.filter(pl.col("item").is_in(whom["item"].unique().implode())).join(cards, on="employee_id")
    here = lines.select("employee_id", "item", on_card=pl.lit(True))
    idle = about.join(whom, on=list(shape), how="anti").join(here, on=["employee_id", "item"], how="left")
    return [_rating(row, scheme) for row in idle.sort("employee_id", "item", "rater").iter_rows(named=True)]


def _rating(row: dict[str, Any], scheme: Scheme) -> Problem:
    person, item, rater = row["employee_id"], _item(row["item"], scheme), row["rater"]
    zh, en = "考核表没有这一项", "the item is not on the scorecard"
    if row["on_card"]:
        zh, en = "评分人不是制度规定的评分人", "the rater is none of those whom the scheme asks"
    return Problem(
        "rating_not_counted",
        f"{rater} 对 {person} 的“{item.zh}”评分没有计入：{zh}",
        f"the rating of {person} on {item.en} by {rater} does not count: {en}",
        "warning",
        subject=person,
    )


def in_two_words(ratings: pl.DataFrame, cards: pl.DataFrame, scheme: Scheme) -> list[Problem]:
    """Ratings of assessed people that give a level and other points than the level's: the item waits, nobody picks.

    `ratings`: employee_id, item, rater, role, level, points (hundredths); `cards`: employee_id, scorecard.
    """
    worth = [
        (card, item.key, role, level, point_units(points))
        for card, body in scheme.scorecards.items()
        for item in body.items
        for level, points in (item.levels or {}).items()
        for role in item.counting
    ]
    shape = dict.fromkeys(("scorecard", "item", "role", "level"), pl.String)
    levels = pl.DataFrame(worth, schema={**shape, "worth": pl.Int64}, orient="row")
    both = ratings.join(cards, on="employee_id").join(levels, on=list(shape))
    unsure = both.filter(pl.col("points") != pl.col("worth"))
    return [_two_words(row, scheme) for row in unsure.sort("employee_id", "item", "rater").iter_rows(named=True)]


def _two_words(row: dict[str, Any], scheme: Scheme) -> Problem:
    person, item, rater = row["employee_id"], _item(row["item"], scheme), row["rater"]
    called = scheme.level_names.get(row["level"], Text(zh=row["level"], en=row["level"]))
    given, worth = (f"{as_decimal(row[name], 2):f}" for name in ("points", "worth"))
    return Problem(
        "level_and_points",
        f"{rater} 对 {person} 的“{item.zh}”评为“{called.zh}”（{worth} 分），又填了 {given} 分，不知以哪个为准，"
        "本项暂不计；请只留一个再交",
        f"the rating of {person} on {item.en} by {rater} says {called.en} ({worth} points) and {given} points, so the "
        "item waits: leave one of them out and hand it in again",
        "warning",
        subject=person,
    )


def aimless(targets: pl.DataFrame, roster: pl.DataFrame, scheme: Scheme) -> list[Problem]:
    """Targets of nobody: the subject is no employee id, no store, no department of a store (`store|department`)."""
    stores = sorted(roster["store"].drop_nulls().unique())
    units = [f"{store}|{department}" for store in stores for department in scheme.departments]
    known = {"*", *roster["employee_id"].drop_nulls(), *stores, *units}
    found = []
    for subject in sorted({*targets["subject"].drop_nulls()} - known):
        near, shown = nearest(subject, known), subject.replace("|", "/")
        zh = f"目标值的对象“{shown}”既不是工号，也不是门店或“门店/部门”，没有采用"
        en = f"the target of {shown} is of no employee id, no store and no store/department, and counts for nobody"
        zh, en = (f"{zh}；是否为“{near}”？", f"{en}; did you mean {near}?") if near else (zh, en)
        # People write `store/department`; the bar is ours.
        found.append(Problem("target_of_nobody", zh, en, "warning", subject=shown))
    return found
