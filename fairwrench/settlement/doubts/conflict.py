"""Conflicts of interest: who decides a judged column is scored by it, or leads those who are (S3 捌); who decides for
oneself. Nobody writes the number that pays them."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.inputs.recorded_inputs import Recorded
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme

#: people named in a sentence; all of them stand in its details
SHOWN = 5


def conflicts(scheme: Scheme, people: pl.DataFrame, teams: pl.DataFrame) -> list[Problem]:
    """One problem a metric and decider. `people`: employee_id, name, position, scorecard, reason (null when assessed)
    of those in service; `teams`: employee_id, unit (everyone who leads them, at any distance)."""
    found = []
    for name, metric in scheme.metrics.items():
        cards = [card for card, body in scheme.scorecards.items() if any(item.metric == name for item in body.items)]
        scored = people.filter(pl.col("scorecard").is_in(cards) & pl.col("reason").is_null())
        deciders = people.filter(pl.col("position").is_in(list(metric.decided_by))).sort("employee_id")
        for decider, called in deciders.select("employee_id", "name").iter_rows():
            # Somebody not assessed is not scored by it; people whom they lead may be.
            own = decider in scored["employee_id"]
            led = _led_by(decider, scored, teams)
            if own or led:
                found.append(_problem(name, scheme, (decider, called or decider), own, led))
    return found


def _led_by(decider: str, scored: pl.DataFrame, teams: pl.DataFrame) -> dict[str, str]:
    """Those scored whom the decider leads: id → name, by id."""
    led = scored.join(teams.filter(pl.col("unit") == decider), on="employee_id", how="semi").sort("employee_id")
    other = led.filter(pl.col("employee_id") != decider)
    return dict(other.select("employee_id", pl.coalesce("name", "employee_id").alias("name")).iter_rows())


def _problem(metric: str, scheme: Scheme, decider: tuple[str, str], own: bool, led: dict[str, str]) -> Problem:
    about, (person, called) = scheme.metrics[metric], decider
    shown = "、".join([*led.values()][:SHOWN]) + ("…" if len(led) > SHOWN else "")
    zh = f"{called}（{person}）认定“{about.name.zh}”所依据的数据"
    en = f"{called} ({person}) decides what {about.name.en} is counted from"
    if own:
        zh, en = zh + "，本人又按该指标考核", en + " and is scored by it"
    if led:
        zh, en = zh + f"，其下属按该指标考核：{shown}", en + f" and leads people scored by it: {shown}"
    if instead := scheme.metrics.get(about.independent or ""):
        zh, en = zh + f"；可改用独立指标“{instead.name.zh}”", en + f"; the independent measure is {instead.name.en}"
    details = {"metric": metric, "decider": person, "independent": about.independent or "", "led": ",".join(led)}
    return Problem("conflict_of_interest", zh + "。", en + ".", "warning", subject=person, details=details)


def for_oneself(said: Recorded, month: str) -> list[Problem]:
    """Decisions of the month whose decider is the person concerned: they count, and somebody should look at them."""
    about = said.decisions.filter((pl.col("month") == month) & (pl.col("employee_id") == pl.col("decided_by")))
    pairs = about.select("employee_id", "kind").unique().sort("employee_id", "kind")
    return [_own(person, kind) for person, kind in pairs.iter_rows()]


def _own(person: str, kind: str) -> Problem:
    zh = f"{person} 的决定（{kind}）由本人作出；请由与此无关的人复核"
    en = f"the decision about {person} ({kind}) was taken by the same person; let somebody neutral look at it"
    return Problem("decided_for_oneself", zh, en, "warning", subject=person)
